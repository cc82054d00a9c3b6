"""What every data set is, and what is raised where there can't be one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["Dataset"]


class Dataset:
    """Examples to learn from: a list of inputs, and what each should give.

    It unpacks into exactly two parts: ``X, y = data.moons()``.

    Parameters
    ----------
    X : list of lists of float
        One row of inputs per example.
    y : list of int or list of float
        One target per example: its class, a position in `classes`, or a measured number.
    feature_names : list of str
        What the columns of X are called.
    target_name : str
        What y is called.
    classes : list of str, optional
        The names of the classes; None where y holds measured numbers.

    Examples
    --------
    >>> from glassgrad import data
    >>> flowers = data.iris()
    >>> flowers
    Dataset(150 rows, inputs: sepal length (cm), sepal width (cm), petal length (cm), petal width
    (cm); species: setosa, versicolor or virginica)
    >>> X, y = flowers
    >>> X[0], y[0], flowers.classes[y[0]]
    ([5.1, 3.5, 1.4, 0.2], 0, 'setosa')
    """

    __slots__ = ("X", "classes", "feature_names", "target_name", "y")
    __hash__ = None  # type: ignore[assignment]  # lists inside: it can change

    def __init__(
        self,
        X: list[list[float]],
        y: list[int] | list[float],
        feature_names: list[str],
        target_name: str = "y",
        classes: list[str] | None = None,
    ) -> None:
        self.X = X
        self.y = y
        self.feature_names = feature_names
        self.target_name = target_name
        self.classes = classes

    def __iter__(self) -> Iterator[Any]:
        """Give X and then y, so that ``X, y = dataset`` unpacks it."""
        yield self.X
        yield self.y

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        inputs = ", ".join(self.feature_names)
        target = "a number"
        if self.classes:
            *first, last = self.classes
            target = f"{', '.join(first)} or {last}" if first else last
        rows = "1 row" if len(self.X) == 1 else f"{len(self.X)} rows"
        return f"Dataset({rows}, inputs: {inputs}; {self.target_name}: {target})"
