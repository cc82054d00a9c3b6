"""Cards: hyperbolic functions and the smooth activations made of them."""

from glassgrad.expr import pi
from glassgrad.ops.arithmetic import abs, sqrt, square
from glassgrad.ops.card import Card, Names, define
from glassgrad.ops.choice import maximum, where
from glassgrad.ops.exponential import exp, log1p

sinh = define(
    "sinh", symbol="sinh", latex=r"\sinh {x}",
    doc="Take the hyperbolic sine, (exp(x) - exp(-x)) / 2.",
    cure="Keep its operand between -710 and 710.",
    expansion=lambda x: (exp(x) - exp(-x)) / 2,
    partials=lambda y, x: (cosh(x),),
    sample=(-20, 20),
    elsewhere=Names("torch.sinh", "jax.numpy.sinh", "sympy.sinh", "mpmath.sinh"),
)  # fmt: skip

cosh: Card = define(
    "cosh", symbol="cosh", latex=r"\cosh {x}",
    doc="Take the hyperbolic cosine, (exp(x) + exp(-x)) / 2.",
    cure="Keep its operand between -710 and 710.",
    expansion=lambda x: (exp(x) + exp(-x)) / 2,
    partials=lambda y, x: (sinh(x),),
    sample=(-20, 20),
    elsewhere=Names("torch.cosh", "jax.numpy.cosh", "sympy.cosh", "mpmath.cosh"),
)  # fmt: skip

tanh = define(
    "tanh", symbol="tanh", latex=r"\tanh {x}",
    doc="Squash any real number into (-1, 1).",
    expansion=lambda x: (exp(2 * x) - 1) / (exp(2 * x) + 1),
    partials=lambda y, x: (1 - y * y,),
    # 1 - y*y loses its digits as y nears 1; 1/cosh² overflows inside when differentiated again.
    compute_partials=lambda y, x: (4 * sigmoid(2 * x) * sigmoid(-2 * x),),
    sample=(-20, 20),
    elsewhere=Names("torch.tanh", "jax.numpy.tanh", "sympy.tanh", "mpmath.tanh"),
)  # fmt: skip

sigmoid: Card = define(
    "sigmoid", symbol="σ", latex=r"\sigma({x})",
    doc="Squash any real number into (0, 1).",
    formula=lambda x: 1 / (1 + exp(-x)),
    compute=lambda x: where(x >= 0, 1, exp(-abs(x))) / (1 + exp(-abs(x))),
    partials=lambda y, x: (y * (1 - y),),
    compute_partials=lambda y, x: (y * sigmoid(-x),),
    sample=(-40, 40),
    elsewhere=Names("torch.sigmoid", "jax.nn.sigmoid"),
    references=(
        ("Rumelhart, Hinton & Williams, Learning representations by back-propagating "
         "errors, Nature 323 (1986), doi:10.1038/323533a0"),
    ),
)  # fmt: skip

softplus = define(
    "softplus", symbol="softplus", latex=r"\operatorname{{softplus}}({x})",
    doc="Bend smoothly from 0 on the left to x on the right.",
    formula=lambda x: log1p(exp(x)),
    compute=lambda x: maximum(x, 0) + log1p(exp(-abs(x))),
    partials=lambda y, x: (sigmoid(x),),
    sample=(-40, 40),
    elsewhere=Names("torch.nn.functional.softplus", "jax.nn.softplus"),
    references=(
        ("Dugas et al., Incorporating second-order functional knowledge for better "
         "option pricing, NIPS 2000"),
    ),
)  # fmt: skip

erf = define(
    "erf", symbol="erf", latex=r"\operatorname{{erf}}({x})",
    doc="Take the error function: how much of a bell curve lies within x, from -1 to 1.",
    partials=lambda y, x: (2 / sqrt(pi) * exp(-square(x)),),
    sample=(-5, 5),
    elsewhere=Names("torch.erf", "jax.scipy.special.erf", "sympy.erf", "mpmath.erf"),
)  # fmt: skip
