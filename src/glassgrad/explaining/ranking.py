"""The paths of largest product, in order: each node ranks the paths that lead on from it.

V. M. Jiménez and A. Marzal, "Computing the K shortest paths: a new algorithm and an experimental
comparison", WAE 1999. A node looks for its next path only when it is asked to, so that the work
is that of the paths found, not of those there are; and because rounding never turns the order of
two products around, the order is exact.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from math import isfinite
from typing import Final, NamedTuple, TypeAlias

from glassgrad.engine import Value
from glassgrad.opcodes import CHOICES

#: How large a product is: how many of its factors are not finite, and the absolute value of the
#: product of the others. A further factor never turns the order of two sizes around. CUT stands
#: for a path through what was not chosen: it hands on nothing, not even of an infinite gradient.
Size: TypeAlias = tuple[int, float]
CUT: Final[Size] = (-1, 0.0)


class Edge(NamedTuple):
    """From a node to one of its operands."""

    position: int
    operand: Value
    partial: float


class _Found(NamedTuple):
    """A path from a node: through which edge, and as which of the paths of its operand."""

    size: Size
    edge: int
    rank: int


class Ranking:
    """The paths from a root to a value, ranked by their products as far as one asks.

    Parameters
    ----------
    nodes : list of Value
        What lies on the paths, in order of creation: the value first, the root last.
    edges_of : callable (node) -> list of Edge
        The edges of a node that lie on a path.
    """

    def __init__(self, nodes: list[Value], edges_of: Callable[[Value], list[Edge]]) -> None:
        self._wrt, self._root = nodes[0], nodes[-1]
        self._edges = edges_of
        #: By the number of a node: its paths, largest first, and what may come next.
        self._found = {self._wrt._number: [_Found((0, 1.0), 0, 0)]}
        self._next: dict[int, list[tuple[int, float, int, int]]] = {}
        self._exhausted = {self._wrt._number}
        for v in nodes[1:]:
            first = min(self._candidate(v, edge, 0) for edge in range(len(edges_of(v))))
            self._found[v._number] = [_as_found(first)]

    def path(self, rank: int) -> tuple[Size, list[tuple[Value, Edge]]] | None:
        """Find the root's path of a rank, from the root down; None if there are not so many."""
        found = self._found[self._root._number]
        while len(found) <= rank:
            if self._root._number in self._exhausted:
                return None
            self._find_one_more()
        size, steps = found[rank].size, []
        v = self._root
        while v is not self._wrt:
            _, place, rank = self._found[v._number][rank]
            edge = self._edges(v)[place]
            steps.append((v, edge))
            v = edge.operand
        return size, steps

    def _find_one_more(self) -> None:
        """Find the root's next path.

        A node that found a path last by an operand's path of some rank may next take that of the
        following rank, which the operand has to find first: so what to ask is a list, no tree.
        """
        asked = [self._root]
        while True:
            _, place, rank = self._found[asked[-1]._number][-1]
            operand = self._edges(asked[-1])[place].operand
            known = len(self._found[operand._number]) > rank + 1
            if known or operand._number in self._exhausted:
                break
            asked.append(operand)
        while asked:
            self._extend(asked.pop())

    def _extend(self, v: Value) -> None:
        """Find a node's next path, its operands' paths being known as far as they are needed."""
        found, edges = self._found[v._number], self._edges(v)
        _, last, rank = found[-1]
        if v._number not in self._next:
            others = [self._candidate(v, i, 0) for i in range(len(edges)) if i != last]
            heapq.heapify(others)
            self._next[v._number] = others
        waiting = self._next[v._number]
        if len(self._found[edges[last].operand._number]) > rank + 1:
            heapq.heappush(waiting, self._candidate(v, last, rank + 1))
        if waiting:
            found.append(_as_found(heapq.heappop(waiting)))
        else:
            self._exhausted.add(v._number)

    def _candidate(self, v: Value, edge: int, rank: int) -> tuple[int, float, int, int]:
        """Make what sorts before another if its product is larger, or its operand comes first."""
        _, operand, partial = self._edges(v)[edge]
        not_finite, size = self._found[operand._number][rank].size
        if partial == 0.0:
            size = 0.0
            if not_finite == 0 and v._opcode in CHOICES:
                not_finite, size = CUT
        elif isfinite(partial):
            size = abs(partial * size)
        elif not_finite != CUT[0]:
            not_finite += 1
        return -not_finite, -size, edge, rank


def _as_found(candidate: tuple[int, float, int, int]) -> _Found:
    not_finite, size, edge, rank = candidate
    return _Found((-not_finite, -size), edge, rank)
