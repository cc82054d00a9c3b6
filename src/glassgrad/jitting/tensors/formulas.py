"""Formulas of a lifted program: for each piece what a person would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT
from glassgrad.jitting.lifting.steps import Access, Step
from glassgrad.jitting.tape import CONTRACT, EACH, FOLD, LOOKUP
from glassgrad.jitting.tensors.arrays import Array, View, slots_of
from glassgrad.jitting.tensors.dialects import MOST_NUMBERS, Dialect
from glassgrad.jitting.tensors.pieces import Piece, Pieces
from glassgrad.jitting.tensors.terms import (
    ADDED,
    Term,
    aligned,
    contracted,
    product,
    transposed,
)
from glassgrad.opcodes import ADD, MAXIMUM, MUL, TAKEN
from glassgrad.printing import ATOM, NEGATIVE


class Formulas:
    """Writes the formulas.

    Parameters
    ----------
    pieces : Pieces
    dialect : Dialect
    inlined : dict
        What is not named but written where it is used: pieces by their `key_of`.
    """

    def __init__(self, pieces: Pieces, dialect: Dialect, inlined: Mapping[Any, Piece]) -> None:
        self.pieces, self.dialect, self.inlined = pieces, dialect, inlined
        self.constants = pieces.program.groups.constants

    def of(self, piece: Piece) -> Term:
        """Write what a piece computes."""
        found, step = self._of(piece.step), piece.step
        start, accesses, dims = parts_of(self.constants, step)
        along = {x for a in [*([start] if start else []), *accesses] for x in self._axes(a, dims)}
        if step.kind in (0, LOOKUP) or along.issuperset(range(step.free)):
            return found
        text = self.dialect.call("broadcast_to", [found.text, str(step.dims[: step.free])])
        return Term(text, ATOM, tuple(range(step.free)))

    def _axes(self, access: Access, dims: Sequence[int]) -> tuple[int, ...]:
        """Tell along which dims an operand has an axis."""
        view = self.pieces.view(access, dims) if access.base < FIRST_CONSTANT else None
        return view.letters if view else tuple(i for i, s in enumerate(access.strides) if s)

    def _of(self, step: Step) -> Term:
        free = range(step.free)
        if step.kind in (0, LOOKUP):
            return self._taken(step) if step.kind else self._scattered(step)
        start, accesses, dims = parts_of(self.constants, step)
        if step.kind == EACH:
            terms = [aligned(self.term(a, dims), free) for a in accesses]
            return self.dialect.applied(step.op, terms)
        folded = range(step.free, len(dims))
        found = self._sum(step, accesses, dims, folded)
        if start is None:
            return found
        begin = aligned(self.term(start, dims), free)
        if step.op not in (ADD, MUL):
            return self.dialect.applied(step.op, [begin, found])
        if folded or begin.text.startswith("-"):
            begin, found = found, begin
        letters = tuple(sorted({*begin.letters, *found.letters}))
        if found.text.startswith("-") and found.binds >= ADDED:
            return Term(f"{begin.within(ADDED)} - {found.text[1:]}", ADDED, letters)
        return Term(f"{begin.within(ADDED)} + {found.within(ADDED)}", ADDED, letters)

    def _sum(
        self, step: Step, accesses: Sequence[Access], dims: Sequence[int], folded: range
    ) -> Term:
        """Write what is added up, or compared, and along which axes."""
        free = range(step.free)
        if step.kind == FOLD:
            found = self._all_along(accesses[0], dims, folded)
            if folded:
                name = {ADD: "sum", MAXIMUM: "max"}.get(step.op, "min")
                found = self.dialect.reduced(name, found, folded)
            return aligned(found, free)
        a, b = (self.term(access, dims) for access in accesses)
        if not folded:
            return product(aligned(a, free), aligned(b, free))
        if any(x not in {*a.letters, *b.letters} for x in folded):
            a = self._all_along(accesses[0], dims, folded)
        found = contracted(
            a, b, free, self.dialect.call,
            lambda term, gone: self.dialect.reduced("sum", term, gone),
        )  # fmt: skip
        return aligned(found, free)

    def term(self, access: Access, dims: Sequence[int]) -> Term:
        """Write an operand."""
        if access.base >= FIRST_CONSTANT:
            return self._constant(access, dims)
        view = self.pieces.view(access, dims)
        if view is None:
            return self._gathered(access, dims)
        key = key_of(view)
        if key in self.inlined:
            found = self.of(self.inlined[key])
            return Term(found.text, found.binds, tuple(view.letters[x] for x in found.letters))
        return Term(self.view_text(view), ATOM, view.letters)

    def view_text(self, view: View, prefix: str = "") -> str:
        """Write a part of an array."""
        text = prefix + view.array.name
        if view.shape != view.array.dims:
            text += f".reshape({', '.join(map(str, view.shape))})"
        shape = list(view.shape)
        if view.windows:
            lengths = list(view.windows.values())
            lengths_text, axes = (str(tuple(x)) for x in (lengths, view.windows))
            args = [text, lengths_text, *([axes] if len(lengths) < len(shape) else [])]
            text = self.dialect.call("sliding_window_view", args)
            for axis, length in view.windows.items():
                shape[axis] -= length - 1
        explicit = 0 if "[" in view.array.name else self.dialect.explicit
        places = [
            str(x) if isinstance(x, int) else _slice(x, n, axis < explicit)
            for axis, (x, n) in enumerate(zip(view.index, shape, strict=True))
        ]
        while places and places[-1] == ":":
            places.pop()
        return f"{text}[{', '.join(places)}]" if places else text

    def slot_text(self, slot: int) -> str:
        """Write one number."""
        return self.term(Access(slot, ()), ()).text

    def _all_along(self, access: Access, dims: Sequence[int], needed: Sequence[int]) -> Term:
        """Write an operand that must have some of the axes, although it is the same along them."""
        found = self.term(access, dims)
        missing = [x for x in needed if x not in found.letters]
        if not missing:
            return found
        letters = tuple(sorted({*found.letters, *missing}))
        shape = tuple(dims[x] for x in letters)
        text = aligned(found, letters).text
        return Term(self.dialect.call("broadcast_to", [text, str(shape)]), ATOM, letters)

    def _constant(self, access: Access, dims: Sequence[int]) -> Term:
        """Write a number, or an array of numbers."""
        letters = tuple(i for i, stride in enumerate(access.strides) if stride)
        lengths = [dims[i] for i in letters]
        slots = slots_of(access.base, [access.strides[i] for i in letters], lengths)
        numbers = [self.dialect.number(self.constants[slot - FIRST_CONSTANT]) for slot in slots]
        if len(set(numbers)) == 1:
            text = numbers[0]
            return Term(text, NEGATIVE if text.startswith("-") else ATOM, ())
        return Term(self.dialect.gathered(numbers, lengths), ATOM, letters)

    def _gathered(self, access: Access, dims: Sequence[int]) -> Term:
        """Write an operand that is no part of one array."""
        letters = tuple(i for i, stride in enumerate(access.strides) if stride)
        lengths = [dims[i] for i in letters]
        slots = slots_of(access.base, [access.strides[i] for i in letters], lengths)
        together = self._together(slots) if len(letters) == 1 else ""
        texts = [] if together else [self.slot_text(slot) for slot in slots]
        return Term(together or self.dialect.gathered(texts, lengths), ATOM, letters)

    def _together(self, slots: Sequence[int]) -> str:
        """Write several whole arrays one after another, if that is what these slots are."""
        k, parts = 0, []
        while k < len(slots):
            owner = self.pieces.owner_of(slots[k])
            if owner is None or owner.slots() != slots[k : k + owner.count]:
                return ""
            flat = {0: "[{}]", 1: "{}"}.get(len(owner.dims), f"{{}}.reshape({owner.count})")
            parts.append(flat.format(owner.name))
            k += owner.count
        return self.dialect.call("concatenate", [f"[{', '.join(parts)}]"])

    def _taken(self, step: Step) -> Term:
        """Write rows that are looked up by an index."""
        index, index_to = self.term(step.accesses[1], step.dims), tuple(range(step.free))
        count, gap = step.slots
        extra = len(step.dims)
        dims = (*step.dims, count)
        table = self.term(
            Access(step.accesses[2].base, (*step.accesses[2].strides, gap)), dims
        )
        if extra not in table.letters:  # a table of one row
            text = aligned(table, range(step.free)).text
            return Term(self.dialect.call("broadcast_to", [text, str(step.dims)]), ATOM, index_to)
        shared = [x for x in table.letters if x in index.letters]
        order = [*shared, extra, *[x for x in table.letters if x != extra and x not in shared]]
        table = transposed(table, order)
        index = aligned(index, [*shared, *[x for x in index.letters if x not in shared]])
        places = []
        for i, x in enumerate(shared):
            shape = "".join(", None" for _ in index.letters[i + 1 :])
            along = self.dialect.call("arange", [str(dims[x])])
            places.append(f"{along}[:{shape}]" if shape else along)
        text = self.dialect.indexed(table.within(ATOM), [*places, self.dialect.index(index)])
        rest = [x for x in table.letters if x != extra and x not in shared]
        return aligned(Term(text, ATOM, (*index.letters, *rest)), range(step.free))

    def _scattered(self, step: Step) -> Term:
        """Write one number that is made of numbers from here and there."""
        texts = [self.slot_text(access.base) for access in step.accesses[1:]]
        if step.op == TAKEN:
            index = self.dialect.index(Term(texts[0], ATOM, ()))
            return Term(f"{self.dialect.gathered(texts[1:], (len(texts) - 1,))}[{index}]", ATOM, ())
        start, rest = texts[0], texts[1:]
        n = len(rest) // step.slots[0]
        if step.slots[0] == 2:
            rest = [f"{a} * {b}" for a, b in zip(rest[:n], rest[n:], strict=True)]
        if step.op != ADD:
            name = "max" if step.op == MAXIMUM else "min"
            gathered = self.dialect.gathered([start, *rest], (n + 1,))
            return self.dialect.reduced(name, Term(gathered, ATOM, (0,)), (0,))
        parts = rest if start in ("0", "-0") else [start, *rest]
        return Term(" + ".join(self._shortened(parts)), ADDED, ())

    def _shortened(self, parts: list[str]) -> list[str]:
        if type(self.dialect) is Dialect and len(parts) > MOST_NUMBERS:
            return [*parts[:3], "…", parts[-1]]
        return parts


def key_of(view: View) -> tuple[Array, int | None] | None:
    """Tell which piece makes a part of an array: all of it, or one of its rows."""
    if view.is_all:
        return view.array, None
    first, *others = view.index
    rest = [slice(0, n, 1) for n in view.array.dims[1:]]
    row = isinstance(first, int) and others == rest and view.shape == view.array.dims
    return (view.array, first) if row else None  # type: ignore[return-value]


def parts_of(
    constants: Sequence[float], step: Step
) -> tuple[Access | None, list[Access], tuple[int, ...]]:
    """Tell what a step reads: what it begins with, unless that changes nothing, and its operands.

    The largest of the first number and of all others is the largest of all: there the last dim is
    longer by one than the step's own.
    """
    found = list(step.accesses[1:])
    if step.kind not in (FOLD, CONTRACT):
        return None, found, step.dims
    start = found.pop(0)
    if step.op in (ADD, MUL):
        nothing = start.base >= FIRST_CONSTANT and all(
            constants[slot - FIRST_CONSTANT] == 0.0
            for slot in slots_of(start.base, start.strides[: step.free], step.dims[: step.free])
        )
        return None if nothing else start, found, step.dims
    if step.free + 1 == len(step.dims) and start.strides[:-1] == found[0].strides[:-1]:
        stride = found[0].strides[-1]
        if start.base == found[0].base:
            return None, found, step.dims
        if start.base == found[0].base - stride:
            longer = (*step.dims[:-1], step.dims[-1] + 1)
            return None, [Access(start.base, found[0].strides)], longer
    return start, found, step.dims


def _slice(part: slice, n: int, explicit: bool) -> str:
    step: int = part.step
    if part == slice(0, n, 1) and not explicit:
        return ":"
    begin = "" if part.start == (0 if step > 0 else n - 1) else str(part.start)
    whole = part.stop is None or (part.stop == n and step == 1 and not explicit)
    stop = "" if whole else str(part.stop)
    return f"{begin}:{stop}" + (f":{step}" if step != 1 else "")
