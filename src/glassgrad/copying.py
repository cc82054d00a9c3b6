"""Copies and pickles of graphs of any depth, without recursion and with shared leaves shared.

Pickle and deepcopy visit an object's parts recursively, which a deep graph does not survive. So
a node is written as "number i of graph g", where g is one flat table of all inner nodes, and
only the leaves are visited one by one; they are what else may refer to, a model for example.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from glassgrad.engine import Extra, Value, edges
from glassgrad.graph import card_of
from glassgrad.modes import SCOPES, Scope
from glassgrad.ops import SPECIAL, TABLE, op_of, opcode_without_card

#: Who of the nodes that are being copied right now stands in which graph; the copier's memo keeps
#: a graph alive as long as it copies, and not longer.
_recorded: WeakValueDictionary[int, Recorded] = WeakValueDictionary()


class Recorded:
    """The inner nodes of one graph in order of creation, as one thing to be copied.

    Parameters
    ----------
    nodes : list of Value
        Operands first.
    """

    __slots__ = ("__weakref__", "nodes")

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[Callable[..., Recorded], tuple[Any, ...]]:
        index = {id(v): i for i, v in enumerate(self.nodes)}
        outside: list[Value] = []
        operands, counts = array("q"), array("q")
        partials, numbers = array("d"), array("d")
        marks = bytearray()
        words: dict[tuple[str, str, int], int] = {}
        kinds, extras = array("q"), []
        for i, v in enumerate(self.nodes):
            pairs = edges(v)
            counts.append(len(pairs))
            for operand, partial in pairs:
                if id(operand) not in index:
                    outside.append(operand)
                    index[id(operand)] = -len(outside)
                operands.append(index[id(operand)])
                partials.append(partial)
            numbers.extend((v._data, v._grad, v._db))
            marks.append(v._mark)
            kind = (_op_name(v._opcode), v._label, v._scope)
            kinds.append(words.setdefault(kind, len(words)))
            if v._extra is not None:
                extras.append((i, v._extra.constants, v._extra.name))
        table = [(op, label, SCOPES[scope]) for op, label, scope in words]
        return _rebuild, (
            tuple(outside), operands, counts, partials, numbers, bytes(marks), kinds,
            table, extras,
        )  # fmt: skip


def reduce_value(v: Value) -> tuple[Callable[..., Value], tuple[Any, ...]]:
    """Say how to rebuild a value: a leaf by itself, any other as a place in its graph."""
    if v._a is None:
        return _leaf, (
            v._data, v._grad, v._label, _op_name(v._opcode), SCOPES[v._scope], v._mark,
            v._extra.name if v._extra else "",
        )  # fmt: skip
    recorded = _recorded.get(v._number)
    if recorded is None:
        recorded = Recorded(_inner_nodes(v))
        for node in recorded.nodes:
            _recorded[node._number] = recorded
    place = _place(recorded.nodes, v._number)
    return _pick, (recorded, place)


def twin(v: Value) -> Value:
    """Make a second node like this one, with the same operands (``copy.copy``)."""
    made = _blank(v._data, v._grad, v._label, v._opcode, v._scope, v._mark)
    made._a, made._b, made._da, made._db, made._extra = v._a, v._b, v._da, v._db, v._extra
    return made


def _inner_nodes(root: Value) -> list[Value]:
    """List the inner nodes that lead to the root, stopping at those another graph holds."""
    found = {id(root): root}
    stack = [root]
    while stack:
        for operand, _ in edges(stack.pop()):
            known = id(operand) in found or operand._number in _recorded
            if operand._a is not None and not known:
                found[id(operand)] = operand
                stack.append(operand)
    return sorted(found.values(), key=lambda v: v._number)


def _place(nodes: list[Value], number: int) -> int:
    return bisect_left(nodes, number, key=lambda v: v._number)


def _pick(recorded: Recorded, place: int) -> Value:
    return recorded.nodes[place]


def _leaf(
    data: float, grad: float, label: str, op: str, scope: str, mark: int, name: str
) -> Value:
    v = _blank(data, grad, label, _opcode(op), Scope(scope).number, mark)
    if name:
        v._extra = Extra(name=name)
    return v


def _rebuild(
    outside: tuple[Value, ...], operands: array[int], counts: array[int],
    partials: array[float], numbers: array[float], marks: bytes, kinds: array[int],
    table: list[tuple[str, str, str]], extras: list[tuple[int, tuple[float, ...], str]],
) -> Recorded:  # fmt: skip
    known = [(_opcode(op), label, Scope(scope).number) for op, label, scope in table]
    rare = {i: (constants, name) for i, constants, name in extras}
    nodes: list[Value] = []
    at = 0
    for i, many in enumerate(counts):
        opcode, label, scope = known[kinds[i]]
        v = _blank(numbers[3 * i], numbers[3 * i + 1], label, opcode, scope, marks[i])
        found = [nodes[k] if k >= 0 else outside[-1 - k] for k in operands[at : at + many]]
        slopes = partials[at : at + many]
        v._a, v._da, v._db = found[0], slopes[0], numbers[3 * i + 2]
        if many > 1:
            v._b = found[1]
        if i in rare:
            constants, name = rare[i]
            v._extra = Extra(tuple(found[2:]), tuple(slopes[2:]), constants, name)
        nodes.append(v)
        at += many
    return Recorded(nodes)


def _blank(data: float, grad: float, label: str, opcode: int, scope: int, mark: int) -> Value:
    v = Value(data, label=label)
    v._grad, v._opcode, v._scope, v._mark = grad, opcode, scope, mark
    return v


#: Tells a copy within this process from a pickle that comes from another.
_PROCESS = os.urandom(8).hex()


def _op_name(opcode: int) -> str:
    """Name an operation so that another process, or version of the table, finds it again."""
    if opcode < len(SPECIAL):
        return SPECIAL[opcode]
    card = card_of(opcode)
    if card is not None and card.in_table:
        return card.name
    return f"{op_of(opcode)} {opcode} {_PROCESS}"


def _opcode(name: str) -> int:
    """Find an operation again; one made at run time elsewhere keeps its name, not its card."""
    if name in SPECIAL:
        return SPECIAL.index(name)
    if name in TABLE:
        return TABLE[name].opcode
    op, opcode, process = name.rsplit(" ", 2)
    return int(opcode) if process == _PROCESS else opcode_without_card(op)
