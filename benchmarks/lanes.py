"""The task "lanes": the expression of micrograd's README, for ten thousand pairs at once.

A function of two numbers, and its gradient, are run over two columns. Each pass has other
columns, in the form that suits the system; what it makes of them is read outside the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.expression import expression
from benchmarks.work import Work

ROWS = 10_000

#: So many pairs of columns take turns.
COLUMNS = 8

Columns = list[tuple[Any, Any]]


def columns() -> Columns:
    """Draw pairs of columns around the numbers of the README."""
    draw = np.random.default_rng(1337).uniform
    return [(draw(-5.0, -3.0, ROWS), draw(1.0, 3.0, ROWS)) for _ in range(COLUMNS)]


def numbers(found: Any) -> list[float]:
    """List the values and both gradients."""
    return [float(x) for column in found for x in column]


def eager_work() -> Work:
    from glassgrad import Value

    each = [(a.tolist(), b.tolist()) for a, b in columns()]

    def row(x: float, y: float) -> tuple[float, float, float]:
        a, b = Value(x), Value(y)
        g = expression(a, b, Value.relu)
        g.backward()
        return g.data, a.grad, b.grad

    def compute(a: list[float], b: list[float]) -> Any:
        return zip(*map(row, a, b), strict=True)

    return _work(compute, each)


def jit_work() -> Work:
    import glassgrad as gg

    def compute(a: gg.Value, b: gg.Value) -> gg.Value:
        g: gg.Value = expression(a, b, gg.Value.relu)
        return g

    lanes = gg.vmap(gg.value_and_grad(compute, argnums=(0, 1)))
    return _work(lambda a, b: _flat(lanes(a, b)), columns())


def jax_work() -> Work:
    import jax

    jax.config.update("jax_enable_x64", True)

    def compute(a: Any, b: Any) -> Any:
        return expression(a, b, jax.nn.relu)

    lanes = jax.jit(jax.vmap(jax.value_and_grad(compute, argnums=(0, 1))))
    each = [(jax.numpy.asarray(a), jax.numpy.asarray(b)) for a, b in columns()]
    return _work(lambda a, b: _flat(jax.block_until_ready(lanes(a, b))), each)


def torch_work() -> Work:
    """Prepare what works on whole columns from the start: row by row, gradients don't mix."""
    import torch

    torch.set_num_threads(1)
    each = [tuple(torch.from_numpy(column) for column in pair) for pair in columns()]

    def compute(x: Any, y: Any) -> Any:
        a, b = x.detach().requires_grad_(), y.detach().requires_grad_()
        g = expression(a, b, torch.relu)
        g.sum().backward()
        return g.detach(), a.grad, b.grad

    return _work(compute, each)


def casadi_work() -> Work:
    import casadi as ca

    a, b = ca.SX.sym("a"), ca.SX.sym("b")
    g = expression(a, b, lambda x: ca.fmax(x, 0.0))
    lanes = ca.Function("row", [a, b], [g, ca.gradient(g, a), ca.gradient(g, b)]).map(ROWS)
    each = [(ca.DM(a).T, ca.DM(b).T) for a, b in columns()]
    return Work(
        lambda k: lanes(*each[k % COLUMNS]),
        read=lambda found: numbers(column.full().ravel() for column in found),
    )


def _flat(found: Any) -> tuple[Any, Any, Any]:
    g, (da, db) = found
    return g, da, db


def _work(compute: Callable[[Any, Any], Any], each: Columns) -> Work:
    return Work(lambda k: compute(*each[k % COLUMNS]), read=numbers)


WORKS = {
    "glassgrad": eager_work,
    "glassgrad-jit": jit_work,
    "torch": torch_work,
    "jax": jax_work,
    "casadi": casadi_work,
}
