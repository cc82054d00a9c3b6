"""Places for boxes and ways for arrows, judged by geometry that the layout does not use itself."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.graph import ancestors
from glassgrad.show import columns as columns_module
from glassgrad.show import ordering
from glassgrad.show.layout import Layout, place

TINY = 1e-4
COLUMN_GAP, ROW_GAP = 56.0, 14.0

Point = tuple[float, float]
Arrows = list[tuple[int, int]]


def box(layout: Layout, sizes: list[Point], i: int) -> tuple[float, float, float, float]:
    (x, y), (w, h) = layout.spots[i], sizes[i]
    return x, y, x + w, y + h


def enters(a: Point, b: Point, rectangle: tuple[float, float, float, float]) -> bool:
    """Say whether a segment has a point inside a rectangle (Liang & Barsky)."""
    left, top, right, bottom = rectangle
    low, high = 0.0, 1.0
    for start, step, least, most in (
        (a[0], b[0] - a[0], left + TINY, right - TINY),
        (a[1], b[1] - a[1], top + TINY, bottom - TINY),
    ):
        if least >= most:
            return False
        if abs(step) < 1e-12:
            if not least < start < most:
                return False
            continue
        t, u = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, t), min(high, u)
    return low < high


def crosses(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Say whether two segments cross in a point inside of both."""

    def side(p: Point, q: Point, r: Point) -> float:
        area = (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
        return 0.0 if abs(area) < TINY else area

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def crossings(layout: Layout) -> int:
    return sum(
        any(crosses(*s, *t) for s in pairwise(one) for t in pairwise(other))
        for one, other in combinations(layout.routes, 2)
    )


def column_numbers(layout: Layout, sizes: list[Point]) -> list[int]:
    """Number the columns of a drawing that is in one piece: boxes are centred in them."""
    centres = [round(x + w / 2, 3) for (x, _), (w, _) in zip(layout.spots, sizes, strict=True)]
    number = {x: i for i, x in enumerate(sorted(set(centres)))}
    return [number[x] for x in centres]


def check(layout: Layout, sizes: list[Point], arrows: Arrows) -> None:
    """Hold what is true of every drawing."""
    boxes = [box(layout, sizes, i) for i in range(len(sizes))]
    for (l1, t1, r1, b1), (l2, t2, r2, b2) in combinations(boxes, 2):
        beside = max(l1, l2) - min(r1, r2)
        below = max(t1, t2) - min(b1, b2)
        assert beside >= COLUMN_GAP - TINY or below >= ROW_GAP - TINY
    assert len(layout.routes) == len(arrows)
    for (u, v), way in zip(arrows, layout.routes, strict=True):
        assert way[0] == pytest.approx((boxes[u][2], (boxes[u][1] + boxes[u][3]) / 2))
        assert way[-1] == pytest.approx((boxes[v][0], (boxes[v][1] + boxes[v][3]) / 2))
        for a, b in pairwise(way):
            assert a != b
            assert not any(enters(a, b, rectangle) for rectangle in boxes)
    points = [p for way in layout.routes for p in way]
    points += [p for left, top, right, bottom in boxes for p in ((left, top), (right, bottom))]
    assert min(x for x, _ in points) == pytest.approx(0, abs=TINY)
    assert min(y for _, y in points) == pytest.approx(0, abs=TINY)
    assert max(x for x, _ in points) == pytest.approx(layout.width)
    assert max(y for _, y in points) == pytest.approx(layout.height)


numbers = st.sampled_from([0.0, 20.0, 42.0, 95.5, 150.0])


@st.composite
def sizes_of(draw: st.DrawFn, most: int = 24) -> list[Point]:
    return draw(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=most))


