"""Columns of boxes, with dummy nodes where an arrow passes a column on its way.

All long arrows of one box share their dummy nodes: they leave it as one line, and branch off
before the columns of their targets. So a parameter that is used a thousand times is one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

Lines = Sequence[Sequence[int]]  # of each node, its neighbours on one side

#: Dummy nodes at most; beyond, the longest arrows go below the drawing.
MOST_DUMMIES = 20_000


@dataclass(slots=True)
class Columns:
    """A graph whose arrows only join neighbouring columns.

    Nodes below `count` are boxes, the others are dummy nodes.
    """

    count: int
    columns: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]
    rank: list[int]
    trunk: list[int]  # of each box its first dummy node, if it has one
    detours: set[tuple[int, int]]  # arrows that are no part of this: they go below the boxes

    def passed(self, source: int, target: int) -> range:
        """List the dummy nodes on the way from one box to another."""
        length = self.rank[target] - self.rank[source] - 1
        return range(self.trunk[source], self.trunk[source] + length)


def columns_of(rank: list[int], arrows: Sequence[tuple[int, int]]) -> Columns:
    """Put boxes into their columns, and dummy nodes where arrows pass; not yet in a good order."""
    count = len(rank)
    lengths = [0] * count
    for u, v in arrows:
        lengths[u] = max(lengths[u], rank[v] - rank[u] - 1)
    longest = _longest(lengths)
    detours = {(u, v) for u, v in arrows if not 0 < rank[v] - rank[u] <= longest + 1}
    if detours:
        lengths = [0] * count
        for u, v in arrows:
            if (u, v) not in detours:
                lengths[u] = max(lengths[u], rank[v] - rank[u] - 1)
    trunk = list(accumulate(lengths, initial=count))
    columns: list[list[int]] = [[] for _ in range(max(rank) + 1)]
    before: list[list[int]] = [[] for _ in range(trunk[-1])]
    after: list[list[int]] = [[] for _ in range(trunk[-1])]
    for u, r in enumerate(rank):
        columns[r].append(u)
        tail = u
        for i in range(lengths[u]):
            node = trunk[u] + i
            columns[r + i + 1].append(node)
            before[node].append(tail)
            after[tail].append(node)
            tail = node
    made = Columns(count, columns, before, after, rank, trunk, detours)
    for u, v in arrows:
        if (u, v) not in detours:
            tail = made.passed(u, v)[-1] if rank[v] - rank[u] > 1 else u
            before[v].append(tail)
            after[tail].append(v)
    return made


def _longest(lengths: Sequence[int]) -> int:
    """Say how many columns an arrow may pass, so that there are not too many dummy nodes."""
    low, high = 0, max(lengths) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if sum(min(length, middle) for length in lengths) <= MOST_DUMMIES:
            low = middle
        else:
            high = middle
    return low
