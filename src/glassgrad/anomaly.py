"""Where a number became infinite or not a number: the text of `gg.detect_anomaly`."""

from __future__ import annotations

from math import isfinite
from typing import Any, NoReturn

from glassgrad.engine import Extra, Value, edges
from glassgrad.errors import NonFiniteError
from glassgrad.graph import card_of, shares, without_calls
from glassgrad.opcodes import FLOAT_POWER, INT_POWER
from glassgrad.ops import op_of

_OVERFLOW = "The numbers have grown too large: scale the inputs down or lower the learning rate."


def refuse_value(
    data: float, a: Value, b: Value | None, db: float, opcode: int, extra: Extra | None
) -> NoReturn:
    """Raise for an operation whose result is not finite."""
    operands = [v for v in (a, b, *(extra.operands if extra else ())) if v is not None]
    call = _call(opcode, operands, db)
    spoilt = [v for v in operands if not isfinite(v._data)]
    if spoilt:
        cure = f"Its operand {_named(spoilt[0])} was not finite before: look there first."
    else:
        cure = _cure(opcode)
    raise NonFiniteError(f"{_name(opcode)} gave {data}: {call}. {cure}")


def check_gradients(root: Value) -> None:
    """Raise if the backward pass from the root would make a gradient that is not finite."""
    [root] = without_calls(root)
    totals: dict[int, float] = {}
    for node, gradient, operand, share in shares(root):
        total = totals[operand._number] = totals.get(operand._number, 0.0) + share
        if not isfinite(total):
            partial = next(d for v, d in edges(node) if v is operand)
            refuse_share(node, operand, gradient, partial, total, of_several=isfinite(share))


def refuse_share(
    node: Value, operand: Value, gradient: Any, partial: Any, total: float, *,
    of_several: bool = False,
) -> NoReturn:  # fmt: skip
    """Raise for a gradient that is not finite, or for the tangent of a forward pass."""
    if of_several:
        reason = "the shares that it receives from its uses are finite, their sum is not."
    else:
        arrived, slope = (x._data if type(x) is Value else x for x in (gradient, partial))
        reason = f"the gradient {arrived!r} of the result times the local derivative {slope!r}."
    call = _call(node._opcode, [v for v, _ in edges(node)], node._db)
    raise NonFiniteError(
        f"the gradient of {_named(operand)} became {total} at {call}: {reason} "
        f"{_cure(node._opcode)}"
    )


def _cure(opcode: int) -> str:
    card = card_of(opcode)
    return (card.cure if card else "") or _OVERFLOW


def _name(opcode: int) -> str:
    card = card_of(opcode)
    return card.name if card else op_of(opcode)


def _call(opcode: int, operands: list[Value], exponent: float) -> str:
    shown = list(map(_named, operands))
    if opcode in (INT_POWER, FLOAT_POWER):
        shown.append(repr(int(exponent) if opcode == INT_POWER else exponent))
    return f"{_name(opcode)}({', '.join(shown)})"


def _named(v: Value) -> str:
    return f"{v.label} = {v._data!r}" if v.label else repr(v._data)
