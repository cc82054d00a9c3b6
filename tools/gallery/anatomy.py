"""The anatomy of a Value: one drawing with a name for each of its parts."""

from __future__ import annotations

from typing import Final, Literal

from glassgrad import Value
from glassgrad.show.folding import scene
from glassgrad.show.look import LABEL_SIZE, PADDING, RADIUS, RECORD_HEIGHT, head, label_width
from glassgrad.show.placing import placed
from glassgrad.show.shapes import text
from glassgrad.show.stages import Stage
from glassgrad.show.svg import MARGIN, RULES, Pen, sheet

SCALE: Final = 1.5
ABOVE: Final = 88.0  # room for words above the drawing, and below it
WORDS: Final = {
    ".part": f"font-size:{LABEL_SIZE}px;fill:$focus",
    ".meaning": "font-size:12px;fill:$faint",
    ".pointer": "stroke:$focus;stroke-width:1.5;fill:none",
    ".end": "fill:$focus",
}


def anatomy(theme: Literal["light", "dark"]) -> str:
    """Draw e = a · b after a backward pass, and say what each part of it is."""
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    e = a * b
    e.label = "e"
    e.backward()
    found = scene(e)
    plan = placed(found.top)
    pen = Pen(found, Stage(0, [node.grad for node in found.nodes], "", (), None), None)
    pen.level(plan, 0, 0)
    node = found.nodes[found.outputs[0]]
    left, top = plan.layout.spots[found.top.boxes.index(node)]
    before, cell = left + head(node), label_width(node)
    numbers = before + cell + PADDING + 42
    bottom = top + RECORD_HEIGHT
    height = plan.layout.height * SCALE + ABOVE + 70
    width = plan.layout.width * SCALE + 2 * MARGIN + 190
    parts = [
        # what it is called, what it means; where it is; where the words begin
        ("._prev", "the operands, in order", 40.0, -2.0, 20.0, -30.0),
        ("._op", "the operation", left + RADIUS, top + 5, left - 34, -30.0),
        (".label", "its name", before + cell / 2, top + 8, before + 6, -30.0),
        (".data", "the number", numbers + 16, top + 13, numbers + 46, -30.0),
        (".grad", "d(output)/d(this value)", numbers + 8, bottom - 8, numbers + 16,
         plan.layout.height + 22),
    ]  # fmt: skip
    lines = []
    for name, meaning, *places in parts:
        x, wx = (MARGIN + SCALE * place for place in places[::2])
        y, wy = (ABOVE + SCALE * place for place in places[1::2])
        near = wy + 8 if wy < y else wy - 30
        lines += [
            f'<path class="pointer" d="M{wx + 14:.0f},{near:.0f}L{x:.0f},{y:.0f}"/>',
            f'<circle class="end" cx="{x:.0f}" cy="{y:.0f}" r="3"/>',
            text(wx, wy - 17, "part", name, anchor="start"),
            text(wx, wy - 1, "meaning", meaning, anchor="start"),
        ]
    scaled = f'<g transform="translate({MARGIN},{ABOVE}) scale({SCALE})">'
    content = [scaled, *pen.lines, "</g>", *lines]
    rules = {**RULES, **WORDS}
    return sheet((width, height), "The anatomy of a Value", rules, theme, content)
