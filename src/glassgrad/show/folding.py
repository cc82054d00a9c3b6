"""From a graph to a scene: drawn as it is, or folded where it is large."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from glassgrad.engine import Value
from glassgrad.show.gather import gather
from glassgrad.show.levels import Frame, Graph
from glassgrad.show.scene import Scene


def scene(*roots: Value, open: Collection[str] | Literal["all"] = (), most: int = 60) -> Scene:
    """Say what a drawing of everything that leads to the roots shows.

    Parameters
    ----------
    *roots : Value
        The outputs.
    open : collection of str or "all"
        The keys of the groups that will be drawn opened; they are only checked here.
    most : int
        Up to so many values are drawn each by itself.

    Returns
    -------
    Scene
        All nodes, and how they are folded.

    Examples
    --------
    >>> from glassgrad import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> [f"{node.name}: {node.kind}" for node in scene(a * b + 1).nodes]
    ['a: input', 'b: input', 'v1: inner', '1: constant', 'v2: output']
    """
    nodes, outputs = gather(*roots)
    graph = Graph(nodes)
    return Scene(nodes, outputs, Frame(graph, range(len(nodes))).level)
