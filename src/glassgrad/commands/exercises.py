"""The part of the command ``glassgrad learn`` that poses exercises."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from glassgrad.commands.kinds import seed, whole


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the options."""
    parser.description = (
        "Pose fresh exercises and check the answers; without a kind, list the kinds. Where nobody "
        "can answer, in a pipe or a file, they are printed."
    )
    parser.add_argument("kind", nargs="?", metavar="KIND", help="such as chain-rule")
    parser.add_argument(
        "--seed", type=seed, metavar="N", help="the number of the first task; any, if not given"
    )
    parser.add_argument("--count", type=whole, default=3, metavar="N", help="how many (3)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--key", action="store_true", help="print tasks and solutions, ask nothing")
    how.add_argument(
        "--sheet", type=Path, metavar="FILE",
        help="write a sheet to print, such as out.html, and its key, out-key.html",
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List the kinds; or draw tasks, and pose, print or write them."""
    from glassgrad.learn import exercises
    from glassgrad.learn.exercises.asking import printed, session

    if options.kind is None:
        width = max(map(len, exercises.KINDS))
        for kind in exercises.KINDS:
            print(f"{kind:{width}}  {exercises.says(kind)}")
        print("\nFor example: glassgrad learn exercises chain-rule --seed 7")
        return 0
    first = options.seed
    if first is None:
        from random import randrange

        first = randrange(10_000)
    tasks = [exercises.make(options.kind, first + i) for i in range(options.count)]
    if options.sheet is not None:
        from glassgrad.learn.exercises.sheet import write

        for path in write(tasks, options.sheet):
            print(f"written to {path}")
    elif not options.key and sys.stdin.isatty() and sys.stdout.isatty():
        session(tasks, input, print)
    else:
        printed(tasks, options.key, print)
    return 0
