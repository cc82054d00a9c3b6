"""The ways of arrows as smooth curves, for SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]

RADIUS = 8.0  # of the corners of a way that goes round


def curve(points: Sequence[Point]) -> str:
    """Draw a way of an arrow as an SVG path that leaves and arrives horizontally.

    A way from left to right becomes a curve that moves to the right everywhere and never leaves
    the rectangle between two of its points (the monotone interpolation of Fritsch & Carlson); a
    way that goes back keeps its straight pieces and gets round corners.

    Parameters
    ----------
    points : sequence of (float, float)
        The way, at least two points.

    Returns
    -------
    str
        The attribute ``d`` of a ``path``, numbers with at most one decimal.

    Raises
    ------
    ValueError
        For fewer than two points.

    Examples
    --------
    >>> from glassgrad.show.curves import curve
    >>> curve([(0, 0), (60, 30)])
    'M0,0C20,0 40,30 60,30'
    >>> curve([(0, 5), (60, 5)])
    'M0,5H60'
    """
    if len(points) < 2:
        raise ValueError(f"a way needs at least two points, not {len(points)}")
    if all(a[0] < b[0] for a, b in pairwise(points)):
        return _smooth(points)
    return _cornered(points)


def _smooth(points: Sequence[Point]) -> str:
    slopes = [(d - b) / (c - a) for (a, b), (c, d) in pairwise(points)]
    inner = [
        0.0 if s * t <= 0 else 2 * s * t / (s + t)  # no steeper than either can bear
        for s, t in pairwise(slopes)
    ]
    tangents = [0.0, *inner, 0.0]
    path = f"M{_point(points[0])}"
    for i, ((a, b), (c, d)) in enumerate(pairwise(points)):
        if b == d:
            path += f"H{_short(c)}"
            continue
        third = (c - a) / 3
        path += (
            f"C{_point((a + third, b + third * tangents[i]))} "
            f"{_point((c - third, d - third * tangents[i + 1]))} {_point((c, d))}"
        )
    return path


def _cornered(points: Sequence[Point]) -> str:
    path = f"M{_point(points[0])}"
    for (a, b), (x, y), (c, d) in zip(points, points[1:], points[2:], strict=False):
        before, after = abs(a - x) + abs(b - y), abs(c - x) + abs(d - y)
        r = min(RADIUS, before / 2, after / 2)
        if not r:
            continue
        path += (
            f"L{_point((x + (a - x) * r / before, y + (b - y) * r / before))}"
            f"Q{_point((x, y))} {_point((x + (c - x) * r / after, y + (d - y) * r / after))}"
        )
    return f"{path}L{_point(points[-1])}"


def _point(point: Point) -> str:
    return f"{_short(point[0])},{_short(point[1])}"


def _short(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