@st.composite
def expressions(draw: st.DrawFn) -> tuple[list[Point], Arrows]:
    """Draw a graph as Values make it: every box but the last is used by a later one."""
    sizes = draw(sizes_of())
    last = len(sizes) - 1
    arrows = [(i, draw(st.integers(i + 1, last))) for i in range(last)]
    if last:
        ends = st.tuples(st.integers(0, last), st.integers(0, last)).filter(lambda e: e[0] != e[1])
        more = draw(st.lists(ends, max_size=2 * last))
        arrows += [(min(e), max(e)) for e in more]
    return sizes, draw(st.permutations(arrows))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Point], Arrows, set[int], set[int]]:
    """Draw anything: cycles, loops, several parts, ports."""
    sizes = draw(sizes_of(12))
    boxes = st.integers(0, len(sizes) - 1)
    arrows = draw(st.lists(st.tuples(boxes, boxes), max_size=20))
    first = draw(st.sets(boxes, max_size=3))
    return sizes, arrows, first, draw(st.sets(boxes, max_size=3)) - first


@given(expressions())
@settings(deadline=None)
def test_an_expression_runs_from_left_to_right(graph: tuple[list[Point], Arrows]) -> None:
    sizes, arrows = graph
    layout = place(sizes, arrows)
    check(layout, sizes, arrows)
    for (u, v), way in zip(arrows, layout.routes, strict=True):
        assert layout.spots[u][0] + sizes[u][0] + COLUMN_GAP <= layout.spots[v][0] + TINY
        assert all(a[0] < b[0] for a, b in pairwise(way))
    where = column_numbers(layout, sizes)
    for leaf in set(range(len(sizes))) - {v for _, v in arrows}:
        used = [where[v] for u, v in arrows if u == leaf]
        assert not used or where[leaf] == min(used) - 1


@given(graphs())
@settings(deadline=None)
def test_any_graph_can_be_drawn(graph: tuple[list[Point], Arrows, set[int], set[int]]) -> None:
    sizes, arrows, first, last = graph
    layout = place(sizes, arrows, first=first, last=last)
    check(layout, sizes, arrows)
    edges = [box(layout, sizes, i) for i in range(len(sizes))]
    for port in first:
        assert all(edges[port][2] < edges[i][0] for i in range(len(sizes)) if i not in first)
    for port in last:
        assert all(edges[port][0] > edges[i][2] for i in range(len(sizes)) if i not in last)


@given(graphs())
@settings(deadline=None)
def test_arrows_that_would_need_too_much_room_go_below(
    graph: tuple[list[Point], Arrows, set[int], set[int]],
) -> None:
    sizes, arrows, first, last = graph
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns_module, "MOST_DUMMIES", 1)
        check(place(sizes, arrows, first=first, last=last), sizes, arrows)


@given(st.data())
@settings(deadline=None)
def test_a_tree_has_no_crossings_and_keeps_its_operands_in_order(data: st.DataObject) -> None:
    sizes = data.draw(sizes_of())
    consumer = [data.draw(st.integers(0, i - 1)) for i in range(1, len(sizes))]
    arrows = data.draw(st.permutations([(i + 1, v) for i, v in enumerate(consumer)]))
    layout = place(sizes, arrows)
    assert crossings(layout) == 0
    for v in set(consumer):
        heights = [layout.spots[u][1] + sizes[u][1] / 2 for u, w in arrows if w == v]
        assert heights == sorted(heights)
    assert crossings(place(sizes, [(v, u) for u, v in arrows])) == 0


def recorded(root: Value) -> tuple[list[Point], Arrows, list[Value]]:
    nodes = ancestors(root)
    number = {id(v): i for i, v in enumerate(nodes)}
    arrows = [(number[id(u)], i) for i, v in enumerate(nodes) for u in v._prev]
    return [(212.0 if v._prev else 150.0, 42.0) for v in nodes], arrows, nodes


def lecture_neuron() -> Value:
    x1, x2, w1, w2, b = (Value(v) for v in (2.0, 0.0, -3.0, 1.0, 6.88))
    return (x1 * w1 + x2 * w2 + b).tanh()


def training_loss(examples: int) -> Value:
    random.seed(1)
    model = nn.MLP(2, [4, 4, 1])
    points = [[random.random(), random.random()] for _ in range(examples)]
    return gg.sum([(model([Value(x) for x in point]) - 1.0) ** 2 for point in points])


