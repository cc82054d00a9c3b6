"""A node's local derivatives as Values, so that a gradient can be differentiated again."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isclose
from typing import Any

from glassgrad.custom import CustomOp
from glassgrad.elementary import abs, where
from glassgrad.engine import Value, as_value, constant, custom_node, edges, here
from glassgrad.errors import GlassgradError, NoRuleError, TraceError
from glassgrad.expr import NUMBER, Expr, evaluate
from glassgrad.graph import card_of
from glassgrad.modes import Mode
from glassgrad.opcodes import CLAMP, COPY, INT_POWER, SHARE, TAKEN, WHERE
from glassgrad.ops import TABLE, Card
from glassgrad.ops.card import OUTPUT
from glassgrad.truths import NO_GRADIENT, Truth, equal, watching


def slopes(v: Value) -> Iterable[tuple[int, tuple[Value, float]]]:
    """List the operands that receive a gradient and their local derivatives, with their places."""
    if v._opcode in NO_GRADIENT:
        return ()
    if v._opcode == TAKEN:
        return list(enumerate(edges(v)))[1:]
    return enumerate(edges(v)[:2] if v._opcode == WHERE else edges(v))


def partial_as_value(v: Value, which: int) -> Any:
    """Build the local derivative of a node with respect to one of its operands.

    Returns
    -------
    Value or float
        A Value made of the node and its operands, or a float where it is constant.

    Raises
    ------
    NoRuleError
        If nobody gave the operation a rule that can be differentiated.
    """
    if v._opcode == COPY:
        return 1.0
    if v._opcode == SHARE:
        return _slope_of_share(v, which)
    card = card_of(v._opcode)
    if card is None:
        raise NoRuleError(
            f"{v!r} was made by {v._op!r}, whose derivative is not at hand as a formula: define "
            f"it with gg.custom_op({v._op!r}, forward, partials), and keep what that returns"
        )
    if isinstance(card, CustomOp) and card.opaque:
        found = _called(card, v)[which]
    else:
        found = evaluate(card.partial_exprs[which], _bindings(card, v), _apply, _decide)
    _, recorded = edges(v)[which]
    _check_fresh(v, found._data if type(found) is Value else found, recorded)
    return float(found) if type(found) is int else found  # 0 * -1 is 0, and 0.0 * -1.0 is -0.0


def _check_fresh(v: Value, now: float, recorded: float) -> None:
    """See that the numbers are still those with which the graph was recorded."""
    both_nan = now != now and recorded != recorded
    if not both_nan and not isclose(now, recorded, rel_tol=1e-9):
        operands = ", ".join(repr(operand) for operand, _ in edges(v))
        raise GlassgradError(
            f"the graph has changed since it was recorded: at {v._op}({operands}) the local "
            f"derivative was {recorded!r} and would now be {now!r}. After changing .data, compute "
            "the result again before differentiating it"
        )


def _bindings(card: Card, v: Value) -> dict[Expr, Any]:
    """Say what the symbols of a card stand for at this node."""
    operands = all_operands(card, v, [operand for operand, _ in edges(v)])
    return {OUTPUT: v, **dict(zip(card.symbols, operands, strict=True))}


def all_operands(card: Card, v: Value, values: list[Value]) -> list[Any]:
    """Complete the operands of a node by those that are no Values: condition, bounds, exponent."""
    if v._opcode == WHERE:
        condition = Truth(values[2]) if len(values) == 3 else v._da == 1.0
        return [condition, *values[:2]]
    if v._opcode == CLAMP:
        return [*values, *v._extra.constants]  # type: ignore[union-attr]
    if card is TABLE["pow"] and v._b is None:
        return [*values, int(v._db) if v._opcode == INT_POWER else v._db]
    return list(values)


def _apply(name: str, operands: tuple[Any, ...]) -> Any:
    """Perform an operation, leaving out what changes no bit: times 1, to the power 1 or 0."""
    if name == "mul":
        return product(*operands)
    if name == "sub" and all(type(x) is int for x in operands):
        return operands[0] - operands[1]  # keeps the exponent of v**2 whole
    if name == "pow" and type(operands[1]) is int and operands[1] in (0, 1):
        return operands[0] if operands[1] else 1.0
    return TABLE[name](*operands)


def _decide(e: Expr, condition: Any) -> Any:
    """Choose a branch of a rule in a trace, as eagerly, if the rule may be differentiated again.

    That makes a guard. As a row the branch not chosen would receive 0, and 0 times an infinite
    partial is nan; a choice among numbers can stay a row, because it hands on nothing.
    """
    again = here.transforms or watching.again
    return bool(condition) if again and not all(map(_is_number, e.args[1:])) else condition


def decides() -> bool:
    """Tell whether a trace asks if a share is nan, as the eager engine does: with exact=True.

    Otherwise what was not chosen receives a share of 0, which is nan times an infinite partial.
    """
    return watching.exact and bool(here.transforms or watching.again)


def is_not_handed_on(share: Any, partial: Any) -> bool:
    """Ask whether a share is nan because its operand was not chosen, which makes guards."""
    if type(share) is not Value or equal(share, share):
        return False
    return bool(equal(as_value(partial, "gradient"), constant(0.0)))


def _is_number(e: Expr) -> bool:
    """Tell whether an expression is a number, or a choice among numbers."""
    return e.op == NUMBER or (e.op == "where" and all(map(_is_number, e.args[1:])))


def product(a: Any, b: Any) -> Any:
    """Multiply, unless one of the factors is the number 1."""
    if type(a) is not Value and a == 1.0:
        return b
    if type(b) is not Value and b == 1.0:
        return a
    return a * b


def shared(arrived: Any, partial: Any) -> Any:
    """Multiply in a trace, as an operation that chooses does: see `glassgrad.engine.share_of`."""
    if (type(arrived) is not Value and arrived == 1.0) or (
        type(partial) is not Value and partial == 1.0
    ):
        return product(arrived, partial)
    a, b = as_value(arrived, "gradient"), as_value(partial, "gradient")
    share = a._data * b._data
    if share != share and b._data == 0.0:
        share = 0.0
    return custom_node(share, (a, b), (b._data, a._data), SHARE)


def _slope_of_share(v: Value, which: int) -> Any:
    """Differentiate a share again: a product, or nothing where it was 0 and not nan."""
    arrived, partial = (operand for operand, _ in edges(v))
    if which == 0:
        return partial
    zero = equal(partial, constant(0.0))
    return where(abs(arrived) < inf, arrived, where(zero, 0.0, arrived))


def _called(card: CustomOp, v: Value) -> Any:
    """Call the partials of an operation that could not be read as a formula."""
    try:
        with Mode("transforms", 1):
            return card.partials(v, *(operand for operand, _ in edges(v)))
    except TraceError as error:
        raise NoRuleError(
            f"{card.name}: its partials can't be differentiated again, because they use "
            "functions of plain numbers: write them with gg.exp and so on"
        ) from error
