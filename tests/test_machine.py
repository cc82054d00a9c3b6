"""The machine that runs tapes: against eager Values, bit for bit, in both builds."""

from __future__ import annotations

import ctypes
import itertools
import math
import random
from array import array

import numpy as np
import pytest

import glassgrad as gg
import graphs
from battery import EDGES, bits
from builds import COMPILED
from glassgrad import Value, opcodes
from glassgrad.jitting import interpreter, machine
from glassgrad.jitting.arithmetic import floats
from glassgrad.jitting.tape import (
    CALL,
    CHECK,
    DOT,
    FIRST,
    GUARD,
    MASK,
    REPLAY,
    RUN,
    SECOND,
    START,
    SUM,
    Tape,
)
from glassgrad.ops import TABLE, Card
from tapes import all_bits, eager, in_order, points, reverse_of, tape_of

SEEDS = [1.0, -2.5, math.inf, 0.0, 1e-300]


# -------------------------------------------------------------------------------- every operation


def on_the_tape(opcode: int, card: Card, point: tuple[float, ...], seed: float) -> list[bytes]:
    n, n_free = len(point), len(card.operands[card.differentiable])
    instruction = [opcode, n, *range(n)]
    tape = tape_of(instruction, n, n + 1)
    at, values = machine.run(tape, in_order(card, point))
    assert at == -1
    code = reverse_of([opcode + MASK * ((1 << n_free) - 1), *instruction[1:]])
    before = {**dict.fromkeys(range(n), 0.0), n: seed}
    gradients = machine.run_back(tape, in_order(card, point), code, before)
    assert bits(gradients[n]) == bits(-0.0)
    return all_bits([values[n], *gradients[:n_free]])


@pytest.mark.parametrize("card", TABLE.values(), ids=TABLE)
def test_every_card_is_what_the_engine_computes(card: Card) -> None:
    for i, point in enumerate(points(card)):
        seed = SEEDS[i % len(SEEDS)]
        assert on_the_tape(card.opcode, card, point, seed) == eager(card, point, seed), point


@pytest.mark.parametrize("card", TABLE.values(), ids=TABLE)
def test_the_points_tell_every_card_from_all_others(card: Card) -> None:
    n, free = len(card.operands), card.operands[card.differentiable]
    for other in TABLE.values():
        alike = len(other.operands) == n and len(other.operands[other.differentiable]) == len(free)
        if alike and other is not card:
            assert any(
                on_the_tape(other.opcode, card, point, 1.0) != eager(card, point, 1.0)
                for point in points(card)
            ), other


@pytest.mark.parametrize("card", TABLE.values(), ids=TABLE)
def test_lanes_compute_what_the_engine_computes(card: Card) -> None:
    chosen = [in_order(card, point) for point in points(card)]
    n = len(card.operands)
    tape = tape_of([card.opcode, n, *range(n)], n, n + 1, outputs=[n])
    for count in (len(chosen), 64, 1, 0):
        columns = [np.array(column) for column in zip(*chosen[:count], strict=True)] or [1.0] * n
        at, (found,) = machine.run_lanes(tape, columns, count)
        expected = [machine.run(tape, point)[1][n] for point in chosen[:count]]
        assert (at, len(found)) == (-1, count)
        assert all_bits(found) == all_bits(expected)


@pytest.mark.parametrize("card", TABLE.values(), ids=TABLE)
def test_float32_is_the_nearest_but_two(card: Card) -> None:
    draw, n = random.Random(card.name), len(card.operands)
    tape = tape_of([card.opcode, n, *range(n)], n, n + 1, outputs=[n])
    for _ in range(200):
        point = [float(np.float32(draw.uniform(*card.sample[i]))) for i in range(n)]
        point = list(in_order(card, tuple(point)))
        exact = np.float32(machine.run(tape, point)[1][n])
        once = np.float32(machine.run(tape, point, True)[1][n])
        _, (lane,) = machine.run_lanes(tape, point, 1, True)
        assert abs(float(once) - float(exact)) <= 2 * np.spacing(abs(exact)), point
        assert abs(float(lane[0]) - float(exact)) <= 2 * np.spacing(abs(exact)), point


