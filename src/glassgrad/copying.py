"""Copies and pickles of graphs of any depth, without recursion and with shared leaves shared.

Pickle and deepcopy visit an object's parts recursively, which a deep graph does not survive. So
a node is written as "number i of graph g", where g is one flat table of all inner nodes and
constants, and only the other leaves are visited one by one: others, a model for example, may
refer to them.
"""

from __future__ import annotations

import importlib
from array import array
from collections.abc import Callable
from threading import local
from typing import Any
from weakref import ref

from glassgrad.engine import Extra, Unknown, Value, edges, restored
from glassgrad.graph import card_of
from glassgrad.modes import SCOPES, Scope
from glassgrad.opcodes import CALLED, CONSTANT, OP_NAMES, OPAQUE
from glassgrad.ops import SPECIAL, TABLE, op_of, opcode_of, token_of


class Recorded:
    """The nodes of one graph in order of creation, as one thing to be copied.

    Parameters
    ----------
    nodes : list of Value
        Operands first.
    """

    __slots__ = ("__weakref__", "nodes", "places")

    def __init__(self, nodes: list[Value]) -> None:
        self.nodes = nodes
        self.places = {v._number: i for i, v in enumerate(nodes)}

    def __reduce__(self) -> tuple[Callable[..., Recorded], tuple[Any, ...]]:
        places = dict(self.places)
        outside: list[Value] = []
        kinds: dict[tuple[int, str, int], int] = {}
        operands, counts, kind_of = array("q"), array("q"), array("q")
        partials, numbers = array("d"), array("d")
        marks = bytearray()
        extras = []
        for i, v in enumerate(self.nodes):
            pairs = edges(v)
            counts.append(len(pairs))
            for operand, partial in pairs:
                place = places.get(operand._number)
                if place is None:
                    outside.append(operand)
                    place = places[operand._number] = -len(outside)
                operands.append(place)
                partials.append(partial)
            numbers.extend((v._data, v._grad, v._db))
            marks.append(v._mark > 0)
            # A call whose operations are not known is copied without the way back.
            opcode, name = (OPAQUE, OP_NAMES[CALLED]) if v._opcode == CALLED else (v._opcode, "")
            kind_of.append(kinds.setdefault((opcode, v.label, v._scope), len(kinds)))
            if v._extra is not None and (v._extra.constants or v._extra.name or name):
                extras.append((i, v._extra.constants, name or v._extra.name))
        words = [(_op_name(opcode), label, SCOPES[scope]) for opcode, label, scope in kinds]
        return _rebuild, (
            tuple(outside), operands, counts, partials, numbers, bytes(marks), kind_of, words,
            extras,
        )  # fmt: skip


class _Live(local):
    """Which graph holds a node, of all graphs that this thread is copying right now."""

    def __init__(self) -> None:
        self.graphs: dict[int, ref[Recorded]] = {}


_live = _Live()


def _find(number: int) -> Recorded | None:
    reference = _live.graphs.get(number)
    return reference() if reference else None


def _remember(recorded: Recorded) -> None:
    """Find the graph again as long as it lives: the copier's memo keeps it while it copies."""
    graphs, numbers = _live.graphs, list(recorded.places)

    def forget(gone: ref[Recorded]) -> None:
        for number in numbers:
            if graphs.get(number) is gone:
                del graphs[number]

    reference = ref(recorded, forget)
    graphs.update(dict.fromkeys(numbers, reference))


def reduce_value(v: Value) -> tuple[Callable[..., Value], tuple[Any, ...]]:
    """Say how to rebuild a value: a leaf by itself, any other as a place in its graph."""
    if _alone(v):
        return _leaf, (
            v._data, v._grad, v.label, _op_name(v._opcode), SCOPES[v._scope], int(v._mark > 0),
            v._extra.name if v._extra else "",
        )  # fmt: skip
    recorded = _find(v._number)
    if recorded is None:
        recorded = _recorded(v)
        _remember(recorded)
    return _pick, (recorded, recorded.places[v._number])


def _recorded(v: Value) -> Recorded:
    """List the nodes that lead to a value; calls of traced functions are copied opened."""
    nodes = _nodes_behind(v)
    if all(x._opcode != CALLED for x in nodes):
        return Recorded(nodes)
    made = importlib.import_module("glassgrad.jitting.unfolding").opened(nodes)
    recorded = Recorded(_nodes_behind(*[made.get(x, x) for x in nodes if x._opcode != CALLED]))
    for old, new in made.items():
        recorded.places[old._number] = recorded.places[new._number]
    return recorded


