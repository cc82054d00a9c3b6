"""`f.program.source("numpy")`: the text is run, and gives what the eager engine gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
import lifted
from glassgrad import Value, nn
from glassgrad.jitting.lifting import lifting
from glassgrad.nests import flatten, map_leaves


def values(*dims: int) -> Any:
    return [values(*dims[1:]) for _ in range(dims[0])] if dims else Value(random.uniform(-1, 1))


def numbers(*dims: int) -> Any:
    return [numbers(*dims[1:]) for _ in range(dims[0])] if dims else random.uniform(-1, 1)


def agrees(f: Callable[..., Any], *args: Any) -> str:
    """Run a program's source and the function itself; return the source."""
    jitted = gg.jit(f)
    jitted(*args)
    text: str = jitted.program.source("numpy")
    space: dict[str, Any] = {}
    exec(text, space)
    (step,) = (x for name, x in space.items() if name.endswith("_step"))
    parameters = jitted.program.parameters
    given = [_array(arg) for arg in args]
    given += [[p.data for p in parameters]] if parameters else []
    inputs = [v for v in flatten(list(args))[0] if isinstance(v, Value)]
    for v in (*inputs, *parameters):
        v.grad = 0.0
    expected = flatten(f(*args))[0]
    seeds = [random.uniform(0.5, 2.0) for _ in expected]
    gg.sum([y * seed for y, seed in zip(expected, seeds, strict=True)]).backward()
    found = step(*given, seeds=np.array(seeds) if len(seeds) > 1 else seeds[0])
    wanted = [arg for arg in args if any(isinstance(v, Value) for v in flatten([arg])[0])]
    gradients = [[v.grad for v in flatten([arg])[0]] for arg in wanted]
    gradients += [[p.grad for p in parameters]] if parameters else []
    count = len(found) - len(gradients)
    results = np.concatenate([np.ravel(y) for y in found[:count]])
    np.testing.assert_allclose(results, [y.data for y in expected], rtol=1e-12)
    for ours, theirs in zip(found[count:], gradients, strict=True):
        np.testing.assert_allclose(np.ravel(ours), theirs, rtol=1e-12, atol=1e-14)
    return text


def _array(arg: Any) -> Any:
    flat = np.array([float(v) for v in flatten([arg])[0]])
    try:
        shape = np.shape(map_leaves(float, arg)) if not isinstance(arg, dict) else (-1,)
    except ValueError:  # lists of different lengths
        shape = (-1,)
    return flat.reshape(shape)


def test_a_network_reads_like_what_a_person_writes() -> None:
    gg.seed(1)
    model = nn.MLP(3, [8, 8, 1], activation="relu")

    def loss(xs: Any, ys: Any) -> Any:
        return gg.sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs)

    text = agrees(loss, numbers(10, 3), numbers(10))
    for line in (
        "W0 = params[0:32].reshape(8, 4)[:, :3]",
        "b0 = params[3:32:4]",
        "h1 = np.maximum(xs @ W0.T + b0, 0)",
        "h2 = np.maximum(h1 @ W1.T + b1, 0)",
        "dz2 = dh2 * (h2 > 0)",
        "dW1 += dz2.T @ h1",
        "dh1 = dz2 @ W1",
        "db0 += dz1.sum(axis=0)",
        "return loss, dparams",
    ):
        assert f"    {line}\n" in text


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "softplus"])
def test_activations(activation: str) -> None:
    model = nn.MLP(4, [8, 9, 3], activation=activation)
    agrees(lambda xs: gg.sum([o * o for x in xs for o in model(x)]), numbers(10, 4))


def test_inputs_with_gradients_and_several_results() -> None:
    def f(a: Any, scales: Any) -> Any:
        return [scales["p"] * x for x in a], gg.sum([gg.exp(x) + scales["q"] for x in a])

    agrees(f, values(20), {"p": Value(0.5), "q": Value(2.0)})


def test_all_kinds_of_operations() -> None:
    def f(rows: Any, w: Any) -> Any:
        return [
            gg.sigmoid(a) * gg.softplus(b) + gg.exp(-c * c) + gg.maximum(a, b) * gg.minimum(b, c)
            + abs(a) + gg.erf(c) + gg.sqrt(a * a + 1) + gg.clamp(b, -0.5, 0.5) + gg.atan2(a, c)
            + (a * a + 0.1) ** w[0] + gg.log(c * c + 1) / (b * b + 2) - 1 / (a * a + 1)
            + gg.where(a > b, a * c, b / (c * c + 1)) + gg.sin(a) * gg.cos(b) + gg.expm1(c)
            for a, b, c in rows
        ]  # fmt: skip

    agrees(f, values(12, 3), values(2))


