"""Plots that a command writes to a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from glassgrad.errors import GlassgradError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("png", "svg", "pdf")


def check_kind(path: Path) -> None:
    """See before anything is computed that the file will be of a kind that can be written."""
    if path.suffix[1:].lower() not in KINDS:
        raise GlassgradError(f"{path}: a plot is written as .png, .svg or .pdf")


def write_plot(path: Path, draw: Callable[[Axes], object]) -> None:
    """Plot onto new axes and write them; the same picture has the same bytes."""
    check_kind(path)
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise GlassgradError("plots need matplotlib: pip install 'glassgrad[plot]'") from None
    from glassgrad.saving import write_whole

    kind = path.suffix[1:].lower()
    figure = Figure(figsize=(7.0, 4.5), dpi=130, layout="constrained")
    draw(figure.subplots())
    made = io.BytesIO()
    with rc_context({"svg.hashsalt": "glassgrad"}):
        dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        figure.savefig(made, format=kind, metadata=dates.get(kind))
    write_whole(path, made.getvalue())
