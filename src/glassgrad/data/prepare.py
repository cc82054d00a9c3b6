"""Prepare data for training: hold a part of it back, and bring its columns to one scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, hypot, inf, isfinite, sqrt
from random import Random
from typing import Any, TypeVar, overload

from glassgrad.convert import as_float
from glassgrad.data.checks import real, whole
from glassgrad.errors import DataError

__all__ = ["Standardiser", "split", "standardise"]

Row = TypeVar("Row")
Target = TypeVar("Target")
_Table = list[list[float]]


def split(
    X: Iterable[Row],
    y: Iterable[Target],
    test: float = 0.25,
    seed: int = 0,
    stratify: bool = False,
) -> tuple[list[Row], list[Row], list[Target], list[Target]]:
    """Divide examples at random into those to train with and those to test with.

    Parameters
    ----------
    X, y : sequences, equally long
        Inputs and targets.
    test : float
        The part to test with, between 0 and 1. It is rounded to whole examples, at least one
        on either side.
    seed : int
        The same seed gives the same division, on every machine.
    stratify : bool
        Divide each class by itself, so that both sides have the classes in like proportion.

    Returns
    -------
    tuple
        ``X_train, X_test, y_train, y_test``, in random order.

    Raises
    ------
    DataError
        If X and y are not equally long, there are fewer than two examples, `test` is not
        between 0 and 1, or, with `stratify`, a class has a single example.

    Examples
    --------
    >>> from glassgrad import data
    >>> X, y = data.iris()
    >>> X_train, X_test, y_train, y_test = data.split(X, y, test=0.2, stratify=True)
    >>> len(X_train), len(X_test), [y_test.count(k) for k in range(3)]
    (120, 30, [10, 10, 10])
    """
    rows, targets = list(X), list(y)
    if stratify is not True and stratify is not False:  # elsewhere it takes y itself
        raise TypeError("split: stratify is True or False: the classes are those of y")
    if len(rows) != len(targets):
        raise DataError(f"split: X has {len(rows)} examples and y has {len(targets)}")
    if len(rows) < 2:
        raise DataError(f"split divides two or more examples, not {len(rows)}")
    part = real(test, "split: test, the part to test with,")
    if not 0 < part < 1:
        raise DataError(f"split: test is a part, between 0 and 1, not {part:g}: try 0.25")
    random = Random(whole(seed, "split: seed", 0))
    groups: dict[Any, list[int]] = {}
    for i, target in enumerate(targets):
        groups.setdefault(target if stratify else None, []).append(i)
    train, held = list[int](), list[int]()
    for target, group in groups.items():
        if len(group) < 2:
            raise DataError(
                f"split: a single example has the target {target!r}, so it can't be on both "
                "sides: leave stratify out, as you must for measured numbers"
            )
        random.shuffle(group)
        count = min(max(round(part * len(group)), 1), len(group) - 1)
        held += group[:count]
        train += group[count:]
    random.shuffle(train)
    random.shuffle(held)
    return (
        [rows[i] for i in train], [rows[i] for i in held],
        [targets[i] for i in train], [targets[i] for i in held],
    )  # fmt: skip


class Standardiser:
    """Shift and scale columns: z = (x - mean) / scale, as it was found on the training data.

    Parameters
    ----------
    mean, scale : sequences of numbers, one per column
        What is subtracted, and what is divided by. They are plain lists, to be stored with a
        model; `Standardiser.of` finds them.

    Raises
    ------
    DataError
        If they are not equally long, or a scale is not above 0.

    Examples
    --------
    >>> from glassgrad import data
    >>> scaler = data.Standardiser.of([[1.0, 5.0], [3.0, 5.0]])
    >>> scaler
    Standardiser(mean=[2.0, 5.0], scale=[1.0, 1.0])
    >>> scaler.apply([[4.0, 6.0]])
    [[2.0, 1.0]]
    """

    __slots__ = ("mean", "scale")
    __hash__ = None  # type: ignore[assignment]  # lists inside: it can change

    def __init__(self, mean: Sequence[float], scale: Sequence[float]) -> None:
        self.mean = [real(m, "Standardiser: a mean") for m in mean]
        self.scale = [real(s, "Standardiser: a scale") for s in scale]
        if len(self.mean) != len(self.scale):
            counts = f"{len(self.mean)} and {len(self.scale)}"
            raise DataError(f"Standardiser: mean and scale are equally long, not {counts}")
        if min(self.scale, default=1.0) <= 0:
            raise DataError(f"Standardiser: a scale is above 0, not {min(self.scale):g}")

    @classmethod
    def of(cls, X: Iterable[Sequence[float]]) -> Standardiser:
        """Take each column's mean, and its standard deviation as the scale.

        The deviation is that of the rows themselves, √(Σ (x - mean)² / n). A column that is
        constant gets the scale 1.

        Raises
        ------
        DataError
            If there are no rows, they differ in length, or a number is not finite.
        """
        rows = _numbers(X, "Standardiser.of")
        if not rows:
            raise DataError("Standardiser.of: there are no rows: it needs at least one")
        found = [_mean_and_scale(column, j) for j, column in enumerate(zip(*rows, strict=True))]
        return cls([mean for mean, _ in found], [scale for _, scale in found])

    def apply(self, X: Iterable[Sequence[float]]) -> _Table:
        """Standardise rows; they stay as they are, and new ones come back.

        Raises
        ------
        DataError
            If a row is not as long as those of the training data, or a number is not finite.
        """
        rows = _numbers(X, "Standardiser.apply", len(self.mean))
        return [
            [(x - m) / s for x, m, s in zip(row, self.mean, self.scale, strict=True)]
            for row in rows
        ]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Standardiser):
            return NotImplemented
        return self.mean == other.mean and self.scale == other.scale

    def __repr__(self) -> str:
        return f"Standardiser(mean={self.mean}, scale={self.scale})"


@overload
def standardise(X_train: Iterable[Sequence[float]]) -> _Table: ...
@overload
def standardise(
    X_train: Iterable[Sequence[float]],
    X_other: Iterable[Sequence[float]],
    /,
    *others: Iterable[Sequence[float]],
) -> tuple[_Table, ...]: ...
def standardise(
    X_train: Iterable[Sequence[float]], *others: Iterable[Sequence[float]]
) -> _Table | tuple[_Table, ...]:
    """Bring the columns of the training data to mean 0 and deviation 1, and others likewise.

    Others are shifted and scaled as the training data is, whatever their own means are. To keep
    the means and scales use `Standardiser`.

    Parameters
    ----------
    X_train, *others : lists of examples
        What the means and scales are found on, and what else they apply to.

    Returns
    -------
    list or tuple of lists
        As many as were given.

    Raises
    ------
    DataError
        As for `Standardiser.of`.

    Examples
    --------
    >>> from glassgrad import data
    >>> data.standardise([[1.0], [3.0]])
    [[-1.0], [1.0]]
    >>> X_train, X_test = data.standardise([[1.0], [3.0]], [[2.0]])
    >>> X_test
    [[0.0]]
    """
    rows = list(X_train)
    scaler = Standardiser.of(rows)
    if not others:
        return scaler.apply(rows)
    return (scaler.apply(rows), *map(scaler.apply, others))


def _mean_and_scale(column: tuple[float, ...], j: int) -> tuple[float, float]:
    if min(column) == max(column):  # where rounding could leave a deviation of 1e-17 to divide by
        return column[0], 1.0
    try:
        mean = fsum(column) / len(column)
        # hypot neither overflows nor underflows on the way, as squares would
        scale = hypot(*(x - mean for x in column)) / sqrt(len(column))
    except OverflowError:
        scale = inf
    if not isfinite(scale):
        raise DataError(f"column {j} has numbers too large to take their mean: rescale it first")
    return mean, scale or 1.0


def _numbers(X: Iterable[Sequence[float]], who: str, width: int | None = None) -> _Table:
    """Check that X is rows, equally long, of finite numbers."""
    rows = []
    for i, row in enumerate(X):
        if not hasattr(row, "__len__") or isinstance(row, (str, bytes, dict)):
            raise TypeError(f"{who} takes rows of numbers, but X[{i}] is {row!r}: use [[...]]")
        width = len(row) if width is None else width
        if len(row) != width:
            raise DataError(f"{who}: X[{i}] has {len(row)} numbers, and {width} are expected")
        numbers = [as_float(x, f"{who}: X[{i}][{j}]") for j, x in enumerate(row)]
        for j, x in enumerate(numbers):
            if not isfinite(x):
                raise DataError(f"{who}: X[{i}][{j}] is {x}: correct it, or leave the row out")
        rows.append(numbers)
    return rows
