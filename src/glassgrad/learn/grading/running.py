"""Probes put to an engine in a process of its own, which may hang, crash or say anything."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassgrad.learn.grading.asking import RAISED, Names, Outcome
from glassgrad.learn.grading.probes import PROBES

#: For how many seconds an engine may be busy with one probe, and with being loaded.
PATIENCE = 5.0
LOADING = 20.0

#: An engine that is given up so often is not asked any more.
MOST_STOPPED = 3


@dataclass(frozen=True)
class Answers:
    """What an engine answered.

    Attributes
    ----------
    engine : str
        The name of the class.
    names : Names
    outcomes : list of Outcome
        One for each probe; empty if the engine could not be loaded.
    refused : str
        Why it could not be loaded, or "".
    """

    engine: str
    names: Names
    outcomes: list[Outcome]
    refused: str = ""


def run(file: Path, engine: str, names: Mapping[str, str], patience: float = PATIENCE) -> Answers:
    """Put all probes to a class of a file.

    Parameters
    ----------
    file : Path
    engine : str
        The name of the class.
    names : mapping
        What it calls ``data``, ``grad`` and ``backward``, where that can't be guessed.
    patience : float
        For how many seconds it may be busy with one probe.
    """
    outcomes: dict[int, Outcome] = {}
    found = Names()
    while len(outcomes) < len(PROBES):
        waiting = [i for i in range(len(PROBES)) if i not in outcomes]
        stopped = [o for o in outcomes.values() if o.words.startswith("it ")]
        if len(stopped) >= MOST_STOPPED:
            outcomes |= {i: Outcome(RAISED, words="it was not asked any more") for i in waiting}
            break
        with _Child({"file": str(file.resolve()), "engine": engine, "names": dict(names),
                     "probes": waiting}) as child:  # fmt: skip
            first = child.line(LOADING)
            if "names" not in first:
                refused = first.get("refused", first["stopped"])
                return Answers(engine, found, [], refused)
            named = first["names"]
            named.pop("engine")
            found = Names(**named)
            for i in waiting:
                child.line(patience)
                said = child.line(patience)
                if "outcome" in said:
                    numbers = tuple(said["outcome"]["numbers"])
                    outcomes[i] = Outcome(**{**said["outcome"], "numbers": numbers})
                else:
                    outcomes[i] = Outcome(RAISED, words=said["stopped"])
                    break
    return Answers(engine, found, [outcomes[i] for i in range(len(PROBES))])


class _Child:
    """A process that answers, line by line, while there is patience."""

    def __init__(self, task: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "glassgrad.learn.grading.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", cwd=Path(task["file"]).parent,
        )  # fmt: skip
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.close()
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def line(self, patience: float) -> dict[str, Any]:
        """Read what it says next; it is over if that takes too long, or if it says nothing more."""
        try:
            text = self._lines.get(timeout=patience)
        except queue.Empty:
            return {"stopped": f"it does not come to an end within {patience:g} seconds"}
        if not text:
            self._process.wait()
            return {"stopped": f"it ends the process, with exit status {self._process.returncode}"}
        found: dict[str, Any] = json.loads(text)
        return found

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
