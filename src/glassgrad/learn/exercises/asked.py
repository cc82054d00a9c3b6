"""Tasks that ask for gradients of a program: the answers, and the hints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from glassgrad.engine import Value
from glassgrad.learn.exercises.judging import EXACT, Number
from glassgrad.learn.exercises.programs import Program, Step, route_text, routes
from glassgrad.learn.exercises.slips import slips
from glassgrad.learn.exercises.task import Task

#: Local derivatives in symbols: of operands a and b and the result y.
_SYMBOLS: dict[str, tuple[str, ...]] = {
    "+": ("1", "1"), "-": ("1", "−1"), "*": ("{b}", "{a}"), "/": ("1/{b}", "−{a}/{b}²"),
    "**2": ("2·{a}",), "**3": ("3·{a}²",), "tanh": ("1 − {y}²",), "exp": ("{y}",),
    "log": ("1/{a}",), "sigmoid": ("{y}·(1 − {y})",), "ReLU": ("1, for {a} is above 0",),
}  # fmt: skip


def gradients(
    program: Program, wanted: Sequence[str], question: str, first_hint: str,
    *, tolerance: float = EXACT,
) -> Task:  # fmt: skip
    """Ask for the gradients of some values of a program."""
    named = program.run()
    root = named[program.output]
    answers = tuple(
        Number(f"d{program.output}/d{name}", named[name].grad, tuple(slips(root, named[name])),
               tolerance)
        for name in wanted
    )  # fmt: skip
    return Task(
        question, program.text, answers,
        (first_hint, _routes_hint(root, named, wanted), _symbols_hint(root, named, wanted)),
        parts=lambda: program.explained(*wanted),
        graph=program.before,
    )  # fmt: skip


def asks(wanted: Sequence[str], output: str) -> str:
    """Ask for derivatives: "What are dL/da and dL/db?"."""
    names = " and ".join(f"d{output}/d{name}" for name in wanted)
    return f"What {'are' if len(wanted) > 1 else 'is'} {names}?"


def _routes_hint(root: Value, named: dict[str, Value], wanted: Sequence[str]) -> str:
    found = [route_text(way, name) for name in wanted for way in routes(root, named[name])]
    return f"The routes: {'; '.join(dict.fromkeys(found))}."


def _symbols_hint(root: Value, named: dict[str, Value], wanted: Sequence[str]) -> str:
    steps: dict[str, None] = {}
    for name in wanted:
        for way in routes(root, named[name]):
            steps |= dict.fromkeys(map(_symbols, way))
    return f"The local derivatives: {', '.join(steps)}."


def _symbols(step: Step) -> str:
    """Write a local derivative: de/da = b."""
    names = [operand.label for operand in step.node._prev]
    said = _SYMBOLS[step.node._op][step.position].format(
        a=names[0], b=names[-1], y=step.node.label
    )
    return f"d{step.node.label}/d{names[step.position]} = {said}"


def drawn(tries: Callable[[], Task | None]) -> Task:
    """Draw until a task has no fault."""
    while True:
        task = tries()
        if task and all(a.is_sound for a in task.answers) and _differ(task):
            return task


def _differ(task: Task) -> bool:
    """Tell whether the several answers can't be mistaken for each other."""
    values = sorted(a.value for a in task.answers if isinstance(a, Number))
    return all(b - a > 0.02 for a, b in pairwise(values))