def test_what_is_too_large_for_float32_is_infinite() -> None:
    tape = tape_of([opcodes.MUL, 2, 0, 1], 2, 3, outputs=[2])
    assert machine.run(tape, [1e300, -2.0], True)[1] == [math.inf, -2.0, -math.inf]
    assert machine.run_lanes(tape, [np.array([1e300]), -2.0], 1, True)[1] == [-math.inf]
    back = reverse_of([opcodes.MUL + MASK * FIRST, 2, 0, 1])
    assert machine.run_back(tape, [1.0, 2.0], back, {2: 1e300}, True)[0] == math.inf


def test_gradients_in_float32() -> None:
    exp, pow_, tanh = (TABLE[name].opcode for name in ("exp", "pow", "tanh"))
    steps = [[exp, 3, 0], [pow_, 4, 3, 1], [RUN, 5, 2, 2, 3, 1, 3, 1], [tanh, 6, 5]]
    tape = tape_of([word for words in steps for word in words], 2, 7, constants=[0.1])
    back = [
        [words[0] + MASK * mask, *words[1:]]
        for words, mask in zip(steps, (1, 3, 3, 1), strict=True)
    ]
    once = machine.run_back(tape, [-1.5, 0.7], reverse_of(*reversed(back)), {6: 1.0}, True)
    twice = machine.run_back(tape, [-1.5, 0.7], reverse_of(*reversed(back)), {6: 1.0})
    assert once[:2] == pytest.approx(twice[:2], rel=1e-6)
    assert once[:2] != twice[:2]
    assert all(x == float(np.float32(x)) for x in once)


TRUTHS = {
    opcodes.LT: lambda a, b: a < b,
    opcodes.LE: lambda a, b: a <= b,
    opcodes.EQ: lambda a, b: a == b,
    opcodes.BOTH: lambda a, b: a != 0 and b != 0,
    opcodes.EITHER: lambda a, b: a != 0 or b != 0,
    opcodes.SHARE: lambda a, b: 0.0 if math.isnan(a * b) and b == 0 else a * b,
    opcodes.COPY: lambda a, b: a,
    opcodes.DETACHED: lambda a, b: a,
}


@pytest.mark.parametrize("opcode", TRUTHS)
def test_what_has_no_card(opcode: int) -> None:
    alone = opcode in (opcodes.COPY, opcodes.DETACHED)
    tape = tape_of([opcode, 2, 0] if alone else [opcode, 2, 0, 1], 2, 3, outputs=[2])
    pairs = [(a, b) for a in EDGES for b in EDGES]
    expected = all_bits([float(TRUTHS[opcode](a, b)) for a, b in pairs])
    assert all_bits([machine.run(tape, pair)[1][2] for pair in pairs]) == expected
    columns = [np.array(column) for column in zip(*pairs, strict=True)]
    assert all_bits(machine.run_lanes(tape, columns, len(pairs))[1][0]) == expected


@pytest.mark.compiled
@pytest.mark.parametrize("name", ["div", "log", "reciprocal"])
def test_numpy_hears_nothing_of_poles(name: str) -> None:
    card = TABLE[name]
    n = len(card.operands)
    tape = tape_of([card.opcode, n, *range(n)], n, n + 1, outputs=[n])

    def both(x: float) -> float:
        machine.run_lanes(tape, [np.full(64, x)] * n, 64)
        return machine.run(tape, [x] * n)[1][n]

    with np.errstate(all="raise"):
        found = np.frompyfunc(both, 1, 1)(np.array([0.0, -0.0, -1.0]))
    assert all_bits(found) == all_bits([card(*[x] * n) for x in (0.0, -0.0, -1.0)])


# ------------------------------------------------------------------------------------------- sums


