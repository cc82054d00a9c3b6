"""A scene as the plain lists that a page carries: numbers, names, and where everything stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import dist, isclose, isfinite
from typing import Any

from glassgrad.errors import DrawingError
from glassgrad.show.captions import name_of
from glassgrad.show.live.operations import Operations
from glassgrad.show.look import head, label_width, shortened, size
from glassgrad.show.numbers import number
from glassgrad.show.placing import placed
from glassgrad.show.scene import Arrow, Group, Kind, Level, Node, Port, Scene
from glassgrad.show.stages import stages

#: A larger graph is shown with the numbers it has; the page does not compute it again.
MOST_REPLAYED = 20_000

#: Groups that would take a page beyond so many boxes stay closed.
MOST_BOXES = 3_000

KINDS = list(Kind)


def pack(scene: Scene, operations: Operations, opened: Collection[str]) -> dict[str, Any]:
    """Gather what the script of a page reads, in short lists; `drawing.js` reads them.

    Parameters
    ----------
    scene : Scene
        What is shown.
    operations : Operations
        The operations of all nodes of the scene.
    opened : collection of str
        The keys of the groups that are open at first.

    Returns
    -------
    dict
        What `json` can write, but for numbers that are not finite: these are strings.

    Raises
    ------
    DrawingError
        If no group has such a key.
    """
    levels = _levels(scene.top)
    replayed = len(scene.nodes) <= MOST_REPLAYED
    kept = scene.nodes if replayed else _kept(scene, levels)
    places = {node.index: i for i, node in enumerate(kept)}
    numbers = {id(level): i for i, level in enumerate(levels)}
    scopes = {scope: i for i, scope in enumerate(dict.fromkeys(node.scope for node in kept))}
    names = [shortened(node.name) for node in kept]
    return {
        "names": names,
        "full": {i: n.name for i, n in enumerate(kept) if n.name != names[i]},
        "wrapped": [i for i, node in enumerate(kept) if name_of(node) != names[i]],
        "kinds": [KINDS.index(node.kind) for node in kept],
        "operations": [operations.places[node.index] for node in kept],
        "operands": [_operands(node, places) for node in kept],
        "partials": [list(map(_number, node.partials)) or 0 for node in kept],
        "data": [_number(node.data) for node in kept],
        "grads": [] if replayed else [_number(node.grad) for node in kept],
        "scopes": list(scopes),
        "scope": [scopes[node.scope] for node in kept],
        "labels": [_short(label_width(node)) for node in kept],
        "widths": [_short(size(node)[0] - head(node)) for node in kept],
        "output": places[scene.outputs[0]],
        "seeded": scene.nodes[scene.outputs[0]].grad is not None,
        "values": len(scene.nodes),
        "levels": [_level(level, places, numbers) for level in levels],
        "opened": _opened(levels, numbers, opened),
        "fixed": _why_fixed(scene, operations),
        "still": _why_still(scene, operations),
        "other": _other_gradients(scene, operations),
    }


def _levels(top: Level) -> list[Level]:
    """List the levels that a page holds, outer ones first."""
    found, boxes = [top], len(top.boxes)
    for level in found:
        for group in _groups(level):
            inside = group.level.boxes
            if inside and boxes + len(inside) <= MOST_BOXES:
                boxes += len(inside)
                found.append(group.level)
    return found


def _groups(level: Level) -> Iterator[Group]:
    return (box for box in level.boxes if isinstance(box, Group))


def _kept(scene: Scene, levels: list[Level]) -> list[Node]:
    """List the nodes that are drawn somewhere, and their operands, in order of creation."""
    drawn = {box.index for level in levels for box in level.boxes if isinstance(box, Node)}
    drawn |= {operand for i in drawn for operand in scene.nodes[i].operands}
    return [scene.nodes[i] for i in sorted(drawn | {scene.outputs[0]})]


def _operands(node: Node, places: dict[int, int]) -> list[int] | int:
    found = [places[operand] for operand in node.operands if operand in places]
    return found if len(found) == len(node.operands) and found else 0


def _level(level: Level, places: dict[int, int], numbers: dict[int, int]) -> dict[str, Any]:
    found = placed(level)
    layout = found.layout
    return {
        "size": [_short(layout.width), _short(layout.height)],
        "boxes": [
            _box(box, width, places, numbers)
            for box, (width, _) in zip(level.boxes, found.sizes, strict=True)
        ],
        "x": [_short(x) for x, _ in layout.spots],
        "y": [_short(y) for _, y in layout.spots],
        "arrows": [number for arrow in level.arrows for number in _arrow(arrow)],
        "routes": [_between(points) or 0 for points in layout.routes],
    }


def _between(points: list[tuple[float, float]]) -> list[float]:
    """List where an arrow bends; its two ends are at the boxes' sides, and need not be sent."""
    start, *bends, end = points
    apart = [p for p in bends if min(dist(p, start), dist(p, end)) > 1]
    return [_short(number) for point in apart for number in point]


