"""A drawing for the terminal: boxes and arrows made of letters."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate, combinations, pairwise
from math import floor

from glassgrad.show.layout import place
from glassgrad.show.scene import Group, Scene
from glassgrad.show.text.outline import outline
from glassgrad.show.text.records import Record, narrow, wide
from glassgrad.show.text.tree import tree_text
from glassgrad.show.text.wires import HEAD, Canvas, Gap, Piece

#: Beyond these the drawing is a tree.
MOST_BOXES = 40
MOST_COLUMNS = 120

LEGEND = "(in each box: label and operation, data, gradient)"


def textual(scene: Scene, grads: Sequence[float | None] | None = None) -> str:
    """Draw a scene with letters, operands left and results right.

    Each value is a box: its label over the operation that made it, its number over its gradient.
    A graph with more than 40 boxes, or wider than 120 columns, is written as a tree instead, or
    as a list of its boxes if it is folded.

    Parameters
    ----------
    scene : Scene
        What is drawn; groups stay closed.
    grads : sequence of float or None, optional
        The gradients to be shown, by place in `Scene.nodes`; without them those of the nodes.

    Returns
    -------
    str
        Lines of text.

    Examples
    --------
    >>> from glassgrad import Value
    >>> from glassgrad.show.folding import scene
    >>> from glassgrad.show.text.textual import textual
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> e = a * b
    >>> e.label = "e"
    >>> e.backward()
    >>> print(textual(scene(e)))
    ┌───┬─────────┐
    │ a │ data  2 ├─┐
    │   │ grad −3 │ │
    └───┴─────────┘ │  ┌───┬─────────┐
                    └─►│ e │ data −6 │
    ┌───┬─────────┐ ┌─►│ × │ grad  1 │
    │ b │ data −3 ├─┘  └───┴─────────┘
    │   │ grad  2 │
    └───┴─────────┘
    """
    known = [node.grad for node in scene.nodes] if grads is None else grads
    boxes = scene.top.boxes
    if len(boxes) > MOST_BOXES:
        return _otherwise(scene, known, f"{len(boxes)} boxes are too many to be drawn here")
    arrows = [(arrow.source, arrow.target) for arrow in scene.top.arrows]
    if _cyclic(arrows):
        return _otherwise(scene, known, "modules that feed each other are not drawn here")
    for write in (wide, narrow):
        plan = _Plan(write(boxes, known), arrows)
        if plan.tangled:
            return _otherwise(scene, known, "its arrows could not be told apart here")
        if plan.width <= MOST_COLUMNS:
            lines = plan.lines()
            return "\n".join(lines if write is wide else [*lines, LEGEND])
    return _otherwise(scene, known, f"a drawing of it would be {plan.width} columns wide")


def _otherwise(scene: Scene, grads: Sequence[float | None], why: str) -> str:
    """Write a folded graph as a list of its boxes, another as a tree."""
    if any(isinstance(box, Group) for box in scene.top.boxes):
        return f"({why}: these are its boxes)\n{outline(scene.top, grads)}"
    by_value = {id(node.value): grad for node, grad in zip(scene.nodes, grads, strict=True)}
    trees = [tree_text(scene.nodes[i].value, by_value) for i in scene.outputs]
    return "\n".join([f"({why}: this is the graph as a tree)", *trees])


def _cyclic(arrows: Sequence[tuple[int, int]]) -> bool:
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for source, target in arrows:
        sorter.add(target, source)
    try:
        sorter.prepare()
    except CycleError:
        return True
    return False


class _Plan:
    """Where the boxes stand, in rows and columns of letters, and how arrows run between them.

    The layout is asked for with boxes one wide and one apart, so that it tells in which column of
    boxes each stands; how wide a column is follows from its boxes, a gap from its arrows.
    """

    def __init__(self, records: list[Record], arrows: list[tuple[int, int]]) -> None:
        self._records, self._arrows = records, arrows
        pairs = list(dict.fromkeys(arrows))
        sizes = [(1.0, float(record.height)) for record in records]
        layout = place(sizes, pairs, column_gap=1.0, row_gap=1.0)
        ways = dict(zip(pairs, layout.routes, strict=True))
        self._column = [round(x) // 2 for x, _ in layout.spots]
        self._top = [floor(y + 0.5) for _, y in layout.spots]
        self._leaving = {source for source, _ in arrows}
        self._widths = [0] * (1 + max(self._column))
        for record, column in zip(records, self._column, strict=True):
            self._widths[column] = max(self._widths[column], record.width)
        courses = [self._course(*pair, ways[pair]) for pair in arrows]
        self._heads = self._arrivals(arrows, courses)
        self._passing: list[tuple[int, int, int]] = []  # column, row, and whose arrow it is
        pieces: list[list[Piece]] = [[] for _ in self._widths]
        for (source, target), course, head in zip(arrows, courses, self._heads, strict=True):
            column = self._column[source]
            for row, goal in pairwise(course):
                column += 1
                pieces[column - 1].append(Piece(row, source, goal, ("way", source, goal)))
                self._passing.append((column, goal, source))
            pieces[column].append(Piece(course[-1], source, head, ("box", target, head)))
        self._gaps = [Gap(each) for each in pieces[:-1]]
        self.tangled = any(gap.tangled for gap in self._gaps)
        steps = (width + gap.width for width, gap in zip(self._widths, self._gaps, strict=False))
        self._left = list(accumulate(steps, initial=0))
        self.width = self._left[-1] + self._widths[-1]

    def lines(self) -> list[str]:
        """Draw everything."""
        canvas = Canvas()
        for i, record in enumerate(self._records):
            column = self._column[i]
            for row, line in enumerate(record.lines(self._widths[column], i in self._leaving)):
                canvas.write(self._top[i] + row, self._left[column], line)
        for column, row, source in self._passing:
            left = self._left[column]
            canvas.level(row, left, left + self._widths[column] - 1, ("passing", source))
        for column, gap in enumerate(self._gaps):
            canvas.gap(self._left[column] + self._widths[column], gap)
        for (_, target), row in zip(self._arrows, self._heads, strict=True):
            canvas.write(row, self._left[self._column[target]] - 1, HEAD)
        return canvas.lines()

    def _course(self, source: int, target: int, way: Sequence[tuple[float, float]]) -> list[int]:
        """Find the rows of an arrow: where it leaves its source, and where it passes columns."""
        record = self._records[source]
        down = record.exit + 1 - record.height / 2
        passed = range(self._column[source] + 1, self._column[target])
        leaving = self._top[source] + record.exit + 1
        return [leaving, *(floor(_height(way, 2 * c + 0.5) + down + 0.5) for c in passed)]

    def _arrivals(self, arrows: list[tuple[int, int]], courses: list[list[int]]) -> list[int]:
        """Find the row in which each arrow arrives: each has its own, as far as there are rows."""
        rows = [0] * len(arrows)
        coming: dict[int, list[int]] = {}
        for i, (_, target) in enumerate(arrows):
            coming.setdefault(target, []).append(i)
        for target, found in coming.items():
            record, first = self._records[target], self._top[target] + 1
            found.sort(key=lambda i: courses[i][-1])
            sources = [courses[i][-1] - first for i in found]
            for i, row in zip(found, _slots(sources, len(record.rows), record.exit), strict=True):
                rows[i] = first + row
        return rows


def _slots(sources: list[int], count: int, middle: int) -> Sequence[int]:
    """Choose the rows of a box at which arrows from those rows arrive, keeping their order.

    As many as possible go straight; the others keep apart.
    """
    if len(sources) > count:
        return [round(i * (count - 1) / (len(sources) - 1)) for i in range(len(sources))]

    def cost(rows: tuple[int, ...]) -> tuple[int, int, int]:
        bends = sum(row != source for row, source in zip(rows, sources, strict=True))
        return bends, rows[0] - rows[-1], abs(rows[0] - middle)

    return min(combinations(range(count), len(sources)), key=cost)


def _height(way: Sequence[tuple[float, float]], x: float) -> float:
    """Find how far down an arrow is at some place from left to right."""
    (x0, y0), (x1, y1) = next(pair for pair in pairwise(way) if pair[0][0] <= x <= pair[1][0])
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
