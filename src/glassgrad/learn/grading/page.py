"""A grade as a page, without any script: it prints well."""

from __future__ import annotations

from html import escape

from glassgrad.learn.grading.diagnosis import WrongAnswers
from glassgrad.learn.grading.grading import Grade, Result
from glassgrad.learn.grading.words import others, summary
from glassgrad.show.document import document, resource

__all__ = ["fragment", "page"]


def page(grade: Grade) -> str:
    """Write one file that asks no network for anything."""
    return document(
        f"{grade.engine}: a grade", f"<main>\n{_body(grade, 'h1', 'h2')}</main>\n",
        style=_style(), script=None,
    )  # fmt: skip


def fragment(grade: Grade) -> str:
    """Write one element, to stand inside of a notebook."""
    return f'<div>\n<style>\n{_style()}</style>\n{_body(grade, "h3", "h4")}</div>\n'


def _style() -> str:
    return resource("glassgrad.learn.grading", "grade.css")


def _body(grade: Grade, head: str, below: str) -> str:
    parts = [f'<article class="gg-grade">\n<{head}>{escape(grade.engine)}</{head}>\n']
    if grade.refused:
        parts.append(f'<p class="gg-sum">It can’t be graded: {escape(grade.refused)}</p>\n')
        return "".join(parts) + "</article>\n"
    parts.append(f'<p class="gg-sum">{_count(grade)}</p>\n{_bar(grade)}')
    parts += (_finding(grade, finding, below) for finding in grade.findings)
    if grade.not_yet:
        parts.append(f'<section>\n<{below}>Not yet</{below}>\n<p class="gg-soft">'
                     f"{escape(', '.join(grade.not_yet))}</p>\n</section>\n")  # fmt: skip
    parts.append(f"<section>\n<{below}>All checks</{below}>\n<ol class=\"gg-all\">\n")
    parts += map(_row, grade.results)
    return "".join(parts) + "</ol>\n</section>\n</article>\n"


def _count(grade: Grade) -> str:
    if not grade:
        return escape(summary(grade))
    return f"Nothing is wrong: {escape(summary(grade))}"


def _bar(grade: Grade) -> str:
    """Draw the checks as a row of marks, in their order."""
    marks = "".join(f'<i class="{_kind(result)}"></i>' for result in grade.results)
    return f'<div class="gg-bar" role="img" aria-label="{escape(summary(grade))}">{marks}</div>\n'


def _kind(result: Result) -> str:
    return f"gg-{result.status.replace(' ', '-')}"


def _finding(grade: Grade, finding: WrongAnswers, below: str) -> str:
    about, first = finding.misconception, grade.results[finding.checks[0]]
    rows = "".join(
        f"<tr><th scope=row>{_code(read)}</th><td>{escape(wanted)}</td>"
        f"<td class=gg-wrong>{escape(got)}</td></tr>\n"
        for read, wanted, got in first.readings
    )
    allowed = ", allowed" if first.status == "allowed" else ""
    also = others(grade, finding)
    return (
        f"<section>\n<{below}>{_spoken(about.says)}</{below}>\n"
        f'<p class="gg-soft">{_code(about.id)}, lesson {about.lesson}: {about.slug}{allowed}</p>\n'
        f"<pre>{escape(first.program)}</pre>\n"
        "<table>\n<thead><tr><td></td><th>expected</th><th>got</th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n<p>Hint: {_spoken(about.hint)}</p>\n"
        + (f'<p class="gg-soft">Wrong with it: {escape(also)}.</p>\n' if also else "")
        + "</section>\n"
    )


def _row(result: Result) -> str:
    state = result.misconception or result.status
    return (
        f'<li class="{_kind(result)}"><span>{escape(result.check.name)}</span>'
        f"<span>{escape(state)}</span></li>\n"
    )


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _spoken(text: str) -> str:
    """Show what stands between backquotes as code."""
    pieces = text.split("`")
    return "".join(_code(p) if k % 2 else escape(p) for k, p in enumerate(pieces))
