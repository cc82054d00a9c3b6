"""The order inside the columns of a drawing, from top to bottom: few arrows shall cross.

The order starts as a walk: from the results back through their operands, or from the leaves on,
which draws a tree without any crossing. Neighbours in a column are exchanged where that helps
(Gansner et al. 1993), each column in turn is sorted by the mean place of its neighbours (Sugiyama,
Tagawa & Toda 1981), and the best order that was seen is kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from glassgrad.show.columns import Columns, Lines

PATIENCE = 4  # rounds without a better order, after which it is good enough
MOST_WORK = 400_000  # lines between columns that are looked at, in all rounds together
EXCHANGED = 4_000  # lines in a drawing, above which only the walk's neighbours are exchanged
MOST_PAIRS = 200_000  # neighbours that are looked at before exchanging ends


def order(grid: Columns) -> None:
    """Sort each column in place."""
    lines = sum(map(len, grid.before))
    rounds = max(2, min(24, MOST_WORK // (lines + 1)))
    best: list[list[int]] = grid.columns
    fewest = -1
    for towards in (grid.before, grid.after):
        columns = _walked(grid, towards)
        found, crossings = _improved(columns, grid, rounds, lines <= EXCHANGED)
        if fewest < 0 or crossings < fewest:
            best, fewest = found, crossings
        if not fewest:
            break
    grid.columns = best


def _walked(grid: Columns, towards: Lines) -> list[list[int]]:
    """Order the columns as a walk in depth meets their nodes, operands in the order of arrows."""
    backward = towards is grid.before
    against = grid.after if backward else grid.before
    starts = [v for column in grid.columns for v in column if not against[v]]
    column_of = [0] * len(towards)
    for c, column in enumerate(grid.columns):
        for v in column:
            column_of[v] = c
    columns: list[list[int]] = [[] for _ in grid.columns]
    seen = [False] * len(towards)
    for start in sorted(starts):
        stack = [start]
        while stack:
            v = stack.pop()
            if not seen[v]:
                seen[v] = True
                columns[column_of[v]].append(v)
                stack.extend(reversed(towards[v]))
    return columns


def _improved(
    columns: list[list[int]], grid: Columns, rounds: int, exchange: bool
) -> tuple[list[list[int]], int]:
    """Sort to and fro; hand back the best order and the number of its crossings."""
    place = [0] * len(grid.before)
    for column in columns:
        _number(column, place)
    _exchange(columns, grid, place)
    best, fewest = [column[:] for column in columns], _crossings(columns, grid.after, place)
    waiting = 0
    for turn in range(rounds):
        if not fewest or waiting == PATIENCE:
            break
        forward = turn % 2 == 0
        neighbours = grid.before if forward else grid.after
        for column in columns if forward else reversed(columns):
            _sort(column, neighbours, place)
        if exchange:
            _exchange(columns, grid, place)
        crossings = _crossings(columns, grid.after, place)
        waiting += 1
        if crossings < fewest:
            best, fewest, waiting = [column[:] for column in columns], crossings, 0
    return best, fewest


def _number(column: Sequence[int], place: list[int]) -> None:
    for i, v in enumerate(column):
        place[v] = i


def _sort(column: list[int], neighbours: Lines, place: list[int]) -> None:
    """Sort a column by the mean place of its neighbours; who has none keeps his place."""
    having = [v for v in column if neighbours[v]]
    mean = {v: sum([place[w] for w in neighbours[v]]) / len(neighbours[v]) for v in having}
    having.sort(key=mean.__getitem__)
    if len(having) == len(column):
        column[:] = having
    else:
        following = iter(having)
        column[:] = [next(following) if neighbours[v] else v for v in column]
    _number(column, place)


def _crossings(columns: Sequence[Sequence[int]], after: Lines, place: Sequence[int]) -> int:
    """Count the pairs of lines that cross between neighbouring columns."""
    total = 0
    for column in columns:
        ends: list[int] = []
        for v in column:
            ahead = [place[w] for w in after[v]]
            if ends and ahead:
                total += sum([len(ends) - bisect_right(ends, end) for end in ahead])
            for end in ahead:
                insort(ends, end)
    return total


def _exchange(columns: Sequence[list[int]], grid: Columns, place: list[int]) -> None:
    """Exchange neighbours in a column as long as fewer lines cross."""
    seen = 0
    for column in columns:
        ends = {
            v: [sorted([place[w] for w in side[v]]) for side in (grid.before, grid.after)]
            for v in column
        }
        pairs: Sequence[int] = range(len(column) - 1)
        while pairs and seen < MOST_PAIRS:
            seen += len(pairs)
            again = set()
            for i in pairs:
                u, v = column[i], column[i + 1]
                now = _crossed(ends[u], ends[v])
                if now and _crossed(ends[v], ends[u]) < now:
                    column[i], column[i + 1] = v, u
                    again |= {i - 1, i, i + 1}
            pairs = sorted(i for i in again if 0 <= i < len(column) - 1)
        _number(column, place)


def _crossed(above: Lines, below: Lines) -> int:
    """Count the crossings of the lines of two neighbours, given where these end on both sides."""
    total = 0
    for high, low in zip(above, below, strict=True):
        if high and low and high[-1] > low[0]:
            total += sum([bisect_left(low, end) for end in high])
    return total
