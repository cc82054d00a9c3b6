"""Read a data set from a CSV file: the columns, and what the target is."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from os import PathLike
from typing import Literal

from glassgrad.data.csvfile import Table, number
from glassgrad.data.dataset import Dataset
from glassgrad.errors import DataError

__all__ = ["read_columns", "read_csv"]

#: With task="auto", whole numbers are classes if there are no more different ones than this.
MOST_CLASSES = 10


def read_csv(
    path: str | PathLike[str],
    target: str | None = None,
    *,
    task: Literal["auto", "classes", "numbers"] = "auto",
    encoding: str = "utf-8",
) -> Dataset:
    r"""Read a table whose first line names the columns: inputs that are numbers, and a target.

    Columns are separated by commas, semicolons or tabs, whichever the first line has most of.
    Cells may be quoted; empty lines are passed over.

    Parameters
    ----------
    path : str or path
        The file.
    target : str, optional
        The column to predict; the last one unless named. All others are inputs.
    task : "auto", "classes" or "numbers"
        What the target is. "auto" takes text for classes and numbers for numbers to predict,
        unless all are whole, at most ten differ, and some repeat: then they are classes.
    encoding : str
        How the file's bytes mean characters; a byte order mark goes before it.

    Returns
    -------
    Dataset
        Of classes, y holds positions in `classes`: names in alphabetical order, numbers in
        theirs.

    Raises
    ------
    DataError
        If the file can't be read, is not such a table, or has a cell that is empty, not a number
        where one is needed, or not finite; or if the target is one single class.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from glassgrad import data
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "fruit.csv")
    ...     _ = file.write_text("weight,fruit\n150,apple\n120,pear\n170,apple\n")
    ...     fruit = data.read_csv(file)
    >>> fruit.X, fruit.y, fruit.classes
    ([[150.0], [120.0], [170.0]], [0, 1, 0], ['apple', 'pear'])
    """
    if task not in ("auto", "classes", "numbers"):
        raise DataError(f'task is "auto", "classes" or "numbers", not {task!r}')
    table = Table(path, encoding)
    target = table.names[-1] if target is None else target
    inputs = [name for name in table.names if name != target]
    if not inputs:
        raise DataError(
            f"{path} has one column, {target!r}: a data set needs inputs beside the target, with "
            "a comma, semicolon or tab between columns"
        )
    y, classes = _targets(table, target, task)
    return Dataset(table.numbers(inputs), y, inputs, target, classes)


def read_columns(
    path: str | PathLike[str], names: Iterable[str], *, encoding: str = "utf-8"
) -> list[list[float]]:
    """Read the named columns of a CSV file as rows of numbers; others may hold anything.

    It is for new examples to which a trained model shall be applied: the file needs the model's
    inputs, in any order, and no target.

    Parameters
    ----------
    path, encoding
        As for `read_csv`.
    names : iterable of str
        The columns, in the order in which each row shall have them.

    Raises
    ------
    DataError
        If a column is missing, or as for `read_csv`.
    TypeError
        If `names` is one name rather than a list.

    Examples
    --------
    >>> from glassgrad import data
    >>> from glassgrad.data import examples
    >>> file = examples.IRIS
    >>> data.read_columns(file, ["petal width (cm)", "petal length (cm)"])[0]
    [0.2, 1.4]
    """
    if isinstance(names, str):
        raise TypeError(f"read_columns takes a list of names, not a str ({names!r}): use [...]")
    return Table(path, encoding).numbers(list(names))


def _targets(
    table: Table, target: str, task: str
) -> tuple[list[int] | list[float], list[str] | None]:
    """Read the target as classes or as numbers; of classes, give positions and their names."""
    place = table.place(target)
    labels = [(line, cells[place]) for line, cells in table.rows]
    finite = [(x := number(label)) is not None and isfinite(x) for _, label in labels]
    # One number among texts, or one text among numbers, is likelier a slip than a class.
    if task == "numbers" or (any(finite) if task == "auto" else all(finite)):
        remedy = 'correct it, or, if the target is classes, say so: task="classes"'
        numbers = [table.finite(line, place, label, remedy) for line, label in labels]
        if task == "numbers" or (task == "auto" and not _are_classes(numbers)):
            return numbers, None
        names = [str(int(x)) if x.is_integer() else repr(x) for x in numbers]
        classes = sorted(set(names), key=float)
    else:
        for line, label in labels:
            if not label or label.lower() == "nan":
                table.refuse_missing(line, place, label)
        names = [label for _, label in labels]
        classes = sorted(set(names))
    if len(classes) == 1:
        raise DataError(
            f"{table.path}: every row has the same {target!r}, {classes[0]!r}: to tell classes "
            "apart, add rows of at least one other"
        )
    positions = {name: k for k, name in enumerate(classes)}
    return [positions[name] for name in names], classes


def _are_classes(numbers: list[float]) -> bool:
    different = len(set(numbers))
    few = different <= MOST_CLASSES and different < len(numbers)
    return few and all(x.is_integer() for x in numbers)
