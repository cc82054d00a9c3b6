"""The backward pass in stages, and its captions: against the engine, numbers and words."""

from __future__ import annotations

import math
import random
import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import Value
from glassgrad.graph import ancestors
from glassgrad.ops import TABLE
from glassgrad.show.captions import words
from glassgrad.show.gather import gather
from glassgrad.show.scene import Node
from glassgrad.show.stages import Stages, stages


def worked_example() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def nodes_of(root: Value) -> list[Node]:
    return gather(root)[0]


def staged(root: Value) -> Stages:
    return stages(root, nodes_of(root))


def captions(root: Value) -> list[str]:
    return [stage.caption for stage in staged(root)]


def test_the_gradients_of_the_lecture_stage_by_stage() -> None:
    L = worked_example()
    nodes = nodes_of(L)
    found = [
        (stage.k, {n.name: g for n, g in zip(nodes, stage.grads, strict=True) if g is not None})
        for stage in stages(L, nodes)
    ]
    L1 = {"L": 1.0}
    d = {**L1, "d": -2.0}
    f = {**d, "f": 4.0}
    e = {**f, "e": -2.0}
    c = {**e, "c": -2.0}
    a = {**c, "a": 6.0}
    b = {**a, "b": -4.0}
    assert found == [
        (0, {}), (0, L1),
        (0, d), (0, f), (1, f),
        (1, e), (1, c), (2, c),
        (2, a), (2, b), (3, b),
    ]  # fmt: skip


def test_what_the_stages_of_the_lecture_say() -> None:
    assert captions(worked_example()) == [
        "values only; no gradient yet",
        "dL/dL = 1",
        "×: d.grad += f · L.grad = −2 · 1 = −2",
        "×: f.grad += d · L.grad = 4 · 1 = 4",
        "L = d · f: × gives each operand the incoming gradient times the other",
        "+: e.grad += d.grad = −2",
        "+: c.grad += d.grad = −2",
        "d = e + c: + copies the incoming gradient to both operands",
        "×: a.grad += b · e.grad = −3 · −2 = 6",
        "×: b.grad += a · e.grad = 2 · −2 = −4",
        "e = a · b: × gives each operand the incoming gradient times the other",
    ]


def test_after_counts_the_operations_that_have_handed_on() -> None:
    L = worked_example()
    nodes = nodes_of(L)
    known = []
    for k in range(4):
        stage = stages(L, nodes).after(k)
        assert (stage.k, stage.edge) == (k, None)
        pairs = zip(nodes, stage.grads, strict=True)
        known.append({node.name for node, grad in pairs if grad is not None})
    assert known == [set(), set("Ldf"), set("Ldfec"), set("Ldfecab")]


