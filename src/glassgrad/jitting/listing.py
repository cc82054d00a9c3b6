"""Graphs and tapes as text: a line for each row, a line for each instruction."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from glassgrad.jitting.meanings import MEANINGS
from glassgrad.modes import SCOPES
from glassgrad.opcodes import CONSTANT, EXAMPLES, FLOAT_POWER, INT_POWER, LEAF, PART, TAKEN
from glassgrad.ops import op_of

if TYPE_CHECKING:
    from glassgrad.jitting.graph import Graph
    from glassgrad.jitting.tape import Tape

#: What has more lines, or more terms, is shortened in the middle.
MOST_LINES, MOST_TERMS = 60, 8


def graph_text(graph: Graph) -> str:
    """Write a graph as a list of rows, such as ``%12 = tanh(%11)   layers.0.neurons.3``."""
    lines = shortened(len(graph), lambda r: _row(graph, r), "rows")
    results = ", ".join(f"%{r}" for r in graph.outputs)
    guards = [f"if {'' if outcome else 'not '}%{r}" for r, outcome in graph.guards]
    return "\n".join([*lines, *shortened(len(guards), guards.__getitem__, "guards"),
                      f"return {results}"])  # fmt: skip


def shortened(
    count: int, line: Callable[[int], str], what: str, most: int = MOST_LINES
) -> Iterator[str]:
    """Write lines, but of many only the first and the last."""
    half = most // 2
    for i in range(count):
        if i < half or i >= count - half:
            yield line(i)
        elif i == half:
            yield f"... {count - 2 * half:,} more {what} ..."


def _row(graph: Graph, r: int) -> str:
    op, name = graph.op[r], graph.names.get(r, "")
    scope = SCOPES[graph.scope[r]]
    text = f"%{r} = {_meaning(graph, r)}"
    remark = "   ".join(x for x in (name, scope) if x and op != CONSTANT)
    return f"{text}   {remark}" if remark else text


def _meaning(graph: Graph, r: int) -> str:
    op = graph.op[r]
    if op == CONSTANT:
        return repr(graph.number[r])
    if op == LEAF:
        if r >= graph.n_inputs + graph.n_externals:
            return repr(graph.number[r])
        return "input" if r < graph.n_inputs else "from outside"
    if op == PART:
        return f"example {int(graph.number[graph.b[r]])} of %{graph.a[r]}"
    if r in graph.more:
        rows = ", ".join(f"%{x}" for x in graph.more[r])
        name = "examples" if op == EXAMPLES else op_of(op)
        return f"[{rows}][%{graph.a[r]}]" if op == TAKEN else f"{name}({rows})"
    name = "pow" if op in (INT_POWER, FLOAT_POWER) else MEANINGS[op].name
    operands = ", ".join(f"%{x}" for x in (graph.a[r], graph.b[r], graph.c[r]) if x >= 0)
    return f"{name}({operands})"


def tape_text(tape: Tape) -> str:
    """Write a tape as a list of instructions, with the offsets of their words."""
    from glassgrad.jitting.reversing import offsets_of

    offsets = offsets_of(tape.code)
    lines = shortened(len(offsets), lambda i: _instruction(tape, offsets[i]), "instructions")
    results = ", ".join(f"[{i}]" for i in tape.outputs)
    return "\n".join([
        (f"{len(offsets):,} instructions for {tape.n_rows:,} rows, {tape.n_slots:,} slots, "
         f"{tape.nbytes:,} bytes"),
        *lines,
        f"return {results}",
    ])  # fmt: skip


def _instruction(tape: Tape, at: int) -> str:
    from glassgrad.jitting import tape as words

    code = tape.code
    op, size = code[at], words.size_of(code, at)
    if words.EACH <= op <= words.PICK:
        return f"{at:>8}  {_at_once(code, at)}"
    slots = [f"[{i}]" for i in code[at + 1 : at + size]]
    if op == words.GUARD:
        text = f"stop unless {'' if code[at + 2] else 'not '}{slots[0]}"
    elif op == words.CHECK:
        text = "look for Ctrl-C"
    elif op == words.RUN:
        a, step_a, b, step_b = code[at + 4 : at + 8]
        n = code[at + 3]
        text = f"{slots[0]} = {slots[1]} + {_run(a, step_a, n)} * {_run(b, step_b, n)}"
    elif op in (words.DOT, words.SUM):
        terms = slots[3:]
        if op == words.DOT:
            terms = [f"{a} * {b}" for a, b in zip(terms[::2], terms[1::2], strict=True)]
        shown = shortened(len(terms), terms.__getitem__, "terms", MOST_TERMS)
        text = " + ".join([f"{slots[0]} = {slots[1]}", *shown])
    elif op == words.CALL:
        text = f"{slots[0]} = call {tape.cards[code[at + 2]].name}({', '.join(slots[3:])})"
    elif op == TAKEN:
        text = f"{slots[0]} = [{', '.join(slots[3:])}][{slots[1]}]"
    else:
        text = f"{slots[0]} = {MEANINGS[op].name}({', '.join(slots[1:])})"
    return f"{at:>8}  {text}"


def _run(first: int, step: int, n: int) -> str:
    dots = " .. " if n > 2 else ", "
    middle = f", {first + step}" if n > 2 else ""
    return f"[{first}{middle}{dots}{first + (n - 1) * step}]"


def _at_once(code: array[int], at: int) -> str:
    """Write an instruction that does many operations: for which box, and where numbers lie."""
    from glassgrad.jitting import tape as words
    from glassgrad.jitting.box import Box

    if code[at] == words.PICK:
        slots = [f"[{i}]" for i in code[at + 3 : at + code[at + 1]]]
        shown = shortened(len(slots), slots.__getitem__, "slots", MOST_TERMS)
        return f"PICK {len(slots)}   [{code[at + 2]}..] = {', '.join(shown)}"
    box = Box(code, at)
    out, *operands = (f"{access[0]}{access[1:]}" for access in box.accesses)
    name = MEANINGS[box.op].name if code[at] != words.LOOKUP else ""
    if code[at] == words.EACH:
        kind, text = f"EACH {name}", f"{name}({', '.join(operands)})"
    elif code[at] == words.LOOKUP:
        index, first = operands
        kind = "LOOKUP"
        text = f"the {index} of {box.n} that lie {box.step} apart from {first}"
    else:
        kind = "CONTRACT" if code[at] == words.CONTRACT else f"FOLD {name}"
        text = f"{operands[0]} + {' * '.join(operands[1:])}"
        if name not in ("add", "mul"):
            text = f"{name}({', '.join(operands)})"
    folded = f" over {_shape(box.dims[box.free :])}" if box.free < len(box.dims) else ""
    return f"{kind} {_shape(box.dims[: box.free])}{folded}   {out} = {text}"


def _shape(dims: list[int]) -> str:
    return "x".join(map(str, dims)) or "1"
