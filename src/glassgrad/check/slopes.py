"""The slope of a function on floats: as exact as nudging allows, and honest about kinks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import inf, isfinite, nan
from sys import float_info
from typing import Literal, NamedTuple

from glassgrad.errors import GlassgradError

#: Nudges, in units of the place or of 1; two neighbours that agree are believed.
SIZES = [10.0**-k for k in range(2, 13)]


class Slope(NamedTuple):
    """What was measured at a place."""

    value: float
    error: float
    """How far it may be off, by the disagreement of two nudges and by rounding."""
    left: float
    right: float
    """The slopes to either side: at a kink they differ."""
    kind: Literal["smooth", "kink", "none"]
    """"none" where there is no slope: a jump, a pole, an edge of where the function is defined."""


class _Try(NamedTuple):
    """What one nudge measures."""

    value: float
    left: float
    right: float
    noise: float


def measure(g: Callable[[float], float], x: float) -> Slope:
    """Find the slope of g at x with nudges of several sizes, until two of them agree."""

    def at(x: float) -> float:
        try:
            return g(x)
        except (ArithmeticError, ValueError, GlassgradError):  # there it has no value
            return nan

    best: tuple[_Try, _Try] | None = None
    coarse = 0.0
    for pair in pairwise(_tries(at, x)):
        if not all(map(isfinite, pair[0] + pair[1])):
            continue
        coarse = coarse or max(abs(pair[0].left), abs(pair[0].right))
        if best is None or _error(pair) < _error(best):
            best = pair
        if _error(pair) <= 1e-9 * abs(pair[1].value):
            break
    if best is None:
        return Slope(nan, inf, nan, nan, "none")
    found, kind = best[1], _kind(best, coarse)
    value = nan if kind == "none" else found.value
    return Slope(value, _error(best), found.left, found.right, kind)


def _tries(g: Callable[[float], float], x: float) -> Iterator[_Try]:
    here, unit = g(x), max(1.0, abs(x))
    for size in SIZES:
        h = size * unit
        up, down, near_up, near_down = g(x + h), g(x - h), g(x + h / 2), g(x - h / 2)
        wide, narrow = (up - down) / (2.0 * h), (near_up - near_down) / h
        # What is left of the error after h² has been taken out is of the size of h to the 4th.
        value = (4.0 * narrow - wide) / 3.0
        noise = 4.0 * float_info.epsilon * max(abs(here), abs(up), abs(down)) / h
        yield _Try(value, 2.0 * (here - near_down) / h, 2.0 * (near_up - here) / h, noise)


def _error(pair: tuple[_Try, _Try]) -> float:
    return abs(pair[1].value - pair[0].value) + pair[1].noise


def _kind(best: tuple[_Try, _Try], coarse: float) -> Literal["smooth", "kink", "none"]:
    """Tell a curve from a kink: a curve's two sides agree ever better as the nudge shrinks.

    `coarse` is how steep the function is over the widest nudge.
    """
    wide, narrow = (abs(t.right - t.left) for t in best)
    size, noise = max(abs(best[1].left), abs(best[1].right)), 100.0 * best[1].noise
    if narrow > 1e-6 * size + noise and narrow > 0.3 * wide:
        return "none" if narrow > 2.0 * wide else "kink"
    reliable = _error(best) <= 1e-3 * abs(best[1].value) + 1e-6 * coarse + noise
    return "smooth" if reliable else "none"
