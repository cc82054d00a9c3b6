"""What importing a package costs, in CPU time of a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from statistics import median

from benchmarks.systems import installed

#: How many interpreters are started for each module.
RUNS = {
    "glassgrad": 15, "micrograd.engine": 15, "numpy": 15, "autograd": 5, "casadi": 5, "jax": 3,
    "torch": 3,
}  # fmt: skip

#: Prints what the interpreter itself has cost, and what the import adds.
CODE = """
import time
bare = time.process_time()
import {module}
print(bare, time.process_time() - bare)
"""


@dataclass(frozen=True)
class Imported:
    """Median seconds of an import, or None where the module is not installed."""

    module: str
    runs: int
    seconds: float | None


@dataclass(frozen=True)
class Imports:
    """All the imports, and the median seconds of an interpreter that imports nothing."""

    bare: float
    modules: list[Imported]

    @property
    def ours(self) -> float:
        """The seconds of ``import glassgrad``."""
        return next(i.seconds for i in self.modules if i.module == "glassgrad" and i.seconds)


def measure_imports() -> Imports:
    """Time the imports in turn; compiled bytecode is in place, as after a first use.

    It is kept in a folder of its own, so that neither an installer that compiles nor a setting
    that forbids it makes a difference.
    """
    bare: list[float] = []
    times: dict[str, list[float]] = {m: [] for m in RUNS if installed(m.partition(".")[0])}
    with tempfile.TemporaryDirectory() as cache:
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = cache
        for module in times:
            _seconds(module, env)
        for i in range(max(RUNS.values())):
            for module, seconds in times.items():
                if i < RUNS[module]:
                    before, added = _seconds(module, env)
                    bare.append(before)
                    seconds.append(added)
    return Imports(
        median(bare),
        [Imported(m, n, median(times[m]) if m in times else None) for m, n in RUNS.items()],
    )


def _seconds(module: str, env: dict[str, str]) -> tuple[float, float]:
    command = [sys.executable, "-c", CODE.format(module=module)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    bare, added = done.stdout.split()
    return float(bare), float(added)
