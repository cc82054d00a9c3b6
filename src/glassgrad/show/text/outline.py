"""A folded graph as a list: what each box holds, and what leads to it."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.show.look import shortened
from glassgrad.show.numbers import number
from glassgrad.show.scene import Group, Level, Node, Port

#: So many operands are named; of the rest it is said how many they are.
MOST_NAMED = 4


def outline(level: Level, grads: Sequence[float | None]) -> str:
    """Write one line for each box, in columns; arrows point back to what it uses."""
    sources: list[list[int]] = [[] for _ in level.boxes]
    for arrow in level.arrows:
        if arrow.source not in sources[arrow.target]:
            sources[arrow.target].append(arrow.source)
    names = [_name(box) for box in level.boxes]
    leaves_first = sorted(range(len(names)), key=lambda i: bool(sources[i]))
    rows = [
        (names[i], *_content(level.boxes[i], grads), _list([names[j] for j in sources[i]]))
        for i in leaves_first
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(3)] + [0]
    return "\n".join(
        "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _name(box: Node | Group | Port) -> str:
    return shortened(box.title if isinstance(box, Group) else box.name)


def _content(box: Node | Group | Port, grads: Sequence[float | None]) -> tuple[str, str]:
    if isinstance(box, Node):
        return f"data {number(box.data)}", f"grad {number(grads[box.index])}"
    return (box.note if isinstance(box, Group) else ""), ""


def _list(used: list[str]) -> str:
    if not used:
        return ""
    more = len(used) - MOST_NAMED
    named = used if more <= 1 else [*used[:MOST_NAMED], f"and {more} more"]
    return "← " + ", ".join(named).replace(", and", " and")
