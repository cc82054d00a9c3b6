"""The ways of arrows between boxes that have their places; no arrow runs through a box.

Between two columns an arrow moves freely; where it passes a column, it keeps the height of its
dummy node. What can't go from left to right goes round: a loop above its own box, everything else
below all the boxes on its way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glassgrad.show.columns import Columns

Point = tuple[float, float]

#: Points that are less apart are one: sums of lengths differ in the last digits.
NEAR = 0.01


@dataclass(slots=True)
class Room:
    """Where everything stands, for arrows to find their way."""

    grid: Columns
    spots: Sequence[Point]  # the top left corner of each box
    sizes: Sequence[Point]
    middle: Sequence[float]  # the height of each node, dummy nodes included
    sides: Sequence[Point]  # the left and the right side of each column
    column_gap: float
    row_gap: float

    def start(self, box: int) -> Point:
        """Say where arrows leave a box."""
        return self.spots[box][0] + self.sizes[box][0], self.middle[box]

    def end(self, box: int) -> Point:
        """Say where arrows arrive at a box."""
        return self.spots[box][0], self.middle[box]


def routes(room: Room, arrows: Sequence[tuple[int, int]]) -> list[list[Point]]:
    """Find the way of each arrow, as points; arrows between the same two boxes keep apart."""
    same, seen = Counter(arrows), Counter[tuple[int, int]]()
    found: list[list[Point]] = []
    round_about = []
    for i, (u, v) in enumerate(arrows):
        aside = (seen[u, v] + 0.5) / same[u, v] - 0.5
        seen[u, v] += 1
        if u == v:
            found.append(_loop(room, u, aside))
        elif (u, v) in room.grid.detours:
            found.append([])
            round_about.append(i)
        else:
            found.append(_forward(room, u, v, aside * room.row_gap / 2))
    for i, way in zip(round_about, _below(room, [arrows[i] for i in round_about]), strict=True):
        found[i] = way
    return found


def _forward(room: Room, u: int, v: int, aside: float) -> list[Point]:
    """Go from the left to the right, `aside` of other arrows between the same boxes."""
    column = room.grid.rank[u]
    start, end = room.start(u), room.end(v)
    way = [start, (room.sides[column][1], start[1])]
    for node in room.grid.passed(u, v):
        column += 1
        left, right = room.sides[column]
        y = room.middle[node] + aside
        way += [(left, y), (right, y)]
    if aside and len(way) == 2:
        left, right = way[-1][0], room.sides[column + 1][0]
        way.append(((left + right) / 2, (start[1] + end[1]) / 2 + aside))
    way += [(room.sides[column + 1][0], end[1]), end]
    return _bends(way)


def _bends(way: Sequence[Point]) -> list[Point]:
    """Leave out points where nothing happens: repeated ones, and those inside a level piece."""
    kept: list[Point] = []
    for point in way:
        if kept and abs(kept[-1][0] - point[0]) + abs(kept[-1][1] - point[1]) < NEAR:
            if len(kept) > 1:
                kept[-1] = point
            continue
        if len(kept) > 1 and kept[-2][1] == kept[-1][1] == point[1]:
            kept.pop()
        kept.append(point)
    return kept


def _loop(room: Room, box: int, aside: float) -> list[Point]:
    """Go round above a box, from its right side to its left one."""
    start, end = room.start(box), room.end(box)
    margin = room.column_gap * (0.25 + aside / 8)
    top = room.spots[box][1] - room.row_gap * (0.5 + aside / 4)
    right, left = start[0] + margin, end[0] - margin
    return [start, (right, start[1]), (right, top), (left, top), (left, end[1]), end]


def _below(room: Room, arrows: Sequence[tuple[int, int]]) -> list[list[Point]]:
    """Go below the boxes, the shorter ways nearer to them; no two ways share a line."""
    rank, sides = room.grid.rank, room.sides
    depth = [
        max(room.middle[v] + (room.sizes[v][1] / 2 if v < room.grid.count else 0) for v in column)
        for column in room.grid.columns
    ]
    leaving = Counter(rank[u] for u, _ in arrows)
    arriving = Counter(rank[v] for _, v in arrows)
    left_by, come_by = Counter[int](), Counter[int]()
    found: list[list[Point]] = [[] for _ in arrows]
    for i in sorted(range(len(arrows)), key=lambda i: abs(rank[arrows[i][1]] - rank[arrows[i][0]])):
        u, v = arrows[i]
        a, b = rank[u], rank[v]
        left_by[a] += 1
        come_by[b] += 1
        after = sides[a][1] + room.column_gap / 2 * left_by[a] / (leaving[a] + 1)
        before = sides[b][0] - room.column_gap / 2 * come_by[b] / (arriving[b] + 1)
        under = slice(b, a + 1) if b <= a else slice(a + 1, b)
        y = max(depth[under]) + room.row_gap
        depth[under] = [y] * len(depth[under])
        start, end = room.start(u), room.end(v)
        found[i] = [start, (after, start[1]), (after, y), (before, y), (before, end[1]), end]
    return found
