"""The scalars behind a tensor: what single numbers of it are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from glassgrad.jitting.graph import NONE
from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT
from glassgrad.jitting.tensors.dialects import Dialect
from glassgrad.jitting.tensors.lines import Line
from glassgrad.jitting.tensors.presenting import TensorProgram
from glassgrad.jitting.tensors.rows import terms_of
from glassgrad.jitting.tensors.terms import ADDED, TIMES, Term
from glassgrad.opcodes import ADD, EXAMPLES, MAXIMUM, TAKEN
from glassgrad.printing import ATOM, NEGATIVE
from glassgrad.show.numbers import number

#: A grid shows so many rows and columns at most; a sum so many terms.
MOST_ROWS, MOST_COLUMNS, MOST_TERMS = 16, 32, 5
#: A line that stands for many tensors shows so many of them.
MOST_GRIDS = 12

#: A formula in names, and the same in numbers.
Pair: TypeAlias = tuple[Term, Term]


@dataclass(frozen=True)
class Sample:
    """One number of a tensor: where it stands in its grid, and how it was computed."""

    row: int
    column: int
    name: str
    formula: str
    numbers: str
    value: float


@dataclass(frozen=True)
class Grid:
    """A tensor as rows and columns, as far as they are shown.

    Attributes
    ----------
    dims : tuple of int
        Its shape.
    values : list of list of float
    samples : list of Sample
    """

    dims: tuple[int, ...]
    values: list[list[float]]
    samples: list[Sample]


class Scalars:
    """Tells of the numbers of a program.

    Parameters
    ----------
    program : TensorProgram
    """

    def __init__(self, program: TensorProgram) -> None:
        self.program, self.lifted = program, program.lifted
        self.numbers = program.numbers()
        _ = program.lines  # whose arrays then have their names
        self.dialect = Dialect()

    def grids(self, line: Line) -> list[Grid]:
        """Show the tensors that a line makes, a few numbers of each in full."""
        found = []
        whole = line.pieces[0].out
        if line.pieces[0].at is not None and len(line.pieces) == whole.dims[0]:
            return [self._grid(whole.dims, whole.slots(), 5)]
        several = len(line.pieces) > 1
        for piece in line.pieces[:MOST_GRIDS]:
            dims = piece.step.dims[: piece.step.free]
            slots = piece.out.slots()
            if piece.at is not None:
                slots = slots[piece.at * prod(dims) : (piece.at + 1) * prod(dims)]
            found.append(self._grid(dims, slots, 1 if several else 5))
        return found

    def _grid(self, dims: tuple[int, ...], slots: Sequence[int], samples: int) -> Grid:
        columns = dims[-1] if dims else 1
        rows = len(slots) // columns
        shown_rows, shown_columns = min(rows, MOST_ROWS), min(columns, MOST_COLUMNS)
        values = [
            [self.numbers[slots[r * columns + c]] for c in range(shown_columns)]
            for r in range(shown_rows)
        ]
        last = (shown_rows - 1, shown_columns - 1)
        places = [(0, 0), (0, 1), (1, 0), (last[0] // 2, last[1] // 2), last]
        inside = [(r, c) for r, c in places if r <= last[0] and c <= last[1]]
        chosen = list(dict.fromkeys(inside))[:samples] if samples > 1 else [last]
        return Grid(dims, values, [self.sample(r, c, slots[r * columns + c]) for r, c in chosen])

    def sample(self, row: int, column: int, slot: int) -> Sample:
        """Say how the number in a slot was computed."""
        formula, numbers = self._made(slot)
        return Sample(row, column, self.name(slot), formula.text, numbers.text, self.numbers[slot])

    def name(self, slot: int) -> str:
        """Name a number by its place in its array; empty where the array has no name."""
        owner = self.program.pieces.owner_of(slot)
        if owner is None or not owner.name:
            return ""
        places = ", ".join(map(str, owner.place_of(slot)))
        return f"{owner.name}[{places}]" if places else owner.name

    def _slot(self, slot: int) -> Pair:
        """Write a number: by its name, or as what it is computed from."""
        if slot >= FIRST_CONSTANT:
            text = self.dialect.number(self.lifted.groups.constants[slot - FIRST_CONSTANT])
            made = Term(text, NEGATIVE if text.startswith("-") else ATOM, ())
            return made, made
        name = self.name(slot)
        if not name:
            return self._made(slot)
        text = number(self.numbers[slot])
        return Term(name, ATOM, ()), Term(text, TIMES if text.startswith("−") else ATOM, ())

    def _made(self, slot: int) -> Pair:
        """Write what the number in a slot is computed from."""
        groups = self.lifted.groups
        row = groups.row_at(slot)
        if row == NONE:  # on the way to a sum
            made = Term("…", ATOM, ())
            return made, made
        step = groups.step[row]
        return self._row(row, (slot - groups.slot[row]) // step if step else 0)

    def _row(self, row: int, example: int) -> Pair:
        """Write an operation, in one of the examples if it is done for several."""
        graph = self.lifted.graph
        if self.lifted.colours.kind[row]:
            return self._sum(row, example)
        if graph.op[row] == TAKEN:
            index = self.numbers[self._at(graph.a[row], example)]
            return self._slot(self._at(graph.more[row][int(index)], example))
        if graph.op[row] == EXAMPLES:
            return self._slot(self._at(graph.more[row][example], 0))
        operands = [x for x in (graph.a[row], graph.b[row], graph.c[row]) if x >= 0]
        pairs = [self._slot(self._at(x, example)) for x in operands]
        first, second = ([pair[i] for pair in pairs] for i in (0, 1))
        op = graph.op[row]
        return self.dialect.applied(op, first), self.dialect.applied(op, second)

    def _at(self, row: int, example: int) -> int:
        return self.lifted.groups.slot[row] + example * self.lifted.groups.step[row]

    def _sum(self, row: int, example: int) -> Pair:
        """Write a sum, or the largest or smallest of some numbers; long ones are shortened."""
        op, begin = self.lifted.graph.op[row], self.lifted.colours.start[row]
        terms, start = terms_of(self.lifted, row)
        start = self._at(begin, example) if begin >= 0 else start
        constants = self.lifted.groups.constants
        nothing = start >= FIRST_CONSTANT and not constants[start - FIRST_CONSTANT]
        parts: list[tuple[int, ...]] = [tuple(self._at(x, example) for x in term) for term in terms]
        parts = parts if nothing and op == ADD else [(start,), *parts]
        if len(parts) == 1 and len(parts[0]) == 1:
            return self._slot(parts[0][0])
        texts: tuple[list[str], list[str]] = [], []
        level = ADDED if len(parts) > 1 else TIMES
        for k, part in enumerate(parts):
            if len(parts) > MOST_TERMS and 3 <= k < len(parts) - 1:
                if k == 3:
                    texts[0].append("…")
                    texts[1].append("…")
                continue
            factors = [self._slot(x) for x in part]
            for i in (0, 1):
                texts[i].append(" * ".join(pair[i].within(TIMES) for pair in factors))
        if op != ADD:
            name = "max" if op == MAXIMUM else "min"
            first, second = (f"{name}({', '.join(text)})" for text in texts)
            return Term(first, ATOM, ()), Term(second, ATOM, ())
        first, second = (" + ".join(text).replace(" + -", " - ") for text in texts)
        return Term(first, level, ()), Term(second, level, ())
