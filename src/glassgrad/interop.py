"""NumPy meets Values: ``np.float64(2) * v``, ``np.array([1.0, 2.0]) * v``, ``np.exp(v)``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from glassgrad import elementary
from glassgrad.convert import as_float, is_array, only_item
from glassgrad.dispatch import elementwise, elsewhere
from glassgrad.engine import Value, here
from glassgrad.functions import hypot
from glassgrad.ops import TABLE

_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": operator.truediv, "true_divide": operator.truediv, "power": operator.pow,
    "float_power": operator.pow, "negative": operator.neg, "positive": operator.pos,
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt,
    "greater_equal": operator.ge, "equal": operator.eq, "not_equal": operator.ne,
}  # fmt: skip


_COMPARISONS = {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


def array_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply a NumPy function of which at least one operand is a Value.

    Scalars give a Value, arrays an array of Values, element by element.

    Raises
    ------
    TypeError
        If Values have no such function, or the result is to be put into an array of numbers.
    """
    function = _OPERATORS.get(ufunc.__name__) or _named(ufunc.__name__)
    if function is None or method != "__call__" or kwargs.keys() - {"out"}:
        call = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        raise TypeError(
            f"np.{call} has no counterpart for a Value: take the numbers with .data, or write "
            "it with operators and gg functions"
        )
    operands = tuple(x if is_array(x) else _scalar(x) for x in inputs)
    if not any(map(is_array, inputs)):
        return function(*operands)
    result = elementwise(function, operands)
    if ufunc.__name__ in _COMPARISONS and not here.tracing:
        result = result.astype(bool)
    for target in kwargs.get("out") or ():
        if target.dtype != object:
            raise TypeError(
                f"an array of {target.dtype} can't hold Values: make it one of objects first, "
                "with .astype(object)"
            )
        target[...] = result
        return target
    return result


def _named(name: str) -> Callable[..., Any] | None:
    """Find the function that NumPy knows under this name."""
    if name == "hypot":
        return hypot
    for card in TABLE.values():
        if name in (card.name, card.numpy) and card.name in elementary.__all__:
            return partial(elsewhere, card.name)
    return None


def _scalar(x: Any) -> Any:
    # As a Python float, whose operators hand over to Value's; NumPy's would come back here.
    x = only_item(x)
    return x if type(x) is Value else as_float(x, "a Value's NumPy operand")
