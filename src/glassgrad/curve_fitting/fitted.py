"""Gradient descent on the knobs of a polynomial: forward, backward, nudge the knobs, repeat."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glassgrad.convert import as_float, is_whole
from glassgrad.curve_fitting.polynomial import Polynomial, padded
from glassgrad.engine import dot
from glassgrad.errors import DataError
from glassgrad.history import History
from glassgrad.losses import mse
from glassgrad.modes import no_grad
from glassgrad.optim import SGD
from glassgrad.show.numbers import number
from glassgrad.show.text.columns import aligned
from glassgrad.snapshots import finish, keep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["CurveFit", "fit_curve"]

#: A plain polynomial of a higher degree can't be computed from its coefficients in float64.
HIGHEST: Final = 20

#: In each step a knob goes 2 · RATE of the way that is left, so its distance falls by a tenth.
RATE: Final = 0.05

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class CurveFit:
    """A curve that was fitted to points; call it with an x, print it, plot it.

    Attributes
    ----------
    k : list of float
        The coefficients of 1, x, x² and so on.
    least_squares : list of float
        The same as NumPy computes them, without gradient descent.
    loss : float
        The mean of the squared misses.
    difference : float
        How far the two curves are apart, at the point where they are furthest.
    model : Module
        The curve as a model, whose parameters are the knobs.
    history : History
        The loss of each step, and the knobs on the way.
    points : list of (x, y)
        What it was fitted to.
    """

    def __init__(self, model: Polynomial, points: list[tuple[float, float]]) -> None:
        self.model, self.points = model, points
        self.history = History()
        self._slopes: list[float] = []

    def _descend(self, steps: int) -> None:
        """Go downhill: the four steps, again and again."""
        xs, ys = zip(*self.points, strict=True)
        knobs = self.model.knobs
        rows = self.model.basis(xs)
        optimizer = SGD(knobs, RATE)
        for step in range(steps):
            keep(self.history, knobs, step)
            # 1. Forward: the curve at each point, and how far it misses them.
            loss = mse([dot(knobs, row) for row in rows], ys)
            # 2. Backward: how the loss moves with each knob.
            optimizer.zero_grad()
            loss.backward()
            self._slopes = self._slopes or [knob.grad for knob in knobs]
            # 3. Nudge each knob a little, so that the loss falls.
            optimizer.step()
            self.history.rows.append({"loss": loss.data, "lr": RATE})
            # 4. Repeat.
        finish(self.history, knobs)

    def _compare(self) -> None:
        """Solve the same problem at once, with NumPy."""
        import numpy as np

        xs, ys = map(np.array, zip(*self.points, strict=True))
        degree = len(self.model.knobs) - 1
        exact = np.polynomial.Polynomial.fit(xs, ys, degree)
        found = np.array([self(x) for x in xs])
        self.k = self.model.coefficients()
        self.least_squares = padded(exact.convert().coef, degree)
        self.loss = float(np.mean((found - ys) ** 2))
        self.difference = float(np.max(np.abs(found - exact(xs))))

    def __call__(self, x: float) -> float:
        """Compute the curve at a place."""
        with no_grad():
            return float(self.model(x).data)

    def __repr__(self) -> str:
        pairs = zip(self.k, self.least_squares, strict=True)
        rows = [(f"k{i}", number(a, 8), number(b, 8)) for i, (a, b) in enumerate(pairs)]
        table = aligned([("", "gradient descent", "least squares"), *rows], words=1)
        apart = f"the two curves are at most {number(self.difference, 2)} apart at the points"
        return f"y = {_written(self.k)}\n\n{self._told()}\n\n{table}\n\n{apart}"

    def _told(self) -> str:
        """Tell the four steps with the numbers of the first time."""
        losses = [*self.history["loss"], self.loss]
        slopes = ", ".join(number(slope) for slope in self._slopes)
        return (
            f"{len(self.points)} points, {len(self.k)} knobs, {len(self.history)} times the same "
            "four steps; the first time:\n"
            "1. forward: the curve at each point; the mean of the squared misses is the loss: "
            f"{number(losses[0])}\n"
            f"2. backward: how the loss moves with each knob: {slopes}\n"
            f"3. nudge the knobs: each by −{number(RATE)} times its slope; now the loss is "
            f"{number(losses[1])}\n"
            f"4. repeat: in the end the loss is {number(losses[-1])}"
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the points and the curve: see `glassgrad.plot.fit`."""
        from glassgrad import plot

        xs, ys = zip(*self.points, strict=True)
        return plot.fit(self, xs, ys, ax)

    def animate(self, path: str | os.PathLike[str] = "curve.gif") -> Path:
        """Write a film of the curve approaching the points: see `glassgrad.animate`."""
        from glassgrad.animation import animate

        xs, ys = zip(*self.points, strict=True)
        return animate(self.history, self.model, xs, ys, path)


