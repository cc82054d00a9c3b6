"""The backward pass in stages: what is known after each node, and after each of its edges."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import index as as_index
from typing import SupportsIndex, overload

from glassgrad.convert import a_kind
from glassgrad.engine import Value
from glassgrad.graph import refuse_opaque, shares
from glassgrad.show.captions import Operation, name_of
from glassgrad.show.scene import Node


@dataclass(frozen=True, slots=True)
class Stage:
    """One moment of the backward pass.

    Parameters
    ----------
    k : int
        How many operations have handed their gradient on.
    grads : list of float or None
        The gradients known so far, by place in `Scene.nodes`; None before any share arrived.
    caption : str
        What has just happened, in words and numbers.
    focus : tuple of int
        The nodes it happened to.
    edge : (source, target, position) or None
        The edge along which a share was handed, as in `Arrow`; None where a whole node is done.
    """

    k: int
    grads: list[float | None]
    caption: str
    focus: tuple[int, ...]
    edge: tuple[int, int, int] | None


class Stages(Sequence[Stage]):
    """All stages in order; each is made when it is asked for.

    The first shows the values only, the second the root's own gradient. Then for every operation,
    from the newest to the oldest, one stage for each operand, and one for the whole.

    Parameters
    ----------
    root : Value
        What is differentiated.
    nodes : sequence of Node
        All nodes of the scene, in order of creation.

    Raises
    ------
    ValueError
        If the root is not among the nodes.
    NoRuleError
        If the graph has a node without a derivative.
    """

    def __init__(self, root: Value, nodes: Sequence[Node]) -> None:
        refuse_opaque(root)
        places = {id(node.value): node.index for node in nodes}
        if id(root) not in places:
            raise ValueError(f"{root!r} is not in this drawing: its stages can't be shown in it")
        self._nodes = nodes
        self._root = places[id(root)]
        # Who received which share, and what it had then; the root's own 1 comes first.
        self._receivers, self._shares, self._totals = [self._root], [1.0], [1.0]
        self._operations: list[int] = []
        self._begins: list[int] = []  # the stage in which each operation hands its first share on
        known = {self._root: 1.0}
        for v, _, operand, share in shares(root):
            if not self._operations or self._operations[-1] != places[id(v)]:
                self._begins.append(1 + len(self._shares) + len(self._operations))
                self._operations.append(places[id(v)])
            receiver = places[id(operand)]
            known[receiver] = known[receiver] + share if receiver in known else share
            self._receivers.append(receiver)
            self._shares.append(share)
            self._totals.append(known[receiver])

    def __len__(self) -> int:
        return 1 + len(self._shares) + len(self._operations)

    @overload
    def __getitem__(self, index: int) -> Stage: ...
    @overload
    def __getitem__(self, index: slice) -> list[Stage]: ...
    def __getitem__(self, index: int | slice) -> Stage | list[Stage]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        try:
            place = range(len(self))[index]
        except IndexError:
            raise IndexError(f"there is no stage {index}: there are {len(self)}") from None
        if place == 0:
            return Stage(0, self._known(0), "values only; no gradient yet", (), None)
        if place == 1:
            name = name_of(self._nodes[self._root])
            return Stage(0, self._known(1), f"d{name}/d{name} = 1", (self._root,), None)
        k = bisect_right(self._begins, place) - 1
        node, position = self._nodes[self._operations[k]], place - self._begins[k]
        if position < len(node.operands):
            return self._share(node, position, place - 1 - k, k)
        operation = Operation(node, self._nodes)
        focus = tuple(dict.fromkeys((node.index, *node.operands)))
        caption = f"{operation.meaning()}: {operation.sentence()}"
        return Stage(k + 1, self._known(place - 1 - k), caption, focus, None)

    def after(self, k: int) -> Stage:
        """Find the stage in which so many operations have handed their gradient on.

        Parameters
        ----------
        k : int
            How many; after 0 there are values only, and no gradient anywhere.

        Raises
        ------
        TypeError
            If k is not an int.
        ValueError
            If it is negative, or there are fewer operations.
        """
        most = len(self._operations)
        if isinstance(k, bool) or not isinstance(k, SupportsIndex):
            raise TypeError(f"after counts operations, so it is an int, not {a_kind(k)}")
        if not 0 <= as_index(k) <= most:
            raise ValueError(f"after must be from 0 to {most}, the number of operations, not {k}")
        return self[self._begins[k] - 1] if 0 < k < most else self[-1 if k else 0]

    def _share(self, node: Node, position: int, number: int, k: int) -> Stage:
        """Make the stage in which an operand receives the share of that number."""
        known, receiver = self._known(number), self._receivers[number]
        gradient, before = known[node.index], known[receiver]
        assert gradient is not None
        caption = Operation(node, self._nodes).handing(
            position, gradient, self._shares[number], before
        )
        known[receiver] = self._totals[number]
        focus = tuple(dict.fromkeys((receiver, node.index)))
        return Stage(k, known, caption, focus, (receiver, node.index, position))

    def _known(self, count: int) -> list[float | None]:
        """List the gradients after so many shares."""
        known: list[float | None] = [None] * len(self._nodes)
        for receiver, total in zip(self._receivers[:count], self._totals[:count], strict=True):
            known[receiver] = total
        return known


def stages(root: Value, nodes: Sequence[Node]) -> Stages:
    """Show the backward pass of a value stage by stage; nothing of the graph changes.

    Parameters
    ----------
    root : Value
        What is differentiated.
    nodes : sequence of Node
        All nodes of the scene, in order of creation.

    Returns
    -------
    Stages
        A sequence of `Stage`, made one by one as they are asked for.
    """
    return Stages(root, nodes)
