"""From a graph to a scene: drawn as it is, or folded where it is large."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from glassgrad.engine import Value
from glassgrad.errors import DrawingError
from glassgrad.show.gather import gather
from glassgrad.show.levels import Frame, Graph
from glassgrad.show.parts import Cutter
from glassgrad.show.scene import Group, Level, Scene

#: A level with fewer boxes would say nothing.
FEWEST = 4


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
    if not isinstance(most, int) or isinstance(most, bool) or most < FEWEST:
        raise DrawingError(f"most is a whole number of at least {FEWEST}, not {most!r}")
    nodes, outputs = gather(*roots)
    graph = Graph(nodes)
    if len(nodes) <= most:
        top = Frame(graph, range(len(nodes))).level
        ranges: Collection[str] = ()
    else:
        cutter = Cutter(graph, outputs, most)
        top = Frame(graph, cutter.items()).level
        ranges = cutter.ranges
    if open != "all":
        for key in [open] if isinstance(open, str) else open:
            _check(key, top, ranges)
    return Scene(nodes, outputs, top)


def _check(key: str, top: Level, ranges: Collection[str]) -> None:
    """Raise if no group has the key; the key of a group begins with that of the group around."""
    waiting, seen = [top], []
    while waiting:
        for group in waiting.pop().boxes:
            if isinstance(group, Group):
                if group.key == key:
                    return
                seen.append(group.key)
                if group.key in ranges or key.startswith((f"{group.key}.", f"{group.key}/")):
                    waiting.append(group.level)
    some = ", ".join(map(repr, seen[:8])) + (" and others" if len(seen) > 8 else "")
    raise DrawingError(
        f"there is no group {key!r} to open: " + (f"there are {some}" if seen else "none is folded")
    )
