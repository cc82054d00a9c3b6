"""The task "mlp": one step of gradient descent of a network that is large for scalar code.

64 inputs, two hidden layers of 256 neurons with relu, 10 classes: 84,746 parameters. A batch is 64
examples, and its loss the mean cross-entropy. Each pass has another batch, in the form that suits
the system.
"""

from __future__ import annotations

import random
from functools import cache
from itertools import pairwise
from math import sqrt
from statistics import median
from time import process_time
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.work import Work

SIZES = (64, 256, 256, 10)
BATCH = 64
RATE = 0.1

#: So many batches take turns.
BATCHES = 8

#: How often an epoch of `gg.fit` goes through them.
TURNS = 8


def start() -> list[list[list[float]]]:
    """Draw the first weights: of each layer, of each neuron, of each of its inputs."""
    draw = random.Random(1337).uniform
    return [
        [[draw(-1, 1) / sqrt(inputs) for _ in range(inputs)] for _ in range(outputs)]
        for inputs, outputs in pairwise(SIZES)
    ]


@cache
def batches() -> list[tuple[Any, Any]]:
    """Draw the batches: examples, and their classes."""
    draw = np.random.default_rng(1337)
    return [
        (draw.normal(size=(BATCH, SIZES[0])), draw.integers(SIZES[-1], size=BATCH))
        for _ in range(BATCHES)
    ]


def ours(jit: bool, dtype: str = "float64") -> Work:
    """Prepare a step of an `nn.MLP`, which is scalar code for one example."""
    import glassgrad as gg

    model = network()
    optimizer = gg.optim.SGD(model.parameters(), lr=RATE)

    def example(x: Any, label: Any) -> Any:
        return -gg.take(gg.log_softmax(model(list(x))), label)

    def loss(examples: Any, classes: Any) -> Any:
        return gg.sum(list(gg.vmap(example)(examples, classes))) / BATCH

    def by_hand(examples: Any, classes: Any) -> Any:
        each = zip(examples.tolist(), classes.tolist(), strict=True)
        return gg.sum([example(x, label) for x, label in each]) / BATCH

    compute = gg.jit(loss, dtype=dtype) if jit else by_hand

    def step(k: int) -> list[float]:
        total = compute(*batches()[k % BATCHES])
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        return [total.data]

    return Work(step, lambda: _parameters(model))


def epochs(checked: int, samples: int) -> dict[str, Any]:
    """Time the steps of a training by `gg.fit`, whose loss is written for a model of one example.

    The checked steps are trainings of one step each. A sample is an epoch, which goes through the
    batches `TURNS` times, in their order; its end is where the schedule is asked for the next one.
    After the last one the parameters must be those that NumPy finds.
    """
    import glassgrad as gg
    from benchmarks.mlp_arrays import numpy_work

    model = network()
    taken = [(x.tolist(), classes.tolist()) for x, classes in batches()]
    settings: dict[str, Any] = {"loss": "cross_entropy", "batch_size": BATCH, "progress": False}
    answers, began = [], process_time()
    for k in range(checked):
        sgd = gg.optim.SGD(model.parameters(), lr=RATE)
        history = gg.fit(model, *taken[k % BATCHES], epochs=1, optimizer=sgd, **settings)
        answers.append([history.rows[0]["loss"]])
    state = _parameters(model)
    if not samples:
        return {"answers": answers, "state": state, "begin": [], "seconds": None}

    clock: list[float] = []

    def schedule(_: int) -> float:
        clock.append(process_time())
        return RATE

    model = network()
    X, y = ([one for _ in range(TURNS) for batch in taken for one in batch[i]] for i in (0, 1))
    with patch("random.shuffle", lambda order: None):
        sgd = gg.optim.SGD(model.parameters(), lr=RATE)
        gg.fit(model, X, y, epochs=samples, optimizer=sgd, schedule=schedule, **settings)
    ended = process_time()
    peer, steps = numpy_work("float64"), TURNS * BATCHES
    for k in range(samples * steps):
        peer.step(k)
    np.testing.assert_allclose(
        np.concatenate(_parameters(model)), np.concatenate(peer.state()), rtol=1e-6, atol=1e-9
    )
    each = [(b - a) / steps for a, b in pairwise([*clock, ended])]
    seconds = median(each)
    begin = [ended - began - samples * steps * seconds]
    return {"answers": answers, "state": state, "begin": begin, "seconds": seconds}


def network() -> Any:
    """Make the network with the first weights."""
    import glassgrad as gg

    model = gg.nn.MLP(SIZES[0], list(SIZES[1:]))
    for layer, of_layer in zip(model.layers, start(), strict=True):
        for neuron, of_neuron in zip(layer.neurons, of_layer, strict=True):
            for p, weight in zip(neuron.w, of_neuron, strict=True):
                p.data = weight
    return model


def _parameters(model: Any) -> list[list[float]]:
    """List the weights and the biases of each layer in turn, as `mlp_arrays` has them."""
    found = []
    for layer in model.layers:
        found.append([p.data for ps in zip(*(n.w for n in layer.neurons), strict=True) for p in ps])
        found.append([neuron.b.data for neuron in layer.neurons])
    return found
