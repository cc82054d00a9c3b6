"""Traces: what a function did, read into rows, means at other numbers what the function means."""

from __future__ import annotations

import copy
import math
import pickle
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import battery
import glassgrad as gg
from glassgrad import Value, losses, nn
from glassgrad.engine import here
from glassgrad.errors import TraceError
from glassgrad.jitting.tracing import trace
from glassgrad.ops import TABLE
from traced import POINTS, Traced, bits, check


@pytest.mark.parametrize("name", TABLE)
def test_every_operation(name: str) -> None:
    card, draw = TABLE[name], random.Random(name)
    count = len(card.operands) - card.parameters - card.conditions

    def f(*xs: Value) -> Any:
        more = [xs[0] < xs[1]] if card.conditions else []
        return card(*more, *xs, *[-1.5, 2.0][: card.parameters])

    points = [tuple(draw.choice(POINTS) for _ in range(count)) for _ in range(60)]
    traced = check(f, *points)
    assert traced.ops()[-1] == name
    assert not traced.graph.guards


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed: int) -> None:
    def f(*xs: Value) -> list[Value]:
        draw, values = random.Random(seed), list(xs)
        for _ in range(40):
            values.append(battery.node(draw, values))
            a, b = draw.choices(values, k=2)
            values.append(gg.where((a < b) | (b >= 0.5), a, b * 2))
        return values[len(xs) :]

    draw = random.Random(-seed)
    points = [tuple(battery.number(draw) for _ in range(4)) for _ in range(6)]
    assert not check(f, *points).graph.guards


@pytest.mark.parametrize("exponent", [2, 3.0, -1, 0, 0.5, True])
def test_constant_exponents(exponent: Any) -> None:
    traced = check(lambda x: x**exponent, (1.5,), *((x,) for x in POINTS))
    assert traced.ops()[1:] == ["constant", "int_power" if exponent not in (3.0, 0.5) else
                                "float_power"]  # fmt: skip


# ------------------------------------------------------------------------- truths and guards

TRUTHS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: gg.where(a < b, a, b),
    lambda a, b: gg.where(a <= b, a, 7.0),
    lambda a, b: gg.where(a > 0.5, 7.0, b),
    lambda a, b: gg.where(0.5 >= a, 1.0, 2.0) + a * 0.0,
    lambda a, b: a.where(a < b, 3.0),
    lambda a, b: gg.where((a > 0) & (b > 0), a, b),
    lambda a, b: gg.where((a > 0) | (b > 0), a, b),
    lambda a, b: gg.where((a > 0) & True, a, b),
    lambda a, b: gg.where(False | (a > 0), a, b),
    lambda a, b: gg.where((a > 0) == (b > 0), a, b),
    lambda a, b: gg.where((a > 0) != (b > 0), a, b),
    lambda a, b: (a > b) * a + b * (a < b),
    lambda a, b: Value(a > b) + (a >= b) - -(a <= b),
    lambda a, b: gg.sum([a > 0, b > 0]) / 2,
    lambda a, b: gg.maximum(a > 0, b) + gg.exp(a > b),
    lambda a, b: (a > 0) + (a > b) + abs(a < b) ** 2 + 2 ** (a < b),
    lambda a, b: gg.where((a > 0) > (b > 0), a, b),
    lambda a, b: losses.mse([a, b], [a > 0, b > 0]),
]
PAIRS = [(1.0, 2.0), (2.0, 1.0), (-1.0, -1.0), (0.0, -0.0), (math.nan, 1.0), (0.5, math.inf)]


@pytest.mark.parametrize("i", range(len(TRUTHS)))
def test_a_comparison_stays_open(i: int) -> None:
    traced = check(TRUTHS[i], *PAIRS)
    assert not traced.graph.guards


def test_arrays_of_truths() -> None:
    def f(a: Any, b: Any) -> Any:
        return gg.where(np.array([0.5, 2.0]) > a, np.array([a, b]), 0.5)

    assert not check(f, *PAIRS[:4]).graph.guards


def test_not() -> None:
    def f(a: Any, b: Any) -> Any:
        return gg.where(~(a > b), a, b) if here.tracing else gg.where(not a > b, a, b)

    assert not check(f, *PAIRS).graph.guards


GUARDED: dict[str, tuple[Callable[[Any, Any], Any], list[bool]]] = {
    "if": (lambda a, b: a if a > b else b, [False]),
    "max": (lambda a, b: max(a, b) * min(a, b), [True, False]),
    "and": (lambda a, b: a if a > 0 and b > 0 else b, [True, True]),
    "not": (lambda a, b: a if not a > b else b, [False]),
    "chain": (lambda a, b: a if 0 < a < b else b, [True, True]),
    "sorted": (lambda a, b: sorted([a, b])[0] * 2, [False]),
    "value": (lambda a, b: a if b else a * 2, [False]),
    "zero": (lambda a, b: a if not (b - 2.0) else a * 2, [True]),
    "index": (lambda a, b: [a, b][a < b], [True]),
    "any": (lambda a, b: a if any([a > b, a < b]) else b, [False, True]),
    "set": (lambda a, b: a * len({a > b, a < b}), [False, True]),
    "numpy": (lambda a, b: a if (np.array([a, b]) > 0).all() else b, [True, True]),
}


