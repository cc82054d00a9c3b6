"""A simplifier: expressions as a teacher would write them.

Sums and products are flattened, equal terms collected into multiples and equal factors into
powers, and put into an order that does not depend on how they were computed. Only identities are
used that hold wherever the expression has a value: nothing is assumed to be positive.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from glassgrad import ieee
from glassgrad.errors import FormulaError
from glassgrad.explaining.terms import (
    Number,
    Order,
    Powers,
    Sum,
    all_negative,
    atom,
    exact,
    number_of,
    of_number,
    raised,
    scaled,
    tidy,
    written,
)
from glassgrad.expr import NUMBER, Expr, operands_first

#: How many operations an expression may have as it is written; a larger one is no help to anybody.
MOST_OPERATIONS: Final = 400

_ODD: Final = frozenset(("sin", "tan", "asin", "atan", "sinh", "tanh", "erf"))
_EVEN: Final = frozenset(("cos", "cosh", "abs"))
_ONE: Final[Sum] = {(): Fraction(1)}


def simplify(root: Expr, most: int = MOST_OPERATIONS) -> Expr:
    """Write an expression more simply.

    Parameters
    ----------
    root : Expr
        What is to be simplified.
    most : int
        How many operations it may have, as it is written.

    Returns
    -------
    Expr
        An expression that has the same value wherever `root` has one. Where `root` has none, as
        x/x at 0, it may have one.

    Raises
    ------
    FormulaError
        If the result, or something on the way, has more operations.

    Examples
    --------
    >>> from glassgrad.expr import symbol
    >>> from glassgrad.ops import exp, log
    >>> x, y = symbol("x"), symbol("y")
    >>> simplify(3 * (2 * x) + 0 * y - 4), simplify(x * y * x / y), simplify(log(exp(x)))
    (6 * x - 4, x**2, x)
    >>> simplify(exp(x) * exp(x)), simplify(-(-x)), simplify(exp(log(x)))
    (exp(2 * x), x, exp(log(x)))
    """
    return _Simplifier(most).run(root)


class _Simplifier:
    def __init__(self, most: int) -> None:
        self._most = most
        self._order = Order()
        #: What has been written, and as what.
        self._sums: dict[Expr, Sum] = {}
        self._sizes: dict[Expr, int] = {}

    def run(self, root: Expr) -> Expr:
        done: dict[Expr, Sum] = {}
        for e in operands_first(root):
            done[e] = self._applied(e, [done[arg] for arg in e.args])
        return self._written(done[root])

    def _applied(self, e: Expr, args: list[Sum]) -> Sum:
        if e.op == NUMBER:
            return of_number(exact(e.value))  # type: ignore[arg-type]
        if e.op in _RULES:
            return _RULES[e.op](self, *args)
        return self._function(e, args) if args else atom(e)

    def _add(self, a: Sum, b: Sum, sign: int) -> Sum:
        found = dict(self._opened(a))
        for powers, c in self._opened(b).items():
            total = tidy(found.get(powers, Fraction(0)) + sign * c)
            found.pop(powers, None)
            if total != 0:
                found[powers] = total
        if len(found) > self._most:
            self._refuse()
        return found

    def _opened(self, a: Sum) -> Sum:
        """Multiply out a number times a sum: only where it is to be added to something."""
        if len(a) == 1:
            ((powers, c),) = a.items()
            if len(powers) == 1 and powers[0][1] == 1 and len(self._sums.get(powers[0][0], ())) > 1:
                return scaled(self._sums[powers[0][0]], c)
        return a

    def _mul(self, a: Sum, b: Sum) -> Sum:
        for x, other in ((number_of(a), b), (number_of(b), a)):
            if x is not None and (abs(x) == 1 or x == 0 or len(other) == 1):
                return scaled(other, x)
        (left, c), (right, d) = self._term(a), self._term(b)
        return self._collected((*left, *right), c * d)

    def _collected(self, factors: Powers, c: Number) -> Sum:
        """Multiply powers: equal bases are collected."""
        exponents: dict[Expr, Number] = {}
        for base, n in factors:
            exponents[base] = exponents.get(base, Fraction(0)) + n
        roots = [b for b, n in exponents.items() if b.op == "sqrt" and n % 2 == 0 and n != 0]
        squares = [(b.args[0], exponents.pop(b) / 2) for b in roots]
        kept = [(base, n) for base, n in exponents.items() if n != 0]
        found: Sum = {tuple(sorted(kept, key=lambda f: self._order.of_base(f[0]))): tidy(c)}
        for inside, n in squares:
            found = self._mul(found, self._power(self._sums[inside], n))
        return found

    def _term(self, a: Sum) -> tuple[Powers, Number]:
        """Take a sum as one factor, and a single term as what it is."""
        if len(a) == 1:
            ((powers, c),) = a.items()
            return powers, c
        return ((self._written(a), Fraction(1)),) if a else (), Fraction(1 if a else 0)

    def _power(self, a: Sum, n: Number) -> Sum:
        if n == 0:
            return _ONE
        if n == 1 or (not a and n > 0):
            return a
        x, whole = number_of(a), n % 1 == 0
        if x is not None and (x == 1 or (whole and x != 0)):
            return of_number(raised(x, int(n)))
        if x is None and len(a) == 1:
            powers, c = self._term(a)
            bare = c == 1 and len(powers) == 1 and (powers[0][1] == 1 or powers[0][0].op == "exp")
            if whole or bare:
                factors = tuple((base, m * n) for base, m in powers)
                return self._collected(factors, raised(c, int(n)) if whole else c)
        return {((self._written(a), n),): Fraction(1)}

    def _pow(self, a: Sum, b: Sum) -> Sum:
        n = number_of(b)
        if n is not None:
            return self._power(a, n)
        if number_of(a) == 1:
            return _ONE
        powers, c = self._term(a)
        if c == 1 and len(powers) == 1 and powers[0][0].op == "exp":  # e^x is never negative
            base, m = powers[0]
            return self._exp(self._mul(scaled(self._sums[base.args[0]], m), b))
        return atom(Expr("pow", (self._written(a), self._written(b))))

    def _exp(self, a: Sum) -> Sum:
        """Raise e to a multiple of something: a power of e raised to that."""
        if not a:
            return _ONE
        powers, c = self._term(a)
        if len(a) > 1 and all_negative(a):
            a, c = scaled(a, -1), Fraction(-1)
        core: Sum = a if len(a) > 1 else {powers: Fraction(1)}
        return self._collected(((Expr("exp", (self._written(core),)), c),), Fraction(1))

    def _log(self, a: Sum) -> Sum:
        if number_of(a) == 1:
            return {}
        powers, c = self._term(a)
        if c == 1 and len(powers) == 1 and powers[0][0].op == "exp":
            base, n = powers[0]
            return self._mul(of_number(n), self._sums[base.args[0]])
        return atom(Expr("log", (self._written(a),)))

    def _sqrt(self, a: Sum) -> Sum:
        x = number_of(a)
        if isinstance(x, Fraction) and x >= 0:
            root = Fraction(ieee.sqrt(float(x)))
            if root * root == x:
                return of_number(root)
        return atom(Expr("sqrt", (self._written(a),)))

    def _function(self, e: Expr, args: list[Sum]) -> Sum:
        sign = 1
        if e.op in _ODD or e.op in _EVEN:
            (a,) = args
            if not a:
                return {} if e.op in _ODD or e.op == "abs" else _ONE
            if all_negative(a):
                args, sign = [scaled(a, -1)], -1 if e.op in _ODD else 1
            if e.op == "abs" and number_of(a) is not None:
                return args[0]
        return {((Expr(e.op, tuple(map(self._written, args))), Fraction(1)),): Fraction(sign)}

    def _written(self, a: Sum) -> Expr:
        e = written(a, self._order)
        if e not in self._sums:
            self._sums[e] = a
            if self._size(e) > self._most:
                self._refuse()
        return e

    def _size(self, root: Expr) -> int:
        """Count the operations of an expression as it is written: what is shared counts again."""
        for e in operands_first(root):
            if e not in self._sizes:
                self._sizes[e] = bool(e.args) + sum(self._sizes[arg] for arg in e.args)
        return self._sizes[root]

    def _refuse(self) -> None:
        raise FormulaError(
            f"this is too large to write as one formula: it has more than {self._most:,} "
            "operations. Look at a part of it: the derivative of a value nearer to the root, or "
            "of a smaller example"
        )


_RULES: Final[dict[str, Callable[..., Sum]]] = {
    "add": lambda self, a, b: self._add(a, b, 1),
    "sub": lambda self, a, b: self._add(a, b, -1),
    "neg": lambda self, a: self._add({}, a, -1),
    "mul": _Simplifier._mul,
    "div": lambda self, a, b: self._mul(a, self._power(b, Fraction(-1))),
    "square": lambda self, a: self._power(a, Fraction(2)),
    "reciprocal": lambda self, a: self._power(a, Fraction(-1)),
    "pow": _Simplifier._pow,
    "sqrt": _Simplifier._sqrt,
    "exp": _Simplifier._exp,
    "expm1": lambda self, a: self._add(self._exp(a), _ONE, -1),
    "log": _Simplifier._log,
    "log1p": lambda self, a: self._log(self._add(a, _ONE, 1)),
}
