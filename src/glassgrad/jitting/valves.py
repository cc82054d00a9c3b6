"""Valves: what leads only to rows that are not taken hands no gradient on.

Eagerly a backward pass visits the row that is taken and no other. On a tape all rows are there; the
others receive nothing, but would hand on 0 times their slopes, which is nan if one is infinite. So
whatever leads only to rows of ``taken`` gets its operands through a valve: again a row ``taken``,
of the operand and of the same number without its gradient, of which the latter is taken unless a
gradient comes. See `glassgrad.presence` for when one comes.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from glassgrad.jitting.axes import axes_of
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.meanings import AT_RUN_TIME, PARTIALS
from glassgrad.jitting.passes import carrying_of, receiving, reordered, takes_rows, uses_of
from glassgrad.jitting.tracing import NotAlongError
from glassgrad.opcodes import BOTH, CONSTANT, DETACHED, EITHER, EQ, EXAMPLES, PART, TAKEN
from glassgrad.presence import ALWAYS, AnyOf, AskForIndexError, At, Presence, united


def valved(graph: Graph, wants: Sequence[bool], exact: bool) -> Graph:
    """Put a valve before each operand of what leads only to rows that may not be taken.

    Parameters
    ----------
    graph : Graph
        It is changed.
    wants : sequence of bool
        For each input, whether it wants a gradient.
    exact : bool
        Whether every bit must be that of the eager engine.

    Raises
    ------
    AskForIndexError
        If the index of a row is only known after what a gradient goes through; or if it must be
        exact, and such a row is one of several results, which may have gradients or not.
    """
    if not takes_rows(graph):
        return graph
    carrying = carrying_of(graph, wants)
    present = presences(graph, carrying, exact)
    return _Valves(graph, carrying, present).built() if present else graph


def operands_with_gradient(graph: Graph, row: int) -> Sequence[int]:
    """List the operands that a gradient may go to, in their order."""
    op = graph.op[row]
    if op in (TAKEN, EXAMPLES) or op >= AT_RUN_TIME:
        return graph.more[row]
    return (graph.a[row], graph.b[row])[: min(PARTIALS[op], 2)]


def presences(graph: Graph, carrying: array[int], exact: bool) -> dict[int, At | AnyOf]:
    """Find the rows to which a gradient comes in some runs only, and say when.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    exact : bool
        Whether it matters that not all results need to have a gradient.
    """
    op, given = graph.op, graph.n_inputs + graph.n_externals
    receives = receiving(graph, carrying)
    takes = [r for r, rows in graph.more.items() if op[r] == TAKEN and receives[r]]
    if all(x < given or not carrying[x] for r in takes for x in graph.more[r]):
        return {}
    left = uses_of(graph, carrying, receives)
    unsure = graph.outputs if exact and len(graph.outputs) > 1 else []
    for r in unsure:
        left[r] -= 1
    ways: dict[int, list[tuple[int, int]]] = {}  # the row that uses it, and its place there
    waiting: list[int] = []

    def leads(user: int) -> None:
        for place, x in enumerate(operands_with_gradient(graph, user)):
            if x >= given and carrying[x] and op[x] != EXAMPLES:
                ways.setdefault(x, []).append((user, place))
                left[x] -= 1
                if not left[x]:
                    waiting.append(x)

    for r in takes:
        leads(r)
    while waiting:
        r = waiting.pop()
        if op[r] not in (TAKEN, PART):  # what takes leads on anyway; an axis ends at its parts
            leads(r)
    axis = axes_of(graph)
    found: dict[int, At | AnyOf] = {}
    for r in sorted((r for r in ways if not left[r]), reverse=True):
        when = united(way(graph, found, *use) for use in ways[r])
        if when is not None:
            if op[r] == PART or any(axis[user] != axis[r] for user, _ in ways[r]):
                raise NotAlongError("what is reached by some examples only is not along an axis")
            found[r] = when
    if any(r in found for r in unsure):
        raise AskForIndexError("one of several results is a row that may not be taken")
    return found


def way(graph: Graph, present: dict[int, At | AnyOf], user: int, place: int) -> Presence:
    """Say when a row hands a gradient on to the operand at a place."""
    outer = present.get(user, ALWAYS)
    if graph.op[user] != TAKEN:
        return outer
    return At(user, place, len(graph.more[user]), outer)


class _Valves:
    """Writes the rows of the valves, and where they go."""

    def __init__(
        self, graph: Graph, carrying: array[int], present: dict[int, At | AnyOf]
    ) -> None:
        self.graph, self.carrying, self.present = graph, carrying, present
        self.size = len(graph)
        self.order: list[int] = []
        self.now = 0  # the row that is about to come
        self.placed: set[int] = set()  # rows that come earlier than they did
        self.numbers: dict[At | AnyOf, int] = {}
        self.constants: dict[float, int] = {}
        self.still: dict[int, int] = {}  # operands without their gradients

    def built(self) -> Graph:
        """Change the operands of the rows, and put everything in order."""
        for r in sorted(self.present):
            self._go_on(r)
            self._shut(r)
        self._go_on(self.size)
        return reordered(self.graph, array("i", self.order))

    def _go_on(self, to: int) -> None:
        self.order += [r for r in range(self.now, to) if r not in self.placed]
        self.now = to

    def _shut(self, user: int) -> None:
        graph, op = self.graph, self.graph.op[user]
        found = list(operands_with_gradient(graph, user))
        for place, x in reversed(list(enumerate(found))):  # shares go out newest first
            when = way(graph, self.present, user, place)
            if self.carrying[x] and when is not None and self.present.get(x) != when:
                found[place] = self._valve(x, when)
        if op == TAKEN or op >= AT_RUN_TIME:
            graph.more[user] = tuple(found)
        else:
            graph.a[user], graph.b[user] = (*found, graph.b[user])[:2]

    def _valve(self, x: int, when: At | AnyOf) -> int:
        number = self._number(when)
        if x not in self.still:
            self.still[x] = self._add(DETACHED, x)
        valve = self._add(TAKEN, number)
        self.graph.more[valve] = (self.still[x], x)
        return valve

    def _number(self, when: At | AnyOf) -> int:
        """Find or write the row that is 1 if a gradient comes and 0 if not."""
        if when not in self.numbers:
            ways = sorted(when, key=lambda at: at[:2]) if isinstance(when, AnyOf) else [when]
            found, *others = [self._number_of(at) for at in ways]
            for other in others:
                found = self._add(EITHER, found, other)
            self.numbers[when] = found
        return self.numbers[when]

    def _number_of(self, at: At) -> int:
        index = self.graph.a[at.taken]
        self._place(index)
        found = self._add(EQ, index, self._constant(float(at.place)))
        return found if at.outer is None else self._add(BOTH, found, self._number(at.outer))

    def _place(self, row: int) -> None:
        """Let a row, and what it is made of, come before the row that is about to come."""
        graph = self.graph
        found: set[int] = set()
        waiting = [row]
        while waiting:
            r = waiting.pop()
            if r < self.now or r >= self.size or r in found or r in self.placed:
                continue
            if self.carrying[r]:
                raise AskForIndexError("an index depends on the rows that it counts")
            found.add(r)
            waiting += [x for x in (graph.a[r], graph.b[r], graph.c[r]) if x != NONE]
            waiting += graph.more.get(r, ())
        self.placed |= found
        self.order += sorted(found)

    def _constant(self, number: float) -> int:
        if number not in self.constants:
            row = self.constants[number] = self._add(CONSTANT)
            self.graph.number[row] = number
        return self.constants[number]

    def _add(self, op: int, a: int = NONE, b: int = NONE) -> int:
        self.order.append(self.graph.add(op, a, b))
        return self.order[-1]
