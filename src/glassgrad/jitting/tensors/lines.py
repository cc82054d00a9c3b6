"""The lines of a tensor program: formulas with names, shapes and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glassgrad.jitting.graph import NONE
from glassgrad.jitting.tensors.dialects import Dialect
from glassgrad.jitting.tensors.formulas import Formulas, key_of
from glassgrad.jitting.tensors.naming import unused
from glassgrad.jitting.tensors.pieces import Piece, Pieces
from glassgrad.jitting.tensors.repeating import repeated
from glassgrad.jitting.tensors.uses import Key, Uses, inlined, reads

#: What is written within the line that uses it must not make that longer.
_LONGEST = 72


@dataclass(frozen=True)
class Line:
    """One line of a tensor program.

    Attributes
    ----------
    text : str
        Such as ``h1 = relu(points @ W0.T + b0)``.
    shape : str
        Of the result: ``100 × 16``.
    count : int
        How many scalar operations it stands for.
    pieces : tuple of Piece
        What makes the result.
    """

    text: str
    shape: str
    count: int
    pieces: tuple[Piece, ...]


class Lines:
    """Writes the lines, and names the arrays that they make.

    Parameters
    ----------
    pieces : Pieces
    taken : set of str
        Names that are given away; those of the arrays are added.
    function : str
        What the function is called: so is its only result.

    Attributes
    ----------
    within : dict of Key to Piece
        What has no line of its own: it is written within the line that uses it.
    """

    def __init__(self, pieces: Pieces, taken: set[str], function: str) -> None:
        self.pieces, self.program, self.taken = pieces, pieces.program, taken
        self.function = function

        def write(piece: Piece, within: Mapping[Key, Piece]) -> str:
            return Formulas(pieces, Dialect(), within).of(piece).text

        self.within = inlined(pieces, Uses(pieces), write, _LONGEST)

    def all(self) -> list[Line]:
        """Write all lines, in order."""
        families = self.pieces.families
        named = [f for f in families if (f[0].out, f[0].at) not in self.within]
        return [line for family in named for line in self.of(family)]

    def of(self, family: Sequence[Piece]) -> list[Line]:
        """Write the lines of a family: as few as say it."""
        name = self._name(family)
        separate = family[0].at is None
        for k, piece in enumerate(family):
            piece.out.name = f"{name}[{k}]" if separate and len(family) > 1 else name
        best: list[tuple[int, int, str]] = []
        for explicit in (0, 1, 9) if len(family) > 1 else (0,):
            formulas = Formulas(self.pieces, Dialect(explicit), self.within)
            texts = [f"{_target(piece)} = {formulas.of(piece).text}" for piece in family]
            runs = repeated(texts, "t")
            if not best or len(runs) < len(best):
                best = runs
        if separate and len(best) == len(family) > 1:  # nothing repeats: names of their own
            self.taken -= {name, f"d{name}"}
            for piece in family:
                piece.out.name = self._name([piece])
            best = [(k, k + 1, f"{family[k].out.name} ={text.partition(' =')[2]}")
                    for k, _, text in best]  # fmt: skip
        found = []
        for first, last, line in best:
            made = [x for piece in family[first:last] for x in self._with_inner(piece)]
            dims = [piece.step.dims[: piece.step.free] for piece in family[first:last]]
            more = f"  for t in range({f'{first}, ' if first else ''}{last})"
            text = line + more if last - first > 1 else line
            count = sum(map(self._rows, made))
            found.append(Line(text, _shapes(dims), count, tuple(family[first:last])))
        return found

    def _name(self, family: Sequence[Piece]) -> str:
        """Name what a family makes: a result by its label or the function, the rest h1, h2, ..."""
        graph, groups = self.program.graph, self.program.groups
        slots = family[0].out.slots()
        labels = {graph.names.get(groups.row_at(slot), "") for slot in slots}
        label = labels.pop() if len(labels) == 1 else ""
        if not label and len(graph.outputs) == 1 and groups.slot[graph.outputs[0]] in slots:
            label = self.function if self.function != "program" else "result"
        count = 1
        while f"h{count}" in self.taken:
            count += 1
        return unused(label or f"h{count}", self.taken)

    def _with_inner(self, piece: Piece) -> list[Piece]:
        """List a piece and those that are written within it."""
        found = [piece]
        for made in found:
            for _, view, _ in reads(self.pieces, made.step):
                key = key_of(view) if view else None
                if key and key in self.within:
                    found.append(self.within[key])
        return found

    def _rows(self, piece: Piece) -> int:
        """Count the scalar operations that a piece stands for."""
        colours, groups = self.program.colours, self.program.groups
        row = groups.row_at(piece.step.accesses[0].base)
        if row == NONE:  # on the way to a sum, which counts all that it adds up
            return 0
        count = 1
        for n in piece.step.dims[: piece.step.free]:
            count *= n
        kind, terms = colours.kind[row], colours.terms[row]
        if not kind:
            return count
        return count * (terms * kind - (colours.first[row] >= 0))


def _target(piece: Piece) -> str:
    return piece.out.name if piece.at is None else f"{piece.out.name}[{piece.at}]"


def _shapes(dims: Sequence[tuple[int, ...]]) -> str:
    """Write the shapes of a family: ``100 × 16``, or ``4 × 1 … 4 × 8``."""
    first, last = dims[0], dims[-1]
    if len(dims) > 1 and first != last:
        return f"{shape_text(first)} … {shape_text(last)}"
    return shape_text((len(dims), *first) if len(dims) > 1 else first)


def shape_text(dims: Sequence[int]) -> str:
    """Write a shape: ``100 × 16``."""
    return " × ".join(map(str, dims)) or "1"
