"""Which misconceptions explain the wrong answers of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from glassgrad.engine import Value
from glassgrad.learn.grading.asking import MISSING, Names, Outcome, ask
from glassgrad.learn.grading.faults import engine
from glassgrad.learn.grading.misconceptions import MISCONCEPTIONS, Misconception
from glassgrad.learn.grading.probes import PROBES


@cache
def expected() -> tuple[Outcome, ...]:
    """Answer all probes rightly."""
    return tuple(ask(Value, probe, Names()) for probe in PROBES)


@cache
def shown_by(fault: str) -> tuple[Outcome, ...]:
    """Answer all probes with an engine that has a fault."""
    return tuple(ask(engine(fault), probe, Names()) for probe in PROBES)


def wrong(outcomes: Sequence[Outcome]) -> list[int]:
    """List the probes that were answered wrongly; what is missing is not wrong."""
    right = expected()
    return [
        i for i, outcome in enumerate(outcomes)
        if outcome.kind != MISSING and not outcome.agrees(right[i])
    ]  # fmt: skip


def diagnosed(outcomes: Sequence[Outcome]) -> list[tuple[Misconception | None, list[int]]]:
    """Explain wrong answers, by as few misconceptions as possible.

    Returns
    -------
    list of (Misconception or None, list of int)
        The probes that each explains, that which explains most comes first; None stands for those
        that nothing explains.
    """
    left = set(wrong(outcomes))
    answered = {i for i, outcome in enumerate(outcomes) if outcome.kind != MISSING}
    found: list[tuple[Misconception | None, list[int]]] = []
    while left:
        best, score, explained = None, 0.0, set[int]()
        for misconception in MISCONCEPTIONS:
            if any(misconception is one for one, _ in found):
                continue
            for fault in misconception.faults:
                answers = shown_by(fault)
                fails = answered & set(wrong(answers))
                alike = {i for i in left & fails if answers[i].agrees(outcomes[i])}
                # A wrong answer that it does not give counts as much as one that it does; one that
                # is wrong in both, but differently, a little.
                apart = len(fails - set(wrong(outcomes))) + 0.3 * len((fails & left) - alike)
                if alike and len(alike) - apart > score:
                    best, score, explained = misconception, len(alike) - apart, alike
        if best is None:
            found.append((None, sorted(left)))
            break
        found.append((best, sorted(explained)))
        left -= explained
    return found
