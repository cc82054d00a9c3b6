"""A sheet of exercises to print, and its key: pages that need nothing but themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from glassgrad.engine import Value
from glassgrad.errors import GlassgradError
from glassgrad.explaining.html import article, derivation_style
from glassgrad.learn.exercises.judging import Choice, Number
from glassgrad.learn.exercises.task import Code, Part, Task, Worked
from glassgrad.saving import write_whole
from glassgrad.show.document import document, resource
from glassgrad.show.drawing import Drawing, draw


def write(tasks: Sequence[Task], path: Path) -> tuple[Path, Path]:
    """Write the sheet, and beside it the key.

    Parameters
    ----------
    tasks : sequence of Task
        What is asked.
    path : Path
        Such as ``out.html``; the key is ``out-key.html`` then.

    Returns
    -------
    tuple of Path
        Sheet and key.

    Raises
    ------
    GlassgradError
        If the name does not end in .html, or a folder stands where a file is to be.
    OSError
        If a file can't be written.
    """
    if path.suffix.lower() != ".html":
        raise GlassgradError(f"{path}: a sheet is a page, so its name ends in .html")
    key = path.with_name(f"{path.stem}-key{path.suffix}")
    for file in (path, key):  # both or neither
        if file.is_dir():
            raise GlassgradError(f"{file} is a folder: choose another name for the sheet")
    write_whole(path, sheet(tasks).encode())
    write_whole(key, solutions(tasks).encode())
    return path, key


def sheet(tasks: Sequence[Task]) -> str:
    """Write the page with the tasks, a line for a name and space for work."""
    who = (
        '<p class="who"><span>Name <i class="rule"></i></span>'
        '<span>Date <i class="rule"></i></span></p>\n'
    )
    return _page("sheet", who, [[*_asked(task), *_room(task)] for task in tasks], tasks)


def solutions(tasks: Sequence[Task]) -> str:
    """Write the page with the answers, worked out."""
    return _page("key", "", [[*_asked(task), *_solved(task)] for task in tasks], tasks)


def _page(role: str, head: str, items: Sequence[Sequence[str]], tasks: Sequence[Task]) -> str:
    style = derivation_style() + resource("glassgrad.learn.exercises", "sheet.css")
    body = "".join(
        f'<li>\n<h2>{i}</h2>\n{"".join(item)}'
        f'<p class="seed faint">{escape(task.title)}</p>\n</li>\n'
        for i, (task, item) in enumerate(zip(tasks, items, strict=True), 1)
    )
    title = f"Exercises: {tasks[0].kind.replace('-', ' ')}{' (key)' if role == 'key' else ''}"
    made = f"glassgrad learn exercises {tasks[0].kind} --seed {tasks[0].seed} --count {len(tasks)}"
    return document(
        title,
        f"<main>\n<header><h1>{escape(title)}</h1>\n{head}</header>\n"
        f'<ol class="{role}">\n{body}</ol>\n'
        f'<footer class="faint"><code>{made}</code></footer>\n</main>\n',
        style=style, script=None,
    )  # fmt: skip


def _asked(task: Task) -> Iterator[str]:
    yield f"<p>{escape(task.question)}</p>\n"
    if task.program:
        yield f"<pre>{escape(task.shown_program)}</pre>\n"
    for answer in task.answers:
        if isinstance(answer, Choice) and not answer.by_line:
            options = (f"<li>{escape(text)}</li>" for text in answer.options.values())
            yield f'<ol class="options">{"".join(options)}</ol>\n'


def _room(task: Task) -> Iterator[str]:
    """Draw the graph without gradients, leave space, and a line for each answer."""
    if task.graph:
        yield _figure(task.graph())
    by_line = any(isinstance(answer, Choice) and answer.by_line for answer in task.answers)
    if not by_line:
        yield '<div class="work"></div>\n'
    blanks = "".join(map(_blank, task.answers))
    mended = '<span class="mended">mended: <i class="rule"></i></span>' if by_line else ""
    yield f'<p class="answers">{blanks}{mended}</p>\n'


def _blank(answer: Number | Choice) -> str:
    how = f' <small class="faint">{answer.how}</small>' if isinstance(answer, Number) else ""
    return f'<span>{escape(answer.name)} = <i class="rule"></i>{how}</span>'


def _solved(task: Task) -> Iterator[str]:
    """Write the answers, the graph with its gradients, and the way there."""
    right = (f"<span>{escape(a.name)} = <b>{escape(a.shown)}</b></span>" for a in task.answers)
    yield f'<p class="answers">{"".join(right)}</p>\n'
    if task.graph:
        root = task.graph()
        root.backward()
        yield _figure(root)
    yield from map(_part, task.parts())


def _figure(root: Value) -> str:
    drawing = draw(root)
    assert isinstance(drawing, Drawing)  # as it is of a Value
    return f"<figure>{drawing.inline()}</figure>\n"


def _part(part: Part) -> str:
    if isinstance(part, Code):
        return f"<pre>{escape(part.text)}</pre>\n"
    if isinstance(part, Worked):
        return article(part.title, part.sections, "h3", "h4")
    return f"<p>{escape(part)}</p>\n"
