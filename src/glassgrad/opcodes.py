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
EXAMPLES = 16
PART = 17
WHERE = 18
RELU = 19
MAXIMUM = 20
MINIMUM = 21
CLAMP = 22
EXP = 23
EXPM1 = 24
LOG = 25
LOG1P = 26
NEG = 27
ADD = 28
SUB = 29
MUL = 30
DIV = 31
POW = 32
SQUARE = 33
SQRT = 34
ABS = 35
RECIPROCAL = 36
SINH = 37
COSH = 38
TANH = 39
SIGMOID = 40
SOFTPLUS = 41
ERF = 42
SIN = 43
COS = 44
TAN = 45
ASIN = 46
ACOS = 47
ATAN = 48
ATAN2 = 49

#: The operations that choose: see `chooses` in `glassgrad.ops.Card`.
CHOICES = frozenset((WHERE, RELU, MAXIMUM, MINIMUM, CLAMP))

#: What `Value._op` says, by opcode.
OP_NAMES = (
    "", "", "copy", "opaque", "int_power", "float_power", "called", "result", "detached", "share",
    "lt", "le", "eq", "both", "either", "taken", "examples", "part", "where", "ReLU", "maximum",
    "minimum", "clamp", "exp", "expm1", "log", "log1p", "neg", "+", "-", "*", "/", "**", "square",
    "sqrt", "abs", "reciprocal", "sinh", "cosh", "tanh", "sigmoid", "softplus", "erf", "sin", "cos",
    "tan", "asin", "acos", "atan", "atan2",
)
