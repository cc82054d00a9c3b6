"""What uses what in a lifted program, and what is written within the line that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT
from glassgrad.jitting.lifting.steps import Access, Step
from glassgrad.jitting.tape import CONTRACT, LOOKUP
from glassgrad.jitting.tensors.arrays import Array, View, slots_of
from glassgrad.jitting.tensors.formulas import key_of, parts_of
from glassgrad.jitting.tensors.pieces import Piece, Pieces

#: What a piece makes: an array, or one of its rows.
Key: TypeAlias = tuple[Array, int | None]


class Uses:
    """Where each array is used.

    Attributes
    ----------
    by : dict of Key to list of Step
        The steps that use an array, or a row that a piece makes, as it is.
    in_part : set of Array
        What is used in other ways, too, or is a result.
    """

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.by: dict[Key, list[Step]] = {}
        self.in_part: set[Array] = set()
        groups, graph = pieces.program.groups, pieces.program.graph
        for row in graph.outputs:
            owner = pieces.owner_of(groups.slot[row])
            self.in_part |= {owner} if owner else set()
        for family in pieces.families:
            for piece in family:
                for access, view, dims in reads(pieces, piece.step):
                    key = key_of(view) if view else None
                    if key is None or piece.step.kind == 0:
                        slots = slots_of(access.base, access.strides, dims)
                        owners = {pieces.owner_of(slot) for slot in slots}
                        self.in_part |= {owner for owner in owners if owner}
                    else:
                        self.by.setdefault(key, []).append(piece.step)

    def only(self, piece: Piece) -> Step | None:
        """Find the only step that uses what a piece makes, and as it is."""
        steps = self.by.get((piece.out, piece.at), [])
        rows = range(piece.out.dims[0]) if piece.out.dims else ()
        others = [None] if piece.at is not None else rows
        more = any((piece.out, k) in self.by for k in others) or piece.out in self.in_part
        return None if len(steps) != 1 or more else steps[0]


def reads(pieces: Pieces, step: Step) -> Iterator[tuple[Access, View | None, Sequence[int]]]:
    """Yield what a step reads, what is read twice only once, but for constants."""
    start, accesses, dims = parts_of(pieces.program.groups.constants, step)
    if start:
        accesses = [start, *accesses]
    if step.kind == LOOKUP:
        (count, gap), (_, index, table) = step.slots, step.accesses
        yield index, pieces.view(index, dims), dims
        yield Access(table.base, (*table.strides, gap)), None, (*dims, count)
        return
    for access in {(a.base, a.strides): a for a in accesses}.values():
        if access.base < FIRST_CONSTANT:
            yield access, pieces.view(access, dims), dims


def inlined(
    pieces: Pieces, uses: Uses, write: Callable[[Piece, dict[Key, Piece]], str], longest: int
) -> dict[Key, Piece]:
    """Choose what is written within the line that uses it: what is used once, and short.

    A product of matrices is written within sums and operations, but not in another product.

    Parameters
    ----------
    pieces : Pieces
    uses : Uses
    write : callable
        Writes the formula of a piece, given what is written within it.
    longest : int
        How long it may be.
    """
    found: dict[Key, Piece] = {}
    for family in pieces.families:
        users = [uses.only(piece) for piece in family]
        if any(user is None for user in users):
            continue
        trial = {**found, **{(piece.out, piece.at): piece for piece in family}}
        texts = [write(piece, found) for piece in family]
        into = any(user and user.kind == CONTRACT and user.free < len(user.dims) for user in users)
        product = any("@" in text or "einsum" in text for text in texts)
        if max(map(len, texts)) < longest and not (product and into):
            found = trial
    return found
