"""Instructions that do many operations at once: which slots they read and write.

`glassgrad.jitting.tape` says how they are written, `glassgrad.jitting.boxes` what they do.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tape import EACH, FIRST, LOOKUP, MASK, PICK, SECOND, START


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

    def widen(self, n: int) -> None:
        """Let each slot have n numbers, which lie side by side."""
        self.dims, self.free, self.step = [n, *self.dims], self.free + 1, self.step * n
        self.accesses = [[base * n, 1, *(s * n for s in more)] for base, *more in self.accesses]


def slots(dims: Sequence[int], access: Sequence[int]) -> list[int]:
    """List the slots of an access in the order of the places."""
    found = [access[0]]
    for n, stride in zip(dims, access[1:], strict=False):
        found = [slot + i * stride for slot in found for i in range(n)]
    return found


def touched(code: array[int], at: int) -> tuple[list[int], list[tuple[int, list[int]]]]:
    """List the slots of the results, and for each bit of a mask those that may receive a gradient.

    Parameters
    ----------
    code : array of int
    at : int
        The offset of an instruction that does many operations.
    """
    kind = code[at]
    if kind == PICK:
        picked = code[at + 3 : at + code[at + 1]].tolist()
        return list(range(code[at + 2], code[at + 2] + len(picked))), [(FIRST, picked)]
    box = Box(code, at)
    dims, accesses = box.dims, box.accesses
    bits = [START, FIRST, SECOND][: len(accesses) - 1]
    if kind == EACH:
        bits = [FIRST, SECOND][: len(MEANINGS[box.op].partials)]
    elif kind == LOOKUP:
        dims, bits = [*dims, box.n], [0, FIRST]
        accesses = [[*accesses[0], 0], [*accesses[1], 0], [*accesses[2], box.step]]
    results, *operands = (_distinct(dims, access) for access in accesses)
    return results, [(bit, found) for bit, found in zip(bits, operands, strict=False) if bit]


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


def _distinct(dims: list[int], access: list[int]) -> list[int]:
    """List the slots of an access, without going along dims where they are the same."""
    moving = [(n, stride) for n, stride in zip(dims, access[1:], strict=True) if stride]
    return slots([n for n, _ in moving], [access[0], *(stride for _, stride in moving)])
