"""One measurement in a fresh process: prints its answers and seconds as JSON.

python benchmarks/worker.py expression micrograd --gc off
python benchmarks/worker.py chain glassgrad --size 100000
python benchmarks/worker.py footprint glassgrad
python benchmarks/points.py | python benchmarks/worker.py moons glassgrad
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import chain, expression, moons
from benchmarks.footprint import footprint
from benchmarks.systems import LABELS, SCALAR
from benchmarks.timing import measure


def prepare(task: str, system: str, size: int) -> moons.Step:
    """Find the pass to be timed; only the system in question is imported."""
    if task == "moons":
        start = moons.problem(json.load(sys.stdin))
        if system in SCALAR:
            return moons.scalar_step(value_class(system), start)
        from benchmarks import moons_arrays

        return moons_arrays.STEPS[system](start)
    if system in SCALAR:
        value = value_class(system)
        return (
            expression.scalar_step(value)
            if task == "expression"
            else chain.scalar_step(value, size)
        )
    return expression.STEPS[system]() if task == "expression" else chain.torch_step(size)


def value_class(system: str) -> Any:
    return import_module(f"{system}.engine").Value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=["moons", "expression", "chain", "footprint"])
    parser.add_argument("system", choices=LABELS)
    parser.add_argument("--gc", choices=["on", "off"], default="on")
    parser.add_argument("--size", type=int, default=1000, help="additions in the chain")
    parser.add_argument("--checked", type=int, default=3, help="passes before the first timed one")
    parser.add_argument("--samples", type=int, default=5, help="how often to read the clock")
    parser.add_argument("--batch", type=int, default=1, help="passes between two readings")
    args = parser.parse_args()

    if args.gc == "off":
        gc.disable()
    if args.task == "footprint":
        result = footprint(value_class(args.system))
    else:
        step = prepare(args.task, args.system, args.size)

        def work() -> dict[str, Any]:
            return measure(step, args.checked, args.samples, args.batch)

        recursive = args.task == "chain" and args.system == "micrograd"
        result = chain.with_deep_stack(args.size, work) if recursive else work()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
