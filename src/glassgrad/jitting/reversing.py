"""The reverse code of a tape: the same instructions, newest first, with gradients."""

from __future__ import annotations

from array import array
from typing import Final

from glassgrad.jitting.box import parted, touched
from glassgrad.jitting.meanings import PARTIALS
from glassgrad.jitting.tape import (
    CALL,
    CHECK,
    CHECK_EVERY,
    DOT,
    EACH,
    END,
    FIRST,
    GUARD,
    MASK,
    PER_TERM,
    PICK,
    REPLAY,
    RUN,
    SECOND,
    SIZES,
    START,
    SUM,
)
from glassgrad.machine import show_source
from glassgrad.opcodes import TAKEN

#: How many words tell what a copy stands for.
_PER_COPY: Final = 5



def offsets_of(code: array[int]) -> array[int]:
    """List where the instructions of a code begin, up to `END`."""
    sizes, per_term = SIZES, PER_TERM
    found = array("i", bytes(4 * len(code)))
    words, offsets = code, found
    at = count = 0
    while words[at] != END:
        offsets[count] = at
        count += 1
        op = words[at] % MASK
        if EACH <= op <= PICK:
            at += words[at + 1]
        else:
            more = per_term[op] * words[at + 3] if per_term[op] else 0
            at += sizes[op] + more
    return found[:count]


def reverse_code(  # noqa: PLR0912, PLR0915 (one loop, compiled)
    code: array[int], copies: array[int], active: array[int], outputs: array[int], n_given: int,
    borders: list[int], seeded: tuple[int, ...],
) -> tuple[array[int], array[int]]:  # fmt: skip
    """Write the reverse code for gradients that arrive at some of the outputs.

    Parameters
    ----------
    code : array of int
        The forward code.
    copies : array of int
        Five words for each copy that stands for an operation done before, in their order: the
        offset of the copy, and the operation with its slots, whose shares are handed on.
    active : array of int
        For each slot, whether what it holds carries a gradient.
    outputs : array of int
        Where the results are.
    n_given : int
        How many slots hold inputs and Values from outside: the first.
    borders : list of int
        Where the segments of the forward code begin, if there are any.
    seeded : tuple of int
        Which of the outputs have a gradient.

    Returns
    -------
    code : array of int
    reached : array of int
        The slots of inputs and Values from outside that receive a gradient.
    """
    sizes, per_term, partials = SIZES, PER_TERM, PARTIALS
    offsets = offsets_of(code)
    whole = code + copies
    words, carries = whole, active
    n_words, copy = len(code), len(whole) - _PER_COPY
    live = array("i", bytes(4 * len(active)))  # the slots where a gradient has arrived
    for i in seeded:
        live[outputs[i]] = active[outputs[i]]
    found = array("i", bytes(4 * (len(whole) + len(whole) // CHECK_EVERY + 3 * len(borders) + 1)))
    made = found
    before = array("i")  # what is written, up to the last instruction that does many operations
    top, checked, following = 0, 0, 0
    waiting = list(borders)  # the segments whose numbers are no longer there
    begin = waiting.pop() if waiting else 0
    for j in range(len(offsets) - 1, -1, -1):
        at = place = offsets[j]
        if copy >= n_words and words[copy] == place:
            at, copy = copy + 1, copy - _PER_COPY
        op = words[at]
        if EACH <= op <= PICK:
            before += found[:top]
            before += _of_many(code, at, carries, live)
            top = checked = 0
            continue
        if op == CHECK and before:  # few words may be much work: then it stands where it did
            made[top] = CHECK
            top += 1
            continue
        if op in (GUARD, CHECK) or not live[words[at + 1]]:
            continue
        if place < begin:
            while place < begin:
                following, begin = begin, waiting.pop()
            made[top], made[top + 1], made[top + 2] = REPLAY, begin, following
            top += 3
        if top - checked > CHECK_EVERY:
            made[top] = CHECK
            top += 1
            checked = top
        mask, size = 0, sizes[op]
        if per_term[op]:
            size += per_term[op] * words[at + 3]
        live[words[at + 1]] = 0
        if op >= DOT or op == TAKEN:
            if op not in (TAKEN, CALL) and carries[words[at + 2]]:
                mask = START
                live[words[at + 2]] = 1
            if op == RUN:
                a, step_a, b, step_b = words[at + 4], words[at + 5], words[at + 6], words[at + 7]
                for k in range(words[at + 3]):
                    if carries[a + k * step_a]:
                        mask |= FIRST
                        live[a + k * step_a] = 1
                    if carries[b + k * step_b]:
                        mask |= SECOND
                        live[b + k * step_b] = 1
            else:
                for k in range(at + 4, at + size):
                    if carries[words[k]]:
                        mask |= SECOND if op == DOT and (k - at) & 1 else FIRST
                        live[words[k]] = 1
        else:
            for k in range(partials[op]):
                if carries[words[at + 2 + k]]:
                    mask |= 1 << k
                    live[words[at + 2 + k]] = 1
        if mask == START:  # no need to say which terms there are
            made[top], made[top + 1] = SUM + MASK * START, words[at + 1]
            made[top + 2], made[top + 3] = words[at + 2], 0
            top += 4
        else:
            made[top] = op + MASK * mask
            for k in range(1, size):
                made[top + k] = words[at + k]
            top += size
    made[top] = END
    reached = array("i", [i for i in range(n_given) if live[i]])
    return before + found[: top + 1], reached


def _of_many(code: array[int], at: int, active: array[int], live: array[int]) -> array[int]:
    """Write the reverse words of an instruction that does many operations; note what they reach.

    If gradients arrived at some of its results only, the others hand on nothing: 0 times an
    infinite slope would be nan.
    """
    carries, arrives = active, live
    results, receivers = touched(code, at)
    arrived, mask = 0, 0
    for slot in results:
        arrived += arrives[slot]
    made = array("i")
    if 0 < arrived < len(results):
        parts = parted(code, at, live)
        parts.append(END)
        for place in reversed(offsets_of(parts)):
            made += _of_many(parts, place, active, live)
    elif arrived:
        for slot in results:
            arrives[slot] = 0
        for bit, slots in receivers:
            for slot in slots:
                if carries[slot]:
                    mask |= bit
                    arrives[slot] = 1
        made = code[at : at + code[at + 1]]
        made[0] += MASK * mask
    return made


show_source(__spec__)
