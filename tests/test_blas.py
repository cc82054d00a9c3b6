"""Large products of matrices by NumPy's BLAS: against loops over their places, within rounding."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import boxes
import glassgrad as gg
from boxes import Case
from builds import COMPILED
from glassgrad import nn, optim
from glassgrad.jitting import blas, machine
from glassgrad.jitting.blas import is_product
from glassgrad.jitting.tape import CONTRACT, MASK, MATMUL
from tapes import reverse_of, tape_of


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave smaller products to BLAS than pays."""
    monkeypatch.setattr(blas, "WORTH", 1 << 17)


def product_case(draw: random.Random) -> Case:
    """Draw a product of matrices: each in rows or columns, with or without a gap between them."""
    dims = [draw.choice([2, 3, 5, 8, 17]) for _ in range(3)]
    order = draw.sample(range(3), 3)
    sizes = [dims[order.index(d)] for d in range(3)]  # rows, columns and terms stand anywhere
    begin, accesses = draw.randrange(3), []
    for moving in ((1, 2), (0, 2), (0, 1)):  # the second factor, the first, the sums
        inner, outer = draw.sample(moving, 2)
        gap = sizes[inner] + draw.choice([0, 0, 1, 4])
        strides = {inner: 1, outer: gap}
        accesses.append([begin, *(strides.get(d, 0) for d in range(3))])
        begin += gap * sizes[outer] + draw.randrange(3)
        if moving == (0, 2):
            start = [begin, *draw.choice([(0, 0, 0), (0, 1, 0), (0, 3, 0), (1, 0, 0)])]
            begin += 3 * max(sizes)
    second, first, sums = accesses
    return Case(CONTRACT, MATMUL, sizes, 2, [sums, start, first, second], sums[0])


def close(found: Any, expected: Any, single: bool) -> None:
    tolerance = 1e-4 if single else 1e-12
    np.testing.assert_allclose(found, np.array(expected, float), rtol=tolerance, atol=tolerance)