@pytest.mark.parametrize("steps", [(1, 1), (1, 0), (0, 1), (2, 3), (-1, 1), (1, -2)])
@pytest.mark.parametrize("kind", [DOT, RUN, SUM])
@pytest.mark.parametrize("overlap", [False, True])
def test_sums_are_those_of_a_loop(kind: int, steps: tuple[int, int], overlap: bool) -> None:
    draw = random.Random(repr((kind, steps, overlap)))
    for n in (0, 1, 2, 3, 7, 8, 33):
        a, b = 80, 90 if overlap else 180
        slots = [(a + k * steps[0], b + k * steps[1]) for k in range(n)]
        head = [kind, 301, 300, n]
        if kind == RUN:
            words = [*head, a, steps[0], b, steps[1]]
        else:
            flat = [slot for pair in slots for slot in pair]
            words = [*head, *(flat if kind == DOT else flat[::2])]
        inputs = [draw.gauss(0.0, 1.0) for _ in range(301)]
        tape = tape_of(words, 301, 302, outputs=[301])
        leaves = [Value(x) for x in inputs]
        total = leaves[300]
        products = []
        for p, q in slots:
            term = leaves[p] * leaves[q] if kind != SUM else leaves[p]
            products.append(term)
            total = total + term
        (total * 0.37).backward()
        assert bits(machine.run(tape, inputs)[1][301]) == bits(total.data)
        column = np.array([inputs[k] for k in range(301)])
        lanes = machine.run_lanes(tape, [np.full(70, x) for x in column], 70)[1][0]
        assert all_bits(lanes) == [bits(total.data)] * 70
        code = reverse_of([kind + MASK * (FIRST + SECOND * (kind != SUM) + START), *words[1:]])
        before = {**dict.fromkeys(range(301), 0.0), 301: 0.37}
        gradients = machine.run_back(tape, inputs, code, before)
        assert all_bits(gradients[:301]) == all_bits([leaf.grad for leaf in leaves])


@pytest.mark.parametrize("kind", [DOT, RUN])
@pytest.mark.parametrize("mask", range(8))
def test_only_those_of_the_mask_receive(kind: int, mask: int) -> None:
    words = [kind, 7, 6, 3, *((0, 3, 1, 4, 2, 5) if kind == DOT else (0, 1, 3, 1))]
    inputs = [2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0]
    tape = tape_of(words, 7, 8)
    code = reverse_of([kind + MASK * mask, *words[1:]])
    found = machine.run_back(tape, inputs, code, {7: 10.0})
    first = [70.0, 110.0, 130.0] if mask & FIRST else [-0.0] * 3
    second = [20.0, 30.0, 50.0] if mask & SECOND else [-0.0] * 3
    start = 10.0 if mask & START else -0.0
    assert all_bits(found) == all_bits([*first, *second, start, -0.0])


# ------------------------------------------------------------------ choices, guards, calls, replay


def test_a_row_is_taken_and_receives_the_gradient() -> None:
    words = [opcodes.TAKEN, 4, 0, 3, 1, 2, 3]
    tape = tape_of(words, 4, 5, outputs=[4])
    code = reverse_of([opcodes.TAKEN + MASK * FIRST, *words[1:]])
    for i in range(3):
        inputs = [float(i), 10.0, 20.0, 30.0]
        assert machine.run(tape, inputs)[1][4] == inputs[1 + i]
        found = machine.run_back(tape, inputs, code, {4: 5.0})
        assert all_bits(found) == all_bits([-0.0] * (1 + i) + [5.0] + [-0.0] * (3 - i))
    indices = np.array([0.0, 2.0, 1.0] * 40)
    _, (lanes,) = machine.run_lanes(tape, [indices, 10.0, 20.0, np.arange(120.0)], 120)
    assert lanes.tolist() == [[10.0, float(k), 20.0][k % 3] for k in range(120)]


