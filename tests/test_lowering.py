"""Graphs lowered to tapes: the same bits, in fewer places."""

from __future__ import annotations

import random

import pytest

import graphs
from battery import number
from glassgrad.jitting.lowering import lower


@pytest.mark.parametrize("seed", range(300))
def test_a_tape_computes_what_the_eager_engine_does(seed: int) -> None:
    graph = graphs.random_graph(seed)
    draw = random.Random(seed)
    wants = [draw.random() < 0.7 for _ in range(graph.n_inputs)]
    tape = lower(graph, wants, exact=True)
    given = graphs.inputs_of(graph)
    seeds = {i: number(draw) for i in range(len(graph.outputs)) if i == 0 or draw.random() < 0.5}
    results, gradients = graphs.run(tape, given, seeds)
    expected, slopes = graphs.eager_gradients(graph, given, seeds)
    slopes = [g if i >= len(wants) or wants[i] else 0.0 for i, g in enumerate(slopes)]
    assert graphs.same(results, expected)
    assert graphs.same(gradients, slopes)
