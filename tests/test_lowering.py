"""Graphs lowered to tapes: the same bits, in fewer places."""

from __future__ import annotations

import random
from time import process_time
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
import graphs
from battery import EDGES, number
from builds import amount
from glassgrad import opcodes as ops
from glassgrad.jitting.arithmetic import arrays, floats
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.interpreter import forward, reverse
from glassgrad.jitting.lowering import lower
from glassgrad.jitting.reversing import offsets_of
from glassgrad.jitting.tape import CHECK, DOT, GUARD, MASK, REPLAY, RUN, START, SUM, Tape, size_of


def instructions(tape: Tape) -> list[int]:
    return [tape.code[at] for at in offsets_of(tape.code)]


@pytest.mark.parametrize("part", range(10))
def test_a_tape_computes_what_the_eager_engine_does(part: int) -> None:
    for seed in range(40 * part, 40 * part + 40):
        graph = graphs.random_graph(seed)
        draw = random.Random(seed)
        wants = [draw.random() < 0.7 for _ in range(graph.n_inputs)]
        tape = graphs.lowered(graph, wants)
        given = graphs.inputs_of(graph)
        seeded = [i for i in range(len(graph.outputs)) if i == 0 or draw.random() < 0.5]
        seeds = {i: number(draw) for i in seeded}
        results, gradients = graphs.run(tape, given, seeds)
        expected, slopes = graphs.eager_gradients(graph, given, seeds)
        slopes = [g if i >= len(wants) or wants[i] else 0.0 for i, g in enumerate(slopes)]
        assert graphs.same(results, expected), seed
        assert graphs.same(gradients, slopes), seed


def test_without_gradients_the_results_are_the_same_bits() -> None:
    for seed in range(200):
        graph = graphs.without_gradients(graphs.random_graph(seed))
        given = graphs.inputs_of(graph)
        tape = lower(graph, [False] * graph.n_inputs, exact=True)
        values = graphs.fresh(tape, given)
        assert forward(tape, values) == -1
        expected = graphs.eager(graph, given)
        assert graphs.same(
            [values[i] for i in tape.outputs], [expected[r].data for r in graph.outputs]
        )
        code, reached = tape.reverse((0,))
        assert len(code) == 1
        assert not reached


@pytest.mark.parametrize("exact", [True, False])
def test_a_network_is_runs_of_products(exact: bool) -> None:
    graph = graphs.network(random.Random(1), [3, 8, 8, 2])
    tape = lower(graph, [False] * 3, exact)
    assert instructions(tape) == [RUN, ops.TANH] * 18
    seeds = {0: 1.0, 1: -2.0}
    given = graphs.inputs_of(graph)
    results, gradients = graphs.run(tape, given, seeds)
    expected, slopes = graphs.eager_gradients(graph, given, seeds)
    slopes[:3] = [0.0] * 3
    assert graphs.same(results, expected)
    assert graphs.same(gradients, slopes)
    without = lower(graphs.without_gradients(graph), [False] * len(given), exact)
    assert instructions(without) == [RUN, ops.TANH] * 18
    assert without.n_slots < tape.n_slots


def sum_of_products(*, between: bool) -> Graph:
    """Make w0*x0 + w1*x1 + ..., where each x is computed beforehand or right before its use."""
    graph = Graph(0, 8)
    w = [graph.add(ops.LEAF, number=0.1 * i + 0.3) for i in range(8)]
    early = [] if between else [graph.add(ops.SIN, x) for x in w]
    total = w[0]
    for i in range(8):
        factor = graph.add(ops.SIN, w[i]) if between else early[i]
        total = graph.add(ops.ADD, total, graph.add(ops.MUL, factor, w[7 - i]))
    graph.outputs = [total]
    return graph


