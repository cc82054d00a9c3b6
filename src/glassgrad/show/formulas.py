"""Formulas for people: a card's expressions in terms of the names in a graph, ``1 − o²``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from glassgrad.expr import NUMBER, PI, Expr, as_expr, evaluate, operands_first
from glassgrad.ops import TABLE
from glassgrad.ops.card import apply
from glassgrad.show.numbers import number

_INFIX: Final[dict[str, tuple[str, int]]] = {
    "or": (" or ", 1), "and": (" and ", 2),
    "lt": (" < ", 3), "le": (" ≤ ", 3), "gt": (" > ", 3), "ge": (" ≥ ", 3), "eq": (" = ", 3),
    "add": (" + ", 4), "sub": (" − ", 4), "mul": (" · ", 5), "div": ("/", 5),
    "product": (" · ", 5),
}  # fmt: skip
_CHOICE, _PRODUCT, _NEGATIVE, _POWER, _ATOM = 0, 5, 6, 7, 8
#: How an operation is written, how tightly its operands must bind, and how tightly it does.
_MARKS: Final[dict[str, tuple[str, int, int]]] = {
    "neg": ("−{}", _POWER, _NEGATIVE), "square": ("{}²", _ATOM, _POWER),
    "sqrt": ("√{}", _ATOM, _ATOM), "abs": ("|{}|", _CHOICE, _ATOM),
    "reciprocal": ("1/{}", _POWER, _PRODUCT),
    "where": ("{1} if {0} else {2}", _CHOICE + 1, _CHOICE),
    # What a derivation talks about: see `glassgrad.explaining.sections`.
    "derivative": ("d{1}/d{0}", _ATOM, _ATOM), "partial": ("∂{1}/∂{0}", _ATOM, _ATOM),
    "limit": ("lim[{}→0] {}", _PRODUCT, _PRODUCT),
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def at_hand(root: Expr, numbers: Mapping[Expr, float], constants: Mapping[Expr, float]) -> Expr:
    """Simplify an expression at a point.

    A choice becomes what is chosen there, `constants` are put in (the 2 of ``v**2``), and what
    they make trivial goes away: times 1, to the power 1.
    """
    done: dict[Expr, Expr] = {symbol: as_expr(x) for symbol, x in constants.items()}
    for e in operands_first(root):
        if e.op == "where":
            condition = evaluate(e.args[0], numbers, apply)
            done[e] = done[e.args[1 if condition else 2]]
        elif e not in done:
            done[e] = _simplified(e.op, tuple(done[arg] for arg in e.args)) if e.args else e
    return done[root]


def formula(root: Expr, names: Mapping[Expr, str]) -> str:
    """Write an expression as a textbook would, with names for its symbols."""
    return _rendered(root, names)[0]


def factor(root: Expr, names: Mapping[Expr, str]) -> str:
    """Write an expression so that a product may begin with it: ``(1 − o²)``."""
    return _within(_rendered(root, names), _PRODUCT)


def _rendered(root: Expr, names: Mapping[Expr, str]) -> tuple[str, int]:
    done = {symbol: (name, _level_of(name)) for symbol, name in names.items()}
    for e in operands_first(root):
        if e not in done:
            done[e] = _written(e, [done[arg] for arg in e.args])
    return done[root]


def _written(e: Expr, args: list[tuple[str, int]]) -> tuple[str, int]:
    """Write one operation; the number is how tightly the text binds."""
    if not e.args:
        text = "π" if e.op == PI else number(e.number)
        return text, _level_of(text)
    if e.op == "mul" and e.args[0] is e.args[1]:
        return _written(Expr("square", e.args[:1]), args[:1])
    if e.op in _INFIX:
        sign, level = _INFIX[e.op]
        right = _POWER if e.op == "div" else level + 1
        parts = [_within(args[0], level), *(_within(arg, right) for arg in args[1:])]
        return sign.join(parts), level
    if e.op in _MARKS:
        mark, inner, level = _MARKS[e.op]
        return mark.format(*(_within(arg, inner) for arg in args)), level
    if e.op == "pow":
        exponent = args[1][0].replace("−", "-")
        whole = e.args[1].op == NUMBER and exponent.lstrip("-").isdecimal()
        written = exponent.translate(_SUPERSCRIPTS) if whole else "^" + _within(args[1], _ATOM)
        return _within(args[0], _ATOM) + written, _POWER
    if e.op == "at":
        word = args[0][0]
        args = args[1:]
    else:
        sign = TABLE[e.op].symbol
        word = sign if sign.isalpha() and e.op != "exp" else e.op  # eˣ is no word
    return f"{word}({', '.join(text for text, _ in args)})", _ATOM


def _level_of(name: str) -> int:
    return _NEGATIVE if name.startswith("−") else _ATOM


def _within(part: tuple[str, int], level: int) -> str:
    text, binds = part
    return text if binds >= level else f"({text})"


def _simplified(op: str, args: tuple[Expr, ...]) -> Expr:
    """Apply an operation to expressions, leaving out what a person would not write."""
    values: list[Any] = [arg.value if arg.op == NUMBER else None for arg in args]
    e = Expr(op, args)
    if op in ("add", "sub", "mul", "neg") and None not in values:
        e = as_expr(TABLE[op].on_floats(*values))
    else:
        match op, values:
            case "mul", [0, _] | [_, 0]:
                e = as_expr(0)
            case ("mul", [1, _]) | ("add", [0, _]):
                e = args[1]
            case ("mul" | "div" | "pow", [_, 1]) | ("add" | "sub", [_, 0]):
                e = args[0]
            case "mul", [-1, _]:
                e = -args[1]
            case "pow", [_, 0]:
                e = as_expr(1)
            case ("mul", _) if args[0].op == "neg" and args[0].args[0] is args[1]:
                e = -Expr(op, (args[1], args[1]))
    return e
