"""Every operation of the table on floats, float64 in and out.

Written by `make cards` from the table in glassgrad/ops: edit a card there, not here.
"""

from glassgrad.ieee import (
    abs, acos, asin, atan, atan2, cos, cosh, div, erf, exp, expm1, log, log1p, pow, sin, sinh, sqrt,
    tan, tanh,
)  # fmt: skip

__all__ = [
    "abs", "acos", "asin", "atan", "atan2", "clamp", "cos", "cosh", "div", "erf", "exp", "expm1",
    "log", "log1p", "maximum", "minimum", "pow", "reciprocal", "relu", "sigmoid", "sin", "sinh",
    "softplus", "sqrt", "square", "tan", "tanh",
]


def relu(x: float) -> float:
    """Keep a positive number and turn a negative one into 0."""
    return 0.0 if x <= 0.0 else x


def maximum(a: float, b: float) -> float:
    """Take the larger of two numbers; at a tie each receives half the gradient."""
    return a if a > b else b if a <= b else a + b


def minimum(a: float, b: float) -> float:
    """Take the smaller of two numbers; at a tie each receives half the gradient."""
    return a if a < b else b if a >= b else a + b


def clamp(x: float, low: float, high: float) -> float:
    """Keep x between two bounds; beyond a bound the result no longer moves."""
    t1 = low if x < low else x
    return high if t1 > high else t1


def square(x: float) -> float:
    """Multiply a number by itself."""
    return x * x


def reciprocal(x: float) -> float:
    """Divide 1 by x."""
    return div(1.0, x)


def sigmoid(x: float) -> float:
    """Squash any real number into (0, 1)."""
    t1 = exp(-abs(x))
    return div(1.0 if x >= 0.0 else t1, 1.0 + t1)


def softplus(x: float) -> float:
    """Bend smoothly from 0 on the left to x on the right."""
    return maximum(x, 0.0) + log1p(exp(-abs(x)))
