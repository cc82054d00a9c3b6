"""Running the cases: first every system must give the right answer, then the clock starts.

Each measurement is a fresh process, so no system pays for another's memory. Rounds go through
all the cases in turn, so a machine that is busy for a while is busy for all of them, and every
round begins elsewhere in the list, so nobody always follows the same neighbour.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from math import isclose
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.cases import LONGEST_CHECKED_BEFORE, Case
from benchmarks.expression import PUBLISHED
from benchmarks.systems import LABELS, SINGLE

Thing = TypeVar("Thing")

#: What the peers print in public, and how many digits of it; of the moons, the first loss.
KNOWN = {"moons": ([0.8958441028683222], 1e-9), "expression": (PUBLISHED, 1e-6)}

#: How closely systems that add up in different orders must agree.
TOLERANCE = 1e-9

#: How closely those that compute in float32 must.
TOLERANCE_OF_SINGLE = 1e-5

#: One thread each: a step this small gains nothing from more, and CPU time counts them all.
ENVIRONMENT = {
    "GLASSGRAD_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def run(arguments: list[str], data: str = "", limit: float | None = None) -> dict[str, Any]:
    """Run a worker in a fresh process, for some seconds at most, and read what it prints."""
    command = [sys.executable, str(Path(__file__).with_name("worker.py")), *arguments]
    done = subprocess.run(
        command, input=data, env=os.environ | ENVIRONMENT, capture_output=True, text=True,
        check=False, timeout=limit,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"worker.py {' '.join(arguments)} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class Referee:
    """Compares every answer with what is known, and with glassgrad's answer."""

    def __init__(self) -> None:
        self.ours: dict[tuple[str, int], dict[str, Any]] = {}

    def check(self, case: Case, found: dict[str, Any]) -> None:
        """Stop everything if an answer is wrong: the speed of a wrong answer means nothing."""
        if case.task == "chain":
            self._compare(case, found["answers"][0], [float(case.size), 1.0], 0.0)
        elif case.task in KNOWN:
            self._compare(case, found["answers"][0], *KNOWN[case.task])
        ours = self.ours.setdefault((case.task, case.size), found)
        tolerance = TOLERANCE_OF_SINGLE if case.system.endswith(SINGLE) else TOLERANCE
        for theirs, reference in zip(found["answers"], ours["answers"], strict=True):
            self._compare(case, theirs, reference, tolerance)
        for theirs, reference in zip(found["state"], ours["state"], strict=True):
            largest = max(map(abs, reference))
            self._compare(case, theirs, reference, tolerance, tolerance * largest)

    @staticmethod
    def _compare(
        case: Case, got: list[float], expected: list[float], tolerance: float, least: float = 0.0
    ) -> None:
        for x, y in zip(got, expected, strict=True):
            if not isclose(x, y, rel_tol=tolerance, abs_tol=least):
                raise SystemExit(
                    f"{LABELS[case.system]} (collector {case.collector}) computes {x} in the "
                    f"task {case.task!r}, but {y} is expected: stopped, no timing counts"
                )


def check_all(cases: list[Case], points: str) -> Referee:
    """Let every system answer once before anything is timed; glassgrad's answers come first.

    The state of the collector makes no difference to an answer, so one of them is enough here.
    """
    referee = Referee()
    once = {
        (case.task, case.system, case.size): replace(case, checked=max(case.checked, 1), samples=0)
        for case in cases
        if case.size <= LONGEST_CHECKED_BEFORE
    }
    for case in sorted(once.values(), key=lambda case: case.system != "glassgrad"):
        referee.check(case, run(case.arguments(), points))
    return referee


def time_all(cases: list[Case], points: str, referee: Referee) -> dict[Case, list[dict[str, Any]]]:
    """Go through the cases round by round."""

    def time(case: Case) -> dict[str, Any]:
        result = run(case.arguments(), points)
        referee.check(case, result)
        return result

    return in_turns({case: case.rounds for case in cases}, time)


def in_turns(rounds: dict[Thing, int], measure: Callable[[Thing], Any]) -> dict[Thing, list[Any]]:
    """Measure each thing once per round, for as many rounds as it has."""
    found: dict[Thing, list[Any]] = {thing: [] for thing in rounds}
    things = list(rounds)
    last = max(rounds.values(), default=0)
    for i in range(last):
        print(f"  round {i + 1} of {last}", file=sys.stderr, flush=True)
        turn = i * len(things) // last
        for thing in things[turn:] + things[:turn]:
            if i < rounds[thing]:
                found[thing].append(measure(thing))
    return found