def products_first(draw: random.Random, *, even: bool) -> Graph:
    """Make sums of products that were all made before; if not even, with all kinds of obstacles."""
    graph = Graph(0, 6)
    w = [graph.add(ops.LEAF, number=number(draw)) for _ in range(6)]
    multiply = [ops.MUL] if even else [ops.MUL] * 7 + [ops.DIV]
    add = [ops.ADD] if even else [ops.ADD] * 7 + [ops.SUB]
    for _ in range(3):
        count = draw.randrange(2, 7)
        lists = [
            [graph.add(draw.choice(multiply), *draw.choices(w[:5], k=2)) for _ in range(count)]
            for _ in range(1 if even else draw.choice([1, 1, 2]))
        ]
        for products in lists:
            if not even and draw.random() < 0.3:
                draw.shuffle(products)
            totals = [w[5] if even else draw.choice([w[5], w[0], graph.add(ops.CONSTANT)])]
            for product in products:
                pair = draw.sample([totals[-1], product], 2)
                totals.append(graph.add(draw.choice(add), *pair))
            graph.outputs.append(totals[-1])
            if not even and draw.random() < 0.5:
                graph.outputs.append(draw.choice(totals + products))
    return graph


@pytest.mark.parametrize("even", [True, False])
def test_products_may_all_be_made_before_they_are_added(even: bool) -> None:
    for seed in range(200):
        draw = random.Random(seed)
        graph = products_first(draw, even=even)
        tape = lower(graph, [], exact=True)
        if even:
            assert set(instructions(tape)) <= {DOT, RUN}
        given = graphs.inputs_of(graph)
        seeds = {i: number(draw) for i in range(len(graph.outputs))}
        found = graphs.run(tape, given, seeds)
        expected = graphs.eager_gradients(graph, given, seeds)
        assert graphs.same(found[0], expected[0]), seed
        assert graphs.same(found[1], expected[1]), seed


def test_many_products_that_do_not_fit_take_no_longer() -> None:
    """Each addition could look ahead as far as the last, which spoils it."""
    graph, n = Graph(0, 1), amount(200_000, 5_000)
    graph.add(ops.LEAF, number=0.5)
    products = [graph.add(ops.MUL, 0, 0) for _ in range(n)]
    total = graph.add(ops.CONSTANT)
    for product in products[:-1]:
        total = graph.add(ops.ADD, total, product)
    graph.outputs = [graph.add(ops.SIN, total), graph.add(ops.SIN, products[-1])]
    started = process_time()
    lower(graph, [], exact=True)
    assert process_time() - started < 2.0


@pytest.mark.parametrize("between", [True, False])
def test_rows_between_those_of_a_sum_are_passed_over_only_by_default(between: bool) -> None:
    graph = sum_of_products(between=between)
    exact, default = (lower(graph, [], exact) for exact in (True, False))
    counts = [sum(op in (DOT, RUN) for op in instructions(tape)) for tape in (exact, default)]
    # w0 is both what the sum starts with and its last factor, so that the order of shares matters.
    assert counts == [8 if between else 2, 1]
    given = graphs.inputs_of(graph)
    expected = graphs.eager_gradients(graph, given, {0: 1.0})
    assert graphs.run(exact, given, {0: 1.0}) == expected
    results, gradients = graphs.run(default, given, {0: 1.0})
    assert results == expected[0]
    assert gradients == pytest.approx(expected[1], rel=8 * 2**-53 * 4)


def test_a_long_sum_is_a_few_instructions() -> None:
    tape = lower(graphs.chain(ops.ADD, 140_000), [True])
    assert instructions(tape) == [SUM] * 3
    code, reached = tape.reverse((0,))
    assert list(reached) == [0]
    assert [code[at] for at in offsets_of(code)] == [SUM + MASK * START] * 3
    assert graphs.run(tape, [0.25], {0: 3.0}) == ([70_000.25], [3.0])


@pytest.mark.parametrize(("op", "most"), [(ops.TANH, 48), (ops.MUL, 48), (ops.ADD, 8)])
def test_a_chain_takes_few_bytes_for_each_row(op: int, most: int) -> None:
    tape = lower(graphs.chain(op, 60_000), [True])
    tape.reverse((0,))
    assert tape.nbytes <= most * 60_000 + 1_000
    without = lower(graphs.chain(op, 1_000), [False])
    assert without.n_slots <= 3


