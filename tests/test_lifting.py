"""Lifted programs give the numbers of the eager engine: in exact mode bit for bit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from builds import amount
from glassgrad import Value
from glassgrad.jitting.box import parted
from glassgrad.jitting.lifting import finding, lifting
from glassgrad.jitting.tape import CONTRACT, EACH, FOLD, LOOKUP
from lifted import FAMILIES, Drawing, Program
from traced import bits

SEEDS = amount(300, 60)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lift whatever can be lifted, whether it pays or not."""
    monkeypatch.setattr(finding, "FEWEST", 1)
    monkeypatch.setattr(lifting, "_PAYS", -1e9)
    monkeypatch.setattr(lifting, "_REPEATS", -1e9)
    monkeypatch.setattr(lifting, "_MOST_GROUPS", 0)
    return None


def numbers(f: Any, parameters: list[Value], inputs: tuple[Any, ...]) -> list[float]:
    """Run a program forward and backward."""
    for p in parameters:
        p.grad = 0.0
    result = f(*inputs)
    if isinstance(result, Value):
        result.backward()
    number = result.data if isinstance(result, Value) else float(result)
    return [number, *(p.grad for p in parameters)]


def others(seed: int, inputs: tuple[Any, ...], family: str) -> tuple[Any, ...]:
    """Draw other inputs of the same form."""
    if family == "attention":
        return tuple([x[::-1] for x in inputs])
    d = Drawing(seed + 10**6)
    return tuple([gg.nests.map_leaves(lambda _: d.number(), x) for x in inputs])


