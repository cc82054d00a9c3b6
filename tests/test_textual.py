"""The drawing in the terminal: pictures to be looked at, and arrows that are followed."""

from __future__ import annotations

import io
import random
import re
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassgrad import Value, nn
from glassgrad.show.folding import scene
from glassgrad.show.look import cells
from glassgrad.show.scene import Arrow, Group, Level, Scene
from glassgrad.show.stages import stages
from glassgrad.show.text import textual as module
from glassgrad.show.text.terminal import for_terminal
from glassgrad.show.text.textual import textual
from glassgrad.show.text.wires import Gap, Piece


def worked_example() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def neuron(*, apart: bool = False) -> Value:
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1, x2w2 = x1 * w1, x2 * w2
    x1w1.label, x2w2.label = "x1*w1", "x2*w2"
    total = x1w1 + x2w2
    total.label = "x1*w1 + x2*w2"
    n = total + b
    n.label = "n"
    if apart:
        e = (2 * n).exp()
        e.label = "e"
        o = (e - 1) / (e + 1)
    else:
        o = n.tanh()
    o.label = "o"
    o.backward()
    return o


def test_the_worked_example() -> None:
    L = worked_example()
    L.backward()
    assert (
        textual(scene(L))
        == """\
┌───┬─────────┐
│ a │ data  2 ├─┐
│   │ grad  6 │ │
└───┴─────────┘ │  ┌───┬─────────┐    ┌───┬─────────┐    ┌───┬─────────┐
                └─►│ e │ data −6 ├───►│ d │ data  4 ├───►│ L │ data −8 │
┌───┬─────────┐ ┌─►│ × │ grad −2 │ ┌─►│ + │ grad −2 │ ┌─►│ × │ grad  1 │
│ b │ data −3 ├─┘  └───┴─────────┘ │  └───┴─────────┘ │  └───┴─────────┘
│   │ grad −4 │                    │                  │
└───┴─────────┘    ┌───┬─────────┐ │  ┌───┬─────────┐ │
                   │ c │ data 10 ├─┘  │ f │ data −2 ├─┘
                   │   │ grad −2 │    │   │ grad  4 │
                   └───┴─────────┘    └───┴─────────┘"""
    )


def test_a_neuron_in_narrow_boxes() -> None:
    assert (
        textual(scene(neuron()))
        == """\
┌──────┐
│ x1   │
│    2 ├─┐
│ −1.5 │ │  ┌─────────┐
└──────┘ └─►│ x1*w1 × │
            │      −6 ├─┐
┌──────┐ ┌─►│     0.5 │ │
│ w1   │ │  └─────────┘ │
│   −3 ├─┘              │
│    1 │                │  ┌─────────────────┐    ┌────────┐   ┌────────┐
└──────┘                └─►│ x1*w1 + x2*w2 + │    │ n    + │   │ o tanh │
                           │              −6 ├───►│ 0.8814 ├──►│ 0.7071 │
┌──────┐                ┌─►│             0.5 │ ┌─►│    0.5 │   │      1 │
│ x2   │                │  └─────────────────┘ │  └────────┘   └────────┘
│    0 ├─┐              │                      │
│  0.5 │ │  ┌─────────┐ │  ┌─────────────────┐ │
└──────┘ └─►│ x2*w2 × │ │  │ b               │ │
            │       0 ├─┘  │           6.881 ├─┘
┌──────┐ ┌─►│     0.5 │    │             0.5 │
│ w2   │ │  └─────────┘    └─────────────────┘
│    1 ├─┘
│    0 │
└──────┘
(in each box: label and operation, data, gradient)"""
    )


def test_a_value_used_twice_by_one_operation() -> None:
    a = Value(3.0, label="a")
    y = a * a
    y.label = "y"
    assert (
        textual(scene(y))
        == """\
┌───┬────────┐    ┌───┬────────┐
│ a │ data 3 ├─┬─►│ y │ data 9 │
│   │ grad – │ └─►│ × │ grad – │
└───┴────────┘    └───┴────────┘"""
    )


