"""Taking a graph apart: tanh and its like, written out in exp and arithmetic."""

from __future__ import annotations

from typing import Any

from glassgrad.convert import a_kind
from glassgrad.custom import CustomOp
from glassgrad.engine import Value, constant, edges, go_to, module_here, scope_here
from glassgrad.errors import NoRuleError
from glassgrad.expr import Expr, as_expr, evaluate, operands_first
from glassgrad.graph import ancestors, card_of, refuse_opaque, without_calls
from glassgrad.modes import Mode
from glassgrad.opcodes import COPY
from glassgrad.ops import TABLE, Card
from glassgrad.ops.card import apply
from glassgrad.rules import all_operands

__all__ = ["expand"]


def expand(v: Value) -> Value:
    """Take a graph apart: tanh, sigmoid and so on become exp and arithmetic.

    Parameters
    ----------
    v : Value
        A result. Its graph stays as it is.

    Returns
    -------
    Value
        The same number from the same leaves, by a graph of simpler operations: sums, products,
        quotients and powers, exp, log, sin, cos, and whatever chooses, as relu does. Labels and
        modules stay with the values that had them; what is shared stays shared. An operation
        of one's own is taken apart if its function could be read.

    Raises
    ------
    TypeError
        If `v` is not a Value.
    NoRuleError
        If a node on the way was made by hand, or by an operation of one's own that is gone.

    Notes
    -----
    The numbers are those of a textbook's formula, which is why the operations exist: beyond
    x = 355, where exp(2x) overflows, the tanh that was taken apart is nan; long before, from
    x = 18 on, its gradient has no correct digit. Near 0 tanh and expm1 lose digits.

    Examples
    --------
    >>> import glassgrad as gg
    >>> n = gg.Value(0.5, label="n")
    >>> o = n.tanh()
    >>> o.backward()
    >>> round(n.grad, 12)
    0.786447732966
    >>> n.grad = 0.0
    >>> e = gg.expand(o)
    >>> e.backward()
    >>> round(n.grad, 12)
    0.786447732966
    >>> e.tree()
    v1                      data  0.462117   grad  1.0        /
    ├─ v2                   data  1.71828    grad  0.268941   -
    │  ├─ v3                data  2.71828    grad  0.144659   exp
    │  │  └─ v4             data  1.0        grad  0.393224   *
    │  │     ├─ constant    data  2.0        grad  0.196612
    │  │     └─ n           data  0.5        grad  0.786448
    │  └─ constant          data  1.0        grad -0.268941
    └─ v5                   data  3.71828    grad -0.124282   +
       ├─ v3                data  2.71828    grad  0.144659   ↑ above
       └─ constant          data  1.0        grad -0.124282
    """
    if type(v) is not Value:
        raise TypeError(
            f"expand takes a Value, not {a_kind(v)} ({v!r}): of several results take each apart "
            "by itself"
        )
    [v] = without_calls(v)
    refuse_opaque(v)
    outside = scope_here()
    expansions: dict[int, Expr | None] = {}
    made: dict[int, Value] = {}
    with Mode("recording", True):
        try:
            for old in ancestors(v):
                go_to(old._scope, module_here())
                made[old._number] = _again(old, made, expansions)
        finally:
            go_to(outside, module_here())
    return made[v._number]


def _again(v: Value, made: dict[int, Value], expansions: dict[int, Expr | None]) -> Value:
    """Make a node again of the new operands: by its expansion if it has one."""
    values = [made[operand._number] for operand, _ in edges(v)]
    if not values:
        return v
    card = card_of(v._opcode)
    if v._opcode == COPY:
        new = Value(values[0])
    elif card is None:
        raise NoRuleError(
            f"{v!r} was made by {v._op!r}, which is gone: keep what gg.custom_op returned"
        )
    else:
        if v._opcode not in expansions:
            expansions[v._opcode] = _expansion(card)
        e, operands = expansions[v._opcode], all_operands(card, v, values)
        if e is None:
            new = card(*operands)
        else:
            found = evaluate(e, dict(zip(card.symbols, operands, strict=True)), apply)
            new = _new(found, values)
    new.label = v.label
    return new


def _new(found: Any, operands: list[Value]) -> Value:
    """Make a node of what a formula gave, be it a number or one of the operands itself."""
    if type(found) is not Value:
        return constant(float(found))
    return Value(found) if any(found is operand for operand in operands) else found


def _expansion(card: Card) -> Expr | None:
    """Write an operation in those that are not taken apart; None if it is one of them."""
    rule = card.expansion or card.formula
    if rule is None or card.chooses or (isinstance(card, CustomOp) and card.opaque):
        return None
    root = as_expr(rule(*card.symbols))
    done: dict[Expr, Expr] = {}
    for e in operands_first(root):
        args = tuple(done[arg] for arg in e.args)
        inner = _expansion(TABLE[e.op]) if e.op in TABLE else None
        if inner is None:
            done[e] = Expr(e.op, args, e.value)
        else:
            done[e] = _substituted(inner, dict(zip(TABLE[e.op].symbols, args, strict=True)))
    return done[root]


def _substituted(root: Expr, bindings: dict[Expr, Expr]) -> Expr:
    """Put expressions in the place of symbols."""
    done = dict(bindings)
    for e in operands_first(root):
        if e not in done:
            done[e] = Expr(e.op, tuple(done[arg] for arg in e.args), e.value)
    return done[root]
