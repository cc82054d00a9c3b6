"""gg.vmap within a trace: one example is traced, and stands for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value, losses, nn, optim
from glassgrad.jitting import vmapping
from glassgrad.jitting.axes import unrolled
from glassgrad.opcodes import EXAMPLES, PART

pytestmark = pytest.mark.usefixtures("lifted_anyway")

Numbers = list[Any]


def by_hand(f: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Call a function for each example: the oracle of gg.vmap."""
    return lambda *args: [f(*example) for example in zip(*args, strict=True)]


def flat(nest: Any) -> list[Any]:
    if isinstance(nest, (list, tuple, np.ndarray)):
        return [x for part in nest for x in flat(part)]
    return [nest]


def numbers(nest: Any) -> list[float]:
    return [x.data if type(x) is Value else float(x) for x in flat(nest)]


def has_axis(jitted: Any) -> bool:
    return EXAMPLES in jitted.graph.op


def check(
    whole: Callable[..., Any], f: Callable[..., Any], args: tuple[Any, ...],
    params: list[Value], rtol: float = 1e-12, **options: Any,
) -> Any:  # fmt: skip
    """Compare ``whole(vmap(f), *args)`` within gg.jit with the same by hand, gradients too."""
    jitted = gg.jit(lambda *args: whole(gg.vmap(f), *args), **options)
    for turn in range(2):
        found = jitted(*args)
        expected = whole(by_hand(f), *args)
        np.testing.assert_allclose(numbers(found), numbers(expected), rtol=rtol, atol=1e-300)
        for outputs in (found, expected):
            for p in params:
                p.grad = 0.0
            gg.sum(v * (0.5 + i) for i, v in enumerate(flat(outputs))).backward()
            grads = [p.grad for p in params]
            if outputs is found:
                ours = grads
        np.testing.assert_allclose(ours, grads, rtol=rtol, atol=rtol)
        for p in params:
            p.data *= 1.5 if turn == 0 else 1.0
    return jitted


def draws(n: int, *shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=(n, *shape)).tolist()


def classes(n: int, k: int) -> list[int]:
    return [int(i) for i in np.random.default_rng(5).integers(0, k, n)]


@pytest.mark.parametrize("n", [1, 2, 7, 64])
def test_the_loss_of_a_network(n: int) -> None:
    gg.seed(3)
    model = nn.MLP(3, [6, 5, 4], activation="tanh")

    def loss(x: Any, label: Any) -> Any:
        return losses.cross_entropy([model(x)], [label])

    def whole(mapped: Any, X: Any, Y: Any) -> Any:
        return sum(mapped(X, Y)) / n

    jitted = check(whole, loss, (draws(n, 3), classes(n, 4)), model.parameters())
    assert has_axis(jitted) == (n > 1)
    if n == 64:
        assert len(jitted.graph) < 1500  # of 64 copies it would be some 15,000


def test_several_results_in_nests() -> None:
    w, b = Value(0.7), Value(-0.2)

    def f(x: Any, y: Any) -> Any:
        h = (w * x[0] + b).tanh()
        return {"h": h, "pair": (h * y, [x[1], 2.0]), "w": w, "word": "same", "twice": [h, h]}

    def whole(mapped: Any, X: Any, Y: Any) -> Any:
        found = mapped(X, Y)
        if isinstance(found, dict):  # an array for each number; by hand, a dict for each example
            h, (first, (second, third)), twice = found["h"], found["pair"], found["twice"][1]
            assert list(found["word"]) == ["same"] * 5
            columns = [h, first, second, third, found["w"], twice]
        else:
            columns = [
                [pick(r) for r in found]
                for pick in (
                    lambda r: r["h"], lambda r: r["pair"][0], lambda r: r["pair"][1][0],
                    lambda r: r["pair"][1][1], lambda r: r["w"], lambda r: r["twice"][1],
                )
            ]  # fmt: skip
        return [list(column) for column in columns]

    assert has_axis(check(whole, f, (draws(5, 2), draws(5, seed=1)), [w, b]))


def test_parameters_inside_and_outside_and_rows_that_depend_on_no_example() -> None:
    w, b = Value(0.7), Value(-0.2)

    def f(x: Any) -> Any:
        scale = (w * w + 1.0).sqrt()  # the same for all examples
        return (x * scale + b).sigmoid() * w

    def whole(mapped: Any, X: Any) -> Any:
        found = mapped(X)
        return found[0] * w + found[1] * b + sum(found) * w.exp()

    assert has_axis(check(whole, f, (draws(9),), [w, b]))


