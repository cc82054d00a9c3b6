"""Proofs from the definition: the limit of (f(x + h) − f(x))/h as h tends to 0.

Each function is given the operands as symbols (of which one moves), the step h, and lists what
follows the quotient, up to the rule that is on the card.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from math import comb
from operator import add, mul
from typing import Final

from glassgrad.explaining.steps import limit
from glassgrad.expr import Expr, as_expr
from glassgrad.ops import cos, exp, log, reciprocal, sin, sqrt

Links = list[tuple[Expr, str]]

ZERO, ONE = as_expr(0), as_expr(1)

CONSTANT = "what does not depend on the step is its own limit"
CANCEL = "cancel the step, which is not 0"
LET = "let the step go to 0"
TRIGONOMETRIC = "(cos(u) − 1)/u tends to 0 and sin(u)/u to 1 as u tends to 0, in radians"


def negation(h: Expr, x: Expr) -> Links:
    """Prove (−x)′ = −1."""
    return [
        (limit(h, -h / h), "all but the step cancels"),
        (as_expr(-1), f"{CANCEL}; {CONSTANT}"),
    ]


def sum_(h: Expr, a: Expr, b: Expr) -> Links:
    """Prove that a sum moves as much as either operand."""
    return [
        (limit(h, h / h), "all but the step cancels"),
        (ONE, f"{CANCEL}; {CONSTANT}"),
    ]


def minus_subtrahend(h: Expr, a: Expr, b: Expr) -> Links:
    """Prove that a − b moves by −1 with b."""
    return [
        (limit(h, -h / h), "all but the step cancels"),
        (as_expr(-1), f"{CANCEL}; {CONSTANT}"),
    ]


def first_factor(h: Expr, a: Expr, b: Expr) -> Links:
    """Prove the product rule for a: a·b moves by b."""
    return [
        (limit(h, (a * b + h * b - a * b) / h), "multiply out"),
        (limit(h, h * b / h), "the two products cancel"),
        (b, f"{CANCEL}; {CONSTANT}"),
    ]


def second_factor(h: Expr, a: Expr, b: Expr) -> Links:
    """Prove the product rule for b: a·b moves by a."""
    return [
        (limit(h, (a * b + a * h - a * b) / h), "multiply out"),
        (limit(h, a * h / h), "the two products cancel"),
        (a, f"{CANCEL}; {CONSTANT}"),
    ]


def numerator(h: Expr, a: Expr, b: Expr) -> Links:
    """Prove that a/b moves by 1/b with a."""
    return [
        (limit(h, (a + h - a) / b / h), "put both over the common denominator"),
        (limit(h, h / b / h), "all but the step cancels in the numerator"),
        (1 / b, f"{CANCEL}; {CONSTANT}"),
    ]


def denominator(h: Expr, a: Expr, b: Expr) -> Links:
    """Prove that a/b moves by −(a/b)/b with b."""
    below = b * (b + h)
    return [
        (limit(h, (a * b - a * (b + h)) / below / h), "put both over the common denominator"),
        (limit(h, -(a * h) / below / h), "multiply out; the two products cancel"),
        (limit(h, -a / below), CANCEL),
        (-a / (b * b), LET),
        (-(a / b) / b, "take the quotient itself out"),
    ]


def inverse(h: Expr, x: Expr) -> Links:
    """Prove (1/x)′ = −1/x²."""
    below = x * (x + h)
    return [
        (limit(h, (x - (x + h)) / below / h), "put both over the common denominator"),
        (limit(h, -h / below / h), "all but the step cancels in the numerator"),
        (limit(h, -1 / below), CANCEL),
        (-1 / (x * x), LET),
        (
            -reciprocal(x) * reciprocal(x),
            "the reciprocal of a square is that of the number, squared",
        ),
    ]


def square(h: Expr, x: Expr) -> Links:
    """Prove (x²)′ = 2x."""
    return [
        (limit(h, (x * x + 2 * x * h + h * h - x * x) / h), "multiply out"),
        (limit(h, (2 * x * h + h * h) / h), "the two squares cancel"),
        (limit(h, 2 * x + h), CANCEL),
        (2 * x, LET),
    ]


def root(h: Expr, x: Expr) -> Links:
    """Prove (√x)′ = 1/(2√x) with the conjugate."""
    above, below = sqrt(x + h) - sqrt(x), sqrt(x + h) + sqrt(x)
    return [
        (
            limit(h, above * below / (h * below)),
            "multiply above and below by the conjugate, the sum of the two roots",
        ),
        (limit(h, (x + h - x) / (h * below)), "(u − v)·(u + v) = u² − v²"),
        (limit(h, 1 / below), f"all but the step cancels above; {CANCEL}"),
        (1 / (sqrt(x) + sqrt(x)), f"{LET}: the root is continuous"),
        (0.5 / sqrt(x), "add the two equal roots"),
    ]


def exponential(h: Expr, x: Expr) -> Links:
    """Prove (eˣ)′ = eˣ."""
    growth = (exp(h) - 1) / h
    return [
        (limit(h, (exp(x) * exp(h) - exp(x)) / h), "the exponential of a sum is the product"),
        (limit(h, exp(x) * growth), "factor out what does not depend on the step"),
        (exp(x) * limit(h, growth), "a constant factor may be taken out of the limit"),
        (
            exp(x) * 1,
            "(exp(u) − 1)/u tends to 1 as u tends to 0: this is what singles out the number e",
        ),
        (exp(x), "times 1"),
    ]


def logarithm(h: Expr, x: Expr) -> Links:
    """Prove (ln x)′ = 1/x."""
    part = log(1 + h / x) / (h / x)
    return [
        (
            limit(h, log((x + h) / x) / h),
            "the difference of two logarithms is that of the quotient",
        ),
        (limit(h, log(1 + h / x) / h), "divide out"),
        (limit(h, 1 / x * part), "bring the same quotient above and below"),
        (1 / x * limit(h, part), "a constant factor may be taken out of the limit"),
        (
            1 / x * 1,
            (
                "log(1 + u)/u tends to 1 as u tends to 0: for u = exp(t) − 1 it is "
                "t/(exp(t) − 1), and (exp(t) − 1)/t tends to 1"
            ),
        ),
        (1 / x, "times 1"),
    ]


def sine(h: Expr, x: Expr) -> Links:
    """Prove sin′ = cos."""
    return [
        (
            limit(h, (sin(x) * cos(h) + cos(x) * sin(h) - sin(x)) / h),
            "the sine of a sum",
        ),
        (
            limit(h, sin(x) * ((cos(h) - 1) / h) + cos(x) * (sin(h) / h)),
            "collect the terms",
        ),
        (
            sin(x) * limit(h, (cos(h) - 1) / h) + cos(x) * limit(h, sin(h) / h),
            "the limit of a sum; constant factors may be taken out",
        ),
        (sin(x) * 0 + cos(x) * 1, TRIGONOMETRIC),
        (cos(x), "times 0, and times 1"),
    ]


def cosine(h: Expr, x: Expr) -> Links:
    """Prove cos′ = −sin."""
    return [
        (
            limit(h, (cos(x) * cos(h) - sin(x) * sin(h) - cos(x)) / h),
            "the cosine of a sum",
        ),
        (
            limit(h, cos(x) * ((cos(h) - 1) / h) - sin(x) * (sin(h) / h)),
            "collect the terms",
        ),
        (
            cos(x) * limit(h, (cos(h) - 1) / h) - sin(x) * limit(h, sin(h) / h),
            "the limit of a difference; constant factors may be taken out",
        ),
        (cos(x) * 0 - sin(x) * 1, TRIGONOMETRIC),
        (-sin(x), "times 0, and times 1"),
    ]


def small_power(h: Expr, x: Expr, n: int) -> Links:
    """Differentiate x**n by the binomial theorem, for a whole n of 2 and more."""
    terms = [(comb(n, k), n - k, k) for k in range(1, n + 1)]
    expanded = _added([_term(c, power(x, i), power(h, j)) for c, i, j in terms])
    divided = _added([_term(c, power(x, i), power(h, j - 1)) for c, i, j in terms])
    return [
        (limit(h, (x**n + expanded - x**n) / h), "the binomial theorem"),
        (limit(h, expanded / h), "what has no factor of the step cancels"),
        (limit(h, divided), CANCEL),
        (power_rule(x, n), f"{LET}: all terms but the first vanish"),
    ]


def power_rule(x: Expr, n: float) -> Expr:
    """Write n·xⁿ⁻¹, leaving out what a person would not write."""
    if n == 0:
        return ZERO
    # 1/3 − 1 is no float: such a difference is left as it is.
    exact = Fraction(n) - 1 == Fraction(n - 1)
    lower = power(x, n - 1) if exact else x ** (as_expr(n) - 1)
    return -lower if n == -1 else _term(n, lower)


def power(x: Expr, n: float) -> Expr:
    """Write xⁿ, leaving out what a person would not write."""
    return ONE if n == 0 else x if n == 1 else x**n


def _term(coefficient: float, *factors: Expr) -> Expr:
    """Write a product without its ones."""
    some = [e for e in (as_expr(coefficient), *factors) if e is not ONE]
    return reduce(mul, some) if some else ONE


def _added(terms: list[Expr]) -> Expr:
    return reduce(add, terms)


#: The proof of each operation and operand.
FROM_LIMITS: Final[dict[tuple[str, int], Callable[..., Links]]] = {
    ("neg", 0): negation,
    ("add", 0): sum_, ("add", 1): sum_, ("sub", 0): sum_, ("sub", 1): minus_subtrahend,
    ("mul", 0): first_factor, ("mul", 1): second_factor,
    ("div", 0): numerator, ("div", 1): denominator,
    ("reciprocal", 0): inverse, ("square", 0): square, ("sqrt", 0): root,
    ("exp", 0): exponential, ("log", 0): logarithm, ("sin", 0): sine, ("cos", 0): cosine,
}  # fmt: skip
