"""Giving the boxes of a graph their places: our own layout against Graphviz.

Both get the same boxes, of the sizes that a drawing has, and the same gaps; arrows leave in the
middle of the right side and arrive in the middle of the left one. Both are given the graph in
memory; writing a file is in neither time.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any, NamedTuple

from benchmarks import rounds
from benchmarks.systems import installed

Point = tuple[float, float]
Ways = list[list[Point]]


class Graph(NamedTuple):
    """What both systems are given."""

    sizes: list[Point]
    arrows: list[tuple[int, int]]


@dataclass(frozen=True)
class Drawn:
    """What one system made of one graph; without results, `why` says what kept it from that."""

    graph: str
    system: str
    results: list[dict[str, Any]]
    why: str = ""

    @property
    def crossings(self) -> int:
        """The pairs of arrows that cross, the same in each round."""
        return int(self.results[0]["crossings"])


SYSTEMS = ("glassgrad", "pygraphviz")

#: The graphs, each with the passes that are timed in a process.
GRAPHS = {"expression": 50, "neuron": 50, "loss of 9 examples": 3, "loss of 71 examples": 1}

ROUNDS = 3

#: Nobody is waited for longer, in seconds.
LIMIT = 120

COLUMN_GAP, ROW_GAP = 56.0, 14.0
POINTS_PER_INCH = 72


def measure_layouts() -> list[Drawn]:
    """Let both systems lay out each graph, in fresh processes and in turn."""
    every = [(name, system) for name in GRAPHS for system in SYSTEMS]
    late = set()

    def measure(case: tuple[str, str]) -> dict[str, Any]:
        name, system = case
        if case in late:
            return {}
        try:
            return rounds.run(["layout", system, "--graph", name], limit=LIMIT)
        except subprocess.TimeoutExpired:
            late.add(case)
            return {}

    found = rounds.in_turns({c: ROUNDS for c in every if installed(c[1])}, measure)
    return [
        Drawn(*case, [], "not installed") if case not in found
        else Drawn(*case, [], f"over {LIMIT} s") if case in late
        else Drawn(*case, found[case])
        for case in every
    ]  # fmt: skip


def graph(name: str) -> Graph:
    """Record a graph, and measure its boxes as a drawing would without labels."""
    from glassgrad.graph import ancestors

    nodes = ancestors(_root(name))
    number = {id(v): i for i, v in enumerate(nodes)}
    arrows = [(number[id(u)], i) for i, v in enumerate(nodes) for u in v._prev]
    return Graph([(212.0 if v._prev else 170.0, 42.0) for v in nodes], arrows)


def _root(name: str) -> Any:
    from glassgrad import Value, nn

    a, b, c, d, e = (Value(float(i)) for i in range(5))
    if name == "expression":
        return (a * b + c) * d
    if name == "neuron":
        return (a * b + c * d + e).tanh()
    examples = int(name.split()[2])
    random.seed(1)
    model = nn.MLP(2, [4, 4, 1])
    loss = Value(0.0)
    for _ in range(examples):
        loss = loss + (model([Value(random.random()), Value(random.random())]) - 1.0) ** 2
    return loss


def ours(graph: Graph) -> Callable[[], Ways]:
    from glassgrad.show.layout import place

    return lambda: place(graph.sizes, graph.arrows, column_gap=COLUMN_GAP, row_gap=ROW_GAP).routes


def graphviz(graph: Graph) -> Callable[[], Ways]:
    import pygraphviz

    def run() -> Ways:
        made = pygraphviz.AGraph(
            directed=True, strict=False, rankdir="LR",
            ranksep=COLUMN_GAP / POINTS_PER_INCH, nodesep=ROW_GAP / POINTS_PER_INCH,
        )  # fmt: skip
        for i, (width, height) in enumerate(graph.sizes):
            made.add_node(
                i, shape="box", fixedsize="true", label="",
                width=width / POINTS_PER_INCH, height=height / POINTS_PER_INCH,
            )  # fmt: skip
        for i, (u, v) in enumerate(graph.arrows):
            made.add_edge(u, v, key=str(i), tailport="e", headport="w", arrowhead="none")
        made.layout("dot")
        ways = {edge.name: _straightened(edge.attr["pos"]) for edge in made.edges()}
        return [ways[str(i)] for i in range(len(graph.arrows))]

    return run


def _straightened(position: str) -> list[Point]:
    """Make a polyline of Graphviz's Bézier curves, with four pieces for each of them."""
    controls = [(float(x), float(y)) for x, y in (p.split(",") for p in position.split())]
    way = controls[:1]
    for i in range(0, len(controls) - 1, 3):
        (a, b), (c, d), (e, f), (g, h) = controls[i : i + 4]
        for t in (0.25, 0.5, 0.75, 1.0):
            p, q, r, s = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            way.append((p * a + q * c + r * e + s * g, p * b + q * d + r * f + s * h))
    return way


def crossings(graph: Graph, ways: Ways) -> int:
    """Count the pairs of arrows, of four different boxes, that cross at least once."""
    import numpy as np

    pieces = np.array([(*p, *q) for way in ways for p, q in pairwise(way)])
    owner = np.array([i for i, way in enumerate(ways) for _ in pairwise(way)])
    source, target = np.array(graph.arrows).T
    x1, y1, x2, y2 = pieces.T
    found = set()
    for i, (a, b, c, d) in enumerate(pieces):
        near = np.arange(i)
        near = near[
            (np.minimum(x1[:i], x2[:i]) < max(a, c)) & (np.maximum(x1[:i], x2[:i]) > min(a, c))
            & (np.minimum(y1[:i], y2[:i]) < max(b, d)) & (np.maximum(y1[:i], y2[:i]) > min(b, d))
        ]  # fmt: skip
        u, v = source[owner[i]], target[owner[i]]
        ends = source[owner[near]], target[owner[near]]
        near = near[(ends[0] != u) & (ends[0] != v) & (ends[1] != u) & (ends[1] != v)]
        p, q, r, s = x1[near], y1[near], x2[near], y2[near]
        ours_apart = ((c - a) * (q - b) - (d - b) * (p - a)) * (
            (c - a) * (s - b) - (d - b) * (r - a)
        )
        theirs_apart = ((r - p) * (b - q) - (s - q) * (a - p)) * (
            (r - p) * (d - q) - (s - q) * (c - p)
        )
        found |= {(owner[j], owner[i]) for j in near[(ours_apart < 0) & (theirs_apart < 0)]}
    return len(found)


def layout(system: str, name: str) -> dict[str, Any]:
    """Time one system on one graph, in this process, and count what crosses."""
    made = graph(name)
    run = ours(made) if system == "glassgrad" else graphviz(made)
    seconds = []
    for _ in range(GRAPHS[name]):
        began = process_time()
        ways = run()
        seconds.append(process_time() - began)
    return {
        "boxes": len(made.sizes), "seconds": median(seconds), "crossings": crossings(made, ways),
    }  # fmt: skip
