"""Parameters as numbers side by side: one thing in Python and another in C.

Compiled, `updates` and `descent` take this from ``arrays.pxd``.
"""

from __future__ import annotations

from array import array
from math import isfinite

from glassgrad import kernels

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from glassgrad.engine import Value


def of_length(like: array[float], n: int) -> array[float]:
    """Make an array of the same kind; what it holds is yet to be written."""
    return array(like.typecode, bytes(n * like.itemsize))


def doubles(numbers: array[float]) -> array[float]:
    """Give an array to be indexed; in C a pointer, with which no bounds are checked."""
    return numbers


def wholes(numbers: array[int]) -> array[int]:
    """Give an array of whole numbers to be indexed, as `doubles` does."""
    return numbers


def read(params: list[Value], numbers: array[float], gradients: array[float]) -> None:
    """Copy what parameters hold into arrays."""
    for i, p in enumerate(params):
        numbers[i] = p._data
        gradients[i] = p._grad


def clear(params: list[Value]) -> None:
    """Set all gradients to 0."""
    for p in params:
        p._grad = 0.0
        p._mark = 0


def write(numbers: array[float], params: list[Value]) -> None:
    """Give parameters the numbers in an array; they are those that were read."""
    for p, x in zip(params, numbers, strict=True):
        p._data = x


def read_numbers(params: list[Value], numbers: array[float]) -> None:
    """Copy the numbers of parameters into an array."""
    for i, p in enumerate(params):
        numbers[i] = p._data


def write_all(
    numbers: array[float], gradients: array[float], reached: array[int], params: list[Value]
) -> None:  # fmt: skip
    """Give parameters numbers and gradients, and note which of them a backward pass has reached."""
    for p, x, grad, mark in zip(params, numbers, gradients, reached, strict=True):
        p._data = x
        p._grad = grad
        p._mark = mark


def all_finite(numbers: array[float]) -> bool:
    """Tell whether no number is infinite, and each is one."""
    return all(map(isfinite, numbers))


def quotient(a: float, b: float) -> float:
    """Divide, by 0 too; in C without a branch, so that several are computed at once."""
    return kernels.div(a, b)
