"""Write the steps of a lifted program down as the words of a tape."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import pairwise

from glassgrad.jitting.blas import is_product
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT, Groups
from glassgrad.jitting.lifting.steps import Step
from glassgrad.jitting.tape import (
    CHECK,
    CONTRACT,
    DOT,
    END,
    GUARD,
    LOOKUP,
    MATMUL,
    MOST_TERMS,
    PICK,
    RUN,
    SUM,
)  # fmt: skip
from glassgrad.machine import show_source
from glassgrad.opcodes import ADD, TAKEN

#: After so many operations the machine is asked to look for Ctrl-C.
_CHECK_EVERY = 1 << 21


class Writer:
    """Writes the words.

    Parameters
    ----------
    graph : Graph
    colours : Colours
    groups : Groups
        With all constants, so that it is known where other slots begin.
    exact : bool
        Whether every sum is to be added up in its order.
    """

    __slots__ = ("colours", "done", "exact", "given", "graph", "groups", "shift", "words")

    def __init__(self, graph: Graph, colours: Colours, groups: Groups, exact: bool) -> None:
        self.graph, self.colours, self.groups, self.exact = graph, colours, groups, exact
        self.given = graph.n_inputs + graph.n_externals
        self.shift = len(groups.constants)
        self.words = array("i")
        self.done = 0

    def place(self, slot: int) -> int:
        """Tell where a slot is in the machine: constants lie between what is given and the rest."""
        if slot >= FIRST_CONSTANT:
            return self.given + slot - FIRST_CONSTANT
        return slot + self.shift if slot >= self.given else slot

    def write(self, steps: Sequence[Step]) -> array[int]:
        """Write all steps, and guards as soon as their truths are known."""
        waiting = [(self.groups.slot[r], outcome) for r, outcome in self.graph.guards]
        known = self.given
        waiting = self.guard(waiting, known)
        for step in steps:
            if step.kind:
                self.box(step)
            else:
                for row in step.rows:
                    self.row(row)
            known = max(known, self.groups.slots[step.group])
            if waiting:
                waiting = self.guard(waiting, known)
            if self.done > _CHECK_EVERY:
                self.words.append(CHECK)
                self.done = 0
        self.guard(waiting, FIRST_CONSTANT)
        self.words.append(END)
        return self.words

    def guard(self, waiting: list[tuple[int, bool]], known: int) -> list[tuple[int, bool]]:
        """Write the guards whose truths lie below a slot; the others, in order, wait."""
        while waiting and (waiting[0][0] < known or waiting[0][0] >= FIRST_CONSTANT):
            slot, outcome = waiting.pop(0)
            self.words.extend((GUARD, self.place(slot), outcome))
        return waiting

    def box(self, step: Step) -> None:
        """Write a step that does many operations at once."""
        if step.kind == PICK:
            slots = [self.place(slot) for slot in step.slots]
            out = self.place(step.accesses[0].base)
            self.words.extend((PICK, 3 + len(slots), out, *slots))
            self.done += len(slots)
            return
        what = step.slots if step.kind == LOOKUP else (self.how(step), step.free)
        words = array("i", (step.kind, 0, *what, len(step.dims), *step.dims))
        for access in step.accesses:
            words.append(self.place(access.base))
            words.extend(access.strides)
        words[1] = len(words)
        self.words += words
        done = 1
        for length in step.dims:
            done *= length
        self.done += done

    def how(self, step: Step) -> int:
        """Tell what is done at each place; of some contractions, that BLAS may do them."""
        if step.kind == CONTRACT and not self.exact:
            sums, _, *factors = [access.strides for access in step.accesses]
            if is_product(step.dims, [sums, *factors]):
                return MATMUL
        return step.op

    def row(self, row: int) -> None:
        """Write a row that stays as it is."""
        graph, colours, slot = self.graph, self.colours, self.groups.slot
        out, op = self.place(slot[row]), graph.op[row]
        self.done += 1
        if colours.kind[row]:
            self.sum(row, out)
        elif op == TAKEN:
            several = [self.place(slot[x]) for x in graph.more[row]]
            index = self.place(slot[graph.a[row]])
            self.words.extend((op, out, index, len(several), *several))
        else:
            operands = [x for x in (graph.a[row], graph.b[row], graph.c[row]) if x >= 0]
            self.words.extend((op, out, *[self.place(slot[x]) for x in operands]))

    def sum(self, row: int, out: int) -> None:
        """Write a sum by itself."""
        graph, colours, slot = self.graph, self.colours, self.groups.slot
        op, r, terms = graph.op[row], row, array("i")
        while True:
            terms.append(colours.term[r])
            if colours.before[r] < 0:
                break
            r = colours.before[r]
        start = slot[colours.start[r]] if colours.start[r] >= 0 else self.groups.minus_zero()
        if colours.first[r] >= 0:
            terms.append(colours.first[r])
        terms.reverse()
        if op != ADD:  # the largest or the smallest of some numbers
            for x in terms:
                self.words.extend((op, out, self.place(start), self.place(slot[x])))
                start = slot[row]
            return
        for k in range(0, len(terms), MOST_TERMS):
            self.terms(out, self.place(start), terms[k : k + MOST_TERMS], colours.kind[row] == 2)
            start = slot[row]

    def terms(self, out: int, start: int, terms: array[int], products: bool) -> None:
        """Write a sum of some terms."""
        graph, slot = self.graph, self.groups.slot
        if not products:
            self.words.extend((SUM, out, start, len(terms), *[self.place(slot[x]) for x in terms]))
            return
        first = [self.place(slot[graph.a[x]]) for x in terms]
        second = [self.place(slot[graph.b[x]]) for x in terms]
        steps = {(c - a, d - b) for (a, b), (c, d) in pairwise(zip(first, second, strict=True))}
        if len(steps) == 1:
            (step_a, step_b), a, b = steps.pop(), first[0], second[0]
            self.words.extend((RUN, out, start, len(terms), a, step_a, b, step_b))
        else:
            pairs = [slot for pair in zip(first, second, strict=True) for slot in pair]
            self.words.extend((DOT, out, start, len(terms), *pairs))


show_source(__spec__)