def test_results_used_twice_or_not_at_all() -> None:
    w = Value(0.7)

    def whole(mapped: Any, X: Any) -> Any:
        found = mapped(X)
        return [found[0] * found[0] * found[3], found[3] - found[0]]

    assert has_axis(check(whole, lambda x: (w * x).sin(), (draws(5),), [w]))


def test_inputs_used_twice_and_not_at_all() -> None:
    w = Value(0.7)

    def whole(mapped: Any, X: Any, Y: Any) -> Any:
        return [sum(mapped(X, X)), sum(mapped(Y, X)) * X[1]]

    def f(x: Any, y: Any) -> Any:
        return (w + x) * x - y * gg.exp(x)

    assert has_axis(check(whole, f, (draws(5), draws(5, seed=1)), [w]))
    check(whole, lambda x, y: w * x, (draws(5), draws(5, seed=1)), [w])
    check(whole, lambda x, y: w * 2, (draws(5), draws(5, seed=1)), [w])
    check(whole, lambda x, y: w, (draws(5), draws(5, seed=1)), [w])


def test_one_after_another_and_the_results_of_one_as_inputs_of_another() -> None:
    w, v = Value(0.7), Value(-1.3)

    def f(x: Any) -> Any:
        return (w * x).tanh()

    def whole(mapped: Any, X: Any) -> Any:
        first = mapped(X)
        second = mapped([h * v + x for h, x in zip(first, X, strict=True)])
        third = mapped([second[3], first[1], X[2], w])
        return [*first, *second, *third]

    def again(mapped: Any, X: Any) -> Any:
        return mapped(np.array(list(mapped(np.array(X)))))

    assert has_axis(check(again, f, (draws(6),), [w, v]))
    jitted = gg.jit(lambda X: again(gg.vmap(f), X))
    jitted(draws(6))
    assert {int(jitted.graph.number[r]) for r in jitted.graph.more} == {1, 2}


def test_values_among_the_arguments() -> None:
    X = [[Value(x) for x in row] for row in draws(4, 2)]
    values = [v for row in X for v in row]

    def whole(mapped: Any, X: Any) -> Any:
        return sum(mapped(np.array(X)))

    assert has_axis(check(whole, lambda x: x[0] * x[1].exp(), (X,), values))


def test_a_number_that_is_the_same_for_all() -> None:
    w = Value(0.7)
    f = gg.jit(lambda X, k: sum(gg.vmap(lambda x, k: (w * x) ** 2 + k)(X, k)))
    X = draws(5)
    found = f(X, 3.0)
    assert has_axis(f)
    assert math.isclose(found.data, sum((0.7 * x) ** 2 + 3.0 for x in X), rel_tol=1e-12)


def test_rows_taken_by_numbers_of_the_examples() -> None:
    table = [[Value(0.1 * i + j) for j in range(3)] for i in range(4)]
    values = [v for row in table for v in row]

    def f(i: Any, x: Any) -> Any:
        row = gg.take(table, i)
        return gg.dot(row, gg.one_hot(i - 4, 4)[1:]) + row[0] * x

    def whole(mapped: Any, rows: Any, X: Any) -> Any:
        return list(mapped(rows, X))

    assert has_axis(check(whole, f, (classes(9, 4), draws(9)), values))


def test_where_and_other_choices_need_no_guard() -> None:
    w = Value(0.7)

    def f(x: Any) -> Any:
        y = gg.where(x > 0.1, x * w, -x)
        return gg.maximum(y, w).clamp(-1, 2) + (x > 0) * y.relu()

    assert has_axis(check(lambda m, X: list(m(X)), f, (draws(20),), [w]))


# --------------------------------------------------------------- where it is not possible


def test_an_if_inside() -> None:
    w = Value(0.7)

    def f(x: Any) -> Any:
        return x * w if x > 0 else -x

    assert not has_axis(check(lambda m, X: list(m(X)), f, (draws(20),), [w]))


def test_an_if_outside_on_what_came_out() -> None:
    w = Value(0.7)

    def whole(mapped: Any, X: Any) -> Any:
        found = mapped(X)
        return found[1] * 2 if found[1] > found[0] else found[0]

    assert not has_axis(check(whole, lambda x: x * w, ([1.0, 2.0, 3.0],), [w]))
    assert not has_axis(check(whole, lambda x: x * w, ([2.0, 1.0, 3.0],), [w]))


