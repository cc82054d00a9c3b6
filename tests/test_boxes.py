"""Instructions that do many operations at once: against loops over their places, bit for bit."""

from __future__ import annotations

import itertools
import math
import random
from array import array
from typing import Any

import numpy as np
import pytest

import boxes
from battery import bits
from boxes import Case
from builds import COMPILED
from glassgrad import opcodes
from glassgrad.jitting import interpreter, machine
from glassgrad.jitting.arithmetic import floats
from glassgrad.jitting.box import touched
from glassgrad.jitting.reversing import offsets_of, reverse_code
from glassgrad.jitting.tape import (
    CHECK,
    CONTRACT,
    EACH,
    END,
    FIRST,
    FOLD,
    LOOKUP,
    MASK,
    PICK,
    SECOND,
    START,
    Tape,
)
from tapes import all_bits, reverse_of, tape_of

KINDS = {EACH: "each", FOLD: "fold", CONTRACT: "contract", LOOKUP: "lookup"}


def check(case: Case, seed: int, single: bool, mask: int | None = None) -> None:
    """See that an instruction does what it should, forwards and backwards."""
    draw = random.Random(seed)
    given = boxes.draw_given(draw, case, single)
    mask = boxes.draw_mask(draw, case) if mask is None else mask
    before = boxes.draw_numbers(draw, case.slots, single)
    code = reverse_of([case.kind + MASK * mask, *case.words[1:]])
    tape = tape_of(case.words, case.n, case.slots, outputs=range(case.n, case.slots))
    with np.errstate(all="ignore"):
        expected = boxes.forward(case, given, single)
        slopes = boxes.reverse(case, expected, before, mask, single)
    at, found = machine.run(tape, given, single)
    assert at == -1
    assert all_bits(found) == all_bits(expected), case
    gradients = machine.run_back(tape, given, code, dict(enumerate(before)), single)
    assert all_bits(gradients) == all_bits(slopes), (case, mask)
    if COMPILED and not single:
        values = array("d", [*given, *[0.0] * (case.slots - case.n)])
        interpreter.forward(tape, values, 0, floats())
        assert all_bits(values) == all_bits(expected), case
        slots = array("d", before)
        interpreter.reverse(tape, code, values, slots, floats())
        assert all_bits(slots) == all_bits(slopes), (case, mask)


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
@pytest.mark.parametrize("seed", range(6))
def test_random_instructions(kind: int, single: bool, seed: int) -> None:
    draw = random.Random(repr((kind, single, seed)))
    for i in range(25 if COMPILED else 4):
        check(boxes.draw_case(draw, kind), i, single)


def layer(
    examples: int, outputs: int, inputs: int, step: int, gap: int, last: bool = False
) -> Case:
    """Make a layer whose weights lie `step` apart, those of a neuron `gap` words after the last.

    With `last`, the weights come first.
    """
    weights, x = 0, outputs * gap + inputs * step
    n = x + examples * inputs
    dims = [examples, outputs, inputs]
    a, b = [x, inputs, 0, 1], [weights, 0, gap, step]
    accesses = [[n, outputs, 1, 0], [inputs * step, 0, gap, 0], *((b, a) if last else (a, b))]
    return Case(CONTRACT, opcodes.MUL, dims, 2, accesses, n)


