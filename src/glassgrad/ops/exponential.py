"""Cards: exponentials and logarithms."""

from glassgrad.ops.card import Names, define

exp = define(
    "exp", symbol="eˣ", latex=r"e^{{{x}}}",
    doc="Raise e = 2.718... to the power x; the exponential is its own derivative.",
    cure="Keep its operand below 709: gg.softmax, gg.logsumexp and v.sigmoid() do so.",
    partials=lambda y, x: (y,),
    sample=(-40, 40),
    elsewhere=Names("torch.exp", "jax.numpy.exp", "sympy.exp", "mpmath.exp"),
)  # fmt: skip

expm1 = define(
    "expm1", symbol="eˣ−1", latex=r"e^{{{x}}} - 1",
    doc="Compute exp(x) - 1 without losing digits near 0.",
    formula=None, compute=None,
    cure="Keep its operand below 709.",
    expansion=lambda x: exp(x) - 1,
    partials=lambda y, x: (y + 1,),
    compute_partials=lambda y, x: (exp(x),),  # y + 1 loses the digits of a small exp(x)
    sample=(-40, 40),
    elsewhere=Names("torch.expm1", "jax.numpy.expm1", None, "mpmath.expm1"),
)  # fmt: skip

log = define(
    "log", symbol="ln", latex=r"\ln {x}",
    doc="Take the natural logarithm: the power to which e must be raised to give x.",
    cure="Keep its operand above 0: add a small number, or use gg.log_softmax or gg.logsumexp.",
    partials=lambda y, x: (1 / x,),
    sample=(1e-3, 1000),
    elsewhere=Names("torch.log", "jax.numpy.log", "sympy.log", "mpmath.log"),
    references=("https://en.wikipedia.org/wiki/Natural_logarithm",),
)  # fmt: skip

log1p = define(
    "log1p", symbol="ln(1+x)", latex=r"\ln(1 + {x})",
    doc="Compute log(1 + x) without losing digits near 0.",
    cure="Keep its operand above -1.",
    expansion=lambda x: log(1 + x),
    partials=lambda y, x: (1 / (1 + x),),
    sample=(-0.99, 100),
    elsewhere=Names("torch.log1p", "jax.numpy.log1p", None, "mpmath.log1p"),
)  # fmt: skip
