"""The backward pass of a lifted program, as statements of NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from glassgrad.expr import Expr
from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT
from glassgrad.jitting.lifting.steps import Access
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tape import EACH, FOLD, LOOKUP
from glassgrad.jitting.tensors.arrays import Array, View, slots_of
from glassgrad.jitting.tensors.formulas import Formulas, key_of, parts_of
from glassgrad.jitting.tensors.numpy_dialect import NumPy, partials_of
from glassgrad.jitting.tensors.pieces import Piece
from glassgrad.jitting.tensors.terms import TIMES, Term, aligned, contracted, product
from glassgrad.opcodes import ADD, MUL, TAKEN
from glassgrad.ops.card import OUTPUT
from glassgrad.printing import ATOM


@dataclass
class Share:
    """What a step adds to the gradient of an operand.

    Attributes
    ----------
    array : Array
        Whose gradient it is.
    lines : list of str
        Statements that add it.
    all : str
        The share of the whole array, or of one of its rows; empty where it is that of a part.
    row : int or None
        Of which row.
    """

    array: Array
    lines: list[str]
    all: str = ""
    row: int | None = None


class Backward:
    """Writes the shares of each piece.

    Parameters
    ----------
    formulas : Formulas
        In NumPy's dialect.
    carrying : sequence of int
        1 for each slot that carries a gradient.
    alone : bool
        Whether the piece is the only one of its family: then its shares need not look like others.
    """

    def __init__(self, formulas: Formulas, carrying: Sequence[int], alone: bool) -> None:
        self.formulas, self.pieces, self.carrying = formulas, formulas.pieces, carrying
        self.alone = alone
        assert isinstance(formulas.dialect, NumPy)
        self.dialect: NumPy = formulas.dialect

    def of(self, piece: Piece) -> list[Share]:
        """Write what each operand of a piece receives."""
        step = piece.step
        if step.op not in (ADD, MUL) and step.kind in (0, FOLD) and step.op != TAKEN:
            return []  # the largest and smallest numbers are found without a gradient
        name = piece.out.name if piece.at is None else f"{piece.out.name}[{piece.at}]"
        grad = Term(f"d{name}", ATOM, tuple(range(step.free)))
        if step.kind == EACH:
            return self._of_each(piece, grad, Term(name, ATOM, grad.letters))
        if step.kind == LOOKUP:
            return self._of_lookup(piece, grad)
        if step.kind == 0:
            return self._of_scattered(piece, grad)
        start, accesses, dims = parts_of(self.formulas.constants, step)
        free = step.free
        found = []
        if start:
            found = self._added(Access(start.base, start.strides[:free]), dims[:free], grad)
        if step.kind == FOLD:
            return found + self._added(accesses[0], dims, grad)
        return found + self._of_products(accesses, dims, grad)

    def needs(self, access: Access) -> bool:
        """Tell whether an operand carries a gradient."""
        return access.base < FIRST_CONSTANT and bool(self.carrying[access.base])

    def _of_each(self, piece: Piece, grad: Term, out: Term) -> list[Share]:
        step, meaning = piece.step, MEANINGS[piece.step.op]
        accesses = step.accesses[1:]
        terms: dict[Expr, Term] = {OUTPUT: out}
        for operand, access in zip(meaning.operands, accesses, strict=True):
            terms[operand] = aligned(self.formulas.term(access, step.dims), grad.letters)
        found = []
        for partial, access in zip(partials_of(step.op), accesses, strict=False):
            if self.needs(access):
                share = self.dialect.share(grad, partial, terms)
                found += self._added(access, step.dims, share)
        return found

    def _of_products(
        self, accesses: Sequence[Access], dims: Sequence[int], grad: Term
    ) -> list[Share]:
        """Write the shares of the factors of products, which are added up or not."""
        a, b = accesses
        same = (a.base, a.strides) == (b.base, b.strides)
        found = []
        for access, other in [(a, b)] if same else [(a, b), (b, a)]:
            if not self.needs(access):
                continue
            view = self.pieces.view(access, dims)
            left = view.letters if view else _moving(access)
            factor = self.formulas.term(other, dims)
            share = contracted(
                grad, factor, left, self.dialect.call,
                lambda term, gone: self.dialect.reduced("sum", term, gone),
            )  # fmt: skip
            both = [i for i in range(len(dims)) if not access.strides[i] and not other.strides[i]]
            count = prod(dims[i] for i in both if i >= len(grad.letters)) * (2 if same else 1)
            if count != 1:
                share = Term(f"{count} * {share.within(TIMES)}", TIMES, share.letters)
            found += self._added(access, dims, share, counted=True)
        return found

    def _of_lookup(self, piece: Piece, grad: Term) -> list[Share]:
        step = piece.step
        table = step.accesses[2]
        if not self.needs(table):
            return []
        count, gap = step.slots
        dims = (*step.dims, count)
        view = self.pieces.view(Access(table.base, (*table.strides, gap)), dims)
        extra = len(step.dims)
        index = self.formulas.term(step.accesses[1], step.dims)
        if view is None or extra not in view.letters:
            return self._one_by_one(piece, grad, index) if count > 1 else self._added(
                table, step.dims, grad
            )
        places: list[str] = []
        order = grad.letters
        for letter in view.letters:
            if letter == extra:
                places.append(self.dialect.index(aligned(index, order)))
            else:
                along = Term(f"np.arange({dims[letter]})", ATOM, (letter,))
                places.append(_spread(along, order))
        text = self.formulas.view_text(view, "d")
        return [Share(view.array, [f"np.add.at({text}, {_places(places)}, {grad.text})"])]

    def _one_by_one(self, piece: Piece, grad: Term, index: Term) -> list[Share]:
        """Write the shares of rows that are looked up here and there: each where it was taken."""
        step, found = piece.step, []
        count, gap = step.slots
        table = step.accesses[2]
        for k in range(count):
            chosen = f"({aligned(index, grad.letters).within(ATOM)} == {k})"
            share = product(grad, Term(chosen, ATOM, grad.letters))
            found += self._added(Access(table.base + k * gap, table.strides), step.dims, share)
        return found

    def _of_scattered(self, piece: Piece, grad: Term) -> list[Share]:
        step = piece.step
        accesses = step.accesses[1:]
        texts = [self.formulas.slot_text(access.base) for access in accesses]
        found = []
        if step.op == TAKEN:
            for k, access in enumerate(accesses[1:]):
                if self.needs(access):
                    share = f"{grad.text} * ({texts[0]} == {k})"
                    found += self._added(access, (), Term(share, TIMES, ()))
            return found
        if self.needs(accesses[0]):
            found += self._added(accesses[0], (), grad)
        n = (len(accesses) - 1) // step.slots[0]
        for k, access in enumerate(accesses[1:]):
            if self.needs(access):
                other = f" * {texts[1 + (k + n) % (2 * n)]}" if step.slots[0] == 2 else ""
                share = f"{grad.text}{other}"
                found += self._added(access, (), Term(share, TIMES, ()))
        return found

    def _added(
        self, access: Access, dims: Sequence[int], share: Term, counted: bool = False
    ) -> list[Share]:
        """Add a share to the gradient of an operand, summed where the operand is repeated."""
        if not self.needs(access):
            return []
        view = self.pieces.view(access, dims)
        left = view.letters if view else _moving(access)
        gone = [x for x in share.letters if x not in left]
        if gone:
            share = self.dialect.reduced("sum", share, gone)
        repeats = 1 if counted else prod(
            dims[i] for i in range(len(dims)) if i not in left and i not in gone
        )
        if repeats != 1:
            share = Term(f"{repeats} * {share.within(TIMES)}", TIMES, share.letters)
        if view is None or (
            view.shape != view.array.dims and (view.windows or not view.array.is_dense)
        ):
            return self._spread_out(access, dims, share)
        if view.windows:
            return [Share(view.array, [self._windows(view, dims, share)])]
        found = aligned(share, view.letters)
        target = self.formulas.view_text(view, "d")
        target += "[...]" if target.endswith(")") else ""
        made = Share(view.array, [f"{target} += {found.text}"])
        key = key_of(view)
        full = [slice(0, n, 1) for n in view.shape]
        if key or (self.alone and list(view.index) == full):
            made.row = key[1] if key else None
            made.all = found.text
            if set(share.letters) != set(left):
                shape = view.array.dims if made.row is None else view.array.dims[1:]
                made.all = f"np.broadcast_to({found.text}, {tuple(shape)})" if shape else found.text
            if not key:
                term = Term(made.all, found.binds, view.letters)
                if made.all.startswith("np.broadcast_to"):
                    term = Term(f"np.broadcast_to({found.text}, {view.shape})", ATOM, view.letters)
                made.all = f"{term.within(ATOM)}.reshape{tuple(view.array.dims)}"
                made.lines = [f"d{view.array.name} += {made.all}"]
        return [made]

    def _windows(self, view: View, dims: Sequence[int], share: Term) -> str:
        """Add to the gradients of numbers that lie in several windows."""
        letters = iter(view.letters)
        walked = [next(letters) if isinstance(x, slice) else None for x in view.index]
        within = dict(zip(view.windows, letters, strict=True))
        places = []
        for axis, (x, letter) in enumerate(zip(view.index, walked, strict=True)):
            if letter is None or not isinstance(x, slice):
                places.append(str(x))
                continue
            stop = -1 if x.stop is None else x.stop  # downwards, to the first one
            step = f", {x.step}" if x.step != 1 else ""
            bounds = f"{x.start}, {stop}{step}" if x.start or step else str(stop)
            text = _spread(Term(f"np.arange({bounds})", ATOM, (letter,)), view.letters)
            if axis in within:
                along = Term(f"np.arange({dims[within[axis]]})", ATOM, (within[axis],))
                text += f" + {_spread(along, view.letters)}"
            places.append(text)
        found = aligned(share, view.letters)
        return f"np.add.at(d{view.array.name}, {_places(places)}, {found.text})"

    def _spread_out(self, access: Access, dims: Sequence[int], share: Term) -> list[Share]:
        """Add to gradients here and there, one by one."""
        left = _moving(access)
        lengths = [dims[i] for i in left]
        slots = slots_of(access.base, [access.strides[i] for i in left], lengths)
        share = Term(f"np.broadcast_to({aligned(share, left).text}, {tuple(lengths)})", ATOM, left)
        found: dict[Array, list[tuple[int, tuple[int, ...]]]] = {}
        for k, slot in enumerate(slots):
            owner = self.pieces.owner_of(slot)
            if owner and self.carrying[slot]:
                found.setdefault(owner, []).append((k, owner.place_of(slot)))
        made = []
        for owner, several in found.items():
            which = [k for k, _ in several]
            flat = share.text if len(left) == 1 else f"{share.text}.ravel()"
            if [slots[k] for k in which] == owner.slots() and which == list(
                range(which[0], which[-1] + 1)
            ):
                part = f"{flat}[{which[0]}:{which[-1] + 1}]"
                part = part if len(owner.dims) == 1 else f"{part}.reshape({tuple(owner.dims)})"
                made.append(Share(owner, [f"d{owner.name} += {part}"], part))
                continue
            text = f"{flat}[{which}]"
            axes = zip(*(place for _, place in several), strict=True)
            places = [str(list(axis)) for axis in axes]
            at = _places(places) if places else "..."
            line = f"np.add.at(d{owner.name}, {at}, {text})"
            made.append(Share(owner, [line if places else f"d{owner.name}[...] += {text}.sum()"]))
        return made


def _moving(access: Access) -> tuple[int, ...]:
    return tuple(i for i, stride in enumerate(access.strides) if stride)


def _places(places: Sequence[str]) -> str:
    return places[0] if len(places) == 1 else f"({', '.join(places)})"


def _spread(term: Term, letters: Sequence[int]) -> str:
    """Write an array of places so that it goes along one of several axes."""
    after = len(letters) - 1 - list(letters).index(term.letters[0])
    axes = ", ".join([":", *["None"] * after])
    return f"{term.text}[{axes}]" if after else term.text

