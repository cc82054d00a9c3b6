"""What a drawing shows, before anything has a place: values, boxes that hold many, arrows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from glassgrad.engine import Value
from glassgrad.graph import card_of


class Kind(StrEnum):
    """What a value is in its graph; each has a colour and a shape."""

    INPUT = "input"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    INNER = "inner"
    OUTPUT = "output"


@dataclass(slots=True, eq=False)
class Node:
    """A Value as it was when the drawing was made.

    Parameters
    ----------
    index : int
        Its place in `Scene.nodes`, which are in the order of creation.
    value : Value
        The Value itself.
    name : str
        Its label; without one ``v1``, ``v2`` and so on, a parameter's path, or a constant's number.
    kind : Kind
        What it is in the graph.
    symbol : str
        The sign of the operation that made it, ``×``; empty for a leaf.
    data : float
        The number.
    grad : float or None
        The derivative of the output with respect to it; None before a backward pass.
    operands : tuple of int
        The operands in order, as places in `Scene.nodes`.
    partials : tuple of float
        The local derivatives, one for each operand.
    scope : str
        The path of the module that made it.
    """

    index: int
    value: Value
    name: str
    kind: Kind
    symbol: str
    data: float
    grad: float | None
    operands: tuple[int, ...]
    partials: tuple[float, ...]
    scope: str

    @property
    def order_matters(self) -> bool:
        """Whether it has two operands, and would be another number with them exchanged."""
        if len(self.operands) != 2:
            return False
        card = card_of(self.value._opcode)
        if card is None or not card.in_table or len(card.operands) != 2:
            return True
        return card.on_floats(2.0, 3.0) != card.on_floats(3.0, 2.0)


@dataclass(slots=True, eq=False)
class Group:
    """Many values drawn as one box.

    Parameters
    ----------
    key : str
        What it is opened by; no other group of the scene has it: ``layers.0.neurons.3``.
    title : str
        What is written on it.
    note : str
        What it holds, in words: ``6 values × 100 examples``.
    size : int
        How many values it holds, all of them counted.
    level : Level
        What it shows when it is opened.
    """

    key: str
    title: str
    note: str
    size: int
    level: Level


@dataclass(slots=True, eq=False)
class Port:
    """Where an arrow crosses the frame of an opened group: what is outside is named at the edge.

    Parameters
    ----------
    name : str
        What is on the other side.
    inward : bool
        Whether it stands at the left edge, where operands come in, or at the right.
    outside : int
        The box on the other side: its place in the level around the group.
    """

    name: str
    inward: bool
    outside: int


@dataclass(slots=True, eq=False)
class Arrow:
    """From what is used to what uses it: places in `Level.boxes`.

    It stands for `count` operands; if that is one, and of a node, `position` says which.
    """

    source: int
    target: int
    count: int = 1
    position: int = 0


@dataclass(slots=True, eq=False)
class Level:
    """Boxes and arrows that are drawn together; a group has a level of its own inside."""

    boxes: list[Node | Group | Port] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)

    def place_of(self, arrow: Arrow) -> str:
        """Say which operand an arrow is, "1" or "2", where that matters."""
        target = self.boxes[arrow.target]
        numbered = arrow.count == 1 and isinstance(target, Node) and target.order_matters
        return str(arrow.position + 1) if numbered else ""


@dataclass(slots=True, eq=False)
class Scene:
    """Everything that leads to the outputs: all nodes, and how they are folded."""

    nodes: list[Node]
    outputs: tuple[int, ...]
    top: Level
