"""Passes: from a graph to one with fewer rows that gives the same numbers.

What carries a gradient stays as it is, row by row, because the order in which gradients are summed
depends on it. Everything else may be computed in any way that gives the same bits.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from glassgrad.jitting.algebra import inlined, simplified
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.meanings import AT_RUN_TIME, WITHOUT_GRADIENT
from glassgrad.machine import show_source
from glassgrad.opcodes import (
    ADD,
    BOTH,
    CONSTANT,
    EITHER,
    EQ,
    FLOAT_POWER,
    INT_POWER,
    LEAF,
    MUL,
    POW,
    TAKEN,
)


def optimized(graph: Graph, wants: Sequence[bool], exact: bool = False) -> Graph:
    """Run all passes.

    Parameters
    ----------
    graph : Graph
    wants : sequence of bool
        For each input, whether it wants a gradient.
    exact : bool
        Whether every bit must be that of the eager engine.
    """
    graph = prepared(graph)
    graph = inlined(graph, carrying_of(graph, wants), exact)
    carrying = carrying_of(graph, wants)
    return alive(shared(simplified(graph, carrying), carrying))


def prepared(graph: Graph) -> Graph:
    """Copy a graph, and say in one way what can be said in two: powers and constants."""
    made = Graph(graph.n_inputs, graph.n_externals)
    made.op, made.a, made.b, made.c = graph.op[:], graph.a[:], graph.b[:], graph.c[:]
    made.number, made.scope = graph.number[:], graph.scope[:]
    made.more, made.names = dict(graph.more), dict(graph.names)
    made.outputs, made.guards = list(graph.outputs), list(graph.guards)
    op = made.op
    for r in range(graph.n_inputs + graph.n_externals, len(graph)):
        if op[r] == LEAF:
            op[r] = CONSTANT
        elif op[r] == INT_POWER or op[r] == FLOAT_POWER:
            op[r] = POW
    return made


def carrying_of(graph: Graph, wants: Sequence[bool]) -> array[int]:
    """Tell which rows carry a gradient: those that depend on something which wants one.

    Parameters
    ----------
    graph : Graph
    wants : sequence of bool
        For each input, whether it wants a gradient; Values from outside always do.

    Returns
    -------
    array of int
        1 for the rows that carry one, 0 for the others.
    """
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b = graph.op, graph.a, graph.b
    without = WITHOUT_GRADIENT
    carries = array("i", bytes(4 * n))
    marks = carries
    for r in range(given):
        marks[r] = 1 if r >= graph.n_inputs or wants[r] else 0
    for r in range(given, n):
        code = op[r]
        if code == TAKEN or code >= AT_RUN_TIME:
            for operand in graph.more[r]:
                if marks[operand]:
                    marks[r] = 1
        elif not without[code]:
            marks[r] = marks[a[r]]
            if b[r] >= 0 and marks[b[r]]:
                marks[r] = 1
    return carries


def shared(graph: Graph, carrying: array[int]) -> Graph:  # noqa: PLR0912
    """Compute once what is computed twice, where no gradient is involved.

    Operations made at run time are called as often as before. The graph is changed in place; the
    rows that are no longer used are for `alive` to remove.
    """
    n = len(graph)
    op, a, b, c, number = graph.op, graph.a, graph.b, graph.c, graph.number
    marks = carrying
    size = 1
    while size < 2 * n:
        size *= 2
    rows = array("i", bytes(4 * size))  # plus one, found by the hash of what they are
    same = array("i", bytes(4 * n))
    for r in range(n):
        same[r] = r
    numbers: dict[str, int] = {}
    for r in range(graph.n_inputs + graph.n_externals, n):
        code = op[r]
        if code == CONSTANT:
            same[r] = numbers.setdefault(repr(number[r]), r)
            continue
        x, y, z = a[r], b[r], c[r]
        if x >= 0:
            x = a[r] = same[x]
        if y >= 0:
            y = b[r] = same[y]
        if z >= 0:
            z = c[r] = same[z]
        if code == TAKEN or code >= AT_RUN_TIME:
            graph.more[r] = tuple([same[operand] for operand in graph.more[r]])
            continue
        if marks[r]:
            continue
        either_way = code in (ADD, MUL, EQ, BOTH, EITHER)
        if either_way and x > y:
            x, y = y, x
        place = x + 1
        place = place * 0x1E3779B1 + y + 1
        place = place * 0x45EBCA77 + z + 1
        place = place * 0x42B2AE3D + code
        place = (place ^ (place >> 21)) & (size - 1)
        while rows[place]:
            s = rows[place] - 1
            alike = a[s] == x and b[s] == y
            if either_way and a[s] == y and b[s] == x:
                alike = True
            if alike and c[s] == z and op[s] == code:
                same[r] = s
                break
            place = (place + 1) & (size - 1)
        else:
            rows[place] = r + 1
    graph.outputs = [same[r] for r in graph.outputs]
    graph.guards = [(same[r], outcome) for r, outcome in graph.guards]
    return graph


def alive(graph: Graph) -> Graph:  # noqa: PLR0912
    """Leave out the rows on which neither a result nor a guard depends, except what is given."""
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b, c = graph.op, graph.a, graph.b, graph.c
    goes = array("i", bytes(4 * n))  # first whether a row is needed, then where it goes
    for r in graph.outputs:
        goes[r] = 1
    for r, _ in graph.guards:
        goes[r] = 1
    count = given
    for r in range(n - 1, given - 1, -1):
        if goes[r]:
            count += 1
            if a[r] >= 0:
                goes[a[r]] = 1
            if b[r] >= 0:
                goes[b[r]] = 1
            if c[r] >= 0:
                goes[c[r]] = 1
            if op[r] == TAKEN or op[r] >= AT_RUN_TIME:
                for operand in graph.more[r]:
                    goes[operand] = 1
    if count == n:
        return graph
    made = Graph(graph.n_inputs, graph.n_externals)
    made.op, made.a, made.b, made.c, made.scope = [
        array("i", bytes(4 * count)) for _ in range(5)
    ]
    made.number = array("d", bytes(8 * count))
    new_op, new_a, new_b, new_c, new_scope = made.op, made.a, made.b, made.c, made.scope
    number, new_number, scope = graph.number, made.number, graph.scope
    top = 0
    for r in range(n):
        if r >= given and not goes[r]:
            continue
        new_op[top] = op[r]
        new_a[top] = goes[a[r]] if a[r] >= 0 else -1
        new_b[top] = goes[b[r]] if b[r] >= 0 else -1
        new_c[top] = goes[c[r]] if c[r] >= 0 else -1
        new_number[top], new_scope[top] = number[r], scope[r]
        if r >= given and (op[r] == TAKEN or op[r] >= AT_RUN_TIME):
            made.more[top] = tuple([goes[operand] for operand in graph.more[r]])
        goes[r] = top
        top += 1
    made.names = {goes[r]: name for r, name in graph.names.items() if r < given or goes[r]}
    made.outputs = [goes[r] for r in graph.outputs]
    made.guards = [(goes[r], outcome) for r, outcome in graph.guards]
    return made


show_source(__spec__)
