"""The passes over a graph: fewer rows, the same bits."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

import glassgrad as gg
import graphs
from battery import EDGES, number
from glassgrad import opcodes as ops
from glassgrad.jitting.algebra import inlined, simplified
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.passes import alive, carrying_of, optimized, prepared, shared

PASSES: dict[str, Callable[[Graph, list[bool]], Graph]] = {
    "prepared": lambda graph, wants: prepared(graph),
    "simplified": lambda graph, wants: simplified(graph, carrying_of(graph, wants)),
    "shared": lambda graph, wants: shared(graph, carrying_of(graph, wants)),
    "alive": lambda graph, wants: alive(graph),
    "inlined": lambda graph, wants: inlined(graph, carrying_of(graph, wants), exact=True),
    "all": lambda graph, wants: optimized(graph, wants, exact=True),
}


@pytest.mark.parametrize("name", PASSES)
@pytest.mark.parametrize("gradients", [True, False])
def test_a_pass_changes_no_bit(name: str, gradients: bool) -> None:
    for seed in range(60):
        graph = graphs.random_graph(seed)
        if not gradients:
            graphs.without_gradients(graph)
        given, draw = graphs.inputs_of(graph), random.Random(seed)
        wants = [gradients and draw.random() < 0.7 for _ in range(graph.n_inputs)]
        seeds = {i: number(draw) for i in range(len(graph.outputs))}
        before, slopes = graphs.eager_gradients(graph, given, seeds)
        made = PASSES[name](prepared(graph), wants)
        values = graphs.eager(made, given)
        after, found = graphs.eager_gradients(made, given, seeds)
        assert graphs.same(after, before)
        assert all((values[t].data != 0.0) == outcome for t, outcome in made.guards)
        if gradients:
            kept = [i for i in range(len(given)) if i >= len(wants) or wants[i]]
            assert graphs.same([found[i] for i in kept], [slopes[i] for i in kept])


def of_one(op: int, constant: float, *, first: bool = False) -> Graph:
    """Make the graph of one operation on an input and a constant."""
    graph = Graph(1)
    x, c = graph.add(ops.LEAF), graph.add(ops.CONSTANT, number=constant)
    graph.outputs = [graph.add(op, c, x) if first else graph.add(op, x, c)]
    return graph


@pytest.mark.parametrize(
    ("op", "constant", "first", "rest"),
    [
        (ops.MUL, 1.0, False, []), (ops.MUL, 1.0, True, []), (ops.DIV, 1.0, False, []),
        (ops.MUL, -1.0, False, [ops.NEG]), (ops.MUL, -1.0, True, [ops.NEG]),
        (ops.DIV, -1.0, False, [ops.NEG]), (ops.SUB, 0.0, False, []),
        (ops.ADD, -0.0, False, []), (ops.ADD, -0.0, True, []),
        (ops.ADD, 0.0, False, [ops.CONSTANT, ops.ADD]),
        (ops.SUB, -0.0, False, [ops.CONSTANT, ops.SUB]),
        (ops.DIV, 1.0, True, [ops.CONSTANT, ops.DIV]),
        (ops.SUB, 0.0, True, [ops.CONSTANT, ops.SUB]),
        (ops.POW, 1.0, False, []), (ops.POW, 0.0, False, [ops.CONSTANT]),
        (ops.SHARE, 1.0, False, []), (ops.SHARE, 1.0, True, []),
        (ops.SHARE, 3.0, False, [ops.CONSTANT, ops.MUL]),
        (ops.SHARE, 3.0, True, [ops.CONSTANT, ops.SHARE]),
        (ops.SHARE, 0.0, False, [ops.CONSTANT, ops.SHARE]),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_left_out(
    op: int, constant: float, first: bool, rest: list[int]
) -> None:
    graph = of_one(op, constant, first=first)
    made = optimized(graph, [False])
    assert list(made.op)[1:] == rest
    for x in EDGES:
        before, after = (graphs.eager(g, [x])[g.outputs[0]].data for g in (graph, made))
        assert graphs.same([after], [before]), x


def test_what_carries_a_gradient_stays() -> None:
    graph = of_one(ops.MUL, 1.0)
    assert list(optimized(graph, [True]).op) == list(graph.op)


def test_what_is_constant_is_computed() -> None:
    graph = Graph(1)
    x = graph.add(ops.LEAF)
    two = graph.add(ops.CONSTANT, number=2.0)
    root = graph.add(ops.SQRT, two)
    truth = graph.add(ops.LT, root, two)
    y = graph.add(ops.WHERE, x, root, truth)
    taken = graph.add(ops.TAKEN, truth)
    graph.more[taken] = (root, y)
    graph.outputs, graph.guards = [y, root, taken], [(truth, True)]
    made = optimized(graph, [False])
    assert made.guards == []
    assert list(made.op) == [ops.LEAF, ops.CONSTANT]
    assert made.number[1] == 2.0**0.5
    assert made.outputs == [0, 1, 0]


def test_what_is_computed_twice_is_computed_once() -> None:
    graph = Graph(2)
    x, y = graph.add(ops.LEAF), graph.add(ops.LEAF)
    a, b = graph.add(ops.MUL, x, y), graph.add(ops.MUL, y, x)
    left, right = graph.add(ops.SUB, x, y), graph.add(ops.SUB, y, x)
    zero, minus = (graph.add(ops.CONSTANT, number=z) for z in (0.0, -0.0))
    graph.outputs = [a, b, left, right, zero, minus]
    made = shared(graph, carrying_of(graph, [False, False]))
    assert made.outputs == [a, a, left, right, zero, minus]
    graph.outputs = [a, b]
    assert shared(graph, carrying_of(graph, [True, False])).outputs == [a, b]


def test_dead_rows_go_and_what_belongs_to_the_others_moves() -> None:
    graph = Graph(1, 1)
    x, w = graph.add(ops.LEAF), graph.add(ops.LEAF)
    graph.add(ops.EXP, x)
    kept = graph.add(ops.TANH, w, scope=7)
    graph.add(ops.SIN, x)
    truth = graph.add(ops.LT, kept, w)
    graph.add(graphs.cube.opcode)
    graph.more[len(graph) - 1] = (x,)
    graph.outputs, graph.guards = [kept], [(truth, False)]
    graph.names = {x: "x", kept: "y", 2: "dead"}
    made = alive(graph)
    assert list(made.op) == [ops.LEAF, ops.LEAF, ops.TANH, ops.LT]
    assert (made.outputs, made.guards, made.names) == ([2], [(3, False)], {0: "x", 2: "y"})
    assert made.scope[2] == 7
    assert made.more == {}
    assert alive(made) is made


def test_operations_of_ones_own_are_written_out() -> None:
    power = gg.custom_op("power", lambda x, p: x**p, lambda y, x, p: (p * x ** (p - 1), y))
    choice = gg.custom_op(
        "choice",
        lambda a, b: gg.where((a > b) | (a == 0.5), a * b, -a / 3),
        lambda y, a, b: (b, a),
    )
    opaque = gg.custom_op("opaque", lambda a, b: max(a, b), lambda y, a, b: (1.0, 0.0))
    for card, exact, called in (
        (choice, True, False), (power, True, True), (power, False, False), (opaque, False, True),
    ):  # fmt: skip
        graph = Graph(2)
        x, y = graph.add(ops.LEAF), graph.add(ops.LEAF)
        graph.outputs = [graph.add(card.opcode)]
        graph.more[2] = (x, y)
        made = optimized(graph, [False, False], exact)
        assert (card.opcode in made.op) is called
        assert card.opcode in optimized(graph, [False, True], exact).op
        for a, b in ((2.0, 3.0), (0.5, 0.7), (-3.0, 2.0)):
            if not called:
                value = graphs.eager(made, [a, b])[made.outputs[0]].data
                assert value == pytest.approx(card.on_floats(a, b), rel=1e-15)
