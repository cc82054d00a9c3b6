"""The tensor program of a jitted function: ``f.program``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from math import nan
from typing import Any

from glassgrad.engine import Value
from glassgrad.errors import TraceError
from glassgrad.jitting.graph import NONE
from glassgrad.jitting.interpreter import forward
from glassgrad.jitting.lifting.arrays import Array
from glassgrad.jitting.lifting.dialects import Dialect
from glassgrad.jitting.lifting.formulas import Formulas, key_of
from glassgrad.jitting.lifting.listing import program_text, shape_text
from glassgrad.jitting.lifting.naming import given_arrays, paths_around, unused
from glassgrad.jitting.lifting.pieces import Piece, Pieces
from glassgrad.jitting.lifting.repeating import repeated
from glassgrad.jitting.lifting.steps import Lifted
from glassgrad.jitting.lifting.uses import Key, Uses, inlined, reads
from glassgrad.jitting.program import Program

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


class TensorProgram:
    """The tensors that were found in a scalar program; print it.

    Parameters
    ----------
    f : callable
        Where names of parameters are looked up.
    program : Program

    Attributes
    ----------
    why_not : str
        Why the program runs operation by operation; empty if it runs as it is printed here.
    """

    def __init__(self, f: Any, program: Program) -> None:
        self._f, self._program = f, program
        self.lifted: Lifted = program.lifted
        self.why_not = self.lifted.why_not

    @cached_property
    def _names(self) -> dict[int, str]:
        """The paths of what is given, by slot."""
        program, names = self._program, dict(self.lifted.graph.names)
        first = program.first_external
        without = [i for i in range(len(program.externals)) if not names.get(first + i)]
        paths = paths_around(self._f, [program.externals[i] for i in without])
        for i in without:
            if program.externals[i] in paths:
                names[first + i] = paths[program.externals[i]]
        return names

    @cached_property
    def taken(self) -> set[str]:
        """The names that are given away: at first those that formulas and their source use."""
        return {"t", "np", "seeds", "erf", "float", "range"}

    @cached_property
    def given(self) -> tuple[list[Array], list[Array]]:
        """What the program is given: all arguments and all parameters, and their arrays."""
        first = self._program.first_external
        return given_arrays(self._names, first, first + len(self._program.externals), self.taken)

    @cached_property
    def pieces(self) -> Pieces:
        """The pieces of the program."""
        return Pieces(self.lifted, self.given[1])

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of the program, in order."""
        pieces = self.pieces
        uses = Uses(pieces)

        def write(piece: Piece, within: Mapping[Key, Piece]) -> str:
            return Formulas(pieces, Dialect(), within).of(piece).text

        within = inlined(pieces, uses, write, _LONGEST)
        found: list[Line] = []
        for family in pieces.families:
            if (family[0].out, family[0].at) not in within:
                found += self._lines_of(family, within)
        return found

    @property
    def results(self) -> list[str]:
        """What the program returns, in order: arrays where all of them is returned, or numbers."""
        groups, outputs = self.lifted.groups, self.lifted.graph.outputs
        formulas = Formulas(self.pieces, Dialect(), {})
        slots = [groups.slot[row] for row in outputs]
        found = []
        while slots:
            owner = self.pieces.owner_of(slots[0])
            count = owner.count if owner and slots[: owner.count] == owner.slots() else 1
            found.append(owner.name if owner and count > 1 else formulas.slot_text(slots[0]))
            slots = slots[count:]
        return found

    def _lines_of(self, family: Sequence[Piece], within: Mapping[Key, Piece]) -> list[Line]:
        """Write the lines of a family: as few as say it."""
        name = self._name(family)
        separate = family[0].at is None
        for k, piece in enumerate(family):
            piece.out.name = f"{name}[{k}]" if separate and len(family) > 1 else name
        best: list[tuple[int, int, str]] = []
        for explicit in (0, 1, 9) if len(family) > 1 else (0,):
            formulas = Formulas(self.pieces, Dialect(explicit), within)
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
            made = [x for piece in family[first:last] for x in self._with_inner(piece, within)]
            dims = [piece.step.dims[: piece.step.free] for piece in family[first:last]]
            more = f"  for t in range({f'{first}, ' if first else ''}{last})"
            text = line + more if last - first > 1 else line
            count = sum(map(self._rows, made))
            found.append(Line(text, _shapes(dims), count, tuple(family[first:last])))
        return found

    def _name(self, family: Sequence[Piece]) -> str:
        """Name what a family makes: a result by its label or the function, the rest h1, h2, ..."""
        graph, groups = self.lifted.graph, self.lifted.groups
        slots = family[0].out.slots()
        labels = {graph.names.get(groups.row_at(slot), "") for slot in slots}
        label = labels.pop() if len(labels) == 1 else ""
        if not label and len(graph.outputs) == 1 and groups.slot[graph.outputs[0]] in slots:
            label = self.name if self.name != "program" else "result"
        count = 1
        while f"h{count}" in self.taken:
            count += 1
        return unused(label or f"h{count}", self.taken)

    def _with_inner(self, piece: Piece, within: Mapping[Key, Piece]) -> list[Piece]:
        """List a piece and those that are written within it."""
        found = [piece]
        for made in found:
            for _, view, _ in reads(self.pieces, made.step):
                key = key_of(view) if view else None
                if key and key in within:
                    found.append(within[key])
        return found

    def _rows(self, piece: Piece) -> int:
        """Count the scalar operations that a piece stands for."""
        colours, groups = self.lifted.colours, self.lifted.groups
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

    @property
    def name(self) -> str:
        """What the function is called."""
        name: str = getattr(self._f, "__name__", "")
        return name if name.isidentifier() else "program"

    @property
    def wants(self) -> list[bool]:
        """For each input, whether it wants a gradient."""
        return [place >= 0 for place in self._program.places][: self.lifted.graph.n_inputs]

    def source(self, language: str = "numpy") -> str:
        r"""Write the program as a function of NumPy, which can be read, run and changed.

        It takes each argument as an array (one whose lists are not equally long, or a dict, as
        its numbers one after another), and the Values from outside as one array, `params`: those
        of `parameters`, in their order. It returns the results, and gradients: of each argument
        that was a Value, and of `params`.

        Parameters
        ----------
        language : {"numpy"}

        Raises
        ------
        TraceError
            If the program was not lifted.

        Examples
        --------
        >>> import glassgrad as gg
        >>> f = gg.jit(lambda xs, w: gg.sum([(w * x).tanh() for x in xs]))
        >>> y = f([0.1 * i for i in range(20)], gg.Value(0.5))
        >>> print("\n".join(f.program.source().splitlines()[11:17]))
            z2 = np.tanh(w * xs)
            result = z2.sum()
        <BLANKLINE>
            dw = np.zeros_like(w)
            dresult = np.array(seeds, float)
            dz2 = np.broadcast_to(dresult, (20,))
        """
        if language != "numpy":
            raise ValueError(f"source is written for 'numpy', not {language!r}")
        if self.why_not:
            raise TraceError(f"{self.name} has no tensors to write down: {self.why_not}")
        from glassgrad.jitting.lifting.source import Source

        return Source(self).text()

    @property
    def first_external(self) -> int:
        """How many slots hold arguments; those of `parameters` follow."""
        return self._program.first_external

    @property
    def parameters(self) -> tuple[Value, ...]:
        """The Values from outside that the function reads, in the order of `params`."""
        return self._program.externals

    def html(self, theme: str = "auto") -> str:
        """Write a page that shows the tensors, and beside each the scalars it is made of.

        Parameters
        ----------
        theme : {"auto", "light", "dark"}
        """
        text: str = self._picture().html(theme)
        return text

    def numbers(self) -> list[float]:
        """Compute all numbers, by slot: for the arguments traced, and parameters as they are."""
        program, tape, graph = self._program, self._program.tape, self.lifted.graph
        given = [*graph.number[: program.first_external], *(v.data for v in program.externals)]
        values = [*given, *tape.constants]
        values += [nan] * (tape.n_slots - len(values))
        forward(tape, values)
        return given + values[len(given) + len(tape.constants) :]

    def _picture(self) -> Any:
        # A page belongs to a higher layer, and who only runs programs need not load it.
        return import_module("glassgrad.show.tensors.picture").program_picture(self)

    def _repr_html_(self) -> str:
        text: str = self._picture().fragment()
        return text

    def __str__(self) -> str:
        return program_text(self)

    def __repr__(self) -> str:
        return f"<the tensor program of {self.name}: print it>"


def _target(piece: Piece) -> str:
    return piece.out.name if piece.at is None else f"{piece.out.name}[{piece.at}]"


def _shapes(dims: Sequence[tuple[int, ...]]) -> str:
    """Write the shapes of a family: ``100 × 16``, or ``4 × 1 … 4 × 8``."""
    first, last = dims[0], dims[-1]
    if len(dims) > 1 and first != last:
        return f"{shape_text(first)} … {shape_text(last)}"
    return shape_text((len(dims), *first) if len(dims) > 1 else first)
