"""Run a tape in Python: its living definition, and what runs where nothing is compiled.

Values and gradients have an item for each slot: a float, or a row of numbers, one for each lane.
What instructions that do many operations at once do, says `glassgrad.jitting.boxes` with NumPy.
"""

from __future__ import annotations

from array import array
from typing import Any

from glassgrad.jitting import boxes
from glassgrad.jitting.arithmetic import Arithmetic, floats
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tape import (
    CALL,
    CHECK,
    DOT,
    EACH,
    END,
    FIRST,
    GUARD,
    MASK,
    PICK,
    REPLAY,
    RUN,
    SECOND,
    START,
    SUM,
    Tape,
    size_of,
)
from glassgrad.opcodes import TAKEN


def terms(code: array[int], at: int) -> list[tuple[int, int]]:
    """List the slots of the products that a DOT or a RUN adds up."""
    n = code[at + 3]
    if code[at] % MASK == DOT:
        factors = code[at + 4 : at + 4 + 2 * n]
        return list(zip(factors[::2], factors[1::2], strict=True))
    a, step_a, b, step_b = code[at + 4 : at + 8]
    return [(a + k * step_a, b + k * step_b) for k in range(n)]


def forward(  # noqa: PLR0912 (a branch for each instruction)
    tape: Tape, values: Any, start: int = 0, arithmetic: Arithmetic | None = None,
    stop: int = -1,
) -> int:  # fmt: skip
    """Run the code of a tape from a word on.

    Parameters
    ----------
    tape : Tape
    values : array of float, or ndarray
        A number for each slot, or a row of numbers; those of inputs, Values from outside and
        constants are given. A list will do for a tape that is not lifted.
    start : int
        The offset of the first word.
    arithmetic : Arithmetic, optional
        `floats()` unless it is given; numbers that are NumPy's want `arrays()`.
    stop : int, optional
        The offset of the word before which to stop.

    Returns
    -------
    int
        -1 at the end, or the offset of the guard that does not hold.

    Raises
    ------
    IndexError
        If ``taken`` or a `LOOKUP` counts a row that is not there.
    TypeError
        If it counts by a number that is not whole.
    """
    with_numbers = arithmetic or floats()
    compute, code, at = with_numbers.compute, tape.code, start
    while at != stop:
        op, size = code[at], size_of(code, at)
        if op == END:
            break
        if op < EACH and op != TAKEN:
            values[code[at + 1]] = compute[op](*[values[i] for i in code[at + 2 : at + size]])
        elif op <= PICK and op != TAKEN:
            boxes.forward(code, at, values)
        elif op in (DOT, RUN):
            total = values[code[at + 2]]
            for a, b in terms(code, at):
                total = total + values[a] * values[b]
            values[code[at + 1]] = total
        elif op == SUM:
            total = values[code[at + 2]]
            for a in code[at + 4 : at + size]:
                total = total + values[a]
            values[code[at + 1]] = total
        elif op == GUARD:
            if not with_numbers.holds(values[code[at + 1]], bool(code[at + 2])):
                return at
        elif op in (TAKEN, CALL):
            operands = [values[i] for i in code[at + 4 : at + size]]
            if op == TAKEN:
                place = with_numbers.place(values[code[at + 2]], len(operands))
                found = with_numbers.take(place, operands)
            else:
                found = with_numbers.call(tape.cards[code[at + 2]].on_floats, operands)
            values[code[at + 1]] = found
        at += size
    return -1


def reverse(
    tape: Tape, code: array[int], values: Any, gradients: Any,
    arithmetic: Arithmetic | None = None,
) -> None:  # fmt: skip
    """Run a reverse code of a tape: gradients of results become those of what they depend on.

    Parameters
    ----------
    tape : Tape
    code : array of int
        One of the codes that `Tape.reverse` makes.
    values : array of float, or ndarray
        As `forward` left them.
    gradients : array of float, or ndarray
        Of the same kind: a gradient for each slot, -0.0 where none has arrived yet.
    arithmetic : Arithmetic, optional
        As in `forward`.
    """
    with_numbers = arithmetic or floats()
    at = 0
    while code[at] != END:
        size = size_of(code, at)
        op, mask = code[at] % MASK, code[at] // MASK
        if op == REPLAY:
            forward(tape, values, code[at + 1], with_numbers, code[at + 2])
        elif EACH <= op <= PICK:
            boxes.reverse(code, at, values, gradients)
        elif op != CHECK:
            out = code[at + 1]
            grad, gradients[out] = gradients[out], -0.0
            if op in (DOT, RUN, SUM):
                _hand_on_sum(code, at, mask, grad, values, gradients)
            else:
                _hand_on(tape, code, at, size, mask, grad, values, gradients, with_numbers)
        at += size


def _hand_on_sum(
    code: array[int], at: int, mask: int, grad: Any, values: Any, gradients: Any
) -> None:
    """Hand the gradient of a sum to its terms, the last first, and then to its start."""
    if code[at] % MASK == SUM:
        if mask & FIRST:
            for a in reversed(code[at + 4 : at + 4 + code[at + 3]]):
                gradients[a] = gradients[a] + grad
    else:
        for a, b in reversed(terms(code, at)):
            if mask & FIRST:
                gradients[a] = gradients[a] + grad * values[b]
            if mask & SECOND:
                gradients[b] = gradients[b] + grad * values[a]
    if mask & START:
        gradients[code[at + 2]] = gradients[code[at + 2]] + grad


def _hand_on(
    tape: Tape, code: array[int], at: int, size: int, mask: int, grad: Any, values: Any,
    gradients: Any, arithmetic: Arithmetic,
) -> None:  # fmt: skip
    """Hand to each operand of an operation its share of the gradient: the chain rule."""
    op, y = code[at] % MASK, values[code[at + 1]]
    if op == TAKEN:
        place = arithmetic.place(values[code[at + 2]], code[at + 3])
        for row, i in enumerate(code[at + 4 : at + size]):
            gradients[i] = gradients[i] + arithmetic.if_taken(place, row, grad)
    elif op == CALL:
        slots = code[at + 4 : at + size]
        partials = arithmetic.call(
            tape.cards[code[at + 2]].partials_on_floats, [y, *(values[i] for i in slots)]
        )
        for i, partial in zip(slots, partials, strict=True):
            gradients[i] = gradients[i] + grad * partial
    else:
        slots = code[at + 2 : at + size]
        operands = [values[i] for i in slots]
        chooses = MEANINGS[op].chooses
        for k, rule in enumerate(arithmetic.partials[op]):
            if mask >> k & 1:
                partial = rule(y, *operands)
                share = grad * partial
                if chooses:
                    share = arithmetic.chosen(share, partial)
                gradients[slots[k]] = gradients[slots[k]] + share
