"""The number that a node holds for the operation that made it.

Written by `make cards` from the table in glassgrad/ops: edit a card there, not here.
"""

from typing import Final

LEAF: Final = 0
CONSTANT: Final = 1
COPY: Final = 2
OPAQUE: Final = 3
INT_POWER: Final = 4
FLOAT_POWER: Final = 5
WHERE: Final = 6
RELU: Final = 7
MAXIMUM: Final = 8
MINIMUM: Final = 9
CLAMP: Final = 10
EXP: Final = 11
EXPM1: Final = 12
LOG: Final = 13
LOG1P: Final = 14
NEG: Final = 15
ADD: Final = 16
SUB: Final = 17
MUL: Final = 18
DIV: Final = 19
POW: Final = 20
SQUARE: Final = 21
SQRT: Final = 22
ABS: Final = 23
RECIPROCAL: Final = 24
SIN: Final = 25
COS: Final = 26
TAN: Final = 27
ASIN: Final = 28
ACOS: Final = 29
ATAN: Final = 30
ATAN2: Final = 31
SINH: Final = 32
COSH: Final = 33
TANH: Final = 34
SIGMOID: Final = 35
SOFTPLUS: Final = 36
ERF: Final = 37

#: What `Value._op` says, by opcode.
OP_NAMES: Final = (
    "", "", "copy", "opaque", "int_power", "float_power", "where", "ReLU", "maximum", "minimum",
    "clamp", "exp", "expm1", "log", "log1p", "neg", "+", "-", "*", "/", "**", "square", "sqrt",
    "abs", "reciprocal", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh",
    "tanh", "sigmoid", "softplus", "erf",
)
