"""What makes a gradient zero, infinite, huge or tiny: the nodes responsible, by cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import Final

from glassgrad.engine import Value, edges
from glassgrad.explaining.passing import Handing, Pass
from glassgrad.opcodes import (
    CLAMP,
    ERF,
    MAXIMUM,
    MINIMUM,
    MUL,
    RELU,
    SIGMOID,
    SOFTPLUS,
    TANH,
    WHERE,
)

#: From here on a gradient is called huge, or tiny.
HUGE, TINY = 1e6, 1e-6

#: Of the shares that meet at a node, this much or less is left where they cancel.
LEFT = 1e-9

#: A squashing function hands on less than this where it is saturated.
SATURATED = 0.01

_SQUASHING: Final = frozenset((TANH, SIGMOID, SOFTPLUS, ERF))
_BLOCKS: Final = {
    RELU: "dead relu", CLAMP: "clamped", MUL: "times zero",
    **dict.fromkeys((MAXIMUM, MINIMUM, WHERE), "not chosen"),
    **dict.fromkeys(_SQUASHING, "saturated"),
}  # fmt: skip

#: What is said of a cause, and what to try: `{at}` is the operation, `{x}` the operand to suffer.
CAUSES: Final[dict[str, tuple[str, str]]] = {
    "dead relu": (
        "{at}, because {operands} is not above 0: nothing passes",
        "a larger bias, smaller starting weights, or leaky_relu",
    ),
    "clamped": (
        "{at}: {x} lies beyond a bound, where the result no longer moves",
        "widen the bounds, or clamp only what is shown and not what is differentiated",
    ),
    "not chosen": (
        "{at}: {x} was not chosen, so it receives nothing",
        "use a smooth choice, such as gg.logsumexp for a maximum, if both should learn",
    ),
    "times zero": (
        "{at}: {x} is multiplied by 0, so no change of it shows",
        "look at the other factor: a weight that starts at 0, or an input that is always 0",
    ),
    "saturated": (
        "{at} is saturated at {x}: its slope there is {partial}",
        "keep its operand nearer to 0: smaller weights, or inputs that are standardised",
    ),
    "flat": (
        "{at}: the slope at {x} is 0",
        "start from another point: this one is flat",
    ),
    "underflow": (
        "{at}: the gradient {gradient} times the slope {partial} is too small for a float",
        "shorten the chain of small factors, or add where it multiplies: log, residual sums",
    ),
    "cancelled": (
        "the shares that {x} receives from its uses cancel: {shares}",
        "this is no fault: at this point the uses pull it in opposite directions",
    ),
    "not finite from the start": (
        "{at} is not finite from the start",
        "look at where this number comes from: the data, or a step that was too large",
    ),
    "left the finite numbers": ("{at}, although its operands are finite", "{cure}"),
    "infinite slope": ("{at}: the slope at {x} is {partial}", "{cure}"),
    "overflow on the way back": (
        "{at}: the gradient {gradient} times the slope {partial} is {share}",
        "{cure}",
    ),
    "steep": (
        "{at} multiplies the gradient by {partial}",
        "scale its operand down; take exp and large powers of small numbers only",
    ),
    "growing chain": (
        "{count} steps from {root} down to {x} multiply the gradient, by {mean} each on average",
        "start from smaller weights, lower the learning rate, or cut with optim.clip_norm",
    ),
    "vanishing chain": (
        "{count} steps from {root} down to {x} multiply the gradient, by {mean} each on average",
        "start from larger weights, use relu instead of squashing functions, or skip layers",
    ),
}


@dataclass(frozen=True, eq=False, slots=True)
class Cause:
    """One place that is responsible.

    Parameters
    ----------
    kind : str
        A key of `CAUSES`.
    value : Value
        The node.
    weight : float
        How much it matters among its like.
    handing : Handing, optional
        The operand that suffers, and what it receives.
    numbers : tuple of float
        The shares that cancel, or the local derivatives along a chain.
    """

    kind: str
    value: Value
    weight: float
    handing: Handing | None = None
    numbers: tuple[float, ...] = ()


def of_zeros(run: Pass, zeros: list[Value]) -> Iterator[Cause]:
    """Find where a gradient that is not 0 is turned into one that is."""
    meeting: dict[Value, list[float]] = {}
    for h in run.handings(zeros):
        if h.gradient == 0.0 or run.gradient(h.operand) != 0.0:
            continue
        if h.share != 0.0:
            meeting.setdefault(h.operand, []).append(h.share)
        else:
            yield _block(h)
    for v, shares in meeting.items():
        yield Cause("cancelled", v, sum(map(abs, shares)), None, tuple(shares))


def _block(h: Handing) -> Cause:
    """Say why a node hands nothing on."""
    kind = _BLOCKS.get(h.node._opcode, "flat") if h.partial == 0.0 else "underflow"
    weight = inf if isnan(h.gradient) else abs(h.gradient)
    factor = h.node._a if h.operand is h.node._b else h.node._b
    if kind == "times zero" and factor is not None and factor._opcode == RELU:
        return Cause("dead relu", factor, weight, h)
    return Cause(kind, h.node, weight, h)


def of_infinities(run: Pass, lost: list[Value]) -> Iterator[Cause]:
    """Find where the finite numbers were left: on the way forward, otherwise on the way back."""
    found = False
    for v in run.nodes:
        if not isfinite(v._data) and all(isfinite(x._data) for x, _ in edges(v)):
            found = True
            kind = "left the finite numbers" if edges(v) else "not finite from the start"
            yield Cause(kind, v, inf)
    if found:
        return
    for h in run.handings(lost):
        if isfinite(h.gradient) and not isfinite(h.share):
            kind = "overflow on the way back" if isfinite(h.partial) else "infinite slope"
            yield Cause(kind, h.node, inf, h)


def of_sizes(run: Pass, v: Value) -> Iterator[Cause]:
    """Find what made a gradient huge or tiny, along the path that carries most of it."""
    path = run.strongest_path(v)
    size = abs(run.gradient(v))
    if size >= HUGE:
        steep = [h for h in path if abs(h.partial) >= HUGE ** (1 / 3)]
        for h in steep:
            yield Cause("steep", h.node, abs(h.partial), h)
        if not steep:
            yield Cause("growing chain", v, size, path[-1], tuple(h.partial for h in path))
        return
    shares = [h.share for h in run.handings([v]) if h.operand is v]
    if size <= LEFT * sum(map(abs, shares)):
        yield Cause("cancelled", v, sum(map(abs, shares)), None, tuple(shares))
        return
    small = [h for h in path if h.node._opcode in _SQUASHING and abs(h.partial) < SATURATED]
    for h in small:
        yield Cause("saturated", h.node, 1 / abs(h.partial), h)
    if not small:
        yield Cause("vanishing chain", v, 1 / size, path[-1], tuple(h.partial for h in path))
