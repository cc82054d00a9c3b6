"""A function looked at closely enough to be drawn: where its line breaks, where it is lowest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import isfinite, nan
from typing import Any, TypeAlias

from glassgrad.transforms import value_and_grad

POINTS = 401

Point: TypeAlias = tuple[float, float]


class Line:
    """A function's graph, as it is drawn.

    Attributes
    ----------
    points : list of (x, y)
        y is nan where the line is interrupted.
    shown : (float, float) or None
        The lowest and the highest y that are worth showing; None if there is none at all.
    unbounded : bool
        Whether it goes on beyond these, towards a pole.
    """

    def __init__(self, g: Callable[[float], float], xs: list[float], ys: list[float]) -> None:
        self._g = g
        finite = sorted(y for y in ys if isfinite(y))
        self.points = _interrupted(g, xs, ys, _usual(finite))
        self.unbounded = False
        self.shown: tuple[float, float] | None = None
        if finite:
            self.shown = self._range()

    def _range(self) -> tuple[float, float]:
        ys = [y for _, y in self.points]
        finite = sorted(y for y in ys if isfinite(y))
        lowest, highest = finite[0], finite[-1]
        # Where all but the twentieth part at either side is.
        low, high = finite[len(finite) // 20], finite[-1 - len(finite) // 20]
        if highest - lowest > 5.0 * (high - low) > 0.0:
            bottom, top = (self._soars(ys.index(y)) for y in (lowest, highest))
            self.unbounded = bottom or top
            room = 0.3 * (high - low)
            lowest = low - room if bottom else lowest
            highest = high + room if top else highest
        return lowest, highest

    def _soars(self, i: int) -> bool:
        """Look closer at an extreme point: tell a pole from a summit that was reached."""
        if i in (0, len(self.points) - 1):
            return False
        (a, ya), (x, y), (b, yb) = self.points[i - 1 : i + 2]
        if not isfinite(ya + yb):
            return True
        rise, sign = max(abs(y - ya), abs(y - yb)), 1.0 if 2 * y > ya + yb else -1.0
        between = [self._g(x + k / 10 * (end - x)) for end in (a, b) for k in range(1, 10)]
        higher = [sign * (found - y) for found in between if isfinite(found)]
        return not higher or max(higher) > rise or min(map(abs, higher)) > rise / 2


class Sampled:
    """A function at evenly spaced points, with its slope there: two lines."""

    def __init__(self, f: Callable[[Any], Any], low: float, high: float) -> None:
        self._both = value_and_grad(f)
        step = (high - low) / (POINTS - 1)
        xs = [low + i * step for i in range(POINTS - 1)] + [high]
        pairs = [self.at(x) for x in xs]
        self.values = Line(lambda x: self.at(x)[0], xs, [value for value, _ in pairs])
        self.slopes = Line(lambda x: self.at(x)[1], xs, [slope for _, slope in pairs])
        self._brackets = _brackets(xs, [slope for _, slope in pairs])

    def at(self, x: float) -> tuple[float, float]:
        """Compute value and slope: nan where there is none, or plain numbers fail."""
        try:
            value, slope = map(float, self._both(x))
        except ArithmeticError:
            return nan, nan
        return value, slope if isfinite(value) else nan

    def minima(self) -> list[Point]:
        """Find the lowest points of the valleys, kinks included; what is at an end is none."""
        found = [self._lowest(a, b) for a, b in self._brackets]
        return [point for point in found if point is not None]

    def _lowest(self, a: float, b: float) -> Point | None:
        """Halve the interval between falling and rising until nothing is left of it."""
        levels: list[float] = []
        while a < (m := a + (b - a) / 2) < b:
            y, slope = self.at(m)
            if not isfinite(y):
                return None
            levels.append(y)
            if slope == 0.0 or (slope != slope and y <= min(levels)):  # the tip of a cusp has none
                return m, y
            a, b = (m, b) if slope < 0.0 else (a, m)
        # Towards a pole, or the edge of a jump, the level never comes to rest.
        if len(levels) < 20:
            return None
        y, x = min((self.at(a)[0], a), (self.at(b)[0], b))
        moved, still = abs(levels[19] - levels[0]), abs(y - levels[19])
        torn = abs(self.at(a)[0] - self.at(b)[0])
        if max(still, torn) > 0.01 * moved + 1e-12 * abs(y):
            return None
        return x, y


def _usual(finite: list[float]) -> float:
    """Measure the height of a line, from its sorted values; poles don't count."""
    if not finite:
        return 0.0
    most = finite[-1 - len(finite) // 20] - finite[len(finite) // 20]
    whole = finite[-1] - finite[0]
    return min(whole, 5.0 * most) or whole


def _interrupted(
    g: Callable[[float], float], xs: list[float], ys: list[float], height: float
) -> list[Point]:
    """Interrupt a line where it jumps or ends, and let it reach right up to there."""
    points = [(xs[0], ys[0] if isfinite(ys[0]) else nan)]
    for (a, ya), (b, yb) in pairwise(zip(xs, ys, strict=True)):
        if isfinite(ya) != isfinite(yb) or abs(yb - ya) > 0.02 * height:
            points += _gap(g, (a, ya), (b, yb))
        points.append((b, yb if isfinite(yb) else nan))
    return points


def _gap(g: Callable[[float], float], left: Point, right: Point) -> list[Point]:
    """Look closer and closer at a change: a jump stays as large as it is, a slope does not."""
    (a, ya), (b, yb) = left, right
    change = abs(yb - ya)
    for _ in range(60):
        m = a + (b - a) / 2
        if not a < m < b:
            break
        ym = g(m)
        if isfinite(ya) and isfinite(ym) and isfinite(yb):
            in_left = abs(ym - ya) >= abs(yb - ym)
        else:
            in_left = isfinite(ya) != isfinite(ym)
        if in_left:
            b, yb = m, ym
        else:
            a, ya = m, ym
        if abs(yb - ya) < change / 2:
            return []
    edges = [(x, y) for x, y in ((a, ya), (b, yb)) if isfinite(y)]
    middle = [(b, nan)]
    return [*edges[:1], *middle, *edges[1:]] if isfinite(ya) else [*middle, *edges]


def _brackets(xs: list[float], slopes: list[float]) -> list[Point]:
    """Find where falling turns into rising; a floor of several points has no lowest one."""
    found: list[Point] = []
    falling: int | None = None
    for i, slope in enumerate(slopes):
        if slope < 0.0:
            falling = i
        elif slope > 0.0 or slope != slope:
            if falling is not None and slope > 0.0 and i - falling <= 2:
                found.append((xs[falling], xs[i]))
            falling = None
    return found
