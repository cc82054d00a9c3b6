"""A tensor program as text."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from glassgrad.jitting.listing import shortened
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tensors.arrays import Array
from glassgrad.jitting.tensors.lines import shape_text

if TYPE_CHECKING:
    from glassgrad.jitting.tensors.presenting import TensorProgram

_WIDTH = 100


def program_text(program: TensorProgram) -> str:
    """Write what a program is given, its lines, and what stayed scalar."""
    if program.why_not:
        return f"no tensors: {program.why_not}"
    lines, (wholes, parts) = program.lines, program.given
    margin = max((len(line.text) for line in lines if len(line.text) < _WIDTH - 24), default=0) + 3
    given = [text for group in _grouped(parts) for text in _given(group)]
    body = [
        f"{line.text:<{margin - 3}}   {line.shape} ← {_scalars(line.count)}" for line in lines
    ]
    used = [whole for whole in wholes if any(_names(line.text, whole.name) for line in lines)]
    notes = [
        f"{whole.name}: all {whole.count:,} of these, one after another"
        for whole in used if whole.name not in {part.name for part in parts}
    ]
    results = ", ".join(shortened(len(program.results), program.results.__getitem__, "numbers", 8))
    guards = len(program.lifted.graph.guards)
    branches = [f"as long as {guards:,} branches are taken as they were while tracing"]
    more = [*(branches if guards else []), *scalar_rows(program)]
    if not program.pays:
        more.append("so few operations are faster one by one: they all run so")
    return "\n".join([*given, *notes, *body, f"return {results}", *more])


def _grouped(parts: list[Array]) -> list[list[Array]]:
    """Gather the arrays that the same thing holds."""
    def holder(part: Array) -> str:
        return part.path.rpartition(".")[0]

    return [list(group) for _, group in groupby(parts, key=holder)]


def _given(group: list[Array]) -> list[str]:
    shapes = [
        f"{', '.join(part.name for part in alike)}: {shape}"
        for shape, alike in groupby(group, key=lambda part: shape_text(part.dims))
    ]
    count = sum(part.count for part in group)
    where = group[0].path.rpartition(".")[0]
    remark = f"   {where}" if where else ""
    fixed = [text.replace(" ", "\N{NO-BREAK SPACE}") for text in shapes]
    lines = wrap("   ".join(fixed) + f" ← {_scalars(count)}{remark}", _WIDTH)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def scalar_rows(program: TensorProgram) -> list[str]:
    """Say which operations the machine does one by one."""
    stayed: Counter[str] = Counter()
    for step in program.lifted.steps:
        for row in step.rows:
            op = program.lifted.graph.op[row]
            stayed[MEANINGS[op].name if op in MEANINGS else "taken"] += 1
    if not stayed:
        return []
    kinds = ", ".join(f"{count} {name}" for name, count in stayed.most_common(6))
    more = ", …" if len(stayed) > 6 else ""
    total = sum(line.count for line in program.lines)
    return [f"one by one: {sum(stayed.values()):,} of {_scalars(total)} ({kinds}{more})"]


def _scalars(count: int) -> str:
    return f"{count:,} scalar{'' if count == 1 else 's'}"


def _names(text: str, name: str) -> bool:
    return name in text.replace("[", " ").replace("(", " ").replace(")", " ").split()