def test_tanh_taken_apart_fits() -> None:
    text = textual(scene(neuron(apart=True)))
    assert "as a tree" not in text
    assert max(map(len, text.splitlines())) <= module.MOST_COLUMNS
    assert arrows_drawn(text) == arrows_of(neuron(apart=True))


def test_a_stage() -> None:
    L = worked_example()
    drawn = scene(L)
    text = textual(drawn, stages(L, drawn.nodes).after(1).grads)
    assert "│ × │ grad  1 │" in text
    assert "│ + │ grad −2 │" in text
    assert "│ × │ grad  – │" in text


# ------------------------------------------------------------ arrows, followed sign by sign

ARMS = {
    "─": "LR", "│": "UD", "┌": "RD", "┐": "LD", "└": "UR", "┘": "LU", "├": "URD", "┤": "LUD",
    "┬": "LRD", "┴": "LRU", "┼": "LRUD",
}  # fmt: skip
STEPS = {"L": (0, -1), "R": (0, 1), "U": (-1, 0), "D": (1, 0)}
BACK = {"L": "R", "R": "L", "U": "D", "D": "U"}


def names_in(text: str) -> dict[tuple[int, int], str]:
    """Find the name of the box at whose left or right side a place is."""
    lines = text.splitlines()
    width = max(map(len, lines))
    lines = [line.ljust(width) for line in lines]
    height = 4 if module.LEGEND in text else 3
    found = {}
    for top, line in enumerate(lines[:-height]):
        for edge in re.finditer("┌[─┬]+┐", line):
            left, right = edge.start(), edge.end() - 1
            if (lines[top + height][left], lines[top + height][right]) == ("└", "┘"):
                name = re.split(r"[│├]", lines[top + 1][left + 1 :])[0].split()[0]
                for row in range(top + 1, top + height):
                    found[row, left] = found[row, right] = name
    return found


def arrows_drawn(text: str) -> Counter[tuple[str, str]]:
    """Follow every line from the right side of its box to the heads that it leads to."""
    lines = text.splitlines()
    names = names_in(text)
    found: Counter[tuple[str, str]] = Counter()
    for (row, column), name in names.items():
        if lines[row][column] != "├":
            continue
        stack = [(row, column + 1, "R")]
        while stack:
            y, x, way = stack.pop()
            sign = lines[y][x]
            if sign == "►":
                found[name, names[y, x + 1]] += 1
                continue
            if sign == "│" and way == "R":  # a crossing
                turns = "R"
            else:
                assert BACK[way] in ARMS[sign], f"the line breaks off at {y}, {x}"
                turns = ARMS[sign].replace(BACK[way], "")
            for turn in turns:
                assert turn != "L", "an arrow goes back"
                down, right = STEPS[turn]
                stack.append((y + down, x + right, turn))
    return found


def arrows_of(root: Value) -> Counter[tuple[str, str]]:
    nodes = scene(root).nodes
    return Counter(
        (nodes[i].name.split()[0], node.name.split()[0]) for node in nodes for i in node.operands
    )


@given(st.integers(0, 10**9), st.integers(1, 9), st.booleans())
@settings(max_examples=150, deadline=None)
def test_arrows_lead_where_the_graph_says(seed: int, size: int, wide: bool) -> None:
    chance = random.Random(seed)
    values = [Value(float(i), label=f"x{i}") for i in range(chance.randint(1, 4))]
    for i in range(size):
        a, b = chance.choice(values), chance.choice(values)
        values.append(chance.choice([a + b, a * b, a - b, a.tanh()]))
        values[-1].label = f"y{i}" if wide else f"{i}"
    text = textual(scene(values[-1]))
    if "as a tree" not in text:
        assert arrows_drawn(text) == arrows_of(values[-1])


def test_arrows_that_change_rows_with_each_other_are_noticed() -> None:
    assert Gap([Piece(0, "a", 1, "x"), Piece(1, "b", 0, "y")]).tangled
    apart = Gap([Piece(0, "a", 2, "x"), Piece(2, "b", 3, "y")])
    assert not apart.tangled
    assert (apart.upright("x"), apart.upright("y")) == (2, 1)


