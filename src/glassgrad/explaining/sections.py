"""What a derivation says, before it is written in any form: sections of equations and sentences.

Equations are made of expressions (`glassgrad.expr.Expr`). Beside the operations of the table these
may use the few below, which say what a derivation talks about but nothing computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isclose
from typing import NamedTuple, TypeAlias

from glassgrad.expr import NUMBER, Expr, as_expr, operands_first
from glassgrad.show.numbers import number

#: How many significant digits a number is written with.
DIGITS = 6


class Equation(NamedTuple):
    """Expressions that are equal, one after the other, and why."""

    parts: tuple[Expr, ...]
    reason: str = ""
    continued: bool = False
    """Whether the first part ended the line before, and is not written again."""


class Sentence(NamedTuple):
    """What is said in words."""

    text: str


Line: TypeAlias = Equation | Sentence


class Section(NamedTuple):
    """Some lines under a title."""

    title: str
    lines: tuple[Line, ...]


def equation(parts: Iterable[object], reason: str = "") -> Equation:
    """Write an equation of expressions and numbers; what repeats its neighbour is left out."""
    distinct: list[Expr] = []
    for part in map(as_expr, parts):
        if not distinct or _written(part) is not _written(distinct[-1]):
            distinct.append(part)
    return Equation(tuple(distinct), reason)


def derivative(y: Expr, x: Expr) -> Expr:
    """Write dy/dx; the variable comes first, as in a proof."""
    return Expr("derivative", (x, y))


def partial(y: Expr, x: Expr) -> Expr:
    """Write ∂y/∂x, the derivative within one operation."""
    return Expr("partial", (x, y))


def product(factors: Sequence[Expr]) -> Expr:
    """Write a product as it stands: 2 · 2 is not made a square."""
    return factors[0] if len(factors) == 1 else Expr("product", tuple(factors))


def total(terms: Sequence[float]) -> Expr:
    """Write a sum of numbers, with a minus for what is negative: 6 − 4."""
    found = as_expr(terms[0])
    for term in terms[1:]:
        found = found - as_expr(-term) if term < 0 else found + as_expr(term)
    return found


def at(function: Expr, *operands: Expr) -> Expr:
    """Write a function applied to something: L(a + h)."""
    return Expr("at", (function, *operands))


def words(text: str) -> Expr:
    """Let words stand where a name would."""
    return Expr("words", (), text)


def digits(x: float) -> str:
    """Write a number of a derivation."""
    return number(x, DIGITS)


def signs(line: Equation) -> list[str]:
    """Find what stands between the parts: "≈" beside a number that is rounded, otherwise "="."""
    rounded = [any(map(is_rounded, operands_first(part))) for part in line.parts]
    return ["≈" if before or after else "=" for before, after in pairwise(rounded)]


def is_rounded(e: Expr) -> bool:
    """Tell whether an expression is a number that is not written with all of its digits."""
    if e.op != NUMBER:
        return False
    x = e.number
    shown = float(digits(x).replace("−", "-").replace("∞", "inf"))
    return x == x and not isclose(x, shown, rel_tol=1e-14)  # 0.1 + 0.2 counts as 0.3


def _written(e: Expr) -> Expr:
    """Take an int for the float that it is written as."""
    return as_expr(e.number) if e.op == NUMBER else e
