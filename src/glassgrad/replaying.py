"""A recorded graph computed once more with other numbers, on floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from glassgrad import kernels
from glassgrad.convert import a_kind, as_float
from glassgrad.engine import Value, edges, refuse_in_trace
from glassgrad.errors import NoRuleError
from glassgrad.graph import ancestors, card_of, without_calls
from glassgrad.opcodes import CLAMP, COPY, WHERE
from glassgrad.ops import TABLE
from glassgrad.ops.card import PRIMITIVES

if TYPE_CHECKING:
    from glassgrad.convert import Number

__all__ = ["replay"]


def replay(L: Value, changes: Mapping[Value, Number] | None = None) -> float:
    """Compute L again from its leaves, with other numbers in place of some nodes.

    Parameters
    ----------
    L : Value
        The result of a recorded graph.
    changes : mapping of Value to number, optional
        What nodes of that graph are to be: leaves, or inner nodes, which are then not computed
        from their operands. The other leaves have the number that ``.data`` says now.

    Returns
    -------
    float
        What L would be. Nothing of the graph changes.

    Raises
    ------
    TypeError
        If L or a key of `changes` is not a Value, or what it is to be is not a number.
    ValueError
        If a key is no part of the graph of L.
    NoRuleError
        If a node on the way was made by hand, or by an operation of one's own that is gone:
        nobody knows how to compute it.

    Notes
    -----
    `maximum`, `minimum`, `clamp`, `relu` and `abs` choose anew. What a graph does not hold stays
    as it was: the branch that a `where` took, since its condition is a plain bool; the numbers
    that ``detach()`` or ``.data`` took out. To choose those anew, call the function again.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a, b = gg.Value(2.0), gg.Value(-3.0)
    >>> e = a * b
    >>> L = (e + 10.0) * -2.0
    >>> gg.replay(L, {a: 2.5}), gg.replay(L, {e: 0.0}), L.data
    (-5.0, -20.0, -8.0)
    """
    refuse_in_trace("data")
    if type(L) is not Value:
        raise TypeError(f"replay takes the Value to compute again, not {a_kind(L)} ({L!r})")
    nodes = ancestors(L)
    numbers = _checked(changes or {}, nodes)
    opened, *changed = without_calls(L, *numbers)
    if opened is not L:
        L, nodes = opened, ancestors(opened)
        numbers = dict(zip(changed, numbers.values(), strict=True))
    for v in _needed(L, nodes, numbers):
        numbers[v] = computed(v, [numbers[operand] for operand, _ in edges(v)])
    return numbers[L]


def _checked(changes: Mapping[Value, Number], nodes: list[Value]) -> dict[Value, float]:
    if not isinstance(changes, Mapping):
        raise TypeError(
            f"replay takes changes as a dict, not {a_kind(changes)}: write replay(L, {{a: 2.1}})"
        )
    there = set(nodes)
    numbers = {}
    for v, number in changes.items():
        if type(v) is not Value:
            raise TypeError(
                f"replay changes Values of the graph, not {a_kind(v)} ({v!r}): keep the Value "
                "that you computed with, and write replay(L, {a: 2.1})"
            )
        if v not in there:
            raise ValueError(f"{v!r} is no part of the graph: nothing of it leads to the result")
        numbers[v] = as_float(number, "replay(L, {a: ...})")
    return numbers


def _needed(L: Value, nodes: list[Value], known: Mapping[Value, float]) -> list[Value]:
    """List what has to be computed, operands first: not what lies only behind a changed node."""
    needed = {L}
    for v in reversed(nodes):
        if v in needed and v not in known:
            needed.update(operand for operand, _ in edges(v))
    return [v for v in nodes if v in needed and v not in known]


def computed(v: Value, operands: list[float]) -> float:
    """Compute one node from the numbers of its operands."""
    if not operands:
        return v.data
    opcode = v._opcode
    if opcode == COPY:
        return operands[0]
    if opcode == WHERE:
        return operands[0] if v._da == 1.0 else operands[1]
    card = card_of(opcode)
    if card is None:
        raise NoRuleError(
            f"nobody knows how to compute {v!r} again, which was made by {v._op!r}: define the "
            f"operation with gg.custom_op({v._op!r}, forward, partials), and keep what that returns"
        )
    if opcode == CLAMP:
        operands += v._extra.constants  # type: ignore[union-attr]
    elif card is TABLE["pow"] and v._b is None:
        operands.append(v._db)
    if not card.in_table:
        return card.on_floats(*operands)
    kernel = getattr(kernels, card.name, None) or PRIMITIVES[card.name]
    found: float = kernel(*operands)
    return found
