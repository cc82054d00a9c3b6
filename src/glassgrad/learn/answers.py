"""Answers as people type them: numbers, fractions, letters of choices."""

from __future__ import annotations

import math
from fractions import Fraction

from glassgrad.errors import GlassgradError

__all__ = ["agrees", "letter", "number"]

#: An answer is right within a hundredth of it, or half a hundredth where it is small.
RELATIVE = 0.01
ABSOLUTE = 0.005


def number(text: str) -> float:
    """Read a number: 0.25, 1/4, -3, 1e-3; a comma may stand for the point.

    Raises
    ------
    GlassgradError
        If it is none.

    Examples
    --------
    >>> number("1/4"), number(" −0,5 ")
    (0.25, -0.5)
    """
    plain = text.strip().replace("−", "-").replace(",", ".").replace(" ", "")
    try:
        read = float(Fraction(plain)) if "/" in plain else float(plain)
    except (ValueError, ZeroDivisionError, OverflowError):
        read = math.nan
    if not math.isfinite(read):
        raise GlassgradError(f"{text.strip()!r} is no number: write 0.25, 1/4, -3 or 1e-3")
    return read


def agrees(given: float, answer: float) -> bool:
    """Say whether a number given is near enough to the answer.

    Examples
    --------
    >>> agrees(14, 14.003), agrees(13.8, 14.003), agrees(0.004, 0.0)
    (True, False, True)
    """
    return math.isclose(given, answer, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def letter(index: int) -> str:
    """Name a choice by its letter: a, b, c."""
    return chr(ord("a") + index)
