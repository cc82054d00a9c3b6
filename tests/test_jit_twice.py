"""Second and third derivatives through traces, against the eager engine: at the edges too."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.ops import TABLE
from traced import POINTS, bits

NAMES = [name for name in TABLE if name != "where"]
PAIRS = [(a, b) for a in (0.0, -0.0) for b in (0.0, -0.0, 1.0, 2.0, -1.0, 0.5)]
AT_EDGES: list[tuple[float, ...]] = [*PAIRS, *(pair[::-1] for pair in PAIRS),
                                     (3.0, 3.0), (math.inf, math.inf), (math.nan, 0.0)]  # fmt: skip


def operation(name: str) -> tuple[Callable[..., Any], tuple[int, ...]]:
    """Make a function of an operation's operands, and tell their places."""
    card = TABLE[name]
    bounds = [-1.5, 2.0][: card.parameters]
    return lambda *xs: card(*xs, *bounds), tuple(range(len(card.operands) - card.parameters))


def points(name: str, places: tuple[int, ...], count: int) -> list[tuple[float, ...]]:
    draw = random.Random(name)
    drawn = [tuple(draw.choice(POINTS) for _ in places) for _ in range(count)]
    ordinary = [tuple(draw.uniform(0.1, 2.0) for _ in places) for _ in range(5)]
    return [*drawn, *ordinary, *dict.fromkeys(edge[: len(places)] for edge in AT_EDGES)]


def sum_of_slopes(f: Any, places: tuple[int, ...]) -> Any:
    return lambda *xs: gg.sum(list(gg.grad(f, places)(*xs)))


def moved(f: Any, places: tuple[int, ...]) -> Any:
    return lambda *xs: gg.hvp(f, xs, [1.0, -2.0][: len(places)], places)


TWICE: dict[str, Callable[[Any, tuple[int, ...]], Any]] = {
    "grad of grad": lambda f, places: gg.grad(sum_of_slopes(f, places), places),
    "derivative": lambda f, places: lambda *xs: gg.derivative(
        sum_of_slopes(f, places)(*(vs := [Value(x) for x in xs])) * vs[0], vs
    ),
    "hessian": lambda f, places: gg.hessian(f, places),
    "hvp": moved,
    "third": lambda f, places: gg.grad(lambda *xs: gg.sum(list(moved(f, places)(*xs))), places),
}


def run_traced(
    f: Any, at: list[tuple[float, ...]], first: tuple[float, ...], **options: Any
) -> Any:
    """Run f traced, with so few points for each program that it is never given up."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", gg.TraceWarning)
        for i, point in enumerate(at):
            if i % 6 == 0:
                traced = gg.jit(f, **options)
                traced(*first)
            yield point, f(*point), traced(*point)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("transform", TWICE)
def test_every_operation_has_the_bits_of_the_eager_engine(transform: str, name: str) -> None:
    f, places = operation(name)
    twice = TWICE[transform](f, places)
    for point, eager, found in run_traced(
        twice, points(name, places, 40), (0.6, 0.7)[: len(places)], exact=True
    ):
        assert bits(found) == bits(eager), (point, found, eager)


@pytest.mark.parametrize("name", NAMES)
def test_otherwise_only_the_order_of_sums_differs(name: str) -> None:
    """Of numbers of middling size, so that no sum of an edge's huge terms cancels."""
    f, places = operation(name)
    at = [p for p in points(name, places, 40) if all(x == 0 or 1e-3 <= abs(x) <= 10 for x in p)]
    for point, eager, found in run_traced(
        gg.hessian(f, places), at, (0.6, 0.7)[: len(places)]
    ):
        for x, y in zip(np.ravel(found), np.ravel(eager), strict=True):
            assert x == pytest.approx(y, rel=1e-12, abs=1e-12, nan_ok=True), point


