"""Rows that can be known, spared or taken apart, without a change of any bit."""

from __future__ import annotations

import math
from array import array

from glassgrad.custom import CustomOp
from glassgrad.expr import NUMBER, PI, SYMBOL, Expr, operands_first
from glassgrad.jitting.arithmetic import floats
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.meanings import AT_RUN_TIME
from glassgrad.machine import show_source
from glassgrad.opcodes import (
    ADD,
    BOTH,
    CONSTANT,
    COPY,
    DETACHED,
    DIV,
    EITHER,
    EQ,
    EXAMPLES,
    LE,
    LT,
    MUL,
    NEG,
    PART,
    POW,
    RECIPROCAL,
    SHARE,
    SQUARE,
    SUB,
    TAKEN,
    WHERE,
)
from glassgrad.ops import TABLE, by_opcode


def simplified(graph: Graph, carrying: array[int]) -> Graph:  # noqa: PLR0912
    """Compute what is constant, and leave out what changes nothing, such as a factor 1.

    Only rows that carry no gradient are changed, in place; those that are no longer used are for
    `alive` to remove. Guards of what is constant go.
    """
    n = len(graph)
    op, a, b, c, number = graph.op, graph.a, graph.b, graph.c, graph.number
    marks = carrying
    same = array("i", [0]) * n
    for r in range(n):
        same[r] = r
    for r in range(graph.n_inputs + graph.n_externals, n):
        code = op[r]
        if code == CONSTANT:
            continue
        if a[r] >= 0:
            a[r] = same[a[r]]
        if b[r] >= 0:
            b[r] = same[b[r]]
        if c[r] >= 0:
            c[r] = same[c[r]]
        if code in (TAKEN, EXAMPLES) or code >= AT_RUN_TIME:
            graph.more[r] = tuple([same[operand] for operand in graph.more[r]])
        if marks[r] or code in (EXAMPLES, PART) or code >= AT_RUN_TIME:
            continue
        known = 0
        if op[a[r]] == CONSTANT:
            known = 1
        if b[r] >= 0 and op[b[r]] == CONSTANT:
            known += 2
        if c[r] >= 0 and op[c[r]] == CONSTANT:
            known += 4
        if known in (1, 2) and code in (ADD, SUB, MUL, DIV):
            factor = number[a[r]] if known == 1 else number[b[r]]
            if factor not in (0.0, 1.0, -1.0):
                continue  # the usual case, decided quickly
        if known or code in (NEG, COPY, DETACHED):
            same[r] = _spared(graph, r, known, carrying)
    graph.outputs = [same[r] for r in graph.outputs]
    graph.guards = [
        (same[r], outcome)
        for r, outcome in graph.guards
        if op[same[r]] != CONSTANT or (number[same[r]] != 0.0) != outcome
    ]
    return graph


def _spared(graph: Graph, r: int, known: int, carrying: array[int]) -> int:  # noqa: PLR0911
    """Find the row that a row is as good as; the row itself may become a simpler one.

    `known` tells which operands are constant: 1 the first, plus 2 the second, plus 4 the third.
    """
    op, number = graph.op[r], graph.number
    x, y, z = graph.a[r], graph.b[r], graph.c[r]
    if known == (1 if y < 0 else 3 if z < 0 else 7) and op != TAKEN:
        operands = [number[row] for row in (x, y, z) if row >= 0]
        return _become_constant(graph, r, floats().compute[op](*operands))
    if op == COPY or (op == DETACHED and not carrying[x]):
        return x
    if op == NEG:
        return graph.a[x] if graph.op[x] == NEG else r
    if op == WHERE:
        return r if known < 4 else x if number[z] != 0.0 else y
    if op == TAKEN:
        rows = graph.more[r]
        return rows[int(number[x])] if number[x] in range(len(rows)) else r
    if known == 1 and op in (ADD, MUL, SHARE):
        return y if _is_neutral(op, number[x]) else _negated(graph, r, op, number[x], y)
    if known == 2 and op in (ADD, SUB, MUL, SHARE, DIV, POW):
        if _is_neutral(op, number[y]):
            return x
        if op == POW and number[y] == 0.0:
            return _become_constant(graph, r, 1.0)
        if op == POW and number[y] in _POWERS:
            graph.op[r], graph.b[r] = _POWERS[number[y]], NONE
        return _negated(graph, r, op, number[y], x)
    return r


