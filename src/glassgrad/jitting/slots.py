"""Give every row a slot; a slot is used again once the number in it is no longer needed."""

from __future__ import annotations

from array import array
from functools import cache
from heapq import heappop, heappush
from typing import Final

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.instructions import Instructions
from glassgrad.jitting.meanings import MEANINGS, needed
from glassgrad.jitting.tape import CALL, DOT, GUARD, SUM
from glassgrad.machine import show_source
from glassgrad.opcodes import CONSTANT, TAKEN

#: What is needed for more instructions than this lives long.
LONG: Final = 512

#: If the backward pass needs more numbers than this, the program is cut into segments of so many
#: instructions.
MOST_KEPT: Final = 1 << 20
SEGMENT: Final = 1 << 16


class Slots:
    """Where the numbers of a tape are.

    Attributes
    ----------
    of : array of int
        The slot of each row, or `NONE`.
    count : int
        How many there are.
    constants : array of float
        What the slots after those of inputs and Values from outside hold.
    active : array of int
        For each slot, whether what it holds carries a gradient. Those where nothing does may
        receive anything in a backward pass: nobody reads it.
    segment : int
        How many instructions a segment has, see `_cut`; 0 if there are none.
    """

    __slots__ = ("active", "constants", "count", "of", "segment")

    def __init__(self, n: int) -> None:
        self.of = array("i", [NONE]) * n
        self.count = 0
        self.constants = array("d")
        self.active = array("i")
        self.segment = 0


@cache
def _needs() -> array[int]:
    """Tabulate what the shares of each operation need, see `needed`: at 4 * op + mask."""
    table = array("i", [0]) * (4 * DOT)
    for op in MEANINGS:
        for mask in range(4):
            table[4 * op + mask] = needed(op, mask)
    return table


def _last_uses(  # noqa: PLR0912 (one loop, compiled)
    graph: Graph, plan: Instructions, carrying: array[int]
) -> array[int]:
    """Find the last instruction that reads each row; after all of them, where it must be kept.

    What the backward pass needs is kept, and so are results.
    """
    end = plan.count
    found = array("i", [NONE]) * len(graph)
    last, marks = found, carrying
    word, row, begin, reads = plan.word, plan.row, plan.begin, plan.reads
    needs = _needs()
    for j in range(end):
        code, first, stop = word[j], begin[j], begin[j + 1]
        for k in range(first, stop):
            last[reads[k]] = max(last[reads[k]], j)
        if code == GUARD or not marks[row[j]]:
            continue
        if code == DOT:
            for k in range(first + 1, stop, 2):
                if marks[reads[k]]:
                    last[reads[k + 1]] = end
                if marks[reads[k + 1]]:
                    last[reads[k]] = end
        elif code == TAKEN:
            last[reads[first]] = end
        elif code == CALL:
            last[row[j]] = end
            for k in range(first, stop):
                last[reads[k]] = end
        elif code != SUM:
            # What is copied comes after the operands, where no share looks.
            mask = marks[reads[first]]
            if stop > first + 1:
                mask += 2 * marks[reads[first + 1]]
            need = needs[4 * code + mask]
            if need & 1:
                last[row[j]] = end
            for k in range(first, stop):
                if need >> (1 + k - first) & 1:
                    last[reads[k]] = end
    for r in graph.outputs:
        last[r] = end
    return found


def _cut(graph: Graph, plan: Instructions, last: array[int], segment: int) -> None:
    """Keep less of a very long program, by computing its segments again in the backward pass.

    What is needed in its own segment only is kept up to the border, or as long as before if the
    backward pass does not need it; its slot is then used by other segments. What is needed beyond
    the border is kept for good, so that each segment can be computed again from what came before.
    """
    end, word, row, begin, reads = plan.count, plan.word, plan.row, plan.begin, plan.reads
    reach = array("i", [NONE]) * len(graph)
    ends, far = last, reach
    for j in range(end):
        for k in range(begin[j], begin[j + 1]):
            far[reads[k]] = j
    for r in graph.outputs:
        far[r] = end
    for j in range(end):
        if word[j] != GUARD:
            r = row[j]
            border = (j // segment + 1) * segment
            if far[r] >= border:
                ends[r] = end
            elif ends[r] == end and border < end:
                ends[r] = border


def slots_of(  # noqa: PLR0912, PLR0915 (one loop, compiled)
    graph: Graph, plan: Instructions, carrying: array[int], segment: int = 0
) -> Slots:
    """Give every row a slot.

    Rows that carry a gradient and rows that carry none never share one, so that a slot receives
    gradients always or never. An operation works in place if it can; otherwise the lowest free slot
    is taken, so that what is computed side by side lies side by side.
    """
    n = len(graph)
    op, number = graph.op, graph.number
    word, row, begin, reads = plan.word, plan.row, plan.begin, plan.reads
    last, marks = _last_uses(graph, plan, carrying), carrying
    found = Slots(n)
    if not segment:
        kept = 0
        for j in range(plan.count):
            if word[j] != GUARD and last[row[j]] == plan.count:
                kept += 1
        segment = SEGMENT if kept > MOST_KEPT else 0
    if segment:
        found.segment = segment
        _cut(graph, plan, last, segment)
    slot, constants = found.of, found.constants
    given = graph.n_inputs + graph.n_externals
    top = given
    found.active = array("i", [0]) * n
    active = found.active
    for r in range(n):
        if r < given:
            slot[r] = r
            active[r] = marks[r]
        elif op[r] == CONSTANT:
            slot[r] = top
            constants.append(number[r])
            top += 1
    computed = top
    kind = array("i", [0]) * n
    # Four kinds of slots: where gradients arrive or not, for long or for short. What lives long
    # would tear holes into what is used again and again, and equal distances make a short `RUN`.
    free: list[list[int]] = [[], [], [], []]
    for j in range(plan.count):
        code, r = word[j], row[j]
        if segment and j and j % segment == 0:
            for k in range(j - segment, j):
                s = row[k]
                if word[k] != GUARD and last[s] == j:
                    heappush(free[kind[slot[s]]], slot[s])
        wanted, taken = NONE, NONE
        if code != GUARD:
            wanted = marks[r] + (2 if last[r] - j > LONG else 0)
        # Sums and the like read some operands when they have written already (in lanes).
        if wanted >= 0 and code < DOT and code != TAKEN:
            for k in range(begin[j], begin[j + 1]):
                s = reads[k]
                if last[s] == j and slot[s] >= computed and kind[slot[s]] == wanted:
                    taken = slot[s]
                    last[s] = NONE
                    break
        if wanted >= 0 and taken < 0:
            ready = free[wanted]
            if ready:
                taken = heappop(ready)
            else:
                taken = top
                kind[top] = wanted
                active[top] = marks[r]
                top += 1
        for k in range(begin[j], begin[j + 1]):
            s = reads[k]
            if last[s] == j and slot[s] >= computed:
                last[s] = NONE  # it may be read twice, but becomes free once
                heappush(free[kind[slot[s]]], slot[s])
        if wanted >= 0:
            slot[r] = taken
    found.count = top
    found.active = found.active[:top]
    return found


show_source(__spec__)
