"""Checks put to an engine in a process of its own, which may hang, crash or say anything."""

from __future__ import annotations

import json
import os
import queue
import secrets
import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Self

from glassgrad.learn.grading import processes
from glassgrad.learn.grading.checks import Check

__all__ = ["Answers", "Outcome", "run"]

#: The engine had to be stopped.
STOPPED = "stopped"

#: For how many seconds an engine may be busy with one check, with being loaded, and in all.
PATIENCE, LOADING, WHOLE = 3.0, 20.0, 60.0

#: An engine that had to be stopped so often is not asked any more.
MOST_STOPPED = 3

#: The process lives, and does not answer as ours does.
_DISTURBS = "it ends the process, or disturbs what is to grade it"

#: How much of a line that is not ours is kept while its end is waited for.
_LONGEST = 1 << 16


@dataclass(frozen=True)
class Outcome:
    """What came of a check.

    Attributes
    ----------
    kind : str
        `NUMBERS`, `RAISED`, `MISSING` or `STOPPED`.
    numbers : tuple of float
        What was read.
    words : str
        The error, the methods that are missing, or why it was stopped.
    """

    kind: str
    numbers: tuple[float, ...] = ()
    words: str = ""


@dataclass
class Answers:
    """What an engine answered.

    Attributes
    ----------
    engine : str
        The name of the class.
    names : dict
        What it calls ``data``, ``grad``, ``backward`` and ``prev``.
    outcomes : list of Outcome
        One for each check; empty if the engine could not be loaded.
    refused : str
        Why it could not be loaded, or "".
    """

    engine: str = "Value"
    names: dict[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    refused: str = ""


def run(
    engine: Path | type, name: str, names: Mapping[str, str], checks: Sequence[Check],
    patience: float = PATIENCE,
) -> Answers:  # fmt: skip
    """Put checks to an engine, each in its turn; one that had to be stopped is started again.

    Parameters
    ----------
    engine : Path or type
        A file, or a class, of which a copy of this process is made.
    name : str
        The name of the class in the file; "" to look for it.
    names : mapping
        What it calls things, where that can't be found out.
    checks : sequence of Check
    patience : float
        For how many seconds it may be busy with one check.
    """
    answers = Answers(engine=name or "Value")
    end, stops = monotonic() + max(WHOLE, 12 * patience), 0
    while len(answers.outcomes) < len(checks):
        if stops == MOST_STOPPED or monotonic() > end:
            answers.outcomes.append(Outcome(STOPPED, words="it was not asked any more"))
            continue
        waiting = checks[len(answers.outcomes) :]
        task = {"token": secrets.token_hex(8), "names": dict(names), "engine": name,
                "checks": [check.task for check in waiting]}  # fmt: skip
        with _Child(engine, task) as process:
            first = process.answer(min(LOADING, end - monotonic()))
            if "names" not in first:
                answers.refused = first.get("refused") or first["stopped"]
                answers.outcomes = []
                return answers
            answers.engine, answers.names = str(first["engine"]), dict(first["names"])
            for _ in waiting:
                said = process.answer(min(patience, end - monotonic()))
                if "outcome" not in said:
                    answers.outcomes.append(Outcome(STOPPED, words=said["stopped"]))
                    stops += 1
                    break
                answers.outcomes.append(said["outcome"])
                answers.names = dict(said["names"])
    return answers


class _Child:
    """A process that answers line by line, while there is patience."""

    def __init__(self, engine: Path | type, task: dict[str, Any]) -> None:
        self._token = task["token"].encode()
        self._lines: queue.Queue[bytes] = queue.Queue()
        back, there = os.pipe()
        self._process = processes.start(engine, task, back, there)
        os.close(there)
        threading.Thread(target=self._read, args=(back,), daemon=True).start()

    def _read(self, back: int) -> None:
        rest = b""
        while chunk := os.read(back, 1 << 16):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                _, ours, text = line.partition(self._token)
                if ours:
                    self._lines.put(text)
            rest = rest[-_LONGEST:]
        os.close(back)
        self._lines.put(b"")

    def answer(self, patience: float) -> dict[str, Any]:
        """Read what it says next; it is over if that takes too long, or if nothing more comes."""
        try:
            text = self._lines.get(timeout=max(patience, 0.0))
        except queue.Empty:
            return {"stopped": f"it does not come to an end within {patience:.3g} seconds"}
        if not text:
            return {"stopped": self._end()}
        try:
            found: dict[str, Any] = json.loads(text)
            said = found.get("outcome")
            if said is not None:
                found["names"] = {str(x): str(y) for x, y in found["names"].items()}
                numbers = tuple(map(float, said["numbers"]))
                found["outcome"] = Outcome(str(said["kind"]), numbers, str(said["words"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            return {"stopped": _DISTURBS}
        return found

    def _end(self) -> str:
        status = processes.ended(self._process, 1.0)
        if status is None:
            return _DISTURBS
        if status < 0:
            name = signal.Signals(-status).name
            return f"it ends the process: it is killed by the system, with {name}"
        return f"it ends the process, with exit status {status}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        processes.stop(self._process)
