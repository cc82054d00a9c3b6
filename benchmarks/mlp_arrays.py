"""The task "mlp" for systems that compute with whole arrays: NumPy by hand, PyTorch, JAX.

The same network, loss and update as in `mlp`, in float64 or float32, each in its system's style.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.mlp import BATCH, BATCHES, RATE, batches, start
from benchmarks.work import Work


def arrays(dtype: str) -> list[Any]:
    """Lay out weights and biases in turn; weights have a row for each input."""
    parameters: list[Any] = []
    for layer in start():
        parameters += [np.array(layer, dtype).T.copy(), np.zeros(len(layer), dtype)]
    return parameters


def examples(dtype: str) -> list[tuple[Any, Any]]:
    return [(x.astype(dtype), classes) for x, classes in batches()]


def flat(parameters: Any) -> list[list[float]]:
    return [np.asarray(p, float).ravel().tolist() for p in parameters]


def numpy_work(dtype: str) -> Work:
    """Write the derivatives out by hand, which is what an engine saves its user."""
    parameters, each, rows = arrays(dtype), examples(dtype), np.arange(BATCH)

    def step(k: int) -> list[float]:
        x, classes = each[k % BATCHES]
        w1, b1, w2, b2, w3, b3 = parameters
        h1 = np.maximum(x @ w1 + b1, 0.0)
        h2 = np.maximum(h1 @ w2 + b2, 0.0)
        scores = h2 @ w3 + b3
        scores -= scores.max(1, keepdims=True)
        powers = np.exp(scores)
        sums = powers.sum(1, keepdims=True)
        total = (np.log(sums[:, 0]) - scores[rows, classes]).mean()

        d3 = powers / sums
        d3[rows, classes] -= 1.0
        d3 /= BATCH
        d2 = (d3 @ w3.T) * (h2 > 0.0)
        d1 = (d2 @ w2.T) * (h1 > 0.0)
        gradients = [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]
        for p, gradient in zip(parameters, gradients, strict=True):
            np.subtract(p, RATE * gradient, out=p)
        return [float(total)]

    return Work(step, lambda: flat(parameters))


def torch_work(dtype: str) -> Work:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    parameters = [torch.from_numpy(p).requires_grad_() for p in arrays(dtype)]
    each = [(torch.from_numpy(x), torch.from_numpy(classes)) for x, classes in examples(dtype)]
    optimizer = torch.optim.SGD(parameters, lr=RATE)

    def step(k: int) -> list[float]:
        x, classes = each[k % BATCHES]
        w1, b1, w2, b2, w3, b3 = parameters
        scores = torch.relu(torch.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3
        total = functional.cross_entropy(scores, classes)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        return [total.item()]

    return Work(step, lambda: flat(p.detach() for p in parameters))


def jax_work(dtype: str) -> Work:
    """Prepare a step that is compiled whole, the update included, when it is first called."""
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", dtype == "float64")
    parameters = [jnp.asarray(p) for p in arrays(dtype)]
    each = [(jnp.asarray(x), jnp.asarray(classes)) for x, classes in examples(dtype)]
    rows = jnp.arange(BATCH)

    def loss(parameters: Any, x: Any, classes: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        scores = jax.nn.relu(jax.nn.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3
        return -jax.nn.log_softmax(scores)[rows, classes].mean()

    @partial(jax.jit, donate_argnums=0)
    def update(parameters: Any, x: Any, classes: Any) -> Any:
        total, gradients = jax.value_and_grad(loss)(parameters, x, classes)
        return total, [p - RATE * g for p, g in zip(parameters, gradients, strict=True)]

    def step(k: int) -> list[float]:
        nonlocal parameters
        total, parameters = jax.block_until_ready(update(parameters, *each[k % BATCHES]))
        return [float(total)]

    return Work(step, lambda: flat(parameters))


WORKS = {"numpy": numpy_work, "torch": torch_work, "jax": jax_work}
