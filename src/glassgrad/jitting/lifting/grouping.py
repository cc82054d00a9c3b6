"""Gather the rows of each colour, and give every number of a lifted program its slot."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from math import copysign

from glassgrad.jitting.axes import apart
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.machine import show_source
from glassgrad.opcodes import CONSTANT, EXAMPLES, PART

#: Constants are counted from here on until it is known how many there are.
FIRST_CONSTANT = 1 << 29


class Groups:
    """The rows of a graph by their colours, and where their numbers lie.

    Attributes
    ----------
    rows : array of int
        The rows of the first group, then those of the second, and so on: groups in the order of
        their first rows, each in the order of creation. What is made before, comes first: an
        operand has another colour, whose first row is older.
    begins : array of int
        Where each group begins in `rows`, and at last how many rows there are.
    examples : array of int
        For how many examples each group's rows stand: 1 unless they are on an axis.
    slots : array of int
        Where the numbers of each group begin, those of the first example, then those of the
        second; and at last where the next would begin.
    slot : array of int
        The slot of each row, of one on an axis in the first example; `NONE` for the inner rows of
        sums. Those of constants are counted from `FIRST_CONSTANT`.
    step : array of int
        How far from there the number in the next example is: 0 for a row on no axis.
    more : array of int
        Of the slots after those of the groups: the row on the way to which the number is made.
    constants : array of float
    """

    __slots__ = (
        "begins", "constants", "examples", "more", "rows", "slot", "slots", "step",
    )  # fmt: skip

    def __init__(self, n: int) -> None:
        self.rows = self.begins = array("i")
        self.examples, self.slots, self.more = array("i"), array("i"), array("i")
        self.slot, self.step = array("i", [NONE]) * n, array("i", [0]) * n
        self.constants = array("d")

    @property
    def n_slots(self) -> int:
        """How many slots there are besides those of constants."""
        return self.slots[len(self.begins) - 1] + len(self.more)

    def more_slots(self, count: int, row: int) -> int:
        """Add slots for what is made on the way to a row, and tell the first."""
        first = self.n_slots
        self.more.extend([row] * count)
        return first

    def row_at(self, slot: int) -> int:
        """Find the row whose number a slot holds, of any example; `NONE` if it is of no row."""
        g = bisect_right(self.slots, slot) - 1
        if g == len(self.examples):
            return NONE
        size = self.begins[g + 1] - self.begins[g]
        return self.rows[self.begins[g] + (slot - self.slots[g]) % size]

    def by_slots(self, marks: array[int]) -> array[int]:
        """List a mark of each row by the slots that hold its numbers."""
        found = marks[: self.slots[0]]
        for g, n in enumerate(self.examples):
            found += _marks_of(self.rows, self.begins[g], self.begins[g + 1], marks) * n
        return found + _marks_of(self.more, 0, len(self.more), marks)

    def minus_zero(self) -> int:
        """Find the slot of -0.0, to which any number can be added without changing it."""
        for i, x in enumerate(self.constants):
            if x == 0.0 and copysign(1.0, x) < 0.0:
                return FIRST_CONSTANT + i
        self.constants.append(-0.0)
        return FIRST_CONSTANT + len(self.constants) - 1


def _marks_of(rows: array[int], first: int, last: int, marks: array[int]) -> array[int]:
    """List the marks of the rows between two places."""
    found = array("i", [0]) * (last - first)
    to, members, mark = found, rows, marks
    for i in range(first, last):
        to[i - first] = mark[members[i]]
    return found


def grouped(graph: Graph, colours: Colours) -> Groups:
    """Gather the rows of each colour.

    Parameters
    ----------
    graph : Graph
    colours : Colours
    """
    n, given = len(graph), graph.n_inputs + graph.n_externals
    found = Groups(n)
    op, of, inner, slot, step = graph.op, colours.of, colours.inner, found.slot, found.step
    group = array("i", [NONE]) * colours.count
    place = array("i", [0]) * (colours.count + 1)
    group_of, at = group, place
    many = 0
    for r in range(n):
        if r < given:
            slot[r] = r
        elif op[r] == CONSTANT:
            slot[r] = FIRST_CONSTANT + len(found.constants)
            found.constants.append(graph.number[r])
        elif op[r] == EXAMPLES and apart(graph, r):
            slot[r], step[r] = graph.more[r][0], apart(graph, r)
        elif not inner[r] and op[r] != PART:
            if group_of[of[r]] == NONE:
                group_of[of[r]] = many
                many += 1
            at[group_of[of[r]] + 1] += 1
    for g in range(many):
        at[g + 1] += at[g]
    found.begins = place[: many + 1]
    found.rows = array("i", [0]) * at[many]
    rows = found.rows
    for r in range(given, n):
        if slot[r] < 0 and op[r] != PART and not inner[r]:
            g = group_of[of[r]]
            rows[at[g]] = r
            at[g] += 1
    _place(found, graph, colours)
    return found


def _place(groups: Groups, graph: Graph, colours: Colours) -> None:
    """Give the rows of all groups their slots, and then the parts of what is on an axis."""
    given = graph.n_inputs + graph.n_externals
    op, a, b, number, more = graph.op, graph.a, graph.b, graph.number, graph.more
    axis, rows, begins, slot, step = (
        colours.axis, groups.rows, groups.begins, groups.slot, groups.step,
    )  # fmt: skip
    counts = {axis[r]: len(more[r]) for r in more if op[r] == EXAMPLES}
    first = given
    for g in range(len(begins) - 1):
        count = begins[g + 1] - begins[g]
        on = axis[rows[begins[g]]]
        groups.slots.append(first)
        groups.examples.append(counts.get(on, 1))
        for i in range(count):
            slot[rows[begins[g] + i]] = first + i
            if on:
                step[rows[begins[g] + i]] = count
        first += count * groups.examples[g]
    groups.slots.append(first)
    for r in range(given, len(op)):
        if op[r] == PART:
            slot[r] = slot[a[r]] + step[a[r]] * int(number[b[r]])


show_source(__spec__)
