"""A graph computed again: the bits of the program itself, run with the other numbers."""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import pytest

import battery
import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.graph import ancestors


def program(seed: int, leaves: list[float]) -> list[Value]:
    """Build a random program over all operations; the seed says which, the leaves don't."""
    draw = random.Random(seed)
    values = [Value(x) for x in leaves]
    for _ in range(60):
        values.append(battery.node(draw, values))
    return values


#: These choose by a bool, or by a detached number, which no graph holds.
UNRECORDED = ("elu", "leaky_relu", "hypot")


@pytest.mark.parametrize("seed", range(40))
def test_it_has_the_bits_of_the_program_run_again(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names in ("UNARY", "BINARY"):
        kept = [name for name in getattr(battery, names) if name not in UNRECORDED]
        monkeypatch.setattr(battery, names, kept)
    draw = random.Random(1000 + seed)
    here, there = ([battery.number(draw) for _ in range(4)] for _ in range(2))
    values = program(seed, here)
    before = [(v.data, v.grad, v._da, v._db, v._mark) for v in values]
    for v, again in zip(values, program(seed, there), strict=True):
        reached = set(ancestors(v))
        changes = {leaf: x for leaf, x in zip(values, there, strict=False) if leaf in reached}
        assert battery.bits(gg.replay(v, changes)) == battery.bits(again.data)
        assert battery.bits(gg.replay(v)) == battery.bits(v.data)
    after = [(v.data, v.grad, v._da, v._db, v._mark) for v in values]
    assert repr(after) == repr(before)


def test_an_inner_node_is_replaced_and_what_lies_behind_it_is_not_asked() -> None:
    a = Value(2.0)
    unknown = Value(7.0, (a,), "mystery")
    e = unknown * 3.0
    L = e * a + e
    assert gg.replay(L, {e: 10.0}) == 30.0
    assert gg.replay(L, {e: 10.0, a: 5.0}) == 60.0
    assert gg.replay(L, {L: 1.5}) == 1.5
    with pytest.raises(gg.NoRuleError, match=r"'mystery'.*gg\.custom_op"):
        gg.replay(L, {a: 3.0})


def test_choices_are_made_anew_where_the_graph_holds_them() -> None:
    a, b = Value(1.0), Value(2.0)
    assert gg.replay(gg.maximum(a, b), {a: 5.0}) == 5.0
    assert gg.replay(gg.minimum(a, b), {b: -5.0}) == -5.0
    assert gg.replay(a.clamp(-3, 3), {a: 9.0}) == 3.0
    assert gg.replay(a.relu(), {a: -1.0}) == 0.0
    assert gg.replay(abs(a), {a: -4.0}) == 4.0
    chosen = gg.where(a < b, a, b)
    assert gg.replay(chosen, {a: 9.0}) == 9.0  # the condition was a bool: it stays as it was
    assert gg.replay(chosen, {b: 9.0}) == 1.0


def test_powers_and_operations_of_ones_own() -> None:
    a, b = Value(2.0), Value(3.0)
    blend = gg.custom_op(
        "blend", lambda x, y, t: x * (1 - t) + y * t, lambda o, x, y, t: (1 - t, t, y - x)
    )
    opaque = gg.custom_op("opaque", lambda x: math.floor(x) + x, lambda y, x: (1.0,))
    for built, expected in (
        (a**3, 125.0), (a**-0.5, 5**-0.5), (a**b, 125.0), (2**a, 32.0), (Value(a), 5.0),
        (blend(a, b, 0.25), 4.5), (opaque(a + 0.5), 10.5), ((-a) ** 0.5, math.nan),
    ):  # fmt: skip
        assert gg.replay(built, {a: 5.0}) == pytest.approx(expected, rel=1e-15, nan_ok=True)


def test_an_operation_that_is_gone_is_named() -> None:
    def made() -> Value:
        return gg.custom_op("gone", lambda x: 2 * x, lambda y, x: (2,))(Value(1.0))

    with pytest.raises(gg.NoRuleError, match="'gone'"):
        gg.replay(made())


def test_it_computes_from_the_leaves_as_they_are_now() -> None:
    a = Value(2.0)
    L = a * a
    a.data = 3.0
    assert (gg.replay(L), gg.replay(L, {a: 4}), L.data, a.data) == (9.0, 16.0, 4.0, 3.0)
    assert gg.replay(a) == 3.0


def test_a_network_and_a_copy_of_it() -> None:
    gg.seed(3)
    model = nn.MLP(2, [4, 1], activation="tanh")
    x = [Value(0.3), Value(-0.8)]
    loss = (model(x) - 1.0) ** 2
    other = [0.9, 0.1]
    expected = ((model(other) - 1.0) ** 2).data
    assert gg.replay(loss, dict(zip(x, other, strict=True))) == expected
    twin, inputs = copy.deepcopy((loss, x))
    assert gg.replay(twin, dict(zip(inputs, other, strict=True))) == expected


def test_a_deep_graph() -> None:
    x = Value(0.0)
    v: Any = x
    for _ in range(100_000):
        v = v + 1.0
    assert gg.replay(v, {x: 0.5}) == 100_000.5


def test_wrong_arguments() -> None:
    a, stranger = Value(2.0, label="a"), Value(1.0, label="s")
    L = a * 2
    with pytest.raises(TypeError, match="the Value to compute again, not a float"):
        gg.replay(2.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Values of the graph, not a str \('a'\)"):
        gg.replay(L, {"a": 2.1})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match=r"label='s'.* is no part of the graph"):
        gg.replay(L, {stranger: 2.1})
    with pytest.raises(TypeError, match=r"as a dict, not a list: write replay\(L, \{a: 2\.1\}\)"):
        gg.replay(L, [a])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a number, not a str"):
        gg.replay(L, {a: "2.1"})  # type: ignore[dict-item]
