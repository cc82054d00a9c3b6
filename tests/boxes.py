"""Instructions that do many operations, drawn at random, and what they must do: for tests."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from battery import EDGES
from glassgrad import opcodes
from glassgrad.jitting import machine
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tape import (
    CONTRACT,
    EACH,
    FIRST,
    FOLD,
    LOOKUP,
    MASK,
    SECOND,
    START,
)
from tapes import reverse_of, tape_of

Access = list[int]


class Case:
    """An instruction with its numbers: slots below `n` are given, results lie above."""

    def __init__(
        self, kind: int, op: int, dims: Sequence[int], free: int, accesses: Sequence[Access],
        n: int, step: int = 0,
    ) -> None:  # fmt: skip
        self.kind, self.op, self.dims, self.free, self.n = kind, op, list(dims), free, n
        self.accesses, self.step = [list(access) for access in accesses], step
        head = [op, step if kind == LOOKUP else free, len(dims), *dims]
        body = [word for access in accesses for word in access]
        self.words = [kind, 2 + len(head) + len(body), *head, *body]
        places = list(itertools.product(*map(range, dims)))
        results = {self.slot(0, place) for place in places}
        results |= {self.slot(0, place) for place in self.free_places()}
        self.slots = max(results, default=n) + 1
        assert min(results, default=n) >= n
        assert len(results) == len(self.free_places())

    def __repr__(self) -> str:
        return f"Case({self.words}, n={self.n}, free={self.free})"

    def slot(self, k: int, place: Sequence[int]) -> int:
        base, *strides = self.accesses[k]
        return base + sum(s * c for s, c in zip(strides, place, strict=False))

    def places(self) -> list[tuple[int, ...]]:
        return list(itertools.product(*map(range, self.dims)))

    def free_places(self) -> list[tuple[int, ...]]:
        return list(itertools.product(*map(range, self.dims[: self.free])))

    def folded(self, place: Sequence[int]) -> list[tuple[int, ...]]:
        rest = itertools.product(*map(range, self.dims[self.free :]))
        return [(*place, *more) for more in rest]


# ------------------------------------------------------------------------------------- the oracle


def results(op: int, operands: Sequence[Sequence[float]], single: bool) -> list[float]:
    """Compute an operation of many numbers, by scalar instructions."""
    width, count = len(operands), len(operands[0])
    words = []
    for i in range(count):
        words += [op, width * count + i, *(k * count + i for k in range(width))]
    tape = tape_of(words, width * count, (width + 1) * count)
    return machine.run(tape, [x for column in operands for x in column], single)[1][-count:]


def shares(
    op: int, k: int, operands: Sequence[Sequence[float]], grads: Sequence[float], single: bool
) -> list[float]:
    """Compute what the k-th operand receives, by scalar instructions."""
    width, count = len(operands), len(operands[0])
    steps = [[op, width * count + i, *(j * count + i for j in range(width))] for i in range(count)]
    tape = tape_of([w for words in steps for w in words], width * count, (width + 1) * count)
    back = reverse_of(*([op + MASK * (1 << k), *words[1:]] for words in steps))
    before = {width * count + i: x for i, x in enumerate(grads)}
    inputs = [x for column in operands for x in column]
    found = machine.run_back(tape, inputs, back, before, single)
    return found[k * count : (k + 1) * count]


def numbers_of(single: bool) -> Any:
    return np.float32 if single else np.float64


def forward(case: Case, given: Sequence[float], single: bool) -> list[Any]:
    """Do what the instruction means, place by place."""
    number = numbers_of(single)
    v = [number(x) for x in given] + [number(0.0)] * (case.slots - case.n)
    if case.kind == EACH:
        places = case.places()
        operands = [
            [float(v[case.slot(k, place)]) for place in places]
            for k in range(1, len(case.accesses))
        ]
        for place, x in zip(places, results(case.op, operands, single), strict=True):
            v[case.slot(0, place)] = number(x)
    elif case.kind == LOOKUP:
        for place in case.places():
            row = int(v[case.slot(1, place)])
            v[case.slot(0, place)] = v[case.slot(2, place) + case.step * row]
    else:
        for place in case.free_places():
            total = v[case.slot(1, place)]
            for inner in case.folded(place):
                term = v[case.slot(2, inner)]
                if case.kind == CONTRACT:
                    total = total + term * v[case.slot(3, inner)]
                elif case.op == opcodes.ADD:
                    total = total + term
                else:
                    (x,) = results(case.op, [[float(total)], [float(term)]], single)
                    total = number(x)
            v[case.slot(0, place)] = total
    return v


def reverse(
    case: Case, v: Sequence[Any], before: Sequence[float], mask: int, single: bool
) -> list[Any]:
    """Hand gradients on as the instruction should, one after the other."""
    number = numbers_of(single)
    g = [number(x) for x in before]
    if case.kind == EACH:
        _shares_of_each(case, v, g, mask, single)
    elif case.kind == LOOKUP:
        for place in case.places()[::-1]:
            row = int(v[case.slot(1, place)])
            g[case.slot(2, place) + case.step * row] += g[case.slot(0, place)]
    else:
        _shares_of_sums(case, v, g, mask)
    for place in case.free_places():
        g[case.slot(0, place)] = number(-0.0)
    return g


def _shares_of_each(
    case: Case, v: Sequence[Any], g: list[Any], mask: int, single: bool
) -> None:
    down = case.places()[::-1]
    width = len(case.accesses)
    operands = [[float(v[case.slot(k, place)]) for place in down] for k in range(1, width)]
    grads = [float(g[case.slot(0, place)]) for place in down]
    for k in range(2):
        if mask >> k & 1:
            found = shares(case.op, k, operands, grads, single)
            for place, x in zip(down, found, strict=True):
                g[case.slot(k + 1, place)] += numbers_of(single)(x)


def _shares_of_sums(case: Case, v: Sequence[Any], g: list[Any], mask: int) -> None:
    for bit, k in ((FIRST, 2), (SECOND, 3)):
        if mask & bit:
            for place in case.free_places()[::-1]:
                for inner in case.folded(place)[::-1]:
                    share = g[case.slot(0, place)]
                    if case.kind == CONTRACT:
                        share = share * v[case.slot(5 - k, inner)]
                    g[case.slot(k, inner)] += share
    if mask & START:
        for place in case.free_places()[::-1]:
            g[case.slot(1, place)] += g[case.slot(0, place)]


# ------------------------------------------------------------------------------- drawn at random

LENGTHS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 70]


def draw_dims(draw: random.Random, most: int = 3000) -> list[int]:
    while True:
        rank = draw.randrange(6)
        dims = [draw.choice(LENGTHS if draw.random() < 0.5 else LENGTHS[:5]) for _ in range(rank)]
        if np.prod(dims) <= most:
            return dims


def draw_results(draw: random.Random, dims: Sequence[int], first: int) -> Access:
    """Draw an access with a slot for each place, from `first` on."""
    strides, step, base = [0] * len(dims), 1, first
    order = list(range(len(dims)))[::-1]
    if draw.random() < 0.3:
        draw.shuffle(order)
    for d in order:
        step *= draw.choice([1, 1, 1, 1, 2, 3])
        strides[d] = step
        if draw.random() < 0.15:
            base += (dims[d] - 1) * step
            strides[d] = -step
        step *= dims[d]
    return [base, *strides]


def draw_operand(draw: random.Random, dims: Sequence[int]) -> Access:
    """Draw an access of any kind; its lowest slot is 0 or a little more."""
    kind = draw.random()
    if kind < 0.5:
        access = draw_results(draw, dims, 0)
        keep = draw.random()
        strides = [s if draw.random() < 0.4 + 0.6 * keep else 0 for s in access[1:]]
    else:
        strides = [draw.choice([0, 0, 1, 1, 1, -1, 2, 3, 17, -5]) for _ in dims]
    low = sum((n - 1) * s for n, s in zip(dims, strides, strict=True) if s < 0)
    return [draw.randrange(3) - low, *strides]


def reach(dims: Sequence[int], access: Access) -> int:
    """Count the slots up to the highest of an access."""
    return access[0] + sum((n - 1) * s for n, s in zip(dims, access[1:], strict=True) if s > 0) + 1


def draw_case(draw: random.Random, kind: int) -> Case:
    dims = draw_dims(draw)
    free = draw.randrange(len(dims) + 1) if kind in (FOLD, CONTRACT) else len(dims)
    rest = [0] * (len(dims) - free)
    if kind == EACH:
        op = draw.choice([op for op in MEANINGS if op != opcodes.TAKEN])
        operands = [draw_operand(draw, dims) for _ in MEANINGS[op].operands]
        n = max(reach(dims, access) for access in operands)
    elif kind == LOOKUP:
        op = draw.choice([1, 2, 5, 40])
        step = draw.choice([0, 1, 1, 3, -2])
        index, first = (draw_operand(draw, dims) for _ in range(2))
        first[0] -= min(0, (op - 1) * step)
        low = reach(dims, first) + max(0, (op - 1) * step)
        index[0] += low
        n = reach(dims, index)
        return Case(kind, op, dims, free, [draw_results(draw, dims, n), index, first], n, step)
    else:
        op = opcodes.MUL
        if kind == FOLD:
            op = draw.choice([opcodes.ADD, opcodes.ADD, opcodes.MAXIMUM, opcodes.MINIMUM])
        start = [*draw_operand(draw, dims[:free]), *rest]
        operands = [start, *(draw_operand(draw, dims) for _ in range(1 + (kind == CONTRACT)))]
        n = max(reach(dims, access) for access in operands)
    out = [*draw_results(draw, dims[:free], n), *rest]
    return Case(kind, op, dims, free, [out, *operands], n)


def draw_numbers(draw: random.Random, n: int, single: bool) -> list[float]:
    odd = draw.choice([0.0, 0.0, 0.002, 0.2])
    found = [draw.choice(EDGES) if draw.random() < odd else draw.gauss(0.0, 2.0) for _ in range(n)]
    with np.errstate(all="ignore"):
        return [float(np.float32(x)) for x in found] if single else found


def draw_given(draw: random.Random, case: Case, single: bool) -> list[float]:
    given = draw_numbers(draw, case.n, single)
    if case.kind == LOOKUP:
        for place in case.places():
            given[case.slot(1, place)] = float(draw.randrange(case.op))
    return given


def draw_mask(draw: random.Random, case: Case) -> int:
    if case.kind == EACH:
        return draw.randrange(1 << min(2, len(MEANINGS[case.op].partials)))
    if case.kind == CONTRACT:
        return draw.randrange(8)
    if case.kind == LOOKUP:
        return FIRST
    return draw.choice([FIRST, START, FIRST + START]) if case.op == opcodes.ADD else 0
