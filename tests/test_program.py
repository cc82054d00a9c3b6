"""`f.program`: the tensors of a scalar program, printed."""

from __future__ import annotations

import random
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value, nn

pytestmark = pytest.mark.usefixtures("lifted_anyway")


def printed(f: Any) -> list[str]:
    return str(f.program).splitlines()


def grid(rows: int, columns: int) -> list[list[Value]]:
    return [[Value(random.uniform(-1, 1)) for _ in range(columns)] for _ in range(rows)]


def test_a_network() -> None:
    gg.seed(0)
    model = nn.MLP(3, [8, 2], activation="tanh")

    @gg.jit
    def loss(xs: Any, ys: Any) -> Any:
        return gg.sum((o - y) ** 2 for x, y in zip(xs, ys, strict=True) for o in model(x)[:1])

    loss([[0.1, 0.2, 0.3]] * 10, [1.0] * 10)
    assert printed(loss) == [
        "xs: 10 × 3   ys: 10 ← 40 scalars",
        "W0: 8 × 3   b0: 8 ← 32 scalars   layers[0].neurons[·]",
        "W1: 1 × 8   b1: 1 ← 9 scalars   layers[1].neurons[·]",
        "h1 = tanh(xs @ W0.T + b0)                    10 × 8 ← 560 scalars",
        "loss = sum((h1 @ W1[0] + b1[0] - ys) ** 2)   1 ← 190 scalars",
        "return loss",
    ]


def test_arguments_and_results() -> None:
    @gg.jit
    def both(a: Any, scales: Any) -> Any:
        return [scales["small"] * x for x in a], [gg.exp(x) + scales["large"] for x in a]

    both([Value(float(i)) for i in range(20)], {"small": 2.0, "large": 3.0})
    assert printed(both) == [
        "a: 20 ← 20 scalars",
        "small, large: 1 ← 2 scalars   scales",
        "h1 = small * a        20 ← 20 scalars",
        "h2 = exp(a) + large   20 ← 40 scalars",
        "return h1, h2",
    ]


WEIGHTS = grid(6, 6)


def test_parameters_are_called_as_the_function_calls_them() -> None:
    biases = [Value(0.5) for _ in range(6)]

    @gg.jit
    def f(xs: Any) -> Any:
        return [gg.sum(w * x for w, x in zip(row, xs, strict=True)) + b
                for row, b in zip(WEIGHTS, biases, strict=True)]  # fmt: skip

    f([1.0] * 6)
    assert "WEIGHTS: 6 × 6" in printed(f)[0]
    assert "biases: 6" in printed(f)[0]
    assert "WEIGHTS @ xs + biases" in str(f.program)


def test_a_convolution_has_windows() -> None:
    kernel = grid(3, 3)

    @gg.jit
    def f(image: Any) -> Any:
        return [
            [gg.sum(kernel[a][b] * image[i + a][j + b] for a in range(3) for b in range(3))
             for j in range(6)] for i in range(5)
        ]  # fmt: skip

    f([[1.0] * 8] * 7)
    assert printed(f)[-2:] == [
        ("h1 = einsum('kl,ijkl->ij', kernel, sliding_window_view(image, (3, 3)))   "
         "5 × 6 ← 540 scalars"),
        "return h1",
    ]


def test_ragged_rows_are_one_line() -> None:
    @gg.jit
    def f(xs: Any) -> Any:
        return gg.sum(gg.sum(gg.exp(xs[t] * xs[k]) for k in range(t + 1)) ** 2 for t in range(9))

    f([Value(0.1 * i) for i in range(9)])
    assert printed(f)[1:3] == [
        "h1[t] = sum(exp(xs[t] * xs[:t + 1]))  for t in range(9)   9 ← 135 scalars",
        "f = sum(h1 ** 2)                                          1 ← 18 scalars",
    ]


def test_what_stays_scalar_is_counted() -> None:
    @gg.jit
    def f(xs: Any) -> Any:
        return gg.sum(x.tanh() for x in xs) * 0.5 + 1

    f([Value(0.1 * i) for i in range(20)])
    assert printed(f)[-1] == "one by one: 1 of 42 scalars (1 add)"


def test_branches_are_counted() -> None:
    @gg.jit
    def f(xs: Any) -> Any:
        return sum(x * x if x > 0 else 3 * x for x in xs)

    f([Value(i - 9.5) for i in range(20)])
    assert "as long as 20 branches are taken as they were while tracing" in printed(f)
    assert any("sum(xs[10:] ** 2) + 3 * sum(xs[:10])" in line for line in printed(f))


def test_what_is_not_lifted_says_why() -> None:
    f = gg.jit(lambda a, b: (a * b).tanh() + a)
    f(1.0, 2.0)
    assert printed(f) == ["no tensors: its operations don't repeat in rows and columns"]


def test_before_the_first_call_there_is_no_program() -> None:
    with pytest.raises(gg.errors.TraceError, match="has not been called"):
        gg.jit(lambda x: x).program
