"""What a graph costs besides time: memory, what frees it, and how deep it may be.

Memory is measured twice. `tracemalloc` counts what Python's allocators hand out, to the byte, and
sees nothing of what a library takes from the system by itself. How much the process has grown
counts everything, in whole pages, including what allocators keep in reserve.
"""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.chain import NODES_PER_ADDITION, build
from benchmarks.systems import SCALAR, made_of, value_class

#: The systems of the table.
SYSTEMS = (*SCALAR, "torch", "autograd", "casadi")

#: How long the chain is for `tracemalloc`, which is slow.
TRACED = 100_000

#: How long it is for the size of the process; shorter for those that would take too long.
RESIDENT = 1_000_000
RESIDENT_OF_SLOW = 100_000
SLOW = ("autograd", "casadi")

_STATM = Path("/proc/self/statm")


def footprint(system: str) -> dict[str, Any]:
    """Measure a chain of additions: bytes for each, bytes left afterwards, and its depth."""
    gc.disable()
    additions = RESIDENT_OF_SLOW if system in SLOW else RESIDENT
    make = maker(system)
    make(1_000)
    before = resident()
    graph = make(additions)
    grown = resident() - before
    del graph
    found = {"additions": additions, "resident": grown / additions if _STATM.exists() else None}
    if system in SCALAR:
        gc.collect()
        found["deep"] = survives_depth(value_class(system))
        if system != "glassgrad" or made_of() != "compiled":  # its slabs are not Python's memory
            found |= traced(make)
    return found


def traced(make: Callable[[int], Any]) -> dict[str, float]:
    """Let `tracemalloc` count: bytes per node, and those left once nobody refers to the chain."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    graph = make(TRACED)
    held = tracemalloc.get_traced_memory()[0] - before
    del graph
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    nodes = TRACED * NODES_PER_ADDITION
    return {"held": held / nodes, "left": left / nodes}


def resident() -> int:
    """Ask the system how many bytes of memory this process occupies; 0 where it can't tell."""
    if not _STATM.exists():
        return 0
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def maker(system: str) -> Callable[[int], Any]:
    """Find the function that builds a chain of n additions and returns what keeps it alive."""
    if system in SCALAR:
        value = value_class(system)
        return lambda n: build(value(0.0), n)
    if system == "torch":
        import torch

        return lambda n: build(torch.tensor(0.0, dtype=torch.float64, requires_grad=True), n)
    if system == "casadi":
        import casadi

        return lambda n: build(casadi.SX.sym("start"), n)
    from autograd.core import make_vjp

    return lambda n: make_vjp(lambda start: build(start, n), 0.0)


def survives_depth(value: Any) -> bool:
    """Try a chain of 1,000 additions under Python's default recursion limit."""
    try:
        build(value(0.0), 1_000).backward()
    except RecursionError:
        return False
    return True
