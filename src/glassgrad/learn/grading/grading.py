"""A grade: what an engine can do, what it does not do yet, and what was misunderstood."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassgrad.errors import GlassgradError
from glassgrad.learn.grading import child, running
from glassgrad.learn.grading.checks import Check
from glassgrad.learn.grading.child import NUMBERS
from glassgrad.learn.grading.diagnosis import WrongAnswers, diagnosed, expected, missing, same
from glassgrad.learn.grading.misconceptions import BY_ID
from glassgrad.learn.grading.running import Answers, Outcome
from glassgrad.learn.grading.table import CHECKS

__all__ = ["Grade", "grade"]

RIGHT, WRONG, ALLOWED, NOT_YET = "right", "wrong", "allowed", "not yet"


@dataclass(frozen=True)
class Result:
    """What came of one check.

    Attributes
    ----------
    check : Check
    status : str
        ``"right"``, ``"wrong"``, ``"allowed"`` or ``"not yet"``.
    misconception : str
        The id of what explains a wrong answer, or "".
    program : str
        The program, in the engine's own names.
    readings : tuple of (str, str, str)
        For each number that is not as expected: what was read, what was expected, what came.
    """

    check: Check
    status: str
    misconception: str
    program: str
    readings: tuple[tuple[str, str, str], ...]


class Grade:
    """What came of checking an engine; true if nothing is wrong.

    It shows itself in words, in a notebook as a page.

    Attributes
    ----------
    engine : str
        What was graded.
    refused : str
        Why it could not be graded, in a line; or "".
    results : list of Result
        One for each check, the simplest first.
    findings : list of WrongAnswers
        What explains the wrong answers: the first is what to mend first.
    not_yet : list of str
        What the engine has not got yet.
    """

    def __init__(self, engine: str, answers: Answers, allow: Collection[str] = ()) -> None:
        self.engine = engine
        self.refused = answers.refused
        self.findings: list[WrongAnswers] = []
        self.not_yet: list[str] = []
        self.results: list[Result] = []
        self._allowed = set(allow)
        if self.refused:
            return
        self.findings = diagnosed(answers.outcomes)
        self.not_yet = missing(answers.outcomes)
        why = {i: f.misconception.id for f in self.findings for i in (*f.checks, *f.others)}

        def own(text: str) -> str:
            return child.adapted(text, answers.names, answers.engine)

        for i, outcome in enumerate(answers.outcomes):
            id = why.get(i, "")
            status = (ALLOWED if id in self._allowed else WRONG) if id else RIGHT
            if not id and outcome.kind != NUMBERS:
                status = NOT_YET
            readings = tuple((own(x), y, z) for x, y, z in _readings(i, outcome)) if id else ()
            self.results.append(Result(CHECKS[i], status, id, own(CHECKS[i].program), readings))

    @property
    def misconceptions(self) -> list[str]:
        """The ids of what was misunderstood: the first is what to mend first."""
        found = (finding.misconception.id for finding in self.findings)
        return [id for id in dict.fromkeys(found) if id not in self._allowed]

    @property
    def counts(self) -> dict[str, int]:
        """How many checks came out how."""
        states = [result.status for result in self.results]
        return {status: states.count(status) for status in (RIGHT, WRONG, ALLOWED, NOT_YET)}

    @property
    def exit_code(self) -> int:
        """0 if nothing is wrong, 1 if something is, 2 if the engine could not be graded."""
        return 2 if self.refused else int(bool(self.misconceptions))

    def __bool__(self) -> bool:
        return self.exit_code == 0

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from glassgrad.learn.grading.page import fragment

        return fragment(self)

    def text(self) -> str:
        """Write it in words."""
        from glassgrad.learn.grading.words import lines

        return "\n".join("".join(part for part, _ in line) for line in lines(self))

    def html(self) -> str:
        """Write it as a page that needs no other file."""
        from glassgrad.learn.grading.page import page

        return page(self)

    def json(self) -> str:
        """Write it as JSON."""
        from glassgrad.learn.grading.records import as_json

        return as_json(self)

    def junit(self) -> str:
        """Write it as the XML of JUnit, which course servers and CI read."""
        from glassgrad.learn.grading.records import as_junit

        return as_junit([self])


def grade(
    engine: type[Any] | str | Path, *, names: Mapping[str, str] | None = None,
    allow: Collection[str] = (), seconds: float = running.PATIENCE,
) -> Grade:  # fmt: skip
    """Check an engine that somebody wrote, and name what was misunderstood.

    It runs in a process of its own, with limits of time and memory: the program that calls this
    goes on, even if the engine hangs, crashes or ends. That is no protection against malice.

    Parameters
    ----------
    engine : type or str or Path
        A class of values, wherever it was written, in a notebook, too; or a file, with ``:Class``
        if the class that is meant is not evident. On Windows a class has to come from a file.
    names : mapping, optional
        What it calls ``data``, ``grad``, ``backward`` and ``prev`` (the operands), where that
        can't be found out: ``{"grad": "slope"}``.
    allow : collection of str
        Ids of misconceptions that are shown and don't count.
    seconds : float
        For how long it may be busy with one check.

    Returns
    -------
    Grade

    Examples
    --------
    >>> import glassgrad as gg
    >>> class Number:
    ...     def __init__(self, data, operands=()):
    ...         self.data, self.grad, self.operands = data, 0.0, operands
    ...     def __add__(self, other):
    ...         return Number(self.data + other.data, (self, other))
    ...     def backward(self):
    ...         self.grad = 1.0
    ...         for x in self.operands:
    ...             x.backward()
    >>> found = gg.grade(Number)
    >>> bool(found), found.misconceptions[0]
    (False, 'number-on-the-right')
    """
    if os.environ.get(child.INSIDE):
        raise GlassgradError(
            "gg.grade was called by a file that is being graded: put what is to run, but not to be "
            'graded, under `if __name__ == "__main__":`'
        )
    if unknown := set(allow) - set(BY_ID):
        raise GlassgradError(
            f"there is no misconception {', '.join(sorted(unknown))}: docs/misconceptions.md lists "
            "all that there are"
        )
    if unknown := set(names or ()) - set(child.USUAL):
        raise GlassgradError(
            f"{', '.join(sorted(unknown))} can't be named: {', '.join(child.USUAL)} can"
        )
    if not 0 < seconds < math.inf:
        raise GlassgradError(f"an engine needs some time for a check, not {seconds} seconds")
    what, name = _found(engine)
    title = f"{what.name}:{name}".rstrip(":") if isinstance(what, Path) else what.__qualname__
    answers = running.run(what, name, names or {}, CHECKS, seconds)
    return Grade(title, answers, allow)


def _found(engine: type[Any] | str | Path) -> tuple[type[Any] | Path, str]:
    """Find out what is meant: a class, or a file and the name of a class in it."""
    if isinstance(engine, type):
        if hasattr(os, "fork"):
            return engine, ""
        return _file_of(engine), engine.__qualname__
    if not isinstance(engine, (str, Path)):
        raise GlassgradError(
            f"a {type(engine).__name__} can't be graded: give a class, or the name of a file"
        )
    path, name = Path(engine), ""
    if not path.exists():
        file, _, name = str(engine).rpartition(":")
        path = Path(file) if file else path
    if not path.is_file():
        raise GlassgradError(f"there is no file {path if path.name else engine}")
    return path, name


def _file_of(engine: type[Any]) -> Path:
    import inspect

    try:
        found = inspect.getsourcefile(engine)
    except (TypeError, OSError):
        found = None
    if found is None or not Path(found).is_file():
        raise GlassgradError(
            "on this system a class is graded from its file: write it to one, and give its name"
        )
    return Path(found)


def _readings(i: int, outcome: Outcome) -> list[tuple[str, str, str]]:
    """Say of each number that is not as expected what was read, expected and found."""
    check, right = CHECKS[i], expected()[i]
    if not check.reads:
        return [("", "an error", outcome.words or "no error")]
    if outcome.kind != NUMBERS:
        wanted = ", ".join(map(shown, right, check.reads))
        return [(", ".join(check.reads), wanted, outcome.words)]
    return [
        (text, shown(y, text), shown(x, text))
        for text, x, y in zip(check.reads, outcome.numbers, right, strict=True)
        if not same(x, y)
    ]


def shown(x: float, text: str = "") -> str:
    """Write what was read for people: a number, or a truth value."""
    if "!=" in text:
        return str(bool(x))
    return f"{x:.7g}"
