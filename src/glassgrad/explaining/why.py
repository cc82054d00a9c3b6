"""Why a gradient is zero, huge or not a number: `gg.why`."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from glassgrad.convert import a_kind
from glassgrad.engine import Value
from glassgrad.explaining.causes import HUGE, TINY, Cause, of_infinities, of_sizes, of_zeros
from glassgrad.explaining.diagnosis import Diagnosis, Report, alone, unconnected
from glassgrad.explaining.passing import Pass
from glassgrad.graph import without_calls
from glassgrad.opcodes import CONSTANT
from glassgrad.show.gather import gather

__all__ = ["why"]


def why(v: Value, root: Value | None = None) -> Diagnosis:
    """Say why a gradient is zero, huge, tiny or not a number, and what to try.

    Parameters
    ----------
    v : Value
        Whose gradient is asked about.
    root : Value, optional
        The output that is differentiated, on which ``root.backward()`` was called. Without it
        `v` itself is the output, and all the leaves that lead to it are asked about.

    Returns
    -------
    Diagnosis
        Printed it tells all; ``.findings`` lists what was found, by cause.

    Raises
    ------
    TypeError
        If either is not a Value.

    Notes
    -----
    It works from the local derivatives that the forward pass recorded, whether or not there was a
    backward pass; nothing changes. It takes a time in proportion to the graph.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x, w = gg.Value(2.0, label="x"), gg.Value(-1.5, label="w")
    >>> n = x * w
    >>> n.label = "n"
    >>> L = n.relu() + x
    >>> L.backward()
    >>> gg.why(w, L)
    dv2/dw = 0: the gradient is zero.
    1. dead relu: v1 = ReLU(n) = 0, because n = −3 is not above 0: nothing passes.
       What to try: a larger bias, smaller starting weights, or leaky_relu.
    """
    for given in (v,) if root is None else (v, root):
        if type(given) is not Value:
            raise TypeError(f"why takes Values, not {a_kind(given)} ({given!r}): why(a, L)")
    if root is None and not v._prev:
        return alone(v)
    v, output = without_calls(v, v if root is None else root)
    run = Pass(output)
    if v not in run:
        return unconnected(v, run)
    asked = [v]
    if root is None:
        asked = [x for x in run.nodes if not x._prev and x._opcode != CONSTANT]
    nodes, _ = gather(run.root)
    report = Report(run, nodes)
    return Diagnosis(report.summary(asked), report.findings(_causes(run, asked), asked))


def _causes(run: Pass, asked: Sequence[Value]) -> list[Cause]:
    """Sort the gradients by what ails them, and look for the causes of each ailment."""
    lost = [v for v in asked if not isfinite(run.gradient(v))]
    zeros = [v for v in asked if run.gradient(v) == 0.0]
    rest = [v for v in asked if isfinite(run.gradient(v)) and run.gradient(v) != 0.0]
    rest.sort(key=lambda v: abs(run.gradient(v)))
    found = [*of_infinities(run, lost)] if lost else []
    found += of_zeros(run, zeros) if zeros else []
    for extreme in dict.fromkeys(rest[:1] + rest[-1:]):
        if not TINY < abs(run.gradient(extreme)) < HUGE:
            found += of_sizes(run, extreme)
    return found
