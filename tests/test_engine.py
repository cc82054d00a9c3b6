"""What a Value does: the lecture's numbers, and the table of decisions."""

from __future__ import annotations

import math
import random
import threading
import warnings
from fractions import Fraction
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value

# ------------------------------------------------------------------------- published numbers


def worked_example() -> dict[str, Value]:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "L": d * f}


def test_worked_example() -> None:
    values = worked_example()
    values["L"].backward()
    assert values["L"].data == -8.0
    grads = {name: v.grad for name, v in values.items()}
    assert grads == {"a": 6.0, "b": -4.0, "c": -2.0, "d": -2.0, "e": -2.0, "f": 4.0, "L": 1.0}


def neuron(take_apart: bool) -> tuple[Value, list[Value]]:
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    n = x1 * w1 + x2 * w2 + Value(6.8813735870195432)
    if take_apart:
        e = (2 * n).exp()
        return (e - 1) / (e + 1), [x1, w1, x2, w2]
    return n.tanh(), [x1, w1, x2, w2]


@pytest.mark.parametrize("take_apart", [False, True])
def test_tanh_neuron(take_apart: bool) -> None:
    o, leaves = neuron(take_apart)
    o.backward()
    assert o.data == pytest.approx(0.7071067811865476, abs=1e-15)
    assert [v.grad for v in leaves] == pytest.approx([-1.5, 1.0, 0.5, 0.0], abs=1e-15)


def test_the_expression_of_micrograds_readme() -> None:
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_the_exercise_of_the_lecture() -> None:
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    y = -(a**3) + (3 * b).sin() - 1.0 / c + b**2.5 - a**0.5
    y.backward()
    assert y.data == pytest.approx(6.336362190988558, abs=1e-14)
    found = [a.grad, b.grad, c.grad]
    assert found == pytest.approx([-12.353553390593273, 10.25699027111255, 0.0625], abs=1e-13)


def test_softmax_and_likelihood() -> None:
    logits = [Value(0.0), Value(3.0), Value(-2.0), Value(1.0)]
    loss = -gg.softmax(logits)[3].log()
    loss.backward()
    assert loss.data == pytest.approx(2.1755153626167147, abs=1e-15)
    expected = [0.041772570515350445, 0.8390245074625319, 0.005653302662216329, -0.8864503806400986]
    assert [v.grad for v in logits] == pytest.approx(expected, abs=1e-15)


def test_a_second_backward_accumulates_in_leaves_only() -> None:
    x = Value(3.0)
    square = x * x
    y = square * x
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert (x.grad, square.grad) == (54.0, 3.0)
    x.grad = 0.0
    y.backward()
    assert x.grad == 27.0


def test_why_a_topological_order() -> None:
    a, b = Value(2.0), Value(3.0)
    c, d = a + b, a * b
    y = (c + d) + c * d
    y.backward()
    assert (a.grad, b.grad) == (25.0, 19.0)

    def recurse(v: Value, grad: float, found: dict[int, float]) -> None:
        """Plain recursion: accumulate, and hand on what has arrived so far."""
        found[id(v)] = found.get(id(v), 0.0) + grad
        for operand, partial in zip(v._prev, (v._da, v._db), strict=False):
            recurse(operand, found[id(v)] * partial, found)

    wrong: dict[int, float] = {}
    recurse(y, 1.0, wrong)
    assert (wrong[id(a)], wrong[id(b)]) == (29.0, 22.0)


# --------------------------------------------------------- programs written for micrograd


def test_the_tests_of_micrograds_repository(torch: Any) -> None:
    def sanity(number: Any, relu: Any) -> tuple[Any, Any]:
        x = number(-4.0)
        z = 2 * x + 2 + x
        q = relu(z) + z * x
        h = relu(z * z)
        return x, h + q + q * x

    def more_ops(number: Any, relu: Any) -> tuple[Any, Any]:
        a, b = number(-4.0), number(2.0)
        c = a + b
        d = a * b + b**3
        c = c + c + 1
        c = c + 1 + c + (-a)
        d = d + d * 2 + relu(b + a)
        d = d + 3 * d + relu(b - a)
        e = c - d
        f = e**2
        g = f / 2.0
        return (a, b), g + 10.0 / f

    def tensor(x: float) -> Any:
        return torch.tensor([x], dtype=torch.float64, requires_grad=True)

    for program in (sanity, more_ops):
        ours, y = program(Value, lambda v: v.relu())
        theirs, z = program(tensor, lambda v: v.relu())
        y.backward()
        z.backward()
        ours, theirs = (x if isinstance(x, tuple) else (x,) for x in (ours, theirs))
        assert y.data == pytest.approx(z.item(), abs=1e-12)
        for mine, peer in zip(ours, theirs, strict=True):
            assert mine.grad == pytest.approx(peer.grad.item(), abs=1e-12)


