"""Proofs for the operations that choose: case by case, away from where the choice changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from glassgrad.explaining.steps import Step, chained, derivative, limit
from glassgrad.expr import Expr, as_expr

NEAR = "a step that is small enough leads to no other case, so it is chosen before and after"

Case = tuple[Expr, Expr]

ZERO = as_expr(0)


#: What each operation is equal to, and where.
CASES: Final[dict[str, Callable[..., list[Case]]]] = {
    "abs": lambda x: [(x > 0, x), (x < 0, -x)],
    "relu": lambda x: [(x > 0, x), (x < 0, ZERO)],
    "maximum": lambda a, b: [(a > b, a), (a < b, b)],
    "minimum": lambda a, b: [(a < b, a), (a > b, b)],
    "where": lambda condition, a, b: [(condition, a), (Expr("eq", (condition, ZERO)), b)],
    "clamp": lambda x, low, high: [
        ((x > low) & (x < high), x),
        (x < low, low),
        (x > high, high),
    ],
}

#: What is agreed upon where the derivative jumps: 0 is a choice, as in PyTorch.
CONVENTIONS: Final = {
    "abs": "At 0 the slope jumps from −1 to 1, and there is no derivative; the rule says 0.",
    "relu": "At 0 the slope jumps from 0 to 1, and there is no derivative; the rule says 0.",
    "maximum": "At a tie there is no derivative; the rule gives each operand one half.",
    "minimum": "At a tie there is no derivative; the rule gives each operand one half.",
    "where": "The condition does not move with the operands: it was decided before.",
    "clamp": "The first bound is the lower one. At a bound the slope jumps; the rule says 1.",
}


def proved_by_cases(
    f: Expr, name: str, operands: tuple[Expr, ...], x: Expr, h: Expr, rule: Expr
) -> list[Step]:
    """Prove the rule in each case from the definition."""
    moved = tuple(x + h if operand is x else operand for operand in operands)
    after = Expr(name, moved)
    steps = []
    for (given, piece), (_, piece_after) in zip(
        CASES[name](*operands), CASES[name](*moved), strict=True
    ):
        slope = 1 if piece is x else -1 if piece is -x else 0
        links = [
            (limit(h, (after - f) / h), "the definition of the derivative"),
            (limit(h, (piece_after - piece) / h), NEAR),
            (as_expr(slope), "all but the step cancels" if slope else "nothing moves"),
            (rule, "as the rule says in this case"),
        ]
        steps += chained(derivative(x, f), links, given)
    return steps
