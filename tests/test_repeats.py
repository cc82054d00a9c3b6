"""What a differentiable function computes twice is computed once: with every bit as before."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

import glassgrad as gg
import graphs
from battery import bits
from builds import amount
from glassgrad import Value
from glassgrad import opcodes as ops
from glassgrad.jitting import machine
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.lowering import lower
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.passes import alike, carrying_of
from glassgrad.jitting.reversing import offsets_of
from glassgrad.jitting.tape import DOT, MASK, REPLAY, Tape
from glassgrad.ops import TABLE

WIDTHS = {
    ops.TANH: 1, ops.EXP: 1, ops.RECIPROCAL: 1, ops.SQRT: 1, ops.TAN: 1, ops.DIV: 2, ops.POW: 2,
    ops.MUL: 2, ops.ADD: 2, ops.SUB: 2, ops.NEG: 1, ops.COPY: 1, ops.DETACHED: 1, ops.WHERE: 3,
    ops.TAKEN: 3,
}  # fmt: skip

#: Operations that are done as fast as their result is copied.
CHEAP = {ops.WHERE, ops.RELU, ops.MAXIMUM, ops.MINIMUM, ops.CLAMP, ops.NEG, ops.ADD, ops.SUB,
         ops.MUL, ops.SQUARE, ops.ABS}  # fmt: skip


def repetitive(seed: int, length: int = 50) -> Graph:
    """Make a graph whose rows are made again and again, of rows made again themselves."""
    draw = random.Random(seed)
    graph = Graph(2, 2)
    same = [[graph.add(ops.LEAF, number=draw.uniform(0.2, 1.5))] for _ in range(4)]
    index = graph.add(ops.CONSTANT, number=1.0)
    made: list[tuple[int, list[list[int]], list[int]]] = []
    for _ in range(length):
        if made and draw.random() < 0.6:
            op, operands, rows = draw.choice(made)
        else:
            op, rows = draw.choice(list(WIDTHS)), []
            operands = draw.choices(same[-8:], k=WIDTHS[op])
            same.append(rows)
            made.append((op, operands, rows))
        chosen = [draw.choice(operand) for operand in operands]
        if op == ops.TAKEN:
            rows.append(graph.add(op, index))
            graph.more[rows[-1]] = tuple(chosen)
        else:
            if op == ops.WHERE:
                chosen[2] = graph.add(ops.LT, chosen[2], chosen[0])
            rows.append(graph.add(op, *chosen))
    graph.outputs = [rows[-1] for _, _, rows in draw.sample(made, 3)]
    return graph


def operations(tape: Tape) -> Counter[str]:
    """Count the operations of a tape that are more than products and sums."""
    found = [tape.code[at] for at in offsets_of(tape.code)]
    return Counter(MEANINGS[op].name for op in found if op < DOT and op != ops.TAKEN)


def all_bits(numbers: list[float]) -> list[bytes]:
    return list(map(bits, numbers))


@pytest.mark.parametrize("segment", [0, 1, 3, 10])
def test_results_and_gradients_keep_their_bits(segment: int) -> None:
    copies, replays = 0, 0
    for seed in range(amount(200, 80)):
        graph = repetitive(seed)
        given, draw = graphs.inputs_of(graph), random.Random(seed)
        seeds = {i: draw.gauss(0, 1) for i in draw.choice([[0], [1, 2], [0, 1, 2]])}
        wants = [True, draw.random() < 0.5]
        tape = graphs.lowered(graph, wants, segment)
        if len(graph.outputs) == 1:  # see there
            seeds = {0: 1.0}
        expected, slopes = graphs.eager_gradients(graph, given, seeds)
        slopes = [slope if i > 1 or wants[i] else 0.0 for i, slope in enumerate(slopes)]
        results, gradients = graphs.run(tape, given, seeds)
        assert graphs.same(results, expected), seed
        assert graphs.same(gradients, slopes), seed
        # The same by the machine, which is compiled where it can be.
        code, reached = tape.reverse(tuple(seeds))
        before = dict.fromkeys(reached, 0.0)
        for i, seeded in seeds.items():
            before[tape.outputs[i]] = before.get(tape.outputs[i], -0.0) + seeded
        values = machine.run(tape, given)[1]
        after = machine.run_back(tape, given, code, before)
        assert graphs.same([values[slot] for slot in tape.outputs], expected), seed
        assert all_bits([after[i] for i in reached]) == all_bits([slopes[i] for i in reached])
        copies += operations(tape)["copy"]
        replays += sum(code[at] == REPLAY for at in offsets_of(code))
    assert copies > 100
    assert (replays > 0) is (segment > 0)


def test_what_is_alike_has_the_same_number_and_carries_alike() -> None:
    for seed in range(60):
        graph = repetitive(seed)
        carrying = carrying_of(graph, [True, False])
        values = graphs.eager(graph, graphs.inputs_of(graph))
        for r, first in enumerate(alike(graph)):
            assert first <= r
            assert bits(values[first].data) == bits(values[r].data)
            assert carrying[first] == carrying[r]


def test_what_differs_in_one_thing_only_is_not_alike() -> None:
    """So many rows that some meet in the table of those seen."""
    graph, n = Graph(500), 500
    for _ in range(n):
        graph.add(ops.LEAF)
    for i in range(2, n):
        for op in (ops.DIV, ops.POW):
            graph.add(op, 0, i)
            graph.add(op, i, 0)
        graph.add(ops.WHERE, 0, 1, i)
    assert list(alike(graph)) == list(range(len(graph)))


@pytest.mark.parametrize("op", sorted(MEANINGS))
def test_what_costs_more_than_a_copy_is_copied(op: int) -> None:
    graph = Graph(3)
    given = [graph.add(ops.LEAF, number=0.3 + 0.1 * i) for i in range(3)]
    operands = [*given[: len(MEANINGS[op].operands)], NONE, NONE][:3]
    graph.outputs = [graph.add(op, *operands) for _ in range(3)]
    count = operations(lower(graph, [True] * 3, exact=True))
    if op in {card.opcode for card in TABLE.values()} - CHEAP:
        assert count == {"copy": 2, MEANINGS[op].name: 1}
    else:
        assert count["copy"] == (3 if op == ops.COPY else 0)


def chained(x: Value, y: Value) -> list[Value]:
    """Compute the same chain three times, and use each."""
    ends = []
    for _ in range(3):
        wave = gg.sin(gg.exp(x * y) / y)
        ends.append(wave**y)
    return [ends[0] * ends[1], ends[2]]


def softmax(x: Value, y: Value) -> list[Value]:
    """Divide by a sum that is made anew for each."""
    return [gg.exp(v) / sum(gg.exp(u) for u in (x, y)) for v in (x, y)]


@pytest.mark.parametrize(
    ("f", "count"),
    [
        (chained, {"exp": 1, "div": 1, "sin": 1, "pow": 1, "copy": 8}),
        (softmax, {"exp": 2, "div": 2, "copy": 4}),
    ],
)
@pytest.mark.parametrize("exact", [True, False])
def test_a_traced_function(
    f: Callable[[Value, Value], list[Value]], count: dict[str, int], exact: bool
) -> None:
    slopes = []
    for g in (f, gg.jit(f, exact=exact)):
        x, y = Value(0.7), Value(1.3)
        first, second = g(x, y)
        (first * 3 + second).backward()
        slopes.append([first.data, second.data, x.grad, y.grad])
    assert slopes[0] == slopes[1]
    traced = gg.jit(f, exact=exact)
    traced(Value(0.7), Value(1.3))
    names = operations(traced.tape)
    assert {name: names[name] for name in names if name not in ("add", "mul")} == count
    assert str(traced.tape).count("copy(") == count["copy"]


def test_a_copy_has_the_number_of_what_it_copies() -> None:
    graph = Graph(1)
    x = graph.add(ops.LEAF, number=0.5)
    graph.outputs = [graph.add(ops.EXP, x), graph.add(ops.EXP, graph.add(ops.COPY, x))]
    assert operations(lower(graph, [True])) == {"exp": 1, "copy": 2}


def test_an_operand_waits_for_the_gradient_of_a_copy() -> None:
    """In the forward pass nothing reads the second `-x` after the sum; in the reverse pass, exp."""
    graph = Graph(1)
    x = graph.add(ops.LEAF, number=0.5)
    first = graph.add(ops.EXP, graph.add(ops.NEG, x))
    operand = graph.add(ops.NEG, x)
    total = graph.add(ops.SUB, operand, x)
    graph.outputs = [first, graph.add(ops.NEG, total), graph.add(ops.EXP, operand)]
    tape, seeds = lower(graph, [True], exact=True), {0: 1.0, 1: 10.0, 2: 100.0}
    assert operations(tape)["copy"] == 1
    assert graphs.run(tape, [0.5], seeds) == graphs.eager_gradients(graph, [0.5], seeds)


def test_each_repeat_hands_on_its_own_share() -> None:
    graph = Graph(1)
    x = graph.add(ops.LEAF, number=0.5)
    graph.outputs = [graph.add(ops.DIV, x, x), graph.add(ops.DIV, x, x)]
    tape = lower(graph, [True])
    code, _ = tape.reverse((0, 1))
    assert [code[at] % MASK for at in offsets_of(code)] == [ops.DIV, ops.DIV]
    assert operations(tape) == {"div": 1, "copy": 1}