def twin(v: Value) -> Value:
    """Make a second node like this one, with the same operands (``copy.copy``)."""
    return with_operands(v, tuple([operand for operand, _ in edges(v)]))


def with_operands(
    v: Value, operands: tuple[Value, ...], grad: float | None = None
) -> Value:
    """Make a node like this one with other operands, and perhaps another gradient."""
    partials = tuple([partial for _, partial in edges(v)])
    apart, extra = _apart(v._opcode), v._extra
    if extra is not None and extra.operands != operands[apart:]:
        extra = Extra(operands[apart:], extra.partials, extra.constants, extra.name, extra.label)
    mark = v._mark > 0 or grad is not None
    return restored(
        v._data, v._grad if grad is None else grad, int(mark), v._opcode, v._scope,
        operands[:apart], partials[:apart], v._db, extra,
    )  # fmt: skip


def _alone(v: Value) -> bool:
    """Tell whether a value is copied by itself: a leaf that is more than a number in a formula."""
    return v._a is None and v._opcode != CONSTANT


def _nodes_behind(*roots: Value) -> list[Value]:
    """List the nodes that lead to the roots, stopping at leaves and at what another graph holds."""
    found = {root._number: root for root in roots}
    stack = list(roots)
    while stack:
        for operand, _ in edges(stack.pop()):
            number = operand._number
            if number in found or _alone(operand) or _find(number):
                continue
            found[number] = operand
            stack.append(operand)
    return [found[number] for number in sorted(found)]


def _pick(recorded: Recorded, place: int) -> Value:
    return recorded.nodes[place]


def _leaf(
    data: float, grad: float, label: str, op: str, scope: str, mark: int, name: str
) -> Value:
    opcode = _opcode(op)
    extra = _extra(opcode, (), (), (), name, label)
    return restored(data, grad, mark, opcode, Scope(scope).number, (), (), 0.0, extra)


def _rebuild(
    outside: tuple[Value, ...], operands: array[int], counts: array[int],
    partials: array[float], numbers: array[float], marks: bytes, kind_of: array[int],
    words: list[tuple[str, str, str]], extras: list[tuple[int, tuple[float, ...], str]],
) -> Recorded:  # fmt: skip
    known = [(_opcode(op), label, Scope(scope).number) for op, label, scope in words]
    rare = {i: (constants, name) for i, constants, name in extras}
    nodes: list[Value] = []
    at = 0
    for i, many in enumerate(counts):
        opcode, label, scope = known[kind_of[i]]
        found = tuple(nodes[k] if k >= 0 else outside[-1 - k] for k in operands[at : at + many])
        slopes = tuple(partials[at : at + many])
        data, grad, db = numbers[3 * i : 3 * i + 3]
        constants, name = rare.get(i, ((), ""))
        apart = _apart(opcode)
        extra = _extra(opcode, found[apart:], slopes[apart:], constants, name, label)
        found, slopes = found[:apart], slopes[:apart]
        nodes.append(restored(data, grad, marks[i], opcode, scope, found, slopes, db, extra))
        at += many
    return Recorded(nodes)


def _apart(opcode: int) -> int:
    """Tell how many operands lie in the node itself; all others are in its `Extra`."""
    return 1 if opcode in (OPAQUE, CALLED) else 2


def _extra(
    opcode: int, operands: tuple[Value, ...], partials: tuple[float, ...],
    constants: tuple[float, ...], name: str, label: str,
) -> Extra | None:  # fmt: skip
    if opcode == OPAQUE:
        return Unknown(operands, partials, name, label)
    if operands or constants or label:
        return Extra(operands, partials, constants, label=label)
    return None


def _op_name(opcode: int) -> str:
    """Name an operation so that another process, or version of the table, finds it again."""
    if opcode < len(SPECIAL):
        return SPECIAL[opcode]
    card = card_of(opcode)
    if card is not None and card.in_table:
        return card.name
    return f"{op_of(opcode)} {token_of(opcode)}"


def _opcode(name: str) -> int:
    """Find an operation again; one made at run time elsewhere keeps its name, not its card."""
    if name in SPECIAL:
        return SPECIAL.index(name)
    if name in TABLE:
        return TABLE[name].opcode
    return opcode_of(*name.rsplit(" ", 1))