def test_a_neuron_written_for_micrograd_learns() -> None:
    random.seed(1)
    w, b = [Value(random.uniform(-1, 1)) for _ in range(3)], Value(0)
    xs, ys = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0]], [1.0, -1.0, -1.0]
    losses = []
    for _ in range(50):
        scores = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh() for x in xs]
        loss: Any = sum((s - y) ** 2 for s, y in zip(scores, ys, strict=True))
        for p in [*w, b]:
            p.grad = 0
        loss.backward()
        for p in [*w, b]:
            p.data -= 0.1 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.1 < losses[0]


# ------------------------------------------------------------------- the table of decisions


def test_constants_are_leaves_with_a_gradient() -> None:
    v = Value(3.0)
    y = 2 * v
    two, other = y._prev
    assert other is v
    assert two.data == 2.0
    y.backward()
    assert two.grad == 3.0
    power = 2**v
    assert [p.data for p in power._prev] == [2.0, 3.0]


def test_exponents_and_bounds_belong_to_the_operation() -> None:
    v = Value(3.0)
    assert (v**2)._prev == (v,)
    assert v.clamp(0, 1)._prev == (v,)


@pytest.mark.parametrize(
    ("make", "op"),
    [
        (lambda v: v + 1, "+"), (lambda v: 1 + v, "+"), (lambda v: v - 1, "-"),
        (lambda v: 1 - v, "-"), (lambda v: v * 2, "*"), (lambda v: v / 2, "/"),
        (lambda v: 2 / v, "/"), (lambda v: -v, "neg"), (lambda v: v**2, "**2"),
        (lambda v: v**2.0, "**2.0"), (lambda v: v**-1, "**-1"), (lambda v: v**0.5, "**0.5"),
        (lambda v: v**v, "**"), (lambda v: 2**v, "**"), (lambda v: v.relu(), "ReLU"),
        (lambda v: v.tanh(), "tanh"), (lambda v: abs(v), "abs"), (lambda v: Value(v), "copy"),
        (lambda v: v, ""), (lambda v: v.arcsin(), "asin"),
    ],
)  # fmt: skip
def test_op(make: Any, op: str) -> None:
    assert make(Value(0.5))._op == op


def test_prev_and_op_are_read_only() -> None:
    v = Value(1.0) + 1
    for name in ("_prev", "_op"):
        with pytest.raises(AttributeError):
            setattr(v, name, ())


def test_operands_keep_their_order_and_number() -> None:
    a, b = Value(1.0), Value(2.0)
    assert (a - b)._prev == (a, b)
    assert (b - a)._prev == (b, a)
    twice = a + a
    assert twice._prev == (a, a)
    twice.backward()
    assert a.grad == 2.0


def test_every_operation_makes_a_new_node() -> None:
    v = Value(1.0)
    before = v
    for made in (v + 0, +v, v * 1, v**1, Value(v), v.detach(), abs(v)):
        assert made is not v
    v += 1
    assert v is not before
    assert before.data == 1.0


def test_a_copy_hands_its_gradient_on() -> None:
    v = Value(3.0)
    (Value(v) * 2 + +v).backward()
    assert v.grad == 3.0


def test_a_node_made_by_hand_is_opaque() -> None:
    x = Value(0.5)
    t = Value(math.tanh(0.5), (x,), "tanh")
    assert (t._prev, t._op) == ((x,), "tanh")
    y = t * x
    with pytest.raises(gg.NoRuleError, match=r"gg\.custom_op.*v\.tanh\(\)"):
        y.backward()
    assert (x.grad, t.grad, y.grad) == (0.0, 0.0, 0.0)
    with pytest.raises(gg.NoRuleError, match=r"gg\.custom_op"):
        t._backward = lambda: None
    (x * 2).backward()  # what doesn't pass through it works
    assert x.grad == 2.0