def _arrow(arrow: Arrow) -> tuple[int, int, int, int]:
    return arrow.source, arrow.target, arrow.position, arrow.count


def _box(
    box: Node | Group | Port, width: float, places: dict[int, int], numbers: dict[int, int]
) -> int | list[Any]:
    if isinstance(box, Node):
        return places[box.index]
    if isinstance(box, Port):
        return ["port", _short(width), shortened(box.name), int(box.inward), box.outside]
    level = numbers.get(id(box.level), -1)
    return ["group", _short(width), shortened(box.title), box.note, level, box.size]


def _opened(levels: list[Level], numbers: dict[int, int], keys: Collection[str]) -> list[int]:
    """Find the levels inside the groups that are to be open."""
    known = {
        group.key: numbers.get(id(group.level)) for level in levels for group in _groups(level)
    }
    for key in keys:
        if key not in known:
            there = ", ".join(map(repr, list(known)[:5])) or "none at all"
            raise DrawingError(f"there is no group {key!r} to open; there are {there}")
    return [level for key in keys if (level := known[key]) is not None]


def _why_fixed(scene: Scene, operations: Operations) -> str:
    """Say why the page can't compute the graph with other numbers; nothing if it can."""
    if len(scene.nodes) > MOST_REPLAYED:
        return (
            f"This graph has {len(scene.nodes):,} values. Up to {MOST_REPLAYED:,} can be changed "
            "here; of a larger one the page shows the numbers that were computed."
        )
    if operations.opaque:
        return f"{operations.opaque} was made by hand, so nobody knows how to compute it again."
    if operations.unknown:
        return (
            f"What {operations.unknown} computes is known to Python only: written with operators "
            "and functions of glassgrad, it could be computed here."
        )
    return ""


def _why_still(scene: Scene, operations: Operations) -> str:
    """Say why the page can't step through the backward pass; nothing if it can."""
    if len(scene.nodes) > MOST_REPLAYED:
        return f"{len(scene.nodes):,} values are too many to step through."
    if operations.opaque:
        return f"{operations.opaque} was made by hand, without a derivative: no gradient passes it."
    return ""


def _other_gradients(scene: Scene, operations: Operations) -> str:
    """Say if the Values have other gradients than the one pass that the page shows."""
    if _why_still(scene, operations):
        return ""
    output = scene.nodes[scene.outputs[0]]
    one_pass = stages(output.value, scene.nodes)[-1].grads
    for node, once in zip(scene.nodes, one_pass, strict=True):
        if node.grad is not None and not _same(node.grad, once or 0.0):
            return (
                f"This page shows one backward pass from {name_of(output)}. What is recorded is "
                f"something else, {name_of(node)}.grad = {number(node.grad)}: several passes have "
                "added up, or there was another output."
            )
    return ""


def _same(a: float, b: float) -> bool:
    return isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (a != a and b != b)


def _number(x: float | None) -> float | str | None:
    return x if x is None or isfinite(x) else repr(x)


def _short(x: float) -> float:
    rounded = round(x, 1)
    return int(rounded) if rounded == int(rounded) else rounded
