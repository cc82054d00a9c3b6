"""The shapes of a drawing: records, operations, groups, ports; each starts at (0, 0).

A kind is told by the outline as well as by the colour: an input points to the left like a tag, a
parameter has cut corners, a constant a dashed line, the output a double one.
"""

from __future__ import annotations

from html import escape
from math import isfinite
from types import MappingProxyType
from typing import Final

from glassgrad.show.look import (
    LABEL_SIZE,
    NOTE_SIZE,
    NUMBER_SIZE,
    PADDING,
    RADIUS,
    RECORD_HEIGHT,
    head,
    label_width,
    shortened,
    symbol_size,
)
from glassgrad.show.numbers import number
from glassgrad.show.scene import Group, Kind, Node, Port

RULES: Final = MappingProxyType({
    ".label": f"font-size:{LABEL_SIZE}px",
    ".number": f"font-size:{NUMBER_SIZE}px",
    ".key": "fill:$faint",
    ".note": f"font-size:{NOTE_SIZE}px;fill:$faint",
    ".place": "font-size:9.5px;fill:$faint",
    ".title": "font-size:13px",
    ".number .positive": "fill:$positive",
    ".number .negative": "fill:$negative",
    ".number .nonfinite": "fill:$nonfinite",
    ".rule": "stroke-width:1;fill:none",
    ".second": "fill:none;stroke-width:1",
    ".link": "stroke:$line;stroke-width:1.4",
    ".sign": "fill:$operation;stroke:$operation",
    ".symbol": "fill:$operation-text",
    ".port .shape": "fill:$paper;stroke:$grid",
    ".frame": "fill:$group;fill-opacity:.45;stroke:$group-line;stroke-dasharray:6 3",
    ".stack": "fill:$group;stroke:$group-line",
    ".tint.positive": "fill:$positive",
    ".tint.negative": "fill:$negative",
    ".tint.nonfinite": "fill:$nonfinite",
    "[data-sign=positive]": "stroke:$positive",
    "[data-sign=negative]": "stroke:$negative",
    "[data-sign=nonfinite]": "stroke:$nonfinite",
    **{
        f".{kind} {part}": f"{'fill:$' + kind + ';' if part == '.shape' else ''}stroke:${kind}-line"
        for kind in (*Kind, "group")
        for part in (".shape", ".rule", ".second")
    },
    ".constant .shape": "fill:$constant;stroke:$constant-line;stroke-dasharray:4 3",
})  # fmt: skip


def record(node: Node, grad: float | None, width: float, tint: str | None = None) -> str:
    """Draw a value: the round node of its operation, then label | data over grad."""
    before, cell, h = head(node), label_width(node), RECORD_HEIGHT
    wide = width - before
    parts = [_operation(node, before)] if node.operands else []
    parts.append(f'<g transform="translate({before:g},0)">' if before else "<g>")
    outline = _outline(node.kind, wide, h)
    parts.append(f'<path class="shape" d="{outline}"/>')
    if tint:
        inner = outline if node.kind is not Kind.OUTPUT else _rounded(3, 3, wide - 6, h - 6, 4)
        parts.append(f'<path class="paper" d="{inner}"/><path {tint} d="{inner}"/>')
    if node.kind is Kind.OUTPUT:
        parts.append(f'<path class="second" d="{_rounded(3, 3, wide - 6, h - 6, 4)}"/>')
    x = cell + PADDING
    inset = 3 if node.kind is Kind.OUTPUT else 0
    parts += [
        f'<path class="rule" d="M{cell:.1f},{inset}V{h - inset:g}"/>',
        text(cell / 2, h / 2 + 5, "label", shortened(node.name)),
        _pair(x, 17.5, "data", node.data),
        _pair(x, 33.5, "grad", grad, _sort(grad)),
        "</g>",
    ]
    return "".join(parts)


def group(box: Group, width: float, height: float) -> str:
    """Draw many values as one box: a stack of sheets with what they are written on it."""
    return (
        f'<path class="stack" d="{_rounded(5, 5, width - 5, height - 5, 7)}"/>'
        f'<path class="shape" d="{_rounded(0, 0, width - 5, height - 5, 7)}"/>'
        + text((width - 5) / 2, 21, "title", shortened(box.title))
        + text((width - 5) / 2, 37, "note", box.note)
    )


def frame(box: Group, width: float, height: float) -> str:
    """Draw what surrounds an opened group."""
    return (
        f'<path class="frame" d="{_rounded(0, 0, width, height, 9)}"/>'
        + text(12, 21, "title", shortened(box.title), anchor="start")
        + text(width - 12, 21, "note", box.note, anchor="end")
    )


def port(box: Port, width: float, height: float) -> str:
    """Draw the name of what is outside, at the edge of an opened group."""
    return f'<path class="shape" d="{_rounded(0, 0, width, height, height / 2)}"/>' + text(
        width / 2, height / 2 + 3.5, "note", shortened(box.name)
    )


def text(x: float, y: float, kind: str, words: str, anchor: str = "middle") -> str:
    """Write a line of text, escaped."""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(words, quote=False)}</text>"
    )


def _operation(node: Node, before: float) -> str:
    middle = RECORD_HEIGHT / 2
    symbol = shortened(node.symbol, 12)
    size = symbol_size(symbol)
    return (
        f'<path class="link" d="M{2 * RADIUS:g},{middle:g}H{before:g}"/>'
        f'<circle class="sign" cx="{RADIUS:g}" cy="{middle:g}" r="{RADIUS:g}"/>'
        f'<text class="symbol" x="{RADIUS:g}" y="{middle + 0.35 * size:.1f}" '
        f'font-size="{size:.1f}" text-anchor="middle">{escape(symbol, quote=False)}</text>'
    )


def _pair(x: float, y: float, key: str, value: float | None, sort: str = "") -> str:
    """Write a number behind what it is, so that numbers stand below each other."""
    return (
        f'<text class="number" x="{x:.1f}" y="{y:g}"><tspan class="key">{key} </tspan>'
        f'<tspan class="{key} {sort}">{number(value)}</tspan></text>'
    )


def _sort(grad: float | None) -> str:
    if grad is None or grad == 0.0:
        return ""
    return "nonfinite" if not isfinite(grad) else "positive" if grad > 0 else "negative"


def _outline(kind: Kind, width: float, height: float) -> str:
    """Draw the outline by which a kind is told without its colour."""
    w, h = f"{width:.1f}", f"{height:g}"
    if kind is Kind.INPUT:
        return f"M0,{height / 2:g}L7,0H{w}V{h}H7z"
    if kind is Kind.PARAMETER:
        c = 8.0
        return (
            f"M{c:g},0H{width - c:.1f}L{w},{c:g}V{height - c:g}L{width - c:.1f},{h}"
            f"H{c:g}L0,{height - c:g}V{c:g}z"
        )
    return _rounded(0, 0, width, height, 5)


def _rounded(x: float, y: float, width: float, height: float, r: float) -> str:
    w, h = width - 2 * r, height - 2 * r
    return (
        f"M{x + r:g},{y:g}h{w:.1f}q{r:g},0 {r:g},{r:g}v{h:.1f}q0,{r:g} {-r:g},{r:g}"
        f"h{-w:.1f}q{-r:g},0 {-r:g},{-r:g}v{-h:.1f}q0,{-r:g} {r:g},{-r:g}z"
    )
