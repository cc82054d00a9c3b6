"""Where a number became infinite or not a number: the text of `gg.detect_anomaly`."""

from __future__ import annotations

from math import isfinite
from typing import NoReturn

from glassgrad.engine import Extra, Value, edges
from glassgrad.errors import NonFiniteError
from glassgrad.graph import card_of, shares
from glassgrad.ops import op_of

_OVERFLOW = "The numbers have grown too large: scale the inputs down or lower the learning rate."


def refuse_value(
    data: float, a: Value, b: Value | None, opcode: int, extra: Extra | None
) -> NoReturn:
    """Raise for an operation whose result is not finite."""
    operands = [v for v in (a, b, *(extra.operands if extra else ())) if v is not None]
    call = _call(opcode, operands)
    spoilt = [v for v in operands if not isfinite(v._data)]
    if spoilt:
        cure = f"Its operand {_named(spoilt[0])} was not finite before: look there first."
    else:
        cure = _cure(opcode)
    raise NonFiniteError(f"{_name(opcode)} gave {data}: {call}. {cure}")


def check_gradients(root: Value) -> None:
    """Raise if the backward pass from the root would make a gradient that is not finite."""
    for node, gradient, operand, share in shares(root):
        if isfinite(share):
            continue
        operands = [v for v, _ in edges(node)]
        partial = next(d for v, d in edges(node) if v is operand and gradient * d is not None)
        raise NonFiniteError(
            f"the gradient of {_named(operand)} became {share} at "
            f"{_call(node._opcode, operands)}: the gradient {gradient!r} of the result times "
            f"the local derivative {partial!r}. {_cure(node._opcode)}"
        )


def _cure(opcode: int) -> str:
    card = card_of(opcode)
    return (card.cure if card else "") or _OVERFLOW


def _name(opcode: int) -> str:
    card = card_of(opcode)
    return card.name if card else op_of(opcode)


def _call(opcode: int, operands: list[Value]) -> str:
    return f"{_name(opcode)}({', '.join(map(_named, operands))})"


def _named(v: Value) -> str:
    return f"{v._label} = {v._data!r}" if v._label else repr(v._data)
