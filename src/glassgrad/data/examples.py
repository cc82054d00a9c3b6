"""Data sets known from lectures and textbooks."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from glassgrad.convert import a_kind
from glassgrad.data.checks import real, shape_arguments
from glassgrad.data.dataset import Dataset
from glassgrad.data.tables import read_csv
from glassgrad.errors import DataError

__all__ = ["iris", "lecture", "names", "polynomial"]

IRIS = Path(__file__).with_name("iris.csv")
NAMES = Path(__file__).with_name("names.csv")


def iris() -> Dataset:
    """Give Fisher's iris: four lengths in cm of 150 flowers, 50 of each of three species.

    The rows, in the order of R and scikit-learn, are those of Fisher's article; the copy of the
    UCI repository differs from it in two of them.

    Examples
    --------
    >>> from glassgrad import data
    >>> X, y = data.iris()
    >>> X[149], y[149]
    ([5.9, 3.0, 5.1, 1.8], 2)

    References
    ----------
    Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936);
    measured by E. Anderson, Bulletin of the American Iris Society 59 (1935).
    """
    return read_csv(IRIS, "species")


def lecture() -> Dataset:
    """Give the four examples of the lecture "building micrograd": three inputs, a target of ±1.

    Examples
    --------
    >>> from glassgrad import data
    >>> xs, ys = data.lecture()
    >>> xs[0], ys
    ([2.0, 3.0, -1.0], [1.0, -1.0, -1.0, 1.0])
    """
    rows = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    return Dataset(rows, [1.0, -1.0, -1.0, 1.0], ["x1", "x2", "x3"], "y")


def names() -> list[str]:
    """Give 388 first names in small letters a to z, for a model that learns to invent more.

    They are in alphabetical order, from three letters to nine, and common in several countries.
    The list was written for glassgrad; it is no statistics, and copied from nowhere.

    Examples
    --------
    >>> from glassgrad import data
    >>> listed = data.names()
    >>> listed[:3], len(listed), max(map(len, listed))
    (['abel', 'ada', 'adam'], 388, 9)
    """
    return NAMES.read_text("utf-8").split()[1:]  # the first line says what the column holds


def polynomial(
    coefficients: Sequence[float],
    n: int = 50,
    low: float = -1.0,
    high: float = 1.0,
    noise: float | None = None,
    random_state: Any = None,
) -> Dataset:
    """Take points of the curve y = k₀ + k₁ x + k₂ x² + …, at evenly spaced x.

    Parameters
    ----------
    coefficients : sequence of numbers
        k₀, k₁, k₂ and so on.
    n : int
        How many points.
    low, high : float
        The first x and the last.
    noise : float, optional
        The standard deviation of what is added to every y; None adds nothing.
    random_state : int or RandomState, optional
        As for `moons`.

    Returns
    -------
    Dataset
        Rows of the one number x, and the numbers y.

    Raises
    ------
    DataError
        If there are no coefficients, one is not finite, `low` is not below `high`, a y is too
        large for a float64, or as for `moons`.

    Examples
    --------
    >>> from glassgrad import data
    >>> X, y = data.polynomial([1, 0, 2], n=3)
    >>> X, y
    ([[-1.0], [0.0], [1.0]], [3.0, 1.0, 3.0])
    """
    n, noise, source = shape_arguments("polynomial", n, noise, random_state)
    if not hasattr(coefficients, "__len__") or isinstance(coefficients, (str, bytes, dict)):
        raise TypeError(
            f"polynomial: coefficients is a list such as [1, 0, 2] for 1 + 2x², not "
            f"{a_kind(coefficients)} ({coefficients!r})"
        )
    ks = [real(k, f"polynomial: coefficient {i}") for i, k in enumerate(coefficients)]
    if not ks:
        raise DataError("polynomial: no coefficients were given: [1, 0, 2] means 1 + 2x²")
    low, high = real(low, "polynomial: low"), real(high, "polynomial: high")
    if low >= high:
        raise DataError(f"polynomial: low is below high, but {low:g} and {high:g} were given")
    xs, ys = [], []
    for i in range(n):
        t = i / max(n - 1, 1)
        x = low * (1 - t) + high * t  # high - low could overflow
        y = 0.0
        for k in reversed(ks):
            y = y * x + k
        if not isfinite(y):
            raise DataError(f"polynomial: at x = {x:g} it is too large: narrow low and high")
        xs.append([x])
        ys.append(y)
    if noise is not None:
        ys = [y + float(extra) for y, extra in zip(ys, source.normal(0.0, noise, n), strict=True)]
    return Dataset(xs, ys, ["x"], "y")
