"""A placed scene as SVG: records behind their operations, arrows, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from math import isfinite, sqrt
from types import MappingProxyType
from typing import Final, Literal

from glassgrad.show import shapes
from glassgrad.show.captions import words
from glassgrad.show.curves import Point, curve
from glassgrad.show.look import FONT, FRAME_HEAD, FRAME_MARGIN, width_of
from glassgrad.show.placing import Placed
from glassgrad.show.scene import Arrow, Group, Node, Port, Scene
from glassgrad.show.shapes import text
from glassgrad.show.stages import Stage
from glassgrad.show.theme import Theme, style

#: How gradients are made visible beyond their numbers.
Emphasis = Literal["tint", "thickness"]

MARGIN: Final = 20.0
CAPTION_SIZE: Final = 14.0
LINE: Final = 20.0  # from one line of a caption to the next
HEAD: Final = 7.0  # of an arrow
CROWD: Final = 120  # so many arrows are drawn finer

RULES: Final = MappingProxyType({
    "text": f"font-family:{FONT};fill:$ink",
    ".paper": "fill:$paper",
    ".caption": f"font-size:{CAPTION_SIZE}px",
    ".way": "fill:none;stroke:$line;stroke-width:1.4",
    ".way.back": "stroke-dasharray:5 4",
    ".way.faint": "stroke-width:1;stroke-opacity:.5",
    ".head": "fill:$line",
    ".halo": "fill:$paper",
    ".way.now": "stroke:$focus;stroke-width:3",
    ".head.now": "fill:$focus",
    **shapes.RULES,
    ".now .shape": "stroke:$focus;stroke-width:3.2",
})  # fmt: skip


@dataclass(slots=True)
class Pen:
    """Writes the SVG of one drawing, level by level."""

    scene: Scene
    stage: Stage
    emphasis: Emphasis | None
    lines: list[str] = field(default_factory=list)
    _largest: float = 0.0

    def __post_init__(self) -> None:
        sizes = [abs(g) for g in self.stage.grads if g is not None and isfinite(g)]
        self._largest = max(sizes, default=0.0) or 1.0

    def level(self, placed: Placed, left: float, top: float) -> None:
        """Draw a level with its top left corner there: arrows first, boxes on top."""
        boxes = placed.level.boxes
        for arrow, route in zip(placed.level.arrows, placed.layout.routes, strict=True):
            self._arrow(placed, arrow, [(x + left, y + top) for x, y in route])
        for i, box in enumerate(boxes):
            x, y = placed.layout.spots[i]
            width, height = placed.sizes[i]
            at = f'transform="translate({x + left:.1f},{y + top:.1f})"'
            if i in placed.inside:
                assert isinstance(box, Group)
                self.lines.append(f"<g {at}>{shapes.frame(box, width, height)}</g>")
                inner = placed.inside[i]
                middle = (width - inner.layout.width) / 2
                self.level(inner, x + left + max(middle, FRAME_MARGIN), y + top + FRAME_HEAD)
            elif isinstance(box, Group):
                self.lines.append(f'<g class="group" {at}>{shapes.group(box, width, height)}</g>')
            elif isinstance(box, Port):
                self.lines.append(f'<g class="port" {at}>{shapes.port(box, width, height)}</g>')
            else:
                self._node(box, at, width)

    def _node(self, node: Node, at: str, width: float) -> None:
        grad = self.stage.grads[node.index]
        now = " now" if node.index in self.stage.focus else ""
        title = escape("\n".join(words(node, self.scene.nodes)), quote=False)
        tint = self._tint(grad) if self.emphasis == "tint" else None
        self.lines.append(
            f'<g class="node {node.kind}{now}" data-node="{node.index}" {at}><title>{title}</title>'
            f"{shapes.record(node, grad, width, tint)}</g>"
        )

    def _tint(self, grad: float | None) -> str:
        """Tell the sign of a gradient by a colour and its size by how strong that is."""
        if not grad:
            return 'class="paper"'
        if not isfinite(grad):
            return 'class="tint nonfinite" fill-opacity="0.5"'
        sign = "positive" if grad > 0 else "negative"
        return f'class="tint {sign}" fill-opacity="{0.06 + 0.36 * self._part(grad):.2f}"'

    def _part(self, x: float) -> float:
        """Compare with the largest gradient; by the root, so that small ones can be seen."""
        return min(1.0, sqrt(abs(x) / self._largest))

    def _arrow(self, placed: Placed, arrow: Arrow, route: list[Point]) -> None:
        boxes = placed.level.boxes
        source, target = boxes[arrow.source], boxes[arrow.target]
        x, y = route[-1]
        kinds, thick = "", ""
        if isinstance(source, Node) and isinstance(target, Node):
            if self.stage.edge == (source.index, target.index, arrow.position):
                kinds = " now"
            if self.emphasis == "thickness":
                thick = self._thickness(target, arrow.position)
        back = x < route[0][0]
        if back:
            kinds += " back"
        if len(placed.level.arrows) > CROWD and not kinds:
            kinds = " faint"
        shaft = x - HEAD + 1
        way = curve([*(p for p in route[:-1] if back or p[0] < shaft - 1), (shaft, y)])
        self.lines.append(
            f'<path class="way{kinds}" d="{way}"{thick}/>'
            f'<path class="head{kinds}" d="M{x - HEAD:.1f},{y - 3.6:.1f}L{x:.1f},{y:.1f}'
            f'L{x - HEAD:.1f},{y + 3.6:.1f}z"/>'
        )
        if place := placed.level.place_of(arrow):
            a, b = _before_the_end(route, 19.0)
            self.lines.append(
                f'<circle class="halo" cx="{a:.1f}" cy="{b:.1f}" r="6"/>'
                + text(a, b + 3.2, "place", place)
            )
        elif arrow.count > 1 and self._few(placed, arrow.target):
            a, b = _before_the_end(route, 24.0)
            self.lines.append(text(a, b - 4, "place", f"×{arrow.count:,}"))

    @staticmethod
    def _few(placed: Placed, target: int) -> bool:
        """Tell whether so few arrows arrive at a box that numbers beside them can be read."""
        return sum(arrow.target == target for arrow in placed.level.arrows) <= 4

    def _thickness(self, target: Node, position: int) -> str:
        grad = self.stage.grads[target.index]
        if grad is None:
            return ""
        share = grad * target.partials[position]
        width = 0.7 + 5.3 * self._part(share) if isfinite(share) else 6.0
        sign = "nonfinite" if not isfinite(share) else "positive" if share >= 0 else "negative"
        return f' data-sign="{sign}" style="stroke-width:{width:.1f}"'


def svg(
    scene: Scene, placed: Placed, stage: Stage, theme: Theme | Literal["page"],
    emphasis: Emphasis | None = None, lines: int = 0,
) -> str:  # fmt: skip
    """Write a drawing as SVG, with room for so many lines of a caption at least.

    The theme "page" takes the colours from the variables of the page around it.
    """
    width = _room(placed) + 2 * MARGIN
    caption = _wrapped(stage.caption, _room(placed))
    rows = max(lines, len(caption))
    foot = placed.layout.height + 2 * MARGIN
    height = foot + (rows * LINE + MARGIN / 2 if rows else 0.0)
    pen = Pen(scene, stage, emphasis)
    pen.level(placed, (width - placed.layout.width) / 2, MARGIN)
    for i, line in enumerate(caption):
        pen.lines.append(text(MARGIN, foot + LINE * (i + 0.5), "caption", line, anchor="start"))
    return sheet((width, height), _summary(scene, stage), RULES, theme, pen.lines)


def sheet(
    size: tuple[float, float], label: str, rules: Mapping[str, str],
    theme: Theme | Literal["page"], content: Iterable[str],
) -> str:  # fmt: skip
    """Write what surrounds a drawing: its size, its colours, and words for who can't see it."""
    width, height = (f"{length:.0f}" for length in size)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" class="gg-draw-{theme}" aria-label="{escape(label)}">\n'
        f"<style>{style(rules, 'gg-draw', theme)}</style>\n"
        '<rect class="paper" width="100%" height="100%"/>\n' + "\n".join(content) + "\n</svg>\n"
    )


