"""Gather the rows that stay scalar in the machine, so that what repeats reads alike."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from glassgrad.jitting.graph import NONE
from glassgrad.jitting.lifting.boxes import boxes_of
from glassgrad.jitting.lifting.grouping import FIRST_CONSTANT
from glassgrad.jitting.lifting.steps import Access, Lifted, Step
from glassgrad.jitting.tape import CONTRACT, EACH, FOLD, LOOKUP
from glassgrad.opcodes import COPY, MUL, TAKEN

#: So many different rows at most take turns.
_LONGEST_TURN = 32


def boxed(program: Lifted, step: Step) -> list[Step]:
    """Find the boxes of rows that stay scalar, and of what is copied from here and there."""
    rows = [_row(program, row, step.group) for row in step.rows]
    out = step.accesses[0].base if step.kind else NONE
    rows += [_single(EACH, COPY, (out + k, x), step.group) for k, x in enumerate(step.slots)]
    found: list[Step] = []
    first = 0
    while first < len(rows):
        one = rows[first]
        last = first + 1
        while last < len(rows) and _same_but_for_place(rows[last], one):
            last += 1
        if one.kind == 0:
            last = first + 1
        width, n = len(one.accesses), last - first
        table = array(
            "i", [rows[k].accesses[j].base for j in range(width) for k in range(first, last)]
        )
        for begin, dims, strides in _small_boxes(table, width, n):
            accesses = [
                Access(table[j * n + begin], (*strides[j], *one.accesses[j].strides))
                for j in range(width)
            ]
            found.append(
                Step(one.kind, one.op, (*dims, *one.dims), len(dims), accesses,
                     step.group, slots=one.slots)
            )  # fmt: skip
        first = last
    return found


def _row(program: Lifted, row: int, group: int) -> Step:
    """Write a row as a step by itself."""
    graph, colours, slot = program.graph, program.colours, program.groups.slot
    if graph.op[row] == TAKEN:
        several = [slot[x] for x in graph.more[row]]
        gap = several[1] - several[0] if len(several) > 1 else 1
        if several == list(range(several[0], several[0] + gap * len(several), gap)):
            operands = [slot[row], slot[graph.a[row]], several[0]]
            return _single(LOOKUP, TAKEN, operands, group, (len(several), gap))
        return _single(0, TAKEN, [slot[row], slot[graph.a[row]], *several], group)
    if not colours.kind[row]:
        operands = [x for x in (graph.a[row], graph.b[row], graph.c[row]) if x >= 0]
        return _single(EACH, graph.op[row], [slot[x] for x in (row, *operands)], group)
    terms, start = terms_of(program, row)
    width = len(terms[0])
    columns = array("i", [slot[term[j]] for j in range(width) for term in terms])
    boxes = boxes_of(columns, width, len(terms))
    kind, op = (CONTRACT, MUL) if width == 2 else (FOLD, graph.op[row])
    if len(boxes) > 1:
        return _single(0, graph.op[row], [slot[row], start, *columns], group, (width,))
    box = boxes[0]
    none = [0] * len(box.dims)
    accesses = [Access(slot[row], none), Access(start, none)]
    accesses += [Access(columns[j * len(terms)], box.strides[j]) for j in range(width)]
    return Step(kind, op, box.dims, 0, accesses, group)


def terms_of(program: Lifted, row: int) -> tuple[list[tuple[int, ...]], int]:
    """List what a sum adds up, and the slot that it begins with."""
    graph, colours, groups = program.graph, program.colours, program.groups
    found, r = [], row
    while True:
        found.append(colours.term[r])
        if colours.before[r] < 0:
            break
        r = colours.before[r]
    begins = colours.start[r] >= 0
    start = groups.slot[colours.start[r]] if begins else groups.minus_zero()
    found += [colours.first[r]] if colours.first[r] >= 0 else []
    if colours.kind[row] == 2:
        return [(graph.a[x], graph.b[x]) for x in reversed(found)], start
    return [(x,) for x in reversed(found)], start


def _runs(n: int, step: Callable[[int, int], list[int]]) -> list[tuple[int, int]]:
    """Cut places into runs with even steps: from the front or from the end, whichever is fewer.

    Rows that grow longer are found from the end: there the first of a row can't be mistaken for
    the next of the row before.
    """
    forward, backward = [], []
    first = 0
    while first < n:
        last = first + 1
        while last < n and step(last - 1, last) == step(first, first + 1):
            last += 1
        forward.append((first, last - first))
        first = last
    last = n
    while last > 0:
        first = last - 1
        while first > 0 and step(first - 1, first) == step(last - 2, last - 1):
            first -= 1
        backward.append((first, last - first))
        last = first
    return forward if len(forward) < len(backward) else backward[::-1]


def _period(n: int, step: Callable[[int, int], list[int]]) -> int:
    """Find after how many places the steps come again: of rows that take turns; 0 if they don't."""
    for period in range(2, min(n // 3, _LONGEST_TURN) + 1):
        if n % period == 0 and all(
            step(k, k + period) == step(k % period, k % period + period)
            for k in range(n - period)
        ):
            return period
    return 0


def _small_boxes(
    table: array[int], width: int, n: int
) -> Iterator[tuple[int, tuple[int, ...], list[tuple[int, ...]]]]:
    """Cut a few places into boxes of up to two dims: where they begin, dims and strides."""
    def step(i: int, k: int) -> list[int]:
        return [table[j * n + k] - table[j * n + i] for j in range(width)]

    runs = _runs(n, step)
    period = _period(n, step) if 4 * len(runs) > n else 0
    if 0 < period < len(runs):
        for i in range(period):
            yield i, (n // period,), [(d,) for d in step(i, i + period)]
        return
    k = 0
    while k < len(runs):
        begin, length = runs[k]
        within = step(begin, begin + 1) if length > 1 else []
        between = step(begin, runs[k + 1][0]) if k + 1 < len(runs) else []
        last = k + 1
        while last < len(runs) and runs[last][1] == length and (
            step(runs[last - 1][0], runs[last][0]) == between
            and (length == 1 or step(runs[last][0], runs[last][0] + 1) == within)
        ):
            last += 1
        dims = tuple(m for m in (last - k, length) if m > 1)
        strides = [
            (*(between[j : j + 1] if last > k + 1 else ()), *within[j : j + 1])
            for j in range(width)
        ]
        yield begin, dims, strides
        k = last


def _single(
    kind: int, op: int, slots: Iterable[int], group: int, more: Sequence[int] = ()
) -> Step:
    return Step(kind, op, (), 0, [Access(slot, ()) for slot in slots], group, slots=more)


def _same_but_for_place(one: Step, other: Step) -> bool:
    def all_but_places(step: Step) -> tuple[Any, ...]:
        accesses = [(a.strides, a.base < FIRST_CONSTANT) for a in step.accesses]
        return step.kind, step.op, step.dims, step.slots, accesses

    return all_but_places(one) == all_but_places(other)