@pytest.mark.parametrize(
    ("k", "error", "message"),
    [
        (4, ValueError, "after must be from 0 to 3, the number of operations, not 4"),
        (-1, ValueError, "after must be from 0 to 3, the number of operations, not -1"),
        (1.0, TypeError, "after counts operations, so it is an int, not a float"),
        (True, TypeError, "after counts operations, so it is an int, not a bool"),
        ("1", TypeError, "after counts operations, so it is an int, not a str"),
    ],
)
def test_an_after_that_is_not_there(k: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        staged(worked_example()).after(k)  # type: ignore[arg-type]


def test_a_sequence_like_any_other() -> None:
    found = staged(worked_example())
    assert [found[i] for i in range(len(found))] == list(found)
    assert found[-1] == found[10]
    assert found[2:6:2] == [found[2], found[4]]
    with pytest.raises(IndexError, match="there is no stage 11: there are 11"):
        found[11]


def test_what_is_in_focus() -> None:
    L = worked_example()
    nodes = nodes_of(L)
    names = [tuple(nodes[i].name for i in stage.focus) for stage in stages(L, nodes)]
    assert names == [
        (), ("L",), ("d", "L"), ("f", "L"), ("L", "d", "f"), ("e", "d"), ("c", "d"),
        ("d", "e", "c"), ("a", "e"), ("b", "e"), ("e", "a", "b"),
    ]  # fmt: skip
    for stage in stages(L, nodes):
        if stage.edge is not None:
            source, target, position = stage.edge
            assert nodes[target].operands[position] == source
            assert stage.focus == (source, target)


def test_a_value_used_twice_receives_the_sum() -> None:
    a = Value(3.0, label="a")
    y = a * a
    y.label = "y"
    assert captions(y)[2:] == [
        "×: a.grad += a · y.grad = 3 · 1 = 3",
        "×: a.grad += a · y.grad = 3 · 1 = 3; a.grad = 3 + 3 = 6",
        "y = a · a: × gives each operand the incoming gradient times the other",
    ]
    assert [stage.edge for stage in staged(y)[2:4]] == [(0, 1, 0), (0, 1, 1)]
    assert words(nodes_of(y)[1], nodes_of(y)) == [
        "y = a · a = 9",
        "∂y/∂a = a = 3 (through operand 1)",
        "∂y/∂a = a = 3 (through operand 2)",
    ]


def test_constants_receive_too() -> None:
    x = Value(4.0, label="x")
    y = x * -2
    y.label = "y"
    assert captions(y)[2:4] == [
        "×: x.grad += −2 · y.grad = −2 · 1 = −2",
        "×: (−2).grad += x · y.grad = 4 · 1 = 4",
    ]


def test_a_root_that_nothing_led_to() -> None:
    found = staged(Value(1.0, label="x"))
    assert [(stage.caption, stage.grads) for stage in found] == [
        ("values only; no gradient yet", [None]), ("dx/dx = 1", [1.0]),
    ]  # fmt: skip
    assert found.after(0) == found[0]
    with pytest.raises(ValueError, match="from 0 to 0"):
        found.after(1)


STEPS: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b, lambda a, b: (a * b).tanh(), lambda a, b: a - b,
    lambda a, b: a / (b.abs() + 1), lambda a, b: a.sigmoid(), lambda a, b: b.sin() ** 2,
    lambda a, b: gg.maximum(a, b), lambda a, b: a.relu(), lambda a, b: 2 * a,
    lambda a, b: gg.where(a > b, a, b), lambda a, b: Value(a), lambda a, b: a.clamp(-1, 1),
]  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> Value:
    chance = random.Random(draw(st.integers(0, 10**6)))
    values = [Value(chance.uniform(0.5, 2.0)) for _ in range(chance.randint(1, 4))]
    for _ in range(draw(st.integers(1, 25))):
        a, b = chance.choice(values), chance.choice(values)
        values.append(chance.choice(STEPS)(a, b))
    return values[-1]


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_the_last_stage_is_what_backward_finds(root: Value) -> None:
    nodes = nodes_of(root)
    last = stages(root, nodes)[-1].grads
    root.backward()
    assert last == [v.grad for v in ancestors(root)]


@given(graphs())
@settings(max_examples=30, deadline=None)
def test_each_stage_adds_one_share(root: Value) -> None:
    nodes = nodes_of(root)
    found = stages(root, nodes)
    operations = sum(bool(node.operands) for node in nodes)
    assert len(found) == 2 + operations + sum(len(node.operands) for node in nodes)
    assert found.after(operations) == found[-1]
    assert set(found[0].grads) == {None}
    assert [grad for grad in found[1].grads if grad is not None] == [1.0]
    for before, after in pairwise(found[1:]):
        expected = list(before.grads)
        if after.edge is not None:
            source, target, position = after.edge
            gradient = expected[target]
            assert gradient is not None
            share = gradient * nodes[target].partials[position]
            expected[source] = (expected[source] or 0.0) + share
        assert after.grads == expected
        assert after.k - before.k == (after.edge is None)


def test_the_gradients_are_slopes() -> None:
    x, y = Value(0.7), Value(-1.3)

    def f(x: object, y: object) -> Value:
        return (x * y + gg.tanh(x)) * gg.exp(y) / (x * x + 2)  # type: ignore[operator]

    root = f(x, y)
    nodes = nodes_of(root)
    last = dict(zip([id(n.value) for n in nodes], stages(root, nodes)[-1].grads, strict=True))
    h = 1e-6
    for v, (i, j) in ((x, (h, 0)), (y, (0, h))):
        slope = (f(Value(0.7 + i), Value(-1.3 + j)).data
                 - f(Value(0.7 - i), Value(-1.3 - j)).data) / (2 * h)  # fmt: skip
        assert last[id(v)] == pytest.approx(slope, rel=1e-8)


