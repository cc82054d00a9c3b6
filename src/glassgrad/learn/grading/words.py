"""A grade in words: lines of pieces, each with the style in which a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from glassgrad.learn.grading.diagnosis import WrongAnswers
from glassgrad.learn.grading.grading import Grade

__all__ = ["lines", "others", "summary"]

Line = list[tuple[str, str]]

#: How many further checks are named.
_NAMED = 3
_WIDTH = 88


def lines(grade: Grade) -> Iterator[Line]:
    """Write a grade, line by line."""
    if grade.refused:
        yield [(grade.engine, "bold"), (f" can't be graded: {grade.refused}", "red")]
        return
    yield [(grade.engine, "bold"), (f"   {summary(grade)}", "green" if grade else "")]
    for number, finding in enumerate(grade.findings, 1):
        yield []
        yield from _finding(grade, number, finding)
    if grade.not_yet:
        yield []
        yield from _wrapped("", f"Not yet: {', '.join(grade.not_yet)}.", "dim")


def summary(grade: Grade) -> str:
    """Count the checks."""
    return ", ".join(
        f"{count} {status}" for status, count in grade.counts.items()
        if count or status in ("right", "wrong")
    )  # fmt: skip


def others(grade: Grade, finding: WrongAnswers) -> str:
    """Name the other checks that a finding explains."""
    names = [grade.results[i].check.name for i in (*finding.checks[1:], *finding.others)]
    shown = names if len(names) <= _NAMED + 1 else names[:_NAMED]
    more = len(names) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _finding(grade: Grade, number: int, finding: WrongAnswers) -> Iterator[Line]:
    about, first = finding.misconception, grade.results[finding.checks[0]]
    allowed = "   allowed" if first.status == "allowed" else ""
    yield [(f"{number}  ", "dim"), (about.id, "bold yellow" if allowed else "bold red"),
           (f"   lesson {about.lesson}, {about.slug}{allowed}", "dim")]  # fmt: skip
    yield from _wrapped("   ", about.says)
    yield []
    for line in first.program.splitlines():
        yield [(f"       {line}", "cyan")]
    width = max(len(read) for read, _, _ in first.readings)
    for read, wanted, got in first.readings:
        yield [(f"       {read:<{width}}   ", "cyan"), (f"expected {wanted}", "green"),
               (f"   got {got}", "red")]  # fmt: skip
    yield []
    yield from _wrapped("   ", f"Hint: {about.hint}")
    if also := others(grade, finding):
        yield from _wrapped("   ", f"Wrong with it: {also}.", "dim")


def _wrapped(margin: str, text: str, style: str = "") -> Iterator[Line]:
    for line in wrap(text, _WIDTH - len(margin), break_long_words=False, break_on_hyphens=False):
        yield [(margin + line, style)]
