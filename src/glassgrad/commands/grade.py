"""The command ``glassgrad grade``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassgrad.errors import GlassgradError

if TYPE_CHECKING:
    from glassgrad.learn.grading.grading import Grade


def add(commands: Any) -> None:
    """Describe the command."""
    grade = commands.add_parser(
        "grade", allow_abbrev=False, help="check an engine that you wrote yourself",
        description="Run a class of values, written by a learner, through small programs, and name "
        "what was misunderstood. For example: `glassgrad grade my_engine.py:Value`. A folder gives "
        "a line for each of its files, as CSV. The exit code is 0 if nothing is wrong, 1 if "
        "something is, 2 if an engine can't be graded.",
    )  # fmt: skip
    grade.add_argument("engine", help="a file, with :Class if need be; or a folder")
    grade.add_argument(
        "--name", action="append", default=[], metavar="grad=slope",
        help="what the engine calls data, grad, backward or prev, where that can't be found out",
    )  # fmt: skip
    grade.add_argument(
        "--allow", default="", metavar="ID,ID", help="misconceptions that don't count"
    )
    grade.add_argument(
        "--seconds", type=float, help="how long one check may take; three if nothing is said"
    )
    form = grade.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--junit", action="store_true", help="print JUnit's XML, for CI")
    form.add_argument("--html", type=Path, metavar="FILE", help="write a page to a file")
    grade.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Grade, and print."""
    import glassgrad as gg

    how: dict[str, Any] = {
        "names": dict(_name(text) for text in options.name),
        "allow": [id.strip() for id in options.allow.split(",") if id.strip()],
    }
    if options.seconds is not None:
        how["seconds"] = options.seconds
    folder = Path(options.engine)
    if folder.is_dir():
        return _folder(folder, options, how)
    grade = gg.grade(options.engine, **how)
    if options.json:
        print(grade.json())
    elif options.junit:
        print(grade.junit())
    elif options.html is not None:
        options.html.write_text(grade.html(), "utf-8")
        print(f"written to {options.html}")
    else:
        _show(grade)
    return grade.exit_code


def _folder(folder: Path, options: argparse.Namespace, how: dict[str, Any]) -> int:
    """Grade all files of a folder, and print a table."""
    import glassgrad as gg
    from glassgrad.learn.grading.records import as_csv, as_junit

    if options.json or options.html is not None:
        raise GlassgradError("a folder gives CSV, or with --junit XML: for the rest give a file")
    files = sorted(
        path for path in folder.rglob("*.py")
        if path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )  # fmt: skip
    if not files:
        raise GlassgradError(f"there is no engine in {folder}: no file ends in .py")
    code = 0

    def grades() -> Iterator[Grade]:
        nonlocal code
        for path in files:
            grade = gg.grade(path, **how)
            grade.engine = path.relative_to(folder).as_posix()
            code = max(code, grade.exit_code)
            yield grade

    if options.junit:
        print(as_junit(list(grades())))
    else:
        for line in as_csv(grades()):
            sys.stdout.write(line.replace("\r\n", "\n"))
            sys.stdout.flush()
    return code


def _show(grade: Grade) -> None:
    from rich.console import Console
    from rich.text import Text

    from glassgrad.learn.grading.words import lines

    console = Console(soft_wrap=True, highlight=False)
    for line in lines(grade):
        console.print(Text.assemble(*line))


def _name(text: str) -> tuple[str, str]:
    field, _, name = text.partition("=")
    if not name.isidentifier():
        raise GlassgradError(f"--name takes something like grad=slope, not {text!r}")
    return field, name