@pytest.mark.parametrize(
    "root",
    [lecture_neuron(), training_loss(1), training_loss(2), (a := Value(3.0)) * a,
     gg.sum([Value(1.0) * Value(2.0) for _ in range(40)])],
    ids=["neuron", "one example", "two examples", "square", "long sum"],
)  # fmt: skip
def test_recorded_graphs(root: Value) -> None:
    sizes, arrows, _ = recorded(root)
    check(place(sizes, arrows), sizes, arrows)


def test_the_spine_of_an_expression_is_straight() -> None:
    a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
    e = a * b
    d = e + c
    sizes, arrows, nodes = recorded(d * f)
    layout = place(sizes, arrows)
    y = {id(v): spot[1] for v, spot in zip(nodes, layout.spots, strict=True)}
    assert y[id(e)] == y[id(d)] == y[id(nodes[-1])] == (y[id(a)] + y[id(b)]) / 2
    assert y[id(c)] == y[id(e)] + 42 + ROW_GAP
    assert y[id(f)] == y[id(d)] + 42 + ROW_GAP
    assert layout.height == 2.5 * (42 + ROW_GAP) - ROW_GAP


def test_a_result_stands_in_the_middle_of_its_operands() -> None:
    sizes, arrows, nodes = recorded(lecture_neuron())
    layout = place(sizes, arrows)
    for i in range(len(nodes)):
        operands = [u for u, w in arrows if w == i]
        if operands and all(nodes[u]._op == nodes[operands[0]]._op for u in operands):
            middle = sum(layout.spots[u][1] for u in operands) / len(operands)
            assert layout.spots[i][1] == pytest.approx(middle)


def test_a_chain_is_a_straight_line() -> None:
    count = 5_000
    layout = place([(10, 10)] * count, [(i, i + 1) for i in range(count - 1)])
    assert layout.height == 10
    assert all(len(way) == 2 for way in layout.routes)


@pytest.mark.parametrize("outward", [False, True], ids=["in", "out"])
def test_a_wide_fan_is_one_column_and_its_middle(outward: bool) -> None:
    count = 784
    arrows = [(0, i) if outward else (i, 0) for i in range(1, count + 1)]
    layout = place([(10, 10)] * (count + 1), arrows)
    assert layout.width == 10 + 3 * COLUMN_GAP + 10  # the widest a gap becomes, for steep arrows
    assert layout.height == pytest.approx(count * 10 + (count - 1) * ROW_GAP)
    assert layout.spots[0][1] == pytest.approx((layout.height - 10) / 2, abs=10 + ROW_GAP)
    heights = [y for _, y in layout.spots[1:]]
    assert heights == sorted(heights)


def test_a_parameter_that_is_used_often_leaves_as_one_line() -> None:
    steps = 30  # s = s*w, again and again
    arrows = [pair for i in range(steps) for pair in ((i + 1, i + 2), (0, i + 2))]
    layout = place([(10, 10)] * (steps + 2), arrows)
    ways = zip(arrows, layout.routes, strict=True)
    inner = [dict(way[1:-1]) for (u, _), way in ways if u == 0]
    assert all(one[x] == other[x] for one, other in pairwise(inner) for x in one.keys() & other)
    assert crossings(layout) == 0


def test_operands_that_nobody_else_uses_stand_beside_a_late_consumer() -> None:
    chain = [(i, i + 1) for i in range(7)]
    a, b, product = 8, 9, 10  # the last box of the chain uses a * b
    sizes = [(10.0, 10.0)] * 11
    where = column_numbers(place(sizes, [*chain, (a, product), (b, product), (product, 7)]), sizes)
    assert where[product] == where[7] - 1
    assert where[a] == where[b] == where[product] - 1


def test_few_more_crossings_than_the_best_order_has() -> None:
    random.seed(2)
    ours = best = 0
    for _ in range(25):
        arrows = [(u, v) for u in range(4) for v in range(4, 8) if random.random() < 0.5]
        arrows += [(u, 4 + u) for u in range(4) if (u, 4 + u) not in arrows]
        ours += crossings(place([(10, 10)] * 8, arrows))
        best += min(
            sum((left[a] - left[b]) * (right[c - 4] - right[d - 4]) < 0
                for (a, c), (b, d) in combinations(arrows, 2))
            for left in permutations(range(4))
            for right in permutations(range(4))
        )  # fmt: skip
    assert best <= ours <= 1.1 * best


