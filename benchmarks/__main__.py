"""Measure glassgrad and its peers and write RESULTS.md: ``python benchmarks``.

``python benchmarks moons chain`` measures these tasks only, and prints their tables instead.
See `cases` for what is measured, `rounds` for how, and `worker` for a single measurement.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import cases, fitted, footprint, irregular, phases, report, rounds, switches
from benchmarks.findings import Findings
from benchmarks.imports import measure_imports
from benchmarks.layout import measure_layouts
from benchmarks.machine import describe
from benchmarks.points import moons
from benchmarks.replay import REPLAYS, ROUNDS
from benchmarks.systems import installed, require


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*", help=f"any of {', '.join(report.SECTIONS)}; else all")
    tasks = parser.parse_args().tasks
    unknown = [task for task in tasks if task not in report.SECTIONS]
    if unknown:
        parser.error(f"there is no task {unknown[0]!r}: choose from {', '.join(report.SECTIONS)}")
    require()
    found = measure(tasks or list(report.SECTIONS))
    if tasks:
        print("\n".join([report.machine(found), *(report.SECTIONS[task](found) for task in tasks)]))
        return
    results = Path(__file__).with_name("RESULTS.md")
    results.write_text(report.markdown(found), encoding="utf-8")
    say(f"wrote benchmarks/{results.name}")


def measure(tasks: list[str]) -> Findings:
    """Measure the given tasks, one after the other where they do not share their rounds."""
    machine, points = describe(), moons()
    every = [
        case
        for case in cases.ALL
        if case.task in tasks
    ]
    present = [case for case in every if installed(case.system)]
    say("checking that all systems agree")
    referee = rounds.check_all(present, points)
    say("timing")
    found = Findings(machine, [case for case in every if case not in present])
    found.timings = rounds.time_all(present, points, referee)
    if "digits" in tasks:
        say("training on the digits")
        once = dict.fromkeys(fitted.DIGITS, 1)
        found.digits = rounds.in_turns(once, lambda row: rounds.run(row.arguments()))
    if "irregular" in tasks:
        say("running irregular programs")
        each = dict.fromkeys(irregular.PROGRAMS, irregular.ROUNDS)
        command = ["irregular", "glassgrad-jit", "--program"]
        found.irregular = rounds.in_turns(each, lambda name: rounds.run([*command, name]))
    if "replay" in tasks:
        say("keeping long programs")
        kept = {replay: ROUNDS for replay in REPLAYS if installed(replay.system)}
        found.replays = rounds.in_turns(kept, lambda replay: rounds.run(replay.arguments()))
    if "phases" in tasks:
        say("timing the parts of a step")
        parts = dict.fromkeys(phases.PHASES, phases.ROUNDS)
        found.phases = rounds.in_turns(parts, lambda phase: rounds.run(phase.arguments(), points))
    if "switches" in tasks:
        say("timing labels, modules and anomaly detection")
        command = ["switches", "glassgrad", "--gc", "off"]
        found.switches = [rounds.run(command, points) for _ in range(switches.ROUNDS)]
    if "memory" in tasks:
        say("measuring memory")
        systems = filter(installed, footprint.SYSTEMS)
        found.footprints = {system: rounds.run(["footprint", system]) for system in systems}
    if "import" in tasks:
        say("timing imports")
        found.imports = measure_imports()
    if "layout" in tasks:
        say("timing layouts")
        found.layouts = measure_layouts()
    return found


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
