"""Passes: from a graph to one with fewer rows that gives the same numbers.

What carries a gradient stays as it is, row by row, because the order in which gradients are summed
depends on it. Everything else may be computed in any way that gives the same bits.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from glassgrad.jitting.algebra import inlined, simplified
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.meanings import AT_RUN_TIME, PARTIALS, WITHOUT_GRADIENT
from glassgrad.machine import show_source
from glassgrad.opcodes import (
    ADD,
    BOTH,
    CONSTANT,
    COPY,
    EITHER,
    EQ,
    EXAMPLES,
    FLOAT_POWER,
    INT_POWER,
    LEAF,
    MUL,
    PART,
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
        if code in (TAKEN, EXAMPLES) or code >= AT_RUN_TIME:
            for operand in graph.more[r]:
                if marks[operand]:
                    marks[r] = 1
        elif not without[code]:
            marks[r] = marks[a[r]]
            if b[r] >= 0 and marks[b[r]]:
                marks[r] = 1
    return carries


def receiving(graph: Graph, carrying: array[int]) -> array[int]:
    """Tell which rows receive a gradient if all results have one.

    A row on which only truths or detached values depend carries one that never comes.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    """
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b, marks = graph.op, graph.a, graph.b, carrying
    partials = PARTIALS
    receives = array("i", bytes(4 * n))
    found = receives
    for r in graph.outputs:
        found[r] = 1
    for r in range(n - 1, given - 1, -1):
        if not found[r] or not marks[r]:
            found[r] = 0
        elif op[r] in (TAKEN, EXAMPLES) or op[r] >= AT_RUN_TIME:
            for operand in graph.more[r]:
                found[operand] = 1
        elif op[r] == PART:
            found[a[r]] = 1
        else:
            if partials[op[r]] > 0:
                found[a[r]] = 1
            if partials[op[r]] > 1:
                found[b[r]] = 1
    for r in range(given):
        found[r] = marks[r]
    return receives


def alike(graph: Graph) -> array[int]:  # noqa: PLR0912
    """Find for each row the first that has the same number, whatever is passed in.

    Either both carry a gradient or neither does. What is taken by an index, what an axis begins
    and ends with, and operations made at run time, are like no others.
    """
    n = len(graph)
    op, a, b, c, number = graph.op, graph.a, graph.b, graph.c, graph.number
    size = 1
    while size < 2 * n:
        size *= 2
    rows = array("i", bytes(4 * size))  # plus one, found by the hash of what they are
    found = array("i", bytes(4 * n))
    first = found
    for r in range(n):
        first[r] = r
    # The operands of the rows that are first, each the first of its kind, in an order of ours.
    left, right, third = [array("i", bytes(4 * n)) for _ in range(3)]
    numbers: dict[str, int] = {}
    for r in range(graph.n_inputs + graph.n_externals, n):
        code = op[r]
        if code == CONSTANT:
            first[r] = numbers.setdefault(repr(number[r]), r)
            continue
        if code in (TAKEN, EXAMPLES, PART) or code >= AT_RUN_TIME:
            continue
        x, y, z = a[r], b[r], c[r]
        if x >= 0:
            x = first[x]
        if y >= 0:
            y = first[y]
        if z >= 0:
            z = first[z]
        if code == COPY:
            first[r] = x
            continue
        if code in (ADD, MUL, EQ, BOTH, EITHER) and x > y:
            x, y = y, x
        place = x + 1
        place = place * 0x1E3779B1 + y + 1
        place = place * 0x45EBCA77 + z + 1
        place = place * 0x42B2AE3D + code
        place = (place ^ (place >> 21)) & (size - 1)
        while rows[place]:
            s = rows[place] - 1
            if left[s] == x and right[s] == y and third[s] == z and op[s] == code:
                first[r] = s
                break
            place = (place + 1) & (size - 1)
        else:
            rows[place] = r + 1
            left[r], right[r], third[r] = x, y, z
    return found


def shared(graph: Graph, carrying: array[int]) -> Graph:
    """Compute once what is computed twice, where no gradient is involved.

    Operations made at run time are called as often as before. The graph is changed in place; the
    rows that are no longer used are for `alive` to remove.
    """
    n = len(graph)
    a, b, c = graph.a, graph.b, graph.c
    marks, same = carrying, alike(graph)
    goes = same
    for r in range(n):
        if marks[r]:
            goes[r] = r
    for r in range(n):
        if a[r] >= 0:
            a[r] = goes[a[r]]
        if b[r] >= 0:
            b[r] = goes[b[r]]
        if c[r] >= 0:
            c[r] = goes[c[r]]
    graph.more = {r: tuple([same[x] for x in operands]) for r, operands in graph.more.items()}
    graph.outputs = [same[r] for r in graph.outputs]
    graph.guards = [(same[r], outcome) for r, outcome in graph.guards]
    return graph


def alive(graph: Graph) -> Graph:
    """Leave out the rows on which neither a result nor a guard depends, except what is given."""
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b, c = graph.op, graph.a, graph.b, graph.c
    marks = array("i", bytes(4 * n))
    needed = marks
    for r in graph.outputs:
        needed[r] = 1
    for r, _ in graph.guards:
        needed[r] = 1
    for r in range(n - 1, given - 1, -1):
        if needed[r]:
            if a[r] >= 0:
                needed[a[r]] = 1
            if b[r] >= 0:
                needed[b[r]] = 1
            if c[r] >= 0:
                needed[c[r]] = 1
            if op[r] in (TAKEN, EXAMPLES) or op[r] >= AT_RUN_TIME:
                for operand in graph.more[r]:
                    needed[operand] = 1
    rows = array("i", bytes(4 * n))
    order = rows
    top = 0
    for r in range(n):
        if r < given or needed[r]:
            order[top] = r
            top += 1
    return graph if top == n else reordered(graph, rows[:top])


def reordered(graph: Graph, rows: array[int]) -> Graph:
    """Write rows of a graph in another order, in which operands come first."""
    count = len(rows)
    order = rows
    op, a, b, c, number = graph.op, graph.a, graph.b, graph.c, graph.number
    places = array("i", [-1]) * len(graph)
    goes = places
    made = Graph(graph.n_inputs, graph.n_externals)
    made.op, made.a, made.b, made.c, made.scope = [
        array("i", bytes(4 * count)) for _ in range(5)
    ]
    made.number = array("d", bytes(8 * count))
    new_op, new_a, new_b, new_c, new_scope = made.op, made.a, made.b, made.c, made.scope
    new_number, scope = made.number, graph.scope
    for top in range(count):
        r = order[top]
        goes[r] = top
        new_op[top] = op[r]
        new_a[top] = goes[a[r]] if a[r] >= 0 else -1
        new_b[top] = goes[b[r]] if b[r] >= 0 else -1
        new_c[top] = goes[c[r]] if c[r] >= 0 else -1
        new_number[top], new_scope[top] = number[r], scope[r]
        if op[r] in (TAKEN, EXAMPLES) or op[r] >= AT_RUN_TIME:
            made.more[top] = tuple([goes[operand] for operand in graph.more[r]])
    made.names = {goes[r]: name for r, name in graph.names.items() if goes[r] >= 0}
    made.outputs = [goes[r] for r in graph.outputs]
    made.guards = [(goes[r], outcome) for r, outcome in graph.guards]
    return made


def uses_of(graph: Graph, carrying: array[int], receives: array[int]) -> array[int]:
    """Count for each row how often it is used where a gradient comes back, or returned.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    receives : array of int
        1 for rows that receive one, if all results have one: see `receiving`.
    """
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b = graph.op, graph.a, graph.b
    partials, marks, arrives = PARTIALS, carrying, receives
    counts = array("i", bytes(4 * n))
    found = counts
    for r in graph.outputs:
        found[r] += 1
    for r in range(given, n):
        if not (marks[r] and arrives[r]):
            continue
        if op[r] in (TAKEN, EXAMPLES) or op[r] >= AT_RUN_TIME:
            for operand in graph.more[r]:
                found[operand] += 1
        elif op[r] == PART:
            found[a[r]] += 1
        else:
            if partials[op[r]] > 0:
                found[a[r]] += 1
            if partials[op[r]] > 1:
                found[b[r]] += 1
    return counts


show_source(__spec__)
