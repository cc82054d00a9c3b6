"""Rows taken by their number: in a traced function the number may be another at each call."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

from glassgrad.convert import is_whole
from glassgrad.elementary import where
from glassgrad.engine import Value, as_value, constant, custom_node, here
from glassgrad.nests import Nest, flatten, leaves_like, map_leaves, same_form
from glassgrad.opcodes import TAKEN
from glassgrad.truths import equal, number_of, watching

__all__ = ["one_hot", "take"]


def take(rows: Sequence[Any], i: Any) -> Nest:
    """Take ``rows[i]``, where i may be a Value that holds a whole number.

    Parameters
    ----------
    rows : sequence of numbers, Values, or nests of them
        What to choose from, such as the rows of a table.
    i : int, float or Value
        Which, counted from 0, and as usual from the end if negative. No gradient passes to it.

    Returns
    -------
    Value, number or nest of them
        The row. Its Values are copies that hand their gradients on, so that a row that is taken
        many times receives them by the same sums whether the function is traced or not.

    Raises
    ------
    IndexError
        If there is no such row.
    TypeError
        If i is not a whole number.
    ValueError
        If the rows of a traced function are not all of one form.

    Examples
    --------
    >>> import glassgrad as gg
    >>> table = [[gg.Value(1.0), gg.Value(2.0)], [gg.Value(3.0), gg.Value(4.0)]]
    >>> a, b = gg.take(table, gg.Value(1.0))
    >>> (a * b).backward()
    >>> a.data, b.data, table[1][0].grad
    (3.0, 4.0, 4.0)
    """
    return _row(list(rows), i, "take")


def one_hot(i: Any, n: int) -> list[Any]:
    """Make a list of n zeros with a 1 at place i, which may be a Value that holds a whole number.

    Raises
    ------
    IndexError
        If there is no such place.
    TypeError
        If i is not a whole number.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.one_hot(2, 4)
    [0.0, 0.0, 1.0, 0.0]
    """
    places = list(map(float, range(n)))
    place = _row(list(places), i, "one_hot")
    if type(place) is Value:
        return [number_of(equal(place, constant(k))) for k in places]
    return [float(k == place) for k in places]


def _row(rows: list[Any], i: Any, name: str) -> Nest:
    i = number_of(i)
    place = _checked(i, len(rows), name)
    if here.tracing and watching.asks and type(i) is Value and equal(i, constant(i._data)):
        i = place
    if not here.tracing or type(i) is not Value:
        return map_leaves(_again, rows[place], plain_arrays=False)
    if not all(same_form(row, rows[0]) for row in rows):
        raise ValueError(f"{name} in a traced function takes from rows that are all of one form")
    counted = where(i < 0.0, i + float(len(rows)), i)
    leaves = zip(*(leaves_like(row, rows[0]) for row in rows), strict=True)
    _, rebuild = flatten(rows[0])
    return rebuild([_taken(counted, [as_value(x, name) for x in several]) for several in leaves])


def _again(x: Any) -> Any:
    return Value(x) if type(x) is Value else x


def _taken(counted: Value, several: list[Value]) -> Value:
    place = int(counted._data)
    chosen = tuple(float(k == place) for k in range(len(several)))
    return custom_node(several[place]._data, (counted, *several), (0.0, *chosen), TAKEN)


def _checked(i: Any, n: int, name: str) -> int:
    """Find the place that a number means, counted from 0."""
    number: Any = i._data if type(i) is Value else i
    if is_whole(number):
        place = index(number)
    elif isinstance(number, float) and number.is_integer():
        place = int(number)
    else:
        raise TypeError(f"{name} counts with whole numbers, and {i!r} is none: round it first")
    if not -n <= place < n:
        raise IndexError(f"{name}: there is no row {place} of {n}: they are numbered from 0")
    return place % n
