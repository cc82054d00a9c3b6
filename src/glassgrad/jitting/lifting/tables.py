"""Tables of slots: where the operands of rows lie, and the terms of sums, one after another."""

from __future__ import annotations

from array import array

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.jitting.lifting.grouping import Groups
from glassgrad.machine import show_source


def fill(
    table: array[int], at: int, column: array[int], rows: array[int], slot: array[int],
    first: int, last: int,
) -> None:  # fmt: skip
    """Write the slots of one operand of some rows."""
    to, operand, members, places = table, column, rows, slot
    for i in range(first, last):
        to[at + i - first] = places[operand[members[i]]]


def terms_of(
    graph: Graph, colours: Colours, groups: Groups, first: int, last: int
) -> tuple[array[int], array[int], array[int]]:
    """List what sums consist of.

    Returns
    -------
    starts : array of int
        The slot that each sum begins with.
    offsets : array of int
        Where the terms of each sum begin, and at last how many there are.
    table : array of int
        The slots of all terms, or of all first and then all second factors.
    """
    n = last - first
    a, b, slot = graph.a, graph.b, groups.slot
    rows, kind, term, before = groups.rows, colours.kind, colours.term, colours.before
    terms, start, first_of = colours.terms, colours.start, colours.first
    begun, ends = array("i", [0]) * n, array("i", [0]) * (n + 1)
    starts, offsets = begun, ends
    for i in range(n):
        offsets[i + 1] = offsets[i] + terms[rows[first + i]]
    total = offsets[n]
    products = kind[rows[first]] == 2
    minus_zero = groups.minus_zero() if start[rows[first]] == NONE else NONE
    found = array("i", [0]) * (2 * total if products else total)
    table = found
    for i in range(n):
        r = rows[first + i]
        starts[i] = slot[start[r]] if start[r] >= 0 else minus_zero
        k = offsets[i + 1] - 1
        while k >= offsets[i]:
            t = term[r]
            if before[r] < 0 and k == offsets[i] and first_of[r] >= 0:
                t = first_of[r]
            if products:
                table[k], table[total + k] = slot[a[t]], slot[b[t]]
            else:
                table[k] = slot[t]
            k -= 1
            if before[r] >= 0:
                r = before[r]
    return begun, ends, found


def nth_terms(
    table: array[int], at: int, offsets: array[int], first: int, last: int
) -> array[int]:
    """List the slots of the terms at one place of some sums."""
    found = array("i", [0]) * (last - first)
    to, slots, begins = found, table, offsets
    for i in range(first, last):
        to[i - first] = slots[at + begins[i]]
    return found


def cuts_of(table: array[int], width: int, offsets: array[int], n: int) -> list[int]:
    """Cut sums where they change: those in between have equally many terms, equally far apart."""
    slots, at = table, offsets
    total = at[n]
    cuts = [0]
    first = 0
    for i in range(1, n):
        same = at[i + 1] - at[i] == at[first + 1] - at[first]
        if same:
            for j in range(width):
                x, y = j * total + at[i], j * total + at[first]
                for k in range(1, at[i + 1] - at[i]):
                    if slots[x + k] - slots[x] != slots[y + k] - slots[y]:
                        same = False
                        break
                if not same:
                    break
        if not same:
            cuts.append(i)
            first = i
    cuts.append(n)
    return cuts


show_source(__spec__)
