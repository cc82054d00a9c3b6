"""Plots of what was learned: matplotlib axes in, axes out (``pip install 'glassgrad[plot]'``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from glassgrad.errors import GlassgradError
from glassgrad.history import History
from glassgrad.modes import no_grad
from glassgrad.training import numbers_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["boundary", "loss", "predictions"]

#: Colours that people with any kind of colour vision can tell apart (Okabe & Ito), with a marker
#: for each, so that nothing is told by colour alone.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


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
    """
    ax = ax or _axes()
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
    ax = ax or _axes()
    kinds = sorted(set(y))
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.12 * (high - low) + 1e-9
    xs, ys = (
        np.linspace(low[i] - margin[i], high[i] + margin[i], steps) for i in (0, 1)
    )
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
            label=_literal(classes[i] if classes else f"class {kind}"),
        )  # fmt: skip
    ax.set_xlabel(_literal(names[0] if names else "x0"))
    ax.set_ylabel(_literal(names[1] if names else "x1"))
    ax.legend(loc="best", framealpha=0.9)
    return ax


def predictions(
    wanted: Sequence[float], found: Sequence[float], ax: Axes | None = None
) -> Axes:
    """Plot predictions against targets: a perfect model is on the diagonal."""
    ax = ax or _axes()
    low, high = min(*wanted, *found), max(*wanted, *found)
    ax.plot([low, high], [low, high], color="0.5", linewidth=1, label="prediction = target")
    ax.scatter(wanted, found, s=24, color=COLOURS[0], edgecolor="white", linewidth=0.6, zorder=3)
    ax.set_xlabel("target")
    ax.set_ylabel("prediction")
    ax.set_aspect("equal", adjustable="datalim")
    ax.grid(alpha=0.25)
    ax.legend(framealpha=0.9)
    return ax


def _literal(name: str) -> str:
    """Keep matplotlib from reading a name as a formula."""
    return str(name).replace("$", r"\$")


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


def _axes() -> Axes:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise GlassgradError("plots need matplotlib: pip install 'glassgrad[plot]'") from None
    _, ax = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    return ax
