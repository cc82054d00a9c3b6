"""The usual wrong gradients, computed along the routes of a program, and what led to them.

A slip is only listed where it makes a difference by its nature: the product rule cannot be
misread where nothing is multiplied. That it makes a difference in numbers is what `Number.is_sound`
looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TypeAlias

from glassgrad.engine import Value
from glassgrad.learn.exercises.judging import Mistake
from glassgrad.learn.exercises.programs import Step, route_text, routes

#: A local derivative as somebody takes it.
Taken: TypeAlias = Callable[[Step], float]


def _own(step: Step) -> float:
    return step.node._prev[step.position].data


def _other(step: Step) -> float:
    return step.node._prev[1 - step.position].data


def _result(step: Step) -> float:
    return step.node.data


#: For each operation: at which operands, what is taken for the local derivative, and why not.
WRONG: dict[str, tuple[tuple[str, Taken, str], ...]] = {
    "*": (
        ("01", _own, "A product hands on the other operand's number, not the operand's own."),
    ),
    "-": (
        ("1", lambda s: 1.0, "What is subtracted has the local derivative −1: the sign is lost."),
    ),
    "/": (
        ("0", _other, "a/b has the local derivative 1/b in a, not b."),
        ("1", lambda s: -s.partial, "a/b has the local derivative −a/b² in b: the sign is lost."),
        ("1", lambda s: -_result(s), "a/b has the local derivative −a/b² in b, with a square."),
    ),
    "**2": (
        ("0", _own, "The local derivative of x² is 2x: the 2 is lost."),
        ("0", _result, "The local derivative of x² is 2x; you took x² itself."),
    ),
    "**3": (
        ("0", lambda s: 3 * _result(s), "The local derivative of x³ is 3x²: lower the power."),
        ("0", lambda s: _own(s) ** 2, "The local derivative of x³ is 3x²: the 3 is lost."),
    ),
    "tanh": (
        ("0", lambda s: 1 - _result(s), "The local derivative of tanh is 1 − o², with a square."),
        ("0", lambda s: 1 + _result(s) ** 2, "The local derivative of tanh has a minus: 1 − o²."),
        ("0", lambda s: 1 - _own(s) ** 2, "In 1 − o² the o is what tanh gives, not what it takes."),
        ("0", _result, "That is tanh itself: its local derivative is 1 − o²."),
    ),
    "sigmoid": (
        ("0", lambda s: 1 - _result(s) ** 2, "1 − o² is for tanh; sigmoid has o · (1 − o)."),
        ("0", _result, "That is sigmoid itself: its local derivative is o · (1 − o)."),
    ),
    "exp": (
        ("0", lambda s: _own(s) * _result(s), "exp is its own derivative: no power comes down."),
        ("0", _own, "exp is its own derivative: take its result, not what goes in."),
    ),
    "log": (
        ("0", _result, "The local derivative of log(x) is 1/x, not log(x)."),
        ("0", _own, "The local derivative of log(x) is 1/x, not x."),
    ),
    "ReLU": (
        ("0", _result, "The local derivative of relu is 1 above 0, not its value."),
    ),
}

#: Operations that hand the gradient on as it is, at the operands named.
_PASSING = {"+": "01", "-": "0", "ReLU": "0"}


def slips(root: Value, wrt: Value) -> Iterator[Mistake]:
    """List the wrong answers for the gradient of a value, each with what was done."""
    ways = routes(root, wrt)
    used = {(step.node._op, str(step.position)) for way in ways for step in way}
    for op, wrongs in WRONG.items():
        for positions, taken, why in wrongs:
            if any((op, i) in used for i in positions):
                yield Mistake(_total(ways, op, positions, taken), why)
    if len(ways) > 1:
        yield from _counted_wrongly(ways, wrt.label)
    for way in ways:
        yield from _stopped(way, len(ways))
    longest = max(map(len, ways))
    if longest > 1:
        added = sum(sum(step.partial for step in way) for way in ways)
        yield Mistake(added, "Along a route local derivatives are multiplied, not added.")
    if any(op == "+" for op, _ in used):
        yield Mistake(
            _copied(ways), "A sum hands on the gradient that comes in, not its own number."
        )


def _total(
    ways: Sequence[tuple[Step, ...]], op: str, positions: str, taken: Taken
) -> float:
    """Add up the routes, with another local derivative for an operation."""
    return sum(
        prod(
            taken(s) if s.node._op == op and str(s.position) in positions else s.partial
            for s in way
        )
        for way in ways
    )


def _counted_wrongly(ways: Sequence[tuple[Step, ...]], name: str) -> Iterator[Mistake]:
    shares = [prod(step.partial for step in way) for way in ways]
    for way, share in zip(ways, shares, strict=True):
        yield Mistake(
            share,
            f"You counted only the route {route_text(way, name)}: what comes along the others is "
            "added to it, and does not overwrite it.",
        )
    uses = {way[-1].node.label: 0.0 for way in ways}
    for way, share in zip(ways, shares, strict=True):
        uses[way[-1].node.label] += share
    if 1 < len(uses) < len(ways):
        for label, share in uses.items():
            yield Mistake(
                share,
                f"You counted only what comes from {label}: what comes from its other uses is "
                "added to it, and does not overwrite it.",
            )
    yield Mistake(prod(shares), "What comes along several routes is added, not multiplied.")


def _stopped(way: tuple[Step, ...], count: int) -> Iterator[Mistake]:
    """List what comes out when only one end of a single route is looked at."""
    if count > 1 or len(way) < 2:
        return
    if not all(map(_passes, way[:-1])):
        yield Mistake(
            way[-1].partial,
            "That is the local derivative alone: multiply it by the gradient that comes in.",
        )
    if not _passes(way[-1]):
        yield Mistake(
            prod(step.partial for step in way[:-1]),
            f"That is the gradient of {way[-1].node.label}: one local derivative is still to come.",
        )


def _passes(step: Step) -> bool:
    return str(step.position) in _PASSING.get(step.node._op, "")


def _copied(ways: Sequence[tuple[Step, ...]]) -> float:
    """Let each sum hand on its own number in place of the gradient."""
    total = 0.0
    for way in ways:
        share = 1.0
        for step in way:
            share = step.node.data if step.node._op == "+" else share * step.partial
        total += share
    return total
