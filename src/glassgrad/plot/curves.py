"""Plots of a function of one variable: its derivative, a tangent or secant, where it is lowest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

from glassgrad.nn.mlp import activation_of
from glassgrad.plot.axes import COLOURS, new_axes
from glassgrad.plot.sampling import Line, Point, Sampled
from glassgrad.show.numbers import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["activation", "function", "tangent"]

#: So many valleys are named with their numbers; more would cover each other.
MOST_NAMED = 3


def function(
    f: Callable[[Any], Any], low: float = -5.0, high: float = 5.0, *, derivative: bool = True,
    tangent: float | None = None, secant: tuple[float, float] | None = None,
    name: str = "x", ax: Axes | None = None,
) -> Axes:  # fmt: skip
    """Plot a function of one variable with its derivative, and mark where it is lowest.

    A line is interrupted where the function jumps, is infinite or has no value. A minimum is
    marked where the function turns from falling to rising; an end of the interval is none.

    Parameters
    ----------
    f : callable
        Computes one number from one number; it must be able to take a Value.
    low, high : float
        From where to where.
    derivative : bool
        Whether to draw the derivative too.
    tangent : float, optional
        Where to draw the line that has the slope of the function.
    secant : (float, float), optional
        Draw the line through the function at two places.
    name : str
        What the variable is called.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    ValueError
        If the interval is empty or not finite, if f has no value in it, or no slope at the
        tangent, or if the places of the secant coincide.

    Examples
    --------
    >>> import glassgrad as gg
    >>> from matplotlib.figure import Figure
    >>> ax = gg.plot.function(lambda x: 3 * x**2 - 4 * x + 5, ax=Figure().subplots(), tangent=3)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['f(x)', 'f′(x)', 'tangent at x = 3: slope 14', 'minimum']
    """
    if not (isfinite(low) and isfinite(high) and low < high):
        raise ValueError(f"the interval goes from a number to a larger one, not {low} to {high}")
    sampled = Sampled(f, float(low), float(high))
    if sampled.values.shown is None:
        raise ValueError(f"the function has no finite value from {low} to {high}")
    touched = _touched(sampled, tangent) if tangent is not None else None
    crossed = _crossed(sampled, *secant) if secant is not None else None
    ax = ax or new_axes()
    ax.axhline(0.0, color="0.8", linewidth=1.0, zorder=0)
    below, above = _limits(sampled, derivative)
    _curve(ax, sampled.values, (below, above), "-", COLOURS[0], f"f({name})")
    if derivative:
        _curve(ax, sampled.slopes, (below, above), "--", COLOURS[1], f"f′({name})")
    margin = 0.06 * (above - below) or 1.0
    ax.set_xlim(low, high)
    ax.set_ylim(below - margin, above + margin)
    if touched is not None:
        slope, point = touched
        label = f"tangent at {name} = {number(point[0])}: slope {number(slope)}"
        _straight(ax, slope, [point], "-.", COLOURS[2], "o", label)
    if crossed is not None:
        slope, points = crossed
        where = " to ".join(number(x) for x, _ in points)
        _straight(ax, slope, points, ":", COLOURS[3], "s", f"secant from {where}: slope "
                  f"{number(slope)}")  # fmt: skip
    _mark_minima(ax, sampled.minima())
    ax.set_xlabel(name)
    ax.grid(alpha=0.25)
    ax.legend(framealpha=0.9)
    return ax


def tangent(
    f: Callable[[Any], Any], x: float, *, reach: float = 2.0, ax: Axes | None = None
) -> Axes:
    """Plot a function around a place, with the line that touches it there.

    Parameters
    ----------
    f : callable
        Computes one number from one number; it must be able to take a Value.
    x : float
        The place.
    reach : float
        How far to either side is drawn. The smaller it is, the more the function looks like
        its tangent: that is what a derivative means.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    ValueError
        If the function has no finite value or slope there.
    """
    return function(f, x - reach, x + reach, derivative=False, tangent=x, ax=ax)


def activation(name: str, low: float = -4.0, high: float = 4.0, *, ax: Axes | None = None) -> Axes:
    """Plot an activation of `glassgrad.nn` and its derivative.

    Parameters
    ----------
    name : str
        What `nn.MLP` takes: "relu", "tanh", "sigmoid", "gelu" and so on.
    low, high : float
        From where to where.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    ValueError
        If there is no activation of that name.
    """
    squash = activation_of(name)
    ax = function(squash or (lambda x: x), low, high, ax=ax)
    ax.set_title(name)
    return ax


def _limits(sampled: Sampled, derivative: bool) -> tuple[float, float]:
    """Choose how much is shown, so that a pole of the derivative leaves room for the function."""
    assert sampled.values.shown is not None
    below, above = sampled.values.shown
    if not derivative or sampled.slopes.shown is None:
        return below, above
    low, high = sampled.slopes.shown
    if sampled.values.unbounded or sampled.slopes.unbounded:
        height = above - below
        low, high = max(low, below - height), min(high, above + height)
    return min(below, low), max(above, high)


def _touched(sampled: Sampled, x: float) -> tuple[float, Point]:
    y, slope = sampled.at(float(x))
    if not (isfinite(y) and isfinite(slope)):
        raise ValueError(
            f"there is no tangent at x = {x}: the value is {y}, the slope {slope}; choose another x"
        )
    return slope, (float(x), y)


def _crossed(sampled: Sampled, a: float, b: float) -> tuple[float, list[Point]]:
    if a == b:
        raise ValueError(f"a secant goes through two places, not twice {a}: that is the tangent")
    points = [(float(x), sampled.at(float(x))[0]) for x in (a, b)]
    (_, ya), (_, yb) = points
    if not (isfinite(ya) and isfinite(yb)):
        raise ValueError(f"there is no secant from {a} to {b}: the values are {ya} and {yb}")
    return (yb - ya) / (b - a), points


def _curve(
    ax: Axes, line: Line, shown: tuple[float, float], style: str, colour: str, label: str
) -> None:
    """Draw a line with its gaps; matplotlib can't draw how far a pole reaches."""
    far = 1e3 * (shown[1] - shown[0] or 1.0)
    ys = [y if shown[0] - far < y < shown[1] + far else nan for _, y in line.points]
    ax.plot([x for x, _ in line.points], ys, style, color=colour, linewidth=2.0, label=label)


def _straight(
    ax: Axes, slope: float, points: Sequence[Point], style: str, colour: str, marker: str,
    label: str,
) -> None:  # fmt: skip
    """Draw the line through a point across the axes, and mark the points it belongs to."""
    x, y = points[0]
    ax.axline((x, y), slope=slope, linestyle=style, color=colour, linewidth=1.6, label=label)
    ax.plot(
        [x for x, _ in points], [y for _, y in points], marker, color=colour,
        markeredgecolor="white", markersize=9, zorder=4,
    )  # fmt: skip


def _mark_minima(ax: Axes, minima: Sequence[Point]) -> None:
    if not minima:
        return
    ax.plot(
        [x for x, _ in minima], [y for _, y in minima], "v", color=COLOURS[4],
        markeredgecolor="black", markersize=9, zorder=5, linestyle="none",
        label="minimum" if len(minima) == 1 else f"{len(minima)} local minima",
    )  # fmt: skip
    for x, y in minima if len(minima) <= MOST_NAMED else ():
        ax.annotate(
            f"({number(x)}, {number(y)})", (x, y), (0, 11), textcoords="offset points",
            ha="center", fontsize="small",
            bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.8},
        )  # fmt: skip
