"""Terms: pieces of formulas over arrays, as NumPy writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from glassgrad.printing import ATOM, within

ADDED, TIMES, POWER = 4, 5, 7
_LETTERS = "ijklmnopqrstuvwxyz"


class Term(NamedTuple):
    """Something that is computed.

    Attributes
    ----------
    text : str
    binds : int
        How tightly: see `glassgrad.printing`.
    letters : tuple of int
        Which dim of a step each of its axes stands for.
    """

    text: str
    binds: int
    letters: tuple[int, ...]

    def within(self, level: int) -> str:
        """Write it where what binds less needs parentheses."""
        return within((self.text, self.binds), level)

    @property
    def is_number(self) -> bool:
        """Whether it is a constant, written out."""
        try:
            float(self.text)
        except ValueError:
            return False
        return True


def aligned(term: Term, letters: Sequence[int]) -> Term:
    """Give a term the axes that these letters say, in their order; it is repeated along others."""
    order = [x for x in letters if x in term.letters]
    term = transposed(term, order)
    missing = [x not in term.letters for x in letters]
    if not order or not any(missing) or not any(not m for m in missing):
        return term
    if not any(missing[next(i for i, m in enumerate(missing) if not m) :]):
        return term  # NumPy repeats along axes in front by itself
    axes = ", ".join("None" if m else ":" for m in missing)
    while axes.endswith(", :"):
        axes = axes[:-3]
    return Term(f"{term.within(ATOM)}[{axes}]", ATOM, tuple(letters))


def transposed(term: Term, order: Sequence[int]) -> Term:
    """Write the axes of a term in another order."""
    order = tuple(order)
    if order == term.letters:
        return term
    if len(order) == 2:
        return Term(f"{term.within(ATOM)}.T", ATOM, order)
    axes = ", ".join(str(term.letters.index(x)) for x in order)
    return Term(f"{term.within(ATOM)}.transpose({axes})", ATOM, order)


def product(a: Term, b: Term) -> Term:
    """Multiply number by number."""
    if a.text == b.text and not a.is_number:
        return Term(f"{a.within(POWER + 1)} ** 2", POWER, a.letters)
    letters = sorted({*a.letters, *b.letters})
    a, b = aligned(a, letters), aligned(b, letters)
    return Term(f"{a.within(TIMES)} * {b.within(TIMES + 1)}", TIMES, tuple(letters))


def contracted(
    a: Term, b: Term, out: Sequence[int], call: Callable[[str, Sequence[str]], str],
    summed: Callable[[Term, Sequence[int]], Term],
) -> Term:  # fmt: skip
    """Multiply two terms and add up along all axes but these.

    Parameters
    ----------
    a, b : Term
    out : sequence of int
        The letters that are left.
    call, summed : callable
        How a function, and a sum along some axes, are written.
    """
    left, right = set(a.letters), set(b.letters)
    if not left or not right:
        array, number = (b, a) if right else (a, b)
        gone = set(array.letters) - set(out)
        return product(number, summed(array, sorted(gone)) if gone else array)
    out = tuple(x for x in out if x in left | right)
    gone = (left | right) - set(out)
    if not gone and len(a.letters) == len(b.letters) == 1 != len(left | right):
        first, second = (a, b) if a.letters[0] == out[0] else (b, a)
        return Term(call("outer", [first.text, second.text]), ATOM, out)
    if not gone and out == tuple(sorted(out)):
        return product(a, b)
    if gone and a.letters == b.letters and not _is_dot(a, b, out):
        return transposed(summed(product(a, b), sorted(gone)), out)
    if len(gone) == 1 and gone <= left & right and not left & right - gone:
        (k,) = gone
        for x, y in ((a, b), (b, a)):
            rest_x = tuple(i for i in x.letters if i != k)
            rest_y = tuple(i for i in y.letters if i != k)
            if len(rest_x) > 1 and x.letters[-1] != k:
                continue
            if len(rest_y) <= 1 and (*rest_x, *rest_y) == out and not (
                not rest_x and y.letters[-1:] == (k,) and rest_y
            ):
                rows = transposed(x, (*rest_x, k)).within(TIMES)
                columns = transposed(y, (k, *rest_y)).within(TIMES + 1)
                return Term(f"{rows} @ {columns}", TIMES, out)
    names = [
        "".join(_LETTERS[x] for x in letters) for letters in (a.letters, b.letters, out)
    ]
    how = repr(f"{names[0]},{names[1]}->{names[2]}")
    return Term(call("einsum", [how, a.text, b.text]), ATOM, out)


def _is_dot(a: Term, b: Term, out: Sequence[int]) -> bool:
    return len(a.letters) == 1 and not out and a.text != b.text
