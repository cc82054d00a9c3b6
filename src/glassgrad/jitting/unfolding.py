"""A recorded graph as ordinary Values again: to draw it, or to differentiate it once more."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

import glassgrad.opcodes as codes
from glassgrad.copying import with_operands
from glassgrad.elementary import where
from glassgrad.engine import Value, constant, edges, restored, share_of
from glassgrad.graph import card_of
from glassgrad.jitting.axes import unrolled
from glassgrad.jitting.calls import Jitted
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.program import Lease
from glassgrad.modes import SCOPES, Mode, Scope
from glassgrad.taking import take


def opened(nodes: Iterable[Value]) -> dict[Value, Value]:
    """Perform the operations of all calls of traced functions among some nodes.

    They are computed from the numbers of the call, and hold the gradients of the last backward
    pass through it, as if the function had run as it is.

    Parameters
    ----------
    nodes : iterable of Value
        Operands first.

    Returns
    -------
    dict of Value to Value
        What takes the place of a call's results, and of the nodes that depend on them.
    """
    made: dict[Value, Value] = {}
    called: dict[Value, tuple[Graph, list[Value]]] = {}
    with Mode("recording", True), Mode("anomaly", False):
        for v in nodes:
            found = edges(v)
            operands = tuple([made.get(operand, operand) for operand, _ in found])
            if isinstance(v._extra, Lease):
                called[v] = _of_call(v._extra, operands)
            elif v._opcode == codes.RESULT and found[0][0] in called:
                made[v] = _result(v, *called[found[0][0]])
            elif any(operand in made for operand, _ in found):
                made[v] = with_operands(v, operands)
    return made


def shown(jitted: Jitted) -> list[Value]:
    """Perform the program of a traced function, with the arguments it was traced with."""
    graph, externals = unrolled(jitted.graph), jitted._program().externals
    count = graph.n_inputs + graph.n_externals - len(externals)
    inputs = [Value(x, label=graph.names.get(i, "")) for i, x in enumerate(graph.number[:count])]
    leaves: list[Any] = [*inputs, *externals]
    numbers = [v.data for v in leaves]
    with Mode("recording", True), Mode("anomaly", False):
        rows = _linked(_unfolded(graph, numbers), leaves, {})
    return [rows[i] for i in graph.outputs]


def _of_call(lease: Lease, operands: tuple[Value, ...]) -> tuple[Graph, list[Value]]:
    """Perform the operations of a call; its operands may hold other numbers by now."""
    graph, places = unrolled(lease.program.graph), lease.program.places
    rows = _unfolded(graph, lease.inputs())
    leaves = [operands[place] if place >= 0 else None for place in places]
    return graph, _linked(rows, leaves, _gradients(rows, graph.outputs, lease.arrived()))


def _result(v: Value, graph: Graph, rows: list[Value]) -> Value:
    """Find the row of a result; what a function only hands through becomes a copy."""
    which = graph.outputs[int(v._db)]
    found = rows[which]
    if which < graph.n_inputs + graph.n_externals:
        return restored(
            v._data, v._grad, int(v._mark > 0), codes.COPY, v._scope, (found,), (1.0,), 0.0,
            v._extra,
        )  # fmt: skip
    if v.label:
        found.label = v.label
    return found


def _unfolded(graph: Graph, numbers: list[float]) -> list[Value]:
    """Perform the operations of a graph on these numbers: one Value for each row."""
    rows = [constant(x) for x in numbers]
    for row in range(len(numbers), len(graph)):
        with Scope(SCOPES[graph.scope[row]]):
            made = _perform(graph, row, rows)
        label = graph.names.get(row)
        if label and made._op:
            made.label = label
        rows.append(made)
    return rows


def _gradients(
    rows: list[Value], outputs: list[int], arrived: dict[int, float]
) -> dict[Value, float]:
    """Hand back through the rows of a call what arrived at its results."""
    received: dict[Value, float] = {}
    for which, grad in arrived.items():
        row = rows[outputs[which]]
        received[row] = received.get(row, -0.0) + grad
    for v in reversed(rows):
        if v in received:
            for operand, partial in edges(v):
                share = share_of(v, received[v], partial)
                received[operand] = received.get(operand, -0.0) + share
    return received


def _linked(
    rows: list[Value], leaves: list[Value | None], grads: dict[Value, float]
) -> list[Value]:
    """Make the rows again of leaves that may hold other numbers by now; None is a number."""
    made: dict[Value, Value] = {}
    for v, leaf in zip_longest(rows, leaves):
        operands = tuple([made[operand] for operand, _ in edges(v)])
        made[v] = with_operands(v, operands, grads.get(v)) if leaf is None else leaf
    return [made[v] for v in rows]


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
