"""The paths from a value up to the root: how many there are, and what each contributes.

The chain rule in one sentence: multiply the partials along a path, and add the products of all
paths. There may be far more paths than anybody can list, so nothing here lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, log10, prod
from operator import index
from typing import NamedTuple, SupportsIndex

from glassgrad.convert import a_kind
from glassgrad.engine import Value, share_of
from glassgrad.engine import edges as operands_of
from glassgrad.explaining.ranking import CUT, Edge, Ranking, Size
from glassgrad.graph import ancestors, refuse_opaque
from glassgrad.opcodes import OPAQUE


class Step(NamedTuple):
    """One edge of a path: from a node to the operand at `position`."""

    node: Value
    position: int
    partial: float


@dataclass(frozen=True, slots=True)
class Path:
    """One path, from the root down: the order in which the chain rule is written.

    Parameters
    ----------
    steps : list of Step
        (node, operand position, partial) for each edge.
    product : float
        What the path contributes to the gradient: the product of the partials. What was not
        chosen by a `maximum`, say, contributes 0, whatever else is on the path.
    """

    steps: list[Step]
    product: float


class Share(NamedTuple):
    """What reaches a value through one operation that uses it.

    `share` is `partial` times `gradient`, the node's own; `n_paths` paths lead on from it.
    """

    node: Value
    position: int
    partial: float
    gradient: float
    share: float
    n_paths: int


class Paths:
    """Every path from a value up to a root, without listing them.

    Parameters
    ----------
    root : Value
        What is differentiated.
    wrt : Value
        With respect to what: any node; if it does not lead to the root there are no paths.

    Raises
    ------
    TypeError
        If one of them is not a Value.
    NoRuleError
        If a node on the way was made by hand, without a derivative.

    Examples
    --------
    >>> from glassgrad import Value
    >>> x = Value(3.0)
    >>> y = x * x + 2 * x
    >>> paths = Paths(y, x)
    >>> paths.count, paths.total, [path.product for path in paths.largest(2)]
    (3, 8.0, [3.0, 3.0])
    """

    def __init__(self, root: Value, wrt: Value) -> None:
        for v, role in ((root, "root"), (wrt, "wrt")):
            if type(v) is not Value:
                raise TypeError(f"{role} is a Value of the graph, not {a_kind(v)}")
        self.root, self.wrt = root, wrt
        #: What lies on some path, in order of creation; empty if there is no path.
        self.nodes: list[Value] = []
        leading = {wrt._number}
        for v in ancestors(root):
            if v is wrt:
                self.nodes.append(v)
            elif v._number > wrt._number and any(o._number in leading for o, _ in operands_of(v)):
                leading.add(v._number)
                self.nodes.append(v)
        if root._number not in leading:
            self.nodes.clear()
        if any(v._opcode == OPAQUE and v is not wrt for v in self.nodes):
            refuse_opaque(root)
        self._leading = leading

    @property
    def count(self) -> int:
        """How many paths there are, exactly."""
        return self._walk[1]

    @property
    def total(self) -> float:
        """The sum over all paths: the gradient, added in the order of `Value.backward`."""
        return self._walk[0]

    @cached_property
    def vanishing(self) -> int:
        """How many paths contain a partial that is 0."""
        return self.count - self._count(lambda partial: partial != 0.0)

    @cached_property
    def not_finite(self) -> int:
        """How many paths contain a partial that is infinite or nan."""
        return self.count - self._count(isfinite)

    def remarks(self) -> list[str]:
        """Say what is out of the ordinary: no path, partials of 0, numbers that are not finite."""
        if not self.count:
            return ["no path leads to the root: the derivative is 0"]
        found = []
        if self.vanishing:
            found.append(f"{_of(self.vanishing, self.count)} a partial that is 0")
        if self.not_finite:
            found.append(f"{_of(self.not_finite, self.count)} a partial that is not finite")
        if not isfinite(self.total):
            found.append(f"the sum over the paths is {self.total}")
        return found

    def by_node(self) -> list[Share]:
        """List what comes through each operation that uses `wrt`; the shares sum to the total.

        The latest operation comes first, as in the backward pass; one that uses it twice is
        listed twice.
        """
        return list(self._walk[2])

    def largest(self, n: SupportsIndex) -> list[Path]:
        """Find the paths that contribute most.

        Parameters
        ----------
        n : int
            How many; fewer are returned if there are fewer.

        Returns
        -------
        list of Path
            By falling absolute value of the product. A path with partials that are infinite or
            nan comes before all others. Equal ones are in the order of the operands.

        Raises
        ------
        ValueError
            If n is negative.
        """
        if index(n) < 0:
            raise ValueError(f"n is how many paths to find, 0 or more, not {n}")
        wanted = min(index(n), self.count)
        found = (self._ranking.path(rank) for rank in range(wanted))
        return [_path(*ranked) for ranked in found if ranked is not None]

    def edges(self, v: Value) -> list[Edge]:
        """List the edges of a node that lie on a path."""
        return [
            Edge(position, operand, partial)
            for position, (operand, partial) in enumerate(operands_of(v))
            if operand._number in self._leading
        ]

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking(self.nodes, self.edges)

    @cached_property
    def _walk(self) -> tuple[float, int, list[Share]]:
        """Walk from the root to `wrt`: its gradient, the number of paths, and what came from whom.

        What is known of a node is dropped as soon as it has been handed on: the number of paths
        may have as many digits as there are nodes.
        """
        if not self.nodes:
            return 0.0, 0, []
        known = {self.root._number: (1.0, 1)}
        users: list[Share] = []
        for v in reversed(self.nodes):
            gradient, count = known.pop(v._number)
            if v is self.wrt:
                break
            for position, operand, partial in self.edges(v):
                share = share_of(v, gradient, partial)
                if operand is self.wrt:
                    users.append(Share(v, position, partial, gradient, share, count))
                before = known.get(operand._number)
                known[operand._number] = (
                    (share, count) if before is None else (before[0] + share, before[1] + count)
                )
        return gradient, count, users

    def _count(self, through: Callable[[float], bool]) -> int:
        """Count the paths all of whose partials pass a test."""
        if not self.nodes:
            return 0
        counts = {self.root._number: 1}
        count = 0
        for v in reversed(self.nodes):
            count = counts.pop(v._number, 0)
            if count and v is not self.wrt:
                for _, operand, partial in self.edges(v):
                    if through(partial):
                        counts[operand._number] = counts.get(operand._number, 0) + count
        return count


def _path(size: Size, steps: list[tuple[Value, Edge]]) -> Path:
    """Multiply the partials in the order in which paths are compared: from the far end up."""
    product = 0.0 if size == CUT else prod((e.partial for _, e in reversed(steps)), start=1.0)
    return Path([Step(v, edge.position, edge.partial) for v, edge in steps], product)


def count_text(count: int) -> str:
    """Write a number of paths; of a number that nobody reads, its power of ten.

    Examples
    --------
    >>> count_text(65_536), count_text(2**1100)
    ('65,536', 'about 10^331')
    """
    return f"{count:,}" if count < 10**15 else f"about 10^{int(log10(count))}"


def _of(some: int, count: int) -> str:
    """Say how many of the paths contain something."""
    if count == 1:
        return "the only path contains"
    if some == count:
        return f"all {count_text(count)} paths contain"
    return f"{count_text(some)} of {count_text(count)} paths contain{'s' if some == 1 else ''}"
