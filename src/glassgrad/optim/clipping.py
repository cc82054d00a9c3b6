"""Limits for gradients: between ``loss.backward()`` and ``opt.step()``."""

from __future__ import annotations

from math import hypot

from glassgrad.convert import as_float
from glassgrad.engine import refuse_in_trace
from glassgrad.optim.optimizer import checked_params

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable

    from glassgrad.engine import Value

__all__ = ["clip_norm", "clip_value"]


def clip_norm(params: Iterable[Value], max_norm: float) -> float:
    """Shorten the gradient, taken as one vector, if it is too long; its direction stays.

    In formulas, with norm = √(Σ g²), each g becomes ``g · min(1, max_norm / (norm + 1e-6))``.

    Parameters
    ----------
    params : iterable of Value
        The leaves whose gradients are meant.
    max_norm : float
        How long it may be, from 0 up; infinity only measures it.

    Returns
    -------
    float
        How long it was.

    Raises
    ------
    TypeError
        If `params` is not an iterable of Values.
    ValueError
        If there is none, or one is listed twice or is the result of an operation, or if
        `max_norm` is negative or not a number.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> a, b = Value(1.0), Value(1.0)
    >>> (30 * a + 40 * b).backward()
    >>> optim.clip_norm([a, b], 5.0)
    50.0
    >>> round(a.grad, 6), round(b.grad, 6)
    (3.0, 4.0)

    References
    ----------
    Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks,
    arXiv:1211.5063
    """
    refuse_in_trace("set grad")
    limit = _limit(max_norm, "clip_norm's max_norm")
    found = checked_params(params, "clip_norm")
    norm = hypot(*[p._grad for p in found])
    share = limit / (norm + 1e-6)
    if not share >= 1.0:  # also where the norm is not a number: then nobody should go on unaware
        for p in found:
            p.grad = p._grad * share
    return norm


def clip_value(params: Iterable[Value], limit: float) -> None:
    """Cut each gradient off at a limit: below -limit it becomes -limit, above limit limit.

    Takes and raises what `clip_norm` does.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> a, b = Value(1.0), Value(1.0)
    >>> (30 * a - 0.5 * b).backward()
    >>> optim.clip_value([a, b], 1.0)
    >>> a.grad, b.grad
    (1.0, -0.5)
    """
    refuse_in_trace("set grad")
    high = _limit(limit, "clip_value's limit")
    for p in checked_params(params, "clip_value"):
        if p._grad > high:
            p.grad = high
        elif p._grad < -high:
            p.grad = -high


def _limit(number: float, name: str) -> float:
    found = as_float(number, name)
    if not found >= 0.0:
        raise ValueError(f"{name} is a number from 0 up, not {number!r}: 1.0 is usual")
    return found
