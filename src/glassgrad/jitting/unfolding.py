"""A recorded graph as ordinary Values again: to draw it, or to differentiate it once more."""

from __future__ import annotations

from typing import Any

import glassgrad.opcodes as codes
from glassgrad.copying import with_operands
from glassgrad.elementary import where
from glassgrad.engine import Value, constant, edges
from glassgrad.graph import ancestors, card_of
from glassgrad.jitting.calls import Jitted
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.program import Lease
from glassgrad.modes import SCOPES, Scope
from glassgrad.taking import take


def unfolded(graph: Graph, leaves: list[Value]) -> list[Value]:
    """Perform the operations of a graph on Values.

    Parameters
    ----------
    graph : Graph
    leaves : list of Value
        For its first rows: inputs and Values from outside.

    Returns
    -------
    list of Value
        One for each row.
    """
    rows: list[Value] = list(leaves)
    for row in range(len(leaves), len(graph)):
        with Scope(SCOPES[graph.scope[row]]):
            made = _perform(graph, row, rows)
        label = graph.names.get(row)
        if label and made._op:
            made.label = label
        rows.append(made)
    return rows


def shown(jitted: Jitted) -> list[Value]:
    """Perform the program of a traced function with the numbers it was traced with."""
    graph = jitted.graph
    count = graph.n_inputs + graph.n_externals
    leaves = [Value(graph.number[i], label=graph.names.get(i, "")) for i in range(count)]
    rows = unfolded(graph, leaves)
    return [rows[i] for i in graph.outputs]


def opened(*roots: Value) -> list[Value]:
    """Put the operations of its program in the place of each call of a traced function.

    Returns
    -------
    list of Value
        The roots, made anew where they depend on such a call.
    """
    made: dict[Value, Value] = {}
    rows: dict[Value, list[Value]] = {}
    for v in ancestors(*roots):
        found = edges(v)
        operands = tuple([made.get(operand, operand) for operand, _ in found])
        if isinstance(v._extra, Lease):
            rows[v] = unfolded(v._extra.program.graph, v._extra.leaves(operands))
        elif v._opcode == codes.RESULT and found[0][0] in rows:
            called = found[0][0]
            lease: Any = called._extra
            made[v] = rows[called][lease.program.graph.outputs[int(v._db)]]
        elif any(operand in made for operand, _ in found):
            made[v] = with_operands(v, operands)
    return [made.get(root, root) for root in roots]


def _perform(graph: Graph, row: int, rows: list[Value]) -> Value:  # noqa: PLR0911
    op = graph.op[row]
    operands = [rows[i] for i in (graph.a[row], graph.b[row], graph.c[row]) if i != NONE]
    if op == codes.CONSTANT:
        return constant(graph.number[row])
    if op == codes.COPY:
        return Value(operands[0])
    if op == codes.DETACHED:
        return operands[0].detach()
    if op in _TRUTHS:
        return constant(float(_TRUTHS[op](*(v.data for v in operands))))
    if op == codes.INT_POWER:
        return operands[0] ** int(operands[1].data)
    if op == codes.FLOAT_POWER:
        return operands[0] ** operands[1].data
    if op == codes.WHERE:
        first, second, condition = operands
        return _value(where(condition.data != 0.0, first, second))
    if op == codes.CLAMP:
        return operands[0].clamp(operands[1].data, operands[2].data)
    if op == codes.SHARE:
        share = operands[0] * operands[1]
        return constant(0.0) if share.data != share.data and operands[1].data == 0.0 else share
    if op == codes.TAKEN:
        return _value(take([rows[i] for i in graph.more[row]], int(operands[0].data)))
    card: Any = card_of(op)
    return _value(card(*([rows[i] for i in graph.more[row]] if row in graph.more else operands)))


def _value(x: Any) -> Value:
    return x if type(x) is Value else constant(x)


_TRUTHS: dict[int, Any] = {
    codes.LT: lambda a, b: a < b,
    codes.LE: lambda a, b: a <= b,
    codes.EQ: lambda a, b: a == b,
    codes.BOTH: lambda a, b: a != 0.0 and b != 0.0,
    codes.EITHER: lambda a, b: a != 0.0 or b != 0.0,
}
