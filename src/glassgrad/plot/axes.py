"""What the plots have in common: axes, and colours that everybody can tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from glassgrad.convert import as_float
from glassgrad.engine import Value
from glassgrad.errors import GlassgradError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Colours that people with any kind of colour vision can tell apart (Okabe & Ito), with a marker
#: for each, so that nothing is told by colour alone.
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999")
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")


def new_axes() -> Axes:
    """Make a figure with one pair of axes."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise GlassgradError("plots need matplotlib: pip install 'glassgrad[plot]'") from None
    _, ax = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    return ax


def literal(name: str) -> str:
    """Keep matplotlib from reading a name as a formula."""
    return str(name).replace("$", r"\$")


def only_number(output: Any, what: str) -> float:
    """Take the number out of what a function returns: a Value, a number, a list of one."""
    if isinstance(output, (list, tuple)) and len(output) == 1:
        [output] = output
    return output.data if isinstance(output, Value) else as_float(output, what)
