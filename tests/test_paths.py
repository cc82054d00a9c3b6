"""Paths: their number, order and sum, against listing all of them, and against the engine."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.engine import edges
from glassgrad.explaining.paths import Paths, count_text


def every_path(root: Value, wrt: Value) -> Iterator[list[tuple[Value, int, float]]]:
    """List all paths, by the definition."""
    if root is wrt:
        yield []
    else:
        for position, (operand, partial) in enumerate(edges(root)):
            for rest in every_path(operand, wrt):
                yield [(root, position, partial), *rest]


def random_graph(seed: int) -> tuple[Value, list[Value]]:
    """Make a small graph in which much is used several times."""
    draw = random.Random(seed)
    values = [Value(draw.uniform(-2, 2)) for _ in range(2)]
    for _ in range(draw.randint(1, 9)):
        a, b = draw.choice(values[-4:]), draw.choice(values[-4:])
        values.append(
            draw.choice([a + b, a * b, a - b, a.tanh(), gg.maximum(a, b), a.relu() * b, a**2])
        )
    return values[-1], values


@pytest.mark.parametrize("seed", range(200))
def test_against_listing_all_paths(seed: int) -> None:
    root, values = random_graph(seed)
    for wrt in [*values[:2], values[len(values) // 2]]:
        listed = list(every_path(root, wrt))
        products = [math.prod(partial for _, _, partial in path) for path in listed]
        paths = Paths(root, wrt)
        assert paths.count == len(listed)
        assert paths.total == pytest.approx(math.fsum(products), rel=1e-12, abs=1e-12)
        assert paths.vanishing == sum(
            any(partial == 0.0 for _, _, partial in path) for path in listed
        )
        found = paths.largest(len(listed) + 3)
        assert sorted(map(repr, listed)) == sorted(
            repr([tuple(step) for step in path.steps]) for path in found
        )
        sizes = [abs(path.product) for path in found]
        assert sizes == sorted(sizes, reverse=True)
        for path in found:
            exact = math.prod(Fraction(step.partial) for step in path.steps)
            assert path.product == pytest.approx(float(exact), rel=1e-14, abs=1e-300)
        for n in range(len(listed)):
            assert paths.largest(n) == Paths(root, wrt).largest(n) == found[:n]


@pytest.mark.parametrize("seed", range(200))
def test_the_sum_is_the_gradient_and_that_of_the_shares(seed: int) -> None:
    root, values = random_graph(seed)
    root.backward()
    for wrt in values:
        paths = Paths(root, wrt)
        assert paths.total == (wrt.grad if paths.count else 0.0)  # bit for bit
        if wrt is not root:
            shares = paths.by_node()
            assert math.fsum(s.share for s in shares) == pytest.approx(paths.total, rel=1e-12)
            assert sum(s.n_paths for s in shares) == paths.count
            for s in shares:
                assert edges(s.node)[s.position] == (wrt, s.partial)
                assert s.gradient == s.node.grad
                assert s.share == s.partial * s.gradient


def test_the_worked_example() -> None:
    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    e = a * b
    d = e + c
    L = d * f
    paths = Paths(L, a)
    (path,) = paths.largest(5)
    assert path.steps == [(L, 0, -2.0), (d, 0, 1.0), (e, 0, -3.0)]
    assert (paths.count, paths.total, path.product, paths.remarks()) == (1, 6.0, 6.0, [])
    assert [(s.node, s.partial, s.gradient, s.share) for s in paths.by_node()] == [
        (e, -3.0, -2.0, 6.0)
    ]


def test_more_paths_than_anybody_can_list() -> None:
    x = Value(1.0)
    y = x
    for i in range(1100):
        y = y * 0.5 + y * (0.25 if i == 700 else 0.5)
    paths = Paths(y, x)
    assert paths.count == 2**1100
    assert paths.total == 0.75
    best = paths.largest(20)
    assert len({tuple(step.position for step in path.steps) for path in best}) == 20
    # The one level on which the operands differ is passed through the larger one.
    assert [path.product for path in best] == [0.0] * 20  # 0.5**1100 is below what floats hold


def test_the_best_of_many_are_found_in_order() -> None:
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y * 1.0 + y * 0.5
    found = [path.product for path in Paths(y, x).largest(1 + 60 + math.comb(60, 2) + 1)]
    assert found == [1.0] + [0.5] * 60 + [0.25] * math.comb(60, 2) + [0.125]


def test_equal_paths_are_in_the_order_of_the_operands() -> None:
    x = Value(1.0)
    y = x
    for _ in range(3):
        y = y + y
    found = [
        [step.position for step in path.steps if len(edges(step.node)) == 2]
        for path in Paths(y, x).largest(8)
    ]
    assert found == [list(places) for places in itertools.product((0, 1), repeat=3)]


def test_a_long_chain() -> None:
    x = Value(1.0)
    y = x * x
    for _ in range(200_000):
        y = y + 1.0
    paths = Paths(y, x)
    assert (paths.count, paths.total) == (2, 2.0)
    assert [len(path.steps) for path in paths.largest(3)] == [200_001, 200_001]


def test_no_path_and_the_path_of_no_steps() -> None:
    a, b = Value(2.0), Value(3.0)
    later = a * b
    for root, wrt in ((a * 2, b), (a, later), (a, b)):
        paths = Paths(root, wrt)
        assert (paths.count, paths.total, paths.largest(3), paths.by_node()) == (0, 0.0, [], [])
        assert paths.remarks() == ["no path leads to the root: the derivative is 0"]
    (path,) = Paths(a, a).largest(2)
    assert (Paths(a, a).count, Paths(a, a).total, path.steps, path.product) == (1, 1.0, [], 1.0)


def test_zeros_infinities_and_nan_are_said() -> None:
    x = Value(0.0)
    cut = Paths(Value(-1.0) * x.relu(), x)
    assert (cut.count, cut.total, cut.vanishing) == (1, 0.0, 1)
    assert cut.remarks() == ["the only path contains a partial that is 0"]

    y = x.sqrt() + x * 3.0 + x * 5.0
    paths = Paths(y, x)
    assert [path.product for path in paths.largest(3)] == [math.inf, 5.0, 3.0]
    assert paths.remarks() == [
        "1 of 3 paths contains a partial that is not finite",
        "the sum over the paths is inf",
    ]

    z = x.sqrt() * 0.0 + x
    paths = Paths(z, x)
    assert math.isnan(paths.total)
    first, second = paths.largest(2)
    assert math.isnan(first.product)
    assert second.product == 1.0

    # What was not chosen receives nothing, even of an infinite slope: as in Value.backward.
    chosen = gg.maximum(x - 1.0, 0.0).sqrt() + x
    paths = Paths(chosen, x)
    chosen.backward()
    assert paths.total == x.grad == 1.0
    assert [path.product for path in paths.largest(2)] == [1.0, 0.0]

    # Below it the share of 0 meets the infinite slope: 0 times infinity.
    poisoned = gg.maximum(x.sqrt(), 1.0) + x
    paths = Paths(poisoned, x)
    assert math.isnan(paths.total)
    assert [str(path.product) for path in paths.largest(2)] == ["nan", "1.0"]


def test_large_numbers_of_paths_are_written_by_their_power_of_ten() -> None:
    x = Value(0.0)
    y = x.relu()
    for _ in range(20_000):
        y = y + y
    paths = Paths(y, x)
    assert paths.count == paths.vanishing == 2**20_000
    assert paths.remarks() == ["all about 10^6020 paths contain a partial that is 0"]
    assert count_text(999_999) == "999,999"


def test_what_is_refused() -> None:
    a = Value(2.0)
    with pytest.raises(TypeError, match="wrt is a Value of the graph, not a str"):
        Paths(a, "a")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="root is a Value of the graph, not a float"):
        Paths(2.0, a)  # type: ignore[arg-type]
    with pytest.raises(gg.NoRuleError, match="custom_op"):
        Paths(Value(4.0, (a,), "double") * 2.0, a)
    with pytest.raises(ValueError, match="not -1"):
        Paths(a * 2, a).largest(-1)
