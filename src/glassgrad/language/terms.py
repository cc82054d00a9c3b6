"""What an expression is made of once it has been read: numbers, names, operations on them."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import glassgrad.elementary
from glassgrad.engine import Value
from glassgrad.expr import COMPARISONS
from glassgrad.functions import elu, gelu, hypot, leaky_relu, silu
from glassgrad.kernels import div, pow
from glassgrad.ops import TABLE


class Name(NamedTuple):
    """A leaf, or what was assigned before."""

    name: str


class Apply(NamedTuple):
    """An operation on other terms."""

    operation: Callable[..., Any]
    operands: tuple[Term, ...]


#: A condition between numbers is known at once, so it is a bool.
Term: TypeAlias = "float | bool | Name | Apply"


class Function(NamedTuple):
    """A function that may be called: how many operands, and how many of the last are numbers."""

    call: Callable[..., Any]
    fewest: int
    most: int
    numbers: int = 0


def _divide(a: Any, b: Any) -> Any:
    """Divide; Python's own floats would raise where IEEE 754 has an answer."""
    return a / b if type(a) is Value or type(b) is Value else div(a, b)


def _power(a: Any, b: Any) -> Any:
    return a**b if type(a) is Value or type(b) is Value else pow(a, b)


SIGNS: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: _divide,
    ast.Pow: _power,
}  # fmt: skip

RELATIONS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Lt: COMPARISONS["lt"], ast.LtE: COMPARISONS["le"],
    ast.Gt: COMPARISONS["gt"], ast.GtE: COMPARISONS["ge"],
    ast.Eq: COMPARISONS["eq"], ast.NotEq: lambda a, b: not COMPARISONS["eq"](a, b),
}  # fmt: skip

FUNCTIONS: Final[Mapping[str, Function]] = {
    **{
        name: Function(
            getattr(glassgrad.elementary, name), len(card.operands), len(card.operands),
            card.parameters,
        )
        for name, card in TABLE.items() if name in glassgrad.elementary.__all__
    },
    "elu": Function(elu, 1, 2),
    "gelu": Function(gelu, 1, 1),
    "hypot": Function(hypot, 2, 2),
    "leaky_relu": Function(leaky_relu, 1, 2),
    "silu": Function(silu, 1, 1),
}  # fmt: skip


def evaluate(term: Term, named: Mapping[str, Any]) -> Any:
    """Compute a term, given what its names stand for."""
    if isinstance(term, Name):
        return named[term.name]
    if isinstance(term, Apply):
        return term.operation(*(evaluate(operand, named) for operand in term.operands))
    return term
