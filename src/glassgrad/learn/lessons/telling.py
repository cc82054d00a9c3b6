"""A lesson in the terminal: predict, then see; each piece when the reader asks for it."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassgrad.errors import GlassgradError
from glassgrad.learn.answers import agrees, letter, number
from glassgrad.learn.lessons.performing import Answered, Performance, Ran, Told
from glassgrad.learn.lessons.reading import (
    Code,
    Exercise,
    Lesson,
    Misreading,
    Prediction,
    Prose,
    Question,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.markdown import Markdown

__all__ = ["Teller"]

#: The terminal's own colours, without a background: right in light ones and in dark ones.
COLOURS = "ansi_light"


class Teller:
    """Tells a lesson on a console.

    Parameters
    ----------
    lesson : Lesson
        What is told.
    reference : callable
        Names another lesson, given its slug.
    console : rich.console.Console
        What it is written on.
    ask : callable or None
        Asks for a line, given a prompt; None where nobody answers: all is told in one go then,
        answers and solutions included.
    """

    def __init__(
        self, lesson: Lesson, reference: Callable[[str], str], console: Console,
        ask: Callable[[str], str] | None,
    ) -> None:  # fmt: skip
        self._lesson = lesson
        self._performance = Performance(lesson, reference)
        self._console = console
        self._ask = ask
        self._ran = 0
        self._waiting: list[tuple[Prediction, str]] = []

    def tell(self, start: int, reached: Callable[[int], None]) -> None:
        """Tell the lesson from a piece on; `reached` hears how many pieces have been seen.

        Raises
        ------
        EOFError
            When the reader stops here, to go on another time.
        """
        for piece in self._lesson.pieces[:start]:
            if isinstance(piece, Code):  # what comes later needs its names
                self._run(piece)
        self._console.rule(f"{self._lesson.number}  {self._lesson.title}")
        if start == 0:
            self._say(f"*{self._lesson.idea}*")
        else:
            again = f"glassgrad learn {self._lesson.slug} --again"
            self._say(f"*On from where you stopped. To begin anew:* `{again}`")
        for i, piece in enumerate(self._lesson.pieces[start:], start):
            match piece:
                case Code():
                    ran = self._run(piece)
                    self._show(ran)
                    reached(i + 1)
                    self._wait(ran.shown)
                case Prediction():
                    self._predict(piece)
                case Exercise():
                    self._exercise(piece)
                    reached(i + 1)
                case Prose() | Misreading():
                    self._tell(self._performance.told(piece))

    def _run(self, piece: Code) -> Ran:
        self._ran += 1
        return self._performance.run(piece, self._ran)

    def _say(self, markdown: str) -> None:
        self._console.print(_read(markdown))
        self._console.print()

    def _tell(self, told: Told | Answered) -> None:
        from rich.panel import Panel

        if isinstance(told.piece, Misreading):
            self._console.print(
                Panel(
                    _read(f"**{told.piece.belief}**\n\n{told.piece.truth}"),
                    title="often misread", border_style="yellow",
                )
            )  # fmt: skip
            self._console.print()
        elif isinstance(told.piece, Prose):
            self._say(told.piece.text)

    def _show(self, ran: Ran) -> None:
        from rich.padding import Padding
        from rich.syntax import Syntax

        code = Syntax(  # a line too long for the terminal goes on in the next, and isn't cut
            ran.piece.source, "python", theme=COLOURS, background_color="default", word_wrap=True
        )
        self._console.print(Padding(code, (0, 0, 0, 2)))
        self._console.print()
        if ran.missing:
            self._say(f"*This needs {ran.missing}, which is not installed.*")
        picture = _figure(ran.shown)
        shown = "" if ran.shown is None or picture is not None else _text(ran.shown)
        for text in (ran.printed, shown):
            if text:
                self._console.print(text.rstrip(), markup=False, highlight=False, soft_wrap=True)
                self._console.print()
        if picture is not None and self._ask is None:
            self._say("*(a picture)*")
        for prediction, given in self._waiting:
            self._reveal(self._performance.answered(prediction), given)
        self._waiting = []

    def _wait(self, shown: Any) -> None:
        opens = _figure(shown) is not None or hasattr(shown, "save")
        see = "o: see the picture, " if opens else ""
        while self._line(f"[Enter: go on, {see}q: stop] ") == "o" and opens:
            _open(shown)
        self._console.print()

    def _line(self, prompt: str) -> str:
        given = "" if self._ask is None else self._ask(prompt).strip()
        if given.lower() == "q":
            raise EOFError
        return given

    def _predict(self, piece: Prediction) -> None:
        asked = self._performance.question(piece)
        self._say(f"**Predict.** {asked.question}{_choices(asked)}")
        self._waiting.append((piece, self._answer(asked, "Your prediction (Enter: none): ")))
        if self._ask is not None:
            self._console.print()

    def _answer(self, question: Question, prompt: str) -> str:
        """Ask until something comes that can be an answer; "" where none is given."""
        while self._ask is not None:
            given = self._line(prompt)
            if given in ("", "?"):
                return given
            try:
                _right(question, given, 0.0 if not question.choices else question.choices[0])
            except GlassgradError as error:
                self._say(str(error))
            else:
                return given
        return ""

    def _reveal(self, answered: Answered, given: str) -> None:
        answer = _written(answered.answer)
        if given and given != "?":
            right = _right(answered.piece, given, answered.answer)
            verdict = "As you predicted: " if right else f"Not {given}, but: "
        else:
            verdict = "The answer: "
        why = answered.piece.why if isinstance(answered.piece, Prediction) else ""
        self._say(f"{verdict}**{answer}**. {why}")

    def _exercise(self, piece: Exercise) -> None:
        told = self._performance.answered(piece)
        exercise = told.piece
        assert isinstance(exercise, Exercise)
        self._console.rule("exercise")
        self._say(exercise.question + _choices(exercise))
        while self._ask is not None:
            given = self._answer(exercise, "Your answer (?: a hint, Enter: the solution): ")
            if given == "?":
                self._say(f"*{exercise.hint}*")
            elif not given:
                break
            elif _right(exercise, given, told.answer):
                self._say("**Right.**")
                break
            else:
                self._say(f"Not {given}. Once more?")
        self._say(f"**{_written(told.answer)}**. {exercise.solution}")


def _read(markdown: str) -> Markdown:
    from rich.markdown import Markdown

    return Markdown(markdown, code_theme=COLOURS)


def _choices(question: Question) -> str:
    lines = [f"{letter(i)}) {choice}" for i, choice in enumerate(question.choices)]
    return "\n\n" + "  \n".join(lines)  # two spaces before the end keep a line a line


def _right(question: Question, given: str, answer: float | str) -> bool:
    if not question.choices:
        return agrees(number(given), float(answer))
    letters = [letter(i) for i in range(len(question.choices))]
    if given.lower() not in letters:
        raise GlassgradError(f"{given!r} is none of the choices: type {', '.join(letters)}")
    return question.choices[letters.index(given.lower())] == answer


def _written(answer: float | str) -> str:
    return answer if isinstance(answer, str) else f"{answer:.6g}".replace("-", "−")


def _text(shown: Any) -> str:
    return str(shown.text()) if callable(getattr(shown, "text", None)) else repr(shown)


def _figure(shown: Any) -> Any:
    """Find the matplotlib figure of what is shown, if it is one, or axes of one."""
    figure = shown if hasattr(shown, "savefig") else getattr(shown, "figure", None)
    return figure if hasattr(figure, "savefig") else None


def _open(shown: Any) -> None:
    """Open a picture with what the system opens pages with."""
    folder = Path(tempfile.mkdtemp(prefix="glassgrad-"))
    figure = _figure(shown)
    path = folder / ("picture.html" if figure is None else "picture.svg")
    if figure is None:
        shown.save(path)
    else:
        figure.savefig(path)
    webbrowser.open(path.as_uri())
