"""The command ``glassgrad learn``."""

from __future__ import annotations

import argparse
from typing import Any

from glassgrad.commands import exercises


def add(commands: Any) -> None:
    """Describe the command."""
    learn = commands.add_parser(
        "learn", allow_abbrev=False, help="exercises", description="Exercises for learners."
    )
    parts = learn.add_subparsers(title="parts", required=True, metavar="PART")
    exercises.add(parts.add_parser("exercises", allow_abbrev=False, help="pose exercises"))


def run(options: argparse.Namespace) -> int:
    """Pose exercises."""
    return exercises.run(options)
