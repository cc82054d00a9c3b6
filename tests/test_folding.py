"""Scenes: every value in one place, and every edge an arrow, however the graph is folded."""

from __future__ import annotations

import copy
import gc
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from builds import BOTH, amount, run_in
from glassgrad import Value, nn
from glassgrad.engine import edges
from glassgrad.graph import ancestors
from glassgrad.modes import Scope
from glassgrad.show import gather
from glassgrad.show.folding import scene
from glassgrad.show.folding.levels import Graph, Part
from glassgrad.show.folding.ranges import ranges
from glassgrad.show.scene import Group, Kind, Level, Node, Port, Scene

# --------------------------------------------------------------------------- what always holds


def contents(box: Node | Group | Port) -> list[int]:
    """List the values in a box by opening everything."""
    if isinstance(box, Node):
        return [box.index]
    return (
        [i for inner in box.level.boxes for i in contents(inner)] if isinstance(box, Group) else []
    )


def groups(level: Level) -> Iterator[Group]:
    for box in level.boxes:
        if isinstance(box, Group):
            yield box
            yield from groups(box.level)


def check(drawn: Scene) -> None:
    """Hold a scene against the graph itself, with none of the code that made it."""
    keys = [group.key for group in groups(drawn.top)]
    assert len(keys) == len(set(keys))
    inside = sorted(i for box in drawn.top.boxes for i in contents(box))
    assert inside == list(range(len(drawn.nodes)))
    for group in groups(drawn.top):
        assert group.size == len(contents(group)) == len(set(contents(group))) > 0
    check_level(drawn, drawn.top, None)


def check_level(drawn: Scene, level: Level, around: Callable[[int, bool], int] | None) -> None:
    """Compare the arrows of a level with the edges of the graph, and go into its groups."""
    place = {i: k for k, box in enumerate(level.boxes) for i in contents(box)}
    ports = [(box.inward, box.outside) for box in level.boxes if isinstance(box, Port)]
    assert len(ports) == len(set(ports))
    where = {
        (box.inward, box.outside): k for k, box in enumerate(level.boxes) if isinstance(box, Port)
    }

    def find(i: int, inward: bool) -> int:
        if i in place:
            return place[i]
        assert around is not None
        return where[inward, around(i, inward)]

    single: Counter[tuple[int, int, int]] = Counter()
    merged: Counter[tuple[int, int]] = Counter()
    which: dict[tuple[int, int], int] = {}
    for node in drawn.nodes:
        for position, operand in enumerate(node.operands):
            if node.index not in place and operand not in place:
                continue
            ends = find(operand, True), find(node.index, False)
            if all(isinstance(level.boxes[k], Node) for k in ends):
                single[*ends, position] += 1
            elif ends[0] != ends[1]:
                merged[ends] += 1
                which[ends] = position
    between = [
        all(isinstance(level.boxes[k], Node) for k in (arrow.source, arrow.target))
        for arrow in level.arrows
    ]
    assert single == Counter(
        (arrow.source, arrow.target, arrow.position)
        for arrow, nodes in zip(level.arrows, between, strict=True) if nodes
    )  # fmt: skip
    crossing = [arrow for arrow, nodes in zip(level.arrows, between, strict=True) if not nodes]
    assert merged == {(arrow.source, arrow.target): arrow.count for arrow in crossing}
    assert len(merged) == len(crossing)
    for arrow in crossing:
        if arrow.count == 1 and isinstance(level.boxes[arrow.target], Node):
            assert arrow.position == which[arrow.source, arrow.target]
    used = {k for ends in merged for k in ends}
    for k, box in enumerate(level.boxes):
        assert not isinstance(box, Port) or k in used
        if isinstance(box, Group):
            check_level(drawn, box.level, find)


OPERATIONS: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b, lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - 1.5,
    lambda a, b: a.tanh(), lambda a, b: b**2, lambda a, b: gg.where(a > b, a, b),
]  # fmt: skip
PATHS = ["", "", "a", "a.b", "a.b.0", "a.b.1", "sum 1", "c.layers.0", "c.layers.1", "c.layers.1.x"]


