"""The pieces of a lifted program: its steps, cut so that each works on whole parts of arrays.

What stays scalar in the machine is gathered, too, so that all that repeats reads alike.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import prod

from glassgrad.jitting.graph import NONE
from glassgrad.jitting.lifting.steps import Access, Lifted, Step
from glassgrad.jitting.tape import EACH, LOOKUP, PICK
from glassgrad.jitting.tensors.arrays import Array, View, side_by_side, slots_of, view_of
from glassgrad.jitting.tensors.cutting import alike, of_one_rank, part_of, split
from glassgrad.jitting.tensors.rows import boxed


class Piece:
    """What makes one array.

    Attributes
    ----------
    step : Step
        With a box that fits the axes of the arrays it works on. Its kind is 0 for numbers that
        have operands in no order; then it has accesses for each number.
    out : Array
        What it makes, or makes a row of.
    at : int or None
        Which row.
    """

    __slots__ = ("at", "out", "step")

    def __init__(self, step: Step, out: Array, at: int | None = None) -> None:
        self.step, self.out, self.at = step, out, at


class Pieces:
    """A program as arrays that are made of arrays.

    Parameters
    ----------
    program : Lifted
    given : sequence of Array
        What it is given.

    Attributes
    ----------
    families : list of list of Piece
        In order; the pieces of a family do the same for other lengths.
    """

    def __init__(self, program: Lifted, given: Sequence[Array]) -> None:
        self.program, self.graph = program, program.graph
        self.arrays = list(given)
        self.owner = array("i", [NONE]) * program.groups.n_slots
        for i, part in enumerate(given):
            for slot in part.slots():
                self.owner[slot] = i
        self.families: list[list[Piece]] = []
        waiting: list[Step] = []
        for step in program.steps:
            if waiting and waiting[0].group != step.group:
                self._gather(waiting)
                waiting = []
            waiting += boxed(program, step) if step.kind in (0, PICK) else [step]
        self._gather(waiting)

    def owner_of(self, slot: int) -> Array | None:
        """Find the array that a slot lies in; None for a constant."""
        return self.arrays[self.owner[slot]] if slot < len(self.owner) else None

    def view(self, access: Access, dims: Sequence[int]) -> View | None:
        """Find the part of an array that an access is, if it is one."""
        owner = self.owner_of(access.base)
        found = view_of(owner, access, dims) if owner else None
        if found is None and owner and owner.whole:
            found = view_of(owner.whole, access, dims)
        return found

    def _gather(self, steps: Iterable[Step]) -> None:
        """Add the pieces of one group: families of those that are alike."""
        cut = [part for step in steps for part in self._cut(step)]
        cut = of_one_rank(sorted(cut, key=lambda step: step.accesses[0].base))
        cut = [self._refined(step) for step in cut]
        families: list[list[Step]] = []
        for step in cut:
            if families and alike(families[-1][-1], step):
                families[-1].append(step)
            else:
                families.append([step])
        for family in families:
            self.families.append(self._made(family))

    def _made(self, family: Sequence[Step]) -> list[Piece]:
        """Make the arrays of a family: one if they are equally long and lie side by side."""
        outs = [step.accesses[0] for step in family]
        dims = [step.dims[: step.free] for step in family]
        count = prod(dims[0])
        if len(family) > 1 and all(
            d == dims[0] and out.base == outs[0].base + k * count
            and out.strides[: len(d)] == side_by_side(d)
            for k, (d, out) in enumerate(zip(dims, outs, strict=True))
        ):  # fmt: skip
            made = self._owned(Array("", outs[0].base, (len(family), *dims[0])))
            return [Piece(step, made, k) for k, step in enumerate(family)]
        return [
            Piece(step, self._owned(Array("", out.base, d, out.strides[: len(d)])))
            for step, out, d in zip(family, outs, dims, strict=True)
        ]

    def _owned(self, made: Array) -> Array:
        for slot in made.slots():
            self.owner[slot] = len(self.arrays)
        self.arrays.append(made)
        return made

    def _cut(self, step: Step) -> Iterator[Step]:
        """Cut a step where an operand goes from one array to the next."""
        for access in step.accesses[1:]:
            for i in range(step.free):
                along = slots_of(access.base, access.strides[i : i + 1], step.dims[i : i + 1])
                owners = [self.owner[k] if k < len(self.owner) else NONE for k in along]
                cuts = [k for k in range(1, len(owners)) if owners[k] != owners[k - 1]]
                if cuts and len(cuts) < len(set(owners)):
                    for begin, stop in zip([0, *cuts], [*cuts, len(owners)], strict=True):
                        yield from self._cut(part_of(step, i, begin, stop))
                    return
        yield step

    def _refined(self, step: Step) -> Step:
        """Give an operation on rows one after another the axes of its operands."""
        if step.free < len(step.dims) or step.kind == LOOKUP:
            return step
        for i, length in enumerate(step.dims):
            found: tuple[int, ...] = ()
            for access in step.accesses[1:]:
                owner = self.owner_of(access.base)
                if owner is None or access.strides[i] <= 0:
                    continue
                if sum(s != 0 for s in access.strides) >= len(owner.dims):
                    continue
                shape = _rows_in(owner, length, access.strides[i])
                if prod(shape[1:]) == 1 and (step.kind != EACH or len(step.dims) > 1):
                    continue  # an axis of length 1 is needed beside the rows of a family only
                if shape and (not found or len(shape) < len(found)):
                    found = shape
            if found:
                for n in reversed(found[1:]):
                    step = split(step, i, n)
                return step
        return step


def _rows_in(owner: Array, length: int, stride: int) -> tuple[int, ...]:
    """Tell how many rows of an array, and of what shape, a dim walks along without a gap."""
    for axis in range(1, len(owner.dims)):
        inner = owner.dims[axis:]
        rows, rest = divmod(length, prod(inner))
        if not rest and owner.strides[axis - 1 :] == tuple(
            stride * n for n in side_by_side((1, *inner))
        ) and rows > 1:
            return (rows, *inner)
    return ()
