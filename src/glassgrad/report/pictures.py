"""The report's main picture at each step: a map of two inputs, or predictions against targets."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from glassgrad.job import Job
from glassgrad.plot import COLOURS
from glassgrad.report.steps import GRID, Steps
from glassgrad.show.document import packed_bytes
from glassgrad.show.numbers import number

MOST_POINTS: Final = 600
_MARKS: Final = "●■▲◆✚⬟✖"


def confusion(job: Job, steps: Steps) -> list[list[list[int]]]:
    """Count for each step how often each class was taken for which."""
    X, y = job.judged
    size = len(job.data.classes or [])
    found = []
    for predicted in steps.predictions([list(row) for row in X]):
        counts = [[0] * size for _ in range(size)]
        for true, taken in zip(y, predicted, strict=True):
            counts[true][taken] += 1
        found.append(counts)
    return found


def map_data(job: Job, steps: Steps) -> tuple[dict[str, Any], str]:
    """Map which class is predicted where, with the examples on top."""
    classes = job.data.classes or []
    X, y, held, note = _examples(job)
    sides = [_side([row[i] for row in job.data.X]) for i in (0, 1)]
    grids = [[low + (high - low) * k / (GRID - 1) for k in range(GRID)] for low, high in sides]
    leads = steps.leads(*grids)
    predicted = steps.predictions(X)
    data = {
        "grid": GRID, "planes": len(leads[0]), "sides": sides, "x": X, "y": y, "held": held,
        "colours": COLOURS[: max(2, len(classes))],
        "leads": packed_bytes(b"".join(plane for planes in leads for plane in planes)),
        "wrong": ["".join(str(int(a != b)) for a, b in zip(y, row, strict=True))
                  for row in predicted],
    }  # fmt: skip
    names = [escape(name) for name in job.data.feature_names]
    keys = " ".join(
        f'<span><b style="color:{COLOURS[k % len(COLOURS)]}">{_MARKS[k % len(_MARKS)]}</b> '
        f"{escape(name)}</span>"
        for k, name in enumerate(classes)
    )
    hollow = "; hollow: held out" if job.held_X else ""
    return data, (
        '<figure class="map"><h2>What it predicts where</h2>\n'
        f'<p class="side">↑ {names[1]}, {number(sides[1][0])} to {number(sides[1][1])}</p>'
        f'<canvas width="640" height="640" role="img"></canvas>'
        f'<p class="side end">{names[0]}, {number(sides[0][0])} to {number(sides[0][1])} →</p>'
        f'<figcaption>{keys}<span class="faint">ringed: predicted wrongly{hollow}{note}</span>'
        "</figcaption></figure>"
    )


def scatter_data(job: Job, steps: Steps) -> tuple[dict[str, Any], str]:
    """Put each prediction against its target."""
    X, y, held, note = _examples(job)
    predicted = steps.predictions(X)
    side = _side([float(t) for t in (*y, *predicted[-1])])
    target = escape(job.data.target_name)
    data = {"side": side, "y": y, "held": held, "found": predicted}
    hollow = " Hollow: held out." if job.held_X else ""
    return data, (
        '<figure class="map"><h2>Predictions against targets</h2>\n'
        f'<p class="side">↑ predicted {target}, {number(side[0])} to {number(side[1])}</p>'
        '<canvas width="640" height="640" role="img"></canvas>'
        f'<p class="side end">true {target} →</p>'
        '<figcaption class="faint">On the line, a prediction is right; at an edge, it may be '
        f"beyond.{hollow}{note}</figcaption></figure>"
    )


def _examples(job: Job) -> tuple[list[list[float]], list[Any], list[int], str]:
    """Choose the examples that are drawn: all, or evenly so many of them, and say so."""
    rows = [(list(x), t, 0) for x, t in zip(job.X, job.y, strict=True)]
    rows += [(list(x), t, 1) for x, t in zip(job.held_X, job.held_y, strict=True)]
    step = -(-len(rows) // MOST_POINTS)
    drawn = rows[::step]
    note = "" if step == 1 else f"; {len(drawn):,} of {len(rows):,} examples are drawn"
    X, y, held = (list(column) for column in zip(*drawn, strict=True))
    return X, y, held, note


def _side(numbers: list[float]) -> tuple[float, float]:
    """Choose from where to where a side of the picture goes."""
    low, high = min(numbers), max(numbers)
    margin = 0.12 * (high - low) or 0.5
    return low - margin, high + margin
