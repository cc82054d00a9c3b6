"""Why a local derivative is what its card says: proofs from the definition as a limit."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

from glassgrad.errors import GlassgradError
from glassgrad.explaining.by_cases import CASES, CONVENTIONS, proved_by_cases
from glassgrad.explaining.from_limits import FROM_LIMITS, Links, power_rule, small_power
from glassgrad.explaining.from_rules import (
    FROM_RULES,
    general_power,
    large_power,
    negative_power,
    trivial_power,
)
from glassgrad.explaining.steps import Proof, Step, chained, derivative, limit
from glassgrad.expr import Expr, as_expr, operands_first, symbol
from glassgrad.ops import TABLE, Card
from glassgrad.ops.card import OUTPUT

#: A power up to this one is multiplied out by the binomial theorem.
LARGEST_BINOMIAL: Final = 5

REFERENCES: Final = {
    "erf": (
        "erf is an integral, https://dlmf.nist.gov/7.2.E1, so its derivative is what is "
        "integrated: M. Spivak, Calculus, chapter 14, The Fundamental Theorem of Calculus"
    ),
}

_NOTES: Final = {
    "pow": (
        "A power of a number below 0 exists for whole exponents only: with its base it moves by "
        "the same rule, as the binomial theorem shows; by its exponent it has no derivative."
    ),
    "atan2": (
        "Elsewhere atan2 differs by a constant from this arctangent, or from the one of −b/a, "
        "so that the rule is the same."
    ),
}


def proof(card_name: str, operand: int, names: Sequence[str | float]) -> Proof:
    """Prove the local derivative of an operation from the definition of the derivative.

    Parameters
    ----------
    card_name : str
        The operation's name in the table, ``"mul"``.
    operand : int
        Which operand moves: its place among those that have a local derivative.
    names : sequence of str or numbers
        What the operands are called; a number stands for one that is constant, such as the
        exponent 3 or the bounds of clamp. The condition of `where` has no name here. Of two
        equal names the second gets a prime: only one of the two operands moves.

    Returns
    -------
    Proof
        The claim, and the steps from the definition to the rule, each with its reason; a
        reference instead where the proof is too long for a step-by-step account.

    Raises
    ------
    GlassgradError
        If the table has no such operation, or not this many operands, or the one that should
        move is a number.

    Examples
    --------
    >>> from glassgrad.explaining.proofs import proof
    >>> product = proof("mul", 0, ["d", "f"])
    >>> product.claim
    derivative(d, d * f) == f
    >>> for step in product.steps:
    ...     print(step.right, "by:", step.reason)
    limit(h, ((d + h) * f - d * f) / h) by: the definition of the derivative
    limit(h, (d * f + h * f - d * f) / h) by: multiply out
    limit(h, h * f / h) by: the two products cancel
    f by: cancel the step, which is not 0; what does not depend on the step is its own limit
    """
    card = _checked_card(card_name)
    operands = _operands(card, operand, names)
    x = operands[card.conditions + operand]
    h = _unlike("h", operands)
    f = Expr(card.name, operands)
    exponent = operands[-1].value if card.name == "pow" else None
    if isinstance(exponent, (int, float)):
        return _power_proof(f, x, exponent, h)
    rule = _rule(card, operand, operands, f)
    note = CONVENTIONS.get(card.name, "") or _NOTES.get(card.name, "")
    if card.name in REFERENCES:
        steps: list[Step] = []
    elif card.name in CASES:
        steps = proved_by_cases(f, card.name, operands, x, h, rule)
    elif (card.name, operand) in FROM_LIMITS:
        links = FROM_LIMITS[card.name, operand](h, *operands)
        steps = chained(derivative(x, f), [_definition(f, x, h), *links])
    else:
        given = {"pow": operands[0] > 0, "atan2": operands[-1] > 0}.get(card.name)
        base = names[0]
        if card.name == "pow" and not isinstance(base, str) and base > 0:
            given, note = None, ""  # of 2 it need not be assumed
        links = FROM_RULES[card.name, operand](*operands)
        steps = chained(derivative(x, f), links, given)
    claim = Expr("eq", (derivative(x, f), rule))
    return Proof(claim, steps, REFERENCES.get(card.name, ""), note)


def _power_proof(f: Expr, x: Expr, exponent: float, h: Expr) -> Proof:
    """Prove the rule for a constant exponent."""
    if not isfinite(exponent):
        raise GlassgradError(f"the power rule is proved for a finite exponent, not {exponent}")
    whole = float(exponent).is_integer()
    n = int(exponent) if whole else exponent
    given: Expr | None = None
    links: Links
    if not whole:
        links, given = general_power(x, n), x > 0
    elif n in (0, 1):
        links = trivial_power(x, int(n))
    elif n < 0:
        links = negative_power(x, int(n))
    elif n > LARGEST_BINOMIAL:
        links = large_power(x, int(n))
    else:
        links = [_definition(f, x, h), *small_power(h, x, int(n))]
    claim = Expr("eq", (derivative(x, f), power_rule(x, n)))
    return Proof(claim, chained(derivative(x, f), links, given))


def _definition(f: Expr, x: Expr, h: Expr) -> tuple[Expr, str]:
    moved = Expr(f.op, tuple(x + h if arg is x else arg for arg in f.args))
    return limit(h, (moved - f) / h), "the definition of the derivative"


def _rule(card: Card, operand: int, operands: tuple[Expr, ...], f: Expr) -> Expr:
    """Write the card's rule, as a textbook has it, in terms of these operands."""
    rule = card.read_partials(card.partials)[operand]
    done = {OUTPUT: f, **dict(zip(card.symbols, operands, strict=True))}
    for e in operands_first(rule):
        if e not in done:
            done[e] = Expr(e.op, tuple(done[arg] for arg in e.args), e.value)
    return done[rule]


def _checked_card(name: str) -> Card:
    if name not in TABLE:
        raise GlassgradError(
            f"the table has no operation called {name!r}, so nothing is proved of it: it has "
            f"{', '.join(TABLE)}"
        )
    return TABLE[name]


def _operands(card: Card, operand: int, names: Sequence[str | float]) -> tuple[Expr, ...]:
    """Make symbols and numbers of the names, the conditions first."""
    wanted = card.operands[card.conditions :]
    if len(names) != len(wanted):
        raise GlassgradError(
            f"{card.name} has {len(wanted)} operands, {', '.join(wanted)}: give a name or a "
            f"number for each, not {list(names)!r}"
        )
    moving = card.operands[card.differentiable]
    if not 0 <= operand < len(moving):
        raise GlassgradError(
            f"{card.name} has local derivatives for {', '.join(moving)}, counted from 0: there "
            f"is no operand {operand}"
        )
    if not isinstance(names[operand], str):
        raise GlassgradError(
            f"operand {operand} of {card.name} is the number {names[operand]}, which does not "
            "move: give it a name to differentiate by it"
        )
    found = list(card.symbols[: card.conditions])
    for name in names:
        found.append(_unlike(name, found) if isinstance(name, str) else as_expr(name))
    return tuple(found)


def _unlike(name: str, taken: Sequence[Expr]) -> Expr:
    """Make a symbol of that name, with primes until it is none of those that are taken."""
    found = symbol(name)
    return found if all(found is not e for e in taken) else _unlike(f"{name}′", taken)
