"""Processes for engines: Python started anew for a file, a copy of this one for a class."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from glassgrad.learn.grading import child

__all__ = ["Copy", "ended", "start", "stop"]


class Copy:
    """A copy of this process, with the classes that live in it."""

    def __init__(self, engine: type, task: dict[str, Any], back: int, there: int) -> None:
        self.returncode: int | None = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python, or JAX: of threads, of which the copy has one
            self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(back)
                os.setsid()
                child.serve(there, task, lambda: engine)
            finally:
                os._exit(1)  # never back into the program that was copied

    def poll(self) -> int | None:
        """Ask how it ended; None as long as it has not."""
        if self.returncode is None:
            over, status = os.waitpid(self.pid, os.WNOHANG)
            if over:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def start(
    engine: Path | type, task: dict[str, Any], back: int, there: int
) -> subprocess.Popen[bytes] | Copy:
    """Start a process that answers a task to the pipe `there`, whose other end is `back`."""
    if not isinstance(engine, Path):
        return Copy(engine, task, back, there)
    file = engine.resolve()
    process = subprocess.Popen(
        [sys.executable, "-P", child.__file__], stdin=subprocess.PIPE, stdout=there,
        stderr=subprocess.DEVNULL, cwd=file.parent, start_new_session=True,
    )  # fmt: skip
    assert process.stdin
    with process.stdin as to:
        to.write(json.dumps({**task, "file": str(file)}).encode() + b"\n")
    return process


def ended(process: subprocess.Popen[bytes] | Copy, patience: float) -> int | None:
    """Wait for the end of a process for some seconds, and tell how it ended."""
    until = monotonic() + patience
    while process.poll() is None and monotonic() < until:
        sleep(0.01)
    return process.returncode


def stop(process: subprocess.Popen[bytes] | Copy) -> None:
    """Kill a process, and what it has started."""
    if isinstance(process, subprocess.Popen) and sys.platform == "win32":
        process.kill()
    elif process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    if sys.platform != "win32":
        with suppress(OSError):  # when nobody is left of the group that it was the first of
            os.killpg(process.pid, signal.SIGKILL)
    ended(process, 5.0)
