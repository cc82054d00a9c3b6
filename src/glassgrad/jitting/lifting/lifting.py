"""From a graph to a lifted tape, where that pays."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from functools import partial
from math import prod

from glassgrad.jitting.axes import unrolled
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.lifting.colours import coloured
from glassgrad.jitting.lifting.finding import FEWEST, Finder
from glassgrad.jitting.lifting.grouping import Groups, grouped
from glassgrad.jitting.lifting.ordering import keeps_order
from glassgrad.jitting.lifting.steps import Lifted, Step
from glassgrad.jitting.lifting.writing import Writer
from glassgrad.jitting.lowering import lowered
from glassgrad.jitting.meanings import AT_RUN_TIME
from glassgrad.jitting.passes import carrying_of, optimized, receiving
from glassgrad.jitting.reversing import reverse_code
from glassgrad.jitting.sinking import sunk
from glassgrad.jitting.tape import CONTRACT, Tape
from glassgrad.jitting.valves import valved
from glassgrad.opcodes import CONSTANT, EXAMPLES, PART, TAKEN

#: A lifted tape keeps all numbers; so many at most, or the plain one is taken.
_MOST_NUMBERS = 1 << 22

#: So many numbers lie in what a processor reads at once. Results begin where such a line begins:
#: constants that nobody reads fill the one before.
_LINE = 16

#: A lifted tape must spare this part of the work, or the plain one is taken.
_PAYS = 0.1


#: There must be so many rows for each group, on average.
_MOST_GROUPS = 4

_DIFFERENT = "its operations don't repeat in rows and columns"

#: Whether programs are lifted where that pays.
ON = os.environ.get("GLASSGRAD_LIFT", "1") != "0"


def lift_or_lower(graph: Graph, wants: Sequence[bool], exact: bool) -> tuple[Tape, Lifted]:
    """Make the tape of a graph: lifted where that pays, else each row by itself.

    Parameters
    ----------
    graph : Graph
    wants : sequence of bool
        For each input, whether it wants a gradient; Values from outside always do.
    exact : bool
        Whether gradients must be summed in the order of the eager engine.
    """
    small = valved(sunk(optimized(graph, wants, exact), wants, exact), wants, exact)
    carrying = carrying_of(small, wants)
    tape, program = lifted(small, receiving(small, carrying), exact)
    if tape is None and (EXAMPLES in small.op or PART in small.op):
        return lift_or_lower(unrolled(graph), wants, exact)
    if tape is None:
        tape = lowered(small, carrying, exact, len(graph))
    tape.n_rows = len(graph)
    return tape, program


def lifted(graph: Graph, carrying: array[int], exact: bool) -> tuple[Tape | None, Lifted]:
    """Lift a graph.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    exact : bool
        Whether gradients must be summed in the order of the eager engine.

    Returns
    -------
    tape : Tape or None
        None if the plain tape is better; the program says why.
    program : Lifted
    """
    program = Lifted(graph)
    if not ON:
        program.why_not = "GLASSGRAD_LIFT=0"
        return None, program
    if max(graph.op, default=0) >= AT_RUN_TIME:
        program.why_not = "an operation of one's own calls Python for each number"
        return None, program
    if graph.guards and TAKEN in graph.op:
        program.why_not = "it takes rows after it has chosen a branch"
        return None, program
    colours = coloured(graph, carrying)
    groups = grouped(graph, colours)
    if _MOST_GROUPS * len(groups.begins) > _rows(graph, groups):
        program.why_not = _DIFFERENT
        return None, program
    finder = Finder(graph, colours, groups)
    steps = finder.find()
    program.colours, program.groups, program.steps = colours, groups, steps
    program.why_not = finder.why_not or _why_not(program)
    if not program.why_not and exact and not keeps_order(graph, carrying, colours, groups, steps):
        program.why_not = "exact=True: its gradients would be summed in another order"
    if program.why_not:
        return None, program
    given = graph.n_inputs + graph.n_externals
    groups.constants.extend([0.0] * (-(given + len(groups.constants)) % _LINE))
    writer = Writer(graph, colours, groups)
    tape = Tape()
    tape.code = writer.write(steps)
    tape.constants = groups.constants
    tape.n_inputs, tape.n_externals = graph.n_inputs, graph.n_externals
    tape.n_slots = groups.n_slots + len(groups.constants)
    tape.exact = exact
    tape.outputs = array("i", [writer.place(groups.slot[r]) for r in graph.outputs])
    tape.cards = ()
    tape.reverses = {}
    marks = groups.by_slots(carrying)
    active = marks[:given] + array("i", bytes(4 * len(groups.constants))) + marks[given:]
    tape._reverse = partial(
        reverse_code, tape.code, array("i"), active, tape.outputs, given, []
    )
    return tape, program


def _why_not(program: Lifted) -> str:
    """Say why lifting does not pay, or nothing."""
    several = max(program.groups.examples, default=1) > 1  # whose plain tape would be as large
    if program.groups.n_slots > _MOST_NUMBERS and not several:
        return "it has too many numbers to keep them all"
    spared = sum(_gain(step) - FEWEST for step in program.steps if step.kind)
    rows = _rows(program.graph, program.groups) - program.graph.op.count(CONSTANT)
    if spared < _PAYS * rows:
        return _DIFFERENT
    return ""


def _rows(graph: Graph, groups: Groups) -> int:
    """Count the rows of a graph, those of all examples."""
    begins = groups.begins
    if max(groups.examples, default=1) == 1:
        return len(graph)
    more = [(begins[g + 1] - begins[g]) * (n - 1) for g, n in enumerate(groups.examples)]
    return len(graph) + sum(more)


def _gain(step: Step) -> float:
    """Estimate how many scalar instructions a step spares.

    A product that is added by itself takes longer than as one of the many terms that the scalar
    tape adds up in one instruction: measured on sums whose terms are of many kinds.
    """
    size = prod(step.dims)
    return -0.75 * size if step.kind == CONTRACT and step.free == len(step.dims) else size
