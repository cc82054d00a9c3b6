"""A learner's own operations."""

from __future__ import annotations

import gc
import math
import weakref
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value


def swish() -> Any:
    return gg.custom_op(
        "swish",
        lambda x: x * gg.sigmoid(x),
        lambda y, x: (y + gg.sigmoid(x) * (1 - y),),
    )


def test_value_and_gradient_are_those_of_the_composite() -> None:
    for at in (-2.0, 0.0, 1.5):
        v, w = Value(at), Value(at)
        y, z = swish()(v), gg.silu(w)
        y.backward()
        z.backward()
        assert y.data == pytest.approx(z.data, rel=1e-15)
        assert v.grad == pytest.approx(w.grad, rel=1e-14)
        assert y._op == "swish"
        twice = gg.grad(gg.grad(swish()))(at)
        assert twice == pytest.approx(gg.grad(gg.grad(gg.silu))(at), rel=1e-13)


def test_on_numbers_and_arrays() -> None:
    op = swish()
    assert op(2) == op(2.0) == gg.silu(2.0)
    assert type(op(2)) is float
    assert op(np.array([0.0, 2.0])).tolist() == [0.0, gg.silu(2.0)]


def test_several_operands() -> None:
    op = gg.custom_op(
        "blend",
        lambda a, b, c, t: a * (1 - t) * (1 - t) + b * t + c * t * t,
        lambda y, a, b, c, t: ((1 - t) * (1 - t), t, t * t, -2 * a * (1 - t) + b + 2 * c * t),
    )
    at = (2.0, 3.0, 5.0, 0.25)
    leaves = [Value(x) for x in at]
    y = op(*leaves)
    y.backward()
    for i, leaf in enumerate(leaves):
        h = 1e-6
        up, down = (op(*at[:i], at[i] + s, *at[i + 1 :]) for s in (h, -h))
        assert leaf.grad == pytest.approx((up - down) / (2 * h), rel=1e-8)
    assert y._prev == tuple(leaves)
    mixed = gg.grad(gg.grad(op, 0), 3)(*at)
    assert mixed == pytest.approx(-2 * (1 - 0.25), rel=1e-15)


def test_functions_of_plain_numbers_work_once() -> None:
    op = gg.custom_op("wave", math.sin, lambda y, x: (math.cos(x),))
    v = Value(0.3)
    y = op(v)
    y.backward()
    assert (y.data, v.grad) == (math.sin(0.3), math.cos(0.3))
    with pytest.raises(gg.NoRuleError, match=r"wave.*gg\.exp"):
        gg.derivative(gg.derivative(y, wrt=v), wrt=v)


def test_a_function_with_a_branch_works() -> None:
    op = gg.custom_op(
        "kinked", lambda x: x if x > 0 else 2 * x, lambda y, x: (1.0 if x > 0 else 2.0,)
    )
    assert [gg.grad(op)(x) for x in (3.0, -3.0)] == [1.0, 2.0]


def test_an_operand_may_have_any_name() -> None:
    for name, op in {
        "y": gg.custom_op("e", lambda y: gg.exp(y), lambda out, y: (out,)),
        "x": gg.custom_op("e", lambda x: gg.exp(x), lambda y, x: (y,)),
    }.items():
        v = Value(3.0)
        y = op(v)
        y.backward()
        assert v.grad == pytest.approx(math.exp(3.0)), name
        assert gg.derivative(gg.derivative(y, wrt=v), wrt=v).data == pytest.approx(math.exp(3.0))


def test_the_functions_are_called_on_floats() -> None:
    scale = 2.0
    op = gg.custom_op("scaled", lambda x: scale * x, lambda y, x: (scale,))
    assert op(1.0) == 2.0
    scale = 10.0
    assert op(1.0) == 10.0
    assert gg.grad(op)(1.0) == 10.0
    constant = gg.custom_op("constant", lambda x: 3.0, lambda y, x: (0.0,))
    assert constant(1.0) == 3.0
    guarded = gg.custom_op("guarded", guarded_exp, lambda y, x: (y,))
    assert guarded(1.0) == math.exp(1.0)
    assert guarded(Value(1000.0)).data == math.inf


def guarded_exp(x: Any) -> Any:
    try:
        return math.exp(x)
    except (OverflowError, TypeError):
        return math.inf


def test_nothing_raises_in_a_formula() -> None:
    op = gg.custom_op("inverse", lambda x: 1 / x, lambda y, x: (-1 / x**2,))
    v = Value(0.0)
    y = op(v)
    y.backward()
    assert (y.data, v.grad) == (math.inf, -math.inf)


def test_a_name_of_the_table_is_only_a_name() -> None:
    op = gg.custom_op("tanh", lambda x: 2 * x, lambda y, x: (2,))
    assert op(Value(1.0)).data == 2.0
    assert gg.tanh(1.0) == math.tanh(1.0)


def test_a_graph_does_not_keep_the_users_functions() -> None:
    class Doubler:
        def __call__(self, x: Any) -> Any:
            return x * 2

    doubler = Doubler()
    gone = weakref.ref(doubler)
    v = Value(1.0)
    y = gg.custom_op("kept", doubler, lambda y, x: (2,))(v)
    del doubler
    gc.collect()
    assert gone() is None
    y.backward()
    assert (v.grad, y._op) == (2.0, "kept")


@pytest.mark.parametrize(
    ("name", "forward", "partials", "says"),
    [
        ("no name", lambda x: x, lambda y, x: (1,), "Python identifier"),
        (3, lambda x: x, lambda y, x: (1,), "Python identifier"),
        ("f", lambda x: x, lambda x: (1,), "takes the result and then the operands"),
        ("f", lambda *xs: xs[0], lambda y, *xs: (1,), "must name its operands"),
        ("f", lambda: 1.0, lambda y: (), "must name its operands"),
        ("f", lambda a, b: a * b, lambda y, a, b: (b,), "a tuple of 2"),
        ("f", lambda x: x, lambda y, x: 1, "a tuple of 1"),
        ("f", 3, lambda y, x: (1,), "forward must be a function, not an int"),
        ("f", max, lambda y, a, b: (1, 0), "built-in"),
    ],
)
def test_a_wrong_definition_is_refused(name: Any, forward: Any, partials: Any, says: str) -> None:
    with pytest.raises(gg.CardError, match=says):
        gg.custom_op(name, forward, partials)


def test_wrong_results_are_refused_when_they_show() -> None:
    op = gg.custom_op("f", lambda x: "one" if x > 0 else None, lambda y, x: (1,))
    for at in (1.0, -1.0):
        with pytest.raises(TypeError, match="f's forward"):
            op(Value(at))
    op = gg.custom_op("f", lambda x: math.log(x), lambda y, x: (1 / x,))
    with pytest.raises(gg.GlassgradError, match=r"ValueError at \(-1.0,\).*gg\.exp"):
        op(Value(-1.0))
    op = gg.custom_op("f", lambda x: math.exp(x), lambda y, x: (y,))
    with pytest.raises(gg.GlassgradError, match=r"OverflowError at \(1000.0,\).*gg\.exp"):
        op(Value(1000.0))
    with pytest.raises(TypeError, match=r"f\(x\) was given 2 operands"):
        op(Value(1.0), Value(2.0))
    with pytest.raises(TypeError, match="str"):
        op("a")
