"""Whether a lifted tape is faster than a plain one: the time that each takes, estimated.

What a step does at once, a plain tape does in one instruction for each operation, or for each sum.
An instruction for many operations takes long to begin with: so small ones don't pay.

The numbers are nanoseconds, forward and backward, fitted to the times of some 400 random programs
on a processor of 2.6 GHz (AMD EPYC of 2022). Of those that were estimated to gain, few lost, and
these at most a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Final

from glassgrad.jitting.lifting.steps import Step
from glassgrad.jitting.meanings import COSTLY
from glassgrad.jitting.tape import CONTRACT, FOLD, LOOKUP
from glassgrad.opcodes import ADD

#: An instruction for many operations takes so long to begin with, and one that multiplies.
_BEGIN: Final = 150.0
_BEGIN_PRODUCTS: Final = 250.0

#: A row that stays scalar takes so long in both tapes: sums and operations, on average.
_ROW: Final = 5.0


def times_of(steps: Sequence[Step]) -> tuple[float, float]:
    """Estimate how long the steps take one by one, and how long in boxes."""
    plain = boxed = 0.0
    for step in steps:
        if step.kind:
            one_by_one, at_once = _times(step)
        else:
            one_by_one = at_once = _ROW * len(step.rows)
        plain += one_by_one
        boxed += at_once
    return plain, boxed


def _times(step: Step) -> tuple[float, float]:
    n, results = prod(step.dims), prod(step.dims[: step.free])
    if step.kind == CONTRACT and results == n:
        # Each adds one product to a sum whose terms are of many kinds, and the plain tape adds all
        # of these in one instruction.
        return 0.9 * n, _BEGIN_PRODUCTS + 2.5 * n
    if step.kind == CONTRACT:
        return 5.6 * results + 0.85 * n, _BEGIN_PRODUCTS + 2.3 * results + 0.26 * n
    if step.kind == FOLD and step.op == ADD:
        return 4.0 * results + 0.8 * n, _BEGIN + 5.0 * results + 0.4 * n
    if step.kind == LOOKUP or COSTLY[step.op]:  # the work itself is the same
        return 12.0 * n, _BEGIN + 11.0 * n
    return 3.3 * n, _BEGIN + 0.5 * n
