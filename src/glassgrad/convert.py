"""Turn what a user hands in into a float64, or say in one sentence why that can't be."""

from __future__ import annotations

import sys
from operator import index

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from typing import Any, SupportsFloat, TypeAlias

    import numpy as np

    Number: TypeAlias = float | np.number[Any] | np.bool_ | SupportsFloat

_CURES = {
    "str": "convert it first, with float(text)",
    "bytes": "convert it first, with float(text)",
    "NoneType": "did a function forget to return its result?",
    "complex": "glassgrad differentiates real numbers: use the real and imaginary parts",
    "Decimal": "convert it first, with float(x); a Value holds a float64",
    "list": "use its elements one by one, or numpy.array(..., dtype=object)",
    "tuple": "use its elements one by one, or numpy.array(..., dtype=object)",
    "Value": "use its number, .data",
    "Tensor": "convert it first, with float(x)",
}
_FOREIGN = frozenset(
    {"str", "bytes", "NoneType", "complex", "Decimal", "list", "tuple", "dict", "set"}
)


def as_float(x: Any, where: str) -> float:
    """Convert a number of any kind to a float64.

    Parameters
    ----------
    x : int, float, bool, Fraction, NumPy scalar or 0-d array, or a subclass of these
        What was given.
    where : str
        Who asks, for the error message: ``"Value + ..."``.

    Raises
    ------
    OverflowError
        For an int that no float64 holds.
    TypeError
        For anything that is not a real number.

    Examples
    --------
    >>> as_float(True, "Value")
    1.0
    >>> as_float("3", "Value")
    Traceback (most recent call last):
    ...
    TypeError: Value takes a number, not a str ('3'): convert it first, with float(text)
    """
    if isinstance(x, float):
        return float(x)
    if isinstance(x, int) or _is_numpy_real(x) or _is_fraction(x):
        try:
            return float(x)
        except OverflowError:
            raise OverflowError(
                f"{where}: {_short_int(x)} is too large for a float64, which ends at 1.8e308"
            ) from None
    item = only_item(x)
    if item is not x:
        return as_float(item, where)
    raise refusal(x, where)


def refusal(x: object, where: str) -> TypeError:
    """Make the error that names what was given and what to do about it."""
    shown = repr(x)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    otherwise = "convert it first, with float(x), if it stands for a number"
    cure = _CURES.get(type(x).__name__, otherwise)
    return TypeError(f"{where} takes a number, not {a_kind(x)} ({shown}): {cure}")


def a_kind(x: object) -> str:
    """Name the type of x with its article: "a str", "an int"."""
    kind = type(x).__name__
    return f"{'an' if kind[0].lower() in 'aeiou' or kind == 'ndarray' else 'a'} {kind}"


def is_foreign(x: object) -> bool:
    """Tell whether x is of an ordinary Python type that can't be an operand of a Value."""
    return any(kind.__name__ in _FOREIGN for kind in type(x).__mro__)


def is_array(x: object) -> bool:
    """Tell whether x is a NumPy array with at least one axis."""
    np = sys.modules.get("numpy")
    return np is not None and isinstance(x, np.ndarray) and x.ndim > 0


def is_whole(x: Any) -> bool:
    """Tell whether a number is an int of some kind, rather than a float that happens to be one."""
    if type(x) is int:
        return True
    item = only_item(x)
    if not hasattr(item, "__index__"):
        return False
    try:
        index(item)
    except TypeError:  # of an array with several elements, of a Value
        return False
    return True


def is_boxed(x: object) -> bool:
    """Tell whether x is a 0-d array that holds an object, such as a Value."""
    np = sys.modules.get("numpy")
    return np is not None and isinstance(x, np.ndarray) and x.ndim == 0 and x.dtype == object


def only_item(x: Any) -> Any:
    """Take the element out of a 0-d array; anything else comes back as it is."""
    np = sys.modules.get("numpy")
    return x[()] if np is not None and isinstance(x, np.ndarray) and x.ndim == 0 else x


def _is_numpy_real(x: object) -> bool:
    np = sys.modules.get("numpy")  # a NumPy scalar can only exist once NumPy is loaded
    return np is not None and isinstance(x, (np.floating, np.integer, np.bool_))


def _is_fraction(x: object) -> bool:
    fractions = sys.modules.get("fractions")
    return fractions is not None and isinstance(x, fractions.Fraction)


def _short_int(x: Any) -> str:
    whole = int(x)
    if whole.bit_length() > 10_000:  # Python refuses to print very long ints
        return f"an int of {whole.bit_length()} bits"
    digits = str(whole)
    return f"the int {digits[:6]}...{digits[-3:]} of {len(digits.lstrip('-'))} digits"
