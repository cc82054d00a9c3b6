"""The two walks over a recorded graph: from the results to the inputs, and the other way.

Both are the same whether the local derivatives are the numbers that the nodes hold, or Values
built from the cards; with Values, what they find can be differentiated again.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from glassgrad.anomaly import refuse_share
from glassgrad.engine import Value, here
from glassgrad.graph import ancestors
from glassgrad.opcodes import CHOICES, TAKEN
from glassgrad.presence import AskForIndexError
from glassgrad.presences import Presences
from glassgrad.rules import decides, is_not_handed_on, partial_as_value, product, shared, slopes
from glassgrad.truths import watching


def backwards(
    roots: list[Value], cotangents: list[Any], inputs: list[Value], *, differentiable: bool
) -> list[Any]:
    """Walk the graph from the roots to the inputs, as `Value.backward` does, changing nothing."""
    nodes = ancestors(*roots)
    leading = dependents(nodes, inputs)
    presences = _presences(nodes, leading)
    if presences:
        presences.from_above(roots)
    received: dict[int, Any] = {}
    for root, cotangent in zip(roots, cotangents, strict=True):
        _add(received, root, cotangent)
    for v in reversed(nodes):
        # What only truths and detached values are made of leads nowhere, and receives nothing.
        if v._number not in leading or v._number not in received:
            continue
        arrived = received[v._number]
        for i, (operand, partial) in slopes(v):
            if operand._number not in leading:
                continue
            if presences and v._opcode == TAKEN:
                share = arrived
            else:
                share = _share(v, operand, arrived, _rule(v, i, partial, differentiable))
            if presences:
                share = presences.passed(v, i, operand, share)
            _add(received, operand, share)
    return _found(inputs, received, presences)


def forwards(
    roots: list[Value], tangents: list[Any], inputs: list[Value], *, differentiable: bool
) -> list[Any]:
    """Walk the graph from the inputs to the roots: each node sums what its operands move it."""
    nodes = ancestors(*roots)
    leading = dependents(nodes, inputs)
    presences = _presences(nodes, leading)
    if presences:
        presences.from_below(inputs)
    received: dict[int, Any] = {}
    for v, tangent in zip(inputs, tangents, strict=True):
        received[v._number] = tangent
    for v in nodes:
        if v._number not in leading or v._number in received:
            continue
        if presences and v._opcode == TAKEN:
            received[v._number] = presences.taken(v, received)
            continue
        for i, (operand, partial) in slopes(v):
            if operand._number in leading:
                rule = _rule(v, i, partial, differentiable)
                share = _share(v, operand, received[operand._number], rule)
                if presences:
                    share = presences.brought(operand, v, share)
                _add(received, v, share)
    return _found(roots, received, presences)


def _presences(nodes: list[Value], leading: set[int]) -> Presences | None:
    """Make what tells when a derivative comes to a node, if a trace takes rows by a number.

    Where it decides, the order of sums has to be the eager one in the next derivative, too: then
    the trace must know which rows are taken.
    """
    if not here.tracing or all(v._opcode != TAKEN for v in nodes):
        return None
    if decides():
        watching.refused = AskForIndexError("which row is taken must be known")
        raise watching.refused
    return Presences(nodes, leading)


def _found(
    values: list[Value], received: dict[int, Any], presences: Presences | None
) -> list[Any]:
    """Read what came to some nodes; it is 0 where nothing came."""
    found = [received.get(v._number, 0.0) for v in values]
    if presences is None:
        return found
    return [presences.handed_out(v, x) for v, x in zip(values, found, strict=True)]


def _share(v: Value, operand: Value, arrived: Any, partial: Any) -> Any:
    """Multiply what arrived at a node by a local derivative, as `Value.backward` does."""
    chooses = v._opcode in CHOICES
    if here.tracing and chooses and not decides():
        return shared(arrived, partial)
    share = product(arrived, partial)
    if here.tracing and chooses:
        return 0.0 if is_not_handed_on(share, partial) else share
    number = share._data if type(share) is Value else share
    if chooses and number != number and partial == 0.0:
        return 0.0
    if here.anomaly and not isfinite(number):
        refuse_share(v, operand, arrived, partial, number)
    return share


def dependents(nodes: list[Value], inputs: list[Value]) -> set[int]:
    """Find the numbers of the nodes that depend on the inputs."""
    leading = {v._number for v in inputs}
    for v in nodes:
        if any(operand._number in leading for _, (operand, _) in slopes(v)):
            leading.add(v._number)
    return leading


def _rule(v: Value, which: int, partial: float, differentiable: bool) -> Any:
    """Give the local derivative with respect to an operand: as a Value, or as recorded."""
    return partial_as_value(v, which) if differentiable else partial


def _add(received: dict[int, Any], v: Value, share: Any) -> None:
    before = received.get(v._number)
    received[v._number] = share if before is None else before + share
