"""Checks of arguments that several makers of data share."""

from __future__ import annotations

from math import inf, isfinite
from operator import index
from typing import TYPE_CHECKING, Any

from glassgrad.convert import a_kind, as_float
from glassgrad.errors import DataError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["generator", "real", "shape_arguments", "whole"]


def whole(x: Any, where: str, least: int = 1) -> int:
    """Check a count: an int of any kind, at least `least`."""
    if isinstance(x, bool) or not hasattr(x, "__index__"):
        raise TypeError(f"{where} is a whole number, not {a_kind(x)} ({x!r}): use int(...)")
    if index(x) < least:
        raise DataError(f"{where} is at least {least}, not {x}")
    return index(x)


def real(x: Any, where: str, least: float = -inf) -> float:
    """Check a finite number, at least `least`."""
    number = as_float(x, where)
    if not isfinite(number):
        raise DataError(f"{where} is a finite number, not {number}")
    if number < least:
        raise DataError(f"{where} is at least {least:g}, not {number:g}")
    return number


def generator(random_state: Any, where: str) -> np.random.RandomState:
    """Take NumPy's global source of random numbers for None, and seed a new one with an int.

    The older RandomState is meant: it is the one that ``np.random.seed`` sets, and NumPy has
    promised to keep its numbers as they are.
    """
    import numpy as np

    if random_state is None:
        return np.random.mtrand._rand
    if isinstance(random_state, np.random.RandomState):
        return random_state
    if isinstance(random_state, bool) or not hasattr(random_state, "__index__"):
        raise TypeError(
            f"{where}: random_state is None, an int or a numpy.random.RandomState, not "
            f"{a_kind(random_state)} ({random_state!r})"
        )
    if not 0 <= index(random_state) < 2**32:
        raise DataError(f"{where}: random_state is from 0 to 2**32 - 1, not {random_state}")
    return np.random.RandomState(index(random_state))


def shape_arguments(
    who: str, n: Any, noise: Any, random_state: Any
) -> tuple[int, float | None, np.random.RandomState]:
    """Check what all shapes take, before anything is drawn from a global source."""
    n = whole(n, f"{who}: n, how many points,")
    if noise is not None:
        noise = real(noise, f"{who}: noise, a standard deviation,", 0.0)
    return n, noise, generator(random_state, who)