def test_looking_changes_nothing() -> None:
    L = worked_example()
    L.backward()
    before = [(v.data, v.grad, v._mark) for v in ancestors(L)]
    for stage in staged(L):
        assert stage.caption
    assert [(v.data, v.grad, v._mark) for v in ancestors(L)] == before


def test_a_large_graph_keeps_no_stages() -> None:
    x = Value(1.0)
    y = x
    for _ in range(5000):
        y = y * 0.999 + x
    nodes = nodes_of(y)
    tracemalloc.start()
    found = stages(y, nodes)
    for i in range(0, len(found), 97):
        assert found[i].caption
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 2 + 10_000 + 20_000
    assert peak < 300 * len(found)


def test_a_root_that_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="is not in this drawing"):
        stages(Value(1.0), nodes_of(worked_example()))


def test_a_node_without_a_derivative_is_refused() -> None:
    x = Value(1.0)
    with pytest.raises(gg.NoRuleError, match="no derivative is known"):
        staged(Value(2.0, (x,), "strange"))


def example_of(name: str) -> Value:
    card = TABLE[name]
    a, b = Value(0.7, label="a"), Value(1.3, label="b")
    if name == "where":
        y = gg.where(a > 1, a, b)
    elif name == "clamp":
        y = a.clamp(-1, 2)
    else:
        y = card(*(a, b)[: len(card.operands)])
    y.label = "y"
    return y


@pytest.mark.parametrize("name", TABLE)
def test_the_rule_of_each_card_as_people_write_it(name: str) -> None:
    y = example_of(name)
    node = nodes_of(y)[-1]
    python = {"√π": "(pi**0.5)", "√": "sqrt ", "·": "*", "−": "-", "²": "**2", "^": "**"}
    names = {n.value.label: n.data for n in nodes_of(y)}
    functions = {"ln": math.log, "σ": lambda x: 1 / (1 + math.exp(-x))}
    for line, partial in zip(words(node, nodes_of(y))[1:], node.partials, strict=True):
        sign, *rest = line.split(" = ")
        assert sign.startswith("∂y/∂")
        text = rest[0]
        for people, computer in python.items():
            text = text.replace(people, computer)
        found = eval(text, vars(math) | functions | names)
        assert found == pytest.approx(partial, rel=5e-4 if len(rest) == 1 else 1e-12)


@pytest.mark.parametrize(
    ("make", "caption"),
    [
        (lambda a: a.tanh(), "tanh: a.grad += (1 − y²) · y.grad = 0.7864 · 1 = 0.7864"),
        (lambda a: a**2, "x²: a.grad += 2 · a · y.grad = 1 · 1 = 1"),
        (lambda a: a**3, "x³: a.grad += 3 · a² · y.grad = 0.75 · 1 = 0.75"),
        (lambda a: a**1, "x¹: a.grad += y.grad = 1"),
        (lambda a: a**-1, "x⁻¹: a.grad += −a⁻² · y.grad = −4 · 1 = −4"),
        (lambda a: a**2.5, "x^2.5: a.grad += 2.5 · a^1.5 · y.grad = 0.8839 · 1 = 0.8839"),
        (lambda a: a**a, "^: a.grad += a · a^(a − 1) · y.grad = 0.7071 · 1 = 0.7071"),
        (lambda a: 1 / a, "÷: (1).grad += 1/a · y.grad = 2 · 1 = 2"),
        (lambda a: a / -4, "÷: a.grad += 1/(−4) · y.grad = −0.25 · 1 = −0.25"),
        (lambda a: -a, "−: a.grad += −1 · y.grad = −1 · 1 = −1"),
        (lambda a: (-1 * a).relu(), "ReLU: v1.grad += 0, because v1 was cut off"),
        (lambda a: a.relu(), "ReLU: a.grad += y.grad = 1"),
        (lambda a: gg.maximum(a, 2.0), "max: a.grad += 0, because a was not chosen"),
        (lambda a: gg.maximum(a, a), "max: a.grad += 0.5 · y.grad = 0.5 · 1 = 0.5"),
        (lambda a: gg.where(a > 1, a, 3.0), "?: a.grad += 0, because a was not chosen"),
        (lambda a: a.clamp(1, 2), "clamp: a.grad += 0, because a was cut off"),
        (Value, "copy: a.grad += y.grad = 1"),
    ],
)  # fmt: skip
def test_what_a_share_says(make: object, caption: str) -> None:
    y = make(Value(0.5, label="a"))  # type: ignore[operator]
    y.label = "y"
    assert staged(y)[2].caption == caption


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda a: a.tanh(), "tanh(a): tanh multiplies the incoming gradient by 1 − y²"),
        (lambda a: -a, "−a: − turns the sign of the incoming gradient"),
        (lambda a: a - 2, "a − 2: − copies the incoming gradient to a, and turns its sign for (2)"),
        (lambda a: a / 4, "a/4: ÷ multiplies the incoming gradient by 1/4 for a, by −y/4 for (4)"),
        (
            lambda a: gg.minimum(a, 2.0),
            "min(a, 2): min hands the incoming gradient to a, its choice; (2) receives nothing",
        ),
        (lambda a: a.clamp(1, 2), "clamp(a, 1, 2): clamp hands nothing on: a was cut off"),
        (
            lambda a: gg.where(a > 0, a, 3.0),
            ("a if condition else 3: ? hands the incoming gradient to a, its choice; (3) receives "
             "nothing"),
        ),
        (lambda a: a**-2, "a⁻²: x⁻² multiplies the incoming gradient by −2 · a⁻³"),
        (Value, "copy(a): copy copies the incoming gradient to a"),
    ],
)  # fmt: skip
def test_what_a_whole_operation_says(make: object, sentence: str) -> None:
    y = make(Value(0.5, label="a"))  # type: ignore[operator]
    y.label = "y"
    assert staged(y)[-1].caption == f"y = {sentence}"


