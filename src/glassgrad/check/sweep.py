"""How good a nudge is, by its size: too large is inaccurate, and so is too small."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from glassgrad.check.function import Flat
from glassgrad.check.nudges import central
from glassgrad.errors import GlassgradError
from glassgrad.show.numbers import number
from glassgrad.show.text.columns import aligned
from glassgrad.transforms import grad

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["NudgeSweep", "nudge_sweep"]


class Nudged(NamedTuple):
    """What nudging by h measures."""

    h: float
    forward: float
    """(f(x + h) - f(x)) / h"""
    central: float
    """(f(x + h) - f(x - h)) / 2h"""


class NudgeSweep:
    """Slopes measured with nudges of all sizes; it prints as a table.

    Attributes
    ----------
    x, exact : float
        The place, and the derivative there.
    rows : list of (h, forward, central)
        The slopes that nudging by h measures, to one side and to both.
    """

    def __init__(self, x: float, exact: float, rows: list[Nudged]) -> None:
        self.x, self.exact, self.rows = x, exact, rows

    def errors(self, side: str) -> list[float]:
        """List how far the slopes are off, for ``"forward"`` or ``"central"``."""
        return [abs(getattr(row, side) - self.exact) for row in self.rows]

    def best(self, side: str) -> float:
        """Tell which h is best, for ``"forward"`` or ``"central"``; the largest of several."""
        errors = [error if isfinite(error) else float("inf") for error in self.errors(side)]
        return self.rows[errors.index(min(errors))].h

    def __repr__(self) -> str:
        head = ("h", "forward", "off by", "central", "off by")
        errors = zip(self.errors("forward"), self.errors("central"), strict=True)
        lines = [
            (
                number(row.h), number(row.forward, 8), number(a, 2), number(row.central, 8),
                number(b, 2),
            )
            for row, (a, b) in zip(self.rows, errors, strict=True)
        ]  # fmt: skip
        return (
            f"the slope at x = {number(self.x)} is {number(self.exact, 8)}\n\n"
            f"{aligned([head, *lines])}\n\n"
            f"best: h = {number(self.best('forward'))} forward, "
            f"h = {number(self.best('central'))} central. A larger h misses the curve's bend "
            "(truncation);\na smaller one loses the digits in which the two results differ "
            "(rounding)."
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the errors over h, both logarithmic; an error of exactly 0 is left out.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; by default new ones.

        Returns
        -------
        matplotlib axes
        """
        from glassgrad.plot.axes import COLOURS, MARKERS, new_axes

        ax = ax or new_axes()
        sizes = [row.h for row in self.rows]
        for i, side in enumerate(("forward", "central")):
            errors = [error or nan for error in self.errors(side)]
            label = f"{side}: best at {self.best(side):.0e}"
            ax.plot(sizes, errors, color=COLOURS[i], marker=MARKERS[i], label=label)
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.margins(y=0.12)  # room below the points for what their two sides mean
        ax.text(0.02, 0.03, "← rounding", transform=ax.transAxes)
        ax.text(0.98, 0.03, "truncation →", transform=ax.transAxes, ha="right")
        ax.set_xlabel("h, the size of the nudge")
        ax.set_ylabel("how far the slope is off")
        ax.grid(alpha=0.25)
        ax.legend(framealpha=0.9)
        return ax


def nudge_sweep(f: Callable[[Any], Any], x: float) -> NudgeSweep:
    """Measure a slope with nudges from 1e-1 to 1e-16, and compare with the derivative.

    Parameters
    ----------
    f : callable
        Computes one number from one number; it must be able to take a Value.
    x : float
        Where.

    Returns
    -------
    NudgeSweep
        Prints as a table; ``.plot()`` draws it.

    Raises
    ------
    TypeError
        If x is not a number, or f does not return one.
    GlassgradError
        If f has no finite value or derivative at x.

    Examples
    --------
    >>> import glassgrad as gg
    >>> sweep = gg.nudge_sweep(gg.exp, 1.0)
    >>> len(sweep.rows), 1e-9 <= sweep.best("forward") <= 1e-7 < sweep.best("central")
    (16, True)

    References
    ----------
    Press et al., Numerical Recipes, 3rd edition (2007), section 5.7
    """
    flat = Flat(f, (x,))
    if len(flat.numbers) != 1:
        raise TypeError("nudge_sweep looks at a function of one number: give it one")
    [at], g = flat.numbers, flat.along(0)
    y = g(at)
    if not isfinite(y):
        raise GlassgradError(f"the function has no finite value at {at}: it gives {y}")
    [exact] = grad(flat.on)([at])
    if not isfinite(exact):
        raise GlassgradError(f"the derivative at {at} is {exact}: there is nothing to compare with")
    sizes = [float(f"1e-{k}") for k in range(1, 17)]
    rows = [Nudged(h, (g(at + h) - y) / h, central(g, at, h)) for h in sizes]
    return NudgeSweep(at, exact, rows)
