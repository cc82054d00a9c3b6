"""gg.vmap against calling the function for each example."""

from __future__ import annotations

import math
import random
from typing import Any, NamedTuple

import numpy as np
import pytest

import battery
import glassgrad as gg
from battery import bits
from glassgrad import Value, nn
from test_jit import program, readme


def test_each_example_has_its_own_gradient(jax: Any) -> None:
    draw = np.random.default_rng(3)
    a, b = draw.normal(size=1000), draw.normal(size=1000)
    value, (da, db) = gg.vmap(gg.value_and_grad(readme, argnums=(0, 1)))(a, b)
    peer = jax.vmap(jax.value_and_grad(_readme_of_jax(jax), argnums=(0, 1)))
    expected, (ea, eb) = peer(a, b)
    for found, wanted in ((value, expected), (da, ea), (db, eb)):
        np.testing.assert_allclose(found, np.asarray(wanted), rtol=1e-12)


def _readme_of_jax(jax: Any) -> Any:
    def f(a: Any, b: Any) -> Any:
        relu = jax.nn.relu
        c = a + b
        d = a * b + b**3
        c = c + c + 1
        c = c + 1 + c + (-a)
        d = d + d * 2 + relu(b + a)
        d = d + 3 * d + relu(b - a)
        e = c - d
        f = e**2
        return f / 2.0 + 10.0 / f

    return f


@pytest.mark.parametrize("count", [0, 1, 2, 7, 64, 1001])
def test_any_number_of_examples(count: int) -> None:
    xs = np.linspace(-2, 2, count)
    found = gg.vmap(lambda x, k: (x * k).tanh() + k)(xs, 3)
    assert found.shape == (count,)
    np.testing.assert_allclose(found, [math.tanh(3 * x) + 3 for x in xs], rtol=1e-14)


class Pair(NamedTuple):
    x: Any
    y: Any


def test_nests_and_arrays_of_more_axes() -> None:
    def f(row: Any, pair: Any, more: Any) -> Any:
        total = gg.sum(row) * pair.x - more["k"]
        return {"total": total, "row": row * 2, "pair": Pair(pair.y, 1.5), "word": "same"}

    rows = np.arange(12.0).reshape(4, 3)
    found = gg.vmap(f)(rows, Pair([1, 2, 3, 4], np.ones(4)), {"k": 0.5})
    np.testing.assert_array_equal(found["total"], rows.sum(1) * [1, 2, 3, 4] - 0.5)
    np.testing.assert_array_equal(found["row"], rows * 2)
    np.testing.assert_array_equal(found["pair"].x, np.ones(4))
    np.testing.assert_array_equal(found["pair"].y, np.full(4, 1.5))
    assert found["word"] == "same"


def test_a_model_and_its_parameters() -> None:
    random.seed(2)
    model = nn.MLP(2, [5, 1], activation="tanh")
    predict = gg.vmap(model)
    xs = np.random.default_rng(0).normal(size=(50, 2))
    for _ in range(2):
        np.testing.assert_allclose(predict(xs), [model(x).data for x in xs.tolist()], rtol=1e-12)
        for p in model.parameters():
            p.data *= 1.5


def test_examples_that_take_different_branches() -> None:
    def f(x: Any) -> Any:
        return x * x if x > 0 else -x

    xs = np.array([-1.0, 2.0, -3.0, 4.0])
    np.testing.assert_array_equal(gg.vmap(f)(xs), [1.0, 4.0, 3.0, 16.0])
    np.testing.assert_array_equal(gg.vmap(f)(np.array([2.0, 4.0])), [4.0, 16.0])
    chosen = gg.vmap(lambda x: gg.where(x > 0, x * x, -x))
    np.testing.assert_array_equal(chosen(xs), [1.0, 4.0, 3.0, 16.0])


def test_taking_rows_by_a_number_of_each_example() -> None:
    table = [[Value(float(10 * i + j)) for j in range(2)] for i in range(3)]
    f = gg.vmap(lambda i, x: gg.take(table, i)[1] * x)
    found = f(np.array([2, 0, 1]), np.array([1.0, 2, 3]))
    np.testing.assert_array_equal(found, [21.0, 2.0, 33.0])