def test_a_graph_that_is_too_wide_is_a_tree() -> None:
    y = Value(1.0, label="x")
    for _ in range(20):
        y = y.tanh()
    text = textual(scene(y))
    assert text.startswith("(a drawing of it would be ")
    assert "columns wide: this is the graph as a tree)\nv1" in text
    assert text.count("tanh") == 20


def test_a_graph_with_too_many_boxes_is_a_tree_with_the_gradients_of_the_stage() -> None:
    y = Value(0.0, label="x0")
    for i in range(1, 30):
        y = y + Value(float(i), label=f"x{i}")
    drawn = scene(y)
    found = stages(y, drawn.nodes)
    text = textual(drawn, found.after(1).grads)
    assert text.startswith("(59 boxes are too many to be drawn here: this is the graph as a tree)")
    known = [line for line in text.splitlines() if "grad  1.0" in line]
    assert len(known) == 3


def test_groups_and_modules_that_feed_each_other() -> None:
    x = Value(1.0, label="x")
    nodes = scene(x).nodes
    group = Group("g", "layers.0", "6 values", 6, Level())
    once = Scene(nodes, (0,), Level([nodes[0], group], [Arrow(0, 1, 3)]))
    assert (
        textual(once)
        == """\
┌───┬────────┐   ╔══════════╗
│ x │ data 1 ├──►║ layers.0 ║
│   │ grad – │   ║ 6 values ║
└───┴────────┘   ╚══════════╝"""
    )
    both = Scene(nodes, (0,), Level([nodes[0], group], [Arrow(0, 1), Arrow(1, 0)]))
    assert textual(both).startswith("(modules that feed each other are not drawn here")


@pytest.mark.parametrize(
    "label", ["日本", "🙂", "e\u0301", "two\nlines", "x" * 10_000, "│", "</script>", "\x1b[31m"]
)
def test_boxes_stay_boxes_whatever_the_label(label: str) -> None:
    lines = textual(scene(Value(2.0, label=label) * 3.0)).splitlines()
    assert all(line.isprintable() for line in lines)
    wide = {sign: sign + "\0" for line in lines for sign in line if cells(sign) == 2}
    none = dict.fromkeys("\u0301", "")
    grid = [line.translate(str.maketrans(wide | none)) for line in lines]
    for top in (i for i, line in enumerate(grid) if line.startswith("┌")):
        right = grid[top].index("┐")
        for line in grid[top + 1 : top + 3]:
            assert line[0] == "│"
            assert line[right] in "│├"
        assert grid[top + 3][0] == "└"
        assert grid[top + 3][right] == "┘"


def test_a_terminal_that_knows_only_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    text = textual(scene(Value(2.0, label="a") * Value(-3.0, label="b")))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert (
        for_terminal(text)
        == """\
+---+---------+
| a | data  2 +-+
|   | grad  - | |
+---+---------+ |  +----+---------+
                +->| v1 | data -6 |
+---+---------+ +->| *  | grad  - |
| b | data -3 +-+  +----+---------+
|   | grad  - |
+---+---------+"""
    )
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert for_terminal(text) == text


def test_a_folded_graph_that_is_too_tangled_is_a_list_of_its_boxes() -> None:
    random.seed(1)
    model = nn.MLP(3, [4, 4, 1], activation="tanh")
    out = model([Value(float(i), label=f"x{i}") for i in range(3)])
    out.label = "o"
    found = scene(out)
    why, *lines = textual(found).splitlines()
    assert why.endswith("these are its boxes)")
    assert len(lines) == len(found.top.boxes)
    by_name = {line.split()[0]: line for line in lines}
    # What leads to what in such a network is known without asking for it.
    for i in range(4):
        assert by_name[f"layers.0.neurons.{i}"].endswith("← x0, x1, x2")
        hidden = ", ".join(f"layers.0.neurons.{j}" for j in range(4))
        assert by_name[f"layers.1.neurons.{i}"].endswith(f"← {hidden}")
    assert by_name["o"].endswith("← layers.2.neurons.0")
    sizes = [int(word[0]) for line in lines if (word := re.findall(r"(\d+) values", line))]
    assert sum(sizes) + 4 == len(found.nodes)
