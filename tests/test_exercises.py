"""Exercises: for thousands of seeds each key is found again without glassgrad, and nothing is odd.

`exercise_oracle` reads what a learner reads, and works it out with dual numbers and fractions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from itertools import pairwise
from math import isclose
from typing import Any

import pytest

from builds import amount, run_in
from exercise_bugs import claimed, mended, outcome, truth
from exercise_oracle import recomputed
from glassgrad.errors import GlassgradError
from glassgrad.learn.exercises import KINDS, make
from glassgrad.learn.exercises.judging import Choice, Number

SEEDS = amount(10_000, 500)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "find-the-bug"])
def test_every_key_is_found_again_and_no_task_is_degenerate(kind: str) -> None:
    seen = set()
    for seed in range(SEEDS):
        task = make(kind, seed)
        seen.add(task.question + task.program)
        for answer, found in zip(task.answers, recomputed(task), strict=True):
            if isinstance(answer, Choice):
                assert answer.shown == found, task
                assert len(set(answer.options.values())) == len(answer.options), task
            else:
                check_number(answer, float(found), str(task))
        check_hints(task)
    # Formulas are few, and so are the steps of one parameter: tasks recur there now and then.
    assert len(seen) > SEEDS * (0.5 if kind == "local-rules" else 0.85)


def check_number(answer: Number, found: float, task: str) -> None:
    assert isclose(answer.value, found, rel_tol=1e-9), task
    assert 0.0005 < abs(found) < 200, task
    shown = float(answer.shown)
    assert abs(shown - found) <= min(answer.tolerance, 0.005), task
    if answer.how == "exact":
        assert len(answer.shown) <= 9, task
    for mistake in answer.mistakes:
        assert abs(mistake.value - found) > 2 * answer.tolerance, (task, mistake)


def check_hints(task: Any) -> None:
    """See that no hint gives an answer away that the question does not show anyway."""
    assert 2 <= len(task.hints) <= 3
    shown = set(re.findall(r"-?[\d.]*\d", str(task))) | {"1", "2"}
    for hint in task.hints:
        for found in set(re.findall(r"-?[\d.]*\d", hint)) - shown:
            assert all(
                abs(float(found) - a.value) > 1e-6 for a in task.answers if isinstance(a, Number)
            ), (task, hint)


def test_every_bug_shows_and_the_mended_program_is_right() -> None:
    seen = set()
    for seed in range(SEEDS):
        task = make("find-the-bug", seed)
        seen.add(task.program)
        right = mended(task)
        is_there, after, should = outcome(task.program), outcome(right), truth(right)
        assert any(abs(a - b) > 0.01 for a, b in zip(is_there, should, strict=True)), task
        assert after == pytest.approx(should, abs=0.0051), task
        prints, wanted = claimed(task)
        assert list(map(float, prints)) == pytest.approx(is_there, abs=1e-9), task
        assert list(map(float, wanted)) == pytest.approx(after, abs=1e-9), task
        assert all(wanted)
    assert len(seen) > 0.95 * SEEDS


def test_a_bug_of_each_sort_occurs() -> None:
    found = " ".join(make("find-the-bug", seed).solution() for seed in range(400))
    said = " ".join(found.split())
    for what in (
        "this overwrites", "times the other operand, not times itself", "the sign is lost",
        "that comes in are multiplied, not added", "The pass begins with", "comes too late",
        "visited", "the order is to be reversed", "A set holds what is alike only once",
        "derivative of tanh is 1 − y²", "A step uphill", "gradients pile up", "not its gradient",
        "is made of the gradient, not of the number", "So small a nudge is lost", "not its number",
    ):  # fmt: skip
        assert what.lower() in said.lower(), what


#: What each kind asks in several forms: a form that is never sound would never be drawn.
FORMS = {
    "nudging": ("Find the slope", "change if .* raised", "change if .* lowered", "run twice",
                "After a backward pass"),
    "local-rules": (
        *(rf"grad is [\s\S]* = {operation}" for operation in (
            r"\w \* \w", r"\w \+ \w", r"\w - \w", r"\w / \w", r"\w\*\*2", r"\w\*\*3", "tanh",
            "exp", "sigmoid", "log",
        )),
        *(rf"Which [\s\S]* = {form}" for form in (
            r"-?[\d.]+ \* \w \* \w", r"\w / \w", r"\w\*\*[3-6]", r"\w\*\*-", "tanh", "exp",
            "sigmoid", "log",
        )),
    ),
    "chain-rule": (r"\*\*2", r" \* ", r" \+ ", " - ", "What is", "What are"),
    "reuse": (r"(\w) \* \1", "What is", "What are", r"(\w) is used twice[\s\S]* \1 = \w \S \w"),
    "neuron": ("tanh", "sigmoid", "relu", "3 inputs", "dL/dw", "do/dx", "/db"),
    "update-step": ("has left these gradients", "The model p", "forgot zero_grad", "loss do"),
    "find-the-bug": ("by hand", "engine", "fits a model", "both sides"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_of_a_kind_occurs(kind: str) -> None:
    shown = [str(make(kind, seed)) for seed in range(400)]
    for form in FORMS[kind]:
        assert sum(bool(re.search(form, text)) for text in shown) >= 3, form


def test_every_choice_is_right_now_and_then() -> None:
    for kind, labels in (("local-rules", "abcd"), ("update-step", "abc")):
        answers = [make(kind, seed).answers[0] for seed in range(600)]
        right = [answer.shown for answer in answers if isinstance(answer, Choice)]
        assert all(right.count(label) > 10 for label in labels)


@pytest.mark.parametrize("kind", KINDS)
def test_solutions_end_in_the_answers(kind: str) -> None:
    for seed in range(amount(60, 10)):
        task = make(kind, seed)
        solution = task.solution().replace("−", "-")
        for answer in task.answers:
            if isinstance(answer, Choice):
                assert re.search(rf"\b{answer.shown}\)|Line {answer.shown} ", solution), task
            elif answer.how == "exact":
                assert re.search(rf"= {re.escape(answer.shown)}(?![\d.]*\d)", solution), solution
            else:
                numbers = map(float, re.findall(r"[=≈] (-?[\d.]*\d)", solution))
                assert any(abs(x - answer.value) < 0.006 for x in numbers), solution


def test_a_seed_gives_the_same_task_in_every_process_and_build() -> None:
    code = (
        "import hashlib; from glassgrad.learn.exercises import KINDS, make\n"
        "for kind in KINDS:\n"
        "    text = ''.join(str(make(kind, s)) + make(kind, s).solution() for s in range(5))\n"
        "    print(hashlib.sha256(text.encode()).hexdigest())"
    )
    here = [
        hashlib.sha256(
            "".join(str(make(kind, s)) + make(kind, s).solution() for s in range(5)).encode()
        ).hexdigest()
        for kind in KINDS
    ]
    assert run_in("pure", "-c", code).split() == here


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: make("chain", 1), "no kind 'chain' of exercises: nudging, local-rules"),
        (lambda: make("reuse", -1), "from 0 on, not -1"),
        (lambda: make("reuse", 1.5), "from 0 on, not 1.5"),  # type: ignore[arg-type]
    ],
)
def test_what_can_not_be_made(wrong: Callable[[], object], says: str) -> None:
    with pytest.raises(GlassgradError, match=says):
        wrong()


@pytest.mark.parametrize("width", [60, 76, 88])
def test_a_long_row_does_not_push_the_reasons_of_the_others_below_them(width: int) -> None:
    for seed in range(40):
        rows = make("neuron", seed).solution(width).splitlines()
        for row, below in pairwise(rows):
            if re.fullmatch(r" {6}[a-zA-Z]+( rule|: the branch taken)", below):
                assert len(row) + 3 + len(below.strip()) > width, row
