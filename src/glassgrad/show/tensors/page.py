"""A page with a tensor program: its lines, and beside the chosen one its scalars."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from math import isfinite

from glassgrad.jitting.tensors.arrays import Array
from glassgrad.jitting.tensors.lines import Line, shape_text
from glassgrad.jitting.tensors.listing import scalar_rows
from glassgrad.jitting.tensors.presenting import TensorProgram
from glassgrad.show.document import document, resource
from glassgrad.show.numbers import number
from glassgrad.show.tensors.scalars import Grid, Sample, Scalars
from glassgrad.show.theme import Theme

#: How large a cell of a grid is, and how far apart two are.
_CELL, _PITCH = 14, 16
_MOST_RESULTS = 8
_LEGEND = (
    '<p class="legend faint">blue above 0, orange below, the stronger the larger; '
    "choose a number with a frame</p>\n"
)


def page(program: TensorProgram, theme: Theme = "auto") -> str:
    """Write the page."""
    style = resource("glassgrad.show.tensors", "tensors.css")
    if program.why_not:
        body = (
            f"<main>\n<h1>{escape(program.name)}</h1>\n"
            f'<p class="lede">No tensors: {escape(program.why_not)}.</p>\n</main>\n'
        )
        return document(program.name, body, style=style, script=None, theme=theme)
    lines, scalars = program.lines, Scalars(program)
    total = sum(line.count for line in lines)
    written = Words(program)
    largest = max(line.count for line in lines)
    items = "".join(
        _item(k, line, largest, written, scalars) for k, line in enumerate(lines)
    )
    remarks = "".join(f'<p class="faint">{escape(text)}</p>\n' for text in scalar_rows(program))
    lines_word = "line" if len(lines) == 1 else "lines"
    body = (
        f"<main>\n<h1>{escape(program.name)}</h1>\n"
        f'<p class="lede">{total:,} scalar operations in {len(lines)} {lines_word}. '
        "Choose a line to see the numbers it stands for.</p>\n"
        f"{_given(program)}"
        f'<ol class="lines">\n{items}</ol>\n'
        f'<p class="returned"><code>return {written.coloured(_returned(program))}</code></p>\n'
        f"{remarks}</main>\n"
    )
    script = resource("glassgrad.show.tensors", "tensors.js")
    return document(program.name, body, style=style, script=script, theme=theme)


class Words:
    """Colours the names in formulas by what they are: inputs, parameters, results."""

    def __init__(self, program: TensorProgram) -> None:
        wholes, parts = program.given
        first = program.first_external
        self.kinds = {
            array.name: "input" if array.base < first else "parameter"
            for array in [*wholes, *parts]
        }
        self.kinds |= {result.partition("[")[0]: "output" for result in program.results}

    def coloured(self, text: str) -> str:
        """Write a formula as HTML."""
        return re.sub(r"[^\W\d]\w*", self._marked, escape(text, quote=False))

    def _marked(self, found: re.Match[str]) -> str:
        kind = self.kinds.get(found[0])
        return f'<span class="{kind}">{found[0]}</span>' if kind else found[0]


def _given(program: TensorProgram) -> str:
    """Write what the program is given: a chip for each array, by what holds it."""
    rows = []
    groups = groupby(program.given[1], key=lambda part: part.path.rpartition(".")[0])
    for holder, parts in groups:
        chips = "".join(_chip(part, program) for part in parts)
        where = f'<span class="faint">{escape(holder)}</span>' if holder else ""
        rows.append(f'<div class="row">{chips}{where}</div>\n')
    return f'<section class="given" aria-label="Given">\n{"".join(rows)}</section>\n'


def _chip(part: Array, program: TensorProgram) -> str:
    kind = "input" if part.base < program.first_external else "parameter"
    return (
        f'<span class="chip {kind}" title="{escape(part.path)}"><b>{escape(part.name)}</b> '
        f"{shape_text(part.dims)}</span>"
    )


def _item(k: int, line: Line, largest: int, words: Words, scalars: Scalars) -> str:
    """Write a line, and what shows when it is chosen."""
    name, _, formula = line.text.partition(" = ")
    formula, _, loop = formula.partition("  for ")
    repeats = f' <span class="faint">for {escape(loop)}</span>' if loop else ""
    share = max(1.0, 100 * line.count / largest)
    scalar = "scalar" if line.count == 1 else "scalars"
    return (
        f'<li>\n<button class="line" aria-expanded="false" aria-controls="scalars-{k}">'
        f'<code><b>{words.coloured(name)}</b> = {words.coloured(formula)}{repeats}</code>'
        f'<span class="size">{line.shape} '
        f'<span class="faint">← {line.count:,} {scalar}</span></span>'
        f'<span class="share" style="width:{share:.3g}%"></span></button>\n'
        f'<section class="scalars" id="scalars-{k}" hidden>\n{_scalars(line, words, scalars)}'
        "</section>\n</li>\n"
    )


def _returned(program: TensorProgram) -> str:
    more = ", …" if len(program.results) > _MOST_RESULTS else ""
    return ", ".join(program.results[:_MOST_RESULTS]) + more


def _scalars(line: Line, words: Words, scalars: Scalars) -> str:
    grids = scalars.grids(line)
    count = sum(piece.out.count if piece.at is None else 1 for piece in line.pieces)
    if line.pieces[0].at is not None:
        rows = len(line.pieces)
        count = rows * line.pieces[0].out.count // line.pieces[0].out.dims[0]
    each = line.count / count
    numbers = "One number" if count == 1 else f"{count:,} numbers"
    per = f"{each:,.0f}" if each == int(each) else f"about {each:,.1f}"
    operations = "operation" if each == 1 else "operations"
    rest = len(line.pieces) - len(grids) if len(grids) > 1 else 0
    more = f'<p class="faint">… and {rest} more</p>' if rest > 0 else ""
    drawn = "".join(_grid(k, grid) for k, grid in enumerate(grids))
    samples = "".join(
        _sample(f"{k}-{i}", sample, words, hidden=bool(k or i))
        for k, grid in enumerate(grids) for i, sample in enumerate(grid.samples)
    )
    return (
        f"<p>{numbers}, {'' if count == 1 else 'each '}from {per} scalar {operations}.</p>\n"
        f'<div class="grids">{drawn}</div>\n{more}'
        f"{_LEGEND if count > 1 else ''}"
        f'<div class="samples" aria-live="polite">{samples}</div>\n'
    )


def _grid(k: int, grid: Grid) -> str:
    """Draw a tensor: cells tinted by their numbers, those with a ring can be chosen."""
    rows, columns = len(grid.values), len(grid.values[0])
    finite = [abs(x) for row in grid.values for x in row if isfinite(x)]
    largest = max(finite, default=0.0) or 1.0
    chosen = {(s.row, s.column): f"{k}-{i}" for i, s in enumerate(grid.samples)}
    cells = []
    for r, values in enumerate(grid.values):
        for c, x in enumerate(values):
            place = f'x="{c * _PITCH + 2}" y="{r * _PITCH + 2}" width="{_CELL}" height="{_CELL}"'
            tint = _tint(x, largest)
            if (r, c) in chosen:
                first = " on" if chosen[r, c] == "0-0" else ""
                cells.append(
                    f'<g class="cell sampled{first}" role="button" tabindex="0" '
                    f'data-sample="{chosen[r, c]}" aria-label="row {r}, column {c}: {number(x)}">'
                    f"<rect {place} {tint}/></g>"
                )
            else:
                cells.append(f"<rect {place} {tint}/>")
    width, height = columns * _PITCH + 4, rows * _PITCH + 4
    shape = shape_text(grid.dims)
    cut = rows * columns < _count(grid.dims)
    note = f"{shape}, of which {rows} × {columns} are shown" if cut else shape
    return (
        f'<figure><svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="group" aria-label="{note}">{"".join(cells)}</svg>'
        f'<figcaption class="faint">{note}</figcaption></figure>'
    )


def _tint(x: float, largest: float) -> str:
    if not isfinite(x):
        return 'class="nonfinite"'
    if x == 0.0:
        return 'class="zero"'
    side = "positive" if x > 0 else "negative"
    return f'class="{side}" fill-opacity="{0.12 + 0.88 * abs(x) / largest:.2f}"'


def _count(dims: tuple[int, ...]) -> int:
    found = 1
    for n in dims:
        found *= n
    return found


def _sample(key: str, sample: Sample, words: Words, hidden: bool) -> str:
    """Write how one number came about, in names and in numbers."""
    return (
        f'<div class="sample" data-sample="{key}"{" hidden" if hidden else ""}>'
        f"<code><b>{words.coloured(sample.name)}</b></code>"
        f"<code>= {words.coloured(sample.formula)}</code>"
        f'<code class="faint">= {escape(sample.numbers)}</code>'
        f"<code>= <b>{number(sample.value)}</b></code></div>\n"
    )
