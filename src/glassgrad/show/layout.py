"""Where the boxes of a drawing stand and how arrows run between them, from left to right.

A layered layout after Sugiyama, Tagawa & Toda, Methods for Visual Understanding of Hierarchical
System Structures (1981), in four steps, each in a module of its own: which column a box stands in
(`ranking`), in which order (`ordering`), how far down (`alignment`), and the ways of the arrows
(`routes`). Nothing here knows what the boxes are; sizes may be pixels or letters.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from glassgrad.show.alignment import heights
from glassgrad.show.columns import columns_of
from glassgrad.show.ordering import order
from glassgrad.show.ranking import ranks
from glassgrad.show.routes import Point, Room, routes

#: How much wider than tall a drawing of several unconnected parts shall become.
ASPECT = 1.6


@dataclass(frozen=True, slots=True)
class Layout:
    """A place for each box, and a way for each arrow; everything starts at (0, 0).

    Parameters
    ----------
    spots : list of (float, float)
        The top left corner of each box.
    routes : list of list of (float, float)
        The points of each arrow, from the middle of the source's right side to the middle of the
        target's left side; between them it bends.
    width, height : float
        How much room all of it takes.
    """

    spots: list[Point]
    routes: list[list[Point]]
    width: float
    height: float


def place(
    sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]], *,
    first: Collection[int] = (), last: Collection[int] = (),
    column_gap: float = 56.0, row_gap: float = 14.0,
) -> Layout:  # fmt: skip
    """Give boxes their places: operands left, results right, few arrows that cross.

    Boxes that nothing leads to stand directly before the first one that uses them; operands stand
    in the order of their arrows. An arrow that closes a cycle, or has both ends in one box, is
    routed round the boxes. The same input gives the same layout, everywhere.

    Parameters
    ----------
    sizes : sequence of (float, float)
        The width and the height of each box.
    arrows : sequence of (int, int)
        Source and target of each arrow, as places in `sizes`; the same pair may occur twice.
    first, last : collection of int
        Boxes that have the leftmost or the rightmost column for themselves.
    column_gap, row_gap : float
        How much room stays free between columns, and between boxes one above the other.

    Returns
    -------
    Layout
        Spots, routes, width and height.

    Raises
    ------
    ValueError
        For a size that is negative or not finite, a gap that is not positive, an arrow or a port
        that names no box, and a box that is to be both first and last.

    Examples
    --------
    >>> from glassgrad.show.layout import place
    >>> layout = place([(40, 20), (40, 20), (60, 20)], [(0, 2), (1, 2)])  # c = a * b
    >>> layout.spots
    [(0.0, 0.0), (0.0, 34.0), (96.0, 17.0)]
    >>> layout.routes[0]
    [(40.0, 10.0), (96.0, 27.0)]
    >>> layout.width, layout.height
    (156.0, 54.0)
    """
    _check(sizes, arrows, first, last, column_gap, row_gap)
    parts = _parts(len(sizes), arrows, first, last)
    number = {box: i for boxes, _ in parts for i, box in enumerate(boxes)}
    layouts = [
        _layered(
            [sizes[box] for box in boxes],
            [(number[arrows[i][0]], number[arrows[i][1]]) for i in inside],
            {number[box] for box in boxes if box in first},
            {number[box] for box in boxes if box in last},
            column_gap,
            row_gap,
        )
        for boxes, inside in parts
    ]
    corners, width, height = _packed(layouts, column_gap, 2 * row_gap)
    whole = Layout([(0.0, 0.0)] * len(sizes), [[] for _ in arrows], width, height)
    for (boxes, inside), layout, (x, y) in zip(parts, layouts, corners, strict=True):
        for box, spot in zip(boxes, layout.spots, strict=True):
            whole.spots[box] = (spot[0] + x, spot[1] + y)
        for i, way in zip(inside, layout.routes, strict=True):
            whole.routes[i] = [(a + x, b + y) for a, b in way]
    return whole


def _check(
    sizes: Sequence[Point], arrows: Sequence[tuple[int, int]],
    first: Collection[int], last: Collection[int], column_gap: float, row_gap: float,
) -> None:  # fmt: skip
    for i, (width, height) in enumerate(sizes):
        if not (isfinite(width) and isfinite(height) and width >= 0 and height >= 0):
            raise ValueError(
                f"box {i} has the size {(width, height)}: give two finite numbers >= 0"
            )
    count = len(sizes)
    for i, arrow in enumerate(arrows):
        if not all(0 <= end < count for end in arrow):
            raise ValueError(f"arrow {i} is {arrow}, but there are {count} boxes, counted from 0")
    for name, ports in (("first", first), ("last", last)):
        if wrong := [box for box in ports if not 0 <= box < count]:
            raise ValueError(
                f"{name} names box {wrong[0]}, but there are {count} boxes, counted from 0"
            )
    if both := set(first) & set(last):
        raise ValueError(f"box {min(both)} can't be both first and last: leave it out of one")
    for name, gap in (("column_gap", column_gap), ("row_gap", row_gap)):
        if not (isfinite(gap) and gap > 0):
            raise ValueError(f"{name} is {gap}: arrows need a gap that is positive and finite")


def _parts(
    count: int, arrows: Sequence[tuple[int, int]], first: Collection[int], last: Collection[int]
) -> list[tuple[list[int], list[int]]]:
    """List what is connected, boxes and arrows, large parts first; with ports all is one part."""
    if first or last:
        return [(list(range(count)), list(range(len(arrows))))]
    head = list(range(count))

    def find(box: int) -> int:
        while head[box] != box:
            head[box] = head[head[box]]
            box = head[box]
        return box

    for u, v in arrows:
        low, high = sorted((find(u), find(v)))
        head[high] = low
    parts: dict[int, tuple[list[int], list[int]]] = {}
    for box in range(count):
        parts.setdefault(find(box), ([], []))[0].append(box)
    for i, (u, _) in enumerate(arrows):
        parts[find(u)][1].append(i)
    return sorted(parts.values(), key=lambda part: -len(part[0]))


def _layered(
    sizes: Sequence[Point], arrows: Sequence[tuple[int, int]],
    first: Collection[int], last: Collection[int], column_gap: float, row_gap: float,
) -> Layout:  # fmt: skip
    """Lay out one part, in the four steps."""
    rank = ranks(len(sizes), arrows, first, last)
    grid = columns_of(rank, [(u, v) for u, v in arrows if u != v])
    order(grid)
    tall = [height for _, height in sizes] + [0.0] * (len(grid.before) - len(sizes))
    middle = heights(grid, tall, row_gap)
    sides: list[Point] = []
    left = 0.0
    for column in grid.columns:
        right = left + max((sizes[v][0] for v in column if v < grid.count), default=0.0)
        sides.append((left, right))
        rise = max((abs(middle[w] - middle[v]) for v in column for w in grid.after[v]), default=0.0)
        left = right + column_gap * _stretch(rise / column_gap)
    spots = [
        ((sum(sides[rank[v]]) - width) / 2, middle[v] - height / 2)
        for v, (width, height) in enumerate(sizes)
    ]
    ways = routes(Room(grid, spots, sizes, middle, sides, column_gap, row_gap), arrows)
    return _from_zero(spots, ways, sizes)


def _stretch(rise: float) -> float:
    """Choose how much wider a gap becomes, so that arrows that rise steeply can be told apart."""
    return 1 + min(max(rise - 4, 0.0) / 8, 2.0)


def _from_zero(
    spots: Sequence[Point], ways: Sequence[Sequence[Point]], sizes: Sequence[Point]
) -> Layout:
    """Move everything so that it starts at (0, 0), and measure it."""
    points = [point for way in ways for point in way]
    x, y = (min(each) for each in zip(*spots, *points, strict=True))
    corners = [(a + w, b + h) for (a, b), (w, h) in zip(spots, sizes, strict=True)]
    right, bottom = (max(each) for each in zip(*corners, *points, strict=True))
    return Layout(
        [(a - x, b - y) for a, b in spots],
        [[(a - x, b - y) for a, b in way] for way in ways],
        right - x,
        bottom - y,
    )


def _packed(
    layouts: Sequence[Layout], column_gap: float, row_gap: float
) -> tuple[list[Point], float, float]:
    """Put parts side by side, and begin anew below where the line is full."""
    area = sum((each.width + column_gap) * (each.height + row_gap) for each in layouts)
    full = max([sqrt(ASPECT * area), *(each.width for each in layouts)])
    corners: list[Point] = []
    x = top = width = bottom = 0.0
    for each in layouts:
        if corners and x + each.width > full:
            x, top = 0.0, bottom + row_gap
        corners.append((x, top))
        width, bottom = max(width, x + each.width), max(bottom, top + each.height)
        x += each.width + column_gap
    return corners, width, bottom
