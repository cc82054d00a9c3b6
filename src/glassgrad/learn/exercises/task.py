"""A task: what is asked, what is right, what usually goes wrong, and how it is worked out."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from glassgrad.engine import Value
from glassgrad.explaining.derivation import WIDTH
from glassgrad.explaining.sections import Section
from glassgrad.explaining.text import text
from glassgrad.learn.exercises.judging import Choice, Number, Verdict, judged


class Code(NamedTuple):
    """Lines of a program."""

    text: str


class Worked(NamedTuple):
    """Sections of a derivation by `gg.explain`."""

    title: str
    sections: tuple[Section, ...]


#: What a worked solution consists of: sentences, programs, derivations.
Part: TypeAlias = str | Code | Worked


@dataclass(frozen=True)
class Task:
    """A task; `make` makes it.

    Attributes
    ----------
    kind, seed : str, int
        What makes it again.
    question : str
        What is asked, in words.
    program : str
        The program that it is about; its lines are shown below the question.
    answers : tuple of Number or Choice
        What is right, one for each thing that is asked, with the usual wrong answers.
    hints : tuple of str
        From gentle to strong; none gives the answer.
    numbered : bool
        Whether the lines of the program have numbers.
    """

    question: str
    program: str
    answers: tuple[Number | Choice, ...]
    hints: tuple[str, ...]
    parts: Callable[[], Sequence[Part]]
    """Works out the solution, when it is asked for."""
    graph: Callable[[], Value] | None = None
    """Builds what can be drawn beside the question, if that helps."""
    numbered: bool = False
    kind: str = ""
    seed: int = 0

    @property
    def title(self) -> str:
        """The name by which the task is made again."""
        return f"{self.kind} {self.seed}"

    @property
    def shown_program(self) -> str:
        """The program as it is shown: its lines with numbers, where they are asked for."""
        if not self.numbered:
            return self.program
        lines = self.program.splitlines()
        return "\n".join(f"{i:>2}  {line}".rstrip() for i, line in enumerate(lines, 1))

    @property
    def asked(self) -> str:
        """What an answer consists of, and how exact it has to be: ``dL/da = ?  (exact)``."""
        return "   ".join(answer.asked for answer in self.answers)

    def check(self, answer: str | float | Sequence[float]) -> Verdict:
        """Judge an answer.

        Parameters
        ----------
        answer : str, number, or numbers
            As text ``"6, -4"``, ``"1/4"``, ``"1e-3"``, ``"b"``; or as numbers.

        Returns
        -------
        Verdict
            Whether it is right, and what is to be said to it.

        Raises
        ------
        AnswerError
            If it can't be read as an answer to what is asked.

        Examples
        --------
        >>> from glassgrad.learn.exercises import make
        >>> task = make("chain-rule", 7)
        >>> right = ", ".join(answer.shown for answer in task.answers)
        >>> task.check(right).right
        True
        """
        return judged(self.answers, answer)

    def solution(self, width: int = WIDTH) -> str:
        """Work the task out, as text in lines of that width."""
        return "\n\n".join(_written(part, width) for part in self.parts())

    def __str__(self) -> str:
        parts = [self.question]
        if self.program:
            parts.append(indented(self.shown_program))
        return "\n\n".join([*parts, self.asked])


def equations(*lines: str) -> Code:
    """Set lines of a computation below each other, with the signs that a derivation has."""
    return Code("\n".join(lines).replace("-", "−"))


def indented(program: str) -> str:
    """Set lines off from the text around them."""
    return "\n".join(f"    {line}".rstrip() for line in program.splitlines())


def _written(part: Part, width: int) -> str:
    if isinstance(part, Code):
        return indented(part.text)
    if isinstance(part, Worked):
        return text(part.title, part.sections, width)
    return textwrap.fill(part, width)
