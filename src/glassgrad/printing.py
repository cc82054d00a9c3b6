"""Expressions as text: plain for people to read, and Python for the generated methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from glassgrad.expr import COMPARISONS, NUMBER, PI, SYMBOL, Expr, evaluate, operands_first
from glassgrad.ops.card import OUTPUT, apply

INFIX: Final[dict[str, tuple[str, int]]] = {
    "or": (" or ", 1), "and": (" and ", 2),
    "lt": (" < ", 3), "le": (" <= ", 3), "gt": (" > ", 3), "ge": (" >= ", 3), "eq": (" == ", 3),
    "add": (" + ", 4), "sub": (" - ", 4), "mul": (" * ", 5), "div": (" / ", 5), "pow": ("**", 7),
}  # fmt: skip
CHOICE, NEGATIVE, ATOM = 0, 6, 9


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
    return [
        f"{name} = {text}"
        for name, text in assignments(outputs, lambda e, names: _render(e, names, code=True)[0])
    ]


def assignments(
    outputs: Iterable[tuple[str, Expr]], render: Callable[[Expr, Mapping[Expr, str]], str]
) -> list[tuple[str, str]]:
    """List what to compute in which order, so that nothing is computed twice.

    `render` writes an expression, given the names of the parts that were computed before.
    """
    outputs = list(outputs)
    uses: dict[Expr, int] = {}
    for e in operands_first(*(e for _, e in outputs)):
        for arg in e.args:
            uses[arg] = uses.get(arg, 0) + 1
    for _, e in outputs:
        uses[e] = uses.get(e, 0) + 1
    names: dict[Expr, str] = {}
    found = []
    for name, root in outputs:
        for e in operands_first(root):
            if uses[e] > 1 and e is not root and e not in names and _worth_a_name(e):
                temporary = f"t{sum(n.startswith('t') for n in names.values()) + 1}"
                found.append((temporary, render(e, names)))
                names[e] = temporary
        found.append((name, names.get(root) or render(root, names)))
        if root.args:
            names[root] = name
    return found


def _render(root: Expr, names: Mapping[Expr, str], *, code: bool) -> tuple[str, int]:
    """Render bottom-up; the number is how tightly the text binds."""
    done: dict[Expr, tuple[str, int]] = {}
    for e in operands_first(root):
        if e in names:
            done[e] = (names[e], ATOM)
            continue
        if code and e.op != NUMBER and is_constant(e):
            done[e] = (repr(float(evaluate(e, {}, apply))), ATOM)
            continue
        args = [done[arg] for arg in e.args]
        if e.op == SYMBOL:
            done[e] = (str(e.value), ATOM)
        elif e is OUTPUT:
            done[e] = ("y", ATOM)
        elif e.op == PI:
            done[e] = (PI, ATOM)
        elif e.op == NUMBER:
            number = float(e.value) if code else e.value  # type: ignore[arg-type]
            done[e] = (repr(number), NEGATIVE if repr(number).startswith("-") else ATOM)
        elif e.op == "neg":
            done[e] = ("-" + within(args[0], NEGATIVE), NEGATIVE)
        elif e.op == "where" and code:
            condition, then = (within(arg, CHOICE + 1) for arg in args[:2])
            done[e] = (f"{then} if {condition} else {args[2][0]}", CHOICE)
        elif e.op in INFIX and not (code and _may_raise(e)):
            sign, level = INFIX[e.op]
            # Left to right, but for the power, which binds to the right.
            left, right = (level + 1, level) if e.op == "pow" else (level, level + 1)
            done[e] = (f"{within(args[0], left)}{sign}{within(args[1], right)}", level)
        else:
            done[e] = (f"{e.op}({', '.join(text for text, _ in args)})", ATOM)
    return done[root]


def _worth_a_name(e: Expr) -> bool:
    trivial = e.op in COMPARISONS and not any(arg.args for arg in e.args)
    return bool(e.args) and not trivial and not is_constant(e)


def is_constant(e: Expr) -> bool:
    """Tell whether an expression is made of numbers only."""
    return not any(part.op == SYMBOL or part is OUTPUT for part in operands_first(e))


def within(part: tuple[str, int], level: int) -> str:
    """Put parentheses around a text that binds less tightly than its surroundings."""
    text, binds = part
    return text if binds >= level else f"({text})"


def _may_raise(e: Expr) -> bool:
    if e.op == "div":
        return not (e.args[1].op == NUMBER and e.args[1].value)
    return e.op == "pow"
