"""Derivations: what they say is true, in every form."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from math import inf, isclose, nan
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import glassgrad as gg
from browser import opened
from glassgrad import Value, nn
from glassgrad.cli import main
from glassgrad.explain.sections import Equation, Sentence, derivative, signs
from glassgrad.graph import ancestors
from glassgrad.show.gather import gather
from scenes import worked_example

GRADIENTS = {"a": 6, "b": -4, "c": -2, "d": -2, "e": -2, "f": 4}


def named(root: Value) -> dict[str, Value]:
    return {v.label: v for v in ancestors(root) if v.label}


def some_expression(seed: int) -> tuple[Value, list[Value]]:
    """Make a random expression of labelled leaves, in the middle of where it is smooth."""
    chance = random.Random(seed)
    leaves = [Value(round(chance.uniform(-2, 2), 2), label=name) for name in ("a", "b_1", "x2")]
    made = list(leaves)
    for _ in range(chance.randint(2, 9)):
        x, y = chance.choice(made), chance.choice(made)
        made.append(chance.choice([
            lambda: x + y, lambda: x - y, lambda: x * y, lambda: x / (y * y + 1), lambda: -x,
            lambda: x * 3, lambda: x.tanh(), lambda: x.sigmoid(), lambda: x.sin(), lambda: x**3,
            lambda: (x * 0.1).exp(), lambda: (x * x + 1).log(), lambda: (x * x + 2).sqrt(),
            lambda: x.relu(), lambda: gg.maximum(x, y), lambda: abs(x), lambda: x.clamp(-1, 1),
            lambda: (x * x + 1) ** -0.5, lambda: x.softplus(), lambda: x.square(),
        ])())  # fmt: skip
    root = leaves[0] * leaves[1] + leaves[2]
    for v in made[3:]:
        root = root + v
    return root, leaves


def test_the_worked_example_is_derived() -> None:
    L = worked_example()
    for name, gradient in GRADIENTS.items():
        derivation = gg.explain(L, named(L)[name])
        assert (derivation.value, derivation.n_paths) == (gradient, 1)
    text = named(L)["a"] and L.explain(named(L)["a"]).text()
    assert "dL/da = dL/dd · dd/de · de/da = −2 · 1 · −3 = 6" in text
    assert re.search(r"de/da = ∂\(a · b\)/∂a = b = −3 +product rule", text)
    assert "e = a · b = 2 · −3 = −6" in text
    assert all(v.grad == 0 for v in ancestors(L))  # no backward pass was performed


# ------------------------------------------------------------------- what is printed is true


class Reader:
    """Reads the text of equations back, with mathematics of its own: Python's."""

    def __init__(self, root: Value, wrt: Value) -> None:
        nodes, _ = gather(root)
        self.root, self.wrt = root, wrt
        self.values = {node.name: node.data for node in nodes}
        self.wrt_name = next(node.name for node in nodes if node.value is wrt)

    def number(self, text: str) -> float:
        """Evaluate one side of an equation."""
        from mpmath import mp

        text = text.replace("−", "-").replace("·", "*").replace("√", "sqrt ")
        text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
        text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**(" + m[0].translate(SUPER) + ")", text)
        # A power binds more tightly than the sign of a number.
        text = re.sub(r"sqrt ([\w.]+|\([^()]*\))", r"sqrt(\1)", text).replace("^", "**")
        names = {
            "tanh": mp.tanh, "sin": mp.sin, "cos": mp.cos, "exp": mp.exp, "ln": mp.log,
            "log": mp.log, "sqrt": mp.sqrt, "ReLU": lambda x: max(x, 0), "max": max, "abs": abs,
            "σ": lambda x: 1 / (1 + mp.exp(-x)), "clamp": lambda x, low, high: min(max(x, low), high),
            "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "softplus": lambda x: mp.log(1 + mp.exp(x)),
            **{name: mp.mpf(x) for name, x in self.values.items() if name.isidentifier()},
        }  # fmt: skip
        return float(eval(text, {"__builtins__": {}}, names))


SUPER = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def equations(text: str) -> Iterator[list[str]]:
    """Find the equations in a text that is wide enough for one to a line."""
    for line in text.splitlines():
        if line.startswith("  ") and re.search(" [=≈] ", line):
            yield re.split(" [=≈] ", re.split(r" {3,}", line.strip())[0])


@pytest.mark.parametrize("seed", range(60))
def test_both_sides_of_every_equation_agree(seed: int) -> None:
    root, leaves = some_expression(seed)
    wrt = leaves[seed % 3]
    derivation = gg.explain(root, wrt)
    reader = Reader(root, wrt)
    checked = 0
    for parts in equations(derivation.text(2000)):
        sides = [side for side in parts if not re.search(r"∂|\bd\w+/d\w|\w\(\w+ [+−] [\d.e−]+\)", side)]
        numbers = [reader.number(side) for side in sides]
        for number in numbers[1:]:
            # Rounding to six digits, three or four times, where terms may cancel.
            assert isclose(number, numbers[0], rel_tol=2e-4, abs_tol=2e-4), parts
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("seed", range(60))
def test_the_value_is_that_of_backward_and_of_nudging(seed: int) -> None:
    root, leaves = some_expression(seed)
    derivations = [gg.explain(root, leaf) for leaf in leaves]
    root.backward()
    for leaf, derivation in zip(leaves, derivations, strict=True):
        assert isclose(derivation.value, leaf.grad, rel_tol=1e-12, abs_tol=1e-12)
        nudged = derivation.sections[-1].lines[-2]
        assert isinstance(nudged, Equation)
        number = nudged.parts[-1].value
        assert isclose(float(number or 0.0), leaf.grad, rel_tol=1e-4, abs_tol=1e-4)


