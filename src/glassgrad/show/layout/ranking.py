"""Which column each box of a drawing stands in: operands left, results right.

Ranks are longest paths from the left; then what can move right without making the arrows longer
does so, which brings leaves to the column before their first consumer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence


def ranks(
    count: int, arrows: Sequence[tuple[int, int]], first: Collection[int], last: Collection[int]
) -> list[int]:
    """Give each box the number of its column; an arrow that closes a cycle has no say."""
    followed = [
        (u, v) for u, v in dict.fromkeys(arrows) if u != v and v not in first and u not in last
    ]
    order, followed = _acyclic(count, followed)
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for u, v in followed:
        before[v].append(u)
        after[u].append(v)
    rank = [0 if v in first or not first else 1 for v in range(count)]
    for v in order:
        for u in before[v]:
            rank[v] = max(rank[v], rank[u] + 1)
    if last:
        inside = (rank[v] for v in range(count) if v not in last)
        rightmost = max([*inside, *((-1,) if not first else (0,))]) + 1
        for v in last:
            rank[v] = rightmost
    pull = _pulls(order, before, Counter(arrows))
    for v in reversed(order):
        if after[v] and v not in first and pull[v] >= 0:
            rank[v] = min(rank[w] for w in after[v]) - 1
    return rank


def _acyclic(
    count: int, arrows: Sequence[tuple[int, int]]
) -> tuple[list[int], list[tuple[int, int]]]:
    """Order the boxes so that arrows go forward; arrows that would close a cycle are left out."""
    after: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for u, v in arrows:
        after[u].append(v)
        entered[v] = True
    starts = sorted(range(count), key=lambda v: entered[v])
    open_, done = 1, 2
    state = [0] * count
    finished, forward = [], []
    for start in starts:
        if state[start]:
            continue
        state[start] = open_
        stack = [(start, iter(after[start]))]
        while stack:
            u, rest = stack[-1]
            for v in rest:
                if state[v] == open_:
                    continue
                forward.append((u, v))
                if not state[v]:
                    state[v] = open_
                    stack.append((v, iter(after[v])))
                    break
            else:
                state[u] = done
                finished.append(u)
                stack.pop()
    kept = set(forward)
    return finished[::-1], [arrow for arrow in arrows if arrow in kept]


def _pulls(
    order: Sequence[int], before: Sequence[Sequence[int]], many: Counter[tuple[int, int]]
) -> list[int]:
    """Say how much shorter the arrows become, in all, for each column that a box moves right.

    Operands that nobody else uses come along, as long as that is cheaper than a longer arrow.
    """
    outgoing = [0] * len(order)
    for (u, v), times in many.items():
        if u != v:
            outgoing[u] += times
    cost = [0] * len(order)
    for v in order:
        for u in before[v]:
            times = many[u, v]
            cost[v] += min(times, cost[u]) if outgoing[u] == times else times
    return [out - moved for out, moved in zip(outgoing, cost, strict=True)]
