"""Tell whether a lifted program adds up the shares of each gradient in the order of the rows."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.jitting.lifting.grouping import Groups
from glassgrad.jitting.lifting.steps import Step
from glassgrad.jitting.meanings import PARTIALS
from glassgrad.machine import show_source
from glassgrad.opcodes import TAKEN


def keeps_order(
    graph: Graph, carrying: array[int], colours: Colours, groups: Groups, steps: Sequence[Step]
) -> bool:
    """Tell whether each number receives its shares as in a backward pass from row to row.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    colours : Colours
    groups : Groups
    steps : sequence of Step
    """
    n = len(graph)
    when = array("i", [0]) * (3 * n)  # of each row: of its first, second operand, of its start
    clock = 0
    for step in reversed(steps):
        if step.kind:
            at = step.accesses[0].base - graph.n_inputs - graph.n_externals
            count = 1
            for length in step.dims[: step.free]:
                count *= length
            clock = _passes(when, colours, groups.rows, at, count, clock)
        else:
            for row in reversed(step.rows):
                clock = _one(when, colours, row, clock)
    return _rises(graph, carrying, colours, when)


def _passes(
    when: array[int], colours: Colours, rows: array[int], at: int, count: int, clock: int
) -> int:
    """Note when the rows of a step hand on their shares: all first ones, then all second ones."""
    times, members, kind = when, rows, colours.kind
    term, before, first, terms = colours.term, colours.before, colours.first, colours.terms
    if not kind[members[at]]:
        for i in range(at + count - 1, at - 1, -1):
            times[3 * members[i]] = clock
            times[3 * members[i] + 1] = clock + count
            clock += 1
        return clock + count
    many = terms[members[at]]
    start = clock + 2 * count * many  # comes last, after all terms
    for i in range(at + count - 1, at - 1, -1):
        r = members[i]
        for k in range(many):
            p = term[r]
            if k == many - 1 and first[r] >= 0:
                p = first[r]
            elif kind[r] == 1:
                p = r
            times[3 * p] = clock
            times[3 * p + 1] = clock + count * many
            clock += 1
            if before[r] >= 0:
                r = before[r]
        times[3 * r + 2] = start
        start += 1
    return start


def _one(when: array[int], colours: Colours, row: int, clock: int) -> int:
    """Note when a row by itself hands on its shares."""
    times, kind, r = when, colours.kind, row
    term, before, first, terms = colours.term, colours.before, colours.first, colours.terms
    if not kind[r]:
        times[3 * r], times[3 * r + 1] = clock, clock + 1
        return clock + 2
    many = terms[r]
    for k in range(many):
        p = term[r]
        if k == many - 1 and first[r] >= 0:
            p = first[r]
        elif kind[r] == 1:
            p = r
        times[3 * p], times[3 * p + 1] = clock, clock + 1
        clock += 2
        if before[r] >= 0:
            r = before[r]
    times[3 * r + 2] = clock
    return clock + 1


def _rises(  # noqa: PLR0912 (one loop, compiled)
    graph: Graph, carrying: array[int], colours: Colours, when: array[int]
) -> bool:
    """Go through the rows as the eager engine does, and see that time goes on for each number."""
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b, marks, times = graph.op, graph.a, graph.b, carrying, when
    kind, start, term, before = colours.kind, colours.start, colours.term, colours.before
    partials = PARTIALS
    latest = array("i", [NONE]) * n
    last = latest
    for r in range(n - 1, given - 1, -1):
        if not marks[r]:
            continue
        if op[r] == TAKEN:
            for x in graph.more[r]:
                if marks[x]:
                    if last[x] >= times[3 * r]:
                        return False
                    last[x] = times[3 * r]
            continue
        for which in range(2):
            x = b[r] if which else a[r]
            if x < 0 or not marks[x] or which >= partials[op[r]]:
                continue
            if not kind[r]:
                time = times[3 * r + which]
            elif before[r] < 0 and x == start[r] and not (x == term[r] and which):
                time = times[3 * r + 2]
            elif x == term[r] and kind[r] == 1:
                time = times[3 * r]
            else:
                continue  # a product, which hands on by itself, or the addition before
            if last[x] >= time:
                return False
            last[x] = time
    return True


show_source(__spec__)
