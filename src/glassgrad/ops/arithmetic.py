"""Cards: the four operations, powers and roots."""

from glassgrad.ops.card import Names, define
from glassgrad.ops.choice import where
from glassgrad.ops.exponential import log

neg = define(
    "neg", symbol="−", op="neg", latex=r"-{x}",
    doc="Turn the sign around.",
    partials=lambda y, x: (-1,),
    sample=(-100, 100),
    elsewhere=Names("torch.neg", "jax.numpy.negative", "operator.neg", "operator.neg"),
)  # fmt: skip

add = define(
    "add", symbol="+", op="+", latex=r"{a} + {b}",
    doc="Add two numbers; the gradient of the sum is copied to both (the sum rule).",
    partials=lambda y, a, b: (1, 1),
    sample=(-100, 100),
    elsewhere=Names("torch.add", "jax.numpy.add", "operator.add", "operator.add"),
)  # fmt: skip

sub = define(
    "sub", symbol="−", op="-", latex=r"{a} - {b}",
    doc="Subtract b from a.",
    partials=lambda y, a, b: (1, -1),
    sample=(-100, 100),
    elsewhere=Names("torch.sub", "jax.numpy.subtract", "operator.sub", "operator.sub"),
)  # fmt: skip

mul = define(
    "mul", symbol="×", op="*", latex=r"{a} \cdot {b}",
    doc="Multiply two numbers; each receives the gradient times the other (the product rule).",
    partials=lambda y, a, b: (b, a),
    sample=(-100, 100),
    elsewhere=Names("torch.mul", "jax.numpy.multiply", "operator.mul", "operator.mul"),
)  # fmt: skip

div = define(
    "div", symbol="÷", op="/", latex=r"\frac{{{a}}}{{{b}}}",
    doc="Divide a by b; x/0 is infinite, 0/0 is not a number.",
    cure="Keep the denominator away from 0, for example by adding a small number to it.",
    partials=lambda y, a, b: (1 / b, -y / b),
    sample=((-100, 100), (0.01, 100)),
    elsewhere=Names("torch.div", "jax.numpy.divide", "operator.truediv", "operator.truediv"),
)  # fmt: skip

pow = define(
    "pow", symbol="^", op="**", latex=r"{{{a}}}^{{{b}}}",
    doc="Raise a to the power b; a negative number to a fraction is not a number.",
    cure="Keep the base above 0 where the exponent is negative or a fraction.",
    partials=lambda y, a, b: (b * a ** (b - 1), y * log(a)),
    compute_partials=lambda y, a, b: (
        where(b == 0, 0, b * a ** (b - 1)),
        where((a == 0) & (b >= 0), 0, y * log(a)),
    ),
    sample=((0.1, 10), (-3, 3)),
    elsewhere=Names("torch.pow", "jax.numpy.power", "operator.pow", "operator.pow"),
)  # fmt: skip

square = define(
    "square", symbol="x²", latex=r"{{{x}}}^2",
    doc="Multiply a number by itself.",
    formula=lambda x: x * x,
    partials=lambda y, x: (2 * x,),
    sample=(-100, 100),
    elsewhere=Names("torch.square", "jax.numpy.square"),
)  # fmt: skip

sqrt = define(
    "sqrt", symbol="√", latex=r"\sqrt{{{x}}}",
    doc="Find the number whose square is x; not a number below 0.",
    cure="Keep its operand above 0: add a small number, such as 1e-12.",
    partials=lambda y, x: (0.5 / y,),
    sample=(1e-3, 100),
    elsewhere=Names("torch.sqrt", "jax.numpy.sqrt", "sympy.sqrt", "mpmath.sqrt"),
)  # fmt: skip

abs = define(
    "abs", symbol="|x|", numpy="absolute", latex=r"\left|{x}\right|",
    doc="Drop the sign.",
    partials=lambda y, x: (where(x > 0, 1, where(x < 0, -1, 0)),),
    sample=(-100, 100), kinks=((0.0,),),
    elsewhere=Names("torch.abs", "jax.numpy.abs", "sympy.Abs", "builtins.abs"),
)  # fmt: skip

reciprocal = define(
    "reciprocal", symbol="1/x", latex=r"\frac{{1}}{{{x}}}",
    doc="Divide 1 by x.",
    formula=lambda x: 1 / x,
    cure="Keep its operand away from 0, for example by adding a small number to it.",
    partials=lambda y, x: (-y * y,),
    sample=(0.01, 100),
    elsewhere=Names("torch.reciprocal", "jax.numpy.reciprocal"),
)  # fmt: skip
