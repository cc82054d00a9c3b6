"""Sinking: of rows that are made alike, take what they are made of, and make the one row of that.

``[x / total for x in xs][i]`` becomes ``xs[i] / total``: less to compute, and as in the eager
engine no gradient comes near the rows that are not taken.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from glassgrad.jitting.axes import axes_of
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.meanings import AT_RUN_TIME, PARTIALS
from glassgrad.jitting.passes import alive, carrying_of, receiving, reordered, uses_of
from glassgrad.opcodes import EXAMPLES, POW, TAKEN

#: So many rows for each that is taken may lie between the first of them and the taking.
_NEAR = 16


def sunk(graph: Graph, wants: Sequence[bool], exact: bool) -> Graph:
    """Let operations sink through the rows ``taken`` where that gives the same numbers.

    Parameters
    ----------
    graph : Graph
        It is changed.
    wants : sequence of bool
        For each input, whether it wants a gradient.
    exact : bool
        Whether gradients must be summed in the order of the eager engine.
    """
    if TAKEN not in graph.op:
        return graph
    carrying = carrying_of(graph, wants)
    receives = receiving(graph, carrying)
    takes = [r for r in graph.more if graph.op[r] == TAKEN and carrying[r] and receives[r]]
    given = graph.n_inputs + graph.n_externals
    if all(x < given or not carrying[x] for r in takes for x in graph.more[r]):
        return graph
    sinking = _Sinking(graph, carrying, receives, exact)
    for r in sorted(takes, reverse=True):
        sinking.sink(r)
    return sinking.built()


class _Sinking:
    """Rewrites one row ``taken`` after the other, the last one first."""

    def __init__(
        self, graph: Graph, carrying: array[int], receives: array[int], exact: bool
    ) -> None:
        self.graph, self.carrying, self.receives, self.exact = graph, carrying, receives, exact
        self.size, self.given = len(graph), graph.n_inputs + graph.n_externals
        self.uses = uses_of(graph, carrying, receives)
        self.axis = axes_of(graph) if EXAMPLES in graph.op else array("i", bytes(4 * self.size))
        #: New rows that come before a row, and the first of those from which each takes.
        self.before: dict[int, list[tuple[int, int]]] = {}
        self.sank = False

    def sink(self, r: int) -> None:
        """Let all operations sink through a row that can."""
        graph, place = self.graph, r
        waiting = [r]
        while waiting:
            taken = waiting.pop()
            rows = graph.more[taken]
            if not self._can_sink(rows, place):
                continue
            index, first = graph.a[taken], rows[0]
            graph.op[taken], graph.scope[taken] = graph.op[first], graph.scope[first]
            del graph.more[taken]
            self.sank = True
            graph.a[taken] = self._operand(index, [graph.a[x] for x in rows], place, waiting)
            if graph.b[first] != NONE:
                graph.b[taken] = self._operand(index, [graph.b[x] for x in rows], place, waiting)

    def _operand(self, index: int, several: list[int], place: int, waiting: list[int]) -> int:
        first, *others = several
        if all(x == first for x in others):
            self.uses[first] -= len(others)
            return first
        taken = self.graph.add(TAKEN, index)
        self.graph.more[taken] = tuple(several)
        self.before.setdefault(place, []).append((first, taken))
        waiting.append(taken)
        return taken

    def _can_sink(self, rows: Sequence[int], place: int) -> bool:
        graph, first = self.graph, rows[0]
        op = graph.op[first]
        return (
            op < AT_RUN_TIME
            and op not in (TAKEN, POW)  # whose exponent may be a whole number or not
            and 1 <= PARTIALS[op] <= 2
            and graph.c[first] == NONE
            and len(set(rows)) == len(rows)
            and all(
                x >= self.given
                and graph.op[x] == op
                and self.carrying[x]
                and self.uses[x] == 1
                and self.axis[x] == self.axis[place]
                for x in rows
            )
            and (not self.exact or self._keeps_order(rows, place))
        )

    def _keeps_order(self, rows: Sequence[int], place: int) -> bool:
        """Tell whether nothing else hands on to the operands between the rows and the taking."""
        graph, begin, own = self.graph, min(rows), set(rows)
        if place - begin > _NEAR * len(rows):
            return False
        left, right = {graph.a[x] for x in rows}, {graph.b[x] for x in rows}
        operands = left | right
        return left.isdisjoint(right) and not any(
            self.receives[x]
            and x not in own
            and not operands.isdisjoint(
                (graph.a[x], graph.b[x], graph.c[x], *graph.more.get(x, ()))
            )
            for x in range(begin, place)
        )

    def built(self) -> Graph:
        """Put the new rows in their places, and leave out what is not needed any more."""
        if not self.sank:
            return self.graph
        order: list[int] = []
        for r in range(self.size):
            order += [new for _, new in sorted(self.before.get(r, []))]  # operands first
            order.append(r)
        return alive(reordered(self.graph, array("i", order)))
