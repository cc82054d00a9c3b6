"""What labels, modules and anomaly detection cost those who use them, and those who do not.

The forward and backward pass of the task "moons" is run in several ways that compute the same
graph. They take turns, and each is compared with the plain one of the same turn; running the
plain one twice in every turn shows how far the clock can be trusted.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from time import process_time
from typing import Any

from benchmarks import moons
from benchmarks.phases import nodes

#: So many of the points are enough, and let the ways take turns often.
POINTS = 10

#: How long each process lets the ways take turns, in seconds of CPU time.
SECONDS = 2.5

ROUNDS = 5

#: The ways, as the table names them.
BASE = "plain functions of the parameters"
AGAIN = "the same again"
LABELLED = "every parameter and every input has a label"
SCOPED = "every node notes a scope, as it does within a module"
MODULES = "the network is an `nn.MLP`: each neuron is a call of a module more"
NEVER = "a copy of the process that has never entered `detect_anomaly`"
AFTER = "a copy that has entered it, and left it again"
WAYS = (BASE, AGAIN, LABELLED, SCOPED, MODULES, NEVER, AFTER)

#: What each of them is compared with.
COMPARED = {AGAIN: BASE, LABELLED: BASE, SCOPED: BASE, MODULES: BASE, AFTER: NEVER}


class Functions:
    """The network of an `nn.MLP`, written without modules over the same parameters."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.layers = [
            [(neuron.w, neuron.b, neuron.nonlin) for neuron in layer.neurons]
            for layer in model.layers
        ]

    def __call__(self, x: list[Any]) -> Any:
        from glassgrad import dot

        for layer in self.layers:
            sums = [(dot(w, x, b), bends) for w, b, bends in layer]
            x = [total.relu() if bends else total for total, bends in sums]
        return x[0]

    def parameters(self) -> list[Any]:
        return list(self.model.parameters())


def switches(start: moons.Problem) -> dict[str, list[float]]:
    """Time all the ways in turn; the seconds of each turn are listed by way."""
    from glassgrad import Value
    from glassgrad.modes import Scope

    functions, labelled = Functions(model(start)), Functions(model(start))
    for i, p in enumerate(labelled.parameters()):
        p.label = f"p{i}"

    def run(network: Any, label: str = "") -> Callable[[], Any]:
        def value(number: float) -> Value:
            return Value(number, label=label)

        return lambda: moons.loss(value, network, start.points[:POINTS], start.labels[:POINTS])

    plain = run(functions)

    def scoped() -> Any:
        with Scope("network"):
            return plain()

    ways = {
        BASE: plain, AGAIN: plain, LABELLED: run(labelled, "x"), SCOPED: scoped,
        MODULES: run(model(start)),
    }  # fmt: skip
    _check(ways)
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    gc.collect()
    timers: dict[str, Callable[[], float]] = {
        way: partial(_seconds, run) for way, run in ways.items()
    }
    began = process_time()
    while process_time() - began < SECONDS:
        _take_turn(timers, found)
    copies = {NEVER: _copy(plain, anomaly=False), AFTER: _copy(plain, anomaly=True)}
    for _ in range(len(found[BASE])):
        _take_turn(copies, found)
    return found


def model(start: moons.Problem) -> Any:
    """Make an `nn.MLP` with the weights of the task."""
    from glassgrad import nn

    return moons.network_of(nn.MLP, start.weights)


def _check(ways: dict[str, Callable[[], Any]]) -> None:
    """Stop unless all the ways compute the same loss with as many nodes; this also warms up."""
    results = []
    for way in ways.values():
        total = way()
        total.backward()
        results.append((total.data, nodes(total)))
    if len(set(results)) > 1:
        raise SystemExit(f"the ways do not compute the same: {results}: stopped, no timing counts")


def _take_turn(timers: dict[str, Callable[[], float]], found: dict[str, list[float]]) -> None:
    """Time each way once, beginning elsewhere in every turn."""
    order = list(timers)
    first = len(found[order[0]]) % len(order)
    for way in order[first:] + order[:first]:
        found[way].append(timers[way]())


def _copy(way: Callable[[], Any], anomaly: bool) -> Callable[[], float]:
    """Copy this process, and let the copy time a pass whenever the returned function is called.

    What anomaly detection leaves behind would stay for the rest of a process. In two processes
    that take turns, the one that has had it on and the one that has not can still be compared.
    """
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    fork.Process(target=_time_on_request, args=(there, way, anomaly), daemon=True).start()

    def seconds() -> float:
        here.send("go")
        return float(here.recv())

    return seconds


def _time_on_request(there: Any, way: Callable[[], Any], anomaly: bool) -> None:
    import glassgrad as gg

    with gg.detect_anomaly() if anomaly else nullcontext():
        way().backward()
    while there.recv():
        there.send(_seconds(way))


def _seconds(way: Callable[[], Any]) -> float:
    began = process_time()
    total = way()
    total.backward()
    return process_time() - began