@st.composite
def graphs(draw: st.DrawFn) -> list[Value]:
    """Make a graph in which a random motif is repeated, in random modules."""
    values = [
        Value(float(i), label=f"x{i}" if i % 2 else "") for i in range(draw(st.integers(1, 4)))
    ]
    whole = st.integers(0, 10**6)
    for _ in range(draw(st.integers(1, 5))):
        motif = draw(
            st.lists(st.tuples(st.sampled_from(OPERATIONS), whole), min_size=1, max_size=6)
        )
        path, before, results = draw(st.sampled_from(PATHS)), list(values), []
        for k in range(draw(st.integers(1, 9))):
            with Scope(path):
                made = [before[k % len(before)]]
                for operation, j in motif:
                    pool = made + before
                    made.append(operation(made[-1], pool[j % len(pool)]))
            results.append(made[-1])
        values += [*results, gg.sum(results)] if draw(st.booleans()) else results
    return [*draw(st.lists(st.sampled_from(values), min_size=1, max_size=3)), values[-1]]


@settings(deadline=None, max_examples=150)
@given(graphs(), st.integers(4, 40))
def test_every_value_is_in_one_place_and_every_edge_is_an_arrow(
    roots: list[Value], most: int
) -> None:
    check(scene(*roots, most=most))


@settings(deadline=None, max_examples=50)
@given(graphs())
def test_nodes_are_those_of_the_graph(roots: list[Value]) -> None:
    roots[-1].backward()
    drawn = scene(*roots)
    assert [node.value for node in drawn.nodes] == ancestors(*roots)
    position = {id(node.value): node.index for node in drawn.nodes}
    for node in drawn.nodes:
        assert [(drawn.nodes[i].value, d) for i, d in zip(node.operands, node.partials, strict=True)
                ] == list(edges(node.value))  # fmt: skip
        assert node.data == node.value.data
        assert node.grad == (node.value.grad if node.value._mark else None)
        assert bool(node.symbol) == bool(node.operands)
    assert set(drawn.outputs) == {position[id(root)] for root in roots}
    assert {node.index for node in drawn.nodes if node.kind is Kind.OUTPUT} == set(drawn.outputs)
    inner = [node.name for node in drawn.nodes if node.kind is not Kind.CONSTANT]
    assert len(inner) == len(set(inner))


@settings(deadline=None, max_examples=50)
@given(graphs())
def test_with_room_enough_everything_is_drawn_as_it_is(roots: list[Value]) -> None:
    drawn = scene(*roots, most=10**9)
    assert drawn.top.boxes == drawn.nodes
    assert sum(len(node.operands) for node in drawn.nodes) == len(drawn.top.arrows)


# --------------------------------------------------------------------------- names and kinds


def names(*roots: Value) -> dict[str, Kind]:
    return {node.name: node.kind for node in scene(*roots).nodes}


def test_names_and_kinds() -> None:
    v1, a = Value(1.0, label="v1"), Value(2.0)
    c = v1 * a + 2.5
    assert names(c) == {
        "v1": Kind.INPUT, "v2": Kind.INPUT, "v3": Kind.INNER, "2.5": Kind.CONSTANT,
        "v4": Kind.OUTPUT,
    }  # fmt: skip
    c.label = "two\nlines"
    assert "two lines" in names(c)


def test_an_operand_used_twice_has_two_arrows() -> None:
    a = Value(2.0)
    (first, second) = scene(a * a).top.arrows
    assert [(x.source, x.target, x.count, x.position) for x in (first, second)] == [
        (0, 1, 1, 0), (0, 1, 1, 1),
    ]  # fmt: skip


def test_signs_of_operations() -> None:
    x = Value(3.0)
    op = gg.custom_op("twice", forward=lambda x: 2 * x, partials=lambda y, x: (2.0,))
    made = [x * x, x**2, x**-1, x**0.5, x.exp(), x.relu(), Value(x), op(x), Value(1.0, (x,), "hm")]
    assert [scene(y).nodes[-1].symbol for y in made] == [
        "×", "x²", "x⁻¹", "x^0.5", "eˣ", "ReLU", "copy", "twice", "hm"
    ]  # fmt: skip


def test_parameters_are_named_by_their_outermost_module() -> None:
    model = nn.MLP(2, [2, 1])
    model.layers[1].neurons[0].b.label = "threshold"
    kinds = names(model([Value(1.0, label="x1"), Value(2.0, label="x2")]))
    parameters = {name for name, kind in kinds.items() if kind is Kind.PARAMETER}
    expected = {name for name, _ in model.named_parameters()} - {"layers.1.neurons.0.b"}
    assert parameters == expected | {"threshold"}
    assert {name for name, kind in kinds.items() if kind is Kind.INPUT} == {"x1", "x2"}


