"""The proofs of the local rules: every step is an identity, checked by mpmath and SymPy."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import mpmath
import pytest
import sympy

import glassgrad as gg
from glassgrad.explaining.proofs import proof
from glassgrad.explaining.steps import Proof, Step
from glassgrad.expr import Expr, operands_first, symbol
from glassgrad.ops import TABLE
from oracles import to_mpmath, to_sympy

EXPONENTS = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 9, 2.0, 0.5, -0.5, 1 / 3, 2.5]
ALL = [
    *(
        pytest.param(
            card.name, which, list(card.operands[card.conditions :]), id=f"{card.name}-{which}"
        )
        for card in TABLE.values()
        for which in range(len(card.operands[card.differentiable]))
    ),
    *(pytest.param("pow", 0, ["x", n], id=f"pow {n}") for n in EXPONENTS),
    pytest.param("clamp", 0, ["x", -1.5, 2], id="clamp with bounds"),
]
REFERRED = {"erf"}


def numbers_for(name: str, names: list[Any], draw: random.Random) -> dict[str, Any]:
    """Draw a point at which the operation has a derivative."""
    card = TABLE[name]
    found: dict[str, Any] = {s: draw.random() < 0.5 for s in card.operands[: card.conditions]}
    for s, (low, high) in zip(names, card.sample[card.conditions :], strict=True):
        if isinstance(s, str):
            bound = min(high, 3.0)
            found[s] = mpmath.mpf(draw.uniform(max(low, -bound), bound))
    return found


def value(e: Expr, numbers: dict[str, Any]) -> Any:
    """Evaluate an expression of a proof: limits and derivatives numerically, at 60 digits."""
    known = dict(numbers)

    def without(e: Expr) -> Expr:
        if e.op not in ("limit", "derivative"):
            return Expr(e.op, tuple(map(without, e.args)), e.value)
        name, inner = str(e.args[0].value), e.args[1]

        def at(x: Any) -> Any:
            return value(inner, {**numbers, name: x})

        found = symbol(f"{e.op} {len(known)}")
        if e.op == "limit":
            tiny = mpmath.mpf(10) ** -25
            right, left = at(tiny), at(-tiny)
            assert abs(right - left) < 1e-20, "the limits from both sides differ"
            known[found.value] = (right + left) / 2
        else:
            known[found.value] = mpmath.diff(at, numbers[name])
        return found

    return to_mpmath(without(e), known)


def holds(step: Step, numbers: dict[str, Any], draw: random.Random) -> bool:
    """Say whether an equation holds at a point; below a limit, at each small step by itself."""
    left, right = step.left, step.right
    if left.op == right.op == "limit":
        name = str(left.args[0].value)
        left, right = left.args[1], right.args[1]
        steps = [mpmath.mpf(draw.uniform(-1, 1)) / 10**digits for digits in (6, 8, 10)]
        points = [{**numbers, name: h} for h in steps]
    else:
        points = [numbers]
    return all(abs(value(left, p) - value(right, p)) < 1e-18 * (1 + abs(value(right, p)))
               for p in points)  # fmt: skip


def first_wrong(found: Proof, name: str, names: list[Any], points: int = 6) -> Step | None:
    """Find a step that is no identity, at random points where it is said to hold."""
    draw = random.Random(7)
    checked: set[int] = set()
    with mpmath.workdps(60):
        for _ in range(points):
            numbers = numbers_for(name, names, draw)
            for i, step in enumerate(found.steps):
                if step.given is None or to_mpmath(step.given, numbers):
                    checked.add(i)
                    if not holds(step, numbers, draw):
                        return step
    assert len(checked) == len(found.steps), "a step was never checked"
    return None


@pytest.mark.parametrize(("name", "which", "names"), ALL)
def test_every_step_is_an_identity(name: str, which: int, names: list[Any]) -> None:
    found = proof(name, which, names)
    assert found.steps or name in REFERRED
    cases = any(step.given is not None for step in found.steps)
    wrong = first_wrong(found, name, names, points=24 if cases else 6)
    assert wrong is None, f"{wrong.left} is not {wrong.right} ({wrong.reason})"


@pytest.mark.parametrize(("name", "which", "names"), ALL)
def test_steps_lead_from_the_derivative_to_the_rule(
    name: str, which: int, names: list[Any]
) -> None:
    found = proof(name, which, names)
    start, rule = found.claim.args
    assert start.op == "derivative"
    assert start.args[0] is symbol(names[which])
    for step in found.steps:
        assert step.reason
        assert step.equation.args == (step.left, step.right)
    for _, case in itertools.groupby(found.steps, key=lambda step: id(step.given)):
        steps = list(case)
        assert steps[0].left is start
        assert steps[-1].right is rule
        for one, two in itertools.pairwise(steps):
            assert one.right is two.left


@pytest.mark.parametrize(("name", "which", "names"), ALL)
def test_the_claim_is_the_rule_on_the_card(name: str, which: int, names: list[Any]) -> None:
    found = proof(name, which, names)
    card, draw = TABLE[name], random.Random(3)
    rule = card.read_partials(card.partials)[which]
    with mpmath.workdps(40):
        for _ in range(5):
            numbers = numbers_for(name, names, draw)
            values = [numbers[s] if isinstance(s, str) else mpmath.mpf(s) for s in names]
            conditions = [numbers[s] for s in card.operands[: card.conditions]]
            at = dict(zip(card.operands, conditions + values, strict=True))
            y = to_mpmath(Expr(name, card.symbols), at)
            by_card = to_mpmath(rule, {**at, "y": y})
            assert mpmath.almosteq(to_mpmath(found.claim.args[1], numbers), by_card, 1e-30)


@pytest.mark.parametrize(("name", "which", "names"), ALL)
def test_limits_are_what_sympy_finds(name: str, which: int, names: list[Any]) -> None:
    if name in ("where", "clamp", "maximum", "minimum", "relu", "abs"):
        return  # by cases: first_wrong takes those limits from both sides
    found = proof(name, which, names)
    positive = TABLE[name].sample[0][0] >= 0
    symbols = {s: sympy.Symbol(s, real=True, positive=positive or None)
               for s in names if isinstance(s, str)}  # fmt: skip
    h = sympy.Symbol("h")

    def translated(e: Expr) -> Any:
        if e.op == "limit":
            return sympy.limit(to_sympy(e.args[1], {**symbols, "h": h}), h, 0)
        if not any(part.op == "limit" for part in operands_first(e)):
            return to_sympy(e, symbols)
        args = [translated(arg) for arg in e.args]
        return args[0] * args[1] if e.op == "mul" else args[0] + args[1] * (
            -1 if e.op == "sub" else 1
        )  # fmt: skip

    for step in found.steps:
        ends = [any(part.op == "limit" for part in operands_first(e))
                for e in (step.left, step.right)]  # fmt: skip
        if ends == [True, False]:
            rest = sympy.simplify(translated(step.left) - translated(step.right))
            assert rest == 0, f"{step.left} is off {step.right} by {rest}"


@pytest.mark.parametrize(("name", "which", "names"), ALL)
def test_a_wrong_step_is_noticed(name: str, which: int, names: list[Any]) -> None:
    found = proof(name, which, names)
    if not found.steps:
        return
    for i, step in enumerate(found.steps):
        slip = step.right + 1
        if step.right.op == "limit":
            slip = Expr("limit", (step.right.args[0], step.right.args[1] + 1))
        broken = [*found.steps[:i], replace(step, right=slip), *found.steps[i + 1 :]]
        assert first_wrong(replace(found, steps=broken), name, names, points=12) is not None


def test_the_worked_example() -> None:
    product = proof("mul", 0, ["d", "f"])
    assert repr(product.claim) == "derivative(d, d * f) == f"
    assert repr(product.steps[0].right) == "limit(h, ((d + h) * f - d * f) / h)"
    assert repr(proof("add", 0, ["c", "e"]).claim) == "derivative(c, c + e) == 1"


def test_names_that_collide() -> None:
    squared = proof("mul", 0, ["a", "a"])
    assert repr(squared.claim) == "derivative(a, a * a′) == a′"
    named_h = proof("mul", 0, ["h", "h′"])
    assert named_h.steps[0].right.args[0] is symbol("h′′")
    assert first_wrong(squared, "mul", ["a", "a′"]) is None


def test_what_cannot_be_proved_is_refused() -> None:
    for arguments, says in [
        (("tang", 0, ["x"]), "no operation called 'tang'"),
        (("mul", 0, ["x"]), "mul has 2 operands, a, b"),
        (("mul", 2, ["x", "y"]), "there is no operand 2"),
        (("clamp", 1, ["x", "low", "high"]), "there is no operand 1"),
        (("pow", 1, ["x", 3]), "the number 3, which does not move"),
        (("pow", 0, ["x", float("nan")]), "a finite exponent, not nan"),
    ]:
        with pytest.raises(gg.GlassgradError, match=says):
            proof(*arguments)