@pytest.mark.parametrize("name", GUARDED)
def test_a_guard(name: str) -> None:
    f, outcomes = GUARDED[name]
    traced = check(f, (1.0, 2.0))
    assert [outcome for _, outcome in traced.graph.guards] == outcomes
    followed = 0
    for args in PAIRS:
        try:
            result = traced(*args)
        except AssertionError:
            continue
        followed += 1
        assert bits(result) == bits(f(*map(Value, args)))
    assert followed < len(PAIRS)


def test_a_guard_that_is_asked_twice_is_one() -> None:
    def f(a: Value) -> Value:
        positive = a > 0
        return a if positive and positive else -a

    assert len(Traced(f, 1.0).graph.guards) == 1


def test_outside_of_a_trace_nothing_has_changed() -> None:
    a, b = Value(1.0), Value(2.0)
    assert (a < b) is True
    assert (a >= b) is False
    assert a.detach()._prev == ()
    kept = []
    trace(lambda x: kept.append(x > 0), (Value(1.0),), {})
    assert repr(kept) == "[Truth(True)]"
    with pytest.raises(TraceError, match=r"belongs to the trace.*return what you need"):
        bool(kept[0])


# ------------------------------------------------------------------------------- refusals


def reads_data(v: Value) -> Any:
    return v.data + 1  # here


def makes_a_float(v: Value) -> Any:
    return math.exp(v)  # here


def makes_an_int(v: Value) -> Any:
    return int(v)  # here


def counts(v: Value) -> Any:
    return [0 for _ in range(v)]  # here


def repeats(v: Value) -> Any:
    return [0.0] * v  # here


def indexes(v: Value) -> Any:
    return [1.0, 2.0][v]  # here


def sets_data(v: Value) -> Any:
    v.data = 1.0  # here


def reads_grad(v: Value) -> Any:
    return v.grad  # here


def sets_grad(v: Value) -> Any:
    v.grad = 1.0  # here


def goes_back(v: Value) -> Any:
    (v * 2).backward()  # here


def copies(v: Value) -> Any:
    return copy.deepcopy(v)  # here


def copies_one(v: Value) -> Any:
    return copy.copy(v)  # here


def pickles(v: Value) -> Any:
    return pickle.dumps(v)  # here


def replays(v: Value) -> Any:
    return gg.replay(v * 2)  # here


def draws(v: Value) -> Any:  # here
    return v * random.random()


def draws_an_array(v: Value) -> Any:  # here
    return v * np.random.rand()


def drops(v: Value) -> Any:  # here
    return nn.Dropout(0.5)([v])[0]


REFUSED = {
    reads_data: r"gg\.where, gg\.maximum and gg\.softmax .* v\.detach\(\)",
    makes_a_float: r"gg\.exp instead of math\.exp",
    makes_an_int: r"gg\.take\(rows, i\) .*gg\.one_hot\(i, n\).*static_argnums",
    counts: "static_argnums", repeats: "static_argnums", indexes: r"gg\.take\(rows, i\)",
    sets_data: "between the calls", reads_grad: r"gg\.value_and_grad\(f\)",
    sets_grad: "between the calls", goes_back: r"backward\(\) outside",
    copies: "copy outside", copies_one: "copy outside", pickles: "copy outside",
    replays: r"v\.detach\(\)", draws: "pass them as arguments",
    draws_an_array: "pass them as arguments", drops: r"model\.eval\(\)",
}  # fmt: skip


@pytest.mark.parametrize("f", REFUSED)
def test_what_is_refused_names_the_line_and_the_remedy(f: Callable[..., Any]) -> None:
    with open(__file__, encoding="utf-8") as lines:
        source = list(lines)
    first = f.__code__.co_firstlineno
    line = next(i for i in range(first, first + 3) if "# here" in source[i - 1])
    with pytest.raises(TraceError, match=REFUSED[f]) as caught:
        trace(f, (Value(1.0),), {})
    assert f"{__file__}, line {line}" in str(caught.value).replace(" (", " ").replace(")", "", 1)
    if not f.__name__.startswith("dr"):
        assert f"in {f.__name__}, `{source[line - 1].strip()}`" in str(caught.value)
    assert here.tracing == 0
    assert Value(1.0).data == 1.0


