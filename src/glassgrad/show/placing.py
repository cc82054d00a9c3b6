"""A scene with a place for everything: opened groups hold a picture of their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from glassgrad.show.layout import Layout, place
from glassgrad.show.look import FRAME_HEAD, FRAME_MARGIN, size
from glassgrad.show.scene import Group, Level, Port


@dataclass(slots=True, eq=False)
class Placed:
    """A level with the places of its boxes and the ways of its arrows.

    Parameters
    ----------
    level : Level
        What is placed.
    sizes : list of (float, float)
        The width and height of each box.
    layout : Layout
        Their places, from (0, 0).
    inside : dict of int to Placed
        The insides of those boxes that are opened groups.
    """

    level: Level
    sizes: list[tuple[float, float]]
    layout: Layout
    inside: dict[int, Placed]


def placed(level: Level, opened: Collection[str] = ()) -> Placed:
    """Find a place for every box of a level, the inner ones of opened groups first."""
    inside = {
        i: placed(box.level, opened)
        for i, box in enumerate(level.boxes)
        if isinstance(box, Group) and box.key in opened
    }
    sizes = []
    for i, box in enumerate(level.boxes):
        width, height = size(box)
        if i in inside:
            inner = inside[i].layout
            width = max(width, inner.width + 2 * FRAME_MARGIN)
            height = inner.height + FRAME_HEAD + FRAME_MARGIN
        sizes.append((width, height))
    ports = [(i, box) for i, box in enumerate(level.boxes) if isinstance(box, Port)]
    layout = place(
        sizes,
        [(arrow.source, arrow.target) for arrow in level.arrows],
        first=[i for i, port in ports if port.inward],
        last=[i for i, port in ports if not port.inward],
    )
    return Placed(level, sizes, layout, inside)
