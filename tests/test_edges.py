"""The table of edges that glassgrad promises, written out as published: value and derivative."""

from __future__ import annotations

import math
import random
from math import inf, nan, pi
from typing import Any

import pytest

import glassgrad as gg
from battery import EDGES, bits
from glassgrad import Value, functions, ieee, kernels

# (what, function of Values, where, value, gradients)
TABLE: list[tuple[str, Any, tuple[float, ...], float, tuple[float, ...]]] = [
    ("relu at 0", gg.relu, (0.0,), 0.0, (0.0,)),
    ("relu at -0", gg.relu, (-0.0,), 0.0, (0.0,)),
    ("relu of nan", gg.relu, (nan,), nan, (1.0,)),
    ("abs at 0", gg.abs, (0.0,), 0.0, (0.0,)),
    ("abs at -0", gg.abs, (-0.0,), 0.0, (0.0,)),
    ("abs of nan", gg.abs, (nan,), nan, (0.0,)),
    ("sqrt at 0", gg.sqrt, (0.0,), 0.0, (inf,)),
    ("sqrt below 0", gg.sqrt, (-1.0,), nan, (nan,)),
    ("log at 0", gg.log, (0.0,), -inf, (inf,)),
    ("log below 0", gg.log, (-4.0,), nan, (-0.25,)),
    ("log1p at -1", gg.log1p, (-1.0,), -inf, (inf,)),
    ("exp(710)", gg.exp, (710.0,), inf, (inf,)),
    ("exp(1000)", gg.exp, (1000.0,), inf, (inf,)),
    ("sinh(-1000)", gg.sinh, (-1000.0,), -inf, (inf,)),
    ("cosh(1000)", gg.cosh, (1000.0,), inf, (inf,)),
    ("tanh(1000)", gg.tanh, (1000.0,), 1.0, (0.0,)),
    ("tanh(-1000)", gg.tanh, (-1000.0,), -1.0, (0.0,)),
    ("tanh(1e-20)", gg.tanh, (1e-20,), 1e-20, (1.0,)),
    ("sigmoid(1000)", gg.sigmoid, (1000.0,), 1.0, (0.0,)),
    ("sigmoid(-1000)", gg.sigmoid, (-1000.0,), 0.0, (0.0,)),
    ("asin(1)", gg.asin, (1.0,), pi / 2, (inf,)),
    ("asin(-1)", gg.asin, (-1.0,), -pi / 2, (inf,)),
    ("acos(1)", gg.acos, (1.0,), 0.0, (-inf,)),
    ("acos(-1)", gg.acos, (-1.0,), pi, (-inf,)),
    ("atan2(0, 0)", gg.atan2, (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("hypot(0, 0)", gg.hypot, (0.0, 0.0), 0.0, (nan, nan)),
    ("norm at 0", lambda a, b: gg.norm([a, b]), (0.0, 0.0), 0.0, (0.0, 0.0)),
    ("1/0", lambda a, b: a / b, (1.0, 0.0), inf, (inf, -inf)),
    ("-1/0", lambda a, b: a / b, (-1.0, 0.0), -inf, (inf, inf)),
    ("0/0", lambda a, b: a / b, (0.0, 0.0), nan, (inf, nan)),
    ("1e200/1e-200", lambda a, b: a / b, (1.0, 1e-200), 1e200, (1e200, -inf)),
    ("no overflow inside", lambda a, b: a / b, (1e-160, 1e-160), 1.0, (1e160, -1e160)),
    ("x ** 0", lambda a: a**0, (3.0,), 1.0, (0.0,)),
    ("0 ** 0", lambda a: a**0, (0.0,), 1.0, (0.0,)),
    ("nan ** 0", lambda a: a**0, (nan,), 1.0, (0.0,)),
    ("0 ** b", lambda a, b: a**b, (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("0 ** Value(0)", lambda a, b: a**b, (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("(-2) ** 3", lambda a: a**3, (-2.0,), -8.0, (12.0,)),
    ("(-2) ** -1", lambda a: a**-1, (-2.0,), -0.5, (-0.25,)),
    ("(-8) ** (1/3)", lambda a: a ** (1 / 3), (-8.0,), nan, (nan,)),
    ("(-2) ** Value(3)", lambda a, b: a**b, (-2.0, 3.0), -8.0, (12.0, nan)),
    ("(-2) ** Value(0.5)", lambda a, b: a**b, (-2.0, 0.5), nan, (nan, nan)),
    ("0 ** -1", lambda a: a**-1, (0.0,), inf, (-inf,)),
    ("1e200 ** 2", lambda a: a**2, (1e200,), inf, (2e200,)),
    ("0 * inf", lambda a, b: a * b, (0.0, inf), nan, (inf, 0.0)),
    ("maximum at a tie", gg.maximum, (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("minimum at a tie", gg.minimum, (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("maximum with nan", gg.maximum, (nan, 2.0), nan, (1.0, 1.0)),
    ("minimum with nan", gg.minimum, (2.0, nan), nan, (1.0, 1.0)),
    ("clamp on its lower bound", lambda x: x.clamp(-1, 1), (-1.0,), -1.0, (1.0,)),
    ("clamp on its upper bound", lambda x: x.clamp(-1, 1), (1.0,), 1.0, (1.0,)),
    ("clamp(nan)", lambda x: x.clamp(-1, 1), (nan,), nan, (0.0,)),
    ("clamp, low > high", lambda x: x.clamp(2, 1), (0.0,), 1.0, (0.0,)),
    ("clamp, low > x > high", lambda x: x.clamp(2, 1), (1.5,), 1.0, (0.0,)),
    (
        "where: nan in the branch not taken",
        lambda x: gg.where(True, 2 * x, gg.log(x - 1)),
        (0.0,), 0.0, (2.0,),
    ),
    (
        "where: an infinite slope in the branch not taken poisons the gradient",
        lambda x: gg.where(x > 1, gg.sqrt(x), 2 * x),
        (0.0,), 0.0, (nan,),
    ),
]  # fmt: skip


def same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-15)


@pytest.mark.parametrize(
    ("f", "at", "value", "slopes"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_edge(f: Any, at: tuple[float, ...], value: float, slopes: tuple[float, ...]) -> None:
    leaves = [Value(x) for x in at]
    y = f(*leaves)
    y.backward()
    assert same(y.data, value)
    assert all(same(leaf.grad, slope) for leaf, slope in zip(leaves, slopes, strict=True)), leaves


def test_what_was_not_chosen_receives_nothing(torch: Any) -> None:
    """An infinite slope above a choice does not turn the slope 0 below it into nan."""

    def programs(xp: Any) -> list[Any]:
        return [
            lambda x: xp.sqrt(xp.relu(x)),
            lambda x: xp.log(xp.relu(x)),
            lambda x: xp.sqrt(xp.maximum(x, 0 * x + 0.0)),
            lambda x: xp.sqrt(xp.clamp(x, 0, 1)),
            lambda x: xp.sqrt(xp.where(x > 0, x, 0 * x + 0.0)),
            lambda x: xp.sqrt(0 * x),  # a product is no choice: nan
        ]

    for ours, theirs in zip(programs(gg), programs(torch), strict=True):
        for at in (-1.0, 2.0):
            v, t = Value(at), torch.tensor(at, dtype=torch.float64, requires_grad=True)
            ours(v).backward()
            theirs(t).backward()
            assert same(v.grad, t.grad.item()), (at, v, t.grad)
            assert same(gg.grad(ours)(at), t.grad.item())


def test_softmax_of_nothing_but_minus_infinity() -> None:
    assert all(math.isnan(p) for p in gg.softmax([-inf, -inf]))
    assert all(math.isnan(p.data) for p in gg.softmax([Value(-inf), Value(-inf)]))


@pytest.mark.parametrize("x", [0.0, -0.0, -1.0, 1e308, inf, -inf, nan])
def test_nothing_raises_because_a_float_is_large_zero_or_not_finite(x: float) -> None:
    v = Value(x)
    for y in (v + x, v - x, v * x, v / x, 1 / v, v**x, 2**v, v**-1, v**0.5, abs(v), -v):
        y.backward()
    for name in functions.__all__:
        if name in ("softmax", "log_softmax"):
            getattr(gg, name)([v, Value(1.0)])[0].backward()
        elif name in ("logsumexp", "norm"):
            getattr(gg, name)([v, Value(1.0)]).backward()
        elif name == "hypot":
            gg.hypot(v, 1.0).backward()
        else:
            getattr(gg, name)(v).backward()


def test_overflow_is_an_infinity_of_the_right_sign() -> None:
    assert (Value(-1e200) ** 3).data == -inf
    assert (Value(-1e200) ** 2).data == inf
    assert (Value(-0.0) ** -1).data == -inf
    assert (Value(-0.0) ** -2).data == inf
    assert (Value(-1.0) / Value(-0.0)).data == inf


PRODUCTS = {
    1: lambda a: a,
    2: lambda a: a * a,
    3: lambda a: a * a * a,
    -1: lambda a: ieee.div(1.0, a),
}


@pytest.mark.parametrize("n", PRODUCTS)
def test_a_whole_exponent_is_a_product_whatever_made_it(n: int) -> None:
    draw = random.Random(n)
    for a in [
        *EDGES,
        *(draw.gauss(0.0, 1.0) * 10.0 ** draw.randrange(-160, 160) for _ in range(999)),
    ]:
        expected = bits(PRODUCTS[n](a))
        for power in (Value(a) ** n, Value(a) ** float(n), Value(a) ** Value(n), a ** Value(n)):
            assert bits(power.data) == expected, a
        assert bits(kernels.pow(a, float(n))) == expected
        assert math.isnan(a) or math.isclose(kernels.pow(a, float(n)), _in_c(a, n), rel_tol=3e-16)


def _in_c(a: float, n: int) -> float:
    try:
        return math.pow(a, n)
    except (OverflowError, ValueError):
        return math.copysign(inf, a) if n % 2 else inf


def test_an_exponent_of_a_half_is_no_root() -> None:
    assert bits((Value(-0.0) ** 0.5).data) == bits(0.0) != bits(gg.sqrt(-0.0))
    assert (Value(-inf) ** 0.5).data == inf
    assert math.isnan(gg.sqrt(-inf))
