"""A derivation as a page: HTML with MathML, without any script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from glassgrad.explaining.mathml import MathML
from glassgrad.explaining.sections import Equation, Line, Section, Sentence, is_rounded, signs
from glassgrad.explaining.text import chained
from glassgrad.expr import operands_first
from glassgrad.show.document import document, resource


def page(title: str, sections: Sequence[Section]) -> str:
    """Write one file that asks no network for anything."""
    body = f"<main>\n{article(title, sections, 'h1', 'h2')}</main>\n"
    return document(title, body, style=derivation_style(), script=None)


def fragment(title: str, sections: Sequence[Section]) -> str:
    """Write one element, to stand inside of a notebook."""
    body = article(title, sections, "h3", "h4")
    return f'<div class="gg-derivation">\n<style>\n{derivation_style()}</style>\n{body}</div>\n'


def derivation_style() -> str:
    """Read the style sheet."""
    return resource("glassgrad.explaining", "derivation.css")


def article(title: str, sections: Sequence[Section], head: str, below: str) -> str:
    """Write sections as an element of a page that has `derivation_style`."""
    parts = [f"<{head}>{_shown(title)}</{head}>\n"]
    for section in sections:
        parts.append(f"<section>\n<{below}>{_shown(section.title)}</{below}>\n")
        parts += map(_line, section.lines)
        parts.append("</section>\n")
    return f'<article class="gg-steps">\n{"".join(parts)}</article>\n'


def _line(line: Line) -> str:
    if isinstance(line, Sentence):
        return f"<p>{_shown(line.text)}</p>\n"
    notation = MathML()
    first, *others = line.parts
    parts = [] if line.continued else [_math(notation.written(first))]
    for part, sign in zip(others, signs(line), strict=True):
        parts.append(_math(f'<mo form="infix">{sign}</mo>{notation.written(part)}'))
    reason = f' <span class="gg-reason">{_shown(line.reason)}</span>' if line.reason else ""
    exact = _exact(line)
    title = f' title="{escape(exact)}"' if exact else ""
    said = escape(" ".join(chained(line)))
    return (
        f'<div class="gg-equation{" gg-continued" if line.continued else ""}"{title}>'
        f'<span role="math" aria-label="{said}">{" ".join(parts)}</span>{reason}</div>\n'
    )


def _math(content: str) -> str:
    return f'<math displaystyle="true">{content}</math>'


def _exact(line: Equation) -> str:
    """List the numbers of an equation that are shown rounded, with all of their digits."""
    rounded = [e for part in line.parts for e in operands_first(part) if is_rounded(e)]
    return ", ".join(dict.fromkeys(repr(e.value) for e in rounded))


def _shown(text: str) -> str:
    return escape("".join(c if c.isprintable() else " " for c in text))
