"""A chain of n additions, ``v = v + 1``: the deepest graph there is for its size.

It shows whether time grows in proportion to depth, and whether depth is survived at all. A pass
builds the chain, runs backward, and lets go of the chain.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from benchmarks.work import Step

T = TypeVar("T")

#: The scalar engines make two nodes per addition: the constant 1, and the sum.
NODES_PER_ADDITION = 2


def build(start: Any, n: int) -> Any:
    v = start
    for _ in range(n):
        v = v + 1
    return v


def scalar_step(value: Any, n: int) -> Step:
    def step(_: int) -> list[float]:
        start = value(0.0)
        end = build(start, n)
        end.backward()
        return [end.data, start.grad]

    return step


def torch_step(n: int) -> Step:
    import torch

    torch.set_num_threads(1)

    def step(_: int) -> list[float]:
        start = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
        end = build(start, n)
        end.backward()
        return [end.item(), start.grad.item()]

    return step


def autograd_step(n: int) -> Step:
    from autograd import value_and_grad

    gradient_of = value_and_grad(lambda start: build(start, n))

    def step(_: int) -> list[float]:
        end, gradient = gradient_of(0.0)
        return [float(end), float(gradient)]

    return step


def casadi_step(n: int) -> Step:
    """Prepare a pass that makes the formulas anew: the task is to build a graph, not to keep it."""
    import casadi as ca

    def step(_: int) -> list[float]:
        start = ca.SX.sym("start")
        end = build(start, n)
        both = ca.Function("both", [start], [end, ca.gradient(end, start)])
        return [float(number) for number in both(0.0)]

    return step


STEPS = {"torch": torch_step, "autograd": autograd_step, "casadi": casadi_step}


def with_deep_stack(n: int, work: Callable[[], T]) -> T:
    """Run work that recurses n deep, as micrograd's backward does: Python allows 1,000."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 2 * n))
    threading.stack_size(1 << 29)
    with ThreadPoolExecutor(max_workers=1) as deep:
        return deep.submit(work).result()
