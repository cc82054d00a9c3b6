"""Slopes without rounding: a step in the imaginary direction, and no difference is taken.

Of f(x + ih) the imaginary part is h·f′(x), to all digits if h is tiny. It takes a function that
complex numbers may pass through: powers, exp, sin and what is made of them, but no choices.
"""

from __future__ import annotations

import cmath
import operator
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

from glassgrad.engine import Value, edges
from glassgrad.expr import Expr, evaluate
from glassgrad.graph import ancestors, card_of, without_calls
from glassgrad.opcodes import COPY, WHERE
from glassgrad.ops import TABLE

STEP: Final = 1e-30

_COMPLEX: Final[dict[str, Callable[..., complex]]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "pow": operator.pow, "neg": operator.neg, "expm1": lambda z: cmath.exp(z) - 1.0,
    "log1p": lambda z: cmath.log(1.0 + z),
    **{
        name: getattr(cmath, name)
        for name in (
            "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
            "tanh",
        )
    },
}  # fmt: skip


def complex_slope(root: Value, leaf: Value) -> float | None:
    """Differentiate a recorded graph by a complex step; None where it has no complex meaning.

    The operations are those of the graph, but none of their rules for derivatives is used.
    """
    root, leaf = without_calls(root, leaf)
    numbers: dict[Value, complex] = {leaf: complex(leaf.data, STEP)}
    try:
        for v in ancestors(root):
            operands = [operand for operand, _ in edges(v)]
            if v not in numbers and any(operand in numbers for operand in operands):
                numbers[v] = _result(v, [numbers.get(x, x.data) for x in operands])
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None
    slope = numbers[root].imag / STEP if root in numbers else 0.0
    return slope if isfinite(slope) else None


def _result(v: Value, operands: list[Any]) -> complex:
    if v._opcode == COPY:
        return complex(operands[0])
    if v._opcode == WHERE:
        return complex(operands[0] if v._da == 1.0 else operands[1])
    card = card_of(v._opcode)
    if card is None or getattr(card, "opaque", False):
        raise LookupError("nobody knows how to compute this with complex numbers")
    if card is TABLE["pow"] and v._b is None:
        operands.append(int(v._db) if v._db.is_integer() else v._db)
    if card.in_table:
        return _apply(card.name, tuple(operands))
    bindings = dict(zip(card.symbols, operands, strict=True))
    return complex(evaluate(card.compute_expr, bindings, _apply))


def _apply(name: str, operands: tuple[Any, ...]) -> complex:
    """Perform an operation of the table: itself, or what its formula is made of."""
    if name in _COMPLEX:
        return _COMPLEX[name](*operands)
    card = TABLE[name]
    if card.formula is None:
        raise LookupError(f"{name} of a complex number is not at hand")
    bindings: dict[Expr, Any] = dict(zip(card.symbols, operands, strict=True))
    return complex(evaluate(card.formula(*card.symbols), bindings, _apply))
