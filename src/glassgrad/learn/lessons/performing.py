"""Performing a lesson: its code is run, and its prose filled with the numbers that come out."""

from __future__ import annotations

import ast
import io
import linecache
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from glassgrad.errors import GlassgradError
from glassgrad.learn.lessons.reading import (
    Code,
    Exercise,
    Lesson,
    Misreading,
    Piece,
    Prediction,
    Prose,
)

__all__ = ["Answered", "Performance", "Ran", "Told"]

_FIELD = re.compile(r"\{\{(.+?)\}\}")
_FORMAT = re.compile(r"(.+):([<>=^+\-#0, _]*\d*,?(?:\.\d+)?[a-zA-Z%]?)")
_LINK = re.compile(r"\[\[([a-z-]+)\]\]")


@dataclass(frozen=True)
class Told:
    """Prose, or a misreading, with its numbers."""

    piece: Prose | Misreading


@dataclass(frozen=True)
class Ran:
    """Code, what it printed, and what its last line was worth (None: nothing to show).

    `missing` names the package it needs where that is not installed; what is printed was then
    recorded where it is.
    """

    piece: Code
    printed: str
    shown: Any
    missing: str = ""


@dataclass(frozen=True)
class Answered:
    """A prediction or an exercise with its texts filled, and the answer as it came out."""

    piece: Prediction | Exercise
    answer: float | str


class Performance:
    """A lesson being performed: its pieces in order, each run when it is asked for.

    Parameters
    ----------
    lesson : Lesson
        What is performed.
    link : callable
        Writes a reference to another lesson, whose slug it is given, as Markdown.
    """

    def __init__(self, lesson: Lesson, link: Callable[[str], str]) -> None:
        self.lesson = lesson
        self._link = link
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def __iter__(self) -> Iterator[Told | Ran | Answered]:
        """Perform piece after piece; what a prediction needs to be answered comes after it."""
        waiting: list[Prediction] = []
        ran = 0
        for piece in self.lesson.pieces:
            if isinstance(piece, Code):
                ran += 1
                done = self.run(piece, ran)
                for prediction in waiting:
                    yield self.answered(prediction)
                waiting = []
                yield done
            elif isinstance(piece, Prediction):
                waiting.append(piece)
            else:
                yield self.told(piece)
        if waiting:
            raise GlassgradError(f"{self._where}: no code follows the last prediction")

    @property
    def _where(self) -> str:
        return f"lesson {self.lesson.number} ({self.lesson.slug})"

    def told(self, piece: Piece) -> Told | Answered:
        """Fill prose or an exercise with the numbers that have been computed so far."""
        if isinstance(piece, Prose):
            return Told(Prose(self.fill(piece.text)))
        if isinstance(piece, Misreading):
            return Told(Misreading(self.fill(piece.belief), self.fill(piece.truth)))
        assert isinstance(piece, Exercise)
        return self.answered(piece)

    def question(self, piece: Prediction) -> Prediction:
        """Fill the question of a prediction, whose answer is not known yet."""
        return replace(piece, question=self.fill(piece.question))

    def answered(self, piece: Prediction | Exercise) -> Answered:
        """Fill all texts of a question, and evaluate its answer."""
        answer = self.evaluate(piece.answer)
        if piece.choices:
            if answer not in piece.choices:
                raise GlassgradError(f"{self._where}: {answer!r} is none of {piece.choices}")
        else:
            answer = float(answer)
        filled: Prediction | Exercise
        if isinstance(piece, Prediction):
            filled = replace(piece, question=self.fill(piece.question), why=self.fill(piece.why))
        else:
            filled = replace(
                piece, question=self.fill(piece.question), hint=self.fill(piece.hint),
                solution=self.fill(piece.solution),
            )  # fmt: skip
        return Answered(filled, answer)

    def run(self, code: Code, number: int) -> Ran:
        """Run code in the lesson's own names, as a cell of a notebook would be run."""
        if code.needs and find_spec(code.needs) is None:
            return Ran(code, code.recorded, None, code.needs)
        name = f"<{self._where}, code {number}>"
        lines = code.source.splitlines(keepends=True)
        linecache.cache[name] = (len(code.source), None, lines, name)  # for tracebacks
        tree = ast.parse(code.source, name)
        last, value = tree.body[-1], None
        if isinstance(last, ast.Expr):
            tree.body.pop()
            value = ast.Expression(last.value)
        printed, shown = io.StringIO(), None
        with redirect_stdout(printed):
            exec(compile(tree, name, "exec"), self._names)
            if value is not None:
                shown = eval(compile(value, name, "eval"), self._names)
        _close_figures()
        return Ran(code, printed.getvalue(), shown)

    def evaluate(self, expression: str) -> Any:
        """Evaluate an expression with the lesson's names."""
        try:
            return eval(expression.strip(), self._names)
        except Exception as error:
            raise GlassgradError(f"{self._where}: {expression.strip()}: {error!r}") from error

    def fill(self, text: str) -> str:
        """Put numbers and references in their places."""
        filled = _FIELD.sub(lambda found: self._number(found[1].strip()), text)
        return _LINK.sub(lambda found: self._link(found[1]), filled)

    def _number(self, field: str) -> str:
        found = _FORMAT.fullmatch(field)
        value = self.evaluate(found[1] if found else field)
        written = format(value, found[2] if found else "" if isinstance(value, str) else ".6g")
        return written if isinstance(value, str) else written.replace("-", "−")


def _close_figures() -> None:
    """Let go of the figures that code has left open; what is shown can still be drawn."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
