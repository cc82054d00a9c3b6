"""The classical picture of a network as SVG: circles in columns, weights as lines between them."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from math import inf, isfinite
from types import MappingProxyType
from typing import Final, Literal

from glassgrad.show.look import FONT, NOTE_SIZE, PADDING, shortened, width_of
from glassgrad.show.network.columns import activation_name
from glassgrad.show.network.plan import NAME_SIZE, RADIUS, Plan, Spot
from glassgrad.show.numbers import number
from glassgrad.show.theme import Theme, style

RULES: Final = MappingProxyType({
    "text": f"font-family:{FONT};fill:$ink",
    ".paper": "fill:$paper",
    ".head": "font-size:13px;font-weight:bold",
    ".note": f"font-size:{NOTE_SIZE}px;fill:$faint",
    ".gap": f"font-size:{NOTE_SIZE}px;stroke:$paper;stroke-width:5px;paint-order:stroke",
    ".foot": "font-size:12px;fill:$ink",
    ".name": f"font-size:{NAME_SIZE}px",
    ".inside": "font-size:9.5px;text-anchor:middle",
    ".positive": "stroke:$positive",
    ".negative": "stroke:$negative;stroke-dasharray:7 3",
    ".zero": "stroke:$line;stroke-dasharray:1 5",
    ".nonfinite": "stroke:$nonfinite;stroke-dasharray:2 2",
    **{
        f".{kind} circle": f"fill:${kind};stroke:${kind}-line;stroke-width:1.5"
        for kind in ("input", "inner", "output")
    },
    ".neuron .ring": "fill:none",
})  # fmt: skip

_LINE: Final = 16.0  # from one line of small text to the next
_FEW: Final = 6  # so many terms of a neuron are spelled out in its title


def network_svg(plan: Plan, theme: Theme | Literal["page"], largest: float | None = None) -> str:
    """Draw a network; "page" takes the colours from the variables of the page around it.

    `largest` is the weight that has the widest line, by default the largest of those drawn.
    """
    largest = largest or largest_weight(plan)
    lowest = plan.foot + _LINE * max(len(lines) for _, lines in plan.feet())
    legend, bottom = _legend(plan, largest, lowest + 2 * _LINE)
    label = f"{plan.network.title}, as circles with the weights between them"
    box = f'viewBox="0 0 {plan.width:.0f} {bottom:.0f}"'
    size = f'width="{plan.width:.0f}" height="{bottom:.0f}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} {size} role="img"',
        f'class="gg-network gg-network-{theme}" aria-label="{_text(label)}">',
        f"<style>{style(RULES, 'gg-network', theme)}</style>",
        f'<rect class="paper" {size}/>',
        '<g class="weights">',
        *_weights(plan, largest),
        "</g>",
        '<g class="neurons">',
        *(_neuron(plan, spot) for column in plan.spots for spot in column),
        *_gaps(plan),
        "</g>",
        *_words(plan),
        *legend,
        "</svg>\n",
    ]
    return "\n".join(lines)


def largest_weight(plan: Plan) -> float:
    """Find the size of the largest finite weight that is drawn; 1 if all are 0."""
    sizes = [abs(plan.network.numbers[place]) for _, _, place in plan.weights()]
    return max((size for size in sizes if isfinite(size)), default=0.0) or 1.0


def sort_of(weight: float) -> str:
    """Say how a weight is drawn; each sort has a colour and dashes of its own."""
    if not isfinite(weight):
        return "nonfinite"
    return "zero" if weight == 0 else "positive" if weight > 0 else "negative"


def widest(plan: Plan) -> float:
    """Choose the width of the widest line: where many cross, lines are finer."""
    crowd = max(len(a) * len(b) for a, b in pairwise(plan.spots))
    return 4.5 if crowd <= 64 else 2.8


def width_and_opacity(weight: float, largest: float, widest: float) -> tuple[float, float]:
    """Turn a weight's size into a line: its width grows evenly, and small ones stand back."""
    part = min(abs(weight) / largest, 1.0) if isfinite(weight) else 0.7
    return 0.5 + (widest - 0.5) * part, 0.2 + 0.75 * part * part


def brief(x: float) -> str:
    """Write a number so that it fits into a circle: with two digits that count, or one."""
    text = number(x, 2 if 1e-3 <= abs(x) < 99.5 else 1)
    return text.replace("0.", ".", 1) if abs(x) < 1 else text


def _weights(plan: Plan, largest: float) -> list[str]:
    lines = []
    numbers, most = plan.network.numbers, widest(plan)
    for source, target, place in sorted(plan.weights(), key=lambda w: _strength(numbers[w[2]])):
        weight = numbers[place]
        width, opacity = width_and_opacity(weight, largest, most)
        title = f"{plan.network.names[place]} = {number(weight)}, from {source.name}"
        lines.append(
            f'<line class="weight {sort_of(weight)}" data-n="{place}" '
            f'data-from="{_at(source)}" data-to="{_at(target)}" '
            f'x1="{source.x + RADIUS:.1f}" y1="{source.y:.1f}" '
            f'x2="{target.x - RADIUS:.1f}" y2="{target.y:.1f}" '
            f'stroke-width="{width:.2f}" stroke-opacity="{opacity:.2f}">'
            f"<title>{_text(title)}</title></line>"
        )
    return lines


def _strength(weight: float) -> float:
    """Order lines, so that the strong ones lie on top."""
    return abs(weight) if isfinite(weight) else inf