def close(found: list[float], expected: list[float]) -> None:
    """See that numbers agree to the rounding of sums in another order."""
    scale = max([abs(x) for x in expected if np.isfinite(x)], default=1.0)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12 * max(scale, 1e-300))


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("block", range(5))
@pytest.mark.parametrize("family", FAMILIES)
def test_the_numbers_are_those_of_the_eager_engine(family: str, block: int) -> None:
    for seed in range(block * SEEDS // 5, (block + 1) * SEEDS // 5):
        program: Program = FAMILIES[family](seed)
        f, parameters, inputs = program
        exact, default = gg.jit(f, exact=True), gg.jit(f)
        for given in (inputs, others(seed, inputs, family)):
            expected = numbers(f, parameters, given)
            assert bits(numbers(exact, parameters, given)) == bits(expected), (seed, given)
            close(numbers(default, parameters, given), expected)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("family", FAMILIES)
def test_most_programs_are_lifted_even_in_exact_mode(family: str) -> None:
    def is_lifted(f: Any, exact: bool, inputs: tuple[Any, ...]) -> bool:
        traced = gg.jit(f, exact=exact)
        traced(*inputs)
        return bool(set(traced.tape.code) & {EACH, FOLD, CONTRACT, LOOKUP})

    count = {True: 0, False: 0}
    for seed in range(40):
        f, _, inputs = FAMILIES[family](seed)
        for exact in count:
            count[exact] += is_lifted(f, exact, inputs)
    assert count[False] >= 35
    # Where rows of one group are made between those of another, gradients would be summed in
    # another order.
    assert count[True] >= 38 if family in ("dense", "triangle", "attention") else count[True] >= 4


@pytest.mark.usefixtures("lifted_anyway")
def test_what_receives_nothing_hands_nothing_on() -> None:
    def several(xs: Any) -> Any:
        return [gg.sqrt(w * x) for w, x in zip(weights, xs, strict=True)]

    def detached(xs: Any) -> Any:
        roots = [gg.sqrt(w * x) for w, x in zip(weights, xs, strict=True)]
        chosen = [r if i % 3 else gg.where(r > 0.5, w, 2 * w)
                  for i, (r, w) in enumerate(zip(roots, weights, strict=True))]  # fmt: skip
        return [sum(chosen)]

    def weighted(xs: Any) -> Any:
        return [sum(a * b for a, b in zip(row, weights, strict=True)) for row in
                [[gg.sqrt(x) * y for y in xs] for x in weights]]  # fmt: skip

    weights = [Value(0.25 * (i % 4)) for i in range(24)]
    xs = [0.5 + 0.1 * i for i in range(24)]
    for f in (several, detached, weighted):
        lifted = gg.jit(f)
        lifted(xs)
        assert set(lifted.tape.code) & {EACH, FOLD, CONTRACT}
        for seeded in ([0], [1, 2, 7], [23, 4], range(24)):
            for g in (f, lifted):
                for w in weights:
                    w.grad = 0.0
                results = g(xs)
                gg.sum([results[i % len(results)] for i in seeded]).backward()
                if g is f:
                    expected = [w.grad for w in weights]
            assert bits([w.grad for w in weights]) == bits(expected), (f.__name__, seeded)


def agree(f: Any, parameters: list[Value], *calls: tuple[Any, ...]) -> None:
    """See that a function and what `gg.jit` makes of it give the same bits, also backward."""
    jitted = gg.jit(f, exact=True)
    for inputs in calls:
        assert bits(numbers(jitted, parameters, inputs)) == bits(numbers(f, parameters, inputs))


@pytest.mark.usefixtures("always")
def test_what_is_taken_may_be_made_of_what_was_taken_before() -> None:
    def f(i: Any, j: Any) -> Any:
        before = gg.take(weights[:2], i)
        return before + gg.take([weights[0], gg.tanh(before)], j)

    weights = [Value(0.5), Value(2.0)]
    agree(f, weights, (0, 0), (0, 1), (1, 1))


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("turned", [False, True])
def test_some_of_the_largest_numbers_carry_a_gradient(turned: bool) -> None:
    def f(x: Any) -> Any:
        made = [
            lambda: gg.maximum(a, b) * x,
            lambda: gg.maximum(gg.maximum(b, c), a).detach(),
        ]
        return sum(make() for make in (made[::-1] if turned else made))

    a, b, c = weights = [Value(0.5), Value(2.0), Value(3.0)]
    agree(f, weights, (2.0,), (-1.0,))


@pytest.mark.usefixtures("always")
def test_the_largest_of_zeros_keeps_its_sign() -> None:
    for choose in (gg.maximum, gg.minimum):
        for zeros in product((0.0, -0.0), repeat=3):
            agree(lambda a, b, c, f=choose: f(a, f(b, c)), [], zeros)
            agree(lambda a, b, c, f=choose: f(f(a, b), c), [], zeros)


@pytest.mark.usefixtures("always")
def test_places_of_many_dims_become_boxes_of_fewer() -> None:
    places = [sum(place) for place in product(*[(0, 3**k) for k in reversed(range(9))])]
    weights = [Value(0.01 * (i % 41)) for i in range(max(places) + 1)]
    agree(lambda ws: gg.sum([gg.tanh(ws[i]) for i in places]), weights, (weights,))
    agree(lambda ws: gg.sum([ws[i] for i in places]), weights, (weights,))


def test_a_gradient_at_one_of_many_results_goes_through_a_deep_program() -> None:
    def f(xs: list[Any]) -> list[Any]:
        for _ in range(2000):
            xs = [gg.sin(x) for x in xs]
        return xs

    jitted, xs = gg.jit(f), [Value(0.1 * i) for i in range(8)]
    results = jitted(xs)
    assert set(jitted.tape.code) & {EACH}
    results[3].backward()
    found = [x.grad for x in xs]
    for x in xs:
        x.grad = 0.0
    f(xs)[3].backward()
    assert bits(found) == bits([x.grad for x in xs])


@pytest.mark.usefixtures("lifted_anyway")
def test_the_way_back_from_one_of_many_results_is_short() -> None:
    xs = [Value(0.001 * i) for i in range(1024)]
    jitted = gg.jit(lambda xs: [gg.sin(x) for x in xs])
    jitted(xs)[5].backward()
    assert [i for i, x in enumerate(xs) if x.grad] == [5]
    (code,) = [code for code, _ in jitted.tape.reverses.values()]
    assert len(code) < 100
    assert len(parted(jitted.tape.code, 0, [i == 1029 for i in range(2048)])) < 20 * 11


@pytest.mark.usefixtures("always")
@pytest.mark.usefixtures("always")
def test_runs_in_one_room_from_one_result_and_from_others() -> None:
    d = Drawing(1)
    sizes = [2 + i % 5 for i in range(45)]
    layers = [
        [[Value(d.number()) for _ in range(n)] for _ in range(m)] for n, m in pairwise(sizes)
    ]
    parameters = [w for layer in layers for row in layer for w in row]

    def f(x: list[float]) -> tuple[Value, Value]:
        h: Any = x
        for layer in layers:
            h = [gg.dot(row, h).tanh() for row in layer]
        return gg.sum(h), gg.dot(h, h)

    jitted = gg.jit(f, exact=True)
    for wanted in (1, 2, 3, 2, 1, 3):
        found = []
        x = [d.number() for _ in range(sizes[0])]
        for g in (f, jitted):
            for p in parameters:
                p.grad = 0.0
            results = [y for k, y in enumerate(g(x)) if wanted >> k & 1]
            gg.sum(results).backward()
            found.append([*(y.data for y in results), *(p.grad for p in parameters)])
        assert bits(found[0]) == bits(found[1])
    assert jitted.stats.variants == 1
    assert EACH in jitted.tape.code


def test_a_start_is_not_taken_for_later_than_it_is() -> None:
    d = Drawing(3)
    xs, ys, a, b = d.weights(8), d.weights(7), d.numbers(8, 20), d.weights(20)

    def f() -> Any:
        early = [gg.tanh(y) for y in ys]
        sums = [gg.dot(row, b, x) for row, x in zip(a, xs, strict=True)]
        late = gg.tanh(xs[7])  # in one group with `early`, and made after the sums
        return sum(early) + sum(s * s for s in sums) + late + sum(gg.sin(x) for x in xs)

    exact = gg.jit(f, exact=True)
    for _ in range(20):
        for x in d.parameters:
            x.data = d.draw.uniform(-2.0, 2.0)
        assert bits(numbers(exact, d.parameters, ())) == bits(numbers(f, d.parameters, ()))
