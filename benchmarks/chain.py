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

from benchmarks.moons import Step

T = TypeVar("T")

#: Both engines make two nodes per addition: the constant 1, and the sum.
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


def with_deep_stack(n: int, work: Callable[[], T]) -> T:
    """Run work that recurses n deep, as micrograd's backward does: Python allows 1,000."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 2 * n))
    threading.stack_size(1 << 29)
    with ThreadPoolExecutor(max_workers=1) as deep:
        return deep.submit(work).result()
