"""The number that a node holds for the operation that made it.

Written by `make cards` from the table in glassgrad/ops: edit a card there, not here.
"""

LEAF = 0
CONSTANT = 1
COPY = 2
OPAQUE = 3
INT_POWER = 4
FLOAT_POWER = 5
WHERE = 6
RELU = 7
MAXIMUM = 8
MINIMUM = 9
CLAMP = 10
EXP = 11
EXPM1 = 12
LOG = 13
LOG1P = 14
NEG = 15
ADD = 16
SUB = 17
MUL = 18
DIV = 19
POW = 20
SQUARE = 21
SQRT = 22
ABS = 23
RECIPROCAL = 24
SINH = 25
COSH = 26
TANH = 27
SIGMOID = 28
SOFTPLUS = 29
ERF = 30
SIN = 31
COS = 32
TAN = 33
ASIN = 34
ACOS = 35
ATAN = 36
ATAN2 = 37

#: The operations that choose: see `chooses` in `glassgrad.ops.Card`.
CHOICES = frozenset((WHERE, RELU, MAXIMUM, MINIMUM, CLAMP))

#: What `Value._op` says, by opcode.
OP_NAMES = (
    "", "", "copy", "opaque", "int_power", "float_power", "where", "ReLU", "maximum", "minimum",
    "clamp", "exp", "expm1", "log", "log1p", "neg", "+", "-", "*", "/", "**", "square", "sqrt",
    "abs", "reciprocal", "sinh", "cosh", "tanh", "sigmoid", "softplus", "erf", "sin", "cos", "tan",
    "asin", "acos", "atan", "atan2",
)