def test_ctrl_c_is_looked_for_now_and_then() -> None:
    tape = lower(graphs.chain(ops.TANH, 150_000), [True])
    code, _ = tape.reverse((0,))
    for words in (tape.code, code):
        offsets = offsets_of(words)
        checks = [at for at in offsets if words[at] == CHECK]
        assert len(checks) == 2
        assert all(b - a < 210_000 for a, b in zip([0, *checks], checks, strict=False))


def test_a_guard_that_fails_tells_where() -> None:
    graph = Graph(2)
    x, y = graph.add(ops.LEAF), graph.add(ops.LEAF)
    less, z = graph.add(ops.LT, x, y), graph.add(ops.EXP, x)
    same = graph.add(ops.EQ, x, z)
    graph.outputs, graph.guards = [z], [(less, True), (same, False), (less, True)]
    tape = lower(graph, [True, False])
    assert instructions(tape).count(GUARD) == 2
    assert forward(tape, graphs.fresh(tape, [1.0, 2.0])) == -1
    at = forward(tape, graphs.fresh(tape, [2.0, 1.0]))
    assert tape.code[at] == GUARD
    lane = [np.array([1.0, 2.0]), np.array([2.0, 1.0])]
    assert forward(tape, graphs.fresh(tape, lane), arithmetic=arrays()) == at  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [
        (3.0, IndexError, "index 3, but has 3 rows"),
        (-1.0, IndexError, "index -1, but"),
        (0.5, TypeError, "not by 0.5"),
        (float("nan"), TypeError, "not by nan"),
    ],
)
def test_taking_a_row_that_is_not_there(index: float, error: type, words: str) -> None:
    graph = Graph(4)
    rows = [graph.add(ops.LEAF) for _ in range(4)]
    graph.outputs = [graph.add(ops.TAKEN, rows[0])]
    graph.more[4] = tuple(rows[1:])
    tape = lower(graph, [False, True, True, False])
    assert graphs.run(tape, [1.0, 5.0, 6.0, 7.0], {0: 2.0}) == ([6.0], [0.0, 0.0, 2.0, 0.0])
    with pytest.raises(error, match=words):
        forward(tape, graphs.fresh(tape, [index, 5.0, 6.0, 7.0]))


def test_an_operation_that_is_gone_is_missed() -> None:
    gone = gg.custom_op("gone", lambda x: x * x, lambda y, x: (2 * x,))
    graph = Graph(1)
    graph.outputs = [graph.add(ops.LEAF), graph.add(gone.opcode)]
    graph.more[1] = (0,)
    del gone
    with pytest.raises(gg.NoRuleError, match="keep what gg"):
        lower(graph, [True])


# ----------------------------------------------------------------------- very long programs


@pytest.mark.parametrize("segment", [1, 2, 5, 9])
def test_segments_that_are_computed_again_change_no_bit(segment: int) -> None:
    replays = 0
    for seed in range(60):
        graph = graphs.random_graph(seed)
        given = graphs.inputs_of(graph)
        whole, cut = (graphs.lowered(graph, [True] * 3, size) for size in (0, segment))
        seeds = {i: number(random.Random(seed)) for i in range(len(graph.outputs))}
        results, gradients = graphs.run(cut, given, seeds)
        expected, slopes = graphs.run(whole, given, seeds)
        assert graphs.same(results, expected)
        assert graphs.same(gradients, slopes)
        code, _ = cut.reverse(tuple(seeds))
        replays += sum(code[at] == REPLAY for at in offsets_of(code))
    assert replays > 100


def test_segments_share_their_slots() -> None:
    graph = graphs.chain(ops.TANH, 10_000)
    whole, cut = (lower(graph, [True], True, size) for size in (0, 100))
    assert graphs.run(cut, [0.3], {0: 1.0}) == graphs.run(whole, [0.3], {0: 1.0})
    assert whole.n_slots > 10_000
    assert cut.n_slots <= 200
    code, _ = cut.reverse((0,))
    assert sum(code[at] == REPLAY for at in offsets_of(code)) == 99