def test_rounded_numbers_are_said_to_be() -> None:
    x = Value(0.1, label="x")
    y = x.tanh() + 0.2
    lines = {str(line.parts[0].value): signs(line)
             for line in gg.explain(y, x).sections[0].lines if isinstance(line, Equation)}
    assert lines["v1"] == ["=", "=", "≈"]
    exact = x + 0.2
    assert "v1 = x + 0.2 = 0.1 + 0.2 = 0.3" in gg.explain(exact, x).text()


def test_a_value_used_twice_has_two_paths() -> None:
    x = Value(3.0, label="x")
    derivation = gg.explain(x * x, x)
    assert (derivation.value, derivation.n_paths) == (6, 2)
    assert [path.product for path in derivation.paths] == [3, 3]
    assert "dv1/dx = 3 + 3 = 6" in derivation.text()
    assert "product rule, through operand 2" in derivation.text()


def test_one_label_for_two_values_is_told_apart() -> None:
    h = Value(2.0, label="h")
    later = h * 3
    later.label = "h"
    y = later * h
    text = gg.explain(y, h).text()
    assert "h₂ = h · 3 = 2 · 3 = 6" in text
    assert "v1 = h₂ · h = 6 · 2 = 12" in text


def test_a_value_moves_with_itself() -> None:
    a = Value(2.0, label="a")
    assert gg.explain(a, a).value == 1
    assert "da/da = 1" in gg.explain(a, a).text()


def test_a_constant_gets_a_name() -> None:
    x = Value(2.0, label="x")
    y = x * 3
    derivation = gg.explain(y, y._prev[1])
    assert derivation.value == 2
    assert "v1 = x · k = 2 · 3 = 6" in derivation.text()
    assert "k is the constant 3." in derivation.text()


def test_numbers_that_are_not_finite_are_shown() -> None:
    x = Value(0.0, label="x")
    y = x.log() * x
    assert "v1 = ln(x) = ln(0) = −∞" in gg.explain(y, x).text()
    assert gg.explain(y, x).value != gg.explain(y, x).value  # nan: −∞ + ∞ · 0
    for value in (inf, nan):
        z = Value(value, label="z")
        derivation = gg.explain(z * 2, z)
        assert derivation.value == 2
        assert derivation.latex()
        assert derivation.html()


def test_a_leaf_that_was_changed_is_noticed() -> None:
    L = worked_example()
    named(L)["b"].data = 5.0
    text = gg.explain(L, named(L)["a"]).text()
    assert "e = a · b = −6\n" in text  # and not 2 · 5 = −6
    assert "Some leaves have other numbers than when L was computed" in text


def test_an_operation_of_ones_own() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    x = Value(2.0, label="x")
    derivation = gg.explain(cube(x), x, proof=True)
    assert derivation.value == 12
    assert "v1 = cube(x) = 8" in derivation.text()
    assert "the rule was given, and is not proved here" in derivation.text()


# ----------------------------------------------------------------------------- large graphs


def test_many_paths_are_counted_and_folded() -> None:
    x = y = Value(2.0, label="x")
    for _ in range(1000):
        y = y + y
    derivation = gg.explain(y, x)
    assert derivation.n_paths == 2**1000
    assert derivation.value == 2.0**1000
    assert len(derivation.text().splitlines()) < 80
    assert "about 10^301 paths" in derivation.text()


def test_a_network_reads_by_layer_and_neuron() -> None:
    gg.seed(3)
    model = nn.MLP(2, [4, 4, 1], activation="tanh")
    outputs = [model([0.1 * i, 1 - 0.2 * i]) for i in range(10)]
    loss = gg.sum(outputs)
    weight = model.parameters()[0]
    derivation = gg.explain(loss, weight)
    section = next(s for s in derivation.sections if "passes through" in s.title)
    shares: dict[str, float] = {}
    for line in section.lines:
        assert isinstance(line, Equation)
        shares[str(line.parts[0].value)] = float(line.parts[1].value or 0.0)
    loss.backward()
    # All of it passes through the weight's own neuron, through the next layer, and the last.
    for name in ("through layers.0.neurons.0", "layers.1 in all", "through layers.2.neurons.0"):
        assert isclose(shares[name], weight.grad, rel_tol=1e-9)
    # What passes through a neuron is what is lost when its output does not move.
    cut = model.layers[1].neurons[2]
    kept = [model([0.1 * i, 1 - 0.2 * i]) for i in range(10)]
    del cut, kept
    assert derivation.n_paths == 40


# -------------------------------------------------------------------------------- bad input


def test_what_leads_nowhere_is_refused_with_a_suggestion() -> None:
    L = worked_example()
    names = named(L)
    with pytest.raises(gg.ExplanationError, match="ee does not lead to L: its derivative is 0; did you mean e?"):
        gg.explain(L, Value(1.0, label="ee"))
    with pytest.raises(gg.ExplanationError, match="L is made of e: did you mean explain"):
        gg.explain(names["e"], L)
    with pytest.raises(gg.ExplanationError, match="another value is called a there"):
        gg.explain(L, Value(2.0, label="a"))
    for wrong in (2.0, "a", None):
        with pytest.raises(gg.ExplanationError, match="is a Value, not"):
            gg.explain(L, wrong)  # type: ignore[arg-type]
        with pytest.raises(gg.ExplanationError, match="is a Value, not"):
            gg.explain(wrong, L)  # type: ignore[arg-type]
    by_hand = Value(1.0, (names["a"],), "tanh")
    with pytest.raises(gg.NoRuleError, match="made by hand"):
        gg.explain(by_hand * 2, names["a"])
