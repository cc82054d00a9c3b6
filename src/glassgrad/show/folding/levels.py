"""From parts to levels: boxes, the arrows between them, and ports at the frame of a group."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from glassgrad.show.scene import Arrow, Group, Level, Node, Port


@dataclass(slots=True, eq=False)
class Part:
    """What becomes a group: values by their places, in order, and what it shows when opened."""

    key: str
    title: str
    note: str
    members: Sequence[int]
    items: Callable[[], list[Item]]


#: A value by its place, or a part that holds several.
Item: TypeAlias = "int | Part"


class Graph:
    """The nodes of a drawing, and who uses each."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        counts = [0] * (len(nodes) + 1)
        for node in nodes:
            for operand in node.operands:
                counts[operand + 1] += 1
        self._starts = list(accumulate(counts))
        free = self._starts.copy()
        self._users = [0] * free[-1]
        for node in nodes:
            for operand in node.operands:
                self._users[free[operand]] = node.index
                free[operand] += 1

    def users(self, i: int) -> list[int]:
        """List what uses a value, in order of creation, as often as it does."""
        return self._users[self._starts[i] : self._starts[i + 1]]


class FoldedGroup(Group):
    """A group whose inside is built when it is first looked at."""

    def __init__(self, part: Part, around: Frame) -> None:
        self.key, self.title, self.note, self.size = (
            part.key, part.title, part.note, len(part.members),
        )  # fmt: skip
        self._part = part
        self._around = around

    def __getattr__(self, name: str) -> Level:  # asked for a slot that was not filled yet
        if name != "level":
            raise AttributeError(f"a group has no {name!r}")
        self.level = Frame(self._around.graph, self._part.items(), self._around).level
        return self.level


class Frame:
    """One level while it is built: the box of each value, and where arrows cross the frame."""

    def __init__(self, graph: Graph, items: Sequence[Item], around: Frame | None = None) -> None:
        self.graph = graph
        self._around = around
        self._ports: dict[tuple[bool, int], int] = {}
        self._box: dict[int, int] = {}
        self.level = Level()
        for place, item in enumerate(items):
            if isinstance(item, int):
                self._box[item] = place
                self.level.boxes.append(graph.nodes[item])
            else:
                self._box.update(dict.fromkeys(item.members, place))
                self.level.boxes.append(FoldedGroup(item, self))
        self._draw_arrows()

    def _draw_arrows(self) -> None:
        nodes, box = self.graph.nodes, self._box
        single = [isinstance(b, Node) for b in self.level.boxes]
        crossing: dict[tuple[int, int], Arrow] = {}
        for i, target in box.items():
            for position, operand in enumerate(nodes[i].operands):
                source = box.get(operand, -1)
                if source < 0:
                    self._connect(self._port(operand, inward=True), target, crossing, position)
                elif single[source] and single[target]:
                    self.level.arrows.append(Arrow(source, target, 1, position))
                elif source != target:
                    self._connect(source, target, crossing, position)
        if self._around is not None:
            for i, source in box.items():
                for user in self.graph.users(i):
                    if user not in box:
                        self._connect(source, self._port(user, inward=False), crossing)

    def _connect(
        self, source: int, target: int, known: dict[tuple[int, int], Arrow], position: int = 0
    ) -> None:
        if (source, target) in known:
            known[source, target].count += 1
        else:
            known[source, target] = arrow = Arrow(source, target, 1, position)
            self.level.arrows.append(arrow)

    def _port(self, i: int, inward: bool) -> int:
        """Find the port for the box outside that holds a value, or make one."""
        assert self._around is not None
        outside = self._around._place_of(i, inward)
        if (inward, outside) not in self._ports:
            self._ports[inward, outside] = len(self.level.boxes)
            beyond = self._around.level.boxes[outside]
            name = beyond.title if isinstance(beyond, Group) else beyond.name
            self.level.boxes.append(Port(name, inward, outside))
        return self._ports[inward, outside]

    def _place_of(self, i: int, inward: bool) -> int:
        """Find the box of a value in this level; of one outside it is the port towards it."""
        return self._box[i] if i in self._box else self._port(i, inward)