def test_exchanging_neighbours_takes_crossings_away(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, arrows, _ = recorded(training_loss(2))
    with_it = crossings(place(sizes, arrows))
    monkeypatch.setattr(ordering, "EXCHANGED", 0)
    assert with_it < crossings(place(sizes, arrows))


def test_a_limit_keeps_long_arrows_out_of_the_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    arrows = [*((i, i + 1) for i in range(9)), (0, 9)]
    sizes = [(10.0, 10.0)] * 10
    monkeypatch.setattr(columns_module, "MOST_DUMMIES", 7)
    layout = place(sizes, arrows)
    assert max(y for _, y in layout.routes[-1]) > max(y for _, y in layout.spots) + 10
    assert {y for _, y in layout.spots} == {0.0}


def test_arrows_between_the_same_boxes_keep_apart() -> None:
    for sizes, arrows in (
        ([(10, 10)] * 2, [(0, 1), (0, 1)]),
        ([(10, 10)] * 3, [(0, 1), (1, 2), (0, 2), (0, 2), (0, 2)]),
        ([(10, 10)], [(0, 0), (0, 0)]),
        ([(10, 10)] * 2, [(0, 1), (1, 0), (1, 0)]),
    ):
        layout = place(sizes, arrows)
        check(layout, sizes, arrows)
        for one, other in combinations(range(len(arrows)), 2):
            if arrows[one] == arrows[other]:
                assert not set(layout.routes[one][1:-1]) & set(layout.routes[other][1:-1])


def test_a_loop_is_seen() -> None:
    way = place([(30, 20)], [(0, 0)]).routes[0]
    assert max(x for x, _ in way) - min(x for x, _ in way) > 30
    assert max(y for _, y in way) - min(y for _, y in way) > 10


def test_parts_that_are_not_connected_stand_side_by_side() -> None:
    layout = place([(50, 20)] * 100, [])
    check(layout, [(50, 20)] * 100, [])
    assert layout.width < 10 * layout.height < 100 * layout.width


def test_nothing_takes_no_room() -> None:
    assert place([], []) == Layout([], [], 0.0, 0.0)
    assert place([(30, 20)], []) == Layout([(0.0, 0.0)], [], 30.0, 20.0)


PROGRAM = """
import random
from glassgrad.show.layout import place
random.seed(5)
arrows = [(random.randrange(60), random.randrange(60)) for _ in range(120)]
print(place([(40, 20)] * 60, arrows, first={3, 41, 17}, last={50, 8}))
"""


def test_the_same_layout_under_another_hash_seed() -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1
    assert "spots" in runs.pop()


@pytest.mark.parametrize(
    ("sizes", "arrows", "options", "words"),
    [
        ([(1, 2), (float("nan"), 2)], [], {}, r"box 1 has the size \(nan, 2\)"),
        ([(1, float("inf"))], [], {}, "box 0 has the size"),
        ([(-1, 2)], [], {}, "give two finite numbers"),
        ([(1, 2)], [(0, 1)], {}, r"arrow 0 is \(0, 1\), but there are 1 boxes"),
        ([(1, 2)], [(0, 0), (-1, 0)], {}, "arrow 1 is"),
        ([(1, 2)], [], {"first": [1]}, "first names box 1"),
        ([(1, 2)], [], {"last": [-1]}, "last names box -1"),
        ([(1, 2)], [], {"first": [0], "last": [0]}, "box 0 can't be both"),
        ([(1, 2)], [], {"column_gap": 0.0}, "column_gap is 0.0"),
        ([(1, 2)], [], {"row_gap": float("nan")}, "row_gap is nan"),
    ],
)
def test_errors_name_what_is_wrong(sizes, arrows, options, words) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=words):
        place(sizes, arrows, **options)
