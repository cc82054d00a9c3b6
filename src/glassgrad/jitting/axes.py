"""Axes: rows of a graph that stand for n rows each, one for each example of `gg.vmap`.

`gg.vmap` traces one example. What it passes to the function are ``examples`` nodes, each of which
stands for n nodes of equal meaning, and of what the function returns it makes ``part`` nodes, one
for each example. What lies between, and depends on an ``examples`` node, is on the axis, and stands
for n operations; everything else is done once. A truth that is on an axis can't decide an `if`.
"""

from __future__ import annotations

from array import array

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.machine import show_source
from glassgrad.opcodes import EXAMPLES, PART


def axes_of(graph: Graph) -> array[int]:
    """Tell which axis each row is on; 0 stands for none."""
    n = len(graph)
    op, a, b, c, more = graph.op, graph.a, graph.b, graph.c, graph.more
    found = array("i", bytes(4 * n))
    axis = found
    for r in range(n):
        if op[r] == EXAMPLES:
            axis[r] = int(graph.number[r])
        elif op[r] != PART:
            if a[r] >= 0:
                axis[r] = axis[a[r]]
            if b[r] >= 0 and axis[b[r]]:
                axis[r] = axis[b[r]]
            if c[r] >= 0 and axis[c[r]]:
                axis[r] = axis[c[r]]
            if more and r in more:
                axis[r] = max([axis[r], *[axis[x] for x in more[r]]])
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
    axis = axes_of(graph)
    if any(axis[r] for r in graph.outputs):
        return False
    depends = set()
    for r in range(len(graph)):
        operands = [x for x in (graph.a[r], graph.b[r], graph.c[r]) if x >= 0]
        operands += graph.more.get(r, ())
        on = 0 if graph.op[r] == EXAMPLES else axis[r]
        if graph.op[r] == PART:
            on = int(graph.number[r])
        for x in operands:
            if axis[x] not in (0, on):
                return False
            if x in depends:
                depends.add(r)
        if graph.op[r] == EXAMPLES:
            depends.add(r)
    return not any(r in depends for r, _ in graph.guards)


def unrolled(graph: Graph) -> Graph:
    """Make a graph of the same meaning without axes: n rows for each row that is on one."""
    axis = axes_of(graph)
    if EXAMPLES not in graph.op and PART not in graph.op:
        return graph
    made = Graph(graph.n_inputs, graph.n_externals)
    copies: list[list[int]] = []  # of each row; a row that is on no axis has one
    counts = {int(graph.number[r]): len(graph.more[r]) for r in graph.more if axis[r]}
    waiting: dict[int, list[int]] = {}
    for r in range(len(graph)):
        copies.append([])
        if axis[r]:
            waiting.setdefault(axis[r], []).append(r)  # until all of an example are known
            continue
        if graph.op[r] == PART:
            which = int(graph.number[r])
            for k in range(counts.get(which, 0)):
                for row in waiting.get(which, ()):
                    copies[row].append(_copy(graph, made, copies, row, k))
            waiting.pop(which, None)
            several = copies[graph.a[r]]
            copies[r].append(several[int(graph.number[graph.b[r]]) if len(several) > 1 else 0])
        else:
            copies[r].append(_copy(graph, made, copies, r, 0))
    made.outputs = [copies[r][0] for r in graph.outputs]
    made.guards = [(copies[r][0], outcome) for r, outcome in graph.guards]
    return made


def _copy(graph: Graph, made: Graph, copies: list[list[int]], r: int, k: int) -> int:
    """Write the row for example k, and tell which one it is."""
    if graph.op[r] == EXAMPLES:
        return copies[graph.more[r][k]][0]
    a, b, c, *more = [
        copies[x][k if len(copies[x]) > 1 else 0] if x >= 0 else NONE
        for x in (graph.a[r], graph.b[r], graph.c[r], *graph.more.get(r, ()))
    ]
    found = made.add(graph.op[r], a, b, c, graph.number[r], graph.scope[r])
    if more:
        made.more[found] = tuple(more)
    if r in graph.names:
        made.names[found] = graph.names[r]
    return found


show_source(__spec__)
