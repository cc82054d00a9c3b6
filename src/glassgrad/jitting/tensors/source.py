"""A lifted program as a function of NumPy: the step of a training, gradients included."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glassgrad.expr import Expr, operands_first
from glassgrad.jitting.lifting.steps import Step
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.passes import carrying_of
from glassgrad.jitting.tape import CONTRACT, EACH
from glassgrad.jitting.tensors.arrays import Array, side_by_side
from glassgrad.jitting.tensors.formulas import Formulas
from glassgrad.jitting.tensors.gradients import Gradients, root, tuple_text
from glassgrad.jitting.tensors.naming import unused
from glassgrad.jitting.tensors.numpy_dialect import NumPy, partials_of
from glassgrad.jitting.tensors.pieces import Piece
from glassgrad.jitting.tensors.repeating import looped, repeated
from glassgrad.jitting.tensors.uses import Key, Uses, inlined
from glassgrad.ops.card import OUTPUT

if TYPE_CHECKING:
    from glassgrad.jitting.tensors.presenting import TensorProgram

_LONGEST = 60


class Source:
    """Writes the function.

    Parameters
    ----------
    program : TensorProgram
    """

    def __init__(self, program: TensorProgram) -> None:
        self.program, self.pieces = program, program.pieces
        carrying = carrying_of(program.lifted.graph, program.wants)
        self.carrying = program.lifted.groups.by_slots(carrying)
        assert program.lines is not None  # whose arrays have their names then
        for family in self.pieces.families:
            self._name(family)
        self.uses = Uses(self.pieces)

        def write(piece: Piece, within: Mapping[Key, Piece]) -> str:
            return Formulas(self.pieces, NumPy(), within).of(piece).text

        self.within = inlined(self.pieces, self.uses, write, _LONGEST)
        for family in self.pieces.families:
            if any(self._is_needed(piece) for piece in family):
                for piece in family:
                    self.within.pop((piece.out, piece.at), None)

    def text(self) -> str:
        """Write all of it."""
        program = self.program
        wholes, parts = program.given
        results = ", ".join(program.results)
        name = unused(f"{program.name}_step", program.taken)
        backward = self._backward()
        seed = ["seeds=1.0"] if backward else []
        gradients = [f"d{w.name}" for w in wholes if self._carries(w)]
        found = ["import numpy as np", "", ""]
        if "erf(" in "".join(self._forward()):
            found[1:1] = ["from math import erf as erf_of", "", "erf = np.vectorize(erf_of)"]
        found += [
            f"def {name}({', '.join([*[whole.name for whole in wholes], *seed])}):",
            *(f'    """{line}' if i == 0 else f"    {line}" if line else ""
              for i, line in enumerate(self._docstring(gradients))),
            '    """',
        ]  # fmt: skip
        body = [f"{whole.name} = np.asarray({whole.name}, float)" for whole in wholes]
        for whole in wholes:
            inside = [part for part in parts if part.whole is whole]
            if len(inside) == 1 and inside[0].name == whole.name:
                continue
            body += [f"{part.name} = {_part(part)}" for part in inside]
        body += self._forward()
        if backward:
            body += ["", *backward, f"return {results}, {', '.join(gradients)}"]
        else:
            body += [f"return {results}"]
        return "\n".join([*found, *(f"    {line}" if line else "" for line in body)]) + "\n"

    def _docstring(self, gradients: Sequence[str]) -> list[str]:
        wholes = self.program.given[0]
        takes = [f"{whole.name}: {_described(whole, self.program.given[1])}" for whole in wholes]
        what = "the results" if len(self.program.results) > 1 else self.program.results[0]
        more = f", and {', '.join(gradients)}" if gradients else ""
        return [f"Compute {what}{more}.", "", *takes]

    def _name(self, family: Sequence[Piece]) -> None:
        """Name what has none yet, because it was written within another line."""
        if family[0].out.name:
            return
        count = 1
        while f"z{count}" in self.program.taken:
            count += 1
        name = unused(f"z{count}", self.program.taken)
        several = family[0].at is None and len(family) > 1
        for k, piece in enumerate(family):
            piece.out.name = f"{name}[{k}]" if several else name

    def _is_needed(self, piece: Piece) -> bool:
        """Tell whether a backward pass reads the number itself."""
        step, user = piece.step, self.uses.only(piece)
        mine = step.accesses[0].base
        if not self.carrying[mine]:
            return False
        if step.kind == EACH and OUTPUT in self._read_by(step):
            return True
        if user is None or user.kind == CONTRACT:
            factors = [a.base for a in user.accesses[2:]] if user else []
            others = [base for base in factors if base != mine]
            return len(factors) > len(others) + 1 or any(map(self._carried, others))
        if user.kind != EACH:
            return False
        return any(
            operand in self._read_by(user)
            for operand, access in zip(MEANINGS[user.op].operands, user.accesses[1:], strict=True)
            if access.base == mine
        )

    def _carried(self, slot: int) -> bool:
        return slot < len(self.carrying) and bool(self.carrying[slot])

    def _read_by(self, step: Step) -> set[Expr]:
        """List the numbers from which the shares of an operation's operands are computed."""
        accesses = step.accesses[1:]
        partials = zip(partials_of(step.op), accesses, strict=False)
        return set(operands_first(*(e for e, access in partials if self._carried(access.base))))

    def _forward(self) -> list[str]:
        found: list[str] = []
        for family in self.pieces.families:
            if (family[0].out, family[0].at) in self.within:
                continue
            texts = self._best([self._formula(piece, k) for piece in family] for k in (0, 1, 9))
            name = root(family[0].out)
            if len(family) == 1:
                found.append(f"{family[0].out.name} = {texts[0][2]}")
            elif len(texts) == 1 and not re.fullmatch(r"\w+\[\d+\]", family[0].out.name):
                found.append(f"{name} = np.array([{texts[0][2]} for t in range({len(family)})])")
            elif len(texts) == 1:
                found.append(f"{name} = [{texts[0][2]} for t in range({len(family)})]")
            elif "[" not in family[0].out.name and family[0].at is None:
                found += [f"{piece.out.name} = {self._formula(piece, 0)}" for piece in family]
            else:
                dims = family[0].out.dims
                found.append(
                    f"{name} = [None] * {len(family)}" if family[0].at is None
                    else f"{name} = np.empty({tuple_text(dims)})"
                )
                found += looped([[
                    (a, b, f"{name}[{'t' if b - a > 1 else a}] = {text}") for a, b, text in texts
                ]])
        return found

    def _formula(self, piece: Piece, explicit: int) -> str:
        text = Formulas(self.pieces, NumPy(explicit), self.within).of(piece)
        return text.text if text.binds != 3 else f"1.0 * ({text.text})"

    def _best(self, versions: Any) -> list[tuple[int, int, str]]:
        return min((repeated(texts, "t") for texts in versions), key=len)

    def _backward(self) -> list[str]:
        """Write the statements of the backward pass; none where nothing carries a gradient."""
        graph, groups = self.program.lifted.graph, self.program.lifted.groups
        wholes, parts = self.program.given
        wanted = [whole for whole in wholes if self._carries(whole)]
        if not wanted:
            return []
        found = [f"d{whole.name} = np.zeros_like({whole.name})" for whole in wanted]
        for part in parts:
            if part.whole in wanted and part.name != part.whole.name:
                found.append(f"d{part.name} = {_part(part, 'd')}")
        gradients = Gradients(self.pieces, self.within, self.carrying)
        outputs = [groups.slot[row] for row in graph.outputs]
        return found + gradients.statements([*parts, *wholes], outputs)

    def _carries(self, whole: Array) -> bool:
        return any(self.carrying[whole.base : whole.base + whole.count])


