"""NumPy and Values, both ways."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value

SCALARS = [
    np.float16(2), np.float32(2), np.float64(2), np.longdouble(2), np.int8(2), np.int64(2),
    np.uint8(2), np.array(2.0), np.array(2),
]  # fmt: skip


def numbers(array: Any) -> list[float]:
    assert all(type(v) is Value for v in array.flat)
    return [v.data for v in array.flat]


@pytest.mark.parametrize("x", SCALARS, ids=lambda x: f"{type(x).__name__} {x.dtype}")
def test_scalars_of_any_width(x: Any) -> None:
    v = Value(3.0)
    for made, expected in [
        (x * v, 6.0), (v * x, 6.0), (x + v, 5.0), (x - v, -1.0), (x / v, 2 / 3), (v / x, 1.5),
        (x**v, 8.0), (v**x, 9.0), (Value(x), 2.0), (gg.maximum(v, x), 3.0),
    ]:  # fmt: skip
        assert type(made) is Value, (made, expected)
        assert made.data == expected
    assert (x < v) is True
    assert (v < x) is False
    v.data = x
    assert type(v.data) is float
    assert type(gg.tanh(x)) is float


def test_bool_and_int_scalars() -> None:
    assert (np.bool_(True) + Value(1.0)).data == 2.0
    assert (Value(3.0) ** np.int64(2))._op == "**2"
    assert (Value(3.0) ** np.float32(2))._op == "**2.0"
    assert (Value(3.0) ** np.array(2))._op == "**2"
    assert (Value(3.0) ** np.array(2.0))._op == "**2.0"
    assert gg.where(np.bool_(True), Value(1.0), 2.0).data == 1.0


@pytest.mark.parametrize("x", [np.complex128(1), np.str_("a"), np.datetime64("2020-01-01")])
def test_other_scalars_are_refused_by_name(x: Any) -> None:
    for make in (lambda: Value(1.0) + x, lambda: x + Value(1.0), lambda: Value(x)):
        with pytest.raises(TypeError, match=type(x).__name__):
            make()


def test_an_array_of_numbers_times_a_value() -> None:
    v = Value(3.0)
    xs = np.array([1.0, 2.0])
    assert numbers(xs * v) == [3.0, 6.0]
    assert numbers(v * xs) == [3.0, 6.0]
    assert numbers(xs - v) == [-2.0, -1.0]
    assert numbers(v - xs) == [2.0, 1.0]
    assert numbers(v**xs) == [3.0, 9.0]
    assert numbers(xs / v) == [1 / 3, 2 / 3]
    assert (v < xs).tolist() == [False, False]
    assert (xs < v).tolist() == [True, True]
    gg.sum(xs * v).backward()
    assert v.grad == 3.0


def test_an_object_array_of_values() -> None:
    X = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    w = np.array([Value(0.5), Value(-1.0)])
    assert numbers(X @ w) == [-1.5, -2.5]
    assert numbers(np.exp(X)) == np.exp([1.0, 2.0, 3.0, 4.0]).tolist()
    assert numbers(np.arcsin(w)) == [np.arcsin(0.5), np.arcsin(-1.0)]
    assert numbers(np.arctan2(w, w[::-1])) == np.arctan2([0.5, -1.0], [-1.0, 0.5]).tolist()
    total = np.sum(X @ w)
    assert total.data == -4.0
    total.backward()
    assert [v.grad for v in w] == [4.0, 6.0]
    assert numbers(np.hypot(w, w)) == pytest.approx(np.hypot([0.5, -1.0], [0.5, -1.0]))
    X += Value(1.0)
    assert numbers(X) == [2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    "name",
    ["exp", "expm1", "log", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh",
     "cosh", "tanh", "sqrt", "square", "absolute", "reciprocal", "negative"],
)  # fmt: skip
def test_numpys_functions(name: str) -> None:
    function = getattr(np, name)
    expected = pytest.approx(float(function(0.3)), rel=1e-15)
    assert function(Value(0.3)).data == expected
    assert numbers(function(np.array([Value(0.3)]))) == [expected]
    method = getattr(Value(0.3), name, None)
    if name != "negative":
        assert method is not None
        assert method().data == expected


def test_free_functions_take_arrays_element_by_element() -> None:
    xs = np.array([[0.1, 0.2], [0.3, -5.0]])
    found = gg.sigmoid(xs)
    assert found.dtype == np.float64
    assert found.tolist() == [[gg.sigmoid(float(x)) for x in row] for row in xs]
    assert gg.maximum(xs, 0.0).tolist() == np.maximum(xs, 0.0).tolist()
    assert gg.where(xs > 0, xs, 0.0).tolist() == np.where(xs > 0, xs, 0.0).tolist()
    assert gg.gelu(xs).shape == (2, 2)
    assert numbers(gg.maximum(xs, Value(0.0))) == np.maximum(xs, 0.0).ravel().tolist()
    assert numbers(gg.tanh(np.array([Value(0.1), Value(0.2)]))) == [np.tanh(0.1), np.tanh(0.2)]


def test_comparisons_give_masks() -> None:
    xs, v = np.array([1.0, 5.0]), Value(3.0)
    for mask in (xs < v, v > xs, np.less(xs, v)):
        assert mask.dtype == bool
        assert xs[mask].tolist() == [1.0]
    values = np.array([v, Value(3.0)])
    assert (values == v).tolist() == [True, False]


def test_a_value_in_an_array_without_axes() -> None:
    v, w = Value(3.0), Value(2.0)
    boxed = np.tensordot(np.array([v]), np.array([2.0]), 1)
    for made in (boxed * w, w * boxed, np.array(v) + w, gg.exp(np.array(v)), Value(np.array(v))):
        assert type(made) is Value
        v.grad = 0.0
        made.backward()
        assert v.grad != 0.0
    assert gg.grad(lambda x: np.array(x * 2))(3.0) == 2.0


def test_clip() -> None:
    v = Value(3.0)
    y = np.clip(v, 0, 1)
    assert type(y) is Value
    assert y.data == 1.0
    assert v.clip(0, 5).data == 3.0


def test_composites_take_numbers_of_any_width() -> None:
    for function in (gg.silu, gg.gelu, gg.elu, gg.leaky_relu):
        assert type(function(np.float32(2))) is float
        assert function(2) == function(2.0)
        with pytest.raises(TypeError, match=f"gg.{function.__name__} takes a number, not a str"):
            function("a")
    assert type(gg.softmax(np.array([1e308, -1e308]))[0]) is float


def test_what_values_do_not_have() -> None:
    with pytest.raises(TypeError, match=r"np\.sign has no counterpart"):
        np.sign(Value(1.0))
    with pytest.raises(TypeError, match=r"np\.add\.reduce has no counterpart"):
        np.add.reduce(Value(1.0))
    xs = np.array([1.0, 2.0])
    with pytest.raises(TypeError, match=r"astype\(object\)"):
        xs += Value(1.0)
    assert xs.tolist() == [1.0, 2.0]
