"""Curves of arrows, judged by reading the SVG path again."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassgrad.show.curves import curve
from glassgrad.show.layout import place
from test_layout import box, enters

Point = tuple[float, float]

ways = st.lists(st.tuples(st.floats(1, 200), st.floats(-500, 500)), min_size=2, max_size=8).map(
    lambda steps: [(sum(dx for dx, _ in steps[: i + 1]), y) for i, (_, y) in enumerate(steps)]
)


def bezier(controls: list[Point], t: float) -> Point:
    while len(controls) > 1:
        controls = [
            ((1 - t) * a + t * c, (1 - t) * b + t * d) for (a, b), (c, d) in pairwise(controls)
        ]
    return controls[0]


def drawn(path: str, samples: int = 20) -> list[Point]:
    """Read a path of M, L, H, C and Q, absolute, as a browser would."""
    points: list[Point] = []
    for command, text in re.findall(r"([MLHCQ])([^MLHCQ]*)", path):
        numbers = [float(x) for x in re.split(r"[ ,]", text)]
        if command == "H":
            points.append((numbers[0], points[-1][1]))
        elif command in "ML":
            points.append((numbers[0], numbers[1]))
        else:
            controls = [points[-1], *zip(numbers[::2], numbers[1::2], strict=True)]
            points += [bezier(controls, (i + 1) / samples) for i in range(samples)]
    return points


@given(ways)
def test_a_way_to_the_right_is_smooth_and_never_turns_back(way: list[Point]) -> None:
    path = curve(way)
    points = drawn(path)
    assert points[0] == pytest.approx(way[0], abs=0.06)
    assert points[-1] == pytest.approx(way[-1], abs=0.06)
    assert all(a[0] <= b[0] + 0.11 for a, b in pairwise(points))
    for x, y in points:
        near = [pair for pair in pairwise(way) if pair[0][0] - 0.2 <= x <= pair[1][0] + 0.2]
        assert any(min(a[1], b[1]) - 0.2 <= y <= max(a[1], b[1]) + 0.2 for a, b in near)
    for point in way:
        assert any(point == pytest.approx(other, abs=0.06) for other in points)


@given(ways)
def test_it_leaves_and_arrives_horizontally(way: list[Point]) -> None:
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", curve(way))]
    path = curve(way)
    if path.split(",", 1)[1].lstrip("-.0123456789")[0] == "C":
        assert numbers[1] == numbers[3]
    if path.rfind("C") > path.rfind("H"):
        assert numbers[-1] == numbers[-3]


def test_a_bend_is_not_a_corner() -> None:
    path = curve([(0, 0), (60, 30), (160, 130), (200, 130)])
    points = drawn(path, 200)
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(points)]
    assert max(abs(s - t) for s, t in pairwise(slopes)) < 0.05


@given(ways)
def test_numbers_are_short(way: list[Point]) -> None:
    for number in re.findall(r"-?[\d.]+", curve(way)):
        assert re.fullmatch(r"-?\d+(\.[1-9])?", number)
        assert number != "-0"


def test_a_way_round_keeps_its_straight_pieces() -> None:
    way = [(10, 0), (30, 0), (30, 40), (-20, 40), (-20, 0), (0, 0)]
    points = drawn(curve(way))
    assert points[0] == way[0]
    assert points[-1] == way[-1]
    inside = [(x, y) for x, y in points if -20 + 8 < x < 30 - 8]
    assert inside
    assert all(y in {0, 40} for _, y in inside)
    assert not {(30, 0), (30, 40), (-20, 40), (-20, 0)} & set(points)


def test_curves_of_a_drawing_do_not_run_through_boxes() -> None:
    random.seed(3)
    sizes = [(random.choice([60.0, 150.0]), 42.0) for _ in range(40)]
    ends = [sorted(random.sample(range(40), 2)) for _ in range(70)]
    arrows = [(u, v) for u, v in ends] + [(30, 4), (7, 7)]
    layout = place(sizes, arrows)
    boxes = [box(layout, sizes, i) for i in range(len(sizes))]
    shrunk = [(a + 0.2, b + 0.2, c - 0.2, d - 0.2) for a, b, c, d in boxes]
    for way in layout.routes:
        for a, b in pairwise(drawn(curve(way))):
            assert not any(enters(a, b, rectangle) for rectangle in shrunk)


def test_one_point_is_no_way() -> None:
    with pytest.raises(ValueError, match="at least two points, not 1"):
        curve([(0, 0)])
