"""Cards: sine, cosine, tangent and their inverses; angles are in radians."""

from glassgrad.ops.arithmetic import sqrt
from glassgrad.ops.card import Card, Names, define
from glassgrad.ops.choice import where

sin = define(
    "sin", symbol="sin", latex=r"\sin {x}",
    doc="Take the sine of an angle in radians.",
    partials=lambda y, x: (cos(x),),
    sample=(-10, 10),
    elsewhere=Names("torch.sin", "jax.numpy.sin", "sympy.sin", "mpmath.sin"),
)  # fmt: skip

cos: Card = define(
    "cos", symbol="cos", latex=r"\cos {x}",
    doc="Take the cosine of an angle in radians.",
    partials=lambda y, x: (-sin(x),),
    sample=(-10, 10),
    elsewhere=Names("torch.cos", "jax.numpy.cos", "sympy.cos", "mpmath.cos"),
)  # fmt: skip

tan = define(
    "tan", symbol="tan", latex=r"\tan {x}",
    doc="Take the tangent of an angle in radians.",
    expansion=lambda x: sin(x) / cos(x),
    partials=lambda y, x: (1 + y * y,),
    sample=(-1.5, 1.5),
    elsewhere=Names("torch.tan", "jax.numpy.tan", "sympy.tan", "mpmath.tan"),
)  # fmt: skip

# 1 - x*x would lose half the digits near ±1; (1 - x) is exact there.
asin = define(
    "asin", symbol="asin", numpy="arcsin", latex=r"\arcsin {x}",
    doc="Find the angle between -π/2 and π/2 whose sine is x.",
    cure="Keep its operand strictly between -1 and 1, for example with v.clamp.",
    partials=lambda y, x: (1 / sqrt(1 - x * x),),
    compute_partials=lambda y, x: (1 / sqrt((1 - x) * (1 + x)),),
    sample=(-0.999, 0.999),
    elsewhere=Names("torch.asin", "jax.numpy.arcsin", "sympy.asin", "mpmath.asin"),
)  # fmt: skip

acos = define(
    "acos", symbol="acos", numpy="arccos", latex=r"\arccos {x}",
    doc="Find the angle between 0 and π whose cosine is x.",
    cure="Keep its operand strictly between -1 and 1, for example with v.clamp.",
    partials=lambda y, x: (-1 / sqrt(1 - x * x),),
    compute_partials=lambda y, x: (-1 / sqrt((1 - x) * (1 + x)),),
    sample=(-0.999, 0.999),
    elsewhere=Names("torch.acos", "jax.numpy.arccos", "sympy.acos", "mpmath.acos"),
)  # fmt: skip

atan = define(
    "atan", symbol="atan", numpy="arctan", latex=r"\arctan {x}",
    doc="Find the angle between -π/2 and π/2 whose tangent is x.",
    partials=lambda y, x: (1 / (1 + x * x),),
    sample=(-100, 100),
    elsewhere=Names("torch.atan", "jax.numpy.arctan", "sympy.atan", "mpmath.atan"),
)  # fmt: skip

atan2 = define(
    "atan2", symbol="atan2", numpy="arctan2", latex=r"\operatorname{{atan2}}({a}, {b})",
    doc="Find the angle, from -π to π, of the point with height a and distance b to the right.",
    partials=lambda y, a, b: (b / (a * a + b * b), -a / (a * a + b * b)),
    compute_partials=lambda y, a, b: (
        where(a * a + b * b == 0, 0, b / (a * a + b * b)),
        where(a * a + b * b == 0, 0, -a / (a * a + b * b)),
    ),
    sample=((-10, 10), (0.1, 10)),
    elsewhere=Names("torch.atan2", "jax.numpy.arctan2", "sympy.atan2", "mpmath.atan2"),
)  # fmt: skip
