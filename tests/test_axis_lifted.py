"""Programs with tensors in them, each for several examples at once: gg.vmap within gg.jit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.jitting.lifting import lifting
from glassgrad.nests import map_leaves
from glassgrad.opcodes import EXAMPLES
from lifted import FAMILIES, Drawing
from test_axis import by_hand, classes, draws
from test_lifting import always  # noqa: F401 (a fixture)
from test_program_source import _array


def several(family: str, seed: int, inputs: tuple[Any, ...], n: int) -> list[tuple[Any, ...]]:
    """Draw inputs for some examples."""
    d = Drawing(seed + 10**6)
    if family == "attention":  # whose inputs are places in a table
        return [tuple([d.draw.sample(x, len(x)) for x in inputs]) for _ in range(n)]
    return [tuple([map_leaves(lambda _: d.number(), x) for x in inputs]) for _ in range(n)]


def stacked(nests: list[Any]) -> Any:
    """Put the numbers of all examples into arrays, at each place of a nest."""
    if isinstance(nests[0], (list, tuple)):
        return tuple([stacked(list(parts)) for parts in zip(*nests, strict=True)])
    return np.array(nests)


def numbers(total: Callable[[], Any], parameters: list[Value]) -> list[float]:
    for p in parameters:
        p.grad = 0.0
    result = total()
    result.backward()
    return [result.data, *(p.grad for p in parameters)]


def weighted(results: Any) -> Any:
    """Add up the results of examples, each with a weight of its own."""
    return gg.sum((0.3 + k) * r for k, r in enumerate(results)) * Value(1.0)


def check(family: str, seed: int, n: int) -> bool:
    """Compare a program for n examples with itself, called for each; tell whether it is lifted."""
    f, parameters, inputs = FAMILIES[family](seed)
    jitted = gg.jit(lambda args: weighted(gg.vmap(f)(*args)))
    for turn in range(2):
        examples = several(family, seed + turn, inputs, n)
        columns = list(zip(*examples, strict=True))
        found = numbers(lambda: jitted(stacked(examples)), parameters)  # noqa: B023
        expected = numbers(lambda: weighted(by_hand(f)(*columns)), parameters)  # noqa: B023
        scale = max([abs(x) for x in expected if np.isfinite(x)], default=1.0)
        np.testing.assert_allclose(
            found, expected, rtol=1e-10, atol=1e-12 * max(scale, 1e-300), err_msg=str(seed)
        )
    return EXAMPLES in jitted.graph.op and not jitted._program().lifted.why_not


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_few_examples_of_programs_drawn_from_seeds(family: str) -> None:
    assert sum([check(family, seed, 3) for seed in range(40)]) >= 35


@pytest.mark.usefixtures("lifted_anyway")
@pytest.mark.parametrize("family", FAMILIES)
def test_some_more_examples_where_few_rows_stay_scalar(family: str) -> None:
    assert sum([check(family, seed, 20) for seed in range(8)]) >= 4


@pytest.mark.parametrize("family", ["recurrent", "convolution"])
def test_the_source_of_programs_for_many_examples(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifting, "_PAYS", -1e9)  # whether it pays or not
    monkeypatch.setattr(lifting, "_REPEATS", -1e9)
    for seed in range(6):
        f, parameters, inputs = FAMILIES[family](seed)
        jitted = gg.jit(lambda args: weighted(gg.vmap(f)(*args)))  # noqa: B023
        args = stacked(several(family, seed, inputs, 20))
        result, *expected = numbers(lambda: jitted(args), parameters)  # noqa: B023
        space: dict[str, Any] = {}
        exec(jitted.program.source(), space)
        (step,) = (x for name, x in space.items() if name.endswith("_step"))
        found, gradient = step(_array(args), [p.data for p in jitted.program.parameters])
        np.testing.assert_allclose(found, result, rtol=1e-10)
        by_value = dict(zip(parameters, expected, strict=True))
        wanted = [by_value.get(p, p.grad) for p in jitted.program.parameters]
        np.testing.assert_allclose(gradient, wanted, rtol=1e-9, atol=1e-10)


def test_a_program_for_many_examples_reads_like_one_of_matrices() -> None:
    gg.seed(1)
    model = nn.MLP(4, [5, 3])
    loss = gg.vmap(lambda x, label: gg.losses.cross_entropy([model(x)], [label]))
    step = gg.jit(lambda X, Y: sum(loss(X, Y)) / 60)
    step(draws(60, 4), classes(60, 3))
    text = str(step.program)
    assert "h1 = relu(X @ W0.T + b0) " in text
    assert "h2 = h1 @ W1.T + b1 " in text
    assert "one by one: 1 of " in text  # the division at the end


@pytest.mark.usefixtures("lifted_anyway")
def test_many_examples_stay_on_their_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifting, "_MOST_NUMBERS", 10)
    w = [Value(0.1 * i) for i in range(8)]
    jitted = gg.jit(lambda X: sum(gg.vmap(lambda x: gg.dot(w, x).tanh())(X)))
    X = draws(30, 8)
    expected = sum(np.tanh(np.array(X) @ [v.data for v in w]))
    np.testing.assert_allclose(jitted(X).data, expected, rtol=1e-12)
    assert EXAMPLES in jitted._program().lifted.graph.op
    assert not jitted._program().lifted.why_not
