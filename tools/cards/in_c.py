"""Write the operations as C, for the machine that runs tapes: ``words.h`` and ``kernels.h``."""

from __future__ import annotations

from collections.abc import Mapping

from cards.text import NOTICE
from glassgrad import ieee
from glassgrad.expr import NUMBER, SYMBOL, Expr, evaluate, operands_first
from glassgrad.jitting import tape
from glassgrad.ops import SPECIAL, TABLE, Card
from glassgrad.ops.card import OUTPUT, apply
from glassgrad.printing import ATOM, CHOICE, INFIX, NEGATIVE, assignments, is_constant, within

#: What the words of a tape mean, other than the operations of the table.
WORDS = {
    **{
        name.upper(): SPECIAL.index(name)
        for name in ("copy", "detached", "share", "lt", "le", "eq", "both", "either", "taken")
    },
    **{name.upper(): TABLE[name].opcode for name in ("add", "sub", "neg", "maximum", "minimum")},
    **{
        name: getattr(tape, name)
        for name in (
            "EACH", "FOLD", "CONTRACT", "LOOKUP", "PICK", "MATMUL",
            "DOT", "RUN", "SUM", "GUARD", "CALL", "CHECK", "REPLAY", "END",
        )
    },
    **{name: getattr(tape, name) for name in ("MASK", "FIRST", "SECOND", "START", "MOST_DIMS")},
}

#: These cards are computed without asking C's library.
QUICK = (
    "where", "relu", "maximum", "minimum", "clamp", "neg", "add", "sub", "mul", "div", "square",
    "sqrt", "abs", "reciprocal",
)  # fmt: skip

#: These are not what C's library has under that name. Where Python's functions don't ask C's,
#: the first two don't either: C would raise the flags of the floating-point unit, of which NumPy
#: warns. Many lanes at once are faster without a branch, and their caller resets the flags.
WRITTEN_OUT = """\
static inline REAL F(div)(REAL a, REAL b) {
#ifndef LANES
    if (b == 0)
        return (REAL)(a == 0 || a != a ? NAN : copysign(INFINITY, a) * copysign(1, b));
#endif
    return a / b;
}

static inline REAL F(log)(REAL x) {
#ifndef LANES
    if (x <= 0)
        return (REAL)(x == 0 ? -INFINITY : NAN);
#endif
    return (REAL)log(x);
}

static inline REAL F(abs)(REAL x) { return (REAL)fabs(x); }

static inline REAL F(pow)(REAL a, REAL b) {
    return b == 2    ? a * a
           : b == 1  ? a
           : b == 3  ? a * a * a
           : b == -1 ? F(div)(1, a)
                     : (REAL)pow(a, b);
}

/* The product, but 0 where it would be nan and the second factor is 0. */
static inline REAL F(share)(REAL a, REAL b) {
    const REAL share = a * b;
    return share != share && b == 0 ? 0 : share;
}
"""

_SIGNS = {**{name: sign for name, (sign, _) in INFIX.items()}, "and": " && ", "or": " || "}


def words() -> str:
    """Write what the words of a tape mean, and a list of all operations."""
    defined = "\n".join(f"#define GG_{name} {number}" for name, number in WORDS.items())
    listed = " \\\n".join(
        f"    GG_CARD_{len(card.operands)}_{len(card.partial_exprs)}"
        f"({number}, {card.name}, {'GG_CHOSEN' if card.chooses else 'GG_SHARE_OF'})"
        for number, card in enumerate(TABLE.values(), len(SPECIAL))
    )
    quick = " || \\\n     ".join(f"(op) == {TABLE[name].opcode}" for name in QUICK)
    return (
        f"/* {NOTICE} */\n#ifndef GG_WORDS_H\n#define GG_WORDS_H\n\n{defined}\n\n"
        "/* GG_CARD_m_n: an operation with m operands, n of them with a local derivative. */\n"
        f"#define GG_CARDS \\\n{listed}\n\n"
        "/* Whether an operation is computed without asking C's library. */\n"
        f"#define GG_QUICK(op) \\\n    ((op) < {len(SPECIAL)} || \\\n     {quick})\n\n#endif\n"
    )


def kernels() -> str:
    """Write the result and the local derivatives of each card as functions of C.

    The operands stand in the order of a tape: the condition of `where` comes last.
    """
    library = [
        f"static inline REAL F({name})({_parameters(TABLE[name].operands)}) "
        f"{{ return (REAL){name}({', '.join(TABLE[name].operands)}); }}\n"
        for name in ieee.__all__
        if f"F({name})" not in WRITTEN_OUT
    ]
    notice = (
        f"/* {NOTICE}\n *\n"
        " * To be included for each kind of number: REAL, with F(name) for its functions. The\n"
        " * results first, and then the local derivatives, name_1 and name_2.\n */\n"
    )
    return "\n".join(
        [
            notice,
            *library,
            WRITTEN_OUT,
            *(
                _function(card.name, _operands(card), card.compute_expr)
                for card in TABLE.values()
                if card.name not in ieee.__all__
            ),
            *(
                _function(f"{card.name}_{i}", ("y", *_operands(card)), e)
                for card in TABLE.values()
                for i, e in enumerate(card.partial_exprs, 1)
            ),
        ]
    )


def _operands(card: Card) -> tuple[str, ...]:
    return card.operands[card.conditions :] + card.operands[: card.conditions]


def _function(name: str, operands: tuple[str, ...], root: Expr) -> str:
    *before, (_, last) = assignments([("y", root)], _expression)
    lines = [*(f"const REAL {name} = {text};" for name, text in before), f"return {last};"]
    body = "".join(f"    {line}\n" for line in lines)
    return f"static inline REAL F({name})({_parameters(operands)}) {{\n{body}}}\n"


def _parameters(operands: tuple[str, ...]) -> str:
    return ", ".join(f"REAL {name}" for name in operands)


def _expression(root: Expr, names: Mapping[Expr, str]) -> str:
    """Write one expression bottom-up, as `glassgrad.printing` does for Python."""
    done: dict[Expr, tuple[str, int]] = {}
    for e in operands_first(root):
        args = [done[arg] for arg in e.args]
        if e in names:
            done[e] = (names[e], ATOM)
        elif e.op == SYMBOL:
            done[e] = (str(e.value), ATOM)
        elif e is OUTPUT:
            done[e] = ("y", ATOM)
        elif e.op == NUMBER or is_constant(e):
            done[e] = (f"(REAL){float(evaluate(e, {}, apply))!r}", NEGATIVE)
        elif e.op == "neg":
            done[e] = ("-" + within(args[0], NEGATIVE), NEGATIVE)
        elif e.op == "where":
            condition, then = (within(arg, CHOICE + 1) for arg in args[:2])
            done[e] = (f"{condition} ? {then} : {args[2][0]}", CHOICE)
        elif e.op in _SIGNS and e.op not in ("div", "pow"):
            level = INFIX[e.op][1]
            text = f"{within(args[0], level)}{_SIGNS[e.op]}{within(args[1], level + 1)}"
            done[e] = (text, level)
        else:
            done[e] = (f"F({e.op})({', '.join(text for text, _ in args)})", ATOM)
    return done[root][0]
