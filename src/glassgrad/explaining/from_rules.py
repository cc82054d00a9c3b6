"""Proofs by rules that are proved already: first write the operation in simpler ones.

Each function is given the operand as a symbol, and lists what follows its derivative, up to the
rule that is on the card.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from glassgrad.explaining.from_limits import ONE, ZERO, Links, power, power_rule
from glassgrad.explaining.steps import CHAIN, QUOTIENT, derivative
from glassgrad.expr import Expr, as_expr
from glassgrad.ops import (
    acos,
    asin,
    atan,
    cos,
    cosh,
    exp,
    expm1,
    log,
    sigmoid,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

INVERSE = f"{CHAIN}, backwards (that there is a derivative is the theorem on inverse functions)"


def expm1_(x: Expr) -> Links:
    """Prove (eˣ − 1)′ = eˣ."""
    return [
        (derivative(x, exp(x) - 1), "write it out"),
        (exp(x), "the exponential is its own derivative; that of a constant is 0"),
        (expm1(x) + 1, "add and subtract 1"),
    ]


def log1p_(x: Expr) -> Links:
    """Prove (ln(1 + x))′ = 1/(1 + x)."""
    return [
        (derivative(x, log(1 + x)), "write it out"),
        (1 / (1 + x) * derivative(x, 1 + x), f"{CHAIN}; the derivative of log(u) is 1/u"),
        (1 / (1 + x) * 1, "the derivative of the inner sum is 1"),
        (1 / (1 + x), "times 1"),
    ]


def sinh_(x: Expr) -> Links:
    """Prove sinh′ = cosh."""
    return [
        (derivative(x, (exp(x) - exp(-x)) / 2), "write it in exp"),
        ((exp(x) + exp(-x)) / 2, f"{CHAIN}: the derivative of exp(−u) is −exp(−u)"),
        (cosh(x), "that is what cosh means"),
    ]


def cosh_(x: Expr) -> Links:
    """Prove cosh′ = sinh."""
    return [
        (derivative(x, (exp(x) + exp(-x)) / 2), "write it in exp"),
        ((exp(x) - exp(-x)) / 2, f"{CHAIN}: the derivative of exp(−u) is −exp(−u)"),
        (sinh(x), "that is what sinh means"),
    ]


def tanh_(x: Expr) -> Links:
    """Prove tanh′ = 1 − tanh²."""
    e, y = exp(2 * x), tanh(x)
    above, below = e - 1, e + 1
    return [
        (derivative(x, above / below), "write it in exp"),
        (
            (derivative(x, above) * below - above * derivative(x, below)) / below**2,
            QUOTIENT,
        ),
        ((2 * e * below - above * (2 * e)) / below**2, f"{CHAIN}: both derivatives are 2·exp(2u)"),
        (4 * e / below**2, "multiply out; what is left is 2 + 2 times exp(2u)"),
        ((below**2 - above**2) / below**2, "(e + 1)² − (e − 1)² = 4·e"),
        (1 - above / below * (above / below), "divide each square by the denominator"),
        (1 - y * y, "put the operation itself back"),
    ]


def sigmoid_(x: Expr) -> Links:
    """Prove σ′ = σ·(1 − σ)."""
    e, y = exp(-x), sigmoid(x)
    return [
        (derivative(x, 1 / (1 + e)), "write it in exp"),
        (-derivative(x, 1 + e) / (1 + e) ** 2, f"{QUOTIENT} with u = 1"),
        (e / (1 + e) ** 2, f"{CHAIN}: the derivative of exp(−u) is −exp(−u)"),
        (1 / (1 + e) * (e / (1 + e)), "write it as a product"),
        (1 / (1 + e) * (1 - 1 / (1 + e)), "e/(1 + e) = 1 − 1/(1 + e)"),
        (y * (1 - y), "put the operation itself back"),
    ]


def softplus_(x: Expr) -> Links:
    """Prove softplus′ = σ."""
    return [
        (derivative(x, log(1 + exp(x))), "write it in log and exp"),
        (1 / (1 + exp(x)) * derivative(x, 1 + exp(x)), f"{CHAIN}; the derivative of log(u) is 1/u"),
        (1 / (1 + exp(x)) * exp(x), "the exponential is its own derivative"),
        (1 / (1 + exp(-x)), "divide above and below by the exponential"),
        (sigmoid(x), "that is what sigmoid means"),
    ]


def tan_(x: Expr) -> Links:
    """Prove tan′ = 1 + tan²."""
    return [
        (derivative(x, sin(x) / cos(x)), "the tangent is sine over cosine"),
        (
            (derivative(x, sin(x)) * cos(x) - sin(x) * derivative(x, cos(x))) / cos(x) ** 2,
            QUOTIENT,
        ),
        ((cos(x) * cos(x) - sin(x) * -sin(x)) / cos(x) ** 2, "the derivatives of sine and cosine"),
        (1 + sin(x) / cos(x) * (sin(x) / cos(x)), "divide each square by the denominator"),
        (1 + tan(x) * tan(x), "put the operation itself back"),
    ]


def asin_(x: Expr) -> Links:
    """Prove arcsin′ = 1/√(1 − x²)."""
    y = asin(x)
    return [
        (cos(y) * derivative(x, y) / cos(y), "multiply and divide by the same"),
        (derivative(x, sin(y)) / cos(y), INVERSE),
        (derivative(x, x) / cos(y), "the sine of the arcsine is the number itself"),
        (1 / cos(y), "a number moves by 1 with itself"),
        (1 / sqrt(1 - sin(y) * sin(y)), "sin² + cos² = 1, and this cosine is not negative"),
        (1 / sqrt(1 - x * x), "the sine of the arcsine is the number itself"),
    ]


def acos_(x: Expr) -> Links:
    """Prove arccos′ = −1/√(1 − x²)."""
    y = acos(x)
    return [
        (-sin(y) * derivative(x, y) / -sin(y), "multiply and divide by the same"),
        (derivative(x, cos(y)) / -sin(y), INVERSE),
        (derivative(x, x) / -sin(y), "the cosine of the arccosine is the number itself"),
        (1 / -sin(y), "a number moves by 1 with itself"),
        (-1 / sqrt(1 - cos(y) * cos(y)), "sin² + cos² = 1, and this sine is not negative"),
        (-1 / sqrt(1 - x * x), "the cosine of the arccosine is the number itself"),
    ]


def atan_(x: Expr) -> Links:
    """Prove arctan′ = 1/(1 + x²)."""
    y = atan(x)
    slope = 1 + tan(y) * tan(y)
    return [
        (slope * derivative(x, y) / slope, "multiply and divide by the same"),
        (derivative(x, tan(y)) / slope, INVERSE),
        (derivative(x, x) / slope, "the tangent of the arctangent is the number itself"),
        (1 / slope, "a number moves by 1 with itself"),
        (1 / (1 + x * x), "the tangent of the arctangent is the number itself"),
    ]


def general_base(a: Expr, b: Expr) -> Links:
    """Prove that aᵇ moves by b·aᵇ⁻¹ with a."""
    inner = b * log(a)
    return [
        (derivative(a, exp(inner)), "write the power in exp and log"),
        (exp(inner) * derivative(a, inner), f"{CHAIN}; the exponential is its own derivative"),
        (exp(inner) * (b * (1 / a)), "the derivative of log(u) is 1/u"),
        (a**b * (b / a), "put the power back"),
        (b * a ** (b - 1), "dividing by the base lowers the exponent by 1"),
    ]


def general_exponent(a: Expr, b: Expr) -> Links:
    """Prove that aᵇ moves by aᵇ·ln a with b."""
    inner = b * log(a)
    return [
        (derivative(b, exp(inner)), "write the power in exp and log"),
        (exp(inner) * derivative(b, inner), f"{CHAIN}; the exponential is its own derivative"),
        (exp(inner) * log(a), "the logarithm does not depend on the exponent"),
        (a**b * log(a), "put the power back"),
    ]


def atan2_height(a: Expr, b: Expr) -> Links:
    """Prove the rule of atan2 for the height."""
    slope = 1 / (1 + a / b * (a / b))
    return [
        (derivative(a, atan(a / b)), "right of the origin it is the arctangent of the slope"),
        (slope * derivative(a, a / b), f"{CHAIN}; the derivative of atan(u) is 1/(1 + u²)"),
        (slope * (1 / b), "the derivative of a quotient by its numerator"),
        (b / (a * a + b * b), "multiply above and below by the square of the denominator"),
    ]


def atan2_distance(a: Expr, b: Expr) -> Links:
    """Prove the rule of atan2 for the distance."""
    slope = 1 / (1 + a / b * (a / b))
    return [
        (derivative(b, atan(a / b)), "right of the origin it is the arctangent of the slope"),
        (slope * derivative(b, a / b), f"{CHAIN}; the derivative of atan(u) is 1/(1 + u²)"),
        (slope * (-(a / b) / b), "the derivative of a quotient by its denominator"),
        (-a / (a * a + b * b), "multiply above and below by the square of the denominator"),
    ]


def trivial_power(x: Expr, n: int) -> Links:
    """Differentiate x⁰ and x¹."""
    if n == 0:
        return [(derivative(x, ONE), "to the power 0"), (ZERO, "a constant does not move")]
    return [(derivative(x, x), "to the power 1"), (ONE, "a number moves by 1 with itself")]


def large_power(x: Expr, n: int) -> Links:
    """Differentiate x**n for a whole n by induction."""
    return [
        (derivative(x, x * power(x, n - 1)), "split one factor off"),
        (
            derivative(x, x) * power(x, n - 1) + x * derivative(x, power(x, n - 1)),
            "the product rule, (u·v)′ = u′·v + u·v′",
        ),
        (
            power(x, n - 1) + x * power_rule(x, n - 1),
            "this rule for the exponent less 1, which was proved before: so it goes on down to 1",
        ),
        (power_rule(x, n), "collect equal powers"),
    ]


def negative_power(x: Expr, n: int) -> Links:
    """Differentiate x**n for a negative whole n: the rule for −n is known."""
    base = power(x, -n)
    return [
        (derivative(x, 1 / base), "a negative power is a reciprocal"),
        (-derivative(x, base) / base**2, f"{QUOTIENT} with u = 1"),
        (-power_rule(x, -n) / base**2, "the rule for the positive exponent"),
        (power_rule(x, n), "subtract the exponents"),
    ]


def general_power(x: Expr, n: float) -> Links:
    """Differentiate x**n for a fraction n."""
    *links, _ = general_base(x, as_expr(n))
    return [*links, (power_rule(x, n), "dividing by the base lowers the exponent by 1")]


#: The proof of each operation and operand.
FROM_RULES: Final[dict[tuple[str, int], Callable[..., Links]]] = {
    ("expm1", 0): expm1_, ("log1p", 0): log1p_, ("sinh", 0): sinh_, ("cosh", 0): cosh_,
    ("tanh", 0): tanh_, ("sigmoid", 0): sigmoid_, ("softplus", 0): softplus_, ("tan", 0): tan_,
    ("asin", 0): asin_, ("acos", 0): acos_, ("atan", 0): atan_,
    ("atan2", 0): atan2_height, ("atan2", 1): atan2_distance,
    ("pow", 0): general_base, ("pow", 1): general_exponent,
}  # fmt: skip
