"""Operations printed as JavaScript compute what Python computes: run in a browser."""

from __future__ import annotations

import itertools
import math
import operator
import random
import struct
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

import glassgrad as gg
from battery import EDGES
from glassgrad.javascript import forward, library, partials
from glassgrad.ops import TABLE, Card
from glassgrad.show.numbers import number

GRID = [*EDGES, 2.0, -0.75, 0.1, -2.5, 5.9, -6.1, 20.0, -30.0, 1e-4, 12345.678]


@pytest.fixture(scope="module")
def blank(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    yield page
    page.close()


def sent(x: float) -> float | str:
    return x if math.isfinite(x) else repr(x)


def computed(blank: Any, card: Card, points: list[tuple[float, ...]]) -> list[list[float]]:
    """Run the printed functions: for each point the result, then the local derivatives."""
    script = f"""(points) => {{
      {library([card])}
      const WORDS = {{ nan: NaN, inf: Infinity, "-inf": -Infinity }};
      const forward = {forward(card)}, partials = {partials(card)};
      return points.map((given) => {{
        const numbers = given.map((x) => WORDS[x] ?? x);
        const y = forward(...numbers);
        const words = (x) => Number.isFinite(x) ? x : x !== x ? "nan" : x > 0 ? "inf" : "-inf";
        return [y, ...partials(y, ...numbers)].map(words);
      }});
    }}"""
    found = blank.evaluate(script, [[sent(x) for x in point] for point in points])
    return [[float(x) for x in row] for row in found]


def alike(a: float, b: float, rel: float = 1e-12) -> bool:
    return (a != a and b != b) or math.isclose(a, b, rel_tol=rel, abs_tol=1e-310)


def points_of(card: Card) -> list[tuple[float, ...]]:
    if card.conditions:
        return [(c, a, b) for c in (0.0, 1.0) for a in EDGES[:8] for b in EDGES[:8]]
    if card.parameters:
        return [(x, *bounds) for x in GRID for bounds in ((-1.0, 2.0), (0.0, 0.0), (3.0, 1.0))]
    return list(itertools.product(GRID, repeat=len(card.operands)))


@pytest.mark.parametrize("card", TABLE.values(), ids=lambda card: card.name)
def test_a_card_computes_the_same_in_javascript(card: Card, blank: Any) -> None:
    points = points_of(card)
    for point, (y, *slopes) in zip(points, computed(blank, card, points), strict=True):
        expected = card.on_floats(*point)
        assert alike(y, expected), (point, y, expected)
        # The derivatives are those at the result as Python rounds it.
        for slope, wanted in zip(slopes, card.partials_on_floats(expected, *point), strict=True):
            assert alike(slope, wanted), (point, slope, wanted)


def test_the_error_function_is_good_to_thirteen_digits(blank: Any) -> None:
    points = [(x / 64,) for x in range(-448, 449)]
    for (x,), (y, _) in zip(points, computed(blank, TABLE["erf"], points), strict=True):
        assert alike(y, math.erf(x), 1e-13), x


def test_an_operation_of_ones_own_whatever_its_operands_are_called(blank: Any) -> None:
    op: Any = gg.custom_op(
        "odd",
        lambda new, y, t1: (
            operator.neg(-new) * gg.sigmoid(y) - (-t1) ** 2 + gg.where(new > y, new, y)
        ),
        lambda result, new, y, t1: (result * new, y - -t1, 1 / t1),
    )
    points = [(1.5, -2.0, 0.25), (-1.0, 3.0, -4.0), (math.inf, 0.0, 0.0)]
    for point, (y, *slopes) in zip(points, computed(blank, op, points), strict=True):
        expected = op.on_floats(*point)
        assert alike(y, expected)
        for slope, wanted in zip(slopes, op.partials_on_floats(expected, *point), strict=True):
            assert alike(slope, wanted)


def test_numbers_are_written_as_in_python(blank: Any) -> None:
    draw = random.Random(5)
    some = [struct.unpack("<d", draw.randbytes(8))[0] for _ in range(3000)]
    ties = [n + half for n in range(1000, 1100) for half in (0.5, 0.25, 0.0)]
    ties += [2.0625, 2.0615, 1.00005, 0.00012345, 99995.0, 99985.0, 9999.5, 0.99995, 2.5e-5]
    scaled = [x * 10.0**k for x in (1.0, -3.25, 6.125, 9.9995) for k in range(-9, 9)]
    wanted = [x for x in [*EDGES, *some, *ties, *scaled] if math.isfinite(x)]
    script = files("glassgrad.show").joinpath("live", "numbers.js").read_text("utf-8")
    found = blank.evaluate(
        f"(numbers) => {{ {script}; return numbers.map((x) => number(x)); }}", wanted
    )
    assert found == [number(x) for x in wanted]
    words = blank.evaluate(
        f"() => {{ {script}; return [null, NaN, Infinity, -Infinity, -0].map((x) => number(x)); }}"
    )
    assert words == [number(x) for x in (None, math.nan, math.inf, -math.inf, -0.0)]
