"""A function of the table on whatever is not simply a Value or a float."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from glassgrad import kernels
from glassgrad.convert import as_float, is_array, only_item
from glassgrad.engine import Value, as_value, truth

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
    Scalar = TypeVar("Scalar", Value, float, Array)


def elsewhere(name: str, *operands: Any) -> Any:
    """Apply an operation of the table by name: to numbers, Values, arrays, symbols."""
    operands = tuple(map(only_item, operands))
    if any(is_array(x) for x in operands):
        return elementwise(lambda *xs: elsewhere(name, *xs), operands)
    if any(type(x) is Value for x in operands):
        return _on_values(name, operands)
    if any(hasattr(x, "__card__") for x in operands):
        from glassgrad.ops import TABLE

        return TABLE[name](*operands)
    if name == "where":
        condition, a, b = operands
        return _number(a, name) if truth(condition) else _number(b, name)
    return getattr(kernels, name)(*(_number(x, name) for x in operands))


def elementwise(function: Callable[..., Any], operands: tuple[Any, ...]) -> Any:
    """Apply a function to arrays element by element, with NumPy's broadcasting.

    The scalar function is called for each element, so that an array and a loop give the same
    bits. The result is an array of floats, or of objects if any of the elements is a Value.
    """
    import numpy as np

    arrays = [x if is_array(x) else np.array(x, dtype=object) for x in operands]
    result = np.frompyfunc(function, len(operands), 1)(*arrays)
    plain = not any(hasattr(x, "__card__") for x in result.flat)
    return result.astype(np.float64) if plain else result


def _on_values(name: str, operands: tuple[Any, ...]) -> Value:
    if name == "where":
        condition, a, b = operands
        return as_value(a, name).where(condition, b)
    first, *rest = operands
    result: Value = getattr(as_value(first, name), name)(*rest)
    return result


def _number(x: Any, name: str) -> float:
    return as_float(x, f"gg.{name}")
