"""The number that a node holds for the operation that made it.

Written by `make cards` from the table in glassgrad/ops: edit a card there, not here.
"""

LEAF = 0
CONSTANT = 1
COPY = 2
OPAQUE = 3
INT_POWER = 4
FLOAT_POWER = 5
CALLED = 6
RESULT = 7
DETACHED = 8
SHARE = 9
LT = 10
LE = 11
EQ = 12
BOTH = 13
EITHER = 14
TAKEN = 15
WHERE = 16
RELU = 17
MAXIMUM = 18
MINIMUM = 19
CLAMP = 20
EXP = 21
EXPM1 = 22
LOG = 23
LOG1P = 24
NEG = 25
ADD = 26
SUB = 27
MUL = 28
DIV = 29
POW = 30
SQUARE = 31
SQRT = 32
ABS = 33
RECIPROCAL = 34
SINH = 35
COSH = 36
TANH = 37
SIGMOID = 38
SOFTPLUS = 39
ERF = 40
SIN = 41
COS = 42
TAN = 43
ASIN = 44
ACOS = 45
ATAN = 46
ATAN2 = 47

#: The operations that choose: see `chooses` in `glassgrad.ops.Card`.
CHOICES = frozenset((WHERE, RELU, MAXIMUM, MINIMUM, CLAMP))

#: What `Value._op` says, by opcode.
OP_NAMES = (
    "", "", "copy", "opaque", "int_power", "float_power", "called", "result", "detached", "share",
    "lt", "le", "eq", "both", "either", "taken", "where", "ReLU", "maximum", "minimum", "clamp",
    "exp", "expm1", "log", "log1p", "neg", "+", "-", "*", "/", "**", "square", "sqrt", "abs",
    "reciprocal", "sinh", "cosh", "tanh", "sigmoid", "softplus", "erf", "sin", "cos", "tan", "asin",
    "acos", "atan", "atan2",
)
