"""Scenes made by hand, so that a test of a drawing rests on nothing but what it draws."""

from __future__ import annotations

from glassgrad import Value
from glassgrad.engine import edges
from glassgrad.graph import ancestors, card_of
from glassgrad.modes import SCOPES
from glassgrad.opcodes import CONSTANT
from glassgrad.show.numbers import number
from glassgrad.show.scene import Arrow, Group, Kind, Level, Node, Port, Scene


def worked_example() -> Value:
    """Build L = (a·b + c)·f of the lecture; the gradients are a 6, b −4, c −2, d −2, e −2, f 4."""
    a, b, c, f = (Value(x, label=name) for x, name in ((2, "a"), (-3, "b"), (10, "c"), (-2, "f")))
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def nodes_of(*roots: Value) -> list[Node]:
    """Make the nodes of a scene; leaves are inputs, but for constants."""
    values = ancestors(*roots)
    places = {id(v): i for i, v in enumerate(values)}
    nodes = []
    for i, v in enumerate(values):
        parts = edges(v)
        kind = Kind.CONSTANT if v._opcode == CONSTANT else Kind.INNER if parts else Kind.INPUT
        card = card_of(v._opcode)
        symbol = (card.symbol if card else v._op or "copy") if parts else ""
        name = v.label or (number(v._data) if kind == Kind.CONSTANT else f"v{i}")
        nodes.append(
            Node(
                i, v, name, Kind.OUTPUT if v in roots else kind, symbol, v._data,
                v._grad if v._mark else None, tuple(places[id(o)] for o, _ in parts),
                tuple(partial for _, partial in parts), SCOPES[v._scope],
            )
        )  # fmt: skip
    return nodes


def flat(*roots: Value) -> Scene:
    """Put all that leads to the roots into one level."""
    nodes = nodes_of(*roots)
    outputs = tuple(i for i, node in enumerate(nodes) if node.value in roots)
    return Scene(nodes, outputs, level_of(nodes, nodes))


def level_of(nodes: list[Node], shown: list[Node]) -> Level:
    """Put some nodes into a level, with the arrows between them."""
    places = {node.index: i for i, node in enumerate(shown)}
    arrows = [
        Arrow(places[operand], places[node.index], 1, position)
        for node in shown
        for position, operand in enumerate(node.operands)
        if operand in places
    ]
    return Level(list(shown), arrows)


def grouped(root: Value, *names: str, key: str = "part") -> Scene:
    """Fold the values of these names into one group; names outside stand at its frame."""
    scene = flat(root)
    inner = [node for node in scene.nodes if node.name in names]
    outer = [node for node in scene.nodes if node.name not in names]
    inside = level_of(scene.nodes, inner)
    group = Group(key, "a part", f"{len(inner)} values", len(inner), inside)
    top = level_of(scene.nodes, outer)
    top.boxes.append(group)
    place = len(outer)
    seats: dict[tuple[int, bool], int] = {}
    for node in scene.nodes:
        for position, operand in enumerate(node.operands):
            ends = scene.nodes[operand], node
            if (ends[0] in inner) == (ends[1] in inner):
                continue
            inward = ends[1] in inner
            outside = outer.index(ends[0] if inward else ends[1])
            if (outside, inward) not in seats:
                seats[outside, inward] = len(inside.boxes)
                inside.boxes.append(Port(outer[outside].name, inward, outside))
                top.arrows.append(
                    Arrow(outside, place) if inward else Arrow(place, outside, 1, position)
                )
            port, own = seats[outside, inward], inner.index(ends[1] if inward else ends[0])
            inside.arrows.append(Arrow(port, own, 1, position) if inward else Arrow(own, port))
    return Scene(scene.nodes, scene.outputs, top)
