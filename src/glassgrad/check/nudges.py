"""Slopes by nudging: a little up, and how far the result moved."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, overload

from glassgrad.check.function import Flat
from glassgrad.convert import a_kind, as_float, is_whole
from glassgrad.engine import Value
from glassgrad.nests import Nest, flatten
from glassgrad.replaying import replay

__all__ = ["nudge"]


@overload
def nudge(f: Value, node: Value, /, h: float = 1e-3) -> float: ...
@overload
def nudge(f: Callable[..., Any], *xs: Any, wrt: int = 0, h: float = 1e-3) -> Nest: ...
def nudge(f: Any, *xs: Any, wrt: int = 0, h: float = 1e-3) -> Nest:
    """Measure a slope by nudging: (f(x + h) - f(x)) / h.

    Parameters
    ----------
    f : callable, or Value
        A function that computes one number; or the result of a recorded graph.
    *xs : numbers, arrays or nests of them; or a single Value
        Where. Of a recorded graph, the node to be nudged, a leaf or one on the way; h may follow
        it.
    wrt : int
        Which argument of the function is nudged.
    h : float
        How far.

    Returns
    -------
    float, or a nest like the argument
        In units of the result per unit of what was nudged. It is off by about h/2 times the
        second derivative, which is what the limit h → 0 takes away (see `nudge_sweep`).

    Raises
    ------
    TypeError
        If the arguments are not numbers, f does not return one, or there is no such argument.
    ValueError
        If h is not above 0 and finite, or the node is no part of the graph.
    NoRuleError
        If a node of the graph can't be computed again, see `replay`.

    Examples
    --------
    >>> import glassgrad as gg
    >>> f = lambda x: 3 * x**2 - 4 * x + 5
    >>> round(gg.nudge(f, 3.0), 6), round(gg.nudge(f, 3.0, h=1e-6), 6)
    (14.003, 14.000003)
    >>> a, b = gg.Value(2.0), gg.Value(-3.0)
    >>> e = a * b
    >>> L = (e + 10.0) * -2.0
    >>> round(gg.nudge(L, e), 6), round(gg.nudge(L, a, 0.1), 6)
    (-2.0, 6.0)
    """
    if type(f) is Value and len(xs) == 2:
        node, h = xs
        xs = (node,)
    h = as_float(h, "nudge's h")
    if not 0.0 < h < inf:
        raise ValueError(f"nudge's h is a small number above 0, not {h}: 1e-3 is usual")
    if type(f) is Value:
        return _of_node(f, xs, h)
    flat = Flat(f, xs)
    if not is_whole(wrt) or not -len(xs) <= wrt < len(xs):
        raise TypeError(
            f"wrt says which of the {len(xs)} arguments is nudged, counted from 0, not {wrt!r}"
        )
    place = wrt % len(xs)
    before = len(flatten(xs[:place])[0])
    leaves, rebuild = flatten(xs[place])
    inputs = range(before, before + len(leaves))
    return rebuild([forward(flat.along(i), flat.numbers[i], h) for i in inputs])


def forward(g: Callable[[float], float], x: float, h: float) -> float:
    """Measure a slope on one side of x."""
    return (g(x + h) - g(x)) / h


def central(g: Callable[[float], float], x: float, h: float) -> float:
    """Measure a slope on both sides of x."""
    return (g(x + h) - g(x - h)) / (2.0 * h)


def _of_node(L: Value, nodes: tuple[Any, ...], h: float) -> float:
    if len(nodes) != 1 or type(nodes[0]) is not Value:
        given = ", ".join(map(a_kind, nodes)) or "nothing"
        raise TypeError(
            f"of a recorded graph one node is nudged, a Value, not {given}: nudge(L, a)"
        )
    [node] = nodes
    return forward(lambda x: replay(L, {node: x}), node.data, h)
