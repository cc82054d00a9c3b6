"""Programs with tensors in them, each for several examples at once: gg.vmap within gg.jit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.jitting.lifting import finding, lifting
from glassgrad.nests import map_leaves
from glassgrad.opcodes import EXAMPLES
from lifted import FAMILIES, Drawing
from test_axis import by_hand

@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lift whatever can be lifted, whether it pays or not."""
    monkeypatch.setattr(finding, "FEWEST", 1)
    monkeypatch.setattr(lifting, "_PAYS", -1e9)
    monkeypatch.setattr(lifting, "_MOST_GROUPS", 0)
    return None


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


def check(family: str, seed: int, n: int) -> bool:
    """Compare a program for n examples with itself, called for each; tell whether it is lifted."""
    f, parameters, inputs = FAMILIES[family](seed)
    weights = [Drawing(i).number() for i in range(n)]

    def whole(mapped: Callable[..., Any], args: Any) -> Any:
        return gg.sum(w * r for w, r in zip(weights, mapped(*args), strict=True)) * Value(1.0)

    jitted = gg.jit(lambda args: whole(gg.vmap(f), args))
    for turn in range(2):
        examples = several(family, seed + turn, inputs, n)
        columns = list(zip(*examples, strict=True))
        found = numbers(lambda: jitted(stacked(examples)), parameters)  # noqa: B023
        expected = numbers(lambda: whole(by_hand(f), columns), parameters)  # noqa: B023
        scale = max([abs(x) for x in expected if np.isfinite(x)], default=1.0)
        np.testing.assert_allclose(
            found, expected, rtol=1e-10, atol=1e-12 * max(scale, 1e-300), err_msg=str(seed)
        )
    return EXAMPLES in jitted.graph.op and not jitted._program().lifted.why_not


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_few_examples_of_programs_drawn_from_seeds(family: str) -> None:
    assert sum([check(family, seed, 3) for seed in range(40)]) >= 35


@pytest.mark.parametrize("family", FAMILIES)
def test_some_more_examples_where_lifting_pays(family: str) -> None:
    assert sum([check(family, seed, 20) for seed in range(8)]) >= 4
