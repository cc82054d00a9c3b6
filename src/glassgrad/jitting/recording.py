"""What a traced function did, read from its nodes into the rows of a graph.

Compiled with the engine, with the types in ``recording.pxd``. A node is found by its number: no
two have the same, and operands have smaller ones than their results, so that a list with a place
for each number is in the order of creation.
"""

from __future__ import annotations

from array import array

from glassgrad.engine import Value
from glassgrad.errors import TraceError
from glassgrad.graph import refuse_opaque
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.machine import show_source
from glassgrad.opcodes import (
    CLAMP,
    CONSTANT,
    EXAMPLES,
    FLOAT_POWER,
    INT_POWER,
    LEAF,
    OP_NAMES,
    OPAQUE,
    PART,
    TAKEN,
    WHERE,
)  # fmt: skip
from glassgrad.ops import by_opcode, op_of

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from typing import TypeAlias

    Whole: TypeAlias = int
    Nodes: TypeAlias = "list[Value]"
    Found: TypeAlias = "tuple[list[Value | None], list[Value]]"

#: From here on, opcodes are those of operations made at run time.
_OWN = len(OP_NAMES)

_COLUMNS = ("op", "a", "b", "c", "scope")


def record(
    outputs: list[Value], guards: list[tuple[Value, bool]], inputs: list[Value], begin: Whole
) -> tuple[Graph, list[Value]]:
    """Make the graph of what leads to the outputs and to the guards.

    Parameters
    ----------
    outputs : list of Value
        What the function returned.
    guards : list of (Value, bool)
        Truths, in order, and how they turned out.
    inputs : list of Value
        What stood for its arguments; they are older than what it made.
    begin : int
        Nodes with at least this number were made by the function.

    Returns
    -------
    graph : Graph
        A constant has a row for each number, not for each use.
    externals : list of Value
        The older Values that the function reads, in the order of creation.

    Raises
    ------
    TraceError
        If an operation of one's own is gone, so that nobody could perform it again.
    NoRuleError
        If a node was made by hand.
    """
    nodes, older = _reached(outputs + [v for v, _ in guards], inputs, begin)
    externals = sorted(older, key=_number_of)
    rows = _Rows(inputs, externals, nodes, begin)
    graph = rows.graph
    graph.outputs = [rows.of(v) for v in outputs]
    graph.guards = list(dict.fromkeys([(rows.of(v), outcome) for v, outcome in guards]))
    return graph, externals


def _number_of(v: Value) -> int:
    return v._number


def _reached(roots: Nodes, inputs: Nodes, begin: Whole) -> Found:
    """List what leads to the roots by its number, counted from `begin`, and all that is older."""
    newest = begin - 1
    v: Value
    for v in roots:
        newest = max(newest, v._number)
    nodes: list[Value | None] = [None] * (newest - begin + 1)
    seen = {v._number for v in inputs}
    older: list[Value] = []
    stack = list(roots)
    while stack:
        v = stack.pop()
        number = v._number
        if number < begin:
            if number not in seen:
                seen.add(number)
                older.append(v)
        elif nodes[number - begin] is None:
            nodes[number - begin] = v
            if v._a is not None:
                stack.append(v._a)
            if v._b is not None:
                stack.append(v._b)
            if v._extra is not None and v._extra.operands:
                stack.extend(v._extra.operands)
    return nodes, older


class _Rows:
    """The rows of a graph while they are being written."""

    def __init__(
        self, inputs: list[Value], externals: list[Value], nodes: list[Value | None], begin: Whole
    ) -> None:
        graph = self.graph = Graph(len(inputs), len(externals))
        most = len(inputs) + len(externals)
        v: Value
        for v in nodes:  # type: ignore[assignment]
            if v is not None:  # it may need rows for two bounds, an exponent or a condition
                most += 1 if v._a is None or v._opcode > CLAMP else 3
        for column in _COLUMNS:
            setattr(graph, column, array("i", bytes(4 * most)))
        graph.number = array("d", bytes(8 * most))
        self.op, self.a, self.b, self.c = graph.op, graph.a, graph.b, graph.c
        self.scope, self.number = graph.scope, graph.number
        self.count = 0
        self.begin = begin
        self.row_of = array("i", bytes(4 * len(nodes)))
        self.outside: dict[int, int] = {}
        self.constants: dict[object, int] = {}
        for v in inputs + externals:
            self.outside[v._number] = self.add(LEAF, NONE, NONE, NONE, v._data, v._scope)
            self.name(v, self.outside[v._number])
        for v in nodes:  # type: ignore[assignment]
            if v is not None:
                row = self.write(v)
                self.row_of[v._number - self.begin] = row
                if v._extra is not None:
                    self.name(v, row)
        for column in (*_COLUMNS, "number"):
            setattr(graph, column, getattr(graph, column)[: self.count])

    def of(self, v: Value) -> Whole:
        """Find the row of a node."""
        number = v._number
        return self.outside[number] if number < self.begin else self.row_of[number - self.begin]

    def name(self, v: Value, row: Whole) -> None:
        """Note the label of a node."""
        if v.label:
            self.graph.names.setdefault(row, v.label)

    def add(self, op: Whole, a: Whole, b: Whole, c: Whole, number: float, scope: Whole) -> Whole:
        """Write a row, and tell which one it is."""
        row = self.count
        self.op[row] = op
        self.a[row] = a
        self.b[row] = b
        self.c[row] = c
        self.number[row] = number
        self.scope[row] = scope
        self.count = row + 1
        return row

    def constant(self, number: float, scope: Whole) -> Whole:
        """Find the row of a constant, or write it; 0.0 and -0.0 are two, and nan is one."""
        key: object = number if number == number and number != 0.0 else repr(number)
        found = self.constants.get(key)
        if found is None:
            found = self.add(CONSTANT, NONE, NONE, NONE, number, scope)
            self.constants[key] = found
        return found

    def write(self, v: Value) -> Whole:
        """Write the row of a node, and before it those of its constants."""
        opcode = v._opcode
        scope = v._scope
        if v._a is None:
            return self.constant(v._data, scope)
        a = self.of(v._a)
        b = NONE if v._b is None else self.of(v._b)
        c = NONE
        more: list[int] = []
        if opcode in (INT_POWER, FLOAT_POWER):
            b = self.constant(v._db, scope)
        elif opcode == OPAQUE:
            refuse_opaque(v)
        elif opcode == CLAMP:
            low, high = v._extra.constants  # type: ignore[union-attr]
            b = self.constant(low, scope)
            c = self.constant(high, scope)
        elif opcode == WHERE:
            c = self.constant(v._da, scope)
            if v._extra is not None and v._extra.operands:
                c = self.of(v._extra.operands[0])
        elif opcode in (TAKEN, EXAMPLES) or opcode >= _OWN:
            if opcode >= _OWN and by_opcode(opcode) is None:
                raise TraceError(
                    f"the operation {op_of(opcode)!r} exists no more, so that a traced function "
                    "can't perform it again: make it with gg.custom_op outside the function"
                )
            more = [] if opcode == TAKEN else [a]
            if v._b is not None:
                more.append(b)
            if v._extra is not None:
                more += [self.of(operand) for operand in v._extra.operands]
            if opcode < _OWN:
                a, b = a if opcode == TAKEN else NONE, NONE
        number = v._da if opcode in (EXAMPLES, PART) else 0.0
        row = self.add(opcode, a, b, c, number, scope)
        if more:
            self.graph.more[row] = tuple(more)
        return row


show_source(__spec__)
