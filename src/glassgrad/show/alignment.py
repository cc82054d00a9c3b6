"""How far down each node of a drawing stands: straight chains, parents centred on children.

After Brandes & Köpf, Fast and Simple Horizontal Coordinate Assignment (2002), turned on its side:
nodes are joined into rows with the middle one of their neighbours, rows are packed as tight as
their order allows, once towards each of four corners, and the four results are averaged. A long
arrow is straight all the way between its first and its last dummy node. Two things are our own:
a node is only joined with its deepest operands, so that the spine of a computation is straight
and the rest hangs beside it; and at the end rows move towards what they are connected with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from glassgrad.show.columns import Columns, Lines
from glassgrad.show.settling import settle


def heights(grid: Columns, tall: Sequence[float], gap: float) -> list[float]:
    """Say for each node how far down its middle is; `tall` says how tall each node is."""
    place = [0] * len(tall)
    for column in grid.columns:
        for i, v in enumerate(column):
            place[v] = i
    before, after = _straight(grid, place)
    found = []
    for down in (True, False):
        columns = grid.columns if down else [column[::-1] for column in grid.columns]
        where = place if down else [-i for i in place]
        for forward in (True, False):
            rows = _rows(columns, before, where) if forward else _rows(columns[::-1], after, where)
            middle = _packed(columns, rows, tall, gap)
            found.append(middle if down else [-y for y in middle])
    middle = _averaged(found)
    settle(middle, grid, before, tall, gap)
    return middle


def _straight(grid: Columns, place: Sequence[int]) -> tuple[Lines, Lines]:
    """Choose the lines that may become straight, those of each node from top to bottom.

    Not those that cross a part of a long arrow, and not those to operands that are not as deep.
    """
    deep = [0] * len(place)
    before: list[list[int]] = [[] for _ in place]
    after: list[list[int]] = [[] for _ in place]
    for column in grid.columns:
        apart = _crossed(column, grid, place)
        for v in column:
            deepest = max((deep[u] for u in grid.before[v]), default=-1)
            deep[v] = deepest + (v < grid.count)
            for u in sorted(grid.before[v], key=place.__getitem__):
                if deep[u] == deepest and (u, v) not in apart:
                    before[v].append(u)
                    after[u].append(v)
    return before, after


def _crossed(column: Sequence[int], grid: Columns, place: Sequence[int]) -> set[tuple[int, int]]:
    """Find the lines that cross the inner part of a long arrow before it gets to this column.

    Where two long arrows cross each other, it is the lower one that bends.
    """
    apart: set[tuple[int, int]] = set()
    inner = []
    low = scanned = 0
    for i, v in enumerate(column):
        tail = grid.before[v][0] if v >= grid.count else -1
        if tail < grid.count:
            continue
        if place[tail] < low:
            apart.add((tail, v))
        else:
            inner.append((i, low, place[tail]))
            low = place[tail]
    for i, least, most in [*inner, (len(column), low, len(place))]:
        for v in column[scanned:i]:
            apart.update((u, v) for u in grid.before[v] if not least <= place[u] <= most)
        scanned = i + 1
    return apart


def _rows(columns: Iterable[Sequence[int]], lines: Lines, place: Sequence[int]) -> list[int]:
    """Join each node with the middle one of its neighbours; a row is named by its first node."""
    row = list(range(len(lines)))
    for column in columns:
        used = -len(place)  # the last place among the neighbours that has been joined
        for v in column:
            near = lines[v]
            middle = near[(len(near) - 1) // 2 : len(near) // 2 + 1]
            for u in sorted(middle, key=place.__getitem__):
                if used < place[u]:
                    row[v] = row[u]
                    used = place[u]
                    break
    return row


def _packed(
    columns: Iterable[Sequence[int]], row: Sequence[int], tall: Sequence[float], gap: float
) -> list[float]:
    """Move each row up as far as the order allows, then down to what stands below it."""
    below: dict[int, list[tuple[int, float]]] = {r: [] for r in row}
    above = dict.fromkeys(below, 0)
    for column in columns:
        for u, v in pairwise(column):
            below[row[u]].append((row[v], (tall[u] + tall[v]) / 2 + gap))
            above[row[v]] += 1
    middle = dict.fromkeys(below, 0.0)
    order = [r for r in below if not above[r]]
    for r in order:  # it grows
        for s, distance in below[r]:
            middle[s] = max(middle[s], middle[r] + distance)
            above[s] -= 1
            if not above[s]:
                order.append(s)
    for r in reversed(order):
        if below[r]:
            middle[r] = max(middle[r], min(middle[s] - distance for s, distance in below[r]))
    return [middle[r] for r in row]


def _averaged(found: Sequence[Sequence[float]]) -> list[float]:
    """Take of each node the mean of its two middle places, after all four fit the smallest one."""
    smallest = min(found, key=lambda ys: max(ys) - min(ys))
    low, high = min(smallest), max(smallest)
    moves = [low - min(ys) for ys in found[:2]] + [high - max(ys) for ys in found[2:]]
    moved = [[y + move for y in ys] for ys, move in zip(found, moves, strict=True)]
    return [(b + c) / 2 for _, b, c, _ in map(sorted, zip(*moved, strict=True))]