def _part(part: Array, prefix: str = "") -> str:
    """Write an array as a part of the numbers it lies among: a view, into which can be written."""
    assert part.whole
    whole, first = prefix + part.whole.name, part.base - part.whole.base
    count, stride = part.count, part.strides[0] if part.strides else 1
    shape = f".reshape({', '.join(map(str, part.dims)) or '()'})" if len(part.dims) != 1 else ""
    if part.strides == side_by_side(part.dims):
        return f"{whole}[{first}:{first + count}]{shape}"
    if len(part.dims) == 1:
        return f"{whole}[{first}:{first + (part.dims[0] - 1) * stride + 1}:{stride}]"
    inner, rows = part.dims[1:], part.dims[0]
    width = count // rows
    if part.strides[1:] == side_by_side(inner) and first + rows * stride <= part.whole.count:
        text = f"{whole}[{first}:{first + rows * stride}].reshape({rows}, {stride})[:, :{width}]"
        return text if len(inner) == 1 else f"{text}.reshape{tuple_text(part.dims)}"
    steps = tuple_text([8 * s for s in part.strides])
    return f"np.lib.stride_tricks.as_strided({whole}[{first}:], {tuple_text(part.dims)}, {steps})"


def _described(whole: Array, parts: Sequence[Array]) -> str:
    alone = [part for part in parts if part.whole is whole]
    if len(alone) == 1 and alone[0].name == whole.name:
        return " × ".join(map(str, alone[0].dims)) or "a number"
    return f"{whole.count:,} numbers, one after another"
