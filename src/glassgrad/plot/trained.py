"""Plots of what was learned: losses, boundaries, fitted curves, predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from glassgrad.batches import numbers_of
from glassgrad.history import History
from glassgrad.modes import no_grad
from glassgrad.plot.axes import COLOURS, MARKERS, literal, new_axes, only_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["boundary", "fit", "loss", "predictions"]


def loss(history: History, ax: Axes | None = None) -> Axes:
    """Plot the loss over the epochs, with that of the validation data if there was some.

    Parameters
    ----------
    history : History
        What `gg.fit` returned.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.

    Returns
    -------
    matplotlib axes
        With a second axis for the accuracy, if it was recorded.

    Raises
    ------
    TypeError
        If `history` is something else.
    """
    if not isinstance(history, History):
        raise TypeError(
            f"plot.loss takes the History that gg.fit returned, not {type(history).__name__}: "
            "a list of numbers is drawn with ax.plot(losses)"
        )
    ax = ax or new_axes()
    names = history.names()
    lines = [("loss", "training loss", "-"), ("val_loss", "validation loss", "--")]
    for i, (name, label, style) in enumerate(lines):
        if name in names:
            ax.plot(history[name], style, color=COLOURS[i], label=label)
    if min(history["loss"]) > 0 and max(history["loss"]) > 20 * min(history["loss"]):
        ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    ax.grid(alpha=0.25)
    handles, labels = ax.get_legend_handles_labels()
    if "accuracy" in names or "val_accuracy" in names:
        right = ax.twinx()
        for name, label, style in (
            ("accuracy", "training accuracy", "-"), ("val_accuracy", "validation accuracy", "--"),
        ):  # fmt: skip
            if name in names:
                right.plot(history[name], style, color=COLOURS[2], alpha=0.8, label=label)
        right.set_ylim(0, 1.03)
        right.set_ylabel("accuracy")
        right.yaxis.set_major_formatter("{x:.0%}")
        more, texts = right.get_legend_handles_labels()
        handles, labels = handles + more, labels + texts
    ax.legend(handles, labels, loc="center right", framealpha=0.9)
    return ax


def boundary(
    model: Callable[[list[float]], Any], X: Sequence[Any], y: Sequence[Any],
    ax: Axes | None = None, *, steps: int = 60, names: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
) -> Axes:  # fmt: skip
    """Plot which class a model with two inputs predicts where, with the data on top.

    Parameters
    ----------
    model : Module, or another callable
        One output (its sign decides) or one for each class (the largest decides).
    X : sequence of pairs
        The inputs.
    y : sequence of class numbers
        0 and 1, -1 and +1, or 0, 1, 2 and so on.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.
    steps : int
        How many points the model is asked at along each side.
    names : sequence of str, optional
        What the two inputs are called.
    classes : sequence of str, optional
        What the classes are called.

    Returns
    -------
    matplotlib axes
    """
    import numpy as np

    points = np.asarray(X, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a boundary is drawn for 2 inputs, but the data has {points.shape[1:]}")
    if len(y) != len(points):
        raise ValueError(f"there are {len(points)} inputs, but {len(y)} classes: each has one")
    ax = ax or new_axes()
    kinds = sorted(set(y))
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low) + 1e-9
    xs, ys = (np.linspace(low[i] - margin[i], high[i] + margin[i], steps) for i in (0, 1))
    with no_grad():
        leads = np.array([[_leads(model([float(a), float(b)])) for a in xs] for b in ys])
    for i in range(leads.shape[-1]):
        lead, colour = leads[..., i], COLOURS[i % len(COLOURS)]
        if lead.max() > 0:
            ax.contourf(xs, ys, lead, levels=[0, lead.max()], colors=[colour], alpha=0.22)
        if lead.min() < 0 < lead.max():
            ax.contour(xs, ys, lead, levels=[0], colors="0.35", linewidths=1)
    for i, kind in enumerate(kinds):
        chosen = np.array([label == kind for label in y])
        ax.scatter(
            points[chosen, 0], points[chosen, 1], s=34, color=COLOURS[i % len(COLOURS)],
            marker=MARKERS[i % len(MARKERS)], edgecolor="white", linewidth=0.8, zorder=3,
            label=literal(classes[i] if classes else f"class {kind}"),
        )  # fmt: skip
    ax.set_xlabel(literal(names[0] if names else "x0"))
    ax.set_ylabel(literal(names[1] if names else "x1"))
    ax.legend(loc="best", framealpha=0.9)
    return ax


def predictions(wanted: Sequence[float], found: Sequence[float], ax: Axes | None = None) -> Axes:
    """Plot predictions against targets: a perfect model is on the diagonal."""
    ax = ax or new_axes()
    low, high = min(*wanted, *found), max(*wanted, *found)
    ax.plot([low, high], [low, high], color="0.5", linewidth=1, label="prediction = target")
    ax.scatter(wanted, found, s=24, color=COLOURS[0], edgecolor="white", linewidth=0.6, zorder=3)
    ax.set_xlabel("target")
    ax.set_ylabel("prediction")
    ax.set_aspect("equal", adjustable="datalim")
    ax.grid(alpha=0.25)
    ax.legend(framealpha=0.9)
    return ax


def fit(
    f: Callable[[Any], Any], x: Sequence[Any], y: Sequence[float], ax: Axes | None = None, *,
    names: Sequence[str] = ("x", "y"),
) -> Axes:  # fmt: skip
    """Plot measured points, the curve that was fitted to them, and how far it misses each.

    Parameters
    ----------
    f : Module, or another callable
        Takes what `x` holds, and returns one number.
    x : sequence of numbers, or of lists of one number
        Where was measured.
    y : sequence of numbers
        What was measured.
    ax : matplotlib axes, optional
        Where to draw; by default new ones.
    names : (str, str)
        What x and y are called.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    ValueError
        If there are no points, x and y differ in length, or there is more than one input.
    """
    import numpy as np

    if len(x) != len(y) or not len(x):
        raise ValueError(f"a fit is drawn to as many x as y, but there are {len(x)} and {len(y)}")
    places = np.asarray(x, dtype=float)
    if places.size != len(x):
        raise ValueError(f"a fit is drawn for 1 input, but the data has {places.shape[1:]}")
    rows = places.ndim > 1
    places = places.ravel()

    def at(xs: Iterable[float]) -> list[float]:
        with no_grad():
            return [only_number(f([x] if rows else x), "the curve") for x in map(float, xs)]

    ax = ax or new_axes()
    margin = 0.05 * (places.max() - places.min()) or 1.0
    grid = np.linspace(places.min() - margin, places.max() + margin, 200)
    found = np.asarray(at(places), dtype=float)
    missed = found - np.asarray(y, dtype=float)
    ax.vlines(places, y, found, color="0.55", linewidth=1.2, zorder=1, label="residuals")
    ax.plot(grid, at(grid), color=COLOURS[0], linewidth=2, zorder=2, label="fit")
    ax.scatter(
        places, y, s=34, color=COLOURS[1], edgecolor="white", linewidth=0.8, zorder=3, label="data"
    )
    ax.set_title(f"root mean square of the residuals: {np.sqrt(np.mean(missed**2)):.4g}")
    ax.set_xlabel(literal(names[0]))
    ax.set_ylabel(literal(names[1]))
    ax.grid(alpha=0.25)
    ax.legend(framealpha=0.9)
    return ax


def _leads(output: Any) -> list[float]:
    """Say by how much each class is ahead of the best of the others: above 0 for one of them."""
    scores = numbers_of(output)
    if isinstance(scores, list) and len(scores) == 1:
        [scores] = scores
    if not isinstance(scores, list):
        return [-scores, scores]
    return [
        score - max(other for j, other in enumerate(scores) if j != i)
        for i, score in enumerate(scores)
    ]