@pytest.mark.parametrize(
    ("index", "error"),
    [(3.0, IndexError), (-1.0, IndexError), (0.5, TypeError), (math.nan, TypeError),
     (1e300, IndexError), (math.inf, TypeError)],
)  # fmt: skip
def test_a_row_that_is_not_there(index: float, error: type[Exception]) -> None:
    tape = tape_of([opcodes.TAKEN, 4, 0, 3, 1, 2, 3], 4, 5, outputs=[4])
    with pytest.raises(error, match=r"gg\.take"):
        machine.run(tape, [index, 10.0, 20.0, 30.0])
    with pytest.raises(error, match=r"gg\.take"):
        machine.run_lanes(tape, [np.array([0.0] * 99 + [index]), 10.0, 20.0, 30.0], 100)


@pytest.mark.parametrize("x", EDGES)
@pytest.mark.parametrize("outcome", [0, 1])
def test_a_guard_stops_where_the_truth_is_another(x: float, outcome: int) -> None:
    tape = tape_of([CHECK, GUARD, 0, outcome, opcodes.NEG, 1, 0], 1, 2, outputs=[1])
    stops = (x != 0) != bool(outcome)
    at, values = machine.run(tape, [x])
    assert at == (1 if stops else -1)
    assert bits(values[1]) == bits(0.0 if stops else -x)
    lanes = np.full(130, x)
    assert machine.run_lanes(tape, [lanes], 130)[0] == at
    lanes[77] = 0.0 if outcome else 1.0
    assert machine.run_lanes(tape, [lanes], 130)[0] == 1


def test_an_operation_of_ones_own_is_called() -> None:
    calls = []

    def between(a: float, b: float, c: float) -> float:
        calls.append(a)
        return a * b + c

    card = gg.custom_op("between", between, lambda y, a, b, c: (b, a, y))
    calls.clear()
    words = [CALL, 4, 0, 3, 0, 1, 2]
    code = [opcodes.SQUARE, 3, 0, *words[:4], 3, 1, 2]
    tape = tape_of(code, 3, 5, cards=(card,), outputs=[4])
    assert machine.run(tape, [2.0, 3.0, 5.0])[1][4] == 17.0
    back = reverse_of([CALL + MASK * FIRST, 4, 0, 3, 3, 1, 2], [CHECK],
                      [opcodes.SQUARE + MASK * FIRST, 3, 0])  # fmt: skip
    found = machine.run_back(tape, [2.0, 3.0, 5.0], back, {4: 10.0})
    assert found == [120.0, 40.0, 170.0, -0.0, -0.0]
    calls.clear()
    _, (lanes,) = machine.run_lanes(tape, [np.arange(70.0), 3.0, np.arange(70.0)], 70)
    assert lanes.tolist() == [k * k * 3.0 + k for k in range(70)]
    assert len(calls) == 70


def test_an_error_in_a_call_goes_through() -> None:
    def refuse(*_: float) -> tuple[float]:
        raise LookupError("not today")

    card = gg.custom_op("unwilling", lambda a: a, lambda y, a: refuse(y, a))
    tape = tape_of([CALL, 1, 0, 1, 0], 1, 2, cards=(card,))
    with pytest.raises(LookupError, match="not today"):
        machine.run_back(tape, [1.0], reverse_of([CALL + MASK, 1, 0, 1, 0]), {1: 1.0})


def test_words_are_replayed_within_the_reverse_code() -> None:
    # slot 2 holds exp(x), then tanh(x); the reverse code needs exp(x) again.
    card = gg.custom_op("twice", lambda a: 2 * a, lambda y, a: (2.0,))
    code = [opcodes.EXP, 2, 0, CALL, 4, 0, 1, 2, CHECK, opcodes.TANH, 2, 0]
    tape = tape_of(code, 1, 5, cards=(card,))
    back = reverse_of([opcodes.TANH + MASK, 2, 0], [REPLAY, 0, 9], [CALL + MASK, 4, 0, 1, 2],
                      [opcodes.EXP + MASK, 2, 0])  # fmt: skip
    found = machine.run_back(tape, [0.3], back, {2: 1.0, 4: 1.0})
    x = Value(0.3)
    ((x.exp() * 2) + x.tanh()).backward()
    assert found[0] == x.grad


