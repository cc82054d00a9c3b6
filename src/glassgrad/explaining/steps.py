"""The lines of a proof: equations, each with the reason why it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glassgrad.expr import Expr

#: The rules that proofs refer to, in the words in which they do.
CHAIN = "the chain rule"
QUOTIENT = "the quotient rule, (u/v)′ = (u′·v − u·v′)/v²"


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One equation of a proof.

    Parameters
    ----------
    left, right : Expr
        The two sides. Two operations occur in them that no card has: ``limit`` of a name and an
        expression, which is the limit as the name tends to 0, and ``derivative`` of a name and
        an expression.
    reason : str
        Why they are equal, in words.
    given : Expr or None
        Where the equation holds, if not wherever the operation has a derivative.
    """

    left: Expr
    right: Expr
    reason: str
    given: Expr | None = None

    @property
    def equation(self) -> Expr:
        """Both sides as one expression, ``left == right``."""
        return Expr("eq", (self.left, self.right))


@dataclass(frozen=True, eq=False, slots=True)
class Proof:
    """Why a local derivative is what its card says.

    Parameters
    ----------
    claim : Expr
        What is proved, an equation: the derivative equals the rule.
    steps : list of Step
        From the derivative to the rule. Without conditions each step begins where the one before
        ended; a proof by cases has such a chain for each condition. Empty if there is only a
        reference.
    reference : str
        Where to find a proof that is not written out here.
    note : str
        What is assumed, or agreed upon where there is no derivative.
    """

    claim: Expr
    steps: list[Step]
    reference: str = ""
    note: str = ""


def limit(h: Expr, e: Expr) -> Expr:
    """Write the limit of an expression as h tends to 0."""
    return Expr("limit", (h, e))


def derivative(x: Expr, e: Expr) -> Expr:
    """Write the derivative of an expression by x."""
    return Expr("derivative", (x, e))


def chained(
    start: Expr, links: Sequence[tuple[Expr, str]], given: Expr | None = None
) -> list[Step]:
    """Turn ``start = e1 (reason) = e2 (reason) = ...`` into steps."""
    steps: list[Step] = []
    for e, reason in links:
        steps.append(Step(start, e, reason, given))
        start = e
    return steps
