"""Measure glassgrad and its peers and write RESULTS.md: ``python benchmarks``.

See `cases` for what is measured, `rounds` for how, and `worker` for a single measurement.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import cases, report, rounds
from benchmarks.imports import measure_imports
from benchmarks.machine import describe
from benchmarks.points import moons
from benchmarks.systems import SCALAR, installed, require


def main() -> None:
    require()
    machine = describe()
    every = cases.MOONS + cases.EXPRESSION + cases.CHAIN
    present = [case for case in every if installed(case.system)]
    points = moons()
    print("checking that all systems agree", file=sys.stderr, flush=True)
    referee = rounds.check_all(present, points)
    found = report.Findings(
        machine=machine,
        timings=rounds.time_all(present, points, referee),
        footprints={system: rounds.run(["footprint", system]) for system in SCALAR},
        imports=measure_imports(),
        absent=[case for case in every if case not in present],
    )
    results = Path(__file__).with_name("RESULTS.md")
    results.write_text(report.markdown(found), encoding="utf-8")
    print(f"wrote benchmarks/{results.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