def test_ctrl_c_stops_at_a_check() -> None:
    class Interrupt:
        """Stands for a custom operation; presses Ctrl-C without running any Python."""

        on_floats = ctypes.pythonapi.PyErr_SetInterrupt

    class Count:
        on_floats = itertools.count().__next__

    code = [CALL, 0, 0, 0, CHECK, CALL, 0, 1, 0]
    with pytest.raises(KeyboardInterrupt):
        machine.run(tape_of(code, 0, 1, cards=(Interrupt, Count)), [])
    assert Count.on_floats() == 0


# ---------------------------------------------------------------------------------- random tapes


def random_tape(draw: random.Random) -> tuple[Tape, array[int]]:
    """Write a program over a few slots, which are used again, and the reverse code of it."""
    n, instructions, back = 12, [], []
    for i in range(60):
        known = min(n, 6 + i)
        out = known if known < n else draw.randrange(6, n)
        a, b, c = draw.sample(range(known), 3)
        card = draw.choice(list(TABLE.values()))
        kind = draw.random()
        if kind < 0.6:
            words = [card.opcode, out, a, b, c][: 2 + len(card.operands)]
            mask = draw.randrange(1 << len(card.operands[card.differentiable]))
        elif kind < 0.7:
            words, mask = [draw.choice([*TRUTHS][:5]), out, a, b], None
        elif kind < 0.8:
            words, mask = [opcodes.SHARE, out, a, b], draw.randrange(4)
        else:
            count, mask = draw.randrange(5), draw.randrange(8)
            kind = draw.choice([DOT, RUN, SUM])
            terms = [draw.randrange(known) for _ in range(2 * count)]
            steps = [draw.randrange(2), draw.randrange(2), draw.randrange(2), draw.randrange(2)]
            words = {DOT: terms, RUN: steps, SUM: terms[::2]}[kind]
            words = [kind, out, a, count, *words]
        instructions.append(words)
        if mask:
            back.append([words[0] + MASK * mask, *words[1:]])
    code = [word for words in instructions for word in words]
    return tape_of(code, 6, n, outputs=range(n)), reverse_of(*reversed(back))


def numbers(draw: random.Random, n: int) -> list[float]:
    return [draw.choice(EDGES) if draw.random() < 0.1 else draw.gauss(0.0, 2.0) for _ in range(n)]


@pytest.mark.compiled
def test_random_tapes_are_what_the_interpreter_makes_of_them() -> None:
    draw = random.Random(5)
    for _ in range(300):
        tape, code = random_tape(draw)
        inputs, seeds = numbers(draw, 6), numbers(draw, 12)
        values = inputs + [0.0] * 6
        assert interpreter.forward(tape, values, 0, floats()) == -1
        assert all_bits(machine.run(tape, inputs)[1]) == all_bits(values)
        gradients = list(seeds)
        interpreter.reverse(tape, code, values, gradients, floats())
        found = machine.run_back(tape, inputs, code, dict(enumerate(seeds)))
        assert all_bits(found) == all_bits(gradients)
        lanes = machine.run_lanes(tape, [np.full(66, x) for x in inputs], 66)[1]
        assert [bits(column[65]) for column in lanes] == all_bits(values)


@pytest.mark.parametrize("seed", range(100))
def test_lowered_graphs_compute_what_the_engine_does(seed: int) -> None:
    graph = graphs.random_graph(seed)
    tape = graphs.lowered(graph, [True] * graph.n_inputs)
    given = graphs.inputs_of(graph)
    code, reached = tape.reverse((0,))
    before = {**dict.fromkeys(reached, 0.0), tape.outputs[0]: -1.5}
    at, values = machine.run(tape, given)
    gradients = machine.run_back(tape, given, code, before)
    results, slopes = graphs.eager_gradients(graph, given, {0: -1.5})
    assert at == -1
    assert all_bits([values[slot] for slot in tape.outputs]) == all_bits(results)
    assert all_bits([gradients[slot] for slot in reached]) == all_bits([slopes[s] for s in reached])
    at, outputs = machine.run_lanes(tape, given, 3)
    assert at == -1
    if COMPILED:
        assert all_bits([column[2] for column in outputs]) == all_bits(results)
