"""Plots of functions and of what was learned: matplotlib axes in, axes out.

They need matplotlib: ``pip install 'glassgrad[plot]'``.
"""

from glassgrad.plot.axes import COLOURS, MARKERS
from glassgrad.plot.curves import activation, function, tangent
from glassgrad.plot.surface import landscape
from glassgrad.plot.trained import boundary, fit, loss, predictions

__all__ = [
    "COLOURS", "MARKERS", "activation", "boundary", "fit", "function", "landscape", "loss",
    "predictions", "tangent",
]  # fmt: skip
