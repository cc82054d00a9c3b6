"""Find the steps of a lifted program: which rows of a group lie in boxes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from glassgrad.jitting.graph import Graph
from glassgrad.jitting.lifting.boxes import Box, boxes_of
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT, Groups
from glassgrad.jitting.lifting.steps import Access, Step
from glassgrad.jitting.lifting.tables import cuts_of, fill, nth_terms, terms_of
from glassgrad.jitting.tape import CONTRACT, EACH, FOLD, LOOKUP, MOST_DIMS, PICK
from glassgrad.machine import show_source
from glassgrad.opcodes import CONSTANT, COPY, EXAMPLES, MUL, TAKEN

#: An instruction for many operations costs as much as so many instructions for one.
FEWEST: Final = 8


class Finder:
    """Finds the steps of one graph, group by group.

    Parameters
    ----------
    graph : Graph
    colours : Colours
    groups : Groups
        Constants may be added to it: copies, where that makes a box.

    Attributes
    ----------
    examples : int
        For how many examples each row of the group stands that is looked at; every box begins with
        a dim of that length if it is more than one.
    why_not : str
        Why the graph can't be lifted, or "".
    """

    __slots__ = ("colours", "examples", "graph", "group", "groups", "steps", "why_not")

    def __init__(self, graph: Graph, colours: Colours, groups: Groups) -> None:
        self.graph, self.colours, self.groups = graph, colours, groups
        self.steps: list[Step] = []
        self.group, self.examples, self.why_not = 0, 1, ""

    def find(self) -> list[Step]:
        """List the steps in order."""
        begins = self.groups.begins
        for g in range(len(begins) - 1):
            self.group, self.examples = g, self.groups.examples[g]
            first, last = begins[g], begins[g + 1]
            row = self.groups.rows[first]
            if self.colours.kind[row]:
                self.find_sums(first, last)
            elif self.graph.op[row] == TAKEN:
                self.find_taken(first, last)
            elif self.graph.op[row] == EXAMPLES:
                self.find_examples(first, last)
            else:
                self.find_each(first, last)
        return self.steps

    def stay_scalar(self, first: int, last: int) -> None:
        """Let the rows between two places stay as they are."""
        if first == last:
            return
        rows = self.groups.rows[first:last].tolist()
        before = self.steps.pop() if self.steps else None
        if before is not None and before.group == self.group and before.kind == 0:
            rows = [*before.rows, *rows]
        elif before is not None:
            self.steps.append(before)
        self.steps.append(Step(0, self.graph.op[rows[0]], group=self.group, rows=rows))

    def find_each(self, first: int, last: int) -> None:
        """Find the boxes of rows that are not sums."""
        graph, n = self.graph, last - first
        row = self.groups.rows[first]
        columns = [x for x in (graph.a, graph.b, graph.c) if x[row] >= 0]
        width = len(columns)
        if n < FEWEST and self.examples == 1:
            self.stay_scalar(first, last)
            return
        table = array("i", [0]) * (width * n)
        for j in range(width):
            fill(table, j * n, columns[j], self.groups.rows, self.groups.slot, first, last)
        boxes = boxes_of(table, width, n)
        if _too_many(boxes, n) and any(graph.op[x[row]] == CONSTANT for x in columns):
            for j in range(width):
                if graph.op[columns[j][row]] == CONSTANT:
                    self.spread(table, j * n, j * n + n)
            boxes = boxes_of(table, width, n)
        if _too_many(boxes, n) and self.examples == 1:
            self.stay_scalar(first, last)
            return
        step = self.groups.step
        for box in boxes:
            if box.count < FEWEST and self.examples == 1:
                self.stay_scalar(first + box.begin, first + box.begin + box.count)
                continue
            out = self.groups.slot[self.groups.rows[first + box.begin]]
            accesses = [self.access(out, step[row], row_major(box.dims))] + [
                self.access(table[j * n + box.begin], step[columns[j][row]], box.strides[j])
                for j in range(width)
            ]
            self.add(EACH, graph.op[row], box.dims, len(box.dims), accesses)

    def access(self, base: int, step: int, strides: list[int]) -> Access:
        """Make an access, along the examples first if there are several."""
        return Access(base, [step, *strides] if self.examples > 1 else strides)

    def add(
        self, kind: int, op: int, dims: list[int], free: int, accesses: list[Access],
        slots: Sequence[int] = (),
    ) -> None:  # fmt: skip
        """Append a step, for all examples."""
        if self.examples > 1:
            dims, free = [self.examples, *dims], free + 1
        self.steps.append(Step(kind, op, dims, free, accesses, self.group, slots=slots))

    def find_examples(self, first: int, last: int) -> None:
        """Copy the numbers of the examples to where those of an axis lie."""
        graph, slot, rows = self.graph, self.groups.slot, self.groups.rows[first:last]
        table = array("i", [slot[graph.more[r][e]] for e in range(self.examples) for r in rows])
        n, out = len(table), slot[rows[0]]
        boxes = boxes_of(table, 1, n)
        if _too_many(boxes, n) or min(table) < FIRST_CONSTANT <= max(table):
            access = Access(out, (1,))
            self.steps.append(Step(PICK, COPY, (n,), 1, [access], self.group, slots=table))
            return
        for box in boxes:
            accesses = [
                Access(out + box.begin, row_major(box.dims)),
                Access(table[box.begin], box.strides[0]),
            ]
            self.steps.append(
                Step(EACH, COPY, box.dims, len(box.dims), accesses, self.group)
            )

    def find_taken(self, first: int, last: int) -> None:
        """Find the boxes of rows that take one of several rows, which lie at equal distances."""
        graph, slot, n = self.graph, self.groups.slot, last - first
        rows, steps = self.groups.rows[first:last], self.groups.step
        row = rows[0]
        table = array("i", [0]) * (2 * n)
        step = 0
        for i in range(n):
            several = [slot[r] for r in graph.more[rows[i]]]
            if self.examples > 1 and all(x >= FIRST_CONSTANT for x in several):
                copies = array("i", several)
                self.spread(copies, 0, len(copies))
                several = copies.tolist()
            table[i], table[n + i] = slot[graph.a[rows[i]]], several[0]
            if i == 0 and len(several) > 1:
                step = several[1] - several[0]
            if several != [several[0] + k * step for k in range(len(several))] or any(
                steps[r] != steps[graph.more[row][0]] for r in graph.more[rows[i]]
            ):
                if self.examples > 1:
                    self.why_not = "its examples take from rows that don't lie side by side"
                self.stay_scalar(first, last)
                return
        boxes = boxes_of(table, 2, n)
        if (n < FEWEST or _too_many(boxes, n)) and self.examples == 1:
            self.stay_scalar(first, last)
            return
        apart = [steps[x] for x in (row, graph.a[row], graph.more[row][0])]
        for box in boxes:
            if box.count < FEWEST and self.examples == 1:
                self.stay_scalar(first + box.begin, first + box.begin + box.count)
                continue
            accesses = [self.access(slot[rows[box.begin]], apart[0], row_major(box.dims))] + [
                self.access(table[j * n + box.begin], apart[j + 1], box.strides[j])
                for j in range(2)
            ]
            count = len(graph.more[row])
            self.add(LOOKUP, TAKEN, box.dims, len(box.dims), accesses, (count, step))

    def find_sums(self, first: int, last: int) -> None:
        """Find the boxes of rows that are sums."""
        graph, colours, groups = self.graph, self.colours, self.groups
        row = groups.rows[first]
        products = colours.kind[row] == 2
        width = 2 if products else 1
        n = last - first
        starts, offsets, table = terms_of(graph, colours, groups, first, last)
        total = offsets[n]
        cuts = cuts_of(table, width, offsets, n)
        term = colours.term[row]
        factors = [graph.a[term], graph.b[term]] if products else [term]
        if 4 * (len(cuts) - 1) > n and any(graph.op[x] == CONSTANT for x in factors):
            for j, x in enumerate(factors):
                if graph.op[x] == CONSTANT:
                    self.spread(table, j * total, (j + 1) * total)
            cuts = cuts_of(table, width, offsets, n)
        step = groups.step
        apart = [step[x] if x >= 0 else 0 for x in (colours.start[row], *factors)]
        for c in range(len(cuts) - 1):
            i, stop = cuts[c], cuts[c + 1]
            terms = offsets[i + 1] - offsets[i]
            folds = _folds(table, width, offsets[i], terms, total)
            if self.examples == 1 and (len(folds) > 1 or (stop - i) * terms < FEWEST):
                self.stay_scalar(first + i, first + stop)
            else:
                self.sums(first, i, stop, starts, offsets, table, apart, folds)

    def sums(
        self, first: int, i: int, stop: int, starts: array[int], offsets: array[int],
        table: array[int], apart: list[int], folds: list[Box],
    ) -> None:  # fmt: skip
        """Find the boxes of sums that are alike in all but the places of their first terms.

        Where the terms of examples don't lie in one box, each box is added to what came before it.
        """
        groups, row = self.groups, self.groups.rows[first + i]
        n, total, width = stop - i, offsets[len(offsets) - 1], len(apart) - 1
        kind, op = (CONTRACT, MUL) if width == 2 else (FOLD, self.graph.op[row])
        before, from_before = starts[i:stop], apart[0]
        for folded in folds:
            out, out_step = groups.slot[row], groups.step[row]
            if folded is not folds[len(folds) - 1]:
                out, out_step = groups.more_slots(n * self.examples, row), n
            columns = before[:]
            for j in range(width):
                columns += nth_terms(table, j * total + folded.begin, offsets, i, stop)
            boxes = boxes_of(columns, width + 1, n, MOST_DIMS - 1 - len(folded.dims))
            fixed = [0] * len(folded.dims)
            for box in boxes:
                # A sum of products by itself has an instruction of the scalar tape.
                alone = box.count == 1 and width == 2
                if self.examples == 1 and (alone or box.count * folded.count < FEWEST):
                    begin = first + i + box.begin
                    self.stay_scalar(begin, begin + box.count)
                    continue
                accesses = [
                    self.access(out + box.begin, out_step, row_major(box.dims) + fixed),
                    self.access(columns[box.begin], from_before, box.strides[0] + fixed),
                ]
                for j in range(width):
                    at, strides = (j + 1) * n + box.begin, box.strides[j + 1] + folded.strides[j]
                    accesses.append(self.access(columns[at], apart[j + 1], strides))
                self.add(kind, op, box.dims + folded.dims, len(box.dims), accesses)
            before, from_before = array("i", range(out, out + n)), out_step

    def spread(self, table: array[int], begin: int, end: int) -> None:
        """Copy constants, so that they lie side by side."""
        constants = self.groups.constants
        for i in range(begin, end):
            constants.append(constants[table[i] - FIRST_CONSTANT])
            table[i] = FIRST_CONSTANT + len(constants) - 1


def row_major(dims: list[int]) -> list[int]:
    """Tell the steps along the dims of numbers that lie side by side."""
    strides, step = [0] * len(dims), 1
    for i in range(len(dims) - 1, -1, -1):
        strides[i] = step
        step *= dims[i]
    return strides


def _folds(table: array[int], width: int, at: int, terms: int, total: int) -> list[Box]:
    """Find the boxes of the terms of a sum."""
    columns = array("i")
    for j in range(width):
        columns += table[j * total + at : j * total + at + terms]
    return boxes_of(columns, width, terms)


def _too_many(boxes: list[Box], n: int) -> bool:
    return 4 * len(boxes) > n


show_source(__spec__)