#: Powers that are computed as something simpler, see `glassgrad.ieee.pow`.
_POWERS = {2.0: SQUARE, -1.0: RECIPROCAL}


def _is_neutral(op: int, number: float) -> bool:
    """Tell whether a constant operand changes nothing: 0.0 + -0.0 is 0.0, so 0.0 is not."""
    if op == ADD:
        return number == 0.0 and math.copysign(1.0, number) < 0.0
    if op == SUB:
        return number == 0.0 and math.copysign(1.0, number) > 0.0
    return number == 1.0


def _negated(graph: Graph, r: int, op: int, number: float, x: int) -> int:
    """Turn the sign around, where a constant factor does nothing else."""
    if op in (MUL, SHARE, DIV) and number == -1.0:
        graph.op[r], graph.a[r], graph.b[r] = NEG, x, NONE
    elif op == SHARE and number != 0.0 and graph.a[r] == x:
        graph.op[r] = MUL
    return r


def _become_constant(graph: Graph, r: int, number: float) -> int:
    graph.op[r], graph.number[r] = CONSTANT, number
    graph.a[r] = graph.b[r] = graph.c[r] = NONE
    return r


# ------------------------------------------------------------------ operations made at run time


def inlined(graph: Graph, carrying: array[int], exact: bool) -> Graph:
    """Write out operations made at run time that could be read, where no gradient is involved.

    Python computes ``x ** y`` with another function than glassgrad does, so with `exact` an
    operation that has a power in it is called.
    """
    own = [r for r in graph.more if graph.op[r] >= AT_RUN_TIME and not carrying[r]]
    found = {op: _readable(op, exact) for op in {graph.op[r] for r in own}}
    wanted = sorted(r for r in own if found[graph.op[r]])
    if not wanted:
        return graph
    made = Graph(graph.n_inputs, graph.n_externals)
    place = array("i", [NONE]) * len(graph)
    todo = iter([*wanted, NONE])
    following = next(todo)
    for r in range(len(graph)):
        if r == following:
            card = found[graph.op[r]]
            assert card is not None
            operands = [place[operand] for operand in graph.more[r]]
            place[r] = _written_out(made, card, operands, graph.scope[r])
            following = next(todo)
        else:
            a, b, c = (place[x] if x >= 0 else NONE for x in (graph.a[r], graph.b[r], graph.c[r]))
            place[r] = made.add(graph.op[r], a, b, c, graph.number[r], graph.scope[r])
            if r in graph.more:
                made.more[place[r]] = tuple(place[operand] for operand in graph.more[r])
    made.names = {place[r]: name for r, name in graph.names.items()}
    made.outputs = [place[r] for r in graph.outputs]
    made.guards = [(place[r], outcome) for r, outcome in graph.guards]
    return made


def _readable(op: int, exact: bool) -> CustomOp | None:
    """Find the card of an operation made at run time, if it can be written out."""
    card = by_opcode(op)
    if not isinstance(card, CustomOp) or card.opaque:
        return None
    return None if exact and any(e.op == "pow" for e in operands_first(card.compute_expr)) else card


_COMPARISONS = {"lt": LT, "le": LE, "gt": LT, "ge": LE, "eq": EQ, "and": BOTH, "or": EITHER}


def _written_out(graph: Graph, card: CustomOp, operands: list[int], scope: int) -> int:
    """Add the rows of an operation's formula."""
    rows: dict[Expr, int] = dict(zip(card.symbols, operands, strict=True))
    for e in operands_first(card.compute_expr):
        if e.op == SYMBOL:
            continue
        args = [rows[arg] for arg in e.args]
        if e.op in (NUMBER, PI):
            number = math.pi if e.op == PI else e.number
            rows[e] = graph.add(CONSTANT, number=number, scope=scope)
        elif e.op in _COMPARISONS:
            x, y = reversed(args) if e.op in ("gt", "ge") else args
            rows[e] = graph.add(_COMPARISONS[e.op], x, y, scope=scope)
        else:
            called = TABLE[e.op]
            ordered = args[called.conditions :] + args[: called.conditions]
            rows[e] = graph.add(called.opcode, *ordered)
            graph.scope[rows[e]] = scope
    return rows[card.compute_expr]


show_source(__spec__)
