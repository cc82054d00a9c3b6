"""Where the neurons of a network stand: which of them are drawn, under which names, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from glassgrad.show.look import LABEL_SIZE, PADDING, shortened, width_of
from glassgrad.show.network.columns import Network

RADIUS: Final = 17.0
ROW: Final = 40.0
COLUMN: Final = 190.0
HEAD: Final = 58.0  # above the neurons: what the column is, and how many
NAME_SIZE: Final = LABEL_SIZE - 2

#: A column shows at most the first of these numbers with which a picture has at most so many
#: weights; the last holds in any case.
SHOWN: Final = (16, 12, 8, 4)
MOST_WEIGHTS: Final = 4_000


@dataclass(slots=True, eq=False)
class Spot:
    """A circle: its column (0 holds the inputs), its place there, its name and its middle."""

    column: int
    index: int
    name: str
    x: float
    y: float


@dataclass(slots=True, eq=False)
class Gap:
    """What stands for the neurons of a column that are not drawn."""

    column: int
    hidden: int
    x: float
    y: float


class Plan:
    """A network with a place for each circle that is drawn.

    Parameters
    ----------
    network : Network
        What is drawn.
    inputs, outputs : sequence of str, optional
        What goes in and what comes out is called; by default x0, x1, ... and nothing.

    Raises
    ------
    ValueError
        If the names are not as many as the inputs or outputs.
    """

    def __init__(
        self, network: Network, inputs: Sequence[str] | None, outputs: Sequence[str] | None
    ) -> None:
        self.network = network
        sizes = [network.inputs, *(len(column.weights) for column in network.columns)]
        self.sizes = sizes
        self.inputs = _names(inputs, sizes[0], "inputs") or [f"x{i}" for i in range(sizes[0])]
        self.outputs = _names(outputs, sizes[-1], "outputs")
        self._rows = [_rows(size, _most(sizes)) for size in sizes]
        tallest = max(map(len, self._rows)) * ROW
        left = 2 * PADDING + RADIUS + max(_width(self.inputs[i]) for i in self._drawn(0))
        self.spots: list[list[Spot]] = []
        self.gaps: list[Gap] = []
        for c, rows in enumerate(self._rows):
            x, top = max(left, 60.0) + c * COLUMN, HEAD + (tallest - len(rows) * ROW + ROW) / 2
            column = []
            for r, i in enumerate(rows):
                if i is None:
                    self.gaps.append(Gap(c, sizes[c] - len(rows) + 1, x, top + r * ROW))
                else:
                    column.append(Spot(c, i, self._name(c, i), x, top + r * ROW))
            self.spots.append(column)
        names = [_width(self.outputs[i]) for i in self._drawn(-1)] if self.outputs else [0.0]
        self.width = x + max(60.0, RADIUS + 2 * PADDING + max(names))
        self.foot = HEAD + tallest

    def heads(self) -> list[tuple[float, str, str]]:
        """Say where each column stands, what it is, and how many neurons it has."""
        found = [(self.spots[0][0].x, "inputs", f"{self.sizes[0]:,}")]
        for c, size in enumerate(self.sizes[1:], 1):
            title = "output" if c == len(self.sizes) - 1 else f"hidden {c}"
            count = "1 neuron" if size == 1 else f"{size:,} neurons"
            found.append((self.spots[c][0].x, title, count))
        return found

    def feet(self) -> list[tuple[float, list[str]]]:
        """Say what is written under each column: its activation, and what else happens."""
        below = [self.network.first, *([c.activation, *c.then] for c in self.network.columns)]
        return [(spots[0].x, lines) for spots, lines in zip(self.spots, below, strict=True)]

    def weights(self) -> list[tuple[Spot, Spot, int]]:
        """List the weights between circles that are drawn: from, to, place of the number."""
        return [
            (source, target, self.network.columns[c].weights[target.index][source.index])
            for c, targets in enumerate(self.spots[1:])
            for target in targets
            for source in self.spots[c]
        ]

    def bias(self, spot: Spot) -> int | None:
        """Find the place of a neuron's bias."""
        return self.network.columns[spot.column - 1].biases[spot.index] if spot.column else None

    def _drawn(self, c: int) -> list[int]:
        return [i for i in self._rows[c] if i is not None]

    def _name(self, c: int, i: int) -> str:
        network = self.network
        return network.neuron_name(network.columns[c - 1], i) if c else self.inputs[i]


def _names(names: Sequence[str] | None, size: int, what: str) -> list[str]:
    if names is None:
        return []
    if isinstance(names, str) or len(names) != size:
        raise ValueError(f"{what}: the network has {size}, so give {size} names, not {names!r}")
    return [str(name) for name in names]


def _width(name: str) -> float:
    return width_of(shortened(name), NAME_SIZE)


def _most(sizes: list[int]) -> int:
    """Choose how many circles a column shows."""
    for most in SHOWN:
        shown = [min(size, most) for size in sizes]
        if sum(a * b for a, b in pairwise(shown)) <= MOST_WEIGHTS:
            break
    return most


def _rows(size: int, most: int) -> list[int | None]:
    """Choose who is drawn: all, or the first and the last with a gap between, which is None."""
    if size <= most:
        return list(range(size))
    half = most // 2
    return [*range(half), None, *range(size - half, size)]
