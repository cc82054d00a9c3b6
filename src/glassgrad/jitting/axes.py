"""Axes: rows of a graph that stand for n rows each, one for each example of `gg.vmap`.

`gg.vmap` traces one example. What it passes to the function are ``examples`` nodes, each of which
stands for n nodes of equal meaning, and of what the function returns it makes ``part`` nodes, one
for each example. What lies between, and depends on an ``examples`` node, is on the axis, and stands
for n operations; everything else is done once. A truth that is on an axis can't decide an `if`.
"""

from __future__ import annotations

from array import array

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.meanings import AT_RUN_TIME
from glassgrad.machine import show_source
from glassgrad.opcodes import EXAMPLES, PART, TAKEN


def axes_of(graph: Graph) -> array[int]:
    """Tell which axis each row is on; 0 stands for none."""
    n = len(graph)
    op, a, b, c, number = graph.op, graph.a, graph.b, graph.c, graph.number
    found = array("i", [0]) * n
    axis = found
    for r in range(n):
        code = op[r]
        if code == EXAMPLES:
            axis[r] = int(number[r])
        elif code != PART:
            if a[r] >= 0:
                axis[r] = axis[a[r]]
            if b[r] >= 0 and axis[b[r]]:
                axis[r] = axis[b[r]]
            if c[r] >= 0 and axis[c[r]]:
                axis[r] = axis[c[r]]
            if code == TAKEN or code >= AT_RUN_TIME:
                for x in graph.more[r]:
                    if axis[x]:
                        axis[r] = axis[x]
    return found


def apart(graph: Graph, r: int) -> int:
    """Tell how far apart the numbers of an ``examples`` row are given; 0 if they are not so."""
    several = graph.more[r]
    step = several[1] - several[0]
    even = list(several) == [several[0] + k * step for k in range(len(several))]
    return step if even and max(several) < graph.n_inputs + graph.n_externals else 0


def keeps_to_axes(graph: Graph) -> bool:
    """Tell whether each row is on one axis at most, results are on none, and guards are known.

    Of a row that depends on examples the number is known for the first one only, on which no guard
    can rely. Other rows fail if the function keeps a Value elsewhere, and uses it in another place.
    """
    n = len(graph)
    op, a, b, c, number = graph.op, graph.a, graph.b, graph.c, graph.number
    axis, depends = axes_of(graph), array("i", [0]) * n
    on, unknown = axis, depends
    for r in range(n):
        code = op[r]
        here = int(number[r]) if code == PART else 0 if code == EXAMPLES else on[r]
        unknown[r] = 1 if code == EXAMPLES else 0
        for which in range(3):
            x = a[r] if which == 0 else b[r] if which == 1 else c[r]
            if x >= 0:
                if on[x] and on[x] != here:
                    return False
                unknown[r] |= unknown[x]
        if code in (TAKEN, EXAMPLES) or code >= AT_RUN_TIME:
            for x in graph.more[r]:
                if on[x] and on[x] != here:
                    return False
                unknown[r] |= unknown[x]
    return not any([axis[r] for r in graph.outputs] + [depends[r] for r, _ in graph.guards])


def unrolled(graph: Graph) -> Graph:
    """Make a graph of the same meaning without axes: n rows for each row that is on one."""
    if EXAMPLES not in graph.op and PART not in graph.op:
        return graph
    n, op, axis = len(graph), graph.op, axes_of(graph)
    counts = {axis[r]: len(graph.more[r]) for r in graph.more if op[r] == EXAMPLES}
    made = Graph(graph.n_inputs, graph.n_externals)
    begin = array("i", [0]) * (n + 1)  # where the copies of each row begin in `copies`
    for r in range(n):
        begin[r + 1] = begin[r] + counts.get(axis[r], 1)
    copies = array("i", [0]) * begin[n]
    waiting: dict[int, list[int]] = {}  # rows on an axis, until all of an example are known
    for r in range(n):
        if axis[r]:
            waiting.setdefault(axis[r], []).append(r)
        elif op[r] == PART:
            rows = waiting.pop(int(graph.number[r]), [])
            for k in range(counts[axis[rows[0]]] if rows else 0):
                for row in rows:
                    copies[begin[row] + k] = _copy(graph, made, axis, begin, copies, row, k)
            several = graph.a[r]
            k = int(graph.number[graph.b[r]]) if axis[several] else 0
            copies[begin[r]] = copies[begin[several] + k]
        else:
            copies[begin[r]] = _copy(graph, made, axis, begin, copies, r, 0)
    made.outputs = [copies[begin[r]] for r in graph.outputs]
    made.guards = [(copies[begin[r]], outcome) for r, outcome in graph.guards]
    return made


def _copy(
    graph: Graph, made: Graph, axis: array[int], begin: array[int], copies: array[int], r: int,
    k: int,
) -> int:  # fmt: skip
    """Write the row for example k, and tell which one it is."""
    if graph.op[r] == EXAMPLES:
        return copies[begin[graph.more[r][k]]]
    a, b, c, *more = [
        copies[begin[x] + (k if axis[x] else 0)] if x >= 0 else NONE
        for x in (graph.a[r], graph.b[r], graph.c[r], *graph.more.get(r, ()))
    ]
    found = made.add(graph.op[r], a, b, c, graph.number[r], graph.scope[r])
    if more:
        made.more[found] = tuple(more)
    if r in graph.names:
        made.names[found] = graph.names[r]
    return found


show_source(__spec__)
