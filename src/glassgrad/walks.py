"""The two walks over a recorded graph: from the results to the inputs, and the other way.

Both are the same whether the local derivatives are the numbers that the nodes hold, or Values
built from the cards; with Values, what they find can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from glassgrad.anomaly import refuse_share
from glassgrad.engine import Value, here
from glassgrad.graph import ancestors
from glassgrad.opcodes import CHOICES, TAKEN
from glassgrad.rules import decides, is_not_handed_on, partial_as_value, product, shared, slopes


def backwards(
    roots: list[Value], cotangents: list[Any], inputs: list[Value], *, differentiable: bool
) -> list[Any]:
    """Walk the graph from the roots to the inputs, as `Value.backward` does, changing nothing."""
    nodes = ancestors(*roots)
    leading = dependents(nodes, inputs)
    received: dict[int, Any] = {}
    for root, cotangent in zip(roots, cotangents, strict=True):
        _add(received, root, cotangent)
    for v in reversed(nodes):
        # What only truths and detached values are made of leads nowhere, and receives nothing.
        if v._number not in leading or v._number not in received:
            continue
        for operand, partial in _rules(v, leading, differentiable):
            _add(received, operand, _share(v, operand, received[v._number], partial))
    return [received.get(v._number, 0.0) for v in inputs]


def forwards(
    roots: list[Value], tangents: list[Any], inputs: list[Value], *, differentiable: bool
) -> list[Any]:
    """Walk the graph from the inputs to the roots: each node sums what its operands move it."""
    nodes = ancestors(*roots)
    leading = dependents(nodes, inputs)
    received: dict[int, Any] = {}
    for v, tangent in zip(inputs, tangents, strict=True):
        received[v._number] = tangent
    for v in nodes:
        if v._number in leading and v._number not in received:
            for operand, partial in _rules(v, leading, differentiable):
                _add(received, v, _share(v, operand, received[operand._number], partial))
    return [received.get(v._number, 0.0) for v in roots]


def _share(v: Value, operand: Value, arrived: Any, partial: Any) -> Any:
    """Multiply what arrived at a node by a local derivative, as `Value.backward` does."""
    chooses = v._opcode in CHOICES
    if here.tracing and (v._opcode == TAKEN or (chooses and not decides())):
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


def _rules(v: Value, leading: set[int], differentiable: bool) -> Iterable[tuple[Value, Any]]:
    """List the operands that depend on the inputs with their local derivatives."""
    for i, (operand, partial) in slopes(v):
        if operand._number in leading:
            yield operand, partial_as_value(v, i) if differentiable else partial


def _add(received: dict[int, Any], v: Value, share: Any) -> None:
    before = received.get(v._number)
    received[v._number] = share if before is None else before + share
