"""What is measured: every task, on every system, in every state of the collector.

PyTorch, JAX and NumPy keep their graphs outside Python's heap, where the collector has nothing
to do; they are measured with the collector on, as Python starts.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.systems import SCALAR


@dataclass(frozen=True)
class Case:
    """One row of the results; `samples` times `batch` passes are timed in each round."""

    task: str
    system: str
    collector: str
    size: int = 0
    checked: int = 3
    samples: int = 3
    batch: int = 1
    rounds: int = 5

    def arguments(self) -> list[str]:
        """Write the case as the command line of `benchmarks/worker.py`."""
        return [
            self.task, self.system, "--gc", self.collector, "--size", str(self.size),
            "--checked", str(self.checked), "--samples", str(self.samples),
            "--batch", str(self.batch),
        ]  # fmt: skip


STATES = ("on", "off")

MOONS = [Case("moons", system, state) for system in SCALAR for state in STATES] + [
    Case("moons", system, "on", samples=10, batch=10) for system in ("torch", "jax", "numpy")
]

EXPRESSION = [
    Case("expression", system, state, samples=10, batch=200)
    for system in SCALAR
    for state in STATES
] + [Case("expression", system, "on", samples=10, batch=200) for system in ("torch", "jax")]

#: Of each length of the chain, how many samples of how many passes are timed in a round.
PASSES = {1_000: (5, 20), 10_000: (3, 4), 100_000: (2, 1), 1_000_000: (1, 1)}

#: The longest chain for micrograd, which recurses, and for PyTorch, which takes its time.
LONGEST_FOR_PEERS = 100_000

CHAIN = [
    Case("chain", system, state, n, checked=1, samples=samples, batch=batch, rounds=3)
    for n, (samples, batch) in PASSES.items()
    for system in (*SCALAR, "torch")
    if system == "glassgrad" or n <= LONGEST_FOR_PEERS
    for state in (STATES if system in SCALAR else ("on",))
]
