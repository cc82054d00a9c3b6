"""The presence of the nodes of a traced graph, and what is handed on only where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from glassgrad.engine import Value, as_value, constant, custom_node, edges
from glassgrad.opcodes import TAKEN
from glassgrad.presence import ALWAYS, AnyOf, At, Presence, united
from glassgrad.rules import slopes
from glassgrad.truths import equal

#: What changes no sum.
NOTHING: Final = -0.0


class Presences:
    """When a derivative comes to each node of a traced graph.

    Parameters
    ----------
    nodes : list of Value
        The graph, operands first.
    leading : set of int
        The numbers of the nodes that depend on the inputs.
    """

    def __init__(self, nodes: list[Value], leading: set[int]) -> None:
        self._nodes, self._leading = nodes, leading
        self._of: dict[int, Presence] = {}
        self._indices = {v._number: edges(v)[0][0] for v in nodes if v._opcode == TAKEN}
        self._numbers: dict[At | AnyOf, Value] = {}

    def from_above(self, roots: list[Value]) -> None:
        """Find out for the backward pass: by which results a node is reached."""
        ways: dict[int, list[Presence]] = {root._number: [ALWAYS] for root in roots}
        for v in reversed(self._nodes):
            if v._number in self._leading and v._number in ways:
                self._of[v._number] = united(ways.pop(v._number))
                for i, (operand, _) in slopes(v):
                    ways.setdefault(operand._number, []).append(self._way(v, i, v))

    def from_below(self, inputs: list[Value]) -> None:
        """Find out for the forward walk: by which operands a node is moved."""
        for v in inputs:
            self._of[v._number] = ALWAYS
        for v in self._nodes:
            if v._number in self._leading and v._number not in self._of:
                moved = [(i, x) for i, (x, _) in slopes(v) if x._number in self._leading]
                self._of[v._number] = united(self._way(v, i, x) for i, x in moved)

    def passed(self, v: Value, which: int, operand: Value, share: Any) -> Any:
        """Let what a node hands on to an operand pass only where something has come to the node."""
        return self._only(self._way(v, which, v), self._of[operand._number], share, NOTHING)

    def brought(self, operand: Value, v: Value, share: Any) -> Any:
        """Let what an operand brings to a node pass only where something has come to it."""
        return self._only(self._of[operand._number], self._of[v._number], share, NOTHING)

    def handed_out(self, v: Value, found: Any) -> Any:
        """Give what came to a node; it is 0 where nothing came."""
        return self._only(self._of.get(v._number), ALWAYS, found, 0.0)

    def _way(self, v: Value, which: int, begin: Value) -> Presence:
        """Say when something goes between a node and one of its operands, from one of them."""
        outer = self._of[begin._number]
        if v._opcode != TAKEN:
            return outer
        return At(v._number, which - 1, len(edges(v)) - 1, outer)

    def _only(self, here: Presence, there: Presence, share: Any, otherwise: float) -> Any:
        # Within one presence it may be anything while nothing comes: nobody will see it.
        if here is None or here == there:
            return share
        present, value = self._number(here), as_value(share, "gradient")
        holds = present._data
        rows = (present, constant(otherwise), value)
        number = value._data if holds else otherwise
        return custom_node(number, rows, (0.0, 1.0 - holds, holds), TAKEN)

    def taken(self, v: Value, received: dict[int, Any]) -> Value:
        """Take the derivative of the row that a node takes."""
        (index, _), *rows = edges(v)
        found = [as_value(received.get(x._number, NOTHING), "tangent") for x, _ in rows]
        parts = tuple(partial for _, partial in rows)
        number = next(x._data for x, partial in zip(found, parts, strict=True) if partial)
        return custom_node(number, (index, *found), (0.0, *parts), TAKEN)

    def _number(self, when: At | AnyOf) -> Value:
        """Tell as a number whether something comes: a row of the graph."""
        known = self._numbers.get(when)
        if known is None:
            known = self._numbers[when] = _either(self._numbers_of(when))
        return known

    def _numbers_of(self, when: At | AnyOf) -> Iterable[Value]:
        for at in sorted(when) if isinstance(when, AnyOf) else [when]:
            holds = equal(self._indices[at.taken], constant(float(at.place)))
            if at.outer is not None:
                holds = holds & equal(self._number(at.outer), constant(1.0))
            yield holds.node


def _either(numbers: Iterable[Value]) -> Value:
    first, *others = numbers
    for other in others:
        first = (equal(first, constant(1.0)) | equal(other, constant(1.0))).node
    return first
