"""The tensor program of a jitted function: ``f.program``."""

from __future__ import annotations

from array import array
from functools import cached_property
from importlib import import_module
from math import nan
from typing import Any

from glassgrad.engine import Value
from glassgrad.errors import TraceError
from glassgrad.jitting.interpreter import forward
from glassgrad.jitting.lifting.steps import Lifted
from glassgrad.jitting.program import Program
from glassgrad.jitting.tensors.arrays import Array
from glassgrad.jitting.tensors.dialects import Dialect
from glassgrad.jitting.tensors.formulas import Formulas
from glassgrad.jitting.tensors.lines import Line, Lines
from glassgrad.jitting.tensors.listing import program_text
from glassgrad.jitting.tensors.naming import given_arrays, paths_around
from glassgrad.jitting.tensors.pieces import Pieces


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
        return Lines(self.pieces, self.taken, self.name).all()

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
        that was a Value, and of `params`. They are those of the result, or of all results added up,
        each times its number in `seeds`.

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
        from glassgrad.jitting.tensors.source import Source

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
        values = array("d", [*given, *tape.constants])
        values.extend([nan] * (tape.n_slots - len(values)))
        forward(tape, values)
        return given + values[len(given) + len(tape.constants) :].tolist()

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
