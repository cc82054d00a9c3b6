"""A derivation as text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from glassgrad.explaining.sections import Equation, Line, Section, Sentence, digits, signs
from glassgrad.expr import NUMBER, SYMBOL, Expr, operands_first
from glassgrad.show.captions import bracketed
from glassgrad.show.formulas import formula

_INDENT = "  "
_CONTINUED = "    "
_GAP = 3  # between an equation and its reason


def text(title: str, sections: Sequence[Section], width: int) -> str:
    """Write all sections; lines are broken where they would be longer than the width."""
    blocks = [textwrap.fill(title, width)]
    for section in sections:
        heading = textwrap.fill(section.title, width)
        blocks.append("\n".join([heading, *_written(section.lines, width)]))
    return "\n\n".join(blocks)


def inline(e: Expr) -> str:
    """Write an expression in one line: (1 − o²) · f."""
    names = {}
    for part in operands_first(e):
        if part.op == NUMBER:
            names[part] = digits(part.number)
        elif part.op == SYMBOL:
            names[part] = bracketed(str(part.value))
        elif part.op == "words":
            names[part] = str(part.value)
    return formula(e, names)


def chained(line: Equation) -> list[str]:
    """Write an equation in pieces: "y", "= a · b", "= 6"; it may be broken between them."""
    first, *others = map(inline, line.parts)
    return [first, *(f"{sign} {part}" for sign, part in zip(signs(line), others, strict=True))]


def _written(lines: Sequence[Line], width: int) -> list[str]:
    room = width - len(_INDENT)
    equations = {
        line: _broken(chained(line), room, continued=line.continued)
        for line in lines
        if isinstance(line, Equation)
    }
    ends = [(len(rows[-1]), len(line.reason)) for line, rows in equations.items() if line.reason]
    column = _column([end for end in ends if sum(end) + _GAP <= room], room)
    found: list[str] = []
    for line in lines:
        if isinstance(line, Sentence):
            found += textwrap.wrap(line.text, room, break_on_hyphens=False)
        else:
            found += _with_reason(equations[line], line.reason, column + _GAP, room)
    return [(_INDENT + row).rstrip() for row in found]


def _column(rows: Sequence[tuple[int, int]], room: int) -> int:
    """Find where a column of reasons begins, given how long rows and their reasons are.

    It lies as far right as those left of it leave room for; a longer row has its reason behind it.
    """
    for place in sorted({row for row, _ in rows}, reverse=True):
        if all(place + _GAP + reason <= room for row, reason in rows if row <= place):
            return place
    return 0


def _broken(pieces: list[str], room: int, *, continued: bool) -> list[str]:
    """Put pieces into rows; a row that continues begins below the first equals sign."""
    if continued:
        rows, indent = [_CONTINUED.rstrip()], _CONTINUED
    else:
        rows = textwrap.wrap(pieces[0], room, subsequent_indent="  ", break_on_hyphens=False)
        indent = " " * min(len(pieces[0]) + 1, room // 4)
    for piece in pieces[1:]:
        if rows[-1] and len(rows[-1]) + 1 + len(piece) <= room:
            rows[-1] += f" {piece}"
        else:
            rows += textwrap.wrap(
                piece, room, initial_indent=indent, subsequent_indent=f"{indent}  ",
                break_on_hyphens=False,
            )  # fmt: skip
    return [row for row in rows if row]


def _with_reason(rows: list[str], reason: str, column: int, room: int) -> list[str]:
    if not reason:
        return rows
    column = max(len(rows[-1]) + _GAP, column)
    if column + len(reason) <= room:
        return [*rows[:-1], rows[-1].ljust(column) + reason]
    return [*rows, *textwrap.wrap(reason, room, initial_indent="    ", subsequent_indent="    ")]
