"""Give every row a slot; a slot is used again once the number in it is no longer needed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.instructions import Instructions
from glassgrad.jitting.meanings import MEANINGS, needed
from glassgrad.jitting.tape import CALL, DOT, GUARD, RUN, SUM
from glassgrad.opcodes import CONSTANT, LEAF, TAKEN


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
    """

    __slots__ = ("active", "constants", "count", "of")

    def __init__(self, n: int) -> None:
        self.of = array("i", [NONE]) * n
        self.count = 0
        self.constants = array("d")
        self.active = array("i")


@cache
def _needs() -> array[int]:
    """What the shares of each operation need, see `needed`: at 4 * op + mask."""
    table = array("i", bytes(4 * 4 * DOT))
    for op in MEANINGS:
        for mask in range(4):
            table[4 * op + mask] = needed(op, mask)
    return table


def _last_uses(graph: Graph, plan: Instructions, carrying: array[int]) -> array[int]:
    """Find the last instruction that reads each row; after all of them, where it must be kept.

    What the backward pass needs is kept, and so are results.
    """
    end = plan.count
    last = array("i", [NONE]) * len(graph)
    word, row, begin, reads = plan.word, plan.row, plan.begin, plan.reads
    needs = _needs()
    for j in range(end):
        code, first, stop = word[j], begin[j], begin[j + 1]
        for k in range(first, stop):
            if last[reads[k]] < j:
                last[reads[k]] = j
        if code == GUARD or not carrying[row[j]]:
            continue
        if code == DOT:
            for k in range(first + 1, stop, 2):
                if carrying[reads[k]]:
                    last[reads[k + 1]] = end
                if carrying[reads[k + 1]]:
                    last[reads[k]] = end
        elif code == TAKEN:
            last[reads[first]] = end
        elif code == CALL:
            last[row[j]] = end
            for k in range(first, stop):
                last[reads[k]] = end
        elif code != SUM:
            mask = carrying[reads[first]]
            if stop > first + 1:
                mask += 2 * carrying[reads[first + 1]]
            need = needs[4 * code + mask]
            if need & 1:
                last[row[j]] = end
            for k in range(first, stop):
                if need >> (1 + k - first) & 1:
                    last[reads[k]] = end
    for r in graph.outputs:
        last[r] = end
    return last


def slots_of(graph: Graph, plan: Instructions, carrying: array[int]) -> Slots:
    """Give every row a slot.

    Rows that carry a gradient and rows that carry none never share one, so that a slot receives
    gradients always or never. The last slot to become free is taken first: so an operation often
    works in place, and what is computed side by side lies side by side.
    """
    n = len(graph)
    op, number = graph.op, graph.number
    word, row, begin, reads = plan.word, plan.row, plan.begin, plan.reads
    last = _last_uses(graph, plan, carrying)
    found = Slots(n)
    slot, constants = found.of, found.constants
    given = graph.n_inputs + graph.n_externals
    top = given
    active = array("i", bytes(4 * n))
    for r in range(n):
        if r < given:
            slot[r] = r
            active[r] = carrying[r]
        elif op[r] == CONSTANT or op[r] == LEAF:
            slot[r] = top
            constants.append(number[r])
            top += 1
    computed = top
    # The free slots: of those that carry a gradient, and of those that carry none.
    free, idle = array("i", bytes(4 * n)), array("i", bytes(4 * n))
    n_free = n_idle = 0
    for j in range(plan.count):
        code = word[j]
        # Sums and the like read some operands when they have written already (in lanes).
        in_place = code < DOT and code != TAKEN
        for turn in range(2):
            if turn == (0 if in_place else 1):
                for k in range(begin[j + 1] - 1, begin[j] - 1, -1):
                    r = reads[k]
                    if last[r] == j and slot[r] >= computed:
                        last[r] = NONE  # it may be read twice, but becomes free once
                        if carrying[r]:
                            free[n_free] = slot[r]
                            n_free += 1
                        else:
                            idle[n_idle] = slot[r]
                            n_idle += 1
            if turn == 0 and code != GUARD:
                r = row[j]
                if carrying[r] and n_free > 0:
                    n_free -= 1
                    slot[r] = free[n_free]
                elif not carrying[r] and n_idle > 0:
                    n_idle -= 1
                    slot[r] = idle[n_idle]
                else:
                    slot[r] = top
                    active[top] = carrying[r]
                    top += 1
    found.count = top
    found.active = active[:top]
    return found
