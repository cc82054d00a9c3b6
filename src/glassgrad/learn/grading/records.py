"""Grades for programs that read them: JSON, JUnit's XML, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from glassgrad.learn.grading.grading import Grade, Result
from glassgrad.learn.grading.misconceptions import BY_ID
from glassgrad.learn.grading.table import CHECKS

__all__ = ["as_csv", "as_json", "as_junit"]


def as_json(grade: Grade) -> str:
    """Write a grade as JSON; docs/grading.md tells what is where."""
    return json.dumps(_data(grade), indent=2)


def _data(grade: Grade) -> dict[str, Any]:
    return {
        "engine": grade.engine,
        "refused": grade.refused or None,
        "counts": grade.counts,
        "misconceptions": grade.misconceptions,
        "findings": [
            {
                "id": finding.misconception.id,
                "says": finding.misconception.says,
                "hint": finding.misconception.hint,
                "lesson": {"number": finding.misconception.lesson,
                           "slug": finding.misconception.slug},
                "program": grade.results[finding.checks[0]].program,
                "readings": _readings(grade.results[finding.checks[0]]),
                "checks": [CHECKS[i].name for i in (*finding.checks, *finding.others)],
            }
            for finding in grade.findings
        ],
        "not_yet": grade.not_yet,
        "checks": [
            {"name": result.check.name, "status": result.status,
             "misconception": result.misconception or None, "program": result.program,
             "readings": _readings(result)}
            for result in grade.results
        ],
    }  # fmt: skip


def _readings(result: Result) -> list[dict[str, str]]:
    return [dict(zip(("read", "expected", "got"), row, strict=True)) for row in result.readings]


def as_junit(grades: Sequence[Grade]) -> str:
    """Write grades as the XML of JUnit: an engine is a suite, a check is a case."""
    root = Element("testsuites", name="glassgrad grade")
    for grade in grades:
        suite = SubElement(root, "testsuite", name=_clean(grade.engine))
        for result in grade.results:
            case = SubElement(
                suite, "testcase", classname=_clean(grade.engine), name=result.check.name, time="0"
            )
            if result.status == "not yet":
                SubElement(case, "skipped", message="not yet")
            elif result.status == "allowed":
                SubElement(case, "skipped", message=f"allowed: {result.misconception}")
            elif result.status == "wrong":
                about = BY_ID[result.misconception]
                failure = SubElement(
                    case, "failure", type=about.id, message=f"{about.id}: {about.says}"
                )
                failure.text = _clean("\n".join([
                    result.program, *(f"{r}  expected {y}, got {x}" for r, y, x in result.readings),
                    f"Lesson {about.lesson}, {about.slug}. Hint: {about.hint}",
                ]))  # fmt: skip
        if grade.refused:
            case = SubElement(suite, "testcase", classname=_clean(grade.engine),
                                  name="it can be graded", time="0")  # fmt: skip
            SubElement(case, "error", type="refused", message=_clean(grade.refused))
        _count(suite)
    _count(root)
    written: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode()


def _count(suite: Element) -> None:
    suite.set("tests", str(len(list(suite.iter("testcase")))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        if name != "skipped" or suite.tag == "testsuite":  # the whole has no such attribute
            suite.set(name, str(len(list(suite.iter(tag)))))
    suite.set("time", "0")


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def as_csv(grades: Iterable[Grade]) -> Iterable[str]:
    """Write a line for each engine, as soon as it is graded, below one with the names."""
    yield _row(["engine", "right", "wrong", "allowed", "not yet", "first misconception",
                "all misconceptions", "refused", *(check.name for check in CHECKS)])  # fmt: skip
    for grade in grades:
        states = [result.misconception or result.status for result in grade.results]
        states = states or [""] * len(CHECKS)  # of what can't be graded: as long as all rows
        found = grade.misconceptions
        yield _row([grade.engine, *grade.counts.values(), found[0] if found else "",
                    " ".join(found), grade.refused, *states])  # fmt: skip


def _row(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_inert(cell) for cell in cells])
    return line.getvalue()


def _inert(cell: object) -> object:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
