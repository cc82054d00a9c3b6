"""A lesson as a Jupyter notebook: its code to be run by the reader, so without its results."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from glassgrad.learn.answers import letter
from glassgrad.learn.lessons import Answered, Exercise, Lesson, Misreading, Prediction, Prose, Ran
from glassgrad.learn.lessons.performing import Told

SET_UP = """\
# Where glassgrad is not installed yet, in Colab for example, take away the first # of the next
# line and run this cell; in place of the name the folder of a clone will do.
# %pip install "glassgrad[plot]"
"""


def notebook(lesson: Lesson, performed: Iterable[Told | Ran | Answered]) -> str:
    """Write the notebook of a lesson, from its pieces as they were performed."""
    cells = [
        _cell("markdown", f"# {lesson.number} {lesson.title}\n\n*{lesson.idea}*"),
        _cell("code", SET_UP.strip()),
        *map(_of, performed),
    ]
    for i, cell in enumerate(cells):
        cell["id"] = f"{lesson.slug}-{i}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}}
    cell["source"] = text.splitlines(keepends=True)
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _of(done: Told | Ran | Answered) -> dict[str, Any]:
    if isinstance(done, Ran):
        return _cell("code", done.piece.source)
    match done.piece:
        case Prose(text):
            return _cell("markdown", text)
        case Misreading(belief, truth):
            quoted = "\n".join(f"> {line}".rstrip() for line in truth.splitlines())
            return _cell("markdown", f"> **Often misread:** {belief}\n>\n{quoted}")
    assert isinstance(done, Answered)
    choices = "".join(f"\n- {letter(i)}) {text}" for i, text in enumerate(done.piece.choices))
    asked = f"{done.piece.question}\n{choices}\n"
    answer = done.answer if isinstance(done.answer, str) else f"{done.answer:.6g}"
    answer = f"**{answer.replace('-', '−') if not done.piece.choices else answer}.**"
    if isinstance(done.piece, Prediction):
        folded = _folded("The answer, when you have run the next cell", answer, done.piece.why)
        return _cell("markdown", f"**Predict.** {asked}\n{folded}")
    assert isinstance(done.piece, Exercise)
    hint = _folded("A hint", done.piece.hint)
    solution = _folded("The solution", answer, done.piece.solution)
    return _cell("markdown", f"**Exercise.** {asked}\n{hint}\n{solution}")


def _folded(summary: str, *texts: str) -> str:
    # The empty lines make notebooks and forges read what is folded as Markdown.
    return f"<details><summary>{summary}</summary>\n\n{' '.join(texts)}\n\n</details>\n"
