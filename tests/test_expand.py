"""Taking a graph apart keeps its value and every gradient."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.graph import ancestors, card_of
from glassgrad.modes import SCOPES

#: What may be left: nothing that is made of exp.
SIMPLE = {
    None, "where", "relu", "maximum", "minimum", "clamp", "exp", "log", "neg", "add", "sub", "mul",
    "div", "pow", "sqrt", "abs", "erf", "sin", "cos", "asin", "acos", "atan", "atan2",
}  # fmt: skip
SQUASHED = [
    "tanh", "sigmoid", "softplus", "sinh", "cosh", "expm1", "tan", "square", "silu", "gelu", "relu",
    "sin", "abs", "atan",
]  # fmt: skip


def names(*roots: Value) -> set[str | None]:
    cards = [card_of(v._opcode) for v in ancestors(*roots)]
    return {card.name if card else None for card in cards}


def gradients(L: Value, leaves: list[Value]) -> list[float]:
    for leaf in leaves:
        leaf.grad = 0.0
    L.backward()
    return [leaf.grad for leaf in leaves]


def program(draw: random.Random) -> tuple[Value, list[Value]]:
    """Make a random graph whose numbers stay where the formulas lose no digits."""
    leaves = [Value(draw.uniform(0.2, 1.0), label=f"x{i}") for i in range(4)]
    values = list(leaves)
    for _ in range(15):
        a, b = draw.choice(values), draw.choice(values)
        kind = draw.random()
        if kind < 0.6:
            v = getattr(a, draw.choice(SQUASHED))()
        elif kind < 0.8:
            v = a * b + draw.uniform(-1, 1)
        else:
            v = (a.maximum(b) / 2).log1p() if a.data + b.data > 0 else (a - b) ** 2
        if 0.05 < abs(v.data) < 1.2:
            values.append(v)
    return gg.sum(values), leaves


@pytest.mark.parametrize("seed", range(150))
def test_value_and_gradients_stay(seed: int) -> None:
    L, leaves = program(random.Random(seed))
    before = gradients(L, leaves)
    expanded = gg.expand(L)
    assert names(expanded) <= SIMPLE
    assert expanded.data == pytest.approx(L.data, rel=1e-12)
    assert gradients(expanded, leaves) == pytest.approx(before, rel=1e-11, abs=1e-13)


def test_the_gradients_are_those_of_torch(torch: Any) -> None:
    numbers = [0.3, -0.7, 1.1]
    leaves = [Value(x) for x in numbers]
    scores = gg.softmax([leaves[0].tanh(), leaves[1].sigmoid(), gg.gelu(leaves[2], "tanh")])
    L = gg.expand((scores[0] * gg.silu(leaves[1])).softplus() + scores[2].cosh() * leaves[0].sinh())
    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    f = torch.nn.functional
    ts = torch.softmax(
        torch.stack([xs[0].tanh(), xs[1].sigmoid(), f.gelu(xs[2], approximate="tanh")]), 0
    )
    T = f.softplus(ts[0] * f.silu(xs[1])) + ts[2].cosh() * xs[0].sinh()
    T.backward()
    assert L.data == pytest.approx(T.item(), rel=1e-14)
    assert gradients(L, leaves) == pytest.approx([x.grad.item() for x in xs], rel=1e-12)


def test_labels_leaves_and_sharing_stay() -> None:
    x = Value(0.5, label="x")
    n = 3.0 * x
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    product = o * o
    expanded = gg.expand(product)
    labels = [v.label for v in ancestors(expanded) if v.label]
    assert sorted(labels) == ["n", "o", "x"], "each once: what was shared stays shared"
    assert expanded._prev[0] is expanded._prev[1]
    leaves = {id(v) for v in ancestors(product) if not v._prev}
    assert leaves <= {id(v) for v in ancestors(expanded) if not v._prev}


def test_nothing_of_the_old_graph_changes() -> None:
    x = Value(0.5, label="x")
    o = x.tanh()
    L = o * o
    L.backward()
    before = [(v.data, v.grad, v._mark, v.label) for v in ancestors(L)]
    gg.expand(L).backward()
    after = [(v.data, v.grad, v._mark, v.label) for v in ancestors(L)]
    assert after[1:] == before[1:]
    assert x.grad == pytest.approx(2 * before[0][1], rel=1e-14), "a leaf gathers both passes"


def test_modules_stay_and_the_scope_outside_is_kept() -> None:
    gg.seed(1)
    model = nn.MLP(2, [3, 1], activation="tanh")
    y = model([1.0, -2.0])
    scopes = {SCOPES[v._scope] for v in ancestors(y) if v._op == "tanh"}
    expanded = gg.expand(y)
    assert {SCOPES[v._scope] for v in ancestors(expanded) if v._op == "exp"} == scopes
    assert Value(1.0)._scope == 0


def test_exponents_bounds_and_conditions_stay() -> None:
    x, y = Value(-1.5), Value(2.0)
    L = x**3 + y**0.5 + y**x + x.clamp(-1.0, 1.0) + x.where(False, y) + Value(x)
    again = gg.expand(L)
    assert [v._op for v in ancestors(again)] == [v._op for v in ancestors(L)]
    assert again.data == L.data
    assert gradients(again, [x, y]) == gradients(L, [x, y])


def test_an_operation_of_ones_own_is_taken_apart_if_it_can_be_read() -> None:
    bent = gg.custom_op("bent", lambda x: gg.tanh(x) ** 3, lambda y, x: (
        3 * gg.tanh(x) ** 2 * (1 - gg.tanh(x) ** 2),))  # fmt: skip
    same = gg.custom_op("same", lambda x: x, lambda y, x: (1.0,))
    closed = gg.custom_op("closed", lambda x: float(x) ** 2, lambda y, x: (2 * x,))
    x = Value(0.4, label="x")
    L = bent(x) + closed(x)
    kept = same(x)
    kept.label = "kept"
    before = gradients(L, [x])
    expanded = gg.expand(L)
    assert names(expanded) == {None, "exp", "mul", "add", "sub", "div", "pow", "closed"}
    assert gradients(expanded, [x]) == pytest.approx(before, rel=1e-12)
    copied = gg.expand(kept)
    assert (copied.label, x.label) == ("kept", "x")
    assert gradients(copied, [x]) == [1.0]


def test_what_is_simple_already_is_made_again() -> None:
    x = Value(2.0)
    assert gg.expand(x) is x
    assert gg.expand(x + 1.0)._prev[0] is x


def test_it_records_even_where_recording_is_off() -> None:
    x = Value(0.5)
    o = x.tanh()
    with gg.no_grad():
        expanded = gg.expand(o)
    assert gradients(expanded, [x]) == pytest.approx([1 - o.data**2], rel=1e-13)


def test_where_the_formula_overflows_it_is_nan() -> None:
    assert gg.expand(Value(354.0).tanh()).data == 1.0
    assert math.isnan(gg.expand(Value(356.0).tanh()).data)
    x = Value(20.0)
    right, taken_apart = gradients(x.tanh(), [x])[0], gradients(gg.expand(x.tanh()), [x])[0]
    assert right == pytest.approx(1.7e-17, rel=0.01, abs=0)
    assert taken_apart != pytest.approx(right, rel=0.5, abs=0)


def test_a_long_chain() -> None:
    x = v = Value(0.5)
    for _ in range(20_000):
        v = v.tanh()
    expanded = gg.expand(v)
    assert expanded.data == pytest.approx(v.data, rel=1e-10)
    assert len(ancestors(expanded)) == 1 + 20_000 * 8
    before = gradients(v, [x])
    assert gradients(expanded, [x]) == pytest.approx(before, rel=1e-9)


def test_bad_input() -> None:
    with pytest.raises(TypeError, match="expand takes a Value, not a list"):
        gg.expand([Value(1.0)])  # type: ignore[arg-type]
    with pytest.raises(gg.NoRuleError, match="made by hand"):
        gg.expand(Value(1.0, (Value(2.0),), "mystery").tanh())
    gone = gg.custom_op("gone", lambda x: x * x, lambda y, x: (2 * x,))(Value(2.0))
    with pytest.raises(gg.NoRuleError, match=r"keep what gg\.custom_op returned"):
        gg.expand(gone)
