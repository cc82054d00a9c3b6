"""Training as a film: the boundary or the curve, epoch by epoch, as GIF or WebP."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassgrad.errors import GlassgradError
from glassgrad.history import History
from glassgrad.nn.module import Module
from glassgrad.saving import write_whole
from glassgrad.snapshots import model_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from PIL.Image import Image

__all__ = ["animate"]

_FORMATS = {".gif": "GIF", ".webp": "WEBP"}

#: The last picture stays for so many milliseconds, to be looked at.
_LAST = 2000


def animate(
    history: History, model: Module, X: Sequence[Any], y: Sequence[Any],
    path: str | os.PathLike[str] = "training.gif", *, seconds: float = 6.0,
) -> Path:  # fmt: skip
    """Write a film of the training: with two inputs the boundary, with one input the curve.

    Below it, the loss up to then. There is a picture for each of ``history.snapshots``.

    Parameters
    ----------
    history : History
        What `gg.fit` returned.
    model : Module
        What was trained; its parameters are the same afterwards, whatever happens.
    X, y : sequence
        The data: pairs with class numbers, or single inputs with numbers.
    path : path
        Where to write; its ending, ".gif" or ".webp", says what.
    seconds : float
        How long the training takes in the film.

    Returns
    -------
    Path
        The file, which is complete or not there at all.

    Raises
    ------
    GlassgradError
        If there is nothing to show, matplotlib is missing, or the ending is another one.
    StateError
        If the history is that of another model.
    ValueError
        If the data has more than two inputs.

    Examples
    --------
    >>> import glassgrad as gg, tempfile
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    >>> line = gg.nn.MLP(1, [1])
    >>> history = gg.fit(line, X, y, epochs=5, progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     gg.animate(history, line, X, y, f"{folder}/line.gif").name
    'line.gif'
    """
    path = Path(path)
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise GlassgradError(f"a film is written as .gif or .webp, not as {path.name!r}")
    if not history.snapshots or not history.rows:
        raise GlassgradError("there is nothing to show: animate a history that gg.fit returned")
    if not 0.0 < seconds < float("inf"):
        raise ValueError(f"a film takes some seconds, not {seconds}")
    scene = _scene(X, y)
    frames = []
    for epoch, numbers in history.snapshots:
        with model_at(model, numbers):
            frames.append(_frame(model, scene, history, epoch))
    first, *rest = frames
    each = max(20, round(1000 * seconds / len(frames)))
    made = io.BytesIO()
    first.save(
        made, kind, save_all=True, append_images=rest, loop=0,
        duration=[*[each] * len(rest), max(each, _LAST)],
    )  # fmt: skip
    write_whole(path, made.getvalue())
    return path


def _scene(X: Sequence[Any], y: Sequence[Any]) -> Callable[[Module, Axes], None]:
    """Choose what is drawn, and keep the axes still from picture to picture."""
    import numpy as np

    from glassgrad import plot

    points = np.asarray(X, dtype=float)
    inputs = points.size // max(len(points), 1)
    if inputs not in (1, 2):
        raise ValueError(f"a film shows 1 or 2 inputs, but the data has {inputs}")

    def regions(model: Module, ax: Axes) -> None:
        plot.boundary(model, X, y, ax, steps=40)
        ax.legend(loc="upper right", framealpha=0.9)

    low, high = min(y), max(y)
    margin = 0.15 * (high - low) or 1.0

    def curve(model: Module, ax: Axes) -> None:
        plot.fit(model, X, y, ax)
        ax.set_ylim(low - margin, high + margin)
        ax.legend(loc="upper left", framealpha=0.9)

    return curve if inputs == 1 else regions


def _frame(
    model: Module, scene: Callable[[Module, Axes], None], history: History, epoch: int
) -> Image:
    try:
        from matplotlib.figure import Figure
        from PIL import Image
    except ImportError:
        raise GlassgradError("films need matplotlib: pip install 'glassgrad[plot]'") from None
    from glassgrad.plot import COLOURS

    figure = Figure(figsize=(6.0, 5.6), dpi=100)
    above, below = figure.subplots(2, height_ratios=[4, 1])
    figure.subplots_adjust(0.12, 0.09, 0.97, 0.94, hspace=0.28)  # the same in each picture
    scene(model, above)
    losses = history["loss"]
    now = min(epoch, len(losses) - 1)  # how large the loss is at the end nobody has measured
    above.set_title(f"after {epoch} epoch{'' if epoch == 1 else 's'}")
    below.plot(losses, color="0.75", linewidth=1.5)
    below.plot(losses[: now + 1], color=COLOURS[0], linewidth=2)
    below.plot(now, losses[now], "o", color=COLOURS[0])
    if min(losses) > 0.0 and isfinite(max(losses)):
        below.set_yscale("log")
    below.set_xlabel("epoch")
    below.set_ylabel("loss")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return Image.open(drawn).convert("RGB")
