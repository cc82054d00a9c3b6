"""Find boxes in lists of slots: places that lie at equal distances, in several dimensions.

Several operands have a slot for each of n places, in a table with a column for each operand. Where
the step from each place to the next is nearly always the same, the places between two other steps
are a *run*; runs of one length that follow each other are found to be a box in the same way, by
where they begin. What is found is equal to the table everywhere: no step is guessed. The runs are
at most half as many as the places, so that the time is proportional to the number of places.
"""

from __future__ import annotations

from array import array
from math import gcd

from glassgrad.jitting.tape import MOST_DIMS
from glassgrad.machine import show_source


class Box:
    """Places that lie in a box.

    Attributes
    ----------
    begin, count : int
        The first of the places, and how many they are.
    dims : list of int
        The lengths of the box, the last one fastest; none for a single place.
    strides : list of list of int
        For each operand, the steps along the dims.
    """

    __slots__ = ("begin", "count", "dims", "strides")

    def __init__(self, begin: int, dims: list[int], strides: list[list[int]]) -> None:
        self.begin, self.dims, self.strides = begin, dims, strides
        self.count = 1
        for length in dims:
            self.count *= length


def boxes_of(
    table: array[int], width: int, n: int, most: int = MOST_DIMS - 1
) -> list[Box]:
    """Cut places into boxes.

    Parameters
    ----------
    table : array of int
        The slots: those of the first operand at all places, then those of the second, and so on.
    width : int
        How many operands there are.
    n : int
        How many places there are, at least one.
    most : int
        How many dims a box may have; one of those of an instruction is left for examples.
    """
    if n == 1 or most == 0:
        return [Box(i, [], [[] for _ in range(width)]) for i in range(n)]
    step = _usual_step(table, width, n)
    begins = _runs(table, width, n, step)
    count = len(begins) - 1
    if 2 * count > n:  # no step is usual
        return [Box(i, [], [[] for _ in range(width)]) for i in range(n)]
    steps = [table[j * n + step] - table[j * n + step - 1] for j in range(width)]
    found = _of_runs(table, width, n, begins, steps, most)
    shortest = gcd(*begins)
    if shortest > 1 and shortest * count < n:  # a run may go on by chance where another one begins
        begins = array("i", range(0, n + 1, shortest))
        pieces = _of_runs(table, width, n, begins, steps, most)
        return min(found, pieces, key=len)
    return found


def _of_runs(
    table: array[int], width: int, n: int, begins: array[int], steps: list[int], most: int
) -> list[Box]:
    """Make boxes of runs that are equally long and follow each other."""
    found: list[Box] = []
    count = len(begins) - 1
    first = 0
    while first < count:
        length = begins[first + 1] - begins[first]
        last = first + 1
        while last < count and begins[last + 1] - begins[last] == length:
            last += 1
        many = last - first
        starts = _starts(table, width, n, begins, first, last)
        for outer in boxes_of(starts, width, many, most - 1 if length > 1 else most):
            begin = begins[first + outer.begin]
            if length == 1:
                found.append(Box(begin, outer.dims, outer.strides))
            else:
                strides = [[*s, d] for s, d in zip(outer.strides, steps, strict=True)]
                found.append(Box(begin, [*outer.dims, length], strides))
        first = last
    return found


def _usual_step(table: array[int], width: int, n: int) -> int:
    """Find a place to which the step is that to more than half of all places, if there is one."""
    slots = table
    usual, votes = 1, 0
    for i in range(1, n):
        same = True
        for j in range(width):
            x, y = j * n + i, j * n + usual
            if slots[x] - slots[x - 1] != slots[y] - slots[y - 1]:
                same = False
                break
        if same:
            votes += 1
        elif votes == 0:
            usual, votes = i, 1
        else:
            votes -= 1
    return usual


def _runs(table: array[int], width: int, n: int, usual: int) -> array[int]:
    """List where runs begin, and at last n."""
    found = array("i", [0]) * (n + 1)
    slots, begins = table, found
    top = 1
    for i in range(1, n):
        for j in range(width):
            x, y = j * n + i, j * n + usual
            if slots[x] - slots[x - 1] != slots[y] - slots[y - 1]:
                begins[top] = i
                top += 1
                break
    begins[top] = n
    return found[: top + 1]


def _starts(
    table: array[int], width: int, n: int, begins: array[int], first: int, last: int
) -> array[int]:
    """Collect the slots at which some runs begin."""
    many = last - first
    found = array("i", [0]) * (width * many)
    slots, made, at = table, found, begins
    for j in range(width):
        for i in range(many):
            made[j * many + i] = slots[j * n + at[first + i]]
    return found


show_source(__spec__)
