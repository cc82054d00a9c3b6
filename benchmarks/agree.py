"""Compare the GPT's losses with `gg.jit` and without, over a thousand steps.

python benchmarks/agree.py
"""

from __future__ import annotations

import sys
from math import isclose
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import glassgrad as gg
from benchmarks import gpt, jitted
from benchmarks.rounds import TOLERANCE
from benchmarks.work import training_step

STEPS = 1_000


def main() -> None:
    eager = training_step(gpt.Names(gg.Value, gpt.Tools(gg.dot)))
    traced = jitted.gpt_work().step
    for k in range(STEPS):
        (ours,), (expected,) = traced(k), eager(k)
        if not isclose(ours, expected, rel_tol=TOLERANCE):
            raise SystemExit(f"the losses of step {k} differ: {ours} and {expected}")
    print(f"the losses of {STEPS:,} steps agree to {TOLERANCE:g}; the last is {expected:.6f}")


if __name__ == "__main__":
    main()
