"""Lifted tapes run where they are faster; the tensors are shown either way."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.jitting.reversing import offsets_of
from glassgrad.jitting.tape import CONTRACT, EACH, FOLD, MASK

BENDS = (Value.relu, Value.tanh, Value.sigmoid, Value.exp, Value.sin)


def boxes(jitted: Any) -> int:
    """Count the instructions that do many operations."""
    code = jitted.tape.code
    return sum(code[at] % MASK in (EACH, FOLD, CONTRACT) for at in offsets_of(code))


def drawn(n: int, width: int) -> list[list[float]]:
    draw = random.Random(n).uniform
    return [[draw(-1.0, 1.0) for _ in range(width)] for _ in range(n)]


def agrees(jitted: Any, f: Any, parameters: list[Value], *args: Any) -> None:
    """Compare the result and all gradients with those of the function itself."""
    found = []
    for compute in (jitted, f):
        for p in parameters:
            p.grad = 0.0
        total = compute(*args)
        total.backward()
        found.append([total.data, *(p.grad for p in parameters)])
    for x, y in zip(*found, strict=True):
        assert math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-12)


def loss_of(model: nn.Module) -> Any:
    return lambda xs: sum((model(x) - 1.0) ** 2 for x in xs) / len(xs)


@pytest.mark.parametrize(("width", "examples", "pays"), [(3, 4, False), (16, 64, True)])
def test_a_network_is_lifted_if_it_is_large_enough(width: int, examples: int, pays: bool) -> None:
    gg.seed(2)
    model = nn.MLP(3, [width, width, 1])
    loss = loss_of(model)
    jitted = gg.jit(loss)
    agrees(jitted, loss, model.parameters(), drawn(examples, 3))
    assert (boxes(jitted) > 0) == pays
    text = str(jitted.program)
    assert "h1 = relu(xs @ W0.T + b0)" in text
    assert ("faster one by one" in text) != pays


def test_sums_of_products_of_many_kinds_run_one_by_one() -> None:
    gg.seed(3)
    layers = [nn.Layer(16, 16, activation="linear") for _ in range(2)]
    parameters = [p for layer in layers for p in layer.parameters()]

    def loss(xs: list[Any]) -> Any:
        total = Value(0.0)
        for given in xs:
            x = given
            for layer in layers:
                x = [BENDS[i % len(BENDS)](z) for i, z in enumerate(layer(x))]
            total = total + sum(x)
        return total

    jitted = gg.jit(loss)
    agrees(jitted, loss, parameters, drawn(20, 16))
    assert boxes(jitted) == 0


@pytest.mark.parametrize(("examples", "pays"), [(3, False), (300, True)])
def test_examples_of_an_axis_run_one_by_one_if_they_are_few(examples: int, pays: bool) -> None:
    gg.seed(4)
    model = nn.MLP(3, [8, 1])

    def error(x: Any) -> Any:
        return (model(x) - 1.0) ** 2

    def loss(xs: Any) -> Any:
        return sum(gg.vmap(error)(xs)) / len(xs)

    jitted = gg.jit(loss)
    agrees(jitted, loss_of(model), model.parameters(), drawn(examples, 3))
    assert (boxes(jitted) > 0) == pays
