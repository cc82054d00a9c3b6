"""gg.why finds each cause where it was put, and none where there is none."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable

import pytest

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.graph import ancestors


def chain(v: Value, step: Callable[[Value], Value], count: int) -> Value:
    for _ in range(count):
        v = step(v)
    return v


#: Each cause on purpose: what a is, the output, and what it says.
CAUSES = [
    ("dead relu", -3.0, lambda a: (a * 2).relu() + 1, r"ReLU\(v1\) = 0, because v1 = −6"),
    ("dead relu", 3.0, lambda a: a * Value(-1.0).relu(), r"ReLU\(v1\) = 0, because v1 = −1"),
    ("clamped", 5.0, lambda a: a.clamp(-1, 1), r"a = 5 lies beyond a bound"),
    ("not chosen", 1.0, lambda a: a.maximum(2.0), r"max\(a, 2\) = 2: a = 1 was not chosen"),
    ("not chosen", 3.0, lambda a: a.minimum(2.0), r"a = 3 was not chosen"),
    ("not chosen", 3.0, lambda a: a.where(False, 2.0), r"a = 3 was not chosen"),
    ("times zero", 3.0, lambda a: a * Value(0.0, label="w"), r"a · w = 0: a = 3 is multiplied"),
    ("saturated", 1000.0, lambda a: a.tanh(), r"tanh\(a\) = 1 is saturated at a = 1000"),
    ("saturated", -40.0, lambda a: a.sigmoid() * 2, r"its slope there is 4\.248e−18"),
    ("flat", 0.0, lambda a: a**2, r"a² = 0: the slope at a = 0 is 0"),
    ("flat", 0.0, lambda a: a.abs(), r"\|a\| = 0: the slope"),
    ("underflow", 1.0, lambda a: a * 1e-200 * 1e-200, r"1e−200 times the slope 1e−200"),
    ("cancelled", 3.0, lambda a: a - a, r"a = 3 receives from its uses cancel: 1 \+ \(−1\)"),
    ("cancelled", 3.0, lambda a: a.exp() - a.exp(), r"\(−20\.09\) \+ 20\.09"),
    ("not finite from the start", math.nan, lambda a: a**2, r"a = nan is not finite"),
    ("left the finite numbers", 800.0, lambda a: a.exp() + 1, r"exp\(a\) = ∞, although"),
    ("left the finite numbers", 0.0, lambda a: a.log(), r"ln\(a\) = −∞, although"),
    ("left the finite numbers", -1.0, lambda a: a.sqrt() * 2, r"√a = nan, although"),
    ("infinite slope", 0.0, lambda a: a.sqrt() + 1, r"√a = 0: the slope at a = 0 is ∞"),
    ("overflow on the way back", 1e-300, lambda a: a * 1e200 * 1e200, r"1e200 .* 1e200 is ∞"),
    ("steep", 20.0, lambda a: a.exp(), r"exp\(a\) = 4\.852e8 multiplies the gradient by 4\.852e8"),
    ("steep", 50.0, lambda a: a**6, r"a⁶ = 1\.562e10 multiplies"),
    ("growing chain", 1e-9, lambda a: chain(a, lambda v: v * 2.0, 40), "40 steps .* by 2 each"),
    ("vanishing chain", 1.0, lambda a: chain(a, lambda v: v * 0.5, 40), r"40 steps .* 0\.5 each"),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "number", "output", "says"), CAUSES)
def test_each_cause_is_found(
    cause: str, number: float, output: Callable[[Value], Value], says: str
) -> None:
    a = Value(number, label="a")
    L = output(a)
    L.backward()
    found = gg.why(a, L)
    assert [finding.cause for finding in found.findings] == [cause]
    assert re.search(says, found.findings[0].text), found
    assert re.match(r"dv\d+/da = \S+: the gradient is", str(found))
    assert found.findings[0].text in str(found)
    assert set(found.findings[0].values) <= set(ancestors(L))


@pytest.mark.parametrize("seed", range(20))
def test_where_nothing_is_wrong_it_says_so(seed: int) -> None:
    draw = random.Random(seed)
    leaves = [Value(draw.uniform(0.5, 1.5)) for _ in range(5)]
    values = list(leaves)
    for _ in range(20):
        a, b = draw.choice(values), draw.choice(values)
        values.append(draw.choice([a * b, a + b, a.tanh(), a.sqrt(), a.sigmoid() + b]) * 0.7)
    L = gg.sum(values)
    L.backward()
    for leaf in leaves:
        assert gg.why(leaf, L).findings == []
        assert "nothing is wrong" in str(gg.why(leaf, L))
    assert gg.why(L).findings == []
    assert "all sound" in repr(gg.why(L))


def test_before_after_and_twice() -> None:
    a = Value(2.0, label="a")
    L = a * 3.0
    L.label = "L"
    assert [f.cause for f in gg.why(a, L).findings] == ["no backward pass yet"]
    L.backward()
    assert gg.why(a, L).findings == []
    L.backward()
    (twice,) = gg.why(a, L).findings
    assert twice.cause == "another pass"
    assert "a.grad holds 6, while dL/da is 3" in twice.text
    a.grad = 0.0
    assert [f.cause for f in gg.why(a, L).findings] == ["no backward pass yet"]


def test_not_connected() -> None:
    a, b = Value(2.5, label="a"), Value(1.0, label="b")
    (stranger,) = gg.why(a, b * 2.0).findings
    assert stranger.cause == "not connected"
    assert "same number" not in stranger.text
    copy = a.detach()
    (detached,) = gg.why(a, copy * b).findings
    assert "a leaf with the same number 2.5 does: detach()" in detached.text
    assert detached.values == (copy,)
    with gg.no_grad():
        L = a * b
    (unrecorded,) = gg.why(a, L).findings
    assert "no history" in unrecorded.text


def test_a_leaf_alone_is_asked_for_its_output() -> None:
    (finding,) = gg.why(Value(1.0, label="a")).findings
    assert finding.cause == "no output given"
    assert "gg.why(a, L)" in finding.advice


def test_the_most_important_cause_comes_first_and_likes_are_counted() -> None:
    a = Value(-1.0, label="a")
    L = a.relu() * 5.0 + (a - 1).relu() * 7.0 + (a.clamp(0, 1)) * 100.0
    L.backward()
    first, second = gg.why(a, L).findings
    assert (first.cause, second.cause) == ("clamped", "dead relu")
    assert [v.grad for v in second.values] == [7.0, 5.0]
    assert "(and 1 more like it)" in str(second)


def test_a_use_that_is_blocked_does_not_matter_where_another_is_not() -> None:
    a = Value(-1.0, label="a")
    L = a.relu() + a * 2.0
    L.backward()
    assert gg.why(a, L).findings == []


def test_all_leaves_of_a_network_are_asked_about() -> None:
    gg.seed(3)
    model = nn.MLP(2, [4, 1], activation="relu")
    for neuron in model.layers[0].neurons[:2]:
        neuron.b.data = -100.0
    y = model([1.0, -1.0])
    y.backward()
    found = gg.why(y)
    (dead,) = [finding for finding in found.findings if finding.cause == "dead relu"]
    assert [finding.cause for finding in found.findings] == ["dead relu"]
    silent = {v for v in ancestors(y) if v._op == "ReLU" and v.data == 0.0}
    assert len(silent) >= 2
    assert set(dead.values) == silent
    zeros = sum(v.grad == 0.0 for v in ancestors(y) if not v._prev and v._opcode != 1)
    assert f"{zeros} zero" in found.summary


def test_nothing_changes() -> None:
    a = Value(-1.0, label="a")
    L = (a * 2).relu() + a
    before = [(v.data, v.grad, v._mark, v.label) for v in ancestors(L)]
    gg.why(a, L)
    gg.why(L)
    assert [(v.data, v.grad, v._mark, v.label) for v in ancestors(L)] == before


def test_a_large_graph() -> None:
    a = Value(0.5, label="a")
    L = chain(a, lambda v: (v * 0.999).tanh(), 30_000)
    L.backward()
    assert gg.why(a, L).findings[0].cause in ("underflow", "vanishing chain")
    wide = gg.sum((a * float(i)).relu() for i in range(-20_000, 1))
    wide.backward()
    (found,) = (finding for finding in gg.why(a, wide).findings if finding.cause == "dead relu")
    assert len(found.values) == 20_001


def test_bad_input() -> None:
    with pytest.raises(TypeError, match="why takes Values, not a float"):
        gg.why(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not a list"):
        gg.why(Value(1.0), [Value(2.0)])  # type: ignore[arg-type]


@pytest.mark.parametrize("f", [Value.log, Value.sqrt, lambda x: 1 / x, lambda x: x * 0.0])
def test_all_advice_reads_alike(f: Callable[[Value], Value]) -> None:
    x = Value(0.0, label="x")
    y = f(x)
    y.backward()
    advice = [line for line in str(gg.why(x, y)).splitlines() if "What to try: " in line]
    assert advice
    assert all(line.split(": ", 1)[1][0].islower() for line in advice)
