"""Expressions as text: plain for people to read, and Python for the generated methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from glassgrad.expr import COMPARISONS, NUMBER, PI, SYMBOL, Expr, evaluate, operands_first
from glassgrad.ops.card import OUTPUT, apply

_INFIX: Final[dict[str, tuple[str, int]]] = {
    "or": (" or ", 1), "and": (" and ", 2),
    "lt": (" < ", 3), "le": (" <= ", 3), "gt": (" > ", 3), "ge": (" >= ", 3), "eq": (" == ", 3),
    "add": (" + ", 4), "sub": (" - ", 4), "mul": (" * ", 5), "div": (" / ", 5), "pow": ("**", 7),
}  # fmt: skip
_CHOICE, _NEGATIVE, _ATOM = 0, 6, 9


def plain(e: Expr) -> str:
    """Write an expression as a person would: ``1 / (1 + exp(-x))``."""
    return _render(e, {}, code=False)[0]


def python(outputs: Iterable[tuple[str, Expr]]) -> list[str]:
    """Write assignments that compute the outputs on floats, IEEE 754 throughout.

    What occurs more than once is computed once, into t1, t2 and so on. Division and power go
    through `glassgrad.ieee`, so that the text never raises.

    Parameters
    ----------
    outputs : iterable of (name, Expr)
        Later outputs may refer to earlier ones through a symbol of that name.

    Returns
    -------
    list of str
        Lines such as ``y = div(1.0, 1.0 + t1)``.
    """
    outputs = list(outputs)
    uses: dict[Expr, int] = {}
    for e in operands_first(*(e for _, e in outputs)):
        for arg in e.args:
            uses[arg] = uses.get(arg, 0) + 1
    for _, e in outputs:
        uses[e] = uses.get(e, 0) + 1
    names: dict[Expr, str] = {}
    lines = []
    for name, root in outputs:
        for e in operands_first(root):
            if uses[e] > 1 and e is not root and e not in names and _worth_a_name(e):
                temporary = f"t{sum(n.startswith('t') for n in names.values()) + 1}"
                lines.append(f"{temporary} = {_render(e, names, code=True)[0]}")
                names[e] = temporary
        text = names.get(root) or _render(root, names, code=True)[0]
        lines.append(f"{name} = {text}")
        if root.args:
            names[root] = name
    return lines


def _render(root: Expr, names: dict[Expr, str], *, code: bool) -> tuple[str, int]:
    """Render bottom-up; the number is how tightly the text binds."""
    done: dict[Expr, tuple[str, int]] = {}
    for e in operands_first(root):
        if e in names:
            done[e] = (names[e], _ATOM)
            continue
        if code and e.op != NUMBER and _is_constant(e):
            done[e] = (repr(float(evaluate(e, {}, apply))), _ATOM)
            continue
        args = [done[arg] for arg in e.args]
        if e.op == SYMBOL:
            done[e] = (str(e.value), _ATOM)
        elif e is OUTPUT:
            done[e] = ("y", _ATOM)
        elif e.op == PI:
            done[e] = (PI, _ATOM)
        elif e.op == NUMBER:
            number = float(e.value) if code else e.value  # type: ignore[arg-type]
            done[e] = (repr(number), _NEGATIVE if repr(number).startswith("-") else _ATOM)
        elif e.op == "neg":
            done[e] = ("-" + _within(args[0], _NEGATIVE), _NEGATIVE)
        elif e.op == "where" and code:
            condition, then = (_within(arg, _CHOICE + 1) for arg in args[:2])
            done[e] = (f"{then} if {condition} else {args[2][0]}", _CHOICE)
        elif e.op in _INFIX and not (code and _may_raise(e)):
            sign, level = _INFIX[e.op]
            # Left to right, but for the power, which binds to the right.
            left, right = (level + 1, level) if e.op == "pow" else (level, level + 1)
            done[e] = (f"{_within(args[0], left)}{sign}{_within(args[1], right)}", level)
        else:
            done[e] = (f"{e.op}({', '.join(text for text, _ in args)})", _ATOM)
    return done[root]


def _worth_a_name(e: Expr) -> bool:
    trivial = e.op in COMPARISONS and not any(arg.args for arg in e.args)
    return bool(e.args) and not trivial and not _is_constant(e)


def _is_constant(e: Expr) -> bool:
    return not any(part.op == SYMBOL or part is OUTPUT for part in operands_first(e))


def _within(part: tuple[str, int], level: int) -> str:
    text, binds = part
    return text if binds >= level else f"({text})"


def _may_raise(e: Expr) -> bool:
    if e.op == "div":
        return not (e.args[1].op == NUMBER and e.args[1].value)
    return e.op == "pow"
