"""Operations as JavaScript, printed from their cards: a page computes what Python computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from glassgrad.expr import COMPARISONS, NUMBER, PI, SYMBOL, Expr, evaluate, operands_first
from glassgrad.ops.card import OUTPUT, PRIMITIVES, TABLE, Card, apply
from glassgrad.printing import ATOM, CHOICE, INFIX, NEGATIVE, assignments, is_constant, within

#: What JavaScript has, and what it lacks or defines otherwise than IEEE 754 (1 to the power nan).
#: The series of erf has only positive terms, so that nothing cancels.
LIBRARY: Final = """\
const {
  abs, acos, asin, atan, atan2, cos, cosh, exp, expm1, log, log1p, sin, sinh, sqrt, tan, tanh,
} = Math;
const pow = (a, b) => {
  if (b === 2) return a * a;
  if (b === 1) return a;
  if (b === 3) return a * a * a;
  if (b === -1) return 1 / a;
  return a === 1 || (a === -1 && abs(b) === Infinity) ? 1 : Math.pow(a, b);
};
const erf = (x) => {
  if (abs(x) > 6) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; abs(term) > 1e-18 * abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / sqrt(Math.PI)) * exp(-x * x) * sum;
};
"""

NO_NAMES: Final[Mapping[Expr, str]] = {}

_SIGNS: Final = {**{name: sign.strip() for name, (sign, _) in INFIX.items()},
                 "and": "&&", "or": "||", "eq": "==="}  # fmt: skip


def library(cards: Iterable[Card] = (), expressions: Iterable[Expr] = ()) -> str:
    """Write what the functions of the cards call, as constants for the top of a script.

    Parameters
    ----------
    cards : iterable of Card
        The operations that the script uses.
    expressions : iterable of Expr
        What else it computes.

    Returns
    -------
    str
        Declarations such as ``const sigmoid = ($x) => …;``.

    Examples
    --------
    >>> from glassgrad.ops import TABLE
    >>> print(library([TABLE["softplus"]]).removeprefix(LIBRARY))  # doctest: +ELLIPSIS
    const maximum = ($a, $b) => $a > $b ? $a : $a <= $b ? $b : $a + $b;
    const sigmoid = ($x) => { const t1 = exp(-abs($x)); return ...; };
    <BLANKLINE>
    """
    needed: set[str] = set()
    waiting = [*expressions, *(e for card in cards for e in _expressions(card))]
    while waiting:
        for e in operands_first(waiting.pop()):
            if e.op in TABLE and e.op not in PRIMITIVES and e.op not in needed:
                needed.add(e.op)
                waiting += _expressions(TABLE[e.op])
    return LIBRARY + "".join(f"const {name} = {forward(TABLE[name])};\n" for name in sorted(needed))


def forward(card: Card) -> str:
    """Write what computes the result, as a function of the operands.

    Parameters
    ----------
    card : Card
        The operation. One made at run time must be made of operators and other operations.

    Returns
    -------
    str
        A function without a name. Operands have a $ before their names, so that no name is a
        word of JavaScript.

    Examples
    --------
    >>> from glassgrad.ops import TABLE
    >>> forward(TABLE["mul"]), forward(TABLE["reciprocal"])
    ('($a, $b) => $a * $b', '($x) => 1.0 / $x')
    """
    lines = assignments([("y", card.compute_expr)], expression)
    if len(lines) == 1:
        return f"{_parameters(card.operands)} => {lines[0][1]}"
    body = " ".join(f"const {name} = {text};" for name, text in lines[:-1])
    return f"{_parameters(card.operands)} => {{ {body} return {lines[-1][1]}; }}"


def partials(card: Card) -> str:
    """Write what computes the local derivatives, as a function of the result and the operands.

    Parameters
    ----------
    card : Card
        The operation, as for `forward`.

    Returns
    -------
    str
        A function without a name; it returns an array.

    Examples
    --------
    >>> from glassgrad.ops import TABLE
    >>> partials(TABLE["mul"])
    '(y, $a, $b) => { const d1 = $b; const d2 = $a; return [d1, d2]; }'
    """
    outputs = [(f"d{i}", e) for i, e in enumerate(card.partial_exprs, 1)]
    body = " ".join(f"const {name} = {text};" for name, text in assignments(outputs, expression))
    found = ", ".join(name for name, _ in outputs)
    return f"{_parameters(card.operands, 'y')} => {{ {body} return [{found}]; }}"


def _expressions(card: Card) -> list[Expr]:
    return [card.compute_expr, *card.partial_exprs]


def _parameters(operands: Iterable[str], *first: str) -> str:
    return f"({', '.join([*first, *(f'${name}' for name in operands)])})"


def expression(root: Expr, names: Mapping[Expr, str] = NO_NAMES) -> str:
    """Write one expression bottom-up, as `glassgrad.printing` does for Python."""
    done: dict[Expr, tuple[str, int]] = {}
    for e in operands_first(root):
        args = [done[arg] for arg in e.args]
        if e in names:
            done[e] = (names[e], ATOM)
        elif e.op == SYMBOL:
            done[e] = (f"${e.value}", ATOM)
        elif e is OUTPUT:
            done[e] = ("y", ATOM)
        elif e.op in (NUMBER, PI) or is_constant(e):
            done[e] = _number(float(evaluate(e, {}, apply)))
        elif e.op == "neg":
            done[e] = ("-" + within(args[0], NEGATIVE + 1), NEGATIVE)  # -- is another operator
        elif e.op == "where":
            condition, then = (within(arg, CHOICE + 1) for arg in args[:2])
            done[e] = (f"{condition} ? {then} : {args[2][0]}", CHOICE)
        elif e.op in _SIGNS and e.op != "pow":
            level = INFIX[e.op][1]
            left = level + 1 if e.op in COMPARISONS else level
            text = f"{within(args[0], left)} {_SIGNS[e.op]} {within(args[1], level + 1)}"
            done[e] = (text, level)
        else:
            done[e] = (f"{e.op}({', '.join(text for text, _ in args)})", ATOM)
    return done[root][0]


def _number(x: float) -> tuple[str, int]:
    text = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(x), repr(x))
    return text, NEGATIVE if text.startswith("-") else ATOM
