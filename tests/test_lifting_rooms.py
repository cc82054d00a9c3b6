"""The rooms of lifting, each by itself: colours, boxes, the order of shares."""

from __future__ import annotations

import random
from array import array
from itertools import product
from typing import Any

import pytest

import glassgrad as gg
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.lifting.boxes import Box, boxes_of
from glassgrad.jitting.lifting.colours import coloured
from glassgrad.jitting.lifting.grouping import grouped
from glassgrad.jitting.passes import carrying_of, optimized
from lifted import FAMILIES
from traced import Traced


def table_of(columns: list[list[int]]) -> array[int]:
    return array("i", [slot for column in columns for slot in column])


def spelled_out(box: Box, columns: list[list[int]]) -> list[list[int]]:
    """List the slots of a box, place by place."""
    places = list(product(*map(range, box.dims)))
    return [
        [
            column[box.begin] + sum(s * i for s, i in zip(strides, place, strict=True))
            for place in places
        ]
        for column, strides in zip(columns, box.strides, strict=True)
    ]


def check_boxes(columns: list[list[int]]) -> list[Box]:
    """See that boxes cover the table, in order, with its very slots."""
    n = len(columns[0])
    boxes = boxes_of(table_of(columns), len(columns), n)
    assert [b.begin for b in boxes] == [sum(b.count for b in boxes[:i]) for i in range(len(boxes))]
    assert sum(b.count for b in boxes) == n
    for box in boxes:
        end = box.begin + box.count
        assert spelled_out(box, columns) == [column[box.begin : end] for column in columns]
    return boxes


@pytest.mark.parametrize("seed", range(300))
def test_boxes_are_found_and_right(seed: int) -> None:
    draw = random.Random(seed)
    dims = [draw.randint(2, 5) for _ in range(draw.randint(1, 4))]
    columns = []
    for _ in range(draw.randint(1, 3)):
        strides = [draw.choice([0, 1, 17, -3, 100, 4]) for _ in dims]
        places = product(*map(range, dims))
        columns.append([1000 + sum(map(int.__mul__, strides, place)) for place in places])
    assert len(check_boxes(columns)) == 1
    # A place that lies elsewhere must be noticed.
    column = draw.choice(columns)
    column[draw.randrange(len(column))] += draw.choice([-1, 1, 50])
    check_boxes(columns)


@pytest.mark.parametrize("seed", range(100))
def test_boxes_of_anything_are_right(seed: int) -> None:
    draw = random.Random(seed)
    n = draw.randint(1, 60)
    check_boxes([[draw.randint(0, draw.choice([1, 3, 50])) for _ in range(n)] for _ in range(2)])


def test_boxes_of_rows_that_grow() -> None:
    rows = [10 * t + s for t in range(1, 30) for s in range(t)]
    assert len(check_boxes([rows])) <= 30
    heads = [100 * t + 10 * h + s for t in range(1, 9) for h in range(4) for s in range(t)]
    assert len(check_boxes([heads])) <= 8


def lowered(family: str, seed: int) -> tuple[Graph, array[int]]:
    f, _, inputs = FAMILIES[family](seed)
    graph = optimized(Traced(f, *inputs).graph, [False] * 1000)
    return graph, carrying_of(graph, [False] * 1000)


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_of_one_colour_never_depend_on_each_other(family: str) -> None:
    for seed in range(20):
        graph, carrying = lowered(family, seed)
        colours = coloured(graph, carrying)
        groups = grouped(graph, colours)
        place = {row: i for i, row in enumerate(groups.rows)}
        begins = list(groups.begins)
        group = {
            row: g for g in range(len(begins) - 1) for row in groups.rows[begins[g] : begins[g + 1]]
        }
        assert len(place) == len(groups.rows)
        for row, g in group.items():
            waiting = [row]  # through the inner rows of sums, up to numbers that have a place
            while waiting:
                r = waiting.pop()
                for x in (graph.a[r], graph.b[r], graph.c[r], *graph.more.get(r, ())):
                    if x in group:
                        assert group[x] < g, (seed, row, x)
                    elif x >= 0 and colours.inner[x]:
                        waiting.append(x)


def name_reader(width: int = 4, words: int = 5) -> Any:
    rows = [[gg.Value(0.1 * i - 0.2 * j) for j in range(width)] for i in range(3 * width + words)]
    table, *maps = rows[:words], *(rows[words + k * width :][:width] for k in range(3))

    def f(tokens: Any) -> Any:
        keys, values, total = [], [], 0.0
        for token in tokens:
            x = gg.take(table, token)
            q, k, v = ([gg.dot(row, x) for row in matrix] for matrix in maps)
            keys.append(k)
            values.append(v)
            weights = gg.softmax([gg.dot(q, key) for key in keys])
            total = total + sum(
                sum(w * v[j] for w, v in zip(weights, values, strict=True)) for j in range(width)
            )
        return total

    return f


def test_a_longer_text_has_no_more_groups() -> None:
    found = set()
    for n in range(1, 9):
        graph = optimized(Traced(name_reader(), [1] * n).graph, [False] * n)
        colours = coloured(graph, carrying_of(graph, [False] * n))
        found.add(len(grouped(graph, colours).begins))
    assert len(found) <= 2  # a text of one word needs no sum over words
