"""The tape: a graph lowered to flat arrays of whole numbers, which the machine runs.

A tape works on *slots*, numbered places for floats. The first hold the inputs, then come the
Values from outside, the constants, and the places for what is computed, which are used again once
their number is no longer needed. A second row of slots, with the same numbers, holds gradients.

`code` is a list of words; an instruction is a word for the operation and words for its slots:

=======================================  =======================================================
``op out a [b [c]]``                     an operation of the table, or copy, share, lt, le, ...
``taken out index n c0 c1 ...``          out = the index-th of the n slots
``DOT out start n a0 b0 a1 b1 ...``      out = ((start + a0*b0) + a1*b1) + ...
``RUN out start n a step_a b step_b``    the same with slots at equal distances
``SUM out start n a0 a1 ...``            out = (start + a0) + a1 + ...
``GUARD truth outcome``                  stop where the truth (not 0.0) is not the outcome
``CALL out card n a0 a1 ...``            a custom operation: the machine stops, Python computes
``CHECK``                                the machine looks whether Ctrl-C was pressed
``REPLAY begin end``                     run these words of the forward code again
``END``                                  the end
=======================================  =======================================================

A lifted tape has instructions that do many operations at once, on a *box*: a list of dims, the last
one fastest. An *access* of 1 + rank words, ``base stride...``, says where the number for each place
of the box is: in slot ``base + sum(stride * coordinate)``. Their second word is their size::

    EACH     size op  free rank dims out a [b [c]]   an operation below `EACH`, but not taken
    FOLD     size op  free rank dims out start a     out = ((start op a0) op a1) op ...
    CONTRACT size how  free rank dims out start a b  out = ((start + a0*b0) + a1*b1) + ...
    LOOKUP   size n   step rank dims out index first out = the index-th of n slots, from the slot
                                                     first on, at equal distances
    PICK     size out p0 p1 ...                      copies slots to out, out + 1, ...

A result is folded along the dims from ``free`` on, the last one fastest; there ``out`` and
``start`` have the stride 0. The operation of a fold is add, maximum or minimum. Each result has a
slot of its own, and no operand lies where a result does. ``how`` is mul, or `MATMUL` where the
order of the terms is free, and the box a large product of matrices. What these instructions do, and
in which order sums are added up, says `glassgrad.jitting.boxes`.

The *reverse* code, for `Value.backward`, has the same instructions, newest first; the word for the
operation is ``op + 256 * mask``, and the mask says which operands receive a share of the gradient:
1 the first (in DOT and RUN all a, in SUM all), 2 the second (all b), 4 the start. A gradient slot
that has received nothing holds -0.0, to which any number can be added without changing it; the
machine reads a gradient and sets it back to -0.0 in one go, so all are ready for the next pass.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, Final

from glassgrad.jitting.meanings import MEANINGS
from glassgrad.opcodes import TAKEN

#: Instructions that are no operations; their numbers lie above those of all cards in the table.
DOT, RUN, SUM, GUARD, CALL, CHECK, REPLAY, END = range(120, 128)

#: Instructions that do many operations at once; their numbers lie above those of all cards, too.
EACH, FOLD, CONTRACT, LOOKUP, PICK = range(112, 117)

#: How a `CONTRACT` may be added up in another order, by BLAS: see `glassgrad.jitting.blas`.
MATMUL = 117

#: Masks of the reverse code.
MASK: Final = 256
FIRST, SECOND, START = 1, 2, 4

#: A box has at most so many dims.
MOST_DIMS: Final = 8

#: An instruction has at most so many terms: a longer sum goes on in another instruction.
MOST_TERMS: Final = 65_536

#: After so many words the machine is asked to look for Ctrl-C.
CHECK_EVERY: Final = 200_000

#: How many words the instructions have, and how many more for each of their n terms; 0 for those
#: that say it themselves, in their second word.
SIZES: Final = array("i", [0] * 128)
PER_TERM: Final = array("i", [0] * 128)
for _op, _meaning in MEANINGS.items():
    SIZES[_op] = 2 + len(_meaning.operands)
for _op, _size, _more in (
    (TAKEN, 4, 1), (DOT, 4, 2), (RUN, 8, 0), (SUM, 4, 1), (GUARD, 3, 0), (CALL, 4, 1),
    (CHECK, 1, 0), (REPLAY, 3, 0), (END, 1, 0),
):  # fmt: skip
    SIZES[_op], PER_TERM[_op] = _size, _more


class Tape:
    """A program for the machine.

    Attributes
    ----------
    code : array of int
        The forward pass.
    constants : array of float
        What the slots after those of inputs and Values from outside hold.
    n_inputs, n_externals, n_slots : int
        How many slots there are: for inputs, for Values from outside, altogether.
    outputs : array of int
        Where the results are at the end.
    cards : tuple of cards
        What ``CALL`` calls: by its index.
    n_rows : int
        How many rows of the graph it computes.
    exact : bool
        Whether gradients are summed in the order of the eager engine.
    """

    __slots__ = (
        "_reverse", "cards", "code", "constants", "exact", "n_externals", "n_inputs", "n_rows",
        "n_slots", "outputs", "reverses",
    )  # fmt: skip

    code: array[int]
    constants: array[float]
    n_inputs: int
    n_externals: int
    n_slots: int
    outputs: array[int]
    cards: tuple[Any, ...]
    n_rows: int
    exact: bool
    #: The reverse codes made so far, by the outputs that have a gradient.
    reverses: dict[tuple[int, ...], tuple[array[int], array[int]]]
    #: Makes one: set by `glassgrad.jitting.lowering`.
    _reverse: Callable[[tuple[int, ...]], tuple[array[int], array[int]]]

    def __str__(self) -> str:
        from glassgrad.jitting.listing import tape_text

        return tape_text(self)

    @property
    def n_instructions(self) -> int:
        """How many instructions the forward pass has."""
        from glassgrad.jitting.reversing import offsets_of

        return len(offsets_of(self.code))

    @property
    def n_calls(self) -> int:
        """How many instructions of the forward pass call Python."""
        from glassgrad.jitting.reversing import offsets_of

        return sum(self.code[at] == CALL for at in offsets_of(self.code))

    @property
    def n_products(self) -> int:
        """How many instructions of the forward pass BLAS may do."""
        from glassgrad.jitting.reversing import offsets_of

        return sum(
            self.code[at] == CONTRACT and self.code[at + 2] == MATMUL
            for at in offsets_of(self.code)
        )

    @property
    def nbytes(self) -> int:
        """How much memory the codes take, and the slots with their gradients."""
        words = len(self.code) + sum(len(code) for code, _ in self.reverses.values())
        return 4 * words + 8 * len(self.constants) + 16 * self.n_slots

    def reverse(self, seeded: tuple[int, ...]) -> tuple[array[int], array[int]]:
        """Find or make the reverse code for gradients that arrive at these outputs.

        Parameters
        ----------
        seeded : tuple of int
            Which of the outputs have a gradient, ascending.

        Returns
        -------
        code : array of int
        reached : array of int
            The slots of inputs and Values from outside that receive a gradient.
        """
        found = self.reverses.get(seeded)
        if found is None:
            # If another thread made one meanwhile, its: what has run stays where it is in memory.
            found = self.reverses.setdefault(seeded, self._reverse(seeded))
        return found


def size_of(code: array[int], at: int) -> int:
    """Count the words of the instruction at an offset."""
    op = code[at] % MASK
    if EACH <= op <= PICK:
        return code[at + 1]
    return SIZES[op] + (PER_TERM[op] * code[at + 3] if PER_TERM[op] else 0)
