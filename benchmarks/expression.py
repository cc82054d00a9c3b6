"""The expression of micrograd's README: a few dozen nodes, forward and backward.

What is measured here is the cost of small graphs: what a call costs before any arithmetic.
Each pass starts from two Python floats and ends once both gradients are known. The floats are
others in each pass, so that nobody can have the answer ready.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from benchmarks.work import Step

#: What the passes start from; the first are micrograd's.
INPUTS = [(-4.0 + i / 512, 2.0 + i / 1024) for i in range(512)]

#: What the README of micrograd prints: g, and its gradients with respect to a and b.
PUBLISHED = [24.7041, 138.8338, 645.5773]


def expression(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """Compute g; x += y is written x = x + y, because arrays would change in place."""
    c = a + b
    d = a * b + b**3
    c = c + (c + 1)
    c = c + (1 + c + (-a))
    d = d + (d * 2 + relu(b + a))
    d = d + (3 * d + relu(b - a))
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def inputs(k: int) -> tuple[float, float]:
    """Look up what a pass starts from."""
    return INPUTS[k % len(INPUTS)]


def scalar_step(value: Any) -> Step:
    def step(k: int) -> list[float]:
        a, b = map(value, inputs(k))
        g = expression(a, b, value.relu)
        g.backward()
        return [g.data, a.grad, b.grad]

    return step


def torch_step() -> Step:
    import torch

    torch.set_num_threads(1)

    def step(k: int) -> list[float]:
        a, b = (
            torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs(k)
        )
        g = expression(a, b, torch.relu)
        g.backward()
        return [g.item(), a.grad.item(), b.grad.item()]

    return step


def jax_step() -> Step:
    import jax

    jax.config.update("jax_enable_x64", True)

    def compute(a: Any, b: Any) -> Any:
        return expression(a, b, jax.nn.relu)

    compiled = jax.jit(jax.value_and_grad(compute, argnums=(0, 1)))

    def step(k: int) -> list[float]:
        g, (da, db) = jax.block_until_ready(compiled(*inputs(k)))
        return [float(g), float(da), float(db)]

    return step


def autograd_step() -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad

    def compute(a: Any, b: Any) -> Any:
        return expression(a, b, lambda x: anp.maximum(x, 0.0))

    gradients_of = value_and_grad(compute, argnum=(0, 1))

    def step(k: int) -> list[float]:
        g, (da, db) = gradients_of(*inputs(k))
        return [float(g), float(da), float(db)]

    return step


def casadi_step() -> Step:
    """Prepare a step whose formulas are built when it is first called, and then evaluated."""
    import casadi as ca

    @cache
    def formulas() -> Any:
        a, b = ca.SX.sym("a"), ca.SX.sym("b")
        g = expression(a, b, lambda x: ca.fmax(x, 0.0))
        return ca.Function("step", [a, b], [g, ca.gradient(g, a), ca.gradient(g, b)])

    def step(k: int) -> list[float]:
        g, da, db = formulas()(*inputs(k))
        return [float(g), float(da), float(db)]

    return step


STEPS = {"torch": torch_step, "jax": jax_step, "autograd": autograd_step, "casadi": casadi_step}
