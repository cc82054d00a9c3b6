"""A grade: what an engine can do, what it does not yet, and what was misunderstood."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as xml

from glassgrad.learn.grading.asking import MISSING, RAISED, Names, Outcome
from glassgrad.learn.grading.diagnosis import diagnosed, expected, wrong
from glassgrad.learn.grading.misconceptions import Misconception
from glassgrad.learn.grading.probes import PROBES, TYPE_ERROR
from glassgrad.learn.grading.running import Answers


@dataclass(frozen=True)
class Finding:
    """Wrong answers with one explanation.

    Attributes
    ----------
    misconception : Misconception or None
        None if the answers are wrong in a way that is not on the list.
    probes : list of int
        Those that it explains, the smallest program first.
    """

    misconception: Misconception | None
    probes: list[int]


class Grade:
    """What came of asking an engine.

    True if nothing is wrong.

    Attributes
    ----------
    title : str
        What was graded.
    right, not_yet : list of str
        The names of the probes that were answered rightly, and that were not put because a method
        is missing.
    findings : list of Finding
        What is wrong, the explanation of most wrong answers first.
    refused : str
        Why nothing could be asked, or "".
    """

    def __init__(self, title: str, answers: Answers) -> None:
        self.title = title
        self.refused = answers.refused
        self._names: Names = answers.names
        self._class = answers.engine
        self._outcomes: list[Outcome] = answers.outcomes
        bad = set(wrong(answers.outcomes)) if answers.outcomes else set()
        missing = [i for i, o in enumerate(answers.outcomes) if o.kind == MISSING]
        self.not_yet = [PROBES[i].name for i in missing]
        self.right = [
            PROBES[i].name for i in range(len(answers.outcomes)) if i not in bad.union(missing)
        ]
        self.findings = [
            Finding(misconception, sorted(probes, key=lambda i: len(PROBES[i].program)))
            for misconception, probes in diagnosed(answers.outcomes)
        ]

    def __bool__(self) -> bool:
        return not self.refused and not self.findings

    @property
    def misconceptions(self) -> list[str]:
        """The ids of what was misunderstood, the one that explains most first."""
        return [f.misconception.id for f in self.findings if f.misconception]

    def __str__(self) -> str:
        if self.refused:
            return f"{self.title}: it can't be graded: {self.refused}"
        count = sum(len(f.probes) for f in self.findings)
        lines = [
            f"{self.title}: {len(self.right)} of {len(self._outcomes)} right, "
            f"{count} wrong, {len(self.not_yet)} not yet"
        ]
        for finding in self.findings:
            lines += ["", *self._told(finding)]
        missing = {o.words for o in self._outcomes if o.kind == MISSING}
        if missing:
            names = sorted({name for words in missing for name in words.split(", ")})
            lines += ["", f"not yet: {', '.join(names)}"]
        return "\n".join(lines)

    def _told(self, finding: Finding) -> list[str]:
        about, (first, *others) = finding.misconception, finding.probes
        head = f"{about.id}: {about.says} (lesson {about.lesson})" if about else "other: a wrong answer"
        lines = [f"✗ {head}", *(f"    {line}" for line in self.program(first).splitlines())]
        lines += [f"      {row}" for row in self.differences(first)]
        if about:
            lines.append(f"  Hint: {about.hint}.")
        if others:
            lines.append(f"  With it: {'; '.join(PROBES[i].name for i in others)}.")
        return lines

    def program(self, i: int) -> str:
        """Write the program of a probe in the engine's own names."""
        return self._names.adapted(PROBES[i].program, self._class)

    def differences(self, i: int) -> list[str]:
        """Say for each number that was read what was expected and what came."""
        probe, got, right = PROBES[i], self._outcomes[i], expected()[i]
        if got.kind == RAISED:
            wanted = ", ".join(f"{x:.6g}" for x in right.numbers)
            return [f"expected {wanted or TYPE_ERROR}, got {got.words}"]
        if right.kind == RAISED:
            return [f"expected {right.words.partition(':')[0]}, got no error"]
        return [
            f"{self._names.adapted(text)}  expected {y:.6g}, got {x:.6g}"
            for text, x, y in zip(probe.reads, got.numbers, right.numbers, strict=True)
            if not Outcome(got.kind, (x,)).agrees(Outcome(got.kind, (y,)))
        ]

    def to_dict(self) -> dict[str, Any]:
        """Write the grade as data."""
        return {
            "engine": self.title, "refused": self.refused, "right": self.right,
            "not_yet": self.not_yet,
            "wrong": [
                {
                    "misconception": f.misconception.id if f.misconception else "other",
                    "lesson": f.misconception.lesson if f.misconception else None,
                    "checks": [PROBES[i].name for i in f.probes],
                    "program": self.program(f.probes[0]),
                    "differences": self.differences(f.probes[0]),
                }
                for f in self.findings
            ],
        }  # fmt: skip

    def to_json(self) -> str:
        """Write the grade as JSON."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def to_junit(self) -> str:
        """Write the grade as JUnit's XML, which course servers read."""
        suite = xml.Element("testsuite", name=self.title, tests=str(len(self._outcomes)))
        told = {i: f for f in self.findings for i in f.probes}
        for i, outcome in enumerate(self._outcomes):
            case = xml.SubElement(suite, "testcase", classname=self.title, name=PROBES[i].name)
            if outcome.kind == MISSING:
                xml.SubElement(case, "skipped", message=f"not yet: {outcome.words}")
            elif i in told:
                about = told[i].misconception
                failure = xml.SubElement(
                    case, "failure", type=about.id if about else "other",
                    message=about.says if about else "a wrong answer",
                )  # fmt: skip
                failure.text = "\n".join([self.program(i), *self.differences(i)])
        if self.refused:
            case = xml.SubElement(suite, "testcase", classname=self.title, name="it can be loaded")
            xml.SubElement(case, "error", message=self.refused)
        suite.set("failures", str(len(told)))
        suite.set("skipped", str(len(self.not_yet)))
        suite.set("errors", str(int(bool(self.refused))))
        return xml.tostring(suite, encoding="unicode")