def test_equality_is_identity() -> None:
    v = Value(3.0)
    assert v == v
    assert not v == 3.0  # noqa: SIM201
    assert v != Value(3.0)
    assert len({v, Value(3.0)}) == 2


def test_order_is_that_of_the_data() -> None:
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert b >= 2
    assert not a > 1.5
    assert 1.5 > a
    assert a <= 1.0
    assert max([a, b]) is b
    assert sorted([b, a]) == [a, b]
    assert type(a < b) is bool


def test_truth() -> None:
    assert Value(0.1)
    assert not Value(0.0)
    assert Value(math.nan)


def test_float_of_a_leaf_is_silent() -> None:
    v = Value(2.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert float(v) == 2.0
        assert float((v * 2).detach()) == 4.0
        assert math.sqrt(Value(4.0)) == 2.0
        assert f"{v * 2:.2f}" == "4.00"
        assert f"{v * 2}" == "Value(data=4.0, grad=0.0)"


def test_float_of_an_inner_node_warns_once() -> None:
    v = Value(2.0) * 2
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            math.exp(v)
    assert len(caught) == 1
    assert caught[0].category is gg.GradientWarning
    assert caught[0].filename == __file__
    assert "gg.exp" in str(caught[0].message)
    assert ".data" in str(caught[0].message)


def test_label() -> None:
    v = Value(1.0, label="x")
    assert repr(v) == "Value(data=1.0, grad=0.0, label='x')"
    v.label = "y"
    assert v.label == "y"
    with pytest.raises(TypeError, match="a label is a str, not an int"):
        v.label = 3
    assert v.label == "y"
    with pytest.raises(TypeError, match="a label is a str"):
        Value(1.0, label=None)


def test_value_is_final() -> None:
    with pytest.raises(TypeError, match=r"gg\.custom_op"):
        type("Mine", (Value,), {})


def test_new_attributes_are_refused() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).color = "red"


def test_repr() -> None:
    d = worked_example()
    d["L"].backward()
    d["d"].label = "d"
    assert repr(d["d"]) == "Value(data=4.0, grad=-2.0, label='d')"


def test_gradients_are_computed_with_the_forward_passs_derivatives() -> None:
    a, b = Value(2.0), Value(3.0)
    y = a * b
    b.data = 100.0
    y.backward()
    assert a.grad == 3.0
    assert y.data == 6.0


def test_backward_from_a_leaf() -> None:
    v = Value(3.0)
    v.backward()
    v.backward()
    assert v.grad == 2.0


def test_reached_or_not() -> None:
    values = worked_example()
    assert not any(v._mark for v in values.values())
    values["L"].backward()
    assert all(v._mark for v in values.values())
    values["a"].grad = 0
    assert not values["a"]._mark


def test_an_operand_much_older_than_its_result() -> None:
    x = Value(2.0)
    old = x * x
    for _ in range(50_000):
        Value(0.0)  # takes a number
    young = old * x
    (young + old).backward()
    assert x.grad == 16.0
    assert old.grad == 3.0


# -------------------------------------------------------------------------------- operands


@pytest.mark.parametrize("x", [2, 2.0, True, Fraction(1, 2)])
def test_numbers_become_floats(x: Any) -> None:
    v = Value(x)
    assert type(v.data) is float
    assert v.data == x
    assert (Value(1.0) + x).data == 1.0 + x
    assert (x * Value(3.0)).data == x * 3.0
    w = Value(0.0)
    w.data = x
    assert type(w.data) is float


class MyFloat(float):
    pass


class MyInt(int):
    pass


@pytest.mark.parametrize("x", [MyFloat(2.0), MyInt(2)])
def test_subclasses_of_numbers_become_plain_floats(x: Any) -> None:
    assert type(Value(x).data) is float
    assert type((Value(1.0) * x).data) is float
    assert (Value(3.0) ** x).data == 9.0


@pytest.mark.parametrize("huge", [10**400, -(10**400), 10**6000], ids=["+", "-", "vast"])
def test_an_int_that_no_float_holds_is_named(huge: int) -> None:
    v = Value(1.0)
    makers: list[Any] = [lambda: Value(huge), lambda: v + huge, lambda: huge * v, lambda: v**huge]
    makers += [lambda: setattr(v, "data", huge), lambda: v < huge, lambda: gg.maximum(v, huge)]
    for make in makers:
        with pytest.raises(OverflowError, match="too large for a float64"):
            make()
    assert v.data == 1.0


