"""Sums of products: the form in which expressions are simplified, and how it is written back.

A `Sum` maps each product of powers to its coefficient: 6x − 4 is {((x, 1),): 6, (): −4}.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import isfinite
from typing import Final, TypeAlias

from glassgrad import ieee
from glassgrad.expr import NUMBER, PI, SYMBOL, Expr, as_expr
from glassgrad.printing import plain

#: Exact where it can be; a float stays one unless it is a whole number or a simple fraction.
Number: TypeAlias = Fraction | float
Powers: TypeAlias = tuple[tuple[Expr, Number], ...]
Sum: TypeAlias = dict[Powers, Number]

#: A float with a larger denominator, such as 0.1, is a measured number and no fraction.
_LARGEST_DENOMINATOR: Final = 16
_LARGEST_EXACT: Final = 2**53


def exact(x: float) -> Number:
    """Take a whole number or a simple fraction as what it is: 0.5 as 1/2, but 0.1 as a float."""
    if not isfinite(x):
        return float(x)
    ratio = Fraction(x)
    return tidy(ratio) if ratio.denominator <= _LARGEST_DENOMINATOR else float(x)


def tidy(x: Number) -> Number:
    """Give up exactness where a float would, so that numbers don't grow without end."""
    if isinstance(x, Fraction) and max(abs(x.numerator), x.denominator) > _LARGEST_EXACT:
        return float(x)
    return x


def number_of(a: Sum) -> Number | None:
    """Tell the number that a sum is; None if it depends on anything."""
    if not a:
        return Fraction(0)
    return a[()] if len(a) == 1 and () in a else None


def scaled(a: Sum, by: Number) -> Sum:
    """Multiply every coefficient."""
    return {powers: tidy(c * by) for powers, c in a.items()} if by != 0 else {}


def of_number(x: Number) -> Sum:
    """Take a number as a sum."""
    return {(): x} if x != 0 else {}


def atom(e: Expr) -> Sum:
    """Take what is not looked into as a sum."""
    return {((e, Fraction(1)),): Fraction(1)}


def all_negative(a: Sum) -> bool:
    """Tell whether every term has a minus."""
    return all(c < 0 for c in a.values())


def raised(x: Number, n: int) -> Number:
    """Raise a number to a whole power: exactly if the result is small enough."""
    if isinstance(x, Fraction):
        bits = max(abs(x.numerator).bit_length(), x.denominator.bit_length())
        if bits * abs(n) <= 64:
            return tidy(x**n)
    return ieee.pow(float(x), float(n))


class Order:
    """Where things stand in a sum or product: by degree, symbols first, x2 before x10."""

    def __init__(self) -> None:
        self._places: dict[Expr, tuple[int, tuple[str | int, ...]]] = {}

    def of_base(self, e: Expr) -> tuple[int, tuple[str | int, ...]]:
        """Rank a factor: numbers, symbols, functions, sums."""
        if e not in self._places:
            parts = re.split(r"([0-9]+)", plain(e))
            natural = tuple(int(part) if i % 2 else part for i, part in enumerate(parts))
            ranks = {NUMBER: 0, SYMBOL: 1, PI: 1, "add": 3, "sub": 3}
            self._places[e] = ranks.get(e.op, 2), natural
        return self._places[e]

    def of_term(self, powers: Powers) -> tuple[object, ...]:
        """Rank a term of a sum: the highest degree first."""
        degree = sum(float(exponent) for _, exponent in powers)
        return -degree, [(self.of_base(base), -float(n)) for base, n in powers]


def written(a: Sum, order: Order) -> Expr:
    """Write a sum as an expression; it begins with a term that has no minus, if there is one."""
    terms = sorted(a.items(), key=lambda term: order.of_term(term[0]))
    first = next((i for i, (_, c) in enumerate(terms) if not c < 0), 0)
    if not terms:
        return as_expr(0)
    found = _product(*terms.pop(first))
    for powers, c in terms:
        found = found - _product(powers, -c) if c < 0 else found + _product(powers, c)
    return found


def written_number(x: Number) -> Expr:
    """Write a number: whole if it is, 0.5 for 1/2, and 1/3 as a quotient."""
    if isinstance(x, float):
        return as_expr(x)
    if x.denominator == 1:
        return as_expr(int(x))
    if isinstance(exact(float(x)), Fraction):
        return as_expr(float(x))
    return as_expr(x.numerator) / x.denominator


def _product(powers: Powers, c: Number) -> Expr:
    """Write one term: the coefficient, the factors, and below the line those of negative power."""
    if not powers:
        return written_number(c)
    size, below = (abs(c), 1) if isinstance(c, float) else (abs(c.numerator), c.denominator)
    above_line = [as_expr(size)] if size != 1 else []
    below_line = [as_expr(below)] if below != 1 else []
    for base, n in powers:
        if n < 0 and base.op != "exp":
            below_line.append(_power(base, -n))
        else:
            above_line.append(_power(base, n))
    above = above_line or [as_expr(1)]
    if c < 0:
        head = above[0]
        above[0] = as_expr(-head.value) if head.op == NUMBER else -head  # type: ignore[operator]
    top = _multiplied(above)
    return top / _multiplied(below_line) if below_line else top


def _multiplied(factors: list[Expr]) -> Expr:
    found = factors[0]
    for factor in factors[1:]:
        found = found * factor
    return found


def _power(base: Expr, n: Number) -> Expr:
    if base.op == "exp":
        return Expr("exp", (_times(n, base.args[0]),))
    return base if n == 1 else base ** written_number(n)


def _times(n: Number, e: Expr) -> Expr:
    """Write the exponent of an exponential: n times what stands in `e`."""
    if e.op == NUMBER and e.value == 1:
        return written_number(n)
    return e if n == 1 else -e if n == -1 else _product(((e, Fraction(1)),), n)
