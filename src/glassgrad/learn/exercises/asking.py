"""Exercises in a terminal: pose one after another, hint, check, solve, and keep count."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Sequence

from glassgrad.errors import AnswerError
from glassgrad.explaining.derivation import WIDTH
from glassgrad.learn.exercises.task import Task, indented
from glassgrad.show.text.terminal import for_terminal

HELP = "Type the answer; ? for a hint, s for the solution, q to stop."
STOPS = (EOFError, KeyboardInterrupt)  # the end of what is typed, and Ctrl-C, stop as q does


def printed(tasks: Sequence[Task], solved: bool, say: Callable[[str], None]) -> None:
    """Print tasks, and their solutions if they are wanted; nothing is asked."""
    for place, task in enumerate(tasks):
        say(f"{'' if place == 0 else chr(10)}{shown(task)}")
        if solved:
            say(for_terminal(f"\nSolution\n\n{task.solution(_width())}"))


def session(tasks: Sequence[Task], ask: Callable[[str], str], say: Callable[[str], None]) -> None:
    """Pose tasks and check what is answered.

    Parameters
    ----------
    tasks : sequence of Task
        What is posed.
    ask : callable
        As `input`: it shows a prompt and returns what was typed; EOFError stops, and so
        does KeyboardInterrupt.
    say : callable
        As `print`.
    """
    say(HELP)
    score = asked = 0
    for place, task in enumerate(tasks, 1):
        say(f"\n{shown(task, f', {place} of {len(tasks)}' if len(tasks) > 1 else '')}")
        try:
            right = _posed(task, ask, say)
        except STOPS:
            say("")
            break
        asked += 1
        score += right
    if asked:
        say(f"\n{score} of {asked} right.")


def shown(task: Task, more: str = "") -> str:
    """Write a task for the terminal."""
    question = textwrap.fill(task.question, _width(), break_on_hyphens=False)
    parts = [f"{task.title}{more}", question]
    if task.program:
        parts.append(indented(task.shown_program))
    return for_terminal("\n\n".join([*parts, task.asked]))


def _width() -> int:
    if not sys.stdout.isatty():
        return WIDTH
    return max(40, min(WIDTH, shutil.get_terminal_size().columns))


def _posed(task: Task, ask: Callable[[str], str], say: Callable[[str], None]) -> bool:
    """Pose a task until it is answered rightly, or given up: then its solution is shown."""
    hints = list(task.hints)
    while True:
        typed = ask("> ").strip()
        command = typed.lower()
        if command == "q":
            raise EOFError
        if not command:  # no answer, but no reason to give the solution away either
            say(HELP)
            continue
        if command == "s":
            say(for_terminal(task.solution(_width())))
            return False
        if command == "?":
            said = hints.pop(0) if hints else "There are no more hints; s shows the solution."
            say(for_terminal(textwrap.fill(said, _width())))
            continue
        try:
            verdict = task.check(typed)
        except AnswerError as error:
            say(f"{error}.")
            continue
        for line in verdict.says:
            say(for_terminal(textwrap.fill(line, _width())))
        if verdict.right:
            return True