@pytest.mark.parametrize("name", NAMES)
def test_a_traced_gradient_differentiated_outside(name: str) -> None:
    """Of an argument that is a Value, and of one that the function reads from around it."""
    f, places = operation(name)
    slopes = gg.grad(f, places)
    around = Value(1.0)

    def of_values(*xs: Any) -> Any:
        return gg.sum([slope * x for slope, x in zip(slopes(*xs), xs, strict=True)])

    def of_around(*xs: Any) -> Any:
        return gg.sum(list(slopes(*(around * x for x in xs)))) * around

    def whole(g: Any, make: Any) -> Any:
        def run(*xs: float) -> list[float]:
            inputs = [make(x) for x in xs]
            around.grad = 0.0
            g(*inputs).backward()
            return [around.grad, *(v.grad for v in inputs if type(v) is Value)]

        return run

    for g, make in ((of_values, Value), (of_around, float)):
        for i, point in enumerate(points(name, places, 12)):
            if i % 6 == 0:
                traced = gg.jit(g, exact=True)
            found, eager = whole(traced, make)(*point), whole(g, make)(*point)
            assert bits(found) == bits(eager), (point, found, eager)


def test_a_rule_of_ones_own_that_chooses() -> None:
    def rule(y: Any, x: Any) -> tuple[Any]:
        return (gg.where(x > 0, gg.where(x > 1, gg.sqrt(x) + y, gg.log(x) * x), gg.exp(x) + y),)

    own = gg.custom_op("own", lambda x: x * gg.exp(x), rule)
    f = gg.hessian(lambda x: own(x) * own(-x))
    for point, eager, found in run_traced(f, [(x,) for x in POINTS], (0.5,), exact=True):
        assert bits(found) == bits(eager), (point, found, eager)


def test_a_nan_that_arrives_where_something_is_chosen() -> None:
    def f(a: Any, b: Any) -> Any:
        return gg.maximum(gg.sqrt(a), gg.sqrt(b)) * gg.maximum(a * a, b * b)

    at = [(2.0, 3.0), (-1.0, 2.0), (-1.0, -2.0), (0.0, 0.0), (2.0, -3.0), (math.nan, 1.0)]
    for twice in (gg.hessian(f, (0, 1)), TWICE["grad of grad"](f, (0, 1))):
        for point, eager, found in run_traced(twice, at, at[0], exact=True):
            assert bits(found) == bits(eager), (point, found, eager)


@pytest.mark.parametrize("name", ["pow", "atan2"])
def test_examples_of_vmap_at_edges(name: str) -> None:
    f, places = operation(name)
    at = [(1.5, 0.5), (0.0, 0.0), (0.0, 2.0), (0.25, 0.0), (2.0, 3.0)]
    found = gg.vmap(gg.jit(gg.hessian(f, places), exact=True))(*np.array(at).T)
    for i, point in enumerate(at):
        assert bits([[x[i] for x in row] for row in found]) == bits(gg.hessian(f, places)(*point))


def test_too_many_branches_of_rules_run_eagerly() -> None:
    twice = gg.hessian(lambda xs, w: gg.sum([x**w for x in xs]), (0, 1))
    traced = gg.jit(twice, exact=True)
    points = [[1.5 * (pattern >> i & 1) for i in range(4)] for pattern in range(16)]
    with pytest.warns(gg.TraceWarning, match="of a rule that is differentiated again"):
        found = [traced(xs, 2.0) for xs in points]
    assert bits(found) == bits([twice(xs, 2.0) for xs in points])


@pytest.mark.parametrize("name", NAMES)
def test_a_first_derivative_needs_one_program(name: str) -> None:
    f, places = operation(name)
    traced = gg.jit(gg.grad(f, places), exact=True)
    for point in points(name, places, 20):
        assert bits(traced(*point)) == bits(gg.grad(f, places)(*point)), point
        assert not traced.graph.guards


@pytest.mark.parametrize("zeros", [(-0.0,), (-0.0, -0.0), (0.0, -0.0), (-0.0, 1.0)])
def test_sums_keep_the_sign_of_a_zero_whatever_they_add(zeros: tuple[float, ...]) -> None:
    for start in (0, -0.0):
        expected = bits(sum(zeros, start))  # Python's own
        for f in (
            lambda xs, start=start: gg.sum(xs, start),
            lambda xs, start=start: gg.dot(xs, [1.0] * len(xs), start),
        ):
            values = [Value(x) for x in zeros]
            assert bits(f(list(zeros))) == bits(f(values)) == expected
            assert bits(gg.jit(f, exact=True)(list(zeros))) == expected