def test_an_if_on_what_depends_on_no_example() -> None:
    w, k = Value(0.7), Value(2.0)

    def f(x: Any) -> Any:
        return x * w if k > 0 else -x

    def whole(mapped: Any, X: Any, K: Any) -> Any:
        return [sum(mapped(X)), 1.0 if K > 3 else k]

    jitted = gg.jit(lambda X, K: whole(gg.vmap(f), X, K))
    for K in (2.0, 4.0):
        for k.data in (2.0, -2.0):
            found, expected = jitted(draws(5), K), whole(by_hand(f), draws(5), K)
            np.testing.assert_allclose(numbers(found), numbers(expected), rtol=1e-12)
    assert has_axis(jitted)


def test_an_error_of_one_example() -> None:
    def f(x: Any) -> Any:
        if x > 2:
            raise ValueError("too large")
        return x * 2

    with pytest.raises(ValueError, match="too large"):
        gg.jit(lambda X: sum(gg.vmap(f)(X)))([1.0, 2.0, 3.0])


def test_exact_keeps_the_order() -> None:
    gg.seed(3)
    model = nn.MLP(2, [4, 1], activation="tanh")
    jitted = gg.jit(lambda X: sum(gg.vmap(model)(X)), exact=True)
    for X in (draws(5, 2), draws(5, 2, seed=1)):
        found, expected = jitted(X), sum([model(x) for x in X])
        assert found.data == expected.data
        grads = []
        for v in (found, expected):
            model.zero_grad()
            v.backward()
            grads.append([p.grad for p in model.parameters()])
        assert grads[0] == grads[1]
    assert not has_axis(jitted)


def test_an_axis_within_an_axis() -> None:
    w = Value(0.7)

    def f(row: Any) -> Any:
        return sum(gg.vmap(lambda x: (w * x).exp())(row))

    def by_loops(mapped: Any, X: Any) -> Any:
        return list(mapped(np.array(X)))

    jitted = gg.jit(lambda X: by_loops(gg.vmap(f), X))
    found = jitted(draws(4, 3))
    expected = [sum(math.exp(0.7 * x) for x in row) for row in draws(4, 3)]
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-12)
    assert has_axis(jitted)
    assert {jitted.graph.number[r] for r in jitted.graph.more} == {1.0}


def test_a_value_that_one_example_keeps_for_what_comes_later() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * 2)
        return x + 1

    def whole(X: Any, mapped: Any) -> Any:
        kept.clear()
        return sum(mapped(X)) + kept[-1]

    X = [1.0, 2.0, 4.0]
    jitted = gg.jit(lambda X: whole(X, gg.vmap(f)))
    with pytest.warns(gg.TraceWarning, match="keeps a Value"):
        found = jitted(X)
    assert found.data == 18.0
    assert not has_axis(jitted)
    kept.clear()


def test_a_value_that_goes_from_one_axis_to_another() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * 2)
        return x + 1

    def g(x: Any) -> Any:
        return x * 0 + kept[-1] if len(kept) > 9 else kept[-1] * 3

    def whole(X: Any) -> Any:
        kept.clear()
        first, second = gg.vmap(f)(X), gg.vmap(g)(X)
        kept.clear()
        return sum(first) + sum(second)

    jitted = gg.jit(whole)
    assert jitted([1.0, 2.0, 4.0]).data == 10.0 + 3 * 24.0
    assert not has_axis(jitted)


def test_a_derivative_through_an_axis() -> None:
    w = Value(0.7)

    def slope(X: Any) -> Any:
        return gg.derivative(sum(gg.vmap(lambda x: (w * x).exp())(X)), wrt=w)

    X = draws(5)
    expected = sum(x * math.exp(0.7 * x) for x in X)
    jitted = gg.jit(slope)
    assert math.isclose(jitted(X).data, expected, rel_tol=1e-12)
    assert not has_axis(jitted)
    inside = gg.jit(lambda X: sum(gg.vmap(gg.grad(lambda x: (w * x).exp()))(X)))
    assert math.isclose(inside(X).data, sum(0.7 * math.exp(0.7 * x) for x in X), rel_tol=1e-12)
    around = gg.jit(gg.grad(lambda a: sum(gg.vmap(lambda x: (a * x).exp())(np.array(X)))))
    assert math.isclose(around(0.7), expected, rel_tol=1e-12)


