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
from dataclasses import replace
from math import isclose
from pathlib import Path
from typing import Any

from benchmarks.cases import Case
from benchmarks.expression import PUBLISHED
from benchmarks.systems import LABELS

#: What the peers print in public, and how many digits of it; of the moons, the first loss.
KNOWN = {"moons": ([0.8958441028683222], 1e-9), "expression": (PUBLISHED, 1e-6)}

#: How closely systems that add up in different orders must agree.
TOLERANCE = 1e-9

#: One thread each: a step this small gains nothing from more, and CPU time counts them all.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def run(arguments: list[str], data: str = "") -> dict[str, Any]:
    """Run a worker in a fresh process and read what it prints."""
    command = [sys.executable, str(Path(__file__).with_name("worker.py")), *arguments]
    done = subprocess.run(
        command, input=data, env=os.environ | ENVIRONMENT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"worker.py {' '.join(arguments)} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class Referee:
    """Compares every answer with what is known, and with glassgrad's answer."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str, int], list[list[float]]] = {}

    def check(self, case: Case, answers: list[list[float]]) -> None:
        """Stop everything if an answer is wrong: the speed of a wrong answer means nothing."""
        known, tolerance = KNOWN.get(case.task, ([float(case.size), 1.0], 0.0))
        self._compare(case, answers[0], known, tolerance)
        ours = self.answers.setdefault((case.task, "glassgrad", case.size), answers)
        for theirs, reference in zip(answers, ours, strict=True):
            self._compare(case, theirs, reference, TOLERANCE)
        self.answers[case.task, case.system, case.size] = answers

    @staticmethod
    def _compare(case: Case, got: list[float], expected: list[float], tolerance: float) -> None:
        for x, y in zip(got, expected, strict=True):
            if not isclose(x, y, rel_tol=tolerance, abs_tol=0.0):
                raise SystemExit(
                    f"{LABELS[case.system]} (collector {case.collector}) computes {got} in the "
                    f"task {case.task!r}, but {expected} is expected: stopped, no timing counts"
                )


def check_all(cases: list[Case], points: str) -> Referee:
    """Let every case answer once before anything is timed; glassgrad's come first."""
    referee = Referee()
    for case in sorted(cases, key=lambda case: case.system != "glassgrad"):
        found = run(replace(case, samples=0).arguments(), points if case.task == "moons" else "")
        referee.check(case, found["answers"])
    return referee


def time_all(cases: list[Case], points: str, referee: Referee) -> dict[Case, list[dict[str, Any]]]:
    """Go through the cases round by round."""
    found: dict[Case, list[dict[str, Any]]] = {case: [] for case in cases}
    last = max(case.rounds for case in cases)
    for i in range(last):
        print(f"round {i + 1} of {last}", file=sys.stderr, flush=True)
        turn = i * len(cases) // last
        for case in cases[turn:] + cases[:turn]:
            if i < case.rounds:
                result = run(case.arguments(), points if case.task == "moons" else "")
                referee.check(case, result["answers"])
                found[case].append(result)
    return found
