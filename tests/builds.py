"""The two builds, for tests: which one runs, and how to run the other."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import glassgrad as gg

PACKAGE = Path(str(gg.__file__)).parent
TESTS = Path(__file__).resolve().parent

COMPILED = gg.backend().startswith("compiled")

#: Whether there is a compiled build at all, which also runs as pure Python.
BOTH = any((PACKAGE / f"engine{suffix}").exists() for suffix in EXTENSION_SUFFIXES)


def amount(compiled: int, pure: int) -> int:
    """Choose how much of the same to test: the pure build is slow, and CI runs both."""
    return compiled if COMPILED else pure


def run_in(build: str, *command: str | Path) -> str:
    """Run Python with the compiled or with the pure build, and take what it prints."""
    done = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, check=False,
        env={**os.environ, "GLASSGRAD_PURE": "1" if build == "pure" else "0"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
