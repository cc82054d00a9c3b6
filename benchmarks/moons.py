"""The moons task for scalar engines: one training step of micrograd's demo.

The program is the demo's, for all engines: they differ in what is imported, the class of values
and the network, and build the same graph, of 65,818 nodes. The numbers handed in are Python's own
floats, not NumPy's as in the notebook: that is the faster way for all.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

SIZES = (2, 16, 16, 1)
DECAY = 1e-4


@dataclass(frozen=True)
class Problem:
    """What every system starts from."""

    points: list[list[float]]
    labels: list[int]
    weights: list[list[list[float]]]  # of each layer, of each neuron, of each of its inputs


def problem(data: dict[str, Any]) -> Problem:
    """Add the first weights, drawn in micrograd's order, to the points of `points.moons`."""
    draw = random.Random(1337).uniform
    weights = [
        [[draw(-1, 1) for _ in range(inputs)] for _ in range(outputs)]
        for inputs, outputs in pairwise(SIZES)
    ]
    return Problem(data["points"], data["labels"], weights)


def learning_rate(k: int) -> float:
    """Slow down from step to step, as the demo does in its hundred steps."""
    return 1.0 - 0.9 * min(k, 100) / 100


class PlainNeuron:
    """For an engine that has no networks: written as micrograd's."""

    def __init__(self, value: Any, weights: list[float], bends: bool) -> None:
        self.w = [value(w) for w in weights]
        self.b = value(0)
        self.bends = bends

    def __call__(self, x: Iterable[Any]) -> Any:
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=False)), self.b)
        return act.relu() if self.bends else act


class PlainNetwork:
    """For an engine that has no networks: written as micrograd's."""

    def __init__(self, value: Any, weights: list[list[list[float]]]) -> None:
        last = len(weights) - 1
        self.layers = [
            [PlainNeuron(value, of_neuron, bends=i != last) for of_neuron in of_layer]
            for i, of_layer in enumerate(weights)
        ]

    def __call__(self, x: list[Any]) -> Any:
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self) -> list[Any]:
        neurons = [neuron for layer in self.layers for neuron in layer]
        return [p for neuron in neurons for p in [*neuron.w, neuron.b]]

    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad = 0


def network_of(mlp: Any, weights: list[list[list[float]]]) -> Any:
    """Make a network of an engine's own, and give it the first weights."""
    network = mlp(SIZES[0], list(SIZES[1:]))
    for layer, of_layer in zip(network.layers, weights, strict=True):
        for neuron, of_neuron in zip(layer.neurons, of_layer, strict=True):
            for p, weight in zip(neuron.w, of_neuron, strict=True):
                p.data = weight
    return network


def loss(value: Any, network: Any, points: list[list[float]], labels: list[int]) -> Any:
    """Measure how far the scores are from the right side of a margin of 1, on average."""
    inputs = [[value(x) for x in point] for point in points]
    scores = [network(x) for x in inputs]
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(labels, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + DECAY * sum(p * p for p in network.parameters())


class Moons:
    """The training of an engine whose class of values, and network, are given."""

    def __init__(self, value: Any, network: Any, start: Problem) -> None:
        self.value = value
        self.start = start
        self.network = network

    def forward(self, _: int) -> Any:
        return loss(self.value, self.network, self.start.points, self.start.labels)

    def update(self, k: int) -> None:
        rate = learning_rate(k)
        for p in self.network.parameters():
            p.data -= rate * p.grad
        self.network.zero_grad()