SIZES = [(1, 1, 1), (3, 16, 2), (100, 16, 2), (100, 16, 16), (100, 1, 16), (5, 17, 33), (9, 8, 7),
         (4, 64, 3), (33, 31, 1), (2, 3, 300), (13, 5, 129), (65, 66, 9)]  # fmt: skip


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_layers(sizes: tuple[int, int, int], single: bool) -> None:
    examples, outputs, inputs = sizes
    for step, gap in ((1, inputs + 1), (outputs, 1)):
        for last in (False, True):
            case = layer(examples, outputs, inputs, step, max(gap, 1), last)
            check(case, 7, single, FIRST + SECOND + START)


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
def test_convolutions_whose_windows_overlap(single: bool) -> None:
    for size, window, channels, filters in ((6, 3, 1, 2), (5, 2, 3, 4), (8, 3, 2, 17)):
        out = size - window + 1
        dims = [out, out, filters, window, window, channels]
        weights = window * window * channels * filters
        x, n = weights + filters, weights + filters + size * size * channels
        row = size * channels
        picture = [x, row, channels, 0, row, channels, 1]
        w = [0, 0, 0, window * window * channels, window * channels, channels, 1]
        start = [weights, 0, 0, 1, 0, 0, 0]
        results = [n, out * filters, filters, 1, 0, 0, 0]
        for operands in ((picture, w), (w, picture)):
            case = Case(CONTRACT, opcodes.MUL, dims, 3, [results, start, *operands], n)
            check(case, 3, single, FIRST + SECOND + START)


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
def test_results_that_are_alike(single: bool) -> None:
    for rows, columns, terms in ((9, 20, 5), (5, 17, 3), (1, 9, 4), (9, 70, 130)):
        dims, b = [rows, columns, terms], rows * terms
        n = b + terms + rows
        accesses = [[n, columns, 1, 0], [n - rows, 1, 0, 0], [0, terms, 0, 1], [b, 0, 0, 1]]
        for operands in (accesses, [*accesses[:2], *accesses[:1:-1]]):
            case = Case(CONTRACT, opcodes.MUL, dims, 2, operands, n)
            check(case, 5, single, FIRST + SECOND + START)


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
def test_products_that_have_no_factor_in_common(single: bool) -> None:
    for sums, terms in ((64, 130), (64, 3), (32, 129), (70, 5)):
        n = 2 * sums * terms + 1
        across, along = [0, terms, 1], [sums * terms, 1, sums]
        for operands in ((across, along), (along, across), (along, along), (across, across)):
            accesses = [[n, 1, 0], [n - 1, 0, 0], *operands]
            case = Case(CONTRACT, opcodes.MUL, [sums, terms], 1, accesses, n)
            check(case, 5, single, FIRST + SECOND + START)


@pytest.mark.parametrize("size", [1, 63, 64, 65, 200])
def test_every_operation_at_each_place(size: int) -> None:
    draw = random.Random(size)
    for op, meaning in boxes.MEANINGS.items():
        n = len(meaning.operands)
        for strides in itertools.product((0, 1, 2), repeat=n):
            accesses = [[k, stride] for k, stride in enumerate(strides)]
            first = max(boxes.reach([size], access) for access in accesses)
            out = [first + 5, draw.choice([1, 1, 2])]
            case = Case(EACH, op, [size], 1, [out, *accesses], first)
            check(case, size, False, (1 << min(2, len(meaning.partials))) - 1)


@pytest.mark.parametrize("kind", KINDS, ids=KINDS.get)
@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
def test_lanes(kind: int, single: bool) -> None:
    draw = random.Random(repr((kind, single)))
    for _ in range(12 if COMPILED else 3):
        case = boxes.draw_case(draw, kind)
        examples = [boxes.draw_given(draw, case, single) for _ in range(3)]
        outputs = [case.slot(0, place) for place in case.free_places()]
        tape = tape_of(case.words, case.n, case.slots, outputs=outputs)
        columns = [np.array(column * 30) for column in zip(*examples, strict=True)]
        at, found = machine.run_lanes(tape, columns, 90, single)
        assert at == -1
        for i, given in enumerate(examples):
            with np.errstate(all="ignore"):
                values = boxes.forward(case, given, single)
            expected = [values[slot] for slot in outputs]
            lane = [column[60 + i] for column in found]
            assert all_bits(lane) == all_bits(expected), case


@pytest.mark.compiled
@pytest.mark.parametrize("name", ["DIV", "LOG", "RECIPROCAL"])
def test_numpy_hears_nothing_of_poles(name: str) -> None:
    op = getattr(opcodes, name)
    n = len(boxes.MEANINGS[op].operands)
    case = Case(EACH, op, [5], 1, [[5, 1], *[[0, 1]] * n], 5)
    tape = tape_of(case.words, 5, 10)
    back = reverse_of([EACH + MASK * FIRST, *case.words[1:]])

    def slope(x: float) -> float:
        return machine.run_back(tape, [x] * 5, back, dict.fromkeys(range(5, 10), 1.0))[0]

    with np.errstate(all="raise"):
        np.frompyfunc(slope, 1, 1)(np.array([0.0, -0.0, -1.0]))


