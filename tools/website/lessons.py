"""The pages of the lessons, written by performing them."""

from __future__ import annotations

import shutil
from pathlib import Path

from glassgrad.learn import answers, lessons
from glassgrad.learn.lessons import (
    Answered,
    Code,
    Exercise,
    Lesson,
    Misreading,
    Performance,
    Prediction,
    Prose,
    Ran,
)
from website.shown import as_html, as_svg, figure_of

#: Minutes: for so many words to read, for a piece of code, a prediction, an exercise.
WORDS, CODE, PREDICTION, EXERCISE = 160, 0.4, 0.7, 2.0


def write(folder: Path, notebooks: Path) -> None:
    """Perform all lessons, and write their pages."""
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir()
    for lesson in lessons.catalogue():
        name = _name(lesson)
        notebook = notebooks / f"{name}.ipynb"
        shutil.copy(notebook, folder)
        (folder / f"{name}.md").write_text(_Page(lesson, folder).text(), "utf-8")
    (folder / "index.md").write_text(_index(), "utf-8")


def _name(lesson: Lesson) -> str:
    return f"{lesson.number:02}-{lesson.slug}"


def _link(slug: str) -> str:
    lesson = lessons.find(slug)
    return f"[lesson {lesson.number} (*{lesson.title}*)]({_name(lesson)}.md)"


def minutes(lesson: Lesson) -> int:
    """Estimate how long a lesson takes: reading, and thinking about its questions."""
    words = sum(len(str(vars(piece)).split()) for piece in lesson.pieces)
    kinds = ((Code, CODE), (Prediction, PREDICTION), (Exercise, EXERCISE))
    return round(words / WORDS + sum(len(lesson.of_kind(kind)) * cost for kind, cost in kinds))


def _index() -> str:
    told = lessons.catalogue()
    listed = "\n".join(
        f"{lesson.number}. [{lesson.title}]({_name(lesson)}.md)\n\n"
        f"    {lesson.idea} *About {minutes(lesson)} minutes.*\n"
        for lesson in told
    )
    names = "\n".join(_name(lesson) for lesson in told)
    return (
        "# Lessons\n\n"
        "One idea each. Code is run, and every number in the text is computed by it; before a "
        "result you say what you expect, then you look. Each lesson is also a notebook, and "
        "`glassgrad learn` tells it in the terminal.\n\n"
        f'<div class="lessons">\n\n{listed}\n</div>\n\n'
        f"```{{toctree}}\n:hidden:\n\n{names}\n```\n"
    )


class _Page:
    """One page, piece by piece; what is drawn goes to files beside it."""

    def __init__(self, lesson: Lesson, folder: Path) -> None:
        self.lesson = lesson
        self.folder = folder
        self.files = 0
        self.exercises = 0
        self.predicted: list[str] = []  # answers, to be revealed with the result that follows

    def text(self) -> str:
        """Perform the lesson."""
        from matplotlib import pyplot

        told = len(lessons.catalogue())
        about = (
            f"Lesson {self.lesson.number} of {told} · about {minutes(self.lesson)} minutes · "
            f"[as a notebook]({_name(self.lesson)}.ipynb)"
        )
        parts = [
            f"# {self.lesson.number} {self.lesson.title}",
            _container("about", about),
            _container("idea", self.lesson.idea),
        ]
        parts += [self._piece(done) for done in Performance(self.lesson, _link)]
        pyplot.close("all")
        return "\n\n".join(parts) + "\n"

    def _piece(self, done: object) -> str:
        if isinstance(done, Ran):
            return self._ran(done)
        if isinstance(done, Answered):
            return self._asked(done)
        match getattr(done, "piece", None):
            case Prose(text):
                return text
            case Misreading(belief, truth):
                return _box("Often misread", "warning", f"**{belief}**", truth)
        raise TypeError(f"a page can't show {done!r}")

    def _ran(self, ran: Ran) -> str:
        code = f"```python\n{ran.piece.source}\n```"
        result = self._result(ran)
        if ran.missing:
            result += f"\n\n*Printed where {ran.missing} is installed.*"
        if not self.predicted:
            return f"{code}\n\n{result}"
        hidden, self.predicted = [result, *self.predicted], []
        return f"{code}\n\n{_folded('Run it', *hidden)}"

    def _result(self, ran: Ran) -> str:
        printed = ran.printed.rstrip()
        parts = [_output(printed)] if printed else []
        figure = figure_of(ran.shown)
        if figure is not None:
            name = self._file("-light.svg", as_svg(figure, "light"))
            self._file("-dark.svg", as_svg(figure, "dark"), again=True)
            parts.append(f"![What the code above draws]({name})")
        elif ran.shown is not None:
            html = as_html(ran.shown)
            if html:
                parts.append(f"```{{raw}} html\n:file: {self._file('.html', html)}\n```")
            else:
                parts.append(_output(repr(ran.shown)))
        return "\n\n".join(parts)

    def _file(self, suffix: str, text: str, again: bool = False) -> str:
        self.files += not again
        name = f"{_name(self.lesson)}-{self.files}{suffix}"
        (self.folder / name).write_text(text, "utf-8")
        return name

    def _asked(self, done: Answered) -> str:
        piece = done.piece
        question = piece.question
        if piece.choices:
            listed = "\n".join(f"1. {choice}" for choice in piece.choices)
            question += "\n\n" + _container("choices", listed)
        answer = _said(done)
        if isinstance(piece, Prediction):
            self.predicted.append(f"{answer} {piece.why}")
            return _box("Predict", "predict", question)
        self.exercises += 1
        return _box(
            f"Exercise {self.exercises}", "exercise", question, _field(done),
            _folded("A hint", piece.hint), _folded("The solution", f"{answer} {piece.solution}"),
        )  # fmt: skip


def _output(text: str) -> str:
    fence = "`" * 6
    return f"{fence}{{code-block}} text\n:class: output\n\n{text}\n{fence}"


def _container(kind: str, text: str) -> str:
    return f":::{{container}} {kind}\n{text}\n:::"


def _box(title: str, kind: str, *texts: str) -> str:
    inside = "\n\n".join(texts)
    return f":::::{{admonition}} {title}\n:class: {kind}\n{inside}\n:::::"


def _said(done: Answered) -> str:
    if isinstance(done.answer, str):
        index = done.piece.choices.index(done.answer)
        return f"**Answer {answers.letter(index)}:** {done.answer}."
    return f"**Answer: {format(done.answer, '.6g').replace('-', '−')}.**"


def _field(done: Answered) -> str:
    """Write what an answer is given in; the script of the pages checks it."""
    if isinstance(done.answer, str):
        index = done.piece.choices.index(done.answer)
        asked = "".join(
            f'<label><input type="radio" name="answer" value="{i}"> {answers.letter(i)}</label>'
            for i in range(len(done.piece.choices))
        )
        data = f'data-choice="{index}"'
    else:
        asked = (
            '<label>Your answer <input name="answer" inputmode="text" autocomplete="off" '
            'spellcheck="false" size="12"></label>'
        )
        data = (
            f'data-number="{done.answer!r}" data-relative="{answers.RELATIVE}" '
            f'data-absolute="{answers.ABSOLUTE}"'
        )
    return (
        f'<form class="check" {data} hidden>{asked} <button>Check</button> '
        '<output aria-live="polite"></output></form>'
    )


def _folded(summary: str, *texts: str) -> str:
    """Fold what is not to be seen before the reader asks for it; this needs no script."""
    return "\n\n".join([f"<details><summary>{summary}</summary>", *texts, "</details>"])