def test_a_parameter_has_a_short_name_where_its_module_is_the_outermost() -> None:
    neuron = nn.Neuron(2)
    assert {"w0", "w1", "b"} <= set(names(neuron([1.0, 2.0])))


@pytest.mark.parametrize(
    "twin", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["copied", "pickled"]
)
def test_a_copy_of_a_model_has_parameters_too(twin: Callable[[Any], Any]) -> None:
    model = nn.Neuron(1)
    other = twin(model)
    del model
    assert {"w0", "b"} <= {n for n, kind in names(other([1.0])).items() if kind is Kind.PARAMETER}


def test_parameters_are_inputs_again_when_their_module_is_gone() -> None:
    neuron = nn.Neuron(1)
    y = neuron([1.0])
    del neuron
    gc.collect()
    assert Kind.PARAMETER not in names(y).values()


def test_modules_that_say_what_is_equal_or_hold_each_other() -> None:
    class Odd(nn.Module):
        __hash__ = None  # type: ignore[assignment]

        def __init__(self) -> None:
            self.w = Value(1.0)

        def __eq__(self, other: object) -> bool:
            raise TypeError("not comparable")

        def __call__(self, x: float) -> Value:
            return self.w * x

    one, two = Odd(), Odd()
    one.part, two.owner = two, one  # type: ignore[attr-defined]
    outer = Odd()
    outer.inner = one  # type: ignore[attr-defined]
    assert names(outer(1.0) + one(2.0) + two(3.0)) | {"2": Kind.CONSTANT} == {
        "w": Kind.PARAMETER, "inner.w": Kind.PARAMETER, "inner.part.w": Kind.PARAMETER,
        "1": Kind.CONSTANT, "2": Kind.CONSTANT, "3": Kind.CONSTANT, "v1": Kind.INNER,
        "v2": Kind.INNER, "v3": Kind.INNER, "v4": Kind.INNER, "v5": Kind.OUTPUT,
    }  # fmt: skip


# --------------------------------------------------------------------------- folded


