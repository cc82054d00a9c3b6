"""Rows taken by a number that a trace does not know: no gradient goes near the others."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from battery import bits
from builds import amount
from glassgrad import Value, nn
from glassgrad.presence import ALWAYS, At, united

POINTS = [0.0, -0.0, 1.0, 2.0, -1.0, 0.5, 4.0, math.inf]


def program(seed: int) -> Callable[..., Any]:
    """Make a function that takes rows of which many have infinite slopes, from one another."""
    draw = random.Random(seed)
    plan = [
        (draw.random(), draw.randrange(99), draw.randrange(99), draw.randrange(99),
         draw.randrange(2, 5))
        for _ in range(draw.randrange(6, 16))
    ]  # fmt: skip
    depends, two = draw.random() < 0.2, draw.random() < 0.3

    def f(xs: Any, i: Any, j: Any) -> Any:
        pool = list(xs)
        for kind, p, q, r, n in plan:
            a, b = pool[-1 - p % min(len(pool), 6)], pool[q % len(pool)]
            if kind < 0.64:
                pool.append(STEPS[int(kind * 100) % len(STEPS)](a, b))
                continue
            rows = [pool[-1 - (p + k * q) % min(len(pool), 5)] for k in range(n)]
            if kind > 0.95:
                rows = [row * b for row in rows]
            place = i if r % 2 else j
            if depends and kind > 0.8:
                place = gg.where(rows[0] < 0.7, i, j)
            pool.append(gg.take(rows, gg.where(place < n - 0.5, place, 0.0)))
        return pool[-1] + pool[-2] if two else pool[-1]

    return f


STEPS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: gg.sqrt(a),
    lambda a, b: gg.log(a),
    lambda a, b: a / b,
    lambda a, b: a * b,
    lambda a, b: a + b,
    lambda a, b: a - b,
    gg.maximum,
    lambda a, b: a**0.5,
]


def backward(f: Any, xs: list[float], i: float, j: float) -> list[float]:
    values = [Value(x) for x in xs]
    y = f(values, i, j)
    y.backward()
    return [y.data, *(v.grad for v in values)]


def numbers(nest: Any) -> list[float]:
    return [x.data if type(x) is Value else float(x) for x in np.ravel(np.array(nest, object))]


def first(f: Any) -> Any:
    return lambda xs, i, j: [(r := gg.value_and_grad(f)(xs, i, j))[0], *r[1]]


def second(f: Any) -> Any:
    return first(lambda xs, i, j: gg.sum(list(gg.grad(f)(xs, i, j))))


def moved(f: Any) -> Any:
    return lambda xs, i, j: list(gg.jvp(lambda ys: f(ys, i, j), (xs,), ([1.0, -1.0, 0.5],)))


@pytest.mark.parametrize("part", range(4))
def test_random_programs_have_the_bits_of_the_eager_engine(part: int) -> None:
    nothing = 0
    for seed in range(amount(60, 15) * part, amount(60, 15) * (part + 1)):
        f, draw = program(seed), random.Random(-seed)
        exact, default = gg.jit(f, exact=True), gg.jit(f)
        transformed = [(g(f), gg.jit(g(f), exact=True)) for g in (first, second, moved)]
        for _ in range(4):
            xs = [draw.choice(POINTS) if draw.random() < 0.6 else draw.gauss(0, 1) for _ in "123"]
            i, j = float(draw.randrange(4)), float(draw.randrange(4))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", gg.TraceWarning)  # the eager engine runs then
                expected = backward(f, xs, i, j)
                nothing += sum(x == 0.0 for x in expected)
                found = backward(exact, xs, i, j)
                assert list(map(bits, found)) == list(map(bits, expected)), (seed, xs, i, j)
                np.testing.assert_allclose(backward(default, xs, i, j), expected, 1e-9, 1e-9)
                for eager, traced in transformed:
                    wanted, found = numbers(eager(xs, i, j)), numbers(traced(xs, i, j))
                    assert list(map(bits, found)) == list(map(bits, wanted)), (seed, xs, i, j)
    assert nothing


def slopes(f: Any, *args: float, seed: int | None = None, **options: Any) -> list[float]:
    """Trace f with other numbers first, and differentiate one of its results by the first ones."""
    traced = gg.jit(f, **options)
    traced(*(0.5 for _ in args[:-1]), 0.0)
    values = [Value(x) for x in args[:-1]]
    result = traced(*values, args[-1])
    (result if seed is None else result[seed]).backward()
    return [v.grad for v in values]


@pytest.mark.parametrize("exact", [False, True])
def test_a_row_with_an_infinite_slope_hands_nothing_on(exact: bool) -> None:
    def f(a: Any, b: Any, i: Any) -> Any:
        return gg.take([gg.sqrt(a), b], i)

    assert slopes(f, 0.0, 2.0, 1.0, exact=exact) == [0.0, 1.0]
    assert slopes(f, 0.25, 2.0, 0.0, exact=exact) == [1.0, 0.0]
    traced = gg.jit(gg.value_and_grad(f, argnums=(0, 1)), exact=exact)
    assert traced(0.0, 2.0, 1.0) == (2.0, (0.0, 1.0))
    assert traced(0.25, 2.0, 0.0) == (0.5, (1.0, 0.0))


@pytest.mark.parametrize("exact", [False, True])
def test_an_index_that_depends_on_the_rows(exact: bool) -> None:
    def f(a: Any, b: Any, c: Any) -> Any:
        rows = [gg.sqrt(a), b * 1.0]
        return gg.take(rows, gg.where(rows[0] < rows[1] + c, 1.0, 0.0))

    assert slopes(f, 0.0, 2.0, 0.0, exact=exact) == [0.0, 1.0]
    assert slopes(f, 0.25, 0.0, 0.0, exact=exact) == [1.0, 0.0]


def test_a_row_that_is_a_result_too() -> None:
    def f(a: Any, b: Any, i: Any) -> Any:
        root = gg.sqrt(a)
        return gg.take([root, b], i), root

    assert slopes(f, 0.0, 2.0, 1.0, seed=0, exact=True) == [0.0, 1.0]
    assert slopes(f, 0.25, 2.0, 1.0, seed=1, exact=True) == [1.0, 0.0]


@pytest.mark.parametrize("exact", [False, True])
def test_states_of_a_loop_of_which_one_is_taken(exact: bool) -> None:
    def f(a: Any, b: Any, i: Any) -> Any:
        states = [a + 0.0]
        for _ in range(9):
            states.append(gg.sqrt(states[-1] - b))
        return gg.take(states, i)

    for count in (0.0, 1.0, 2.0):  # the third state is the root of a number below 0
        values = [Value(1.0), Value(0.5)]
        f(*values, count).backward()
        found = slopes(f, 1.0, 0.5, count, exact=exact)
        assert found == pytest.approx([v.grad for v in values])


@pytest.mark.parametrize("exact", [False, True])
def test_rows_made_alike_are_made_once(exact: bool) -> None:
    def surprise(scores: Any, i: Any) -> Any:
        return -gg.log(gg.take(gg.softmax(scores), i))

    traced = gg.jit(surprise, exact=exact)
    scores = [Value(0.1 * k) for k in range(8)]
    traced(scores, 3.0).backward()
    assert str(traced.tape).count(" = div(") == 1
    chances = np.exp([0.1 * k for k in range(8)])
    chances /= chances.sum()
    np.testing.assert_allclose([v.grad for v in scores], chances - np.eye(8)[3], atol=1e-12)


def test_examples_that_share_a_row_of_which_none_may_be_needed() -> None:
    def each(a: Any, b: Any, places: Any) -> Any:
        return gg.sum(list(gg.vmap(lambda i: gg.take([gg.sqrt(a), b], i))(places)))

    traced = gg.jit(each)
    for places in ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 1.0]):
        values = [Value(0.25), Value(2.0)]
        traced(*values, np.array(places)).backward()
        ones = sum(places)
        assert [v.grad for v in values] == [3.0 - ones, ones]
    values = [Value(0.0), Value(2.0)]
    traced(*values, np.ones(3)).backward()
    assert [v.grad for v in values] == [0.0, 3.0]


def test_one_of_all_rows_is_taken_in_any_case() -> None:
    outer = At(3, 1, 2, ALWAYS)
    rows = [At(7, k, 3, outer) for k in range(3)]
    assert united(rows) == outer
    assert united([*rows[:2], rows[0]]) == set(rows[:2])
    assert united([*rows, At(3, 0, 2, ALWAYS)]) is ALWAYS


def test_the_chance_of_a_class_in_a_training_run() -> None:
    class Chances(nn.Module):
        def __init__(self) -> None:
            self.net = nn.MLP(2, [8, 3])

        def __call__(self, x: Any) -> Any:
            return gg.softmax(self.net(x))

    def surprise(chances: Any, classes: Any) -> Any:
        return gg.mean([-gg.log(gg.take(p, k)) for p, k in zip(chances, classes, strict=True)])

    draw = random.Random(1)
    X = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(24)]
    y = [draw.randrange(3) for _ in X]
    losses = []
    for epochs in (30, 15):  # enough to be traced, and not
        gg.seed(1)
        model = Chances()
        history = gg.fit(
            model, X, y, loss=surprise, epochs=epochs, batch_size=8, seed=1, progress=False
        )
        assert ("traced once" in history.how) == (epochs == 30), history.how
        losses.append([row["loss"] for row in history.rows[:15]])
    assert losses[0] == losses[1]


def test_what_sinks_keeps_the_order_of_shares() -> None:
    def f(xs: Any, i: Any, t: Any) -> Any:
        rows = [x / t for x in xs]
        others = [t * 0.3, t * -1.7, gg.exp(t)]  # these hand on before the rows do
        return gg.sum([*others, gg.take(rows, i)])

    draw = random.Random(1)
    traced = gg.jit(f, exact=True)
    for _ in range(20):
        found = []
        numbers_given = [draw.uniform(0.1, 2.0) for _ in range(4)]
        for g in (f, traced):
            *xs, t = [Value(x) for x in numbers_given]
            g(xs, 1.0, t).backward()
            found.append([v.grad for v in (*xs, t)])
        assert found[0] == found[1]
