"""Independent judges: SymPy, mpmath and dual numbers of a card, micrograd of its demo."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import mpmath
import sympy

from glassgrad.expr import COMPARISONS, NUMBER, PI, SYMBOL, Expr, evaluate, operands_first
from glassgrad.ops import TABLE, Card
from glassgrad.ops.card import OUTPUT

#: The losses and accuracies that micrograd 0.1.0 itself computes in the 100 steps of its demo, as
#: its notebook `demo.ipynb` runs it, with CPython 3.11.
MICROGRAD: dict[str, list[float]] = json.loads(
    (Path(__file__).parent / "micrograd_demo.json").read_text("utf-8")
)

_SYMPY: dict[str, Callable[..., Any]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv,
    "pow": operator.pow, "neg": operator.neg, "abs": sympy.Abs, "sqrt": sympy.sqrt,
    "exp": sympy.exp, "log": sympy.log, "expm1": lambda x: sympy.exp(x) - 1,
    "log1p": lambda x: sympy.log(1 + x), "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan,
    "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan, "atan2": sympy.atan2,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "erf": sympy.erf,
    "where": lambda c, a, b: sympy.Piecewise((a, c), (b, True)),
    "lt": sympy.Lt, "le": sympy.Le, "gt": sympy.Gt, "ge": sympy.Ge, "eq": sympy.Eq,
    "and": sympy.And, "or": sympy.Or,
}  # fmt: skip

_MPMATH: dict[str, Callable[..., Any]] = {
    **{name: _SYMPY[name] for name in ("add", "sub", "mul", "div", "pow", "neg")},
    **{
        name: getattr(mpmath, name)
        for name in (
            "sqrt", "exp", "log", "expm1", "log1p", "sin", "cos", "tan", "asin", "acos", "atan",
            "atan2", "sinh", "cosh", "tanh", "erf",
        )
    },
    "abs": abs,
    "where": lambda c, a, b: a if c else b,
    **COMPARISONS,
}  # fmt: skip


def to_sympy(e: Expr, symbols: dict[str, Any]) -> Any:
    """Translate an expression; what has a formula is replaced by it."""

    def leaf(number: Any) -> Any:
        return sympy.Rational(number)

    return _translate(e, symbols, _SYMPY, leaf, sympy.pi)


def to_mpmath(e: Expr, numbers: dict[str, Any]) -> Any:
    """Evaluate an expression by its meaning, in the precision that mpmath is set to."""
    return _translate(e, numbers, _MPMATH, mpmath.mpf, mpmath.pi)


def _translate(
    root: Expr, symbols: dict[str, Any], table: dict[str, Callable[..., Any]],
    number: Callable[[Any], Any], pi: Any,
) -> Any:  # fmt: skip
    done: dict[Expr, Any] = {}
    for e in operands_first(root):
        args = [done[arg] for arg in e.args]
        if e.op == SYMBOL or e is OUTPUT:
            done[e] = symbols["y" if e is OUTPUT else str(e.value)]
        elif e.op == NUMBER:
            done[e] = number(e.value)
        elif e.op == PI:
            done[e] = pi
        elif e.op in table:
            done[e] = table[e.op](*args)
        else:
            formula = TABLE[e.op].formula
            assert formula is not None, f"{e.op} is neither a primitive nor has it a formula"
            names = dict(zip(TABLE[e.op].operands, args, strict=True))
            done[e] = _translate(formula(*TABLE[e.op].symbols), names, table, number, pi)
    return done[root]


def meaning(card: Card) -> Expr:
    """Say what a card means: its formula, or the primitive itself."""
    return card.formula(*card.symbols) if card.formula else Expr(card.name, card.symbols)


class Dual:
    """A number and how fast it moves: forward mode, one operation at a time."""

    def __init__(self, primal: float, tangent: float = 0.0) -> None:
        self.primal, self.tangent = primal, tangent

    @staticmethod
    def __card__(card: Card, operands: tuple[Any, ...]) -> Dual:
        primals = [x.primal if isinstance(x, Dual) else x for x in operands]
        y = card.on_floats(*primals)
        slopes = card.partials_on_floats(y, *primals)
        moving = operands[card.differentiable]
        tangents = (
            d * x.tangent for d, x in zip(slopes, moving, strict=True) if isinstance(x, Dual)
        )
        return Dual(y, math.fsum(tangents))

    def __lt__(self, other: Any) -> bool:
        return self.primal < (other.primal if isinstance(other, Dual) else other)

    def __le__(self, other: Any) -> bool:
        return self.primal <= (other.primal if isinstance(other, Dual) else other)

    def __gt__(self, other: Any) -> bool:
        return self.primal > (other.primal if isinstance(other, Dual) else other)

    def __ge__(self, other: Any) -> bool:
        return self.primal >= (other.primal if isinstance(other, Dual) else other)


def forward_mode(card: Card, point: tuple[Any, ...], direction: int) -> float:
    """Differentiate a card's meaning by dual numbers: by the rules of what it is made of."""
    operands: list[Any] = list(point)
    operands[direction] = Dual(point[direction], 1.0)
    bindings = dict(zip(card.symbols, operands, strict=True))
    result = evaluate(meaning(card), bindings, lambda name, xs: TABLE[name](*xs))
    return result.tangent if isinstance(result, Dual) else 0.0


def peer(path: str) -> Callable[..., Any]:
    """Find a function of PyTorch or JAX by the path on a card."""
    module, name = path.rsplit(".", 1)
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
