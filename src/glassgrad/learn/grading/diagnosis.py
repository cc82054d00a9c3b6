"""Which misconceptions explain the wrong answers of an engine."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from glassgrad.engine import Value
from glassgrad.learn.grading import child
from glassgrad.learn.grading.checks import Check
from glassgrad.learn.grading.child import MISSING, NUMBERS, RAISED
from glassgrad.learn.grading.misconceptions import BY_ID, Misconception
from glassgrad.learn.grading.running import STOPPED, Outcome
from glassgrad.learn.grading.table import CHECKS

__all__ = ["GENERAL", "WrongAnswers", "diagnosed", "expected", "is_wrong", "same"]

#: What an error, or the reason for a stop, shows in whichever check it occurs.
_ERRORS = {
    "unhashable": "equality", "RecursionError": "calls-itself", "to an end": "does-not-end",
    "not asked": "does-not-end", "memory": "memory", "ends the process": "ends-the-program",
    "SystemExit": "ends-the-program",
}  # fmt: skip

#: What an error shows where no number stands in the program: one stands in the engine then, as in
#: ``-1 * self``.
_WITH_NUMBERS = {
    r"'(int|float)' object has no attribute": "number-on-the-right",
    r"operand type\(s\) for .+: '(int|float)' and '(?!NoneType)[A-Z]": "number-on-the-left",
}

#: Misconceptions that say little, so that each time they may be about something else.
GENERAL = {"wrong-result", "raises", "other"}

#: What one can live with for a while, as with most engines that are written along with the lecture:
#: it is named last, even if it was found before something that makes gradients wrong.
LATER = {"takes-anything", "reads-late"}


@dataclass
class WrongAnswers:
    """Wrong answers with one explanation.

    Attributes
    ----------
    misconception : Misconception
    checks : list of int
        The wrong answers that show it, the smallest program first.
    others : list of int
        Wrong answers that come of it.
    """

    misconception: Misconception
    checks: list[int]
    others: list[int] = field(default_factory=list)


@cache
def expected() -> tuple[tuple[float, ...], ...]:
    """Answer all checks rightly."""
    names = {field: usual[0] for field, usual in child.USUAL.items()}
    return tuple(tuple(child.ask(Value, names, check.task)["numbers"]) for check in CHECKS)


def same(x: float, y: float) -> bool:
    """Tell whether two numbers are the same, but for rounding."""
    return math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9) or (x != x and y != y)


def is_wrong(i: int, outcome: Outcome) -> bool:
    """Tell whether an answer is wrong; what is missing is not."""
    if outcome.kind == NUMBERS:
        return not all(map(same, outcome.numbers, expected()[i]))
    return outcome.kind == STOPPED or (outcome.kind == RAISED and not CHECKS[i].optional)


def shown(i: int, outcome: Outcome) -> str:
    """Name the misconception that a wrong answer shows by itself."""
    check = CHECKS[i]
    if outcome.kind == NUMBERS:
        for key, id in check.otherwise.items():
            if _is_numbers(key, outcome.numbers):
                return id
        if check.id.endswith("-rule") and _result_is_wrong(i, outcome):
            return "wrong-result"
        return check.id
    if outcome.kind == STOPPED and "stopped" in check.otherwise:
        return check.otherwise["stopped"]
    for errors in (check.otherwise, _ERRORS):
        for key, id in errors.items():
            if key in outcome.words:
                return id
    beside = (id for key, id in _WITH_NUMBERS.items() if re.search(key, outcome.words))
    return check.otherwise.get("raised") or next(beside, "raises")


def _result_is_wrong(i: int, outcome: Outcome) -> bool:
    """Tell whether the forward pass is wrong already, so that nothing is said about a rule."""
    return any(
        text.endswith(".data") and not same(x, y)
        for text, x, y in zip(CHECKS[i].reads, outcome.numbers, expected()[i], strict=True)
    )


def _is_numbers(key: str, numbers: Sequence[float]) -> bool:
    try:
        wanted = [float(word) for word in key.split()]
    except ValueError:
        return False
    return len(wanted) == len(numbers) and all(map(same, wanted, numbers))


def diagnosed(outcomes: Sequence[Outcome]) -> list[WrongAnswers]:
    """Explain wrong answers, by as few misconceptions as possible.

    The first wrong answer names a misconception. Later ones are put down to it if they show the
    same, raise the same error, or make use of what it spoils; the next one that does not names
    another.
    """
    found: list[WrongAnswers] = []
    for i, outcome in enumerate(outcomes):
        if not is_wrong(i, outcome):
            continue
        id = shown(i, outcome)
        for finding in found:
            first = finding.checks[0]
            if finding.misconception.id == id and id not in GENERAL:
                finding.checks.append(i)
                break
            if _spoils(finding, CHECKS[i]) or (
                outcome.words and outcome.words == outcomes[first].words
            ):
                finding.others.append(i)
                break
        else:
            found.append(WrongAnswers(BY_ID[id], [i]))
    for finding in found:
        finding.checks.sort(key=lambda i: CHECKS[i].program.count("\n"))
    return sorted(found, key=lambda finding: finding.misconception.id in LATER)


def _spoils(finding: WrongAnswers, check: Check) -> bool:
    spoilt = finding.misconception.spoils or CHECKS[finding.checks[0]].operations
    return "*" in spoilt or not spoilt.isdisjoint(check.features)


def missing(outcomes: Sequence[Outcome]) -> list[str]:
    """List what an engine has not got yet, in the words of a program."""
    found: dict[str, None] = {}
    for check, outcome in zip(CHECKS, outcomes, strict=True):
        if outcome.kind == MISSING:
            found |= dict.fromkeys(_WORDS.get(need, need) for need in outcome.words.split())
        elif outcome.kind == RAISED and check.optional:
            found[check.name] = None
    return list(found)


_WORDS = {
    "__add__": "a + b", "__mul__": "a * b", "__sub__": "a - b", "__truediv__": "a / b",
    "__pow__": "a ** n", "__neg__": "-a", "prev": "the operands of a result",
}  # fmt: skip
