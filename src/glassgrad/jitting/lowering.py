"""Lowering: from the rows of a graph to the words of a tape."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial

from glassgrad.jitting.graph import Graph
from glassgrad.jitting.instructions import Instructions, instructions_of
from glassgrad.jitting.passes import carrying_of, optimized
from glassgrad.jitting.reversing import reverse_code
from glassgrad.jitting.sinking import sunk
from glassgrad.jitting.slots import slots_of
from glassgrad.jitting.tape import CALL, CHECK, CHECK_EVERY, DOT, END, GUARD, RUN, Tape
from glassgrad.jitting.valves import valved
from glassgrad.machine import show_source
from glassgrad.opcodes import COPY, TAKEN


def lower(
    graph: Graph, wants: Sequence[bool], exact: bool = False, segment: int = 0
) -> Tape:
    """Lower a graph to a tape, each row by itself.

    Parameters
    ----------
    graph : Graph
    wants : sequence of bool
        For each input, whether it wants a gradient; Values from outside always do.
    exact : bool
        Whether gradients must be summed in the order of the eager engine.
    segment : int, optional
        The backward pass computes so many instructions again at a time, so that it needs less
        memory; 0 does so with very long programs only.
    """
    small = valved(sunk(optimized(graph, wants, exact), wants, exact), wants, exact)
    return lowered(small, carrying_of(small, wants), exact, len(graph), segment)


def lowered(
    graph: Graph, carrying: array[int], exact: bool, n_rows: int, segment: int = 0
) -> Tape:
    """Lower what the passes left of a graph of so many rows."""
    plan = instructions_of(graph, carrying, exact)
    slots = slots_of(graph, plan, carrying, segment)
    tape = Tape()
    tape.code, copies, borders = _words(graph, plan, slots.of, slots.segment)
    tape.constants = slots.constants
    tape.n_inputs, tape.n_externals = graph.n_inputs, graph.n_externals
    tape.n_slots, tape.n_rows, tape.exact = slots.count, n_rows, exact
    tape.outputs = array("i", [slots.of[r] for r in graph.outputs])
    tape.cards = tuple(plan.cards)
    tape.reverses = {}
    given = graph.n_inputs + graph.n_externals
    tape._reverse = partial(
        reverse_code, tape.code, copies, slots.active, tape.outputs, given, borders
    )
    return tape


def _words(  # noqa: PLR0915 (one loop, compiled)
    graph: Graph, plan: Instructions, slot: array[int], segment: int
) -> tuple[array[int], array[int], list[int]]:
    """Write the instructions down, with slots in place of rows.

    Returns
    -------
    code : array of int
    copies : array of int
        What the copies stand for, see `reverse_code`.
    borders : list of int
        Where segments begin.
    """
    op, places = graph.op, slot
    word, row, begin, reads = plan.word, plan.row, plan.begin, plan.reads
    copied, copies = plan.copied, array("i")
    most = len(reads) + 8 * plan.count
    found = array("i", bytes(4 * (most + most // CHECK_EVERY + 1)))
    code = found
    borders: list[int] = []
    top = checked = 0
    for j in range(plan.count):
        if top - checked > CHECK_EVERY:
            code[top] = CHECK
            top += 1
            checked = top
        if segment and j % segment == 0:
            borders.append(top)
        what, first, stop = word[j], begin[j], begin[j + 1]
        code[top] = what
        if what == GUARD:
            code[top + 1], code[top + 2] = places[reads[first]], row[j]
            top += 3
            continue
        code[top + 1] = places[row[j]]
        if copied[j] >= 0:
            a, b = places[reads[first]], places[reads[stop - 2]]  # the same if it has but one
            copies.extend((top, what, code[top + 1], a, b))
            code[top], code[top + 2] = COPY, places[copied[j]]
            top += 3
            continue
        top += 2
        if what == CALL:
            code[top], code[top + 1] = plan.card[op[row[j]]], stop - first
            top += 2
        elif what >= DOT or what == TAKEN:
            width = 2 if what == DOT else 1
            count = (stop - first - 1) // width
            code[top], code[top + 1] = places[reads[first]], count
            top += 2
            first += 1
            if what == DOT and count > 1:
                a, b = places[reads[first]], places[reads[first + 1]]
                step_a, step_b = places[reads[first + 2]] - a, places[reads[first + 3]] - b
                even = True
                for k in range(2, count):
                    if (
                        places[reads[first + 2 * k]] != a + k * step_a
                        or places[reads[first + 2 * k + 1]] != b + k * step_b
                    ):
                        even = False
                        break
                if even:
                    code[top - 4] = RUN
                    code[top], code[top + 1] = a, step_a
                    code[top + 2], code[top + 3] = b, step_b
                    top += 4
                    continue
        for k in range(first, stop):
            code[top] = places[reads[k]]
            top += 1
    code[top] = END
    return found[: top + 1], copies, borders


show_source(__spec__)
