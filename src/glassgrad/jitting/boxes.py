"""Instructions that do many operations at once: what they do, number by number.

`glassgrad.jitting.tape` says how they are written; ``boxes.h`` does the same in C, faster.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from glassgrad.jitting.arithmetic import Arithmetic
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tape import CONTRACT, EACH, FIRST, LOOKUP, MASK, PICK, SECOND, START


class Box:
    """An instruction other than `PICK`, read from its words.

    Attributes
    ----------
    op : int
        What is done at each place, or how results add up.
    free : int
        The dims from here on are folded.
    n, step : int
        Of a `LOOKUP`: how many rows there are, and how far apart.
    dims : list of int
    accesses : list of list of int
        A base and strides, for the results and for each operand.
    """

    __slots__ = ("accesses", "dims", "free", "n", "op", "step")

    def __init__(self, code: Sequence[int], at: int) -> None:
        size, self.op, self.free, rank = code[at + 1 : at + 5]
        self.n, self.step = self.op, self.free
        if code[at] % MASK == LOOKUP:
            self.free = rank
        self.dims = list(code[at + 5 : at + 5 + rank])
        self.accesses = [
            list(code[i : i + 1 + rank]) for i in range(at + 5 + rank, at + size, 1 + rank)
        ]

    def places(self, *which: int, free: bool = False) -> list[tuple[int, ...]]:
        """List the slots of some accesses at all places, or at those of the free dims.

        Examples
        --------
        >>> from glassgrad.jitting.tape import EACH
        >>> from glassgrad.opcodes import NEG
        >>> Box([EACH, 13, NEG, 2, 2, 2, 3, 10, 3, 1, 0, 1, 2], 0).places(0, 1)
        [(10, 0), (11, 2), (12, 4), (13, 1), (14, 3), (15, 5)]
        """
        dims = self.dims[: self.free] if free else self.dims
        return list(zip(*(slots(dims, self.accesses[k]) for k in which), strict=True))

    def sums(self) -> list[tuple[int, int, list[tuple[int, ...]]]]:
        """List the result, the start and the slots of the terms of each sum."""
        terms = self.places(*range(2, len(self.accesses)))
        heads = self.places(0, 1, free=True)
        n = len(terms) // len(heads) if heads else 0
        return [(a, b, terms[i * n : (i + 1) * n]) for i, (a, b) in enumerate(heads)]


def slots(dims: Sequence[int], access: Sequence[int]) -> list[int]:
    """List the slots of an access in the order of the places."""
    found = [access[0]]
    for n, stride in zip(dims, access[1:], strict=False):
        found = [slot + i * stride for slot in found for i in range(n)]
    return found


def parted(code: array[int], at: int, wanted: Sequence[int]) -> array[int]:
    """Cut an instruction into several, so that of each all results are wanted or none is.

    Parameters
    ----------
    code : array of int
    at : int
        The offset of an instruction that does many operations.
    wanted : sequence of int
        For each slot, whether it is wanted.

    Examples
    --------
    >>> from glassgrad.jitting.tape import EACH
    >>> from glassgrad.opcodes import NEG
    >>> code = array("i", [EACH, 10, NEG, 1, 1, 2, 4, 1, 0, 1])
    >>> parted(code, 0, [1, 1, 1, 1, 0, 1]).tolist() == [
    ...     EACH, 10, NEG, 1, 1, 1, 4, 1, 0, 1,
    ...     EACH, 10, NEG, 1, 1, 1, 5, 1, 1, 1,
    ... ]
    True
    """
    size = code[at + 1]
    words = code[at : at + size]
    if code[at] == PICK:
        made = array("i")
        for i, slot in enumerate(words[3:]):
            made.extend((PICK, 4, words[2] + i, slot))
        return made
    box = Box(code, at)
    results = slots(box.dims[: box.free], box.accesses[0])
    count = sum(1 for slot in results if wanted[slot])
    if count in (0, len(results)):
        return words
    rank = len(box.dims)
    d = next(i for i in range(box.free) if box.dims[i] > 1)
    made = array("i")
    half = box.dims[d] // 2
    for begin, length in ((0, half), (half, box.dims[d] - half)):
        part = words[:]
        part[5 + d] = length
        for k, access in enumerate(box.accesses):
            part[5 + rank + k * (1 + rank)] += begin * access[1 + d]
        made += parted(part, 0, wanted)
    return made


def forward(code: array[int], at: int, values: list[Any], arithmetic: Arithmetic) -> None:
    """Run the instruction at an offset."""
    kind, compute = code[at], arithmetic.compute
    if kind == PICK:
        for out, slot in enumerate(code[at + 3 : at + code[at + 1]], code[at + 2]):
            values[out] = values[slot]
        return
    box = Box(code, at)
    if kind == EACH:
        for out, *operands in box.places(*range(len(box.accesses))):
            values[out] = compute[box.op](*[values[i] for i in operands])
    elif kind == LOOKUP:
        for out, index, first in box.places(0, 1, 2):
            place = arithmetic.place(values[index], box.n)
            rows = [values[first + i * box.step] for i in range(box.n)]
            values[out] = arithmetic.take(place, rows)
    else:
        for out, start, terms in box.sums():
            total = values[start]
            for term in terms:
                if kind == CONTRACT:
                    total = total + values[term[0]] * values[term[1]]
                else:
                    total = compute[box.op](total, values[term[0]])
            values[out] = total


def reverse(
    code: array[int], at: int, values: list[Any], gradients: list[Any], arithmetic: Arithmetic
) -> None:
    """Hand the gradients of the results to the operands, those of the last place first."""
    kind, mask = code[at] % MASK, code[at] // MASK
    if kind == PICK:
        picked = code[at + 3 : at + code[at + 1]]
        results = list(range(code[at + 2], code[at + 2] + len(picked)))
        for out, slot in reversed(list(zip(results, picked, strict=True))):
            gradients[slot] = gradients[slot] + gradients[out]
    else:
        box = Box(code, at)
        results = [out for (out,) in box.places(0, free=True)]
        if kind == EACH:
            _hand_on(box, mask, values, gradients, arithmetic)
        elif kind == LOOKUP:
            for out, index, first in reversed(box.places(0, 1, 2)):
                place = arithmetic.place(values[index], box.n)
                for i in range(box.n):
                    slot = first + i * box.step
                    share = arithmetic.if_taken(place, i, gradients[out])
                    gradients[slot] = gradients[slot] + share
        else:
            _hand_on_sums(box, mask, values, gradients)
    for out in results:
        gradients[out] = -0.0


def _hand_on(
    box: Box, mask: int, values: list[Any], gradients: list[Any], arithmetic: Arithmetic
) -> None:
    """Hand to each operand its share at each place: the chain rule."""
    chooses = MEANINGS[box.op].chooses
    for k, rule in enumerate(arithmetic.partials[box.op]):
        if mask >> k & 1:
            for out, *operands in reversed(box.places(*range(len(box.accesses)))):
                partial = rule(values[out], *[values[i] for i in operands])
                share = gradients[out] * partial
                if chooses:
                    share = arithmetic.chosen(share, partial)
                gradients[operands[k]] = gradients[operands[k]] + share


def _hand_on_sums(box: Box, mask: int, values: list[Any], gradients: list[Any]) -> None:
    """Hand to all first factors, or terms, then to all second factors, then to where sums start."""
    sums = box.sums()[::-1]
    for bit, k in ((FIRST, 0), (SECOND, 1)):
        if mask & bit:
            for out, _, terms in sums:
                for term in reversed(terms):
                    share = gradients[out]
                    if len(term) == 2:
                        share = share * values[term[1 - k]]
                    gradients[term[k]] = gradients[term[k]] + share
    if mask & START:
        for out, start, _ in sums:
            gradients[start] = gradients[start] + gradients[out]
