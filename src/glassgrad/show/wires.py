"""Arrows between boxes of text: level pieces, and one upright for all that goes to one target.

Columns of boxes stand side by side; between two of them is a gap in which arrows change rows.
Where two arrows only cross, the upright one is drawn through: ``│``. Where they meet there is a
corner or a junction: ``┤``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

from glassgrad.show.look import cells

_LEFT, _RIGHT, _UP, _DOWN = 1, 2, 4, 8
_LINES: Final = " ╴╶─╵┘└┴╷┐┌┬│┤├┼"
HEAD: Final = "►"


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of an arrow in one gap: from which row to which.

    Parameters
    ----------
    row, goal : int
        Where it comes in at the left, and where it leaves at the right.
    source, target : hashable
        What it belongs to on either side: pieces of one target share their upright.
    """

    row: int
    source: Hashable
    goal: int
    target: Hashable


class Gap:
    """The room between two columns, and where its uprights stand."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = list(pieces)
        rows: dict[Hashable, set[int]] = {}
        for piece in self.pieces:
            rows.setdefault(piece.target, set()).update((piece.row, piece.goal))
        self._spans = {
            target: (min(found), max(found)) for target, found in rows.items() if len(found) > 1
        }
        self.tangled = False  # whether two arrows would share a level piece, and seem one
        self._channels: dict[Hashable, int] = {}
        for target in self._order():
            self._channels[target] = self._free(target)
        self.width = 3 + max(self._channels.values(), default=-1) + 1

    def upright(self, target: Hashable) -> int | None:
        """Say how far from the left the upright of a target stands; None if it needs none."""
        return 1 + self._channels[target] if target in self._channels else None

    def span(self, target: Hashable) -> tuple[int, int]:
        """Say from which row to which the upright of a target runs."""
        return self._spans[target]

    def _earlier(self, target: Hashable) -> set[Hashable]:
        """Find the uprights that must stand further left.

        What comes in on the row on which this target leaves has to branch off before.
        """
        goals = {piece.goal for piece in self.pieces if piece.target == target}
        found = {piece.target for piece in self.pieces if piece.row in goals}
        return (found & set(self._spans)) - {target}

    def _order(self) -> list[Hashable]:
        """List the uprights from left to right: of those that go down the lowest first.

        So they do not cross each other. What must stand earlier comes first, as far as possible.
        """
        start = {
            piece.target: -piece.row if piece.row < piece.goal else piece.row
            for piece in self.pieces
        }
        waiting = {
            target: self._earlier(target) for target in sorted(self._spans, key=start.__getitem__)
        }
        ordered: list[Hashable] = []
        while waiting:
            free = [target for target, before in waiting.items() if not before & set(waiting)]
            self.tangled = self.tangled or not free
            chosen = free[0] if free else next(iter(waiting))
            del waiting[chosen]
            ordered.append(chosen)
        return ordered

    def _free(self, target: Hashable) -> int:
        """Find the leftmost channel in which the upright touches no other."""
        top, bottom = self._spans[target]
        after = [self._channels[t] for t in self._earlier(target) if t in self._channels]
        channel = max(after, default=-1) + 1
        while any(
            self._channels[other] == channel
            and top <= self._spans[other][1] and self._spans[other][0] <= bottom
            for other in self._channels
        ):  # fmt: skip
            channel += 1
        return channel


class Canvas:
    """Text and lines at rows and columns."""

    def __init__(self) -> None:
        self._text: dict[tuple[int, int], str] = {}
        self._arms: dict[tuple[int, int], dict[Hashable, int]] = {}
        self._joints: set[tuple[int, int]] = set()

    def write(self, row: int, column: int, text: str) -> None:
        """Put a line of text somewhere."""
        for letter in text:
            size = cells(letter)
            if size == 0:  # it belongs to the letter before
                self._text[row, column - 1] += letter
                continue
            self._text[row, column] = letter
            if size == 2:
                self._text[row, column + 1] = ""
            column += size

    def level(self, row: int, left: int, right: int, net: Hashable) -> None:
        """Draw a level line through some cells, the first and the last included."""
        for column in range(left, right + 1):
            self._add(row, column, net, _LEFT | _RIGHT)

    def gap(self, left: int, gap: Gap) -> None:
        """Draw the pieces of a gap whose first column of cells is given."""
        right = left + gap.width - 1
        for piece in gap.pieces:
            source, target = ("from", piece.source), ("to", piece.target)
            place = gap.upright(piece.target)
            if place is None:
                self.level(piece.row, left, right, source)
                continue
            x = left + place
            self.level(piece.row, left, x - 1, source)
            self._add(piece.row, x, source, _LEFT)
            top, bottom = gap.span(piece.target)
            for row in range(top, bottom + 1):
                arms = (_UP if row > top else 0) | (_DOWN if row < bottom else 0)
                self._add(row, x, target, arms)
            self._add(piece.goal, x, target, _RIGHT)
            self.level(piece.goal, x + 1, right, target)
            self._joints.add((piece.row, x))

    def lines(self) -> list[str]:
        """Write everything down, row by row."""
        for spot, nets in self._arms.items():
            arms = reduce(or_, nets.values())
            upright = any(bits & (_UP | _DOWN) for bits in nets.values())
            crossing = len(nets) > 1 and upright and spot not in self._joints
            self._text.setdefault(spot, "│" if crossing else _LINES[arms])
        rows = sorted({row for row, _ in self._text})
        width = 1 + max(column for _, column in self._text)
        return [
            "".join(self._text.get((row, column), " ") for column in range(width)).rstrip()
            for row in range(rows[0], rows[-1] + 1)
        ]

    def _add(self, row: int, column: int, net: Hashable, arms: int) -> None:
        nets = self._arms.setdefault((row, column), {})
        nets[net] = nets.get(net, 0) | arms
