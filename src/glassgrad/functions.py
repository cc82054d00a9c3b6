"""Functions composed of the operations of the table; they need no rule of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import inf, pi, sqrt
from typing import TYPE_CHECKING, Any, Literal

from glassgrad.convert import as_float, is_array, only_item
from glassgrad.dispatch import elementwise
from glassgrad.elementary import abs, erf, exp, expm1, log, maximum, sigmoid, tanh, where
from glassgrad.elementary import sqrt as square_root
from glassgrad.engine import Value, sum
from glassgrad.kernels import div

if TYPE_CHECKING:
    from glassgrad.dispatch import Scalar

__all__ = [
    "elu", "gelu", "hypot", "leaky_relu", "log_softmax", "logsumexp", "norm", "silu", "softmax",
]  # fmt: skip


def silu(x: Scalar) -> Scalar:
    """Weigh x by how positive it is: x · sigmoid(x), also called swish.

    Examples
    --------
    >>> import glassgrad as gg
    >>> round(gg.silu(1.0), 6)
    0.731059

    References
    ----------
    Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415
    """
    x = _taken(x, "silu")
    return x * sigmoid(x)


def gelu(x: Scalar, approximate: Literal["none", "tanh"] = "none") -> Scalar:
    """Weigh x by how much of a bell curve lies below it: x · Φ(x).

    Parameters
    ----------
    x : float, Value or array
        Where the function is taken.
    approximate : "none" or "tanh"
        ``0.5 x (1 + erf(x / √2))``, or its older approximation
        ``0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))``.

    Raises
    ------
    ValueError
        If `approximate` is neither.

    Examples
    --------
    >>> import glassgrad as gg
    >>> round(gg.gelu(1.0), 6), round(gg.gelu(1.0, "tanh"), 6)
    (0.841345, 0.841192)

    References
    ----------
    Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415
    """
    x = _taken(x, "gelu")
    if approximate == "none":
        return 0.5 * x * (1.0 + erf(x / sqrt(2.0)))
    if approximate == "tanh":
        inner = sqrt(2.0 / pi) * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1.0 + tanh(inner))
    raise ValueError(f'gelu\'s approximate is "none" or "tanh", not {approximate!r}')


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Keep a positive x, and bend a negative one towards -alpha: alpha · (exp(x) - 1).

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.elu(2.0), round(gg.elu(-1.0), 6)
    (2.0, -0.632121)

    References
    ----------
    Clevert, Unterthiner & Hochreiter, arXiv:1511.07289
    """
    x = _taken(x, "elu")
    # The inner choice keeps exp from overflowing where its branch is not taken.
    return where(x > 0, x, alpha * expm1(where(x > 0, 0.0, x)))


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """Keep a positive x, and flatten a negative one to slope · x.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.leaky_relu(2.0), gg.leaky_relu(-2.0)
    (2.0, -0.02)

    References
    ----------
    Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, 2013
    """
    x = _taken(x, "leaky_relu")
    return where(x > 0, x, slope * x)


def hypot(x: Any, y: Any) -> Any:
    """Take the length of the hypotenuse, √(x² + y²), without overflow on the way.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.hypot(3.0, 4.0), gg.hypot(1e200, 0.0)
    (5.0, 1e+200)
    """
    x, y = _taken(x, "hypot"), _taken(y, "hypot")
    if is_array(x) or is_array(y):
        return elementwise(hypot, (x, y))
    scale = _scale([abs(x), abs(y)])
    a, b = x / scale, y / scale
    return scale * square_root(a * a + b * b)


def norm(values: Iterable[Any]) -> Any:
    """Take the length of a vector, √(x₀² + x₁² + …), without overflow on the way.

    At the origin, where the length has a kink, the gradient is 0.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.norm([2.0, 3.0, 6.0])
    7.0
    """
    values = _some(values, "norm")
    scale = _scale([abs(x) for x in values])
    parts = [x / scale for x in values]
    total = sum(part * part for part in parts)
    # Where the total is 0 the root is taken of 1 instead: its slope at 0 is infinite.
    return scale * where(total > 0, square_root(where(total > 0, total, 1.0)), total)


def logsumexp(values: Iterable[Any]) -> Any:
    """Take log(exp(x₀) + exp(x₁) + …) without overflow: a smooth maximum.

    Examples
    --------
    >>> import glassgrad as gg
    >>> round(gg.logsumexp([1000.0, 1000.0]), 6)
    1000.693147
    """
    values = _some(values, "logsumexp")
    peak = _shift(values)
    return log(sum(exp(x - peak) for x in values)) + peak


def softmax(values: Iterable[Any]) -> list[Any]:
    """Turn scores into probabilities: exp(x) of each, divided by the sum of all.

    Examples
    --------
    >>> import glassgrad as gg
    >>> [round(p, 4) for p in gg.softmax([0.0, 3.0, -2.0, 1.0])]
    [0.0418, 0.839, 0.0057, 0.1135]

    References
    ----------
    Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990
    """
    values = _some(values, "softmax")
    peak = _shift(values)
    exponentials = [exp(x - peak) for x in values]
    total = sum(exponentials)
    return [_divided(e, total) for e in exponentials]


def log_softmax(values: Iterable[Any]) -> list[Any]:
    """Take the logarithms of the probabilities of `softmax`, without losing small ones.

    Examples
    --------
    >>> import glassgrad as gg
    >>> round(-gg.log_softmax([0.0, 3.0, -2.0, 1.0])[3], 6)
    2.175515
    """
    values = _some(values, "log_softmax")
    shift = _shift(values)
    shifted = [x - shift for x in values]
    total = log(sum(exp(x) for x in shifted))
    return [x - total for x in shifted]


def _divided(a: Any, b: Any) -> Any:
    # The smallest total is 0, when all scores are -inf; Python's floats would raise.
    return div(a, b) if type(a) is type(b) is float else a / b


def _taken(x: Any, name: str) -> Any:
    """Take Values, arrays and symbols as they are, and any number as a float."""
    x = only_item(x)
    as_it_is = type(x) is Value or is_array(x) or hasattr(x, "__card__")
    return x if as_it_is else as_float(x, f"gg.{name}")


def _peak(values: list[Any]) -> Any:
    """Find the largest, without a gradient: it only shifts or scales, and cancels out again."""
    first, *others = [x.detach() if type(x) is Value else x for x in values]
    return reduce(maximum, others or [first], first)  # of one it is made in the same way


def _shift(values: list[Any]) -> Any:
    peak = _peak(values)
    return where(abs(peak) < inf, peak, 0.0)


def _scale(sizes: list[Any]) -> Any:
    peak = _peak(sizes)
    return where((peak > 0) & (peak < inf), peak, 1.0)


def _some(values: Iterable[Any], name: str) -> list[Any]:
    found = [_taken(x, name) for x in values]
    if not found:
        raise ValueError(f"{name} of no values is not defined: give at least one")
    return found