def check(case: Case, draw: random.Random, single: bool) -> None:
    """See that a contraction is what it should be, forwards and backwards."""
    given = [draw.gauss(0.0, 1.0) for _ in range(case.n)]
    before = [draw.gauss(0.0, 1.0) for _ in range(case.slots)]
    mask = draw.randrange(8)
    tape = tape_of(case.words, case.n, case.slots)
    expected = boxes.forward(case, given, single)
    close(machine.run(tape, given, single)[1], expected, single)
    code = reverse_of([CONTRACT + MASK * mask, *case.words[1:]])
    slopes = boxes.reverse(case, expected, before, mask, single)
    close(machine.run_back(tape, given, code, dict(enumerate(before)), single), slopes, single)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Put products of our own in place of BLAS, and list what they are asked for."""
    made: list[Any] = []
    kept = []
    for number in (ctypes.c_double, ctypes.c_float):

        def multiply(
            order: int, turn_a: int, turn_b: int, m: int, n: int, k: int, alpha: float, a: int,
            row_a: int, b: int, row_b: int, beta: float, c: int, row_c: int, number: Any = number,
        ) -> None:  # fmt: skip
            def matrix(at: int, rows: int, columns: int, row: int, turned: bool) -> Any:
                assert row >= (rows if turned else columns)
                shape = (columns, rows) if turned else (rows, columns)
                size = (shape[0] - 1) * row + shape[1]
                flat = np.ctypeslib.as_array((number * size).from_address(at))
                found = np.lib.stride_tricks.as_strided(
                    flat, shape, (row * flat.itemsize, flat.itemsize)
                )
                return found.T if turned else found

            assert (order, alpha, beta) == (101, 1.0, 1.0)
            product = matrix(a, m, k, row_a, turn_a == 112) @ matrix(b, k, n, row_b, turn_b == 112)
            sums = matrix(c, m, n, row_c, False)
            sums += product
            made.append((m, n, k, number))

        whole, place = ctypes.c_int64, ctypes.c_void_p
        kept.append(
            ctypes.CFUNCTYPE(
                None, *[ctypes.c_int] * 3, whole, whole, whole, number, place, whole, place, whole,
                number, place, whole,
            )(multiply)
        )  # fmt: skip
    addresses = tuple(ctypes.cast(f, ctypes.c_void_p).value for f in kept)
    monkeypatch.setattr(blas, "found", lambda: addresses)
    yield made
    monkeypatch.undo()
    case = product_case(random.Random(0))
    machine.run(tape_of(case.words, case.n, case.slots), [0.0] * case.n)  # with BLAS again


@pytest.mark.parametrize("single", [False, True], ids=["double", "single"])
def test_matrices_that_lie_in_rows_or_columns(calls: list[Any], single: bool) -> None:
    draw = random.Random(f"products {single}")
    for _ in range(100 if COMPILED else 20):
        calls.clear()
        case = product_case(draw)
        check(case, draw, single)
        assert bool(calls) == COMPILED


def test_other_boxes_are_left_alone(calls: list[Any]) -> None:
    draw = random.Random(0)
    for _ in range(100 if COMPILED else 20):
        case = boxes.draw_case(draw, CONTRACT)
        case.words[2] = MATMUL
        check(case, draw, single=False)


def test_which_are_products() -> None:
    plain = [[64, 1, 0], [64, 0, 1], [0, 64, 1]]
    assert is_product([64, 64, 64], plain)
    assert is_product([64, 64, 64, 1], [[*s, 5] for s in plain])
    assert not is_product([32, 32, 32], plain)  # too small
    assert not is_product([64, 64, 64], [plain[0], [64, 0, 2], plain[2]])  # no two side by side
    assert not is_product([64, 64, 64], [plain[0], [63, 0, 1], plain[2]])  # rows overlap
    assert not is_product([4, 64, 64, 64], [[4096, *s] for s in plain])


def network(sizes: list[int], n: int) -> tuple[nn.MLP, Any, Any]:
    gg.seed(1)
    model = nn.MLP(sizes[0], sizes[1:], activation="tanh")
    X = np.random.default_rng(1).normal(size=(n, sizes[0]))

    def loss(X: Any) -> Any:
        return gg.sum([gg.dot(out, out) for out in zip(*gg.vmap(model)(X), strict=True)]) / n

    return model, loss, X


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_step_of_a_network(dtype: str) -> None:
    model, loss, X = network([48, 64, 3], 64)
    jitted = gg.jit(loss, dtype=dtype)
    total = jitted(X)
    total.backward()
    assert jitted.stats.products == 1
    assert "1 products of matrices by BLAS" in str(jitted.stats)
    assert "CONTRACT by BLAS 64x64 over 48" in str(jitted.tape)
    w, b, v, c = (
        np.array([[p.data for p in n.w] if part == "w" else n.b.data for n in layer.neurons])
        for layer in model.layers
        for part in "wb"
    )
    h = np.tanh(X @ w.T + b)
    out = h @ v.T + c
    tolerance = 1e-4 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(total.data, (out * out).sum() / 64, rtol=tolerance)
    slope = (2 * out / 64 @ v) * (1 - h * h)
    found = [[p.grad for p in neuron.w] for neuron in model.layers[0].neurons]
    np.testing.assert_allclose(found, slope.T @ X, rtol=tolerance, atol=tolerance)


def test_exact_programs_keep_the_order() -> None:
    _, loss, X = network([48, 64, 3], 64)
    exact = gg.jit(loss, exact=True)
    assert gg.jit(loss)(X).data == pytest.approx(exact(X).data, rel=1e-12)
    assert exact.stats.products == 0


def test_gradients_arrive_once_more() -> None:
    model, loss, X = network([48, 64, 3], 64)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    jitted = gg.jit(loss)
    jitted(X).backward()
    once = np.array([p.grad for p in model.parameters()])
    jitted(X).backward()
    np.testing.assert_allclose([p.grad for p in model.parameters()], 2 * once, rtol=1e-12)
    optimizer.zero_grad()
    jitted(X).backward()
    np.testing.assert_array_equal([p.grad for p in model.parameters()], once)


@pytest.mark.compiled
def test_where_there_is_no_blas_ours_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    _, loss, X = network([48, 64, 3], 64)
    monkeypatch.setattr(blas, "found", lambda: (0, 0))
    assert gg.jit(loss)(X).data == gg.jit(loss, exact=True)(X).data