def test_an_operation_of_ones_own() -> None:
    w = Value(0.7)
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    assert has_axis(check(lambda m, X: list(m(X)), lambda x: cube(w * x) + x, (draws(4),), [w]))


def test_single_precision() -> None:
    gg.seed(3)
    model = nn.MLP(3, [6, 5, 1], activation="tanh")
    check(lambda m, X: sum(m(X)), model, (draws(8, 3),), model.parameters(), 1e-4, dtype="float32")


# --------------------------------------------------------------- around it


def test_without_axes_the_graph_means_the_same() -> None:
    w = Value(0.7)
    jitted = gg.jit(lambda X: sum(gg.vmap(lambda x: (w * x).exp())(X)))
    jitted(draws(3))
    graph = unrolled(jitted.graph)
    assert not {EXAMPLES, PART} & set(graph.op)
    assert (str(graph).count("exp("), str(jitted.graph).count("exp(")) == (3, 1)
    assert "examples(%0, %1, %2)" in str(jitted.graph)
    assert "example 2 of" in str(jitted.graph)


def test_whatever_looks_at_a_call_sees_all_examples() -> None:
    w = Value(0.7, label="w")
    y = gg.jit(lambda X: sum(gg.vmap(lambda x: (w * x).exp())(X)))([1.0, 2.0, 3.0])
    y.backward()
    slope = gg.derivative(y, wrt=w)
    assert math.isclose(slope.data, w.grad, rel_tol=1e-12)
    assert math.isclose(slope.data, sum(x * math.exp(0.7 * x) for x in (1, 2, 3)), rel_tol=1e-12)


def test_a_training_with_an_optimizer() -> None:
    gg.seed(3)
    model = nn.MLP(2, [5, 2], activation="tanh")
    start = [p.data for p in model.parameters()]
    X, Y = draws(12, 2), classes(12, 2)

    def loss(x: Any, label: Any) -> Any:
        return losses.cross_entropy([model(x)], [label])

    step = gg.jit(lambda X, Y: sum(gg.vmap(loss)(X, Y)) / 12)
    ends = []
    for run in (step, lambda X, Y: sum(by_hand(loss)(X, Y)) / 12):
        for p, x in zip(model.parameters(), start, strict=True):
            p.data = x
        opt = optim.Adam(model.parameters(), lr=0.05)
        for _ in range(10):
            opt.zero_grad()
            run(X, Y).backward()
            opt.step()
        ends.append([p.data for p in model.parameters()])
    np.testing.assert_allclose(*ends, rtol=1e-9)


# --------------------------------------------------------------- gg.vmap by itself


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 200])
def test_a_model_for_a_few_examples_by_itself(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gg.seed(3)
    model = nn.MLP(4, [40, 30, 3])
    runs = []
    monkeypatch.setattr(vmapping.machine, "run_lanes", runs.append)
    mapped = gg.vmap(lambda x, label, k: {"p": model(x), "q": (model(x)[0] * k, x[1] > label)})
    X, labels = np.array(draws(count, 4)), np.array(classes(count, 3))
    for _ in range(2):
        found = mapped(X, labels, 0.5)
        expected = [model(x) for x in X.tolist()]
        np.testing.assert_allclose(
            np.stack(found["p"], axis=1), [[v.data for v in row] for row in expected], rtol=1e-12
        )
        np.testing.assert_allclose(
            found["q"][0], [0.5 * row[0].data for row in expected], rtol=1e-12
        )
        np.testing.assert_array_equal(found["q"][1], X[:, 1] > labels)
        assert [x.dtype for x in (*found["p"], *found["q"])] == [float] * 4 + [bool]
        for p in model.parameters():
            p.data *= 1.1
    assert not runs


SCALE = 2.0


def test_what_a_function_reads_around_it_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    model = nn.MLP(1, [30, 1])

    class Scaled(nn.Module):
        def __init__(self) -> None:
            self.model = model

        def forward(self, x: Any) -> Any:
            return self.model([x]) * SCALE

    mapped = gg.vmap(Scaled())
    xs = np.array([0.5, -1.0])
    first = mapped(xs)
    monkeypatch.setitem(globals(), "SCALE", 4.0)
    np.testing.assert_allclose(mapped(xs), 2 * first, rtol=1e-12)
