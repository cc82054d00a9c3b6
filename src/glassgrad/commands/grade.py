"""The command ``glassgrad grade``."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

from glassgrad.errors import GlassgradError

_FIELDS = ("data", "grad", "backward")


def add(commands: Any) -> None:
    """Describe the command."""
    grade = commands.add_parser(
        "grade", allow_abbrev=False, help="check an engine that you wrote yourself",
        description="Run a class of values, written by a learner, through small programs, and name "
        "what was misunderstood. For example: `glassgrad grade my_engine.py:Value`. A folder gives "
        "a line for each of its files, as CSV.",
    )  # fmt: skip
    grade.add_argument("engine", help="a file, with :Class if the class is not called Value")
    grade.add_argument(
        "--name", action="append", default=[], metavar="grad=gradient",
        help="what the engine calls data, grad or backward, where it can't be guessed",
    )  # fmt: skip
    form = grade.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--junit", action="store_true", help="print JUnit's XML")
    grade.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Grade, and print; 1 means that something is wrong."""
    from glassgrad.learn.grading.grade import Grade
    from glassgrad.learn.grading.running import run as ask_all

    names = _names(options.name)
    file, _, engine = options.engine.partition(":") if not Path(options.engine).exists() else (
        options.engine, "", "")  # fmt: skip
    path, engine = Path(file), engine or "Value"
    if path.is_dir():
        return _folder(path, engine, names)
    if not path.exists():
        raise GlassgradError(f"there is no file {path}")
    grade = Grade(f"{path.name}:{engine}", ask_all(path, engine, names))
    print(grade.to_json() if options.json else grade.to_junit() if options.junit else grade)
    return 0 if grade else 1


def _folder(folder: Path, engine: str, names: dict[str, str]) -> int:
    from glassgrad.learn.grading.grade import Grade
    from glassgrad.learn.grading.running import run as ask_all

    table = csv.writer(sys.stdout)
    table.writerow(["file", "right", "wrong", "not yet", "misconceptions", "refused"])
    fine = True
    for path in sorted(folder.glob("*.py")):
        grade = Grade(path.name, ask_all(path, engine, names))
        fine = fine and bool(grade)
        count = sum(len(f.probes) for f in grade.findings)
        table.writerow([
            path.name, len(grade.right), count, len(grade.not_yet),
            " ".join(grade.misconceptions), grade.refused,
        ])  # fmt: skip
    return 0 if fine else 1


def _names(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        field, _, name = text.partition("=")
        if field not in _FIELDS or not name.isidentifier():
            raise GlassgradError(
                f"--name takes data=..., grad=... or backward=... with a name, not {text!r}"
            )
        found[field] = name
    return found