# ------------------------------------------------------------------------------------- lanes


@pytest.mark.parametrize("op", sorted(floats().compute))
def test_arrays_are_the_floats_side_by_side(op: int) -> None:
    draw = random.Random(op)
    count = floats().compute[op].__code__.co_argcount
    points = [[number(draw) for _ in range(count)] for _ in range(300)]
    points += [[x] * count for x in EDGES] + [[x, *[1.0] * (count - 1)] for x in EDGES]
    columns = [np.array(column) for column in zip(*points, strict=True)]

    def check(alone: Any, together: Any, *columns: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            found = np.broadcast_to(together(*columns), len(points))
        expected = [alone(*point) for point in zip(*map(np.ndarray.tolist, columns), strict=True)]
        assert graphs.same(found.tolist(), expected)
        return np.array(expected)

    ys = check(floats().compute[op], arrays().compute[op], *columns)
    for alone, together in zip(floats().partials[op], arrays().partials[op], strict=True):
        check(alone, together, ys, *columns)


@pytest.mark.parametrize(("kind", "within"), [(np.float64, 1e-13), (np.float32, 2e-5)])
def test_a_network_in_lanes(kind: type, within: float) -> None:
    draw = random.Random(5)
    graph = graphs.network(draw, [2, 4, 1])
    given = graphs.inputs_of(graph)
    tape = lower(graph, [True, True])
    examples = [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(5)]
    columns = [np.array(c, dtype=kind) for c in zip(*examples, strict=True)]
    columns += [np.full(5, w, dtype=kind) for w in given[2:]]
    values: list = graphs.fresh(tape, columns)  # type: ignore[arg-type]
    assert forward(tape, values, arithmetic=arrays()) == -1
    gradients: list = [np.full(5, -0.0, dtype=kind) for _ in range(tape.n_slots)]
    gradients[tape.outputs[0]] += kind(1.0)
    code, _ = tape.reverse((0,))
    reverse(tape, code, values, gradients, arrays())
    assert values[tape.outputs[0]].dtype == kind
    for k, example in enumerate(examples):
        results, slopes = graphs.run(tape, [*example, *given[2:]], {0: 1.0})
        assert values[tape.outputs[0]][k] == pytest.approx(results[0], rel=within)
        found = [gradients[i][k] for i in range(len(given))]
        assert found == pytest.approx(slopes, rel=within, abs=within)


# ---------------------------------------------------------------------------------- listings


def test_a_graph_is_listed_by_rows() -> None:
    graph = graphs.network(random.Random(1), [2, 1])
    graph.names = {0: "x", 2: "bias"}
    assert str(graph).splitlines() == [
        "%0 = input   x", "%1 = input", "%2 = from outside   bias", "%3 = from outside",
        "%4 = from outside", "%5 = mul(%3, %0)", "%6 = add(%2, %5)", "%7 = mul(%4, %1)",
        "%8 = add(%6, %7)", "%9 = tanh(%8)", "return %9",
    ]  # fmt: skip
    assert "... 9,942 more rows ..." in str(graphs.chain(ops.TANH, 10_000)).splitlines()


def test_a_tape_is_listed_by_instructions() -> None:
    tape = lower(graphs.network(random.Random(1), [2, 1]), [True, True])
    assert str(tape).splitlines()[1:] == [
        "       0  [5] = [2] + [3, 4] * [0, 1]", "       8  [6] = tanh([5])", "return [6]",
    ]  # fmt: skip
    assert tape.n_instructions == 2
    assert tape.nbytes == 4 * len(tape.code) + 16 * tape.n_slots
    for seed in range(30):
        tape = lower(graphs.random_graph(seed), [True] * 3)
        assert len(str(tape).splitlines()) == tape.n_instructions + 2
        assert sum(size_of(tape.code, at) for at in offsets_of(tape.code)) == len(tape.code) - 1
