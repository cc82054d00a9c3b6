"""Float functions that never raise and never go complex: IEEE 754 arithmetic, as in C.

Python's own floats raise where IEEE 754 has an answer (``1.0 / 0.0``, ``math.exp(710.0)``,
``math.log(0.0)``) or leave the real line (``(-8.0) ** 0.5``). Here the ordinary case runs
Python's function, whose bits are the C library's, and the exception is turned into the infinity
or the NaN that the standard prescribes. These are the only primitives that the table of
operations stands on.
"""

from __future__ import annotations

import math
from builtins import abs
from math import atan, atan2, copysign, erf, inf, nan, tanh

__all__ = [
    "abs", "acos", "asin", "atan", "atan2", "cos", "cosh", "div", "erf", "exp", "expm1", "log",
    "log1p", "pow", "sin", "sinh", "sqrt", "tan", "tanh",
]  # fmt: skip


def div(a: float, b: float) -> float:
    """Divide a by b: x/0 is an infinity with the sign of both, 0/0 is nan."""
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or a != a:
            return nan
        return copysign(inf, a) * copysign(1.0, b)


def pow(a: float, b: float) -> float:
    """Raise a to the power b: overflow is infinite, a negative to a fraction is nan.

    Powers that are a product or a quotient are computed as such, as in PyTorch.
    """
    if b == 2.0:
        return a * a
    if b == 3.0:
        return a * a * a
    if abs(b) == 1.0:
        return a if b > 0.0 else div(1.0, a)
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0.0 and b % 2.0 == 1.0 else inf
    except ValueError:
        return nan if a != 0.0 else copysign(inf, a) if b % 2.0 == 1.0 else inf


def exp(x: float) -> float:
    """Raise e to the power x; beyond the range of a float64 it is infinite."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


def expm1(x: float) -> float:
    """Compute exp(x) - 1 without losing digits near 0."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


def log(x: float) -> float:
    """Take the natural logarithm: -inf at 0, nan below."""
    try:
        return math.log(x)
    except ValueError:
        return -inf if x == 0.0 else nan


def log1p(x: float) -> float:
    """Compute log(1 + x) without losing digits near 0: -inf at -1, nan below."""
    try:
        return math.log1p(x)
    except ValueError:
        return -inf if x == -1.0 else nan


def sqrt(x: float) -> float:
    """Take the square root: nan for a negative number."""
    try:
        return math.sqrt(x)
    except ValueError:
        return nan


def sin(x: float) -> float:
    """Take the sine of x radians: nan at an infinity."""
    try:
        return math.sin(x)
    except ValueError:
        return nan


def cos(x: float) -> float:
    """Take the cosine of x radians: nan at an infinity."""
    try:
        return math.cos(x)
    except ValueError:
        return nan


def tan(x: float) -> float:
    """Take the tangent of x radians: nan at an infinity."""
    try:
        return math.tan(x)
    except ValueError:
        return nan


def asin(x: float) -> float:
    """Find the angle whose sine is x: nan outside [-1, 1]."""
    try:
        return math.asin(x)
    except ValueError:
        return nan


def acos(x: float) -> float:
    """Find the angle whose cosine is x: nan outside [-1, 1]."""
    try:
        return math.acos(x)
    except ValueError:
        return nan


def sinh(x: float) -> float:
    """Take the hyperbolic sine; beyond the range of a float64 it is infinite."""
    try:
        return math.sinh(x)
    except OverflowError:
        return copysign(inf, x)


def cosh(x: float) -> float:
    """Take the hyperbolic cosine; beyond the range of a float64 it is infinite."""
    try:
        return math.cosh(x)
    except OverflowError:
        return inf