@pytest.mark.parametrize("x", ["3", None, 1j, [1.0], (1.0,), {}, b"3", {1.0}])
def test_what_is_not_a_number_is_refused_by_name(x: Any) -> None:
    v = Value(1.0)
    kind = type(x).__name__
    makers: list[Any] = [
        lambda: Value(x), lambda: v + x, lambda: x + v, lambda: v - x, lambda: x - v,
        lambda: v * x, lambda: x * v, lambda: v / x, lambda: x / v, lambda: v**x, lambda: x**v,
        lambda: v < x, lambda: v.maximum(x), lambda: gg.tanh(x), lambda: setattr(v, "data", x),
        lambda: setattr(v, "grad", x), lambda: v.clamp(x, 1), lambda: gg.where(True, v, x),
    ]  # fmt: skip
    for make in makers:
        with pytest.raises(TypeError, match=kind):
            make()
    assert (v.data, v.grad) == (1.0, 0.0)


def test_decimal_is_refused_by_name() -> None:
    from decimal import Decimal

    with pytest.raises(TypeError, match=r"Decimal.*float\(x\)"):
        Value(1.0) + Decimal(1)
    with pytest.raises(TypeError, match="Decimal"):
        Value(Decimal(1))


def test_a_stranger_may_define_the_operation_itself() -> None:
    class Stranger:
        def __radd__(self, other: Any) -> str:
            return "mine"

    assert Value(1.0) + Stranger() == "mine"
    with pytest.raises(TypeError, match=r"unsupported operand type.*Value.*Stranger"):
        Value(1.0) * Stranger()


def test_bounds_that_are_values_are_refused() -> None:
    with pytest.raises(TypeError, match=r"gg\.maximum and gg\.minimum"):
        Value(1.0).clamp(Value(0.0), 1)


def test_a_condition_that_is_not_one_is_refused() -> None:
    with pytest.raises(TypeError, match="write a comparison"):
        gg.where(Value(1.0), 1.0, 2.0)


def test_a_leaf_is_no_operand_of_an_opaque_node() -> None:
    with pytest.raises(TypeError, match="_children holds the operands"):
        Value(1.0, (2.0,), "+")
    with pytest.raises(TypeError, match="_op is a str"):
        Value(1.0, (Value(2.0),), 3)


# ------------------------------------------------------------------------------------- sums


def test_sum_dot_mean_build_the_nodes_of_the_loop() -> None:
    def shape(v: Value) -> Any:
        return (v._op, v.data, tuple(map(shape, v._prev)))

    xs, ws, b = [Value(x) for x in (0.1, 0.2, 0.3)], [Value(w) for w in (3.0, -1.0, 2.0)], Value(1)
    assert shape(gg.sum(xs)) == shape(sum(xs))
    assert shape(gg.sum(xs, b)) == shape(sum(xs, b))
    loop = sum((w * x for w, x in zip(ws, xs, strict=True)), b)
    assert shape(gg.dot(ws, xs, b)) == shape(loop)
    assert shape(gg.mean(xs)) == shape(sum(xs) / 3)
    assert gg.sum([0.1, 0.2, 0.3]) == 0.1 + 0.2 + 0.3


def test_sums_that_can_not_be() -> None:
    with pytest.raises(ValueError, match="2 and 1"):
        gg.dot([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="give at least one"):
        gg.mean([])


# ---------------------------------------------------------------------------------- threads


def test_threads_that_share_leaves_give_the_sum() -> None:
    w = Value(0.5)
    shared = w * w

    def work() -> None:
        for _ in range(200):
            y = shared * 2 + w
            y.backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert w.grad == 4 * 200 * (2 * 2 * 0.5 + 1)


def test_gradients_have_the_same_bits_every_time() -> None:
    def gradient() -> list[float]:
        random.seed(3)
        values = [Value(random.uniform(-1, 1)) for _ in range(20)]
        nodes = list(values)
        for _ in range(500):
            a, b = random.choices(nodes, k=2)
            nodes.append(a * b + (a - b).tanh())
        gg.sum(nodes).backward()
        return [v.grad for v in values]

    first = gradient()
    Value(1.0) * 2  # shifts the numbers of all that follow
    assert gradient() == first
