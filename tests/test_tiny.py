"""The engine, the page-sized engine and PyTorch agree on random graphs with shared nodes."""

from __future__ import annotations

import ast
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad.learn import tiny

#: Each takes two nodes and a number; all stay finite for moderate operands.
STEPS: dict[str, Any] = {
    "add": lambda a, b, k: a + b,
    "add a number": lambda a, b, k: k + a,
    "sub": lambda a, b, k: a - b,
    "sub from a number": lambda a, b, k: k - a,
    "mul": lambda a, b, k: a * b,
    "mul by a number": lambda a, b, k: k * a,
    "div": lambda a, b, k: a / (b * b + 1),
    "div a number": lambda a, b, k: k / (a * a + 1),
    "neg": lambda a, b, k: -a,
    "square": lambda a, b, k: a**2,
    "cube": lambda a, b, k: a**3,
    "power": lambda a, b, k: (a * a + 1) ** -0.5,
    "exp": lambda a, b, k: (a * 0.1).tanh().exp(),
    "log": lambda a, b, k: (a * a + 1).log(),
    "tanh": lambda a, b, k: a.tanh(),
    "relu": lambda a, b, k: a.relu(),
    "twice": lambda a, b, k: a + a,
    "reuse": lambda a, b, k: (a + b) * (a - b) + a,
}

numbers = st.floats(-2.0, 2.0, allow_subnormal=False)
places = st.integers(0, 10**6)
steps = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), places, places, numbers), min_size=1, max_size=14
)
leaves = st.lists(numbers, min_size=1, max_size=4)


def run(leaf: Any, at: list[float], program: list[Any]) -> tuple[Any, list[Any]]:
    """Run a program of steps; each takes any nodes made before, so nodes are shared."""
    inputs = [leaf(x) for x in at]
    nodes = list(inputs)
    for name, i, j, k in program:
        nodes.append(STEPS[name](nodes[-1 - i % len(nodes)], nodes[j % len(nodes)], k))
    return nodes[-1] + nodes[len(nodes) // 2], inputs


def ours(at: list[float], program: list[Any], engine: Any) -> tuple[float, list[float]]:
    root, inputs = run(engine, at, program)
    root.backward()
    return root.data, [v.grad for v in inputs]


def agree(one: tuple[float, list[float]], other: tuple[float, list[float]]) -> bool:
    pairs = zip([one[0], *one[1]], [other[0], *other[1]], strict=True)
    size = max(1.0, *map(abs, one[1]))
    return all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-11 * size) for a, b in pairs)


@settings(max_examples=1000, deadline=None)
@given(leaves, steps)
def test_engine_and_tiny_engine_agree(at: list[float], program: list[Any]) -> None:
    try:
        small = ours(at, program, tiny.Value)
    except OverflowError:  # Python's own floats, in the tiny engine
        assume(False)
    assume(max(map(abs, small[1])) < 1e100)
    assert agree(ours(at, program, gg.Value), small)


@settings(max_examples=1000, deadline=None)
@given(leaves, steps)
def test_engine_and_torch_agree(torch: Any, at: list[float], program: list[Any]) -> None:
    root, tensors = run(
        lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True), at, program
    )
    assume(abs(root.item()) < 1e100)
    if root.requires_grad:
        root.backward()
    grads = [0.0 if t.grad is None else t.grad.item() for t in tensors]
    assume(max(map(abs, grads)) < 1e100)
    theirs = (root.item(), grads)
    assert agree(ours(at, program, gg.Value), theirs)


@settings(max_examples=300, deadline=None)
@given(leaves, steps)
def test_transforms_give_the_gradient_of_backward(at: list[float], program: list[Any]) -> None:
    def f(*xs: Any) -> Any:
        nodes = list(xs)
        for name, i, j, k in program:
            nodes.append(STEPS[name](nodes[-1 - i % len(nodes)], nodes[j % len(nodes)], k))
        return nodes[-1] + nodes[len(nodes) // 2]

    value, grads = ours(at, program, gg.Value)
    assume(all(map(math.isfinite, [value, *grads])))
    assert gg.value_and_grad(f, tuple(range(len(at))))(*at) == (value, tuple(grads))
    for i in range(len(at)):
        unit = tuple(float(j == i) for j in range(len(at)))
        moved = gg.jvp(f, tuple(at), unit)[1]
        assert math.isclose(moved, grads[i], rel_tol=1e-9, abs_tol=1e-11 * max(1, *map(abs, grads)))


def test_an_error_in_the_engine_would_show() -> None:
    class Wrong(tiny.Value):
        def tanh(self) -> Any:
            y = math.tanh(self.data)
            return self._make(y, (1 - y,), (self,), "tanh")

    program = [("tanh", 0, 0, 0.0)]
    assert not agree(ours([0.5], program, gg.Value), ours([0.5], program, Wrong))


def test_it_is_one_page_and_needs_nothing_but_math() -> None:
    source = Path(tiny.__file__).read_text("utf-8")
    assert len(source.splitlines()) <= 80
    nodes = ast.walk(ast.parse(source))
    imports = [ast.unparse(n) for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert imports == ["import math"]


def test_the_lecture_runs_on_the_page() -> None:
    a, b, c, f = (tiny.Value(x) for x in (2.0, -3.0, 10.0, -2.0))
    e = a * b
    d = e + c
    L = d * f
    L.backward()
    assert L.data == -8.0
    assert [v.grad for v in (a, b, c, d, e, f)] == [6.0, -4.0, -2.0, -2.0, -2.0, 4.0]
    x = tiny.Value(3.0)
    y = 1 - 2 / x + x / 2 - 3
    y.backward()
    assert y.data == pytest.approx(1 - 2 / 3 + 1.5 - 3)
    assert x.grad == pytest.approx(2 / 9 + 0.5)


def test_a_second_pass_on_the_page_gives_leaves_the_same_again() -> None:
    a, k = tiny.Value(2.0), tiny.Value(3.0)
    c = a * k * 5.0
    c.backward()
    c.backward()
    assert (a.grad, k.grad) == (30.0, 20.0)  # twice 3 · 5 and twice 2 · 5


def test_a_long_program_on_the_page_needs_no_recursion() -> None:
    a = total = tiny.Value(1.0)
    for _ in range(20_000):
        total = total + a
    total.backward()
    assert a.grad == 20_001.0
