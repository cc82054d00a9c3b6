"""What a graph costs besides time: memory, what frees it, and how deep it may be."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

from benchmarks.chain import NODES_PER_ADDITION, build

ADDITIONS = 100_000
NODES = ADDITIONS * NODES_PER_ADDITION


def footprint(value: Any) -> dict[str, Any]:
    """Measure a chain: bytes per node, bytes left once nobody refers to it, and depth 1,000."""
    gc.disable()
    start = value(0.0)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    end = build(start, ADDITIONS)
    held = tracemalloc.get_traced_memory()[0] - before
    del end
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return {"held": held / NODES, "left": left / NODES, "deep": _survives_depth(value)}


def _survives_depth(value: Any) -> bool:
    """Try a chain of 1,000 additions under Python's default recursion limit."""
    try:
        build(value(0.0), 1_000).backward()
    except RecursionError:
        return False
    return True
