"""Where the time of a training step goes: forward, backward, freeing the graph, the update.

Only engines that compute with one number at a time are compared, because only they have nodes to
divide by. The parts are those of the programs in the tasks "moons" and "gpt".
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from benchmarks.gpt import DOCUMENTS
from benchmarks.work import Training

PARTS = ("forward", "backward", "free", "update")

#: Engines that leave graphs to the collector: when it is off, freeing is a call of it.
CYCLIC = ("micrograd", "plain")

#: A process times so many steps; in the task "gpt" that is once through the names.
STEPS = {"moons": 3, "gpt": len(DOCUMENTS)}

ROUNDS = 3


@dataclass(frozen=True)
class Phase:
    """One row of the table."""

    task: str
    system: str
    collector: str

    def arguments(self) -> list[str]:
        """Write the row as the command line of `benchmarks/worker.py`."""
        return ["phases", self.system, "--of", self.task, "--gc", self.collector]


PHASES = [
    Phase(task, system, collector)
    for task, systems in {
        "moons": ("glassgrad", "plain", "micrograd"),
        "gpt": ("glassgrad", "plain"),
    }.items()
    for system in systems
    for collector in ("on", "off")
]


def phases(training: Training, steps: int, cyclic: bool) -> dict[str, Any]:
    """Time the parts of each step; the seconds are medians per node of the step's graph."""
    sizes = _sizes(training, steps)
    each: dict[str, list[float]] = {part: [] for part in PARTS}
    for k, size in enumerate(sizes):
        for part, seconds in _step(training, k, cyclic).items():
            each[part].append(seconds / size)
    return {"nodes": sum(sizes) / steps, **{part: median(found) for part, found in each.items()}}


def _sizes(training: Training, steps: int) -> list[int]:
    """Count the nodes of each step; the collector does not take part in that."""
    collecting = gc.isenabled()
    gc.disable()
    sizes = []
    for k in range(steps):
        sizes.append(nodes(training.forward(k)))
        gc.collect()
    if collecting:
        gc.enable()
    return sizes


def _step(training: Training, k: int, cyclic: bool) -> dict[str, float]:
    total: Any = None

    def forward() -> None:
        nonlocal total
        total = training.forward(k)

    def backward() -> None:
        total.backward()

    def update() -> None:
        training.update(k)

    def free() -> None:
        nonlocal total
        total = None
        if cyclic and not gc.isenabled():
            gc.collect()

    return {part.__name__: _seconds(part) for part in (forward, backward, update, free)}


def _seconds(part: Callable[[], None]) -> float:
    began = process_time()
    part()
    return process_time() - began


def nodes(root: Any) -> int:
    """Count the nodes of a graph, leaves and constants included."""
    seen = {id(root)}
    stack = [root]
    while stack:
        v = stack.pop()
        for operand in v._prev if hasattr(v, "_prev") else v._children:
            if id(operand) not in seen:
                seen.add(id(operand))
                stack.append(operand)
    return len(seen)