def _neuron(plan: Plan, spot: Spot) -> str:
    last = len(plan.sizes) - 1
    kind = "input" if spot.column == 0 else "output" if spot.column == last else "inner"
    place = plan.bias(spot)
    bias = "" if place is None else brief(plan.network.numbers[place])
    inside = f'<text class="inside" y="3.5">{bias}</text>' if bias else ""
    ring = f'<circle class="ring" r="{RADIUS - 3:g}"/>' if kind == "output" else ""
    beside = ""
    if kind == "input":
        beside = f'<text class="name" x="{-RADIUS - PADDING:g}" y="4.5" text-anchor="end">'
    elif kind == "output" and plan.outputs:
        beside = f'<text class="name" x="{RADIUS + PADDING:g}" y="4.5">'
    name = plan.outputs[spot.index] if kind == "output" and plan.outputs else spot.name
    beside = beside and f"{beside}{_text(shortened(name))}</text>"
    data = "" if place is None else f' data-n="{place}"'
    rest = {gap.column: gap.hidden for gap in plan.gaps}.get(spot.column - 1 if spot.column else 1)
    data += f' data-rest="{rest}"' if rest else ""
    return (
        f'<g class="neuron {kind}" data-at="{_at(spot)}" data-name="{_text(spot.name)}"{data} '
        f'data-squash="{_text(_squash(plan, spot))}" '
        f'transform="translate({spot.x:.1f} {spot.y:.1f})"><title>{_text(_title(plan, spot))}'
        f'</title><circle r="{RADIUS:g}"/>{ring}{inside}{beside}</g>'
    )


def _squash(plan: Plan, spot: Spot) -> str:
    if spot.column == 0:
        return ""
    return activation_name(plan.network.columns[spot.column - 1].activations[spot.index])


def _title(plan: Plan, spot: Spot) -> str:
    """Say what a neuron computes: ``tanh(0.1 + 0.5·x0 − 2·x1)``, or how many weights it has."""
    if spot.column == 0:
        return spot.name
    row = plan.network.columns[spot.column - 1].weights[spot.index]
    place = plan.bias(spot)
    numbers = plan.network.numbers
    bias = "no bias" if place is None else f"bias {number(numbers[place])}"
    if len(row) > _FEW:
        return f"{spot.name}: {_squash(plan, spot)} of {len(row):,} weighted inputs, {bias}"
    terms = "" if place is None else number(numbers[place])
    for source, weight in enumerate(row):
        name = plan.inputs[source] if spot.column == 1 else f"[{source}]"
        text = number(numbers[weight])
        sign = " − " if text[0] == "−" else " + "
        terms += (sign if terms else text[0] * (text[0] == "−")) + f"{text.lstrip('−')}·{name}"
    return f"{spot.name} = {_squash(plan, spot)}({terms})"


def _gaps(plan: Plan) -> list[str]:
    return [
        f'<text class="gap" x="{gap.x:.1f}" y="{gap.y + 4:.1f}" text-anchor="middle">'
        f"<title>{gap.hidden:,} more, not drawn, with their weights</title>"
        f"⋯ {gap.hidden:,} more</text>"
        for gap in plan.gaps
    ]


def _words(plan: Plan) -> list[str]:
    """Write what each column is above it, and what happens to it below."""
    middle = 'text-anchor="middle"'
    words = []
    for x, title, count in plan.heads():
        words.append(f'<text class="head" x="{x:.1f}" y="24" {middle}>{title}</text>')
        words.append(f'<text class="note" x="{x:.1f}" y="40" {middle}>{count}</text>')
    for x, lines in plan.feet():
        words += [
            f'<text class="foot" x="{x:.1f}" y="{plan.foot + (i + 1) * _LINE:.1f}" {middle}>'
            f"{_text(shortened(line))}</text>"
            for i, line in enumerate(lines)
        ]
    return words


def _legend(plan: Plan, largest: float, y: float) -> tuple[list[str], float]:
    """Explain lines and circles; also say where the picture ends."""
    sorts = {sort_of(plan.network.numbers[place]) for _, _, place in plan.weights()}
    entries = [("positive", "positive"), ("negative", "negative")]
    entries += [(sort, name) for sort, name in (("zero", "zero"), ("nonfinite", "not finite"))
                if sort in sorts]  # fmt: skip
    entries.append(("", f"width: size, up to {number(largest)}"))
    if any(place is not None for column in plan.network.columns for place in column.biases):
        entries.append(("", "in a circle: its bias"))
    drawn, x = [], 2 * PADDING
    for sort, words in entries:
        width = width_of(words, NOTE_SIZE) + (34 if sort else 0)
        if x > 2 * PADDING and x + width > plan.width - PADDING:
            x, y = 2 * PADDING, y + _LINE
        if sort:
            drawn.append(
                f'<line class="{sort}" x1="{x:.1f}" y1="{y - 3.5:.1f}" x2="{x + 28:.1f}" '
                f'y2="{y - 3.5:.1f}" stroke-width="2.5"/>'
            )
        kind = "note says" if "circle" in words else "note"
        drawn.append(
            f'<text class="{kind}" x="{x + (34 if sort else 0):.1f}" y="{y:.1f}">{words}</text>'
        )
        x += width + 20
    return ['<g class="legend">', *drawn, "</g>"], y + _LINE


def _at(spot: Spot) -> str:
    return f"{spot.column}.{spot.index}"


def _text(text: str) -> str:
    """Escape what comes from the user, on one printable line."""
    return escape(shortened(text, 400))