def caption_lines(caption: str, placed: Placed) -> int:
    """Count the lines that a caption takes below a drawing."""
    return len(_wrapped(caption, _room(placed)))


def _room(placed: Placed) -> float:
    """Choose how wide a drawing is at least, so that a caption has few lines."""
    return max(placed.layout.width, 420.0 if placed.layout.width > 250 else 200.0)


def _wrapped(caption: str, width: float) -> list[str]:
    lines: list[str] = []
    for word in "".join(c if c.isprintable() else " " for c in caption).split():
        longer = f"{lines[-1]} {word}" if lines else ""
        if lines and width_of(longer, CAPTION_SIZE) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _summary(scene: Scene, stage: Stage) -> str:
    """Say in one sentence what is drawn, for those who can't see it."""
    outputs = ", ".join(scene.nodes[i].name for i in scene.outputs[:3])
    count = len(scene.nodes)
    values = "1 value" if count == 1 else f"{count:,} values"
    said = f": {stage.caption}" if stage.caption else ""
    return f"The graph that leads to {outputs}, {values}{said}"


def _before_the_end(route: Sequence[Point], distance: float) -> Point:
    """Find the point of a route that far from its end, on the curve that is drawn."""
    x = max(route[-1][0] - distance, (route[0][0] + route[-1][0]) / 2)
    for (a, b), (c, d) in reversed(list(pairwise(route))):
        if a <= x < c:
            t = (x - a) / (c - a)
            return x, b + (d - b) * t * t * (3 - 2 * t)
    return x, route[-1][1]
