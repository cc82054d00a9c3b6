"""Cards: the operations that choose: their slope jumps where the choice changes."""

from glassgrad.ops.card import Card, Names, define

where: Card = define(
    "where", symbol="?", latex=r"{a} \text{{ if }} {condition} \text{{ else }} {b}",
    doc="Take a where the condition holds and b where it does not.",
    partials=lambda y, condition, a, b: (where(condition, 1, 0), where(condition, 0, 1)),
    conditions=1, chooses=True,
    sample=((0, 1), (-10, 10), (-10, 10)),
    elsewhere=Names("torch.where", "jax.numpy.where"),
)  # fmt: skip

# Written with <=, so that nan falls through to x and its slope, as in PyTorch.
relu = define(
    "relu", symbol="ReLU", op="ReLU", latex=r"\operatorname{{ReLU}}({x})",
    doc="Keep a positive number and turn a negative one into 0.",
    formula=lambda x: where(x <= 0, 0, x),
    partials=lambda y, x: (where(x <= 0, 0, 1),),
    compute_partials=lambda y, x: (where(y <= 0, 0, 1),),  # so that x need not be kept
    sample=(-100, 100), kinks=((0.0,),), chooses=True,
    elsewhere=Names("torch.relu", "jax.nn.relu"),
    references=(
        ("Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, "
         "ICML 2010"),
    ),
)  # fmt: skip

# a + b is how a nan on either side gets into the result.
maximum = define(
    "maximum", symbol="max", latex=r"\max({a}, {b})",
    doc="Take the larger of two numbers; at a tie each receives half the gradient.",
    formula=lambda a, b: where(a > b, a, where(a <= b, b, a + b)),
    partials=lambda y, a, b: (
        where(a < b, 0, where(a == b, 0.5, 1)),
        where(a > b, 0, where(a == b, 0.5, 1)),
    ),
    sample=(-100, 100), chooses=True,
    elsewhere=Names("torch.maximum", "jax.numpy.maximum"),
)  # fmt: skip

minimum = define(
    "minimum", symbol="min", latex=r"\min({a}, {b})",
    doc="Take the smaller of two numbers; at a tie each receives half the gradient.",
    formula=lambda a, b: where(a < b, a, where(a >= b, b, a + b)),
    partials=lambda y, a, b: (
        where(a > b, 0, where(a == b, 0.5, 1)),
        where(a < b, 0, where(a == b, 0.5, 1)),
    ),
    sample=(-100, 100), chooses=True,
    elsewhere=Names("torch.minimum", "jax.numpy.minimum"),
)  # fmt: skip

clamp = define(
    "clamp", symbol="clamp", numpy="clip", latex=r"\operatorname{{clamp}}({x}, {low}, {high})",
    doc="Keep x between two bounds; beyond a bound the result no longer moves.",
    formula=lambda x, low, high: minimum(maximum(x, low), high),
    compute=lambda x, low, high: where(
        where(x < low, low, x) > high, high, where(x < low, low, x)
    ),
    partials=lambda y, x, low, high: (where((x >= low) & (x <= high), 1, 0),),
    parameters=2, chooses=True,
    sample=((-10, 10), (-5, -1), (1, 5)),
    elsewhere=Names("torch.clamp", "jax.numpy.clip"),
)  # fmt: skip
