"""The loss over the epochs, as lines that fill whatever room they are given."""

from __future__ import annotations

from html import escape
from math import ceil, floor, isfinite, log10

from glassgrad.history import History
from glassgrad.show.numbers import number

#: The names in the history, how they are called, and the class that says how they are drawn.
_LINES = (("loss", "training", "training"), ("val_loss", "held out", "held"))


def curve(history: History) -> str:
    """Write the lines with their axes; the words are text beside the drawing, which stretches."""
    lines = [
        (label, kind, [row.get(name, float("nan")) for row in history.rows])
        for name, label, kind in _LINES
        if name in history.names()
    ]
    heights = [y for _, _, line in lines for y in line if isfinite(y)] or [0.0]
    scale = _Scale(min(heights), max(heights))
    last = max(len(history) - 1, 1)
    paths = "".join(
        f'<path class="{kind}" d="{_path(line, scale, last)}"/>' for _, kind, line in lines
    )
    ticks = "".join(
        f'<span class="tick" style="top:{100 * (1 - scale.part(y)):.2f}%">{number(y)}</span>'
        for y in scale.ticks()
    )
    grid = "".join(
        f'<path class="grid" d="M0 {_y(scale, y)}H1000"/>' for y in scale.ticks()
    )  # fmt: skip
    legend = " ".join(
        f'<span class="key {kind}">{escape(label)} loss</span>' for label, kind, _ in lines
    )
    note = ", on a logarithmic scale" if scale.logarithmic else ""
    return (
        '<figure class="curve"><div class="plot">'
        '<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" '
        f'aria-label="The loss over {len(history):,} epochs, from {number(lines[0][2][0])} to '
        f'{number(lines[0][2][-1])}">{grid}{paths}</svg>{ticks}<div class="cursor"></div></div>\n'
        f'<figcaption>{legend}<span class="axis">epochs 1 to {len(history):,}{note}</span>'
        "</figcaption></figure>\n"
    )


class _Scale:
    """Where a number stands between the bottom and the top: 0 to 1."""

    def __init__(self, low: float, high: float) -> None:
        self.logarithmic = low > 0 and high > 20 * low
        margin = 0.05 * (high - low) or 0.5
        if self.logarithmic:
            self._low, self._high = log10(low) - 0.1, log10(high) + 0.1
        else:
            self._low = 0.0 if 0 <= low < high / 2 else low - margin
            self._high = high + margin

    def part(self, y: float) -> float:
        """Place a number."""
        position = (log10(y) if y > 0 else self._low) if self.logarithmic else y
        return (position - self._low) / (self._high - self._low)

    def ticks(self) -> list[float]:
        """Choose round numbers to write on the axis."""
        if self.logarithmic:
            powers = range(ceil(self._low), floor(self._high) + 1)
            several = (1,) if len(powers) > 2 else (1, 3)
            every = ceil(len(powers) / 7)
            found = [
                m * 10.0**k for k in range(floor(self._low), powers.stop, every) for m in several
            ]
        else:
            span = self._high - self._low
            unit = 10.0 ** floor(log10(span / 5))
            step = next(unit * m for m in (1, 2, 5, 10) if span / (unit * m) <= 5)
            found = [k * step for k in range(ceil(self._low / step), floor(self._high / step) + 1)]
        return [y for y in found if 0 <= self.part(y) <= 1]


def _path(line: list[float], scale: _Scale, last: int) -> str:
    """Draw through the finite numbers; where one is not, the line is broken.

    A number alone is a dot; that of a single epoch is a level line, or nobody would see it.
    """
    path, pen, alone = "", "M", "h0" if len(line) > 1 else "h1000"
    for k, y in enumerate(line):
        if isfinite(y):
            path += f"{pen}{1000 * k / last:.1f} {_y(scale, y)}" + alone * (pen == "M")
            pen = "L"
        else:
            pen = "M"
    return path


def _y(scale: _Scale, y: float) -> str:
    return f"{1000 * (1 - scale.part(y)):.1f}"
