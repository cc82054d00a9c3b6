"""How far down each node of a drawing stands: straight chains, parents centred on children.

After Brandes & Köpf, Fast and Simple Horizontal Coordinate Assignment (2002), turned on its side:
nodes are joined into rows with the middle one of their neighbours, rows are packed as tight as
their order allows, once towards each of four corners, and the four results are averaged. A long
arrow is straight all the way between its first and its last dummy node.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from glassgrad.show.columns import Columns


def heights(grid: Columns, tall: Sequence[float], gap: float) -> list[float]:
    """Say for each node how far down its middle is; `tall` says how tall each node is."""
    place = [0] * len(tall)
    for column in grid.columns:
        for i, v in enumerate(column):
            place[v] = i
    apart = _conflicts(grid, place)
    found = []
    for down in (True, False):
        columns = grid.columns if down else [column[::-1] for column in grid.columns]
        where = place if down else [-i for i in place]
        for forward in (True, False):
            rows = _rows(columns if forward else columns[::-1],
                         grid.before if forward else grid.after, where, apart)  # fmt: skip
            middle = _packed(columns, rows, tall, gap)
            found.append(middle if down else [-y for y in middle])
    return _averaged(found)


def _conflicts(grid: Columns, place: Sequence[int]) -> set[tuple[int, int]]:
    """Find the lines that must not be made straight: they cross a part of a long arrow.

    Where two long arrows cross each other, the lower one bends.
    """
    apart: set[tuple[int, int]] = set()
    count = grid.count
    for column in grid.columns[1:]:
        low, straight, scanned = -1, [], 0
        for i, v in enumerate(column):
            tail = grid.before[v][0] if v >= count else -1
            if tail < count:
                continue
            if place[tail] < low:
                apart.add((tail, v))
                continue
            straight.append((i, low, place[tail]))
            low = place[tail]
        for i, least, most in [*straight, (len(column), low, len(place))]:
            for v in column[scanned:i]:
                for u in grid.before[v]:
                    if not least <= place[u] <= most:
                        apart.add((u, v))
            scanned = i + 1
    return apart


def _rows(
    columns: Iterable[Sequence[int]], neighbours: Sequence[Sequence[int]],
    place: Sequence[int], apart: set[tuple[int, int]],
) -> list[int]:  # fmt: skip
    """Join each node with the middle one of its neighbours; a row is named by its first node."""
    row = list(range(len(neighbours)))
    for column in columns:
        free = -len(place)  # places up to here have been joined with nodes above
        for v in column:
            near = sorted(neighbours[v], key=place.__getitem__)
            for u in near[(len(near) - 1) // 2 : len(near) // 2 + 1]:
                if free < place[u] and (u, v) not in apart and (v, u) not in apart:
                    row[v] = row[u]
                    free = place[u]
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
