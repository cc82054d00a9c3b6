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
    rows = _Rows(_Reached(outputs + [v for v, _ in guards], inputs, begin), len(inputs))
    graph = rows.graph
    graph.outputs = [rows.of(v) for v in outputs]
    graph.guards = list(dict.fromkeys([(rows.of(v), outcome) for v, outcome in guards]))
    return graph, rows.externals


def _number_of(v: Value) -> int:
    return v._number


class _Reached:
    """What leads to some nodes, each by its place.

    Nodes that the function made have the places 0, 1 and so on, by their numbers. The k-th of the
    others, counted from 0, has the place -2 - k: the inputs first, then what was met.

    Attributes
    ----------
    begin : int
        Nodes with at least this number were made by the function.
    nodes : list of Value or None
        Those, by their places.
    a, b : array of int
        The places of their first two operands, or `NONE`.
    older : list of Value
        The others.
    most : int
        How many rows `nodes` need at most.
    """

    __slots__ = ("a", "b", "begin", "known", "most", "nodes", "older")

    def __init__(self, roots: list[Value], inputs: list[Value], begin: Whole) -> None:
        v: Value
        newest = begin - 1
        for v in roots:
            newest = max(newest, v._number)
        n = newest - begin + 1
        self.begin, self.most = begin, 0
        self.nodes: list[Value | None] = [None] * n
        self.a, self.b = array("i", [NONE]) * n, array("i", [NONE]) * n
        self.older = list(inputs)
        self.known = {v._number: k for k, v in enumerate(inputs)}
        for v in roots:
            self.place(v, NONE)
        self.meet_operands()

    def meet_operands(self) -> None:
        """Go through the nodes from the newest on, and find the places of their operands."""
        near_a = near_b = NONE  # the operands of the node before, if they are older
        for i in range(len(self.nodes) - 1, -1, -1):  # operands come before their results
            v = self.nodes[i]
            if v is None:
                continue
            # Two bounds, an exponent or a condition may need rows, too.
            self.most += 3 if v._opcode in (CLAMP, WHERE, INT_POWER, FLOAT_POWER) else 1
            if v._a is not None:
                self.a[i] = self.place(v._a, near_a)
                near_a = self.a[i] if self.a[i] < NONE else near_a
            if v._b is not None:
                self.b[i] = self.place(v._b, near_b)
                near_b = self.b[i] if self.b[i] < NONE else near_b
            if v._extra is not None and v._extra.operands:
                for operand in v._extra.operands:
                    self.place(operand, NONE)

    def place(self, v: Value, near: Whole) -> Whole:
        """Find the place of a node, or give it one.

        Parameters are often used in one order again and again: then what is looked for is the
        node after the older one at the place `near`, if there is one there.
        """
        number = v._number
        if number >= self.begin:
            self.nodes[number - self.begin] = v
            return number - self.begin
        k = -1 - near
        if k < len(self.older) and self.older[k] is v:
            return -2 - k
        k = self.known.setdefault(number, len(self.older))
        if k == len(self.older):
            self.older.append(v)
        return -2 - k


class _Rows:
    """The rows of a graph while they are being written."""

    def __init__(self, reached: _Reached, n_inputs: Whole) -> None:
        v: Value
        self.reached = reached
        older = reached.older
        graph = self.graph = Graph(n_inputs, len(older) - n_inputs)
        most = len(older) + reached.most
        for column in _COLUMNS:
            setattr(graph, column, array("i", [0]) * most)
        graph.number = array("d", [0.0]) * most
        self.op, self.a, self.b, self.c = graph.op, graph.a, graph.b, graph.c
        self.scope, self.number = graph.scope, graph.number
        self.count = 0
        self.row_of = array("i", [0]) * len(reached.nodes)
        self.row_of_older = array("i", [0]) * len(older)
        self.constants: dict[object, int] = {}
        self.externals = sorted(older[n_inputs:], key=_number_of)
        for v in older[:n_inputs] + self.externals:
            row = self.add(LEAF, NONE, NONE, NONE, v._data, v._scope)
            self.row_of_older[-2 - reached.place(v, NONE)] = row
            self.name(v, row)
        self.write_nodes()
        for column in (*_COLUMNS, "number"):
            setattr(graph, column, getattr(graph, column)[: self.count])

    def write_nodes(self) -> None:
        """Write the rows of all nodes that the function made."""
        reached = self.reached
        for i in range(len(reached.nodes)):
            v = reached.nodes[i]
            if v is not None:
                row = self.row_of[i] = self.write(v, reached.a[i], reached.b[i])
                if v._extra is not None:
                    self.name(v, row)

    def of(self, v: Value) -> Whole:
        """Find the row of a node."""
        return self.at(self.reached.place(v, NONE))

    def at(self, place: Whole) -> Whole:
        """Find the row of the node at a place."""
        if place == NONE:
            return NONE
        return self.row_of[place] if place >= 0 else self.row_of_older[-2 - place]

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

    def write(self, v: Value, place_a: Whole, place_b: Whole) -> Whole:
        """Write the row of a node, and before it those of its constants."""
        opcode = v._opcode
        scope = v._scope
        if v._a is None:
            return self.constant(v._data, scope)
        if opcode in (TAKEN, EXAMPLES) or opcode >= _OWN:
            return self.write_many(v, place_a, place_b)
        a, b, c = self.at(place_a), self.at(place_b), NONE
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
        return self.add(opcode, a, b, c, v._da if opcode == PART else 0.0, scope)

    def write_many(self, v: Value, place_a: Whole, place_b: Whole) -> Whole:
        """Write the row of an operation with any number of operands."""
        opcode = v._opcode
        if opcode >= _OWN and by_opcode(opcode) is None:
            raise TraceError(
                f"the operation {op_of(opcode)!r} exists no more, so that a traced function "
                "can't perform it again: make it with gg.custom_op outside the function"
            )
        several = [place_a] if v._b is None else [place_a, place_b]
        if v._extra is not None:
            several += [self.reached.place(operand, NONE) for operand in v._extra.operands]
        rows = [self.at(place) for place in several]
        a = b = NONE
        if opcode == TAKEN:
            a = rows.pop(0)
        elif opcode != EXAMPLES:
            a = rows[0]
            b = rows[1] if len(rows) > 1 else NONE
        row = self.add(opcode, a, b, NONE, v._da if opcode == EXAMPLES else 0.0, v._scope)
        self.graph.more[row] = tuple(rows)
        return row


show_source(__spec__)
