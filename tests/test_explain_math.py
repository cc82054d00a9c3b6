"""Derivatives of random expressions, found in eight ways that have to agree."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import sympy

import glassgrad as gg
from builds import amount
from glassgrad import Value
from glassgrad.explaining.paths import Paths
from glassgrad.explaining.simplify import simplify
from glassgrad.explaining.symbolic import gradient_formula
from glassgrad.expr import Expr, as_expr, evaluate, operands_first, symbol
from glassgrad.ops import TABLE
from glassgrad.ops.card import apply
from oracles import to_mpmath, to_sympy

NAMES = ("x", "y", "z")

#: One operand, kept where it has a value and moderate slopes: what is written is what is meant.
ONE: list[Callable[[Any], Any]] = [
    lambda a: gg.tanh(a), lambda a: gg.sin(a), lambda a: gg.cos(a), lambda a: gg.sigmoid(a),
    lambda a: gg.exp(gg.sin(a)), lambda a: gg.log(a * a + 1), lambda a: gg.sqrt(a * a + 2),
    lambda a: a**2, lambda a: a**3, lambda a: -a, lambda a: 1 / (a * a + 1), lambda a: a / 3,
    lambda a: gg.atan(a), lambda a: gg.softplus(a), lambda a: gg.erf(a), lambda a: gg.square(a),
    lambda a: gg.expm1(gg.tanh(a)), lambda a: gg.log1p(a * a), lambda a: gg.reciprocal(a * a + 2),
    lambda a: gg.sinh(gg.tanh(a)), lambda a: gg.cosh(gg.sin(a)), lambda a: 2**gg.tanh(a),
    lambda a: (a * a + 1) ** 0.5, lambda a: (a * a + 1) ** -2, lambda a: gg.exp(-gg.tanh(a)),
]  # fmt: skip
TWO: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a * b,
    lambda a, b: a / (b * b + 1), lambda a, b: (a * a + 1) ** gg.tanh(b), lambda a, b: 3 * a - b,
    lambda a, b: gg.atan2(a, b * b + 1), lambda a, b: a + 0.5 * b,
]  # fmt: skip
#: These choose: what SymPy makes of them is compared only away from their kinks.
CHOOSING: list[Callable[[Any, Any], Any]] = [
    lambda a, b: gg.relu(a) + b, lambda a, b: gg.maximum(a, b), lambda a, b: gg.minimum(a, b),
    lambda a, b: abs(a) * b, lambda a, b: gg.clamp(a, -1.0, 1.0) + b,
]  # fmt: skip


def random_function(seed: int, choosing: bool = False) -> Callable[..., Any]:
    """Make a function of three numbers that shares what it computes on the way."""
    draw = random.Random(seed)
    two = CHOOSING * 3 + TWO if choosing else TWO
    plan = []
    newest = seed % 3  # the operand that is asked about: the result always depends on it
    for made in range(3, 3 + draw.randint(2, 6)):
        if draw.random() < 0.5:
            plan.append((draw.choice(ONE), [newest]))
        else:
            places = [newest, draw.randrange(made)]
            draw.shuffle(places)
            plan.append((draw.choice(two), places))
        newest = made

    def f(*xs: Any) -> Any:
        values = list(xs)
        for operation, places in plan:
            values.append(operation(*(values[i] for i in places)))
        return values[-1]

    return f


def point(seed: int) -> list[float]:
    draw = random.Random(f"point {seed}")
    return [draw.uniform(-1.5, 1.5) for _ in NAMES]


def central_difference(f: Callable[..., float], at: list[float], place: int) -> float:
    """Take the slope by nudging, to about 1e-9: Richardson's two step widths."""

    def slope(h: float) -> float:
        low, high = ([*at[:place], at[place] + d, *at[place + 1 :]] for d in (-h, h))
        return (f(*high) - f(*low)) / (2 * h)

    return (4 * slope(1e-3) - slope(2e-3)) / 3


def as_floats(f: Callable[..., Any]) -> Callable[..., float]:
    return lambda *xs: f(*map(Value, xs)).data


