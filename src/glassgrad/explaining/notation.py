"""Expressions set in two dimensions: what LaTeX and MathML have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

from glassgrad.explaining.sections import digits
from glassgrad.expr import NUMBER, PI, SYMBOL, Expr, operands_first
from glassgrad.ops.card import OUTPUT

CHOICE, COMPARISON, SUM, NEGATIVE, PRODUCT, POWER, ATOM = 0, 3, 4, 5, 6, 7, 8
#: How tightly the operands of an operation must bind to stand without parentheses (the last
#: number holds for all that follow), and how tightly it binds itself. What is not listed is
#: written as a function, with its operands in parentheses.
_LEVELS: dict[str, tuple[tuple[int, ...], int]] = {
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq"), ((SUM,), COMPARISON)),
    "or": ((1, 2), 1), "and": ((2, 3), 2), "where": ((1, 1, CHOICE), CHOICE),
    **dict.fromkeys(("add", "sub"), ((SUM, PRODUCT), SUM)), "expm1": ((CHOICE,), SUM),
    "neg": ((PRODUCT,), NEGATIVE), "limit": ((ATOM, NEGATIVE), COMPARISON),
    **dict.fromkeys(("mul", "product"), ((NEGATIVE, POWER), PRODUCT)),
    **dict.fromkeys(("div", "reciprocal"), ((CHOICE,), POWER)),
    **dict.fromkeys(("derivative", "partial"), ((ATOM,), POWER)),
    **dict.fromkeys(("pow", "square"), ((ATOM, CHOICE), POWER)), "exp": ((CHOICE,), POWER),
}  # fmt: skip


class Notation(ABC):
    """A way to write expressions; the methods write one operation each."""

    def written(self, root: Expr) -> str:
        """Write an expression."""
        done: dict[Expr, tuple[str, int]] = {}
        for e in operands_first(root):
            if e.op == "mul" and e.args[0] is e.args[1]:
                squared = self._within(done[e.args[0]], ATOM)
                done[e] = (self.operation(Expr("square", e.args[:1]), [squared]), POWER)
            elif e.args:
                needed, binds = _LEVELS.get(e.op, ((CHOICE,), ATOM))
                args = [
                    self._within(done[arg], needed[min(i, len(needed) - 1)])
                    for i, arg in enumerate(e.args)
                ]
                done[e] = (self.operation(e, args), binds)
            else:
                done[e] = self._atom(e)
        return done[root][0]

    def _atom(self, e: Expr) -> tuple[str, int]:
        if e.op == SYMBOL:
            return self.name(str(e.value)), ATOM
        if e.op == NUMBER:
            shown = digits(e.number).replace("−", "-")
            mantissa, _, exponent = shown.partition("e")
            binds = NEGATIVE if shown.startswith("-") else PRODUCT if exponent else ATOM
            return self.number(mantissa, exponent), binds
        return self.words("π" if e.op == PI else "y" if e is OUTPUT else str(e.value)), ATOM

    def _within(self, part: tuple[str, int], level: int) -> str:
        written, binds = part
        return written if binds >= level else self.grouped(written)

    @abstractmethod
    def operation(self, e: Expr, args: list[str]) -> str:
        """Write an operation whose operands are written."""

    @abstractmethod
    def name(self, name: str) -> str:
        """Write a name."""

    @abstractmethod
    def number(self, mantissa: str, exponent: str) -> str:
        """Write a number: "-1.5" and "", or "-1.5" and "-10"."""

    @abstractmethod
    def words(self, text: str) -> str:
        """Write words within a formula."""

    @abstractmethod
    def grouped(self, text: str) -> str:
        """Put parentheses around what is written."""