def test_convolutions() -> None:
    kernels, second = values(4, 3, 3), values(2, 4, 2, 2)

    def convolved(kernel: Any, image: Any) -> Any:
        return [
            [
                gg.sum(k * image[y + i][x + j]
                       for i, row in enumerate(kernel) for j, k in enumerate(row))
                for x in range(len(image[0]) - len(kernel[0]) + 1)
            ]
            for y in range(len(image) - len(kernel) + 1)
        ]  # fmt: skip

    def f(image: Any) -> Any:
        maps = [[[v.relu() for v in row] for row in convolved(k, image)] for k in kernels]
        found = []
        for several in second:
            parts = [convolved(k, m) for k, m in zip(several, maps, strict=True)]
            found += [gg.sum(cells).tanh() for rows in zip(*parts, strict=True)
                      for cells in zip(*rows, strict=True)]  # fmt: skip
        return gg.sum([v * v for v in found])

    assert "sliding_window_view(image, (3, 3))" in agrees(f, numbers(8, 9))
    agrees(f, values(8, 9))


def test_a_recurrent_network() -> None:
    w, u = values(6, 6), values(6, 3)

    def f(xs: Any) -> Any:
        h: list[Any] = [0.1] * 6
        for x in xs:
            h = [(gg.dot(w[i], h) + gg.dot(u[i], x)).tanh() for i in range(6)]
        return gg.sum([v * v for v in h])

    assert "du += dh1.T @ xs" in agrees(f, numbers(7, 3))
    agrees(f, values(7, 3))


def test_ragged_attention_is_loops() -> None:
    def attend(q: Any, k: Any, v: Any) -> Any:
        found = []
        for t in range(len(q)):
            shares = gg.softmax([gg.dot(q[t], k[j]) / 2 for j in range(t + 1)])
            found.append([gg.dot(shares, [row[c] for row in v[: t + 1]]) for c in range(4)])
        return found

    text = agrees(attend, values(9, 4), values(9, 4), values(9, 4))
    assert "h1 = [k[:t + 1] @ q[t] / 2 for t in range(9)]" in text
    assert "        dq[t] += dz1[t] @ k[:t + 1]" in text


def test_cross_entropy_looks_up() -> None:
    model = nn.MLP(5, [8, 3])
    labels = [i % 3 for i in range(12)]
    agrees(lambda xs, ys: gg.losses.cross_entropy([model(x) for x in xs], ys),
           numbers(12, 5), labels)  # fmt: skip


def test_ragged_arguments_are_flat() -> None:
    agrees(lambda rows: gg.sum([x.exp() * 2 for row in rows for x in row]),
           [values(20), values(5), values(9)])  # fmt: skip


def test_names_that_the_source_needs_itself_are_not_given_away() -> None:
    def f(np: Any, seeds: Any, t: Any, dnp: Any) -> Any:
        return gg.sum([a * b + c * d for a, b, c, d in zip(np, seeds, t, dnp, strict=True)])

    agrees(f, values(20), values(20), values(20), values(20))


@pytest.mark.parametrize("labels", ["w", "w w[0] w", "w[0] w[0] w[1]", "w[1] w[-1]"])
def test_parameters_with_one_label_are_numbered(labels: str) -> None:
    weights = values(60)
    for w, label in zip(weights, labels.split() * 60, strict=False):
        w.label = label
    agrees(lambda xs: gg.sum([gg.tanh(w * x) for w, x in zip(weights, xs, strict=True)]),
           numbers(60))  # fmt: skip


def test_branches_and_gradients_within() -> None:
    agrees(lambda xs: sum(x * x if x > 0 else 3 * x for x in xs), values(20))
    f = gg.jit(gg.value_and_grad(lambda w, x: gg.sum([(w * xi - 1) ** 2 for xi in x]), argnums=0))
    value, slope = f(2.0, [0.1 * i for i in range(12)])
    space: dict[str, Any] = {}
    exec(f.program.source(), space)
    (step,) = (x for name, x in space.items() if name.endswith("_step"))
    np.testing.assert_allclose(step(2.0, 0.1 * np.arange(12)), [value, slope], rtol=1e-12)


#: Programs that once had a wrong text, by what they are about.
ONCE_WRONG = {
    "attention": [1, 8, 15, 20], "convolution": [11, 16, 17, 57, 198], "recurrent": [232],
    "shuffled": [14, 26, 34, 154, 373, 378, 1032], "tangle": [46, 49],
}  # fmt: skip


@pytest.mark.parametrize("name", lifted.FAMILIES)
def test_programs_drawn_from_seeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifting, "_PAYS", -1e9)  # whether it pays or not
    monkeypatch.setattr(lifting, "_REPEATS", -1e9)
    monkeypatch.setattr(lifting, "_MOST_GROUPS", 0)
    for seed in [*range(8), *ONCE_WRONG.get(name, [])]:
        f, _, args = lifted.FAMILIES[name](seed)
        jitted = gg.jit(f)
        jitted(*args)
        assert not jitted.program.why_not
        agrees(f, *args)


def test_what_has_no_source_says_why() -> None:
    f = gg.jit(lambda a, b: a * b)
    f(1.0, 2.0)
    with pytest.raises(gg.errors.TraceError, match="has no tensors to write down"):
        f.program.source()
    with pytest.raises(ValueError, match="'numpy', not 'fortran'"):
        f.program.source("fortran")
