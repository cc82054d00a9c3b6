"""What a card's formula becomes when it is fed symbols: an expression that can be looked at.

A card says what an operation means with ordinary Python functions. Fed with `symbol("x")` they
return an `Expr`, a small tree (in truth a graph: equal expressions are one object) that is then
interpreted in many ways: evaluated on floats or on Values, printed as Python, proved right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, Final, Self
from weakref import WeakValueDictionary

SYMBOL: Final = "symbol"
NUMBER: Final = "number"
PI: Final = "pi"

COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    # On Values == asks whether two nodes are the same node, so equality of numbers is spelled out.
    "eq": lambda a, b: (a <= b) & (a >= b),
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
}


class Expr:
    """An expression: a symbol, a number, or an operation applied to expressions.

    Equal expressions are the same object, so ``is`` compares them, and ``==`` is free to build
    the expression "these two numbers are equal" for use in `where`.
    """

    __slots__ = ("__weakref__", "args", "op", "value")

    op: str
    args: tuple[Expr, ...]
    value: str | int | float | None

    def __new__(
        cls, op: str, args: tuple[Expr, ...] = (), value: str | float | None = None
    ) -> Self:
        """Find the expression if it exists already, otherwise make it."""
        # Equal expressions have identical arguments, because those were interned before; repr
        # tells 1 from 1.0 and 0.0 from -0.0.
        key = (op, tuple(map(id, args)), repr(value))
        with _lock:
            found = _interned.get(key)
            if found is None:
                found = object.__new__(cls)
                found.op, found.args, found.value = op, args, value
                _interned[key] = found
        return found

    @property
    def number(self) -> float:
        """The number that a constant is, or that stands for a symbol."""
        assert self.value is not None
        return float(self.value)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Expr, (self.op, self.args, self.value))

    def __repr__(self) -> str:
        from glassgrad.printing import plain

        return plain(self)

    def __bool__(self) -> bool:
        raise TypeError(
            f"the truth of `{self!r}` is not known while a formula is being read: "
            "write where(condition, a, b) instead of if, and, or, not, max, min"
        )

    def __float__(self) -> float:
        raise TypeError(
            f"`{self!r}` is a symbol and has no number: use gg.exp and so on instead of math.exp"
        )

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return Expr("eq", (self, as_expr(other)))

    def __lt__(self, other: object) -> Expr:
        return Expr("lt", (self, as_expr(other)))

    def __le__(self, other: object) -> Expr:
        return Expr("le", (self, as_expr(other)))

    def __gt__(self, other: object) -> Expr:
        return Expr("gt", (self, as_expr(other)))

    def __ge__(self, other: object) -> Expr:
        return Expr("ge", (self, as_expr(other)))

    def __and__(self, other: object) -> Expr:
        return Expr("and", (self, as_expr(other)))

    def __or__(self, other: object) -> Expr:
        return Expr("or", (self, as_expr(other)))

    def __add__(self, other: object) -> Expr:
        return Expr("add", (self, as_expr(other)))

    def __radd__(self, other: object) -> Expr:
        return Expr("add", (as_expr(other), self))

    def __sub__(self, other: object) -> Expr:
        return Expr("sub", (self, as_expr(other)))

    def __rsub__(self, other: object) -> Expr:
        return Expr("sub", (as_expr(other), self))

    def __mul__(self, other: object) -> Expr:
        return Expr("mul", (self, as_expr(other)))

    def __rmul__(self, other: object) -> Expr:
        return Expr("mul", (as_expr(other), self))

    def __truediv__(self, other: object) -> Expr:
        return Expr("div", (self, as_expr(other)))

    def __rtruediv__(self, other: object) -> Expr:
        return Expr("div", (as_expr(other), self))

    def __pow__(self, other: object) -> Expr:
        return Expr("pow", (self, as_expr(other)))

    def __rpow__(self, other: object) -> Expr:
        return Expr("pow", (as_expr(other), self))

    def __neg__(self) -> Expr:
        return Expr("neg", (self,))

    def __pos__(self) -> Expr:
        return self

    def __abs__(self) -> Expr:
        return Expr("abs", (self,))

    def __card__(self, card: Any, operands: tuple[object, ...]) -> Expr:
        """Apply an operation of the table: see `glassgrad.ops.Card.__call__`."""
        args = tuple(as_expr(operand) for operand in operands)
        if card.in_table:
            return Expr(card.name, args)
        inlined: Expr = card.formula(*args)
        return inlined


_lock = RLock()  # collecting an expression may run in the middle of making another
_interned: WeakValueDictionary[tuple[str, tuple[int, ...], str], Any] = WeakValueDictionary()


pi: Final = Expr(PI)


def symbol(name: str) -> Expr:
    """Make the unknown of that name; two symbols of one name are the same."""
    return Expr(SYMBOL, (), name)


def as_expr(x: object) -> Expr:
    """Take an expression as it is and wrap a number; anything else is refused."""
    if isinstance(x, Expr):
        return x
    if isinstance(x, (int, float)):
        return Expr(NUMBER, (), x)
    raise TypeError(f"a formula is made of symbols and numbers, not of {type(x).__name__}: {x!r}")


def operands_first(*roots: Expr) -> list[Expr]:
    """List all that the roots are made of, each expression once, after its own operands."""
    ordered: dict[Expr, None] = {}
    stack = list(reversed(roots))
    while stack:
        e = stack[-1]
        missing = [arg for arg in e.args if arg not in ordered]
        if missing and e not in ordered:
            stack.extend(reversed(missing))
        else:
            ordered.setdefault(stack.pop())
    return list(ordered)


def evaluate(
    root: Expr,
    bindings: Mapping[Expr, Any],
    apply: Callable[[str, tuple[Any, ...]], Any],
    decide: Callable[[Expr, Any], Any] = lambda where, condition: condition,
) -> Any:
    """Compute an expression on whatever the bindings hold.

    Parameters
    ----------
    root : Expr
        What to compute.
    bindings : mapping of Expr to anything
        The symbols' values: floats, Values, or whatever `apply` understands.
    apply : callable (name, operands) -> result
        Performs one operation of the table; comparisons are performed here.
    decide : callable (where, condition) -> condition, optional
        Asked about each `where` once its condition is known; it may make a plain bool of it.

    Notes
    -----
    Of a `where` whose condition is decided (a plain bool) only the chosen branch is computed, so
    that a rule can't be spoilt by the branch that it avoids.
    """
    known: dict[Expr, Any] = dict(bindings)
    stack = [root]
    while stack:
        e = stack[-1]
        if e in known:
            stack.pop()
            continue
        needed = e.args
        if e.op == "where":
            condition = known.get(e.args[0])
            if condition is None:
                needed = e.args[:1]
            elif isinstance(decided := decide(e, condition), bool):
                needed = (e.args[1] if decided else e.args[2],)
        missing = [arg for arg in needed if arg not in known]
        if missing:
            stack.extend(missing)
        elif e.op == NUMBER:
            known[e] = e.value
        elif e.op == PI:
            known[e] = math.pi
        elif e.op == SYMBOL:
            raise KeyError(f"the symbol {e.value} has no value")
        elif e.op in COMPARISONS:
            known[e] = COMPARISONS[e.op](*(known[arg] for arg in e.args))
        elif e.op == "where" and len(needed) == 1:
            known[e] = known[needed[0]]
        else:
            known[e] = apply(e.op, tuple(known[arg] for arg in e.args))
    return known[root]