@pytest.mark.parametrize("more", [lambda v: v, reads_data], ids=["draws", "draws and then fails"])
def test_what_was_drawn_in_vain_is_drawn_again(more: Callable[[Any], Any]) -> None:
    def f(v: Value) -> Any:
        return more(v * random.random() * np.random.normal())

    random.seed(1)
    np.random.seed(1)
    with pytest.raises(TraceError):
        trace(f, (Value(1.0),), {})
    assert random.random() == random.Random(1).random()
    assert np.random.normal() == np.random.RandomState(1).normal()


def test_what_may_be_done() -> None:
    def f(v: Value) -> Value:
        w = v * 2
        w.label = "twice"
        assert f"{w} {w:.1f}" == "Value(data=3.0, grad=0.0, label='twice') 3.0"
        assert w == w and v != w and hash(w) == hash(w) and w in {w}  # noqa: PT018
        return w

    assert Traced(f, 1.5).graph.names == {2: "twice"}


def test_another_thread_is_not_tracing() -> None:
    def f(v: Value) -> Value:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: (v.data, v > 0.0)).result() == (1.5, True)
        return v

    assert not Traced(f, 1.5).graph.guards


def test_errors_of_the_function_come_through() -> None:
    with pytest.raises(ZeroDivisionError):
        trace(lambda v: v * (1 / 0), (Value(1.0),), {})
    assert here.tracing == 0


def test_a_value_is_no_int_outside_either() -> None:
    for use in (range, int, [1, 2].__getitem__, "ab".__mul__):
        with pytest.raises(TypeError, match=r"int\(v\.data\).*gg\.take\(rows, v\)"):
            use(Value(1.0))
    assert (Value(2.0) ** np.int64(2))._op == "**2"
    with pytest.raises(IndexError, match="numbered 0 to 1"):
        nn.Embedding(2, 2)(Value(1.0))


# ---------------------------------------------------------------- what becomes of the nodes


def test_rows_are_inputs_then_values_from_outside_then_the_rest() -> None:
    inner = Value(3.0, label="w") * 2.0
    leaf = Value(5.0, label="late")

    def f(x: Value, y: Value) -> Value:
        _dead = x.exp() * leaf.sin()
        return (x + 1.0) * inner + (1.0 * x) ** 1.0 + leaf - 0.0 * -0.0 * x

    traced = check(f, (2.0, 9.0), (-1.0, 0.0), (math.inf, 1.0))
    assert traced.externals == [inner, leaf]
    assert traced.graph.names == {3: "late"}
    assert traced.ops() == [
        "leaf", "leaf", "leaf", "leaf", "constant", "add", "mul", "mul", "float_power", "add",
        "add", "constant", "mul", "sub",
    ]  # fmt: skip
    leaf.data = 7.0
    assert bits(traced(2.0, 9.0)) == bits(f(Value(2.0), Value(9.0)))


def test_constants_are_told_apart_by_their_bits() -> None:
    def f(x: Value) -> list[Value]:
        return [x * c for c in (0.0, -0.0, math.nan, -math.nan, 1, True, 1.0, 0)]

    traced = check(f, (2.0,), (-2.0,))
    assert traced.ops().count("constant") == 4


def test_what_is_detached() -> None:
    def f(x: Value) -> list[Value]:
        with gg.no_grad():
            y = x.clamp(0, 1) * 3 + x**3
            z = Value(x) + gg.where(x > 0, x, y) + gg.where(True, x, y)
        return [y, z, x.detach() * x, gg.derivative(x * y + z * x + x.detach() * x, x)]

    traced = check(f, (0.5,), (-1.0,), (2.0,))
    assert "detached" in traced.ops()
    assert not traced.graph.guards


def test_operations_of_ones_own() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    norm = gg.custom_op("norm3", lambda a, b, c: (a * a + b * b + c * c) ** 0.5,
                        lambda y, a, b, c: (a / y, b / y, c / y))  # fmt: skip
    traced = check(lambda a, b: norm(a, b, 2.0) + cube(a), (1.0, 2.0), (3.0, -4.0))
    assert [len(operands) for operands in traced.graph.more.values()] == [3, 1]

    def gone(x: Value) -> Value:
        y: Value = gg.custom_op("gone", lambda x: x, lambda y, x: (1,))(x)
        return y

    with pytest.raises(TraceError, match=r"'gone' exists no more.*outside the function"):
        Traced(gone, 1.0)


def test_labels_and_scopes() -> None:
    model = nn.MLP(2, [2, 1])
    traced = Traced(lambda a, b: model([a, b]), 1.0, 2.0)
    assert traced.externals == sorted(model.parameters(), key=lambda p: p._number)
    used = {gg.modes.SCOPES[scope] for scope in traced.graph.scope[len(traced.externals) + 2 :]}
    assert used == {f"layers.{i}.neurons.{j}" for i, j in ((0, 0), (0, 1), (1, 0))}
