"""How large things are drawn; a drawing and the live page measure alike.

A value is a record, its label beside data over gradient, behind a round node for the operation
that made it. Text is set in a font whose letters are equally wide, so that its width is known
without the font.
"""

from __future__ import annotations

from typing import Final
from unicodedata import combining, east_asian_width

from glassgrad.show.numbers import number
from glassgrad.show.scene import Group, Node, Port

FONT: Final = "'DejaVu Sans Mono', ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace"
ADVANCE: Final = 0.602  # how wide a letter is, as a part of the font's size
LABEL_SIZE: Final = 15.0
NUMBER_SIZE: Final = 11.5
NOTE_SIZE: Final = 10.5

RECORD_HEIGHT: Final = 42.0
RADIUS: Final = 15.0  # of an operation's round node
LINK: Final = 12.0  # from the operation to its record
PADDING: Final = 8.0
GROUP_HEIGHT: Final = 52.0
PORT_HEIGHT: Final = 22.0
FRAME_HEAD: Final = 34.0  # above what an opened group shows
FRAME_MARGIN: Final = 14.0
LONGEST: Final = 28  # letters of a label; the rest is in its title


def width_of(text: str, size: float) -> float:
    """Measure a line of text, in pixels."""
    return sum(map(cells, text)) * ADVANCE * size


def cells(letter: str) -> int:
    """Count the places that a letter takes; signs of East Asia and emoji take two."""
    return 0 if combining(letter) else 2 if east_asian_width(letter) in "WF" else 1


def shortened(text: str, most: int = LONGEST) -> str:
    """Make one printable line of a label, cut with "…" where it is too long."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= most else line[: most - 1] + "…"


def symbol_size(symbol: str) -> float:
    """Choose the font's size so that the operation's sign fits into its round node."""
    return 17.0 if len(symbol) <= 1 else max(6.5, min(11.0, 46.0 / len(symbol)))


def label_width(node: Node) -> float:
    """Measure the cell of a record that holds the label."""
    return max(26.0, width_of(shortened(node.name), LABEL_SIZE) + 2 * PADDING)


def numbers_width(node: Node) -> float:
    """Measure the cell of a record that holds data and gradient; a few digits more have room."""
    longest = max(6, len(number(node.data)), len(number(node.grad)))
    return width_of("grad " + "0" * longest, NUMBER_SIZE) + 2 * PADDING


def head(node: Node) -> float:
    """Measure what stands before a record: the operation, and the link from it."""
    return 2 * RADIUS + LINK if node.operands else 0.0


def size(box: Node | Group | Port) -> tuple[float, float]:
    """Measure a box that is closed: width and height, in pixels."""
    if isinstance(box, Node):
        return head(box) + label_width(box) + numbers_width(box), RECORD_HEIGHT
    if isinstance(box, Port):
        return width_of(shortened(box.name), NOTE_SIZE) + 2 * PADDING, PORT_HEIGHT
    title, note = width_of(shortened(box.title), 13.0), width_of(box.note, NOTE_SIZE)
    return max(title, note) + 3 * PADDING, GROUP_HEIGHT
