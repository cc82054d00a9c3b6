"""The last step for the heights of a drawing: what has room moves towards its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from statistics import fmean

from glassgrad.show.columns import Columns, Lines

SWEEPS = 8
STRAIGHT = 1e-6  # a line that is less steep than this is straight
NEAR = 2.0  # boxes of height: a result that is no further away does not pull at its operands


def settle(
    middle: list[float], grid: Columns, operands: Lines, tall: Sequence[float], gap: float
) -> None:
    """Move rows, in place, so that lines become shorter; what is straight stays straight.

    A row stays in the middle of its `operands`, the deepest ones, unless its result is far away;
    the other operands follow it.
    """
    slack = NEAR * (max(tall) + gap)
    above: list[tuple[int, float] | None] = [None] * len(tall)
    below: list[tuple[int, float] | None] = [None] * len(tall)
    for column in grid.columns:
        for u, v in pairwise(column):
            distance = (tall[u] + tall[v]) / 2 + gap
            above[v], below[u] = (u, distance), (v, distance)
    for sweep in range(SWEEPS):
        rows = _rows(middle, grid)
        rows.sort(key=lambda row: middle[row[0]], reverse=sweep % 2 == 0)
        for row in rows:
            pulls = _pulls(row, middle, grid, operands, slack)
            if pulls:
                high = [middle[at[0]] + at[1] for v in row if (at := above[v])]
                low = [middle[at[0]] - at[1] for v in row if (at := below[v])]
                y = middle[row[0]] + fmean(pulls)
                y = max(min(y, min(low, default=inf)), max(high, default=-inf))
                for v in row:
                    middle[v] = y


def _rows(middle: Sequence[float], grid: Columns) -> list[list[int]]:
    """Collect what hangs together by straight lines."""
    rows: list[list[int]] = []
    row_of: dict[int, list[int]] = {}
    for column in grid.columns:
        for v in column:
            for u in grid.before[v]:
                if abs(middle[u] - middle[v]) <= STRAIGHT:
                    row = row_of[v] = row_of[u]
                    row.append(v)
                    break
            else:
                row_of[v] = [v]
                rows.append(row_of[v])
    return rows


def _pulls(
    row: Sequence[int], middle: Sequence[float], grid: Columns, operands: Lines, slack: float
) -> list[float]:
    """Say how far each line would move the row."""
    y = middle[row[0]]
    pulls: list[float] = []
    for v in row:
        aside = [middle[u] - y for u in operands[v]]
        if aside and min(map(abs, aside)) > STRAIGHT:
            pulls += [(min(aside) + max(aside)) / 2] * len(aside)
    slack = slack if pulls else 0.0
    for v in row:
        for w in grid.after[v]:
            pull = middle[w] - y
            if abs(pull) > STRAIGHT:
                pulls.append(pull - max(-slack, min(slack, pull)))
    return pulls