def fit_curve(points: Sequence[Sequence[float]], degree: int = 5, *, steps: int = 200) -> CurveFit:
    """Fit a polynomial to points by gradient descent.

    Parameters
    ----------
    points : sequence of (x, y)
        What was measured: pairs, or an array with two columns.
    degree : int
        Of the polynomial, from 1 to 20.
    steps : int
        How often the knobs are nudged; the distance to the best curve falls by a tenth each time.

    Returns
    -------
    CurveFit
        Prints what was done; ``.k`` are the coefficients, ``.plot()`` and ``.animate(path)``
        show it.

    Raises
    ------
    DataError
        If the points are no pairs of finite numbers, or too few for the degree.
    ValueError
        If the degree or the number of steps is out of range.

    Notes
    -----
    What is turned are not the coefficients themselves, which would take millions of steps, but
    the weights of polynomials that are orthogonal on the points; they are multiplied out in the
    end.

    Examples
    --------
    >>> import glassgrad as gg
    >>> curve = gg.fit_curve([(x, 1 - 2 * x + 3 * x**2) for x in range(-4, 5)], degree=2)
    >>> [round(k, 6) for k in curve.k], curve.difference < 1e-6
    ([1.0, -2.0, 3.0], True)

    References
    ----------
    A. Kirsanov, "The most important algorithm in machine learning", 2024, explains the four steps
    with a curve and its knobs.
    """
    for name, given, most in (("degree", degree, HIGHEST), ("steps", steps, 1_000_000)):
        if not is_whole(given) or isinstance(given, bool) or not 1 <= given <= most:
            raise ValueError(f"{name} is a whole number from 1 to {most:,}, not {given!r}")
    checked = [_point(i, point) for i, point in enumerate(points)]
    if not checked:
        raise DataError("there are no points to fit a curve to")
    curve = CurveFit(Polynomial([x for x, _ in checked], degree), checked)
    curve._descend(steps)
    curve._compare()
    return curve


def _point(i: int, point: Any) -> tuple[float, float]:
    try:
        x, y = point
    except (TypeError, ValueError):
        raise DataError(f"point {i + 1} is not a pair (x, y): {point!r}") from None
    x, y = as_float(x, f"the x of point {i + 1}"), as_float(y, f"the y of point {i + 1}")
    # Beyond, the squares of differences would overflow.
    if not (isfinite(x) and isfinite(y) and abs(x) < 1e150 and abs(y) < 1e150):
        raise DataError(
            f"point {i + 1} is ({x}, {y}): a curve goes through finite numbers below 1e150; leave "
            "the point out, or choose other units"
        )
    return x, y


def _written(k: Sequence[float]) -> str:
    """Write the polynomial as in a textbook: ``1 − 2·x + 3·x²``."""
    powers = ["", "·x", *(f"·x{str(i).translate(_RAISED)}" for i in range(2, len(k)))]
    terms = [number(c) + power for c, power in zip(k, powers, strict=True)]
    return " + ".join(terms).replace("+ −", "− ")
