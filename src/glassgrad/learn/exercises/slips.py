"""The usual wrong gradients, computed along the routes of a program, and what led to them.

A slip is only listed where it makes a difference by its nature: the product rule cannot be
misread where nothing is multiplied. That it makes a difference in numbers is what `Number.is_sound`
looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod

from glassgrad.engine import Value
from glassgrad.learn.exercises.judging import Mistake
from glassgrad.learn.exercises.programs import Step, route_text, routes

#: A local derivative as somebody takes it, and why it is wrong.
Wrong = tuple[str, Callable[[Step], float], str]


def _operand(step: Step) -> float:
    return step.node._prev[step.position].data


def _other(step: Step) -> float:
    return step.node._prev[1 - step.position].data


#: For each operation the local derivatives that are taken for the right one; the first item says
#: of which operands: "0", "1", or both, "01".
WRONG: dict[str, tuple[Wrong, ...]] = {
    "*": (("01", _operand, "a product hands on the other operand's number, not the operand's own"),),
    "-": (("1", lambda step: 1.0, "what is subtracted has the local derivative −1: the sign is lost"),),
    "/": (
        ("0", _other, "dividing by b has the local derivative 1/b, not b"),
        ("1", lambda step: -step.partial,
         "what one divides by has the local derivative −a/b²: the sign is lost"),
        ("1", lambda step: -step.node.data, "a/b has the local derivative −a/b² in b: the square is lost"),
    ),
    "**2": (
        ("0", _operand, "x² has the local derivative 2x, not x"),
        ("0", lambda step: step.node.data, "x² has the local derivative 2x: it is not x² itself"),
    ),
    "**3": (
        ("0", lambda step: 3 * step.node.data,
         "x³ has the local derivative 3x²: the power becomes one lower"),
        ("0", lambda step: _operand(step) ** 2, "x³ has the local derivative 3x²: the 3 is lost"),
    ),
    "tanh": (
        ("0", lambda step: 1 - step.node.data, "tanh has the local derivative 1 − o²: the square is lost"),
        ("0", lambda step: 1 + step.node.data**2, "tanh has the local derivative 1 − o², with a minus"),
        ("0", lambda step: 1 - _operand(step) ** 2,
         "in 1 − o² the o is the result of tanh, not what went in"),
        ("0", lambda step: step.node.data, "that is tanh itself: its local derivative is 1 − o²"),
    ),
    "sigmoid": (
        ("0", lambda step: 1 - step.node.data**2, "1 − o² belongs to tanh; sigmoid has o · (1 − o)"),
        ("0", lambda step: step.node.data, "that is sigmoid itself: its local derivative is o · (1 − o)"),
    ),
    "exp": (
        ("0", lambda step: _operand(step) * step.node.data,
         "exp has itself as local derivative; there is no power to bring down"),
        ("0", _operand, "exp has itself as local derivative: the result, not what went in"),
    ),
    "log": (
        ("0", lambda step: step.node.data, "log has the local derivative 1/x, not log(x)"),
        ("0", _operand, "log has the local derivative 1/x, not x"),
    ),
    "ReLU": (("0", lambda step: step.node.data, "relu has the local derivative 1 above 0, not its value"),),
}  # fmt: skip

#: Operations that hand the gradient on as it is, at the operands named.
_PASSING = {"+": "01", "-": "0", "ReLU": "0"}


def slips(root: Value, wrt: Value) -> Iterator[Mistake]:
    """List the wrong answers for the gradient of a value, each with what was done."""
    ways = routes(root, wrt)
    used = {(step.node._op, str(step.position)) for way in ways for step in way}
    for op, wrongs in WRONG.items():
        for positions, partial, why in wrongs:
            if any((op, i) in used for i in positions):
                yield Mistake(_total(ways, op, positions, partial), f"{why[0].upper()}{why[1:]}.")
    if len(ways) > 1:
        yield from _counted_wrongly(ways, wrt.label)
    for way in ways:
        yield from _stopped(way, len(ways))
    longest = max(map(len, ways))
    if longest > 1:
        added = sum(sum(step.partial for step in way) for way in ways)
        yield Mistake(added, "Along a route local derivatives are multiplied, not added.")
    sums = [step for way in ways for step in way if step.node._op == "+"]
    if sums:
        yield Mistake(
            _copied(ways), "A sum hands on the gradient that comes in, not its own number."
        )


def _total(
    ways: Sequence[tuple[Step, ...]], op: str, positions: str, partial: Callable[[Step], float]
) -> float:
    """Add up the routes, with another local derivative for an operation."""
    return sum(
        prod(
            partial(s) if s.node._op == op and str(s.position) in positions else s.partial
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
