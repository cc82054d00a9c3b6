"""Gather the rows of each colour, and give every number of a lifted program its slot."""

from __future__ import annotations

from array import array
from math import copysign

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.machine import show_source
from glassgrad.opcodes import CONSTANT

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
    slot : array of int
        The slot of each row, `NONE` for the inner rows of sums. Those of constants are counted
        from `FIRST_CONSTANT`.
    n_slots : int
        How many there are besides constants.
    constants : array of float
    """

    __slots__ = ("begins", "constants", "n_slots", "rows", "slot")

    def __init__(self, n: int) -> None:
        self.rows = self.begins = array("i")
        self.slot = array("i", [NONE]) * n
        self.n_slots = 0
        self.constants = array("d")

    def minus_zero(self) -> int:
        """Find the slot of -0.0, to which any number can be added without changing it."""
        for i, x in enumerate(self.constants):
            if x == 0.0 and copysign(1.0, x) < 0.0:
                return FIRST_CONSTANT + i
        self.constants.append(-0.0)
        return FIRST_CONSTANT + len(self.constants) - 1


def grouped(graph: Graph, colours: Colours) -> Groups:
    """Gather the rows of each colour.

    Parameters
    ----------
    graph : Graph
    colours : Colours
    """
    n, given = len(graph), graph.n_inputs + graph.n_externals
    found = Groups(n)
    op, of, inner, slot = graph.op, colours.of, colours.inner, found.slot
    group = array("i", [NONE]) * colours.count
    place = array("i", bytes(4 * (colours.count + 1)))
    group_of, at = group, place
    many = 0
    for r in range(n):
        if r < given:
            slot[r] = r
        elif op[r] == CONSTANT:
            slot[r] = FIRST_CONSTANT + len(found.constants)
            found.constants.append(graph.number[r])
        elif not inner[r]:
            if group_of[of[r]] == NONE:
                group_of[of[r]] = many
                many += 1
            at[group_of[of[r]] + 1] += 1
    for g in range(many):
        at[g + 1] += at[g]
    found.begins = place[: many + 1]
    found.rows = array("i", bytes(4 * at[many]))
    rows = found.rows
    for r in range(given, n):
        if op[r] != CONSTANT and not inner[r]:
            g = group_of[of[r]]
            rows[at[g]] = r
            slot[r] = given + at[g]
            at[g] += 1
    found.n_slots = given + len(found.rows)
    return found


show_source(__spec__)