def test_slots_are_picked_in_any_order() -> None:
    words = [PICK, 7, 4, 2, 0, 2, 3]
    tape = tape_of(words, 4, 8, outputs=range(4, 8))
    given = [1.0, 2.0, 3.0, 4.0]
    assert machine.run(tape, given)[1][4:] == [3.0, 1.0, 3.0, 4.0]
    code = reverse_of([PICK + MASK * FIRST, *words[1:]])
    found = machine.run_back(tape, given, code, {4: 1e-17, 5: 2.0, 6: -1.0, 7: 1.0, 2: 1.0})
    assert all_bits(found) == all_bits([2.0, -0.0, 1e-17, 1.0, *[-0.0] * 4])
    found = machine.run_back(tape, given, code, {4: math.inf, 6: -math.inf, 7: -0.0})
    assert all_bits(found) == all_bits([-0.0, -0.0, math.nan, *[-0.0] * 5])
    found = machine.run_lanes(tape, [np.arange(70.0) + i for i in range(4)], 70)[1]
    assert [column[69] for column in found] == [71.0, 69.0, 71.0, 72.0]


@pytest.mark.parametrize(
    ("index", "error"),
    [(3.0, IndexError), (-1.0, IndexError), (0.5, TypeError), (math.nan, TypeError)],
)
def test_a_row_that_is_not_there(index: float, error: type[Exception]) -> None:
    case = Case(LOOKUP, 3, [4], 1, [[9, 1], [0, 1], [4, 0]], 9, step=2)
    tape = tape_of(case.words, 9, 13, outputs=range(9, 13))
    numbers = [0.0, 1.0, index, 2.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    with pytest.raises(error, match=r"gg\.take"):
        machine.run(tape, numbers)
    column = np.array([2.0] * 99 + [index])
    with pytest.raises(error, match=r"gg\.take"):
        machine.run_lanes(tape, [*numbers[:2], column, *numbers[3:]], 100)


def test_nothing_at_all() -> None:
    for kind, op in ((EACH, opcodes.NEG), (LOOKUP, 2)):
        case = Case(kind, op, [3, 0], 2, [[4, 1, 1], *[[0, 1, 1]] * (1 + (kind == LOOKUP))], 4)
        check(case, 1, False, FIRST)
    for free in (0, 1, 2):
        dims = [0, 2] if free == 2 else [2, 0]
        out = [4, *[1] * free, *[0] * (2 - free)]
        start = [0, *[1] * free, *[0] * (2 - free)]
        case = Case(CONTRACT, opcodes.MUL, dims, free, [out, start, [0, 1, 1], [1, 1, 1]], 4)
        check(case, 1, False, FIRST + SECOND + START)
        for op in (opcodes.ADD, opcodes.MAXIMUM):
            case = Case(FOLD, op, dims, free, [out, start, [0, 1, 1]], 4)
            check(case, 1, False, FIRST + START if op == opcodes.ADD else 0)


# --------------------------------------------------------------------------------- whole programs


def program(draw: random.Random) -> tuple[Tape, list[Case]]:
    """Write a program in which each instruction reads what some before it made."""
    cases: list[Case] = []
    words: list[int] = []
    slots = 200
    while len(cases) < 6:
        case = boxes.draw_case(draw, draw.choice([EACH, FOLD, CONTRACT]))
        if case.n > slots or case.slots - case.n > 300:
            continue
        for k, access in enumerate(case.accesses):
            access[0] += draw.randrange(slots - case.n + 1) if k else slots - case.n
        case = Case(case.kind, case.op, case.dims, case.free, case.accesses, slots)
        cases.append(case)
        words += case.words
        slots = case.slots
    tape = tape_of(words, 200, slots, outputs=range(200, slots))
    return tape, cases


@pytest.mark.parametrize("seed", range(20))
def test_reverse_code_goes_where_gradients_go(seed: int) -> None:
    draw = random.Random(seed)
    tape, cases = program(draw)
    active = [int(draw.random() < 0.1) for _ in range(200)] + [0] * (tape.n_slots - 200)
    for case in cases:
        for place in case.places():
            if any(active[case.slot(k, place)] for _, k in receivers(case)):
                active[case.slot(0, place)] = 1
        for place in case.free_places() if case.kind != EACH else ():
            if receivers(case) and active[case.slot(1, place)]:
                active[case.slot(0, place)] = 1
    seeded = tuple(sorted(draw.sample(range(len(tape.outputs)), 3)))
    code, reached = reverse_code(
        tape.code, array("i"), array("i", active), tape.outputs, 200, [], seeded
    )
    parts = [read(code, at) for at in offsets_of(code)]
    live = {tape.outputs[i] for i in seeded if active[tape.outputs[i]]}
    for case in reversed(cases):
        made = {case.slot(0, place): place for place in case.free_places()}
        mask, handed = 0, []
        while parts and set(parts[0][0]) <= set(made):
            results, found, kind = parts.pop(0)
            assert kind == case.kind
            mask |= found
            handed += results
        assert sorted(handed) == sorted(live & set(made))  # each that has a gradient, and once
        received: dict[int, set[int]] = {}
        for slot in handed:
            place = made[slot]
            for bit, k in receivers(case):
                alone = case.kind == EACH or k == 1
                places = [place] if alone else case.folded(place)
                slots = {case.slot(k, place) for place in places}
                received.setdefault(bit, set()).update(x for x in slots if active[x])
        assert mask == sum(bit for bit, slots in received.items() if slots)
        live = (live - set(made)).union(*received.values())
    assert not parts
    assert reached.tolist() == sorted(live)


def read(code: Any, at: int) -> tuple[list[int], int, int]:
    """Tell the results of an instruction of reverse code, its mask and its kind."""
    mask, kind = divmod(code[at], MASK)
    words = [kind, *code[at + 1 : at + code[at + 1]]]
    return touched(array("i", words), 0)[0], mask, kind


def test_long_reverse_code_looks_for_ctrl_c_as_forward_code_does() -> None:
    each = [EACH, 10, opcodes.NEG, 1, 1, 2, 2, 1, 0, 1]
    more = [EACH, 10, opcodes.NEG, 1, 1, 2, 4, 1, 2, 1]
    code = array("i", [*each, CHECK, *more, END])
    back, _ = reverse_code(code, array("i"), array("i", [1] * 6), array("i", [4, 5]), 2, [], (0, 1))
    assert [back[at] % MASK for at in offsets_of(back)] == [EACH, CHECK, EACH]


def receivers(case: Case) -> list[tuple[int, int]]:
    """List the bits of a mask, and whose they are."""
    if case.kind == EACH:
        return [(1 << k, k + 1) for k in range(len(boxes.MEANINGS[case.op].partials))]
    if case.kind == FOLD:
        return [(START, 1), (FIRST, 2)]
    return [(START, 1), (FIRST, 2), (SECOND, 3)]


def test_a_tape_reads_well() -> None:
    words = [
        [EACH, 14, opcodes.MUL, 2, 2, 2, 3, 6, 3, 1, 0, 3, 1, 0, 0, 1],
        [CONTRACT, 19, opcodes.MUL, 1, 2, 2, 3, 12, 1, 0, 6, 0, 0, 6, 3, 1, 0, 3, 1],
        [FOLD, 12, opcodes.ADD, 0, 1, 2, 14, 0, 6, 0, 12, 1],
        [FOLD, 12, opcodes.MAXIMUM, 0, 1, 2, 15, 0, 6, 0, 12, 1],
        [LOOKUP, 12, 3, 2, 1, 2, 16, 1, 2, 0, 6, 1],
        [PICK, 6, 18, 3, 1, 16],
    ]
    for word in words:
        word[1] = len(word)
    tape = tape_of([w for ws in words for w in ws], 6, 21, outputs=[14])
    tape.n_rows, tape.reverses = 6, {}
    assert [line.split("  ")[-1].strip() for line in str(tape).splitlines()[1:-1]] == [
        "6[3, 1] = mul(0[3, 1], 0[0, 1])",
        "12[1, 0] = 6[0, 0] + 6[3, 1] * 0[3, 1]",
        "14[0] = 6[0] + 12[1]",
        "15[0] = maximum(6[0], 12[1])",
        "16[1] = the 2[0] of 3 that lie 2 apart from 6[1]",
        "[18..] = [3], [1], [16]",
    ]
    assert "CONTRACT 2 over 3" in str(tape)
    assert tape.n_instructions == 6
    assert bits(machine.run(tape, [1.0, 2.0, 0.0, 4.0, 5.0, 6.0])[1][20]) == bits(1.0)
