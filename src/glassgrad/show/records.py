"""The boxes of a drawing in the terminal: a value in two columns, or in one where room is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Final, TypeAlias

from glassgrad.show.look import cells, shortened
from glassgrad.show.numbers import number
from glassgrad.show.scene import Group, Node, Port

_LONGEST = 16  # letters of a label
_SINGLE: Final = ("─", "│", "┌", "┐", "└", "┘", "├")
_DOUBLE: Final = ("═", "║", "╔", "╗", "╚", "╝", "╟")

Box: TypeAlias = Node | Group | Port


@dataclass(frozen=True, slots=True)
class Record:
    """What stands in a box, two texts in each row.

    Parameters
    ----------
    rows : list of (str, str)
        The right texts are columns of their own if `divided`, otherwise they end the rows.
    divided : bool
        Whether a line stands between the two.
    double : bool
        Whether the frame is a double line: a group.
    """

    rows: list[tuple[str, str]]
    divided: bool = False
    double: bool = False

    @property
    def width(self) -> int:
        """Count the columns that it needs, frame included."""
        if self.divided:
            left, right = (max(map(count, texts)) for texts in zip(*self.rows, strict=True))
            return left + right + 7
        return max(starmap(_together, self.rows)) + 4

    @property
    def height(self) -> int:
        """Count its lines, frame included."""
        return len(self.rows) + 2

    def lines(self, width: int, leaving: bool) -> list[str]:
        """Write it as wide as its column; `leaving` is whether arrows go out."""
        level, upright, top_left, top_right, low_left, low_right, exit_ = (
            _DOUBLE if self.double else _SINGLE
        )
        right = max(count(text) for _, text in self.rows)
        bar = width - right - 5 if self.divided else -1  # where the line between stands
        edge = level * (width - 2)
        top, low = (edge[:bar] + sign + edge[bar + 1 :] if self.divided else edge for sign in "┬┴")
        lines = [top_left + top + top_right]
        for i, (a, b) in enumerate(self.rows):
            if self.divided:
                text = a + " " * (bar - 2 - count(a)) + " │ " + b + " " * (right - count(b))
            else:
                text = a + " " * (width - 4 - count(a) - count(b)) + b
            lines.append(f"{upright} {text} {exit_ if leaving and i == self.exit else upright}")
        return [*lines, low_left + low + low_right]

    @property
    def exit(self) -> int:
        """The row at whose height arrows come in and go out."""
        return (len(self.rows) - 1) // 2


def count(text: str) -> int:
    """Count the columns that a text takes."""
    return sum(map(cells, text))


def wide(boxes: Sequence[Box], grads: Sequence[float | None]) -> list[Record]:
    """Write values in two columns: label over operation, data over gradient."""
    nodes = [box for box in boxes if isinstance(box, Node)]
    digits = max((len(number(x)) for v in nodes for x in (v.data, grads[v.index])), default=0)

    def record(box: Box) -> Record:
        if not isinstance(box, Node):
            return Record(_titles(box), double=True)
        data, grad = (number(x).rjust(digits) for x in (box.data, grads[box.index]))
        return Record([(_name(box), f"data {data}"), (_sign(box), f"grad {grad}")], divided=True)

    return list(map(record, boxes))


def narrow(boxes: Sequence[Box], grads: Sequence[float | None]) -> list[Record]:
    """Write values in one column: label and operation, data, gradient."""

    def record(box: Box) -> Record:
        if not isinstance(box, Node):
            return Record([*_titles(box), ("", "")], double=True)
        numbers = [("", number(x)) for x in (box.data, grads[box.index])]
        return Record([(_name(box), _sign(box)), *numbers])

    return list(map(record, boxes))


def _name(node: Node) -> str:
    return shortened(node.name, _LONGEST)


def _sign(node: Node) -> str:
    return shortened(node.symbol, _LONGEST)


def _titles(box: Group | Port) -> list[tuple[str, str]]:
    title, note = (box.title, box.note) if isinstance(box, Group) else (box.name, "")
    return [(shortened(title), ""), (shortened(note), "")]


def _together(left: str, right: str) -> int:
    return count(left) + count(right) + (1 if left and right else 0)
