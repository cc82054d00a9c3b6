"""What a backward pass does, walked once more without touching any gradient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from glassgrad.engine import Value, edges, share_of
from glassgrad.graph import ancestors
from glassgrad.walks import dependents


@dataclass(frozen=True, eq=False, slots=True)
class Handing:
    """One operand receives its share of a node's gradient."""

    node: Value
    operand: Value
    gradient: float
    partial: float
    share: float


class Pass:
    """The gradients of a root with respect to everything that leads to it.

    Parameters
    ----------
    root : Value
        What is differentiated. A pass takes time in proportion to the graph.
    """

    def __init__(self, root: Value) -> None:
        self.root = root
        self.nodes = ancestors(root)
        self._gradients = {v._number: 0.0 for v in self.nodes}
        self._gradients[root._number] = 1.0
        for handing in self._handings(self._gradients.keys()):
            self._gradients[handing.operand._number] += handing.share

    def __contains__(self, v: Value) -> bool:
        return v._number in self._gradients

    def gradient(self, v: Value) -> float:
        """Look up the gradient of a node."""
        return self._gradients[v._number]

    def handings(self, towards: Iterable[Value]) -> Iterator[Handing]:
        """List what is handed on towards some nodes, in the order of the backward pass."""
        return self._handings(dependents(self.nodes, list(towards)))

    def strongest_path(self, v: Value) -> list[Handing]:
        """Follow the largest share from the root down to a node: at most one path of many."""
        largest: dict[int, Handing] = {}
        for handing in self.handings([v]):
            before = largest.get(handing.operand._number)
            if before is None or abs(handing.share) > abs(before.share):
                largest[handing.operand._number] = handing
        path = []
        while v is not self.root:
            path.append(largest[v._number])
            v = path[-1].node
        return path[::-1]

    def _handings(self, numbers: Iterable[int]) -> Iterator[Handing]:
        wanted = set(numbers)
        for v in reversed(self.nodes):
            if v._number in wanted:
                gradient = self._gradients[v._number]
                for operand, partial in edges(v):
                    if operand._number in wanted:
                        share = share_of(v, gradient, partial)
                        yield Handing(v, operand, gradient, partial, share)
