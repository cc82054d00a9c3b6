"""From the syntax tree to terms: what is not on the list is refused, with what to write instead."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection
from difflib import get_close_matches
from math import e, inf, pi
from typing import Any, Final

from glassgrad.errors import ExpressionError
from glassgrad.language.source import Place, Source
from glassgrad.language.terms import (
    FUNCTIONS,
    RELATIONS,
    SIGNS,
    Apply,
    Name,
    Term,
    evaluate,
)
from glassgrad.ops import TABLE

DEEPEST = 100
MOST_OPERATIONS = 1000
LARGEST_EXPONENT = 1000

#: They stand for numbers, unless they are assigned or given a value.
CONSTANTS: Final = {"pi": pi, "e": e}

_NO_TEXT: Final = "text is no number: names are written without quotes"

#: What is refused, and what to write instead; of the rest, only that it is not allowed.
_INSTEAD: Final[dict[type[ast.AST], str]] = {
    ast.Attribute: "a name has no parts: write tanh(x), not x.tanh()",
    ast.AugAssign: "a name stands for one value: write d = a + 1, with a new name",
    ast.BitXor: "^ is not a power: write **",
    ast.BoolOp: "conditions can't be joined: put one where(...) into another",
    ast.Compare: "a comparison belongs into where(x > 0, a, b), and has two sides",
    ast.IfExp: "write where(condition, a, b)",
    ast.JoinedStr: _NO_TEXT,
    ast.Lambda: "write the expression itself, such as 3*x**2",
    ast.List: "give each number a name of its own: x0, x1",
    ast.NamedExpr: "write the assignment first: d = a*b; d + c",
    ast.Subscript: "give each number a name of its own: x0, x1",
    ast.Tuple: "numbers are written with a point, 1.5, and assignments are separated by ;",
}

#: What functions of the list are called elsewhere.
_SYNONYMS: Final = {"ln": "log", "max": "maximum", "min": "minimum"} | {
    card.numpy: name for name, card in TABLE.items() if card.numpy and name in FUNCTIONS
}
_ALLOWED: Final = "an expression has numbers, names, + - * / **, and functions such as tanh(x)"


class Reader:
    """Reads one text, statement by statement.

    Names that are neither assigned nor constants are leaves; those in `leaves` are so even if
    they are called like a constant.
    """

    def __init__(self, source: Source, leaves: Collection[str]) -> None:
        self.statements: list[tuple[str, Term]] = []
        #: Each name that is used without being assigned, and where first.
        self.used: dict[str, Place] = {}
        self._source = source
        self._constants = {name: x for name, x in CONSTANTS.items() if name not in leaves}
        self._assigned: set[str] = set()
        self._operations = 0
        self._depth = 0

    @property
    def leaves(self) -> dict[str, Place]:
        """The names that need a value, and where each is used first."""
        return {name: place for name, place in self.used.items() if name not in self._constants}

    def read(self) -> None:
        """Read everything; the last statement may do without a name."""
        body = self._source.tree().body
        if not body:
            raise ExpressionError("there is no expression: write one, such as a*b + c")
        for statement in body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    term = self._term(value)
                    self._assign(name, self._source.start(statement))
                    self.statements.append((name, term))
                case ast.Assign():
                    raise self._error(statement, "assign to one name: d = a*b")
                case ast.Expr(value=value) if statement is body[-1]:
                    self.statements.append(("", self._term(value)))
                case ast.Expr():
                    raise self._error(statement, "give this a name, or it is lost: d = a*b")
                case _:
                    raise self._refused(statement)

    def _assign(self, name: str, place: Place) -> None:
        if name in FUNCTIONS:
            raise self._source.error(place, f"{name} is a function: choose another name")
        if name in self._assigned:
            raise self._source.error(place, f"{name} has a value already: choose another name")
        if name in self.used:
            raise self._source.error(
                self.used[name], f"{name} is used before it is assigned: move its assignment up"
            )
        self._assigned.add(name)

    def _term(self, node: ast.expr) -> Term:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._error(node, f"this is nested {DEEPEST} deep: name a part, d = a*b")
        match node:
            case ast.Constant():
                term = self._number(node)
            case ast.Name():
                term = self._name(node)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                term = self._term(operand)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                term = self._apply(node, operator.neg, self._term(operand))
            case ast.BinOp():
                term = self._binary(node)
            case ast.Call():
                term = self._call(node)
            case _:
                raise self._refused(node)
        self._depth -= 1
        return term

    def _number(self, node: ast.Constant) -> Term:
        if isinstance(node.value, (str, bytes)):
            raise self._error(node, _NO_TEXT)
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self._error(node, f"{node.value!r} is not a real number: {_ALLOWED}")
        try:
            number = float(node.value)
        except OverflowError:
            number = inf
        if number == inf:
            raise self._error(node, "this number is too large for a float64, which ends at 1.8e308")
        return number

    def _name(self, node: ast.Name) -> Term:
        name = node.id
        if name in FUNCTIONS:
            raise self._error(node, f"{name} is a function: write {name}(x)")
        if name in self._assigned:
            return Name(name)
        self.used.setdefault(name, self._source.start(node))
        return self._constants.get(name, Name(name))

    def _binary(self, node: ast.BinOp) -> Term:
        perform = SIGNS.get(type(node.op))
        if perform is None:
            message = _INSTEAD.get(type(node.op), _ALLOWED)
            raise self._source.error(self._source.sign(node), message)
        left, right = self._term(node.left), self._term(node.right)
        if isinstance(node.op, ast.Pow) and isinstance(right, float):
            if not abs(right) <= LARGEST_EXPONENT:  # nor is it nan
                raise self._error(
                    node.right, f"an exponent is at most {LARGEST_EXPONENT}, in either direction"
                )
            if right == int(right):
                right = int(right)  # so that a drawing says **2
        return self._apply(node, perform, left, right)

    def _call(self, node: ast.Call) -> Term:
        if not isinstance(node.func, ast.Name):
            if isinstance(node.func, ast.Attribute):
                raise self._refused(node.func)
            raise self._error(node, "only a function can be called: for a product write 2*(x + 1)")
        name, given = node.func.id, len(node.args)
        function = FUNCTIONS.get(name)
        if function is None:
            raise self._error(node, self._no_function(name))
        if node.keywords:
            raise self._error(node.keywords[0], f"operands have no names: write {name}(x, ...)")
        if not function.fewest <= given <= function.most:
            wanted = str(function.fewest)
            if function.most > function.fewest:
                wanted += f" or {function.most}"
            plural = "" if function.most == 1 else "s"
            raise self._error(node, f"{name} takes {wanted} operand{plural}, and was given {given}")
        first = self._condition(node.args[0]) if name == "where" else self._term(node.args[0])
        operands = [first, *map(self._term, node.args[1:])]
        for operand, term in list(zip(node.args, operands, strict=True))[
            given - function.numbers :
        ]:
            if not isinstance(term, float):
                raise self._error(operand, f"{name} takes a plain number here, such as 0.5")
        return self._apply(node, function.call, *operands)

    def _condition(self, node: ast.expr) -> Term:
        match node:
            case ast.Compare(left=left, ops=[relation], comparators=[right]) if (
                type(relation) in RELATIONS
            ):
                terms = self._term(left), self._term(right)
                return self._apply(node, RELATIONS[type(relation)], *terms)
            case ast.Compare():
                raise self._refused(node)
        raise self._error(node, "where begins with a comparison: where(x > 0, a, b)")

    def _apply(self, node: ast.expr, operation: Callable[..., Any], *operands: Term) -> Term:
        self._operations += 1
        if self._operations > MOST_OPERATIONS:
            raise self._error(node, f"there are more than {MOST_OPERATIONS} operations")
        term = Apply(operation, operands)
        known = not any(isinstance(operand, (Name, Apply)) for operand in operands)
        return evaluate(term, {}) if known else term

    def _no_function(self, name: str) -> str:
        close = [_SYNONYMS[name]] if name in _SYNONYMS else get_close_matches(name, FUNCTIONS)
        if close:
            return f"there is no function {name}: did you mean {' or '.join(close)}?"
        if len(name) == 1 or name in self._assigned or name in self.used:
            return f"{name} is not a function: for a product write {name}*(x + 1)"
        return f"there is no function {name}; there are {', '.join(sorted(FUNCTIONS))}"

    def _refused(self, node: ast.expr | ast.stmt) -> ExpressionError:
        return self._error(node, _INSTEAD.get(type(node), _ALLOWED))

    def _error(self, node: ast.expr | ast.stmt | ast.keyword, message: str) -> ExpressionError:
        return self._source.error(self._source.start(node), message)
