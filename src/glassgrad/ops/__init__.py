"""The table of operations: one card each, from which all else about an operation is derived.

The order of the cards is the order of the opcodes, the methods and the documentation.
"""

from glassgrad.ops.arithmetic import abs, add, div, mul, neg, pow, reciprocal, sqrt, square, sub
from glassgrad.ops.card import (
    SPECIAL,
    TABLE,
    Card,
    Names,
    by_opcode,
    define,
    op_of,
    opcode_of,
    token_of,
)
from glassgrad.ops.choice import clamp, maximum, minimum, relu, where
from glassgrad.ops.exponential import exp, expm1, log, log1p
from glassgrad.ops.hyperbolic import cosh, erf, sigmoid, sinh, softplus, tanh
from glassgrad.ops.trigonometric import acos, asin, atan, atan2, cos, sin, tan

__all__ = [
    "SPECIAL", "TABLE", "Card", "Names", "abs", "acos", "add", "asin", "atan", "atan2",
    "by_opcode", "clamp", "cos", "cosh", "define", "div", "erf", "exp", "expm1", "log", "log1p",
    "maximum", "minimum", "mul", "neg", "op_of", "opcode_of", "pow", "reciprocal", "relu",
    "sigmoid", "sin", "sinh", "softplus", "sqrt", "square", "sub", "tan", "tanh", "token_of",
    "where",
]  # fmt: skip