def test_values_and_transforms_around() -> None:
    w = Value(2.0)
    found = gg.vmap(lambda x, w: x * w)(np.array([1.0, 2.0, 3.0]), w)
    gg.sum(found).backward()
    assert w.grad == 6.0

    def total(w: Any) -> Any:
        return gg.sum(gg.vmap(lambda x: (x * w) ** 2)(np.array([1.0, 2.0])))

    assert gg.grad(total)(3.0) == 30.0
    assert gg.jit(gg.grad(total))(3.0) == 30.0


def test_errors_say_what_to_do() -> None:
    f = gg.vmap(lambda a, b: a + b)
    with pytest.raises(ValueError, match="equally long"):
        f(np.ones(3), np.ones(4))
    with pytest.raises(TypeError, match="none of its arguments is an array"):
        f(1.0, 2.0)
    with pytest.raises(ValueError, match="equal lengths"):
        f([[1.0], [2.0, 3.0]], np.ones(2))
    with pytest.raises(TypeError, match="takes a function"):
        gg.vmap(3)


def test_truths_and_words_of_each_example() -> None:
    xs, where = np.array([1.0, 2.0, 3.0]), np.array([True, False, True])
    signed = gg.vmap(lambda m, x: gg.where(m, x, -x))
    for mask in (where, where.tolist()):
        np.testing.assert_array_equal(signed(mask, xs), [1.0, -2.0, 3.0])
    worded = gg.vmap(lambda word, x: x * 2 if word == "twice" else x)
    words = np.array(["once", "twice", "once"])
    np.testing.assert_array_equal(worded(words, xs), [1.0, 4.0, 3.0])
    np.testing.assert_array_equal(worded("twice", xs), 2 * xs)


def test_results_that_are_truths() -> None:
    for f in (lambda x: (x > 1, x == 2), lambda x: (True if x > 1 else False, x == 2)):  # noqa: SIM210
        for xs in (np.array([1.0, 2.0, 3.0]), np.array([2.0]), np.empty(0)):
            big, two = gg.vmap(f)(xs)
            assert big.dtype == two.dtype == bool
            np.testing.assert_array_equal(big, xs > 1)
            np.testing.assert_array_equal(two, xs == 2)
    both = gg.vmap(lambda x: np.array([x > 1, True]))(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(both, [[False, True], [True, True]])


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i1", "u8", np.longdouble])
def test_arrays_of_all_kinds(dtype: Any) -> None:
    table = np.arange(12).reshape(4, 3).astype(dtype)
    f = gg.vmap(lambda row: gg.sum(row) * row[0])
    for given in (table, table[::-2], table.T, np.asfortranarray(table), table[:0], table[:1]):
        np.testing.assert_array_equal(f(given), (given.sum(1) * given[:, 0]).astype(float))


def test_within_one_another_and_in_single_precision() -> None:
    table = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(gg.vmap(gg.vmap(lambda x: x * x))(table), table**2)
    np.testing.assert_array_equal(gg.vmap(gg.jit(gg.vmap(lambda x: x * x)))(table), table**2)
    single = gg.vmap(gg.jit(lambda x: x * 0.1, dtype="float32"))(np.array([3.0]))
    assert single.tolist() == [float(np.float32(3.0) * np.float32(0.1))]


def test_random_programs_in_lanes() -> None:
    for seed in range(200):
        draw = random.Random(seed + 5000)
        columns = [np.array([draw.gauss(0, 1) for _ in range(9)]) for _ in range(4)]
        f = program(seed, 16)
        found = gg.vmap(f)(*columns)
        expected = [f(*(Value(float(x)) for x in row)) for row in zip(*columns, strict=True)]
        for column, wanted in zip(found, zip(*expected, strict=True), strict=True):
            for x, y in zip(column, wanted, strict=True):
                assert bits(x) == bits(y.data), seed


def test_the_battery_has_every_operation() -> None:
    from glassgrad.ops import TABLE

    named = {*battery.UNARY, *battery.BINARY, "clamp", "where"}
    signs = {"neg": "__neg__", "add": "__add__", "sub": "__sub__", "mul": "__mul__",
             "div": "__truediv__", "pow": "__pow__"}  # fmt: skip
    assert {signs.get(name, name) for name in TABLE} <= named