def test_operations_made_at_run_time() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    x = Value(2.0, label="x")
    y = cube(x)
    y.label = "y"
    assert captions(y)[2:] == [
        "cube: x.grad += 3 · x² · y.grad = 12 · 1 = 12",
        "y = cube(x): cube multiplies the incoming gradient by 3 · x²",
    ]
    fma = gg.custom_op("fma", lambda a, b, c: a * b + c, lambda y, a, b, c: (b, a, 1))
    assert captions(fma(x, 3.0, 1.0))[-1].endswith("by 3 for x, by x for (3), by 1 for (1)")


def test_operations_whose_rule_can_not_be_read() -> None:
    odd = gg.custom_op("odd", lambda x: math.sin(x), lambda y, x: (math.cos(x),))
    x = Value(0.0, label="x")
    y = odd(x)
    y.label = "y"
    assert captions(y)[2] == "odd: x.grad += ∂y/∂x · y.grad = 1 · 1 = 1"
    del odd
    assert captions(y)[2] == "odd: x.grad += ∂y/∂x · y.grad = 1 · 1 = 1"


def test_a_rule_is_not_shown_where_the_numbers_have_moved_on() -> None:
    a, b = Value(2.0, label="a"), Value(5.0, label="b")
    y = a * b
    y.label = "y"
    b.data = 6.0
    assert captions(y)[2:4] == [
        "×: a.grad += ∂y/∂a · y.grad = 5 · 1 = 5",
        "×: b.grad += a · y.grad = 2 · 1 = 2",
    ]


def test_infinities_and_what_is_not_a_number() -> None:
    x = Value(0.0, label="x")
    y = gg.log(x)
    y.label = "y"
    assert captions(y)[2] == "ln: x.grad += 1/x · y.grad = ∞ · 1 = ∞"
    z = gg.log(Value(-1.0, label="x"))
    assert "nan" in words(nodes_of(z)[-1], nodes_of(z))[0]
    for caption in captions(z * math.nan):
        assert caption


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("x1*w1", "(x1*w1)"), ("w[0]", "w[0]"), ("layers.0.w", "layers.0.w"), ("ξ₁", "ξ₁"),
        ("two\nlines", "(two lines)"), ("3", "(3)"), ("a" * 10_000, f"({'a' * 27}…)"),
    ],
)  # fmt: skip
def test_names_that_could_be_misread_stand_in_parentheses(label: str, shown: str) -> None:
    y = Value(2.0, label=label) + 1
    y.label = "y"
    assert captions(y)[2] == f"+: {shown}.grad += y.grad = 1"
