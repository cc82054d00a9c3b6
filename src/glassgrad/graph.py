"""Questions about a recorded graph; nothing here changes it."""

from __future__ import annotations

import heapq
import importlib
import sys
import warnings
from collections.abc import Iterator

from glassgrad.engine import Value, edges, had_calls, here, share_of
from glassgrad.errors import GradientWarning, NoRuleError, TraceError
from glassgrad.opcodes import CALLED, FLOAT_POWER, INT_POWER, OP_NAMES, OPAQUE
from glassgrad.ops import TABLE, Card, by_opcode


def ancestors(*roots: Value) -> list[Value]:
    """List every node that leads to the roots, the roots included, in order of creation."""
    found = {id(root): root for root in roots}
    stack = list(roots)
    while stack:
        for operand, _ in edges(stack.pop()):
            if id(operand) not in found:
                found[id(operand)] = operand
                stack.append(operand)
    return sorted(found.values(), key=lambda v: v._number)


def without_calls(*roots: Value) -> list[Value]:
    """Put in the place of each call of a traced function its operations, as if it had run itself.

    In a trace calls stay: there is nothing of numbers to be read.

    Returns
    -------
    list of Value
        The roots, made anew where they depend on such a call.
    """
    if had_calls() and not here.tracing:
        nodes = ancestors(*roots)
        if any(v._opcode == CALLED for v in nodes):
            made = importlib.import_module("glassgrad.jitting.unfolding").opened(nodes)
            return [made.get(root, root) for root in roots]
    return list(roots)


def has_more_ancestors(root: Value, count: int) -> bool:
    """Tell whether more nodes than so many lead to the root, itself included; look no further."""
    found = {id(root)}
    stack = [root]
    while stack and len(found) <= count:
        for operand, _ in edges(stack.pop()):
            if id(operand) not in found:
                found.add(id(operand))
                stack.append(operand)
    return len(found) > count


def shares(root: Value) -> Iterator[tuple[Value, float, Value, float]]:
    """Walk the backward pass without performing it.

    Yields
    ------
    (node, gradient, operand, share)
        In the order of `Value.backward`: the node's complete gradient, and the share of it that
        one operand receives, which is the gradient times the local derivative.
    """
    gradients = {id(root): 1.0}
    waiting = [(-root._number, root)]
    while waiting:
        _, node = heapq.heappop(waiting)
        gradient = gradients.pop(id(node))
        for operand, partial in edges(node):
            share = share_of(node, gradient, partial)
            if id(operand) not in gradients:
                gradients[id(operand)] = share
                heapq.heappush(waiting, (-operand._number, operand))
            else:
                gradients[id(operand)] += share
            yield node, gradient, operand, share


def card_of(opcode: int) -> Card | None:
    """Find the card of an operation; None for a leaf, a copy, or one that was thrown away."""
    return TABLE["pow"] if opcode in (INT_POWER, FLOAT_POWER) else by_opcode(opcode)


def refuse_opaque(*roots: Value) -> None:
    """Raise if some node on the way was made by hand, without a derivative."""
    for v in ancestors(*roots):
        if v._opcode == OPAQUE and v._a is not None:
            op = v._op
            if op == OP_NAMES[CALLED]:
                raise NoRuleError(
                    f"{v!r} is the copy of a call of a traced function, which does not know the "
                    "way back: copy what goes into the function, and call it again"
                )
            name = op if op.isidentifier() else "name"
            method = f", or use v.{op}()" if op in TABLE else ""
            raise NoRuleError(
                f"no derivative is known for {v!r}, which was made by hand as "
                f"Value(..., _children, {op!r}): define the operation with "
                f"gg.custom_op({name!r}, forward, partials){method}"
            )


def gradient_ends(what: str) -> None:
    """Warn, or inside a transform refuse, that a plain number carries no gradient."""
    if here.transforms:
        raise TraceError(
            f"{what} turns a Value into a plain number, so its gradient would be lost: use "
            "gg.exp and so on instead of math.exp, or v.data if a constant is meant"
        )
    warnings.warn(
        f"{what} turns a Value into a plain number: the gradient ends here. Write v.data if that "
        "is meant; functions such as math.exp have a counterpart that keeps it, gg.exp",
        GradientWarning,
        stacklevel=_callers_level(),
    )


def _callers_level() -> int:
    """Count the frames up to the caller's own code; what is compiled has no frame."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__package__") == __package__:
        level, frame = level + 1, frame.f_back
    return level
