"""The loss around a model: what the parameters would do to it, along two directions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import hypot
from typing import TYPE_CHECKING, Any

from glassgrad.engine import Value
from glassgrad.errors import StateError
from glassgrad.modes import no_grad
from glassgrad.nn.module import Module
from glassgrad.plot.axes import COLOURS, new_axes, only_number
from glassgrad.snapshots import model_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["landscape"]

#: Two directions: a number for each parameter, in the order of ``model.parameters()``.
Directions = tuple[Sequence[float], Sequence[float]]


def landscape(
    model: Module, loss_fn: Callable[[Any], Any], ax: Axes | None = None, *,
    directions: Directions | None = None, reach: float = 1.0, steps: int = 25, seed: int = 0,
) -> Axes:  # fmt: skip
    """Plot the loss over two directions in the space of the parameters, around the model.

    The random directions are as long in each neuron's weights as these weights are ("filter
    normalisation"), so that landscapes of different models can be compared.

    Parameters
    ----------
    model : Module
        It stands at the origin; its parameters are the same afterwards, whatever happens.
    loss_fn : callable (model) -> Value or float
        For example ``lambda m: gg.losses.mse([m(x) for x in X], y)``.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.
    directions : pair of sequences of float, optional
        A number for each of ``model.parameters()``; by default they are random.
    reach : float
        How many times each direction to go, forwards and backwards.
    steps : int
        At how many places along each direction the loss is computed.
    seed : int
        Makes the random directions repeatable.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    ValueError
        If the loss is not finite anywhere, or a setting makes no sense.
    StateError
        If a direction has not one number for each parameter.

    References
    ----------
    Li, Xu, Taylor, Studer & Goldstein, Visualizing the loss landscape of neural nets, NeurIPS 2018
    """
    import numpy as np

    if steps < 2 or not 0.0 < reach < float("inf"):
        raise ValueError(f"steps is at least 2 and reach above 0, not {steps} and {reach}")
    parameters = model.parameters()
    draw = random.Random(seed)
    first, second = directions or (_direction(model, draw), _direction(model, draw))
    if not len(first) == len(second) == len(parameters):
        raise StateError(
            f"the model has {len(parameters)} parameters, but the directions have {len(first)} "
            f"and {len(second)} numbers"
        )
    origin = [p.data for p in parameters]

    def at(a: float, b: float) -> float:
        along = zip(origin, first, second, strict=True)
        with model_at(model, [p + a * u + b * v for p, u, v in along]), no_grad():
            return only_number(loss_fn(model), "the loss")

    places = np.linspace(-reach, reach, steps).tolist()
    here = at(0.0, 0.0)
    losses = np.array([[at(a, b) for a in places] for b in places])
    if not np.isfinite(losses).any():
        raise ValueError("the loss is not finite anywhere around the model: make reach smaller")
    ax = ax or new_axes()
    _contours(ax, places, np.ma.masked_invalid(losses))
    ax.plot(
        0.0, 0.0, "X", color=COLOURS[1], markeredgecolor="white", markersize=11, linestyle="none",
        zorder=4, label=f"the model: loss {here:.4g}",
    )  # fmt: skip
    ax.set_xlabel("direction 1")
    ax.set_ylabel("direction 2")
    ax.legend(framealpha=0.9)
    return ax


def _contours(ax: Axes, places: list[float], losses: Any) -> None:
    """Draw lines of equal loss; where it grows by orders of magnitude, at equal ratios."""
    import numpy as np

    low, high = float(losses.min()), float(losses.max())
    if low == high:
        raise ValueError(f"the loss is {low} everywhere: do the directions move any parameter?")
    ratios = low > 0.0 and high > 50.0 * low
    levels = (np.geomspace if ratios else np.linspace)(low, high, 13)
    ax.contourf(places, places, losses, levels=levels, cmap="Blues", alpha=0.8, extend="both")
    lines = ax.contour(places, places, losses, levels=levels[1:-1:2], colors="0.25", linewidths=0.8)
    ax.clabel(lines, fmt="%.3g", fontsize="small")


def _direction(model: Module, draw: random.Random) -> list[float]:
    """Draw a direction that is as long in each list of parameters as the parameters are."""
    filters: dict[str, list[Value]] = {}
    for path, p in model.named_parameters():
        holder, _, last = path.rpartition(".")
        filters.setdefault(holder if last.isdigit() else path, []).append(p)
    drawn: dict[Value, float] = {}
    for filter in filters.values():
        numbers = [draw.gauss(0.0, 1.0) for _ in filter]
        scale = hypot(*(p.data for p in filter)) / (hypot(*numbers) or 1.0)
        drawn |= {p: scale * x for p, x in zip(filter, numbers, strict=True)}
    return [drawn[p] for p in model.parameters()]