def moons_loss(examples: int = 100) -> Value:
    """Compute the loss of micrograd's demo: a margin of 1, and a penalty on the weights."""
    points = gg.data.moons(examples, noise=0.1, random_state=1)
    model = nn.MLP(2, [16, 16, 1])
    inputs = [[Value(float(x)) for x in point] for point in points.X]
    scores = [model(x) for x in inputs]
    losses = [(1 + -(2 * int(y) - 1) * s).relu() for y, s in zip(points.y, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    loss: Value = data_loss + 1e-4 * sum(p * p for p in model.parameters())
    moons_loss.model = model  # type: ignore[attr-defined]  # it names the parameters
    return loss


def titles(level: Level) -> list[str]:
    return [box.title for box in level.boxes if isinstance(box, Group)]


def group(level: Level, key: str) -> Group:
    return next(found for found in groups(level) if found.key == key)


def test_the_moons_are_drawn_as_forty_boxes() -> None:
    drawn = scene(moons_loss())
    assert len(drawn.nodes) == 65_818
    assert len(drawn.top.boxes) == 41
    neurons = [f"layers.{i}.neurons.{k}" for i, n in enumerate((16, 16, 1)) for k in range(n)]
    assert titles(drawn.top) == [*neurons, "200 inputs", "Σ of 100 terms", "Σ of 337 terms"]
    loose = [box for box in drawn.top.boxes if isinstance(box, Node)]
    assert [node.symbol or node.name for node in loose] == ["0.01", "×", "0.0001", "×", "+"]
    notes = {box.title: box.note for box in drawn.top.boxes if isinstance(box, Group)}
    assert notes["layers.0.neurons.3"] == "5 values × 100 examples"
    assert notes["layers.1.neurons.3"] == "33 values × 100 examples"
    assert notes["Σ of 100 terms"] == "5 values × 100 terms"
    assert notes["Σ of 337 terms"] == "1 value × 337 terms"


def test_a_neuron_opens_to_one_example_and_a_box_for_the_others() -> None:
    neuron = group(scene(moons_loss()).top, "layers.0.neurons.3")
    assert neuron.size == 3 + 5 * 100
    nodes = [box for box in neuron.level.boxes if isinstance(box, Node)]
    assert [n.name for n in nodes if n.kind is Kind.PARAMETER] == ["w0", "w1", "b"]
    assert [n.symbol for n in nodes if n.operands] == ["×", "+", "×", "+", "ReLU"]
    (others,) = (box for box in neuron.level.boxes if isinstance(box, Group))
    assert (others.title, others.size, others.note) == ("99 more examples", 495, "495 values")
    ports = [box for box in neuron.level.boxes if isinstance(box, Port)]
    assert [port.name for port in ports if port.inward] == ["200 inputs"]
    outward = {port.name for port in ports if not port.inward}
    assert outward == {*(f"layers.1.neurons.{k}" for k in range(16)), "Σ of 337 terms"}


def test_the_moons_hold_what_always_holds() -> None:
    check(scene(moons_loss(6), most=30))


def test_a_wide_network_folds_into_layers_which_open_to_neurons() -> None:
    model = nn.MLP(2, [40, 40, 1])
    drawn = scene(model([Value(1.0, label="x"), Value(2.0, label="y")]))
    assert titles(drawn.top) == ["layers.0", "layers.1", "layers.2.neurons.0"]
    layer = group(drawn.top, "layers.1")
    assert layer.size == 40 * (41 + 81)
    assert titles(layer.level) == [f"neurons.{k}" for k in range(40)]
    check(drawn)


def test_a_very_wide_layer_is_cut_into_ranges() -> None:
    model = nn.MLP(1, [150, 1])
    layer = group(scene(model([Value(1.0)])).top, "layers.0")
    assert titles(layer.level) == [
        "neurons.0 … 49", "neurons.50 … 99", "neurons.100 … 149"
    ]  # fmt: skip


def test_repetition_is_found_without_modules() -> None:
    w, b = Value(0.5, label="w"), Value(0.25, label="b")
    predictions = [(w * Value(float(i)) + b).tanh() for i in range(50)]
    drawn = scene(*predictions)
    assert titles(drawn.top) == ["50 inputs", "50 outputs", "49 more examples"]
    total = gg.sum([(p - i) ** 2 for i, p in enumerate(predictions)])
    drawn = scene(total / 50)
    (sums,) = (box for box in drawn.top.boxes if isinstance(box, Group) and "Σ" in box.title)
    assert (sums.title, sums.note) == ("Σ of 50 terms", "6 values × 50 terms")
    assert sums.size == 50 * 6 + 1 + 50  # the 0 that the sum begins with, and the additions


def test_pieces_that_are_wired_differently_are_not_alike() -> None:
    terms = []
    for i in range(10):
        once, twice = Value(float(i)).exp(), Value(float(i)).exp()
        terms += [once * once.sin(), (s := twice.sin()) * s]
    (sums,) = (found for found in groups(scene(gg.sum(terms) * 2).top) if "Σ" in found.title)
    assert sums.note == "3 values × 10 terms, 3 values × 10 terms"


def test_copies_of_which_all_but_the_first_are_outputs() -> None:
    x = Value(1.0)
    first, second, third = x.exp(), x.exp(), x.exp()
    with Scope("elsewhere"):
        y = first * 2
    check(scene(second, third, y.sin(), most=4))


def test_ranges_of_copies_are_named_by_the_first_and_the_last() -> None:
    w = Value(0.5, label="w")
    drawn = scene(gg.sum([(w * Value(float(i))).tanh() * w for i in range(300)]) / 300)
    (others,) = (found for found in groups(drawn.top) if found.title == "299 more terms")
    assert titles(others.level) == [
        "term 2 … 60", "term 61 … 120", "term 121 … 180", "term 181 … 240", "term 241 … 300",
    ]  # fmt: skip


def test_ranges_of_unlike_items_say_what_is_done_most() -> None:
    drawn = scene(tangle(40))
    (part, *_) = (box for box in drawn.top.boxes if isinstance(box, Group))
    assert part.title.startswith("part 1 of ")
    counted, _, signs = part.note.partition(": ")
    assert counted == f"{part.size:,} values"
    done = Counter(drawn.nodes[i].symbol for i in contents(part) if drawn.nodes[i].operands)
    frequencies = [done.pop(sign) for sign in signs.split()]
    assert frequencies == sorted(frequencies, reverse=True)
    assert min(frequencies) >= max(done.values(), default=0)


# --------------------------------------------------------------------------- ranges


def tangle(layers: int) -> Value:
    """Compute without modules: linear maps, each followed by a softmax over all numbers."""
    xs = [Value(0.1 * i, label=f"x{i}") for i in range(8)]
    for k in range(layers):
        rows = [[Value(0.01 * (i + j + k)) for i in range(8)] for j in range(8)]
        powers = [gg.sum([w * x for w, x in zip(row, xs, strict=True)]).exp() for row in rows]
        total = gg.sum(powers)
        xs = [power / total for power in powers]
    return gg.sum(xs) * 2


def test_a_program_without_modules_is_cut_into_parts_that_no_circle_joins() -> None:
    drawn = scene(tangle(40))
    assert len(drawn.nodes) > 5_000
    assert 4 < len(drawn.top.boxes) <= 60
    for level in (drawn.top, *(part.level for part in groups(drawn.top))):
        assert_no_circle((a.source, a.target) for a in level.arrows)
    check(drawn)


def assert_no_circle(arrows: Iterable[tuple[int, int]]) -> None:
    needs: dict[int, set[int]] = {}
    for source, target in arrows:
        needs.setdefault(target, set()).add(source)
    TopologicalSorter(needs).prepare()  # raises where there is one


@st.composite
def items_of_a_graph(draw: st.DrawFn) -> tuple[Graph, list[int | Part]]:
    """Make a random graph, and put its values into random parts."""
    values = [Value(1.0)]
    for _ in range(draw(st.integers(4, 30))):
        a, b = draw(st.tuples(st.sampled_from(values), st.sampled_from(values)))
        values.append(a + b)
    nodes, _ = gather.gather(*values)
    spread = draw(st.integers(1, 30))
    bins: dict[int, list[int]] = {}
    for i in range(len(nodes)):
        bins.setdefault(draw(st.integers(i // spread * 3, i // spread * 3 + 8)), []).append(i)
    return Graph(nodes), [
        some[0] if len(some) == 1 else Part(f"{k}", f"{k}", "", some, list)
        for k, some in enumerate(bins.values())
    ]


@settings(deadline=None, max_examples=300)
@given(items_of_a_graph(), st.integers(1, 8))
def test_ranges_run_forward_but_for_circles_that_are_too_long(
    made: tuple[Graph, list[int | Part]], longest: int
) -> None:
    graph, items = made
    place = {i: k for k, item in enumerate(items) for i in members_of(item)}
    arrows = {
        (place[operand], place[node.index]) for node in graph.nodes for operand in node.operands
    }
    behind = {k: {k} for k in range(len(items))}  # by brute force: all that each place leads to
    before = 0
    while before != (reached := sum(map(len, behind.values()))):
        before = reached
        for source, target in arrows:
            behind[source] |= behind[target]
    circles = [{j for j in behind[k] if k in behind[j]} for k in range(len(items))]

    cut = ranges(graph, items, longest)
    number = {item: r for r, some in enumerate(cut) for item in some}
    assert sum(map(len, cut)) == len(items) == len(number)
    assert min(map(len, cut)) > 0
    assert max(map(len, cut)) <= 2 * longest
    assert (len(cut) > 1) == (len(items) > longest)
    of = [number[item] for item in items]
    for circle in circles:
        assert len(circle) > longest or len({of[k] for k in circle}) == 1
    for source, target in arrows:
        assert of[source] <= of[target] or len(circles[source] & circles[target]) > longest
    if all(source <= target for source, target in arrows):
        assert [item for some in cut for item in some] == items


def members_of(item: int | Part) -> Sequence[int]:
    return [item] if isinstance(item, int) else item.members


@pytest.mark.parametrize(("varies", "word"), [(True, "examples"), (False, "copies")])
def test_copies_are_examples_if_what_goes_through_the_same_parameters_varies(
    varies: bool, word: str
) -> None:
    neuron = nn.Neuron(1)
    holder = nn.Sequential(neuron, lambda y: y * 2)
    total = gg.sum([holder([float(i * varies)]) for i in range(30)]) * 0.5
    found = group(scene(total).top, "steps.0")
    assert found.note == f"4 values × 30 {word}"


def test_a_sum_that_is_the_output_shows_its_last_step() -> None:
    drawn = scene(gg.sum([Value(float(i)) for i in range(100)]))
    assert titles(drawn.top) == ["100 inputs", "Σ of 100 terms"]
    assert [box.kind for box in drawn.top.boxes if isinstance(box, Node)] == [Kind.OUTPUT]


def test_what_has_no_structure_is_drawn_up_to_a_size_and_then_cut() -> None:
    v = Value(0.5)
    for _ in range(1000):
        v = v.sin()
    drawn = scene(v)
    assert drawn.top.boxes == drawn.nodes
    for _ in range(3000):
        v = v.sin()
    drawn = scene(v)
    assert titles(drawn.top)[:2] == ["v1 … v266", "v267 … v533"]
    assert len(drawn.top.boxes) == 15
    for found in groups(drawn.top):
        assert len([box for box in found.level.boxes if not isinstance(box, Port)]) <= 60
    check(drawn)


def test_modules_that_feed_each_other_in_turn() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            self.ahead, self.back = nn.Neuron(1), nn.Neuron(1)

        def __call__(self, x: Value) -> Value:
            for _ in range(30):
                x = self.back(self.ahead(x))
            return x

    drawn = scene(Net()(Value(1.0)))
    check(drawn)
    ends = {(a.source, a.target) for a in drawn.top.arrows}
    assert any((target, source) in ends for source, target in ends)


def chain(length: int) -> Value:
    v = Value(0.5)
    for _ in range(length // 2):
        v = v + 1
    return v


def ladder(length: int) -> Value:
    v = Value(0.5)
    for _ in range(length // 2):
        v = v * v + v
    return v


def products(length: int) -> Value:
    row = [Value(1.0) for _ in range(length // 2 + 1)]
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [a * b for a, b in pairs] + row[len(row) // 2 * 2 :]
    return row[0]


@pytest.mark.parametrize(
    ("make", "length"),
    [(chain, 100_000), (products, 100_000), (ladder, amount(1_000_000, 100_000))],
)
def test_up_to_a_million_values_are_folded(make: Callable[[int], Value], length: int) -> None:
    gc.disable()  # it would take as long as the rest
    try:
        drawn = scene(make(length))
    finally:
        gc.enable()
    assert len(drawn.nodes) == length + 1
    assert len(drawn.top.boxes) <= 60
    sizes = [box.size for box in drawn.top.boxes if isinstance(box, Group)]
    assert sum(sizes) + len(drawn.top.boxes) - len(sizes) == len(drawn.nodes)


# --------------------------------------------------------------------------- the same every time

DUMP = """
import random
from glassgrad import Value, nn
from glassgrad.show.folding import scene
from glassgrad.show.scene import Group

random.seed(7)
model = nn.MLP(3, [8, 8, 2])
outputs = [y for _ in range(9) for y in model([Value(random.random()) for _ in range(3)])]
loss = sum((y - 1) ** 2 for y in outputs) + 0.1 * sum(p * p for p in model.parameters())

def dump(level, depth):
    for box in level.boxes:
        what = type(box).__name__.replace("Folded", "")
        print(depth, what, *(getattr(box, field, "") for field in ("key", "title", "name")))
        if isinstance(box, Group):
            dump(box.level, depth + 1)
    print([(a.source, a.target, a.count, a.position) for a in level.arrows])

dump(scene(loss, most=40).top, 0)
"""


def test_the_same_in_every_process_and_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "dump.py"
    program.write_text(DUMP)
    texts = set()
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        texts.add(run_in("pure", program))
        texts.add(run_in("compiled", program) if BOTH else run_in("pure", program))
    (text,) = texts
    assert "layers.0.neurons.7" in text


# --------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: scene(), "nothing to draw"),
        (lambda: scene(3.0), "not 3.0"),  # type: ignore[arg-type]
        (lambda: scene(Value(1.0), most=3), "at least 4, not 3"),
        (lambda: scene(Value(1.0), most=2.5), "at least 4, not 2.5"),  # type: ignore[arg-type]
        (lambda: scene(Value(1.0), open=["a"]), "no group 'a' to open: none is folded"),
        (
            lambda: scene(nn.MLP(2, [40, 40, 1])([Value(1.0), Value(2.0)]), open=["layers.0.x"]),
            "no group 'layers.0.x' to open: there are 'inputs', 'layers.0', ",
        ),
    ],
)
def test_what_cannot_be_drawn(draw: Callable[[], Scene], says: str) -> None:
    with pytest.raises(gg.DrawingError, match=says):
        draw()


def test_every_key_can_be_opened() -> None:
    loss = moons_loss(70)
    drawn = scene(loss)
    keys = ["layers.0.neurons.3", "layers.0.neurons.3/others", "inputs"]
    keys += [found.key for found in groups(group(drawn.top, "layers.0.neurons.3").level)]
    scene(loss, open=keys)
    wide = nn.MLP(1, [150, 1])([Value(1.0)])
    scene(wide, open=[found.key for found in groups(scene(wide).top)][::40])
    scene(loss, open="all")


def test_a_graph_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST_VALUES", 10)
    v = Value(1.0)
    for _ in range(5):
        v = v + 1
    with pytest.raises(gg.DrawingError, match="11 values, and at most 10 are drawn: draw"):
        scene(v)
