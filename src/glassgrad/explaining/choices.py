"""Operations that choose, at the point where a graph was recorded: the branch, and why it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from glassgrad.expr import Expr, evaluate, operands_first
from glassgrad.ops import TABLE, where
from glassgrad.ops.card import apply

#: How the two sides of a comparison may stand to each other: below, equal, above.
_SIGNS: Final = {"lt": {-1}, "le": {-1, 0}, "eq": {0}, "ge": {0, 1}, "gt": {1}}
_COMPARISONS: Final = {frozenset(signs): op for op, signs in _SIGNS.items()}


class Choices:
    """Reads formulas at a point: each choice becomes what is chosen there.

    Attributes
    ----------
    facts : dict
        (left, right) to the signs of left − right for which the same would have been chosen.
    """

    def __init__(self) -> None:
        self.facts: dict[tuple[Expr, Expr], frozenset[int]] = {}

    def made(
        self, root: Expr, numbers: Mapping[Expr, float], stand_for: Mapping[Expr, Expr]
    ) -> Expr:
        """Read a card's formula at a point.

        Parameters
        ----------
        root : Expr
            The formula, of the card's symbols.
        numbers : mapping
            What the symbols are at the point.
        stand_for : mapping
            What to write for the symbols.
        """
        root = _spelled_out(root)
        done = dict(stand_for)
        for e in operands_first(root):
            if e in done:
                continue
            if e.op == "where":
                condition = bool(evaluate(e.args[0], numbers, apply))
                self._note(e.args[0], condition, numbers, done)
                done[e] = done[e.args[1 if condition else 2]]
            else:
                done[e] = Expr(e.op, tuple(done[arg] for arg in e.args), e.value)
        return done[root]

    def conditions(self) -> list[Expr]:
        """List what has to hold, as comparisons."""
        return [
            Expr(_COMPARISONS[signs], sides)
            for sides, signs in self.facts.items()
            if signs in _COMPARISONS and any(side.op != "number" for side in sides)
        ]

    def _note(
        self, condition: Expr, holds: bool, numbers: Mapping[Expr, float], done: Mapping[Expr, Expr]
    ) -> None:
        """Note why a condition holds, or does not."""
        if condition.op in ("and", "or"):
            for part in condition.args:
                if bool(evaluate(part, numbers, apply)) == holds:
                    self._note(part, holds, numbers, done)
        elif condition.op in _SIGNS:
            a, b = (evaluate(side, numbers, apply) for side in condition.args)
            if a != a or b != b:  # nan is neither below nor above: there is no region to name
                return
            allowed = _SIGNS[condition.op] if holds else {-1, 0, 1} - _SIGNS[condition.op]
            left, right = (done[side] for side in condition.args)
            known = self.facts.get((left, right), frozenset((-1, 0, 1))) & allowed
            if known == {-1, 1}:
                known = frozenset((1 if a > b else -1,))
            self.facts[left, right] = known


def _spelled_out(root: Expr) -> Expr:
    """Replace what chooses, such as `relu`, by a `where` with its condition."""
    done: dict[Expr, Expr] = {}
    for e in operands_first(root):
        args = tuple(done[arg] for arg in e.args)
        if e.op == "abs":
            (x,) = args
            done[e] = where(x > 0, x, where(x < 0, -x, 0))
        elif e.op in TABLE and TABLE[e.op].chooses and e.op != "where":
            meaning = TABLE[e.op].formula
            assert meaning is not None
            done[e] = _spelled_out(meaning(*args))
        else:
            done[e] = Expr(e.op, args, e.value)
    return done[root]