def derivative_by_sympy(f: Callable[..., Any], place: int, order: int = 1) -> Any:
    """Feed the function with symbols, and let SymPy differentiate."""
    symbols = dict(zip(NAMES, sympy.symbols(NAMES, real=True), strict=True))
    meant = to_sympy(as_expr(f(*map(symbol, NAMES))), symbols)
    return sympy.diff(meant, symbols[NAMES[place]], order), [symbols[name] for name in NAMES]


def at_point(derivative: Any, at: list[float]) -> float:
    expression, symbols = derivative
    with mpmath.workdps(30):
        return float(sympy.lambdify(symbols, expression, "mpmath")(*map(mpmath.mpf, at)))


def close(x: float) -> Any:
    return pytest.approx(x, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("block", range(10))
def test_eight_ways_to_a_derivative_agree(block: int) -> None:
    depending = 0
    seeds = range(100 * block, 100 * (block + 1), amount(1, 4))
    for seed in seeds:
        f, at = random_function(seed), point(seed)
        leaves = [Value(x, label=name) for x, name in zip(at, NAMES, strict=True)]
        root = f(*leaves)
        root.backward()
        place = seed % 3
        wrt = leaves[place]
        exact = at_point(derivative_by_sympy(f, place), at)
        paths = Paths(root, wrt)
        depending += paths.count > 0
        found = gradient_formula(root, wrt, most=20_000)
        assert found.conditions == ()
        tangent = [float(i == place) for i in range(3)]
        assert {
            "reverse mode": wrt.grad,
            "sum over the paths": paths.total,
            "the listed paths": math.fsum(path.product for path in paths.largest(paths.count)),
            "forward mode": gg.jvp(f, at, tangent)[1],
            "as a graph": gg.derivative(root, wrt=wrt).data,
            "symbolic": evaluate(found.expr, found.numbers, apply),
        } == dict.fromkeys(
            ("reverse mode", "sum over the paths", "the listed paths", "forward mode",
             "as a graph", "symbolic"), close(exact),
        ), f"seed {seed}"  # fmt: skip
        nudged = central_difference(as_floats(f), at, place)
        assert nudged == pytest.approx(exact, rel=1e-5, abs=1e-6), f"seed {seed}"
    assert depending == len(seeds)


@pytest.mark.parametrize("seed", range(100))
def test_second_derivatives_agree(seed: int) -> None:
    f, at = random_function(seed), point(seed)
    leaves = [Value(number, label=name) for number, name in zip(at, NAMES, strict=True)]
    x = leaves[seed % 3]
    slope = gg.derivative(f(*leaves), wrt=x)
    exact = at_point(derivative_by_sympy(f, seed % 3, 2), at)
    assert gg.derivative(slope, wrt=x).data == close(exact)
    # The gradient's own graph may be explained like any other.
    assert Paths(slope, x).total == close(exact)
    found = gradient_formula(slope, x, most=200_000)
    assert evaluate(found.expr, found.numbers, apply) == close(exact)


@pytest.mark.parametrize("block", range(4))
def test_where_something_is_chosen_the_formula_is_that_of_the_branch(block: int) -> None:
    conditions = 0
    for seed in range(100 * block, 100 * (block + 1)):
        f, at = random_function(seed, choosing=True), point(seed)
        leaves = [Value(x, label=name) for x, name in zip(at, NAMES, strict=True)]
        root = f(*leaves)
        root.backward()
        wrt = leaves[seed % 3]
        found = gradient_formula(root, wrt, most=20_000)
        assert evaluate(found.expr, found.numbers, apply) == close(wrt.grad), f"seed {seed}"
        for condition in found.conditions:
            assert evaluate(condition, found.numbers, apply) is True
        conditions += len(found.conditions)
        # Wherever its conditions hold the formula is the gradient there, too.
        draw = random.Random(seed)
        for _ in range(5):
            other = [x + draw.uniform(-0.5, 0.5) for x in at]
            numbers = dict(zip(map(symbol, NAMES), other, strict=True))
            if all(evaluate(c, numbers, apply) for c in found.conditions):
                there = gg.grad(f, seed % 3)(*other)
                assert evaluate(found.expr, numbers, apply) == close(there), f"seed {seed}"
    assert conditions > 40


def test_the_simplified_expression_is_equal_to_the_original() -> None:
    changed = 0
    for seed in range(300):
        f = random_function(seed)
        original = as_expr(f(*map(symbol, NAMES)))
        found = simplify(original, 20_000)
        assert simplify(found, 20_000) is found, f"seed {seed}: {found!r}"
        changed += found is not original
        draw = random.Random(seed)
        for _ in range(3):
            numbers = {name: mpmath.mpf(draw.uniform(-2, 2)) for name in NAMES}
            with mpmath.workdps(30):
                there, here = to_mpmath(original, numbers), to_mpmath(found, numbers)
                assert mpmath.almosteq(there, here, 1e-20, 1e-20), f"seed {seed}: {found!r}"
    assert changed > 200


def test_it_does_not_matter_in_which_order_something_was_written() -> None:
    draw = random.Random(0)
    x, y, z = map(symbol, NAMES)
    for _ in range(50):
        terms = [3 * x, x * y, -2 * z, gg.exp(x), gg.tanh(y) * z, as_expr(5), x / y, x**2, -x]
        forms = set()
        for _ in range(5):
            draw.shuffle(terms)
            total = as_expr(0)
            product = as_expr(1)
            for term in terms:
                total, product = total + term, product * term
            forms.add((simplify(total), simplify(product)))
        assert len(forms) == 1


X, Y, A, B, C, F = map(symbol, ("x", "y", "a", "b", "c", "f"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (3 * (2 * X) - 4, "6 * x - 4"),
        ((A * B + C) * F, "f * (a * b + c)"),
        (1 - gg.tanh(X) * gg.tanh(X), "1 - tanh(x)**2"),
        (-1 * (-X), "x"),
        (-(A - B), "b - a"),
        (X + X + X, "3 * x"),
        (X * X * X, "x**3"),
        (X - X, "0"),
        (0 * gg.exp(X) + X * 1, "x"),
        (X / X * Y, "y"),
        (X / Y / Y, "x / y**2"),
        (-X / Y, "-x / y"),
        (0.5 / gg.sqrt(X), "1 / (2 * sqrt(x))"),
        (2 * (X + Y) + X, "3 * x + 2 * y"),
        (2 * (X + Y), "2 * (x + y)"),
        (as_expr(1) / 3 + as_expr(1) / 6, "0.5"),
        (as_expr(1) / 3, "1 / 3"),
        (0.1 * X, "0.1 * x"),
        (gg.exp(X) * gg.exp(X), "exp(2 * x)"),
        (gg.exp(X) * gg.exp(-X), "1"),
        (gg.exp(2 * X) / gg.exp(X), "exp(x)"),
        (gg.exp(-X) / (1 + gg.exp(-X)) ** 2, "exp(-x) / (1 + exp(-x))**2"),
        (gg.log(gg.exp(3 * X)), "3 * x"),
        (gg.exp(gg.log(X)), "exp(log(x))"),
        (gg.sqrt(X * X), "sqrt(x**2)"),
        ((X * X) ** 0.5, "(x**2)**0.5"),
        (gg.log(X * X), "log(x**2)"),
        (gg.tanh(-X), "-tanh(x)"),
        (gg.cos(-X), "cos(x)"),
        (abs(-X), "abs(x)"),
        (symbol("x10") + symbol("x2"), "x2 + x10"),
        (as_expr(2) ** 10 + X, "x + 1024"),
        (gg.sqrt(as_expr(9)) + gg.sqrt(as_expr(2)), "sqrt(2) + 3"),
        (X**0, "1"),
        (1 / (1 / X), "x"),
    ],
)
def test_what_a_teacher_would_write(before: Expr, after: str) -> None:
    assert repr(simplify(before)) == after


def test_the_formulas_of_the_lecture() -> None:
    a, b, c, f = (Value(x, label=n) for x, n in ((2.0, "a"), (-3.0, "b"), (10.0, "c"), (-2.0, "f")))
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    found = {v.label: str(gradient_formula(L, v)) for v in (a, b, c, d, e, f, L)}
    assert found == {
        "a": "b · f", "b": "a · f", "c": "f", "d": "f", "e": "f", "f": "a · b + c", "L": "1",
    }  # fmt: skip
    x = Value(3.0, label="x")
    assert str(gradient_formula(3 * x**2 - 4 * x + 5, x)) == "6 · x − 4"
    n = Value(0.8, label="n")
    assert str(gradient_formula(n.tanh(), n)) == "1 − tanh(n)²"


def test_choices_say_under_which_conditions_the_formula_holds() -> None:
    x, y = Value(2.0, label="x"), Value(2.0, label="y")
    for root, said in (
        ((x - 1).relu() * x, "2 · x − 1 where x − 1 > 0"),
        ((1 - x).relu() * x, "0 where 1 − x ≤ 0"),
        (gg.maximum(x, 1.0) * 3, "3 where x > 1"),
        (gg.maximum(x, y), "0.5 where x = y"),
        (gg.minimum(3 * x, x) * x, "2 · x where 3 · x > x"),
        (abs(x), "1 where x > 0"),
        (abs(-x) * x, "2 · x where x > 0"),
        (x.clamp(-1, 1) + x, "1 where x > 1"),
        (x.clamp(-3, 3) * y, "y where x ≥ −3, x ≤ 3"),
        (gg.where(x > 1, x**3, y), "3 · x² where the condition of v2 holds"),
        (gg.where(x > 7, y, x), "1 where the condition of v1 does not hold"),
    ):
        assert str(gradient_formula(root, x)) == said


def test_operations_of_ones_own() -> None:
    x = Value(0.5, label="x")
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    assert str(gradient_formula(cube(x) * x, x)) == "4 · x³"

    closed = gg.custom_op("f", lambda x: math.sin(x), lambda y, x: (math.cos(x),))
    found = gradient_formula(closed(x) * x, x)
    assert str(found) == "f′(x) · x + f(x)"
    assert evaluate(found.expr, found.numbers, apply) == close(math.sin(0.5) + math.cos(0.5) / 2)


def test_leaves_that_share_a_label_stay_apart() -> None:
    first, second = Value(2.0, label="x"), Value(3.0, label="x")
    product = first * second
    assert str(gradient_formula(product, first)) == "x₂"
    assert str(gradient_formula(product, second)) == "x"


def test_what_has_no_formula_says_so() -> None:
    x = Value(0.5, label="x")
    deep = x
    for i in range(1000):
        deep = (deep * Value(1.0, label=f"w{i}")).tanh()
    with pytest.raises(gg.FormulaError, match="too large to write as one formula"):
        gradient_formula(deep, x)
    for _ in range(10_000):
        deep = deep + 1.0
    with pytest.raises(gg.FormulaError, match="too large"):
        gradient_formula(deep, x)
    long = x
    for _ in range(2000):
        long = long + 1.0
    assert str(gradient_formula(long * long, x)) == "2 · x + 4000"
    assert str(gradient_formula(deep, Value(1.0))) == "0"

    chosen = x.relu()
    x.data = -1.0
    with pytest.raises(gg.GlassgradError, match="has changed since it was recorded"):
        gradient_formula(chosen, x)


def test_every_operation_of_the_table_has_a_formula() -> None:
    for card in TABLE.values():
        at = [(low + 2 * high) / 3 for low, high in card.sample]
        if card.name == "where":
            at[0] = True
        leaves = [Value(x, label=name) for x, name in zip(at, card.operands, strict=True)]
        moving = leaves[card.differentiable]
        given = [leaf if leaf in moving else x for leaf, x in zip(leaves, at, strict=True)]
        root = getattr(gg, card.name)(*given) if hasattr(gg, card.name) else None
        if root is None:
            root = card(*given)
        root.backward()
        for leaf in moving:
            found = gradient_formula(root, leaf)
            value = evaluate(found.expr, found.numbers, apply)
            assert value == close(leaf.grad), f"{card.name}: {found}"
            assert not any(e.op in ("node", "output") for e in operands_first(found.expr))
