"""What the gallery shows: each a function that draws it."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.data import moons
from glassgrad.show.picture import Picture


def worked_example() -> Value:
    """Compute the lecture's L = (a·b + c)·f."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def backward(root: Value) -> Value:
    """Fill in all gradients."""
    root.backward()
    return root


def rule(operation: str) -> Value:
    """Compute L = out·k with out = a + b or a·b, so that a gradient comes in that is not 1."""
    a, b, k = Value(2.0, label="a"), Value(-3.0, label="b"), Value(4.0, label="k")
    out = a + b if operation == "+" else a * b
    L = out * k
    out.label, L.label = "out", "L"
    return L


def neuron(taken_apart: bool) -> Value:
    """Compute the lecture's neuron: tanh whole, or as (e²ⁿ − 1) / (e²ⁿ + 1)."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    if taken_apart:
        e = (2 * n).exp()
        e.label = "e"
        o = (e - 1) / (e + 1)
    else:
        o = n.tanh()
    o.label = "o"
    o.backward()
    return o


@cache
def network(*widths: int, activation: str = "relu") -> nn.MLP:
    """Make a network that has learned nothing yet; kept, because it knows its parameters' names."""
    random.seed(1337)
    return nn.MLP(2, [*widths, 1], activation=activation)


def loss_on_moons(examples: int, *widths: int) -> Value:
    """Compute the loss of a network on two moons, with the penalty on large weights."""
    model = network(*widths)
    model.zero_grad()
    X, y = moons(examples, noise=0.1, random_state=0)
    scores = [model(x) for x in X]
    hinges = [(1 - (2 * label - 1) * score).relu() for label, score in zip(y, scores, strict=True)]
    loss: Value = gg.mean(hinges) + 1e-4 * gg.sum([p * p for p in model.parameters()])
    loss.label = "loss"
    loss.backward()
    return loss


def _drawn(make: Callable[[], Value], **options: Any) -> Picture:
    return gg.draw(make(), **options)


#: The still pictures, by the names of their files.
PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    **{f"worked-example-{k}": partial(_drawn, worked_example, after=k) for k in range(4)},
    "worked-example": partial(_drawn, lambda: backward(worked_example())),
    "sum-rule": partial(_drawn, partial(rule, "+"), after=2, emphasis="thickness"),
    "product-rule": partial(_drawn, partial(rule, "*"), after=2, emphasis="thickness"),
    "neuron": partial(_drawn, partial(neuron, False)),
    "neuron-apart": partial(_drawn, partial(neuron, True)),
    "neuron-tint": partial(_drawn, partial(neuron, False), emphasis="tint"),
    "moons": partial(_drawn, partial(loss_on_moons, 100, 16, 16)),
    "moons-opened": partial(
        _drawn, partial(loss_on_moons, 100, 16, 16), open=["layers.0.neurons.5"]
    ),
    "large": partial(_drawn, partial(loss_on_moons, 7, 4, 4), fold=False),
    "network": lambda: gg.draw(network(4, 4, activation="tanh")),
}

#: The moving ones, and the one that lives.
FILMS: Final[dict[str, Callable[[], str | bytes]]] = {
    "worked-example.webp": lambda: gg.frames(worked_example()).film("WEBP"),
    "worked-example.html": lambda: gg.draw(worked_example(), after=0).html(),
}
