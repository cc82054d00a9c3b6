"""What is measured: every task, on every system, in every state of the collector.

Systems that compute with arrays, or trace or compile a program, hardly depend on Python's
collector: they keep their graphs outside of Python's heap, or make few objects. They are measured
with the collector on, as Python starts.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.gpt import DOCUMENTS
from benchmarks.systems import SINGLE, made_of


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
SCALAR = ("glassgrad", "micrograd")
JIT = "glassgrad-jit"
FIT = "glassgrad-fit"
ARRAYS = ("torch", "jax", "autograd", "casadi", "numpy", "cpp", "cpp-vectors")

MOONS = [Case("moons", system, state, samples=2) for system in SCALAR for state in STATES] + [
    Case("moons", system, "on", samples=10, batch=10) for system in (JIT, *ARRAYS)
]
#: Of `gg.fit` the samples are epochs in the midst of one training.
MOONS.append(Case("moons", FIT, "on", samples=20, batch=100))

#: The names differ in length: a batch goes through all of them, on every system, and so do the
#: checked passes, in which some systems compile.
GPT = [
    Case("gpt", system, state, 0, len(DOCUMENTS), 1, len(DOCUMENTS), rounds=4)
    for system in ("glassgrad", "glassgrad-dot", "plain")
    for state in STATES
] + [
    Case("gpt", system, "on", 0, len(DOCUMENTS), 10, len(DOCUMENTS), rounds=4)
    for system in (JIT, "torch", "jax", "numpy", "cpp-vectors")
]

EXPRESSION = [
    Case("expression", system, state, samples=10, batch=100)
    for system in SCALAR
    for state in STATES
] + [
    Case("expression", system, "on", samples=10, batch=100)
    for system in (JIT, "torch", "jax", "autograd", "casadi")
]

LANES = [Case("lanes", "glassgrad", "on")] + [
    Case("lanes", system, "on", samples=10, batch=10)
    for system in (JIT, "torch", "jax", "casadi")
]

MLP = [Case("mlp", "glassgrad", "on", samples=1, rounds=3)] + [
    Case("mlp", system + single, "on", samples=10, batch=5, rounds=3)
    for single in ("", SINGLE)
    for system in (JIT, "torch", "jax", "numpy")
]
MLP.append(Case("mlp", FIT, "on", samples=10, rounds=3))

#: Of each length of the chain: passes to warm up, samples of how many passes, and rounds.
PASSES = {
    1_000: (1, 5, 5, 3),
    10_000: (1, 3, 2, 3),
    100_000: (1, 3, 1, 3),
    1_000_000: (1, 1, 1, 2),
    10_000_000: (1, 1, 1, 2),
}

#: Chains longer than this take seconds: they answer only in the rounds that are timed.
LONGEST_CHECKED_BEFORE = 100_000

#: The longest chain of each system, so that no pass takes much longer than ten or twenty seconds.
LONGEST = {
    "glassgrad": 10_000_000 if made_of() == "compiled" else 1_000_000,
    "micrograd": 1_000_000,
    "torch": 1_000_000,
    "autograd": 100_000,
    "casadi": 100_000,
}

CHAIN = [
    Case("chain", system, state, n, checked, samples, batch, rounds)
    for n, (checked, samples, batch, rounds) in PASSES.items()
    for system, longest in LONGEST.items()
    if n <= longest
    for state in (STATES if system in SCALAR else ("on",))
]

ALL = MOONS + GPT + MLP + EXPRESSION + LANES + CHAIN
