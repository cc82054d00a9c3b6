"""What repeats in a graph: long sums, and pieces that are made alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from glassgrad.opcodes import ADD, FLOAT_POWER, INT_POWER
from glassgrad.show.folding.levels import Graph
from glassgrad.show.folding.ranges import circles, needs
from glassgrad.show.scene import Kind

#: A sum of fewer terms is not worth a box.
LONG_SUM = 4


@dataclass(slots=True, eq=False)
class Copies:
    """Pieces of a graph that are made alike, and the leaves that they share."""

    copies: list[list[int]]
    shared: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Sum:
    """A long sum: its additions, what is added if that repeats, and leaves that only it uses."""

    steps: list[int]
    terms: int
    repeated: list[Copies] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)


def structure(graph: Graph, inner: Sequence[int], large: int) -> list[Copies | Sum | int]:
    """Find what repeats among inner nodes; what remains are the nodes by themselves.

    A piece of more than `large` nodes that is like no other is taken apart at its longest sums.
    """
    found: list[Copies | Sum | int] = []
    waiting = [inner]
    while waiting:
        pieces = components(graph, waiting.pop())
        for alike in _by_shape(graph, pieces):
            if len(alike) >= 3 or (len(alike) == 2 and len(alike[0]) > large):
                found.append(Copies(alike))
                continue
            for piece in alike:
                sums = _longest_sums(graph, piece) if len(piece) > large else []
                found += sums or piece
                if sums:
                    steps = {i for one in sums for i in one.steps}
                    waiting.append([i for i in piece if i not in steps])
    return _with_terms(graph, found)


def components(graph: Graph, inner: Collection[int]) -> list[list[int]]:
    """Split inner nodes into pieces that no edge between them connects."""
    leader = {i: i for i in inner}

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = i = leader[leader[i]]
        return i

    for i in inner:
        for operand in graph.nodes[i].operands:
            if operand in leader:
                leader[find(operand)] = find(i)
    pieces: dict[int, list[int]] = {}
    for i in inner:
        pieces.setdefault(find(i), []).append(i)
    return list(pieces.values())


def _by_shape(graph: Graph, pieces: list[list[int]]) -> list[list[list[int]]]:
    """Bring pieces of the same shape together."""
    if len(pieces) == 1:
        return [pieces]
    shapes: dict[tuple[object, ...], list[list[int]]] = {}
    for piece in pieces:
        shapes.setdefault(_shape(graph, piece), []).append(piece)
    return list(shapes.values())


def _shape(graph: Graph, piece: list[int]) -> tuple[object, ...]:
    """Describe a piece in order of creation: operations, and where their operands are in it."""
    place = {i: k for k, i in enumerate(piece)}
    shape: list[object] = []
    for i in piece:
        node = graph.nodes[i]
        v = node.value
        constant = v._db if v._opcode in (INT_POWER, FLOAT_POWER) else None
        shape += (v._opcode, constant)
        for operand in node.operands:
            if operand in place:
                shape.append(place[operand])
            else:
                kind = graph.nodes[operand].kind
                shape.append(Kind.INNER if kind is Kind.OUTPUT else kind)
    return tuple(shape)


def _longest_sums(graph: Graph, piece: list[int]) -> list[Sum]:
    """Find the longest sums of a piece, down to half as long: each used by one other only."""
    nodes = graph.nodes
    additions = {i for i in piece if nodes[i].value._opcode == ADD}
    last: dict[int, int] = {}
    sums: dict[int, list[int]] = {}
    for i in reversed(piece):
        if i in additions:
            users = graph.users(i)
            alone = len(users) == 1 and users[0] in additions and nodes[i].kind is not Kind.OUTPUT
            last[i] = last[users[0]] if alone else i
            sums.setdefault(last[i], []).append(i)
    longest = max(map(len, sums.values()), default=0)
    enough = max(LONG_SUM - 1, (longest + 1) // 2)
    return [
        Sum(steps[::-1], _terms(graph, steps)) for steps in sums.values() if len(steps) >= enough
    ]


def _terms(graph: Graph, steps: list[int]) -> int:
    """Count what is added up; the 0 that Python's sum begins with is no term."""
    operands = (graph.nodes[operand] for i in steps for operand in graph.nodes[i].operands)
    zeros = sum(node.kind is Kind.CONSTANT and node.data == 0.0 for node in operands)
    return len(steps) + 1 - zeros


def _with_terms(graph: Graph, found: list[Copies | Sum | int]) -> list[Copies | Sum | int]:
    """Give each sum the copies that are its terms, and nothing else."""
    sum_of = {i: part for part in found if isinstance(part, Sum) for i in part.steps}
    rest: list[Copies | Sum | int] = []
    for part in found:
        if isinstance(part, Copies):
            inside = {i for copy in part.copies for i in copy}
            totals = {
                sum_of.get(user) for i in inside for user in graph.users(i) if user not in inside
            }
            if len(totals) == 1 and (total := totals.pop()) is not None:
                total.repeated.append(part)
                continue
        rest.append(part)
    return rest


def without_circles(graph: Graph, found: Sequence[Copies | Sum | int]) -> list[Copies | Sum | int]:
    """Take those copies apart that, as one box, would feed what they need themselves.

    A sum never does: all that is in it leads to its last step.
    """
    if not any(isinstance(piece, Copies) for piece in found):
        return list(found)
    pieces = [
        [piece] if isinstance(piece, int)
        else [i for copy in piece.copies for i in copy] if isinstance(piece, Copies)
        else piece.steps + [i for copies in piece.repeated for copy in copies.copies for i in copy]
        for piece in found
    ]  # fmt: skip
    apart = {k for circle in circles(needs(graph, pieces)) if len(circle) > 1 for k in circle}
    rest: list[Copies | Sum | int] = []
    for k, piece in enumerate(found):
        if k in apart and isinstance(piece, Copies):
            rest += pieces[k]
        else:
            rest.append(piece)
    return rest


def shared_out(graph: Graph, leaves: list[int], found: list[Copies | Sum | int]) -> list[int]:
    """Give each leaf to the copy, or to the sum, that alone uses it; list those that are left.

    Inputs are left: they belong to the data, and not to what is done with it.
    """
    owners: dict[int, list[list[int]]] = {}  # for each node the lists it is in, the widest first
    for piece in found:
        if isinstance(piece, Sum):
            owners.update((i, [piece.shared]) for i in piece.steps)
        around = [piece.shared] if isinstance(piece, Sum) else []
        repeated = piece.repeated if isinstance(piece, Sum) else [piece]
        for copies in repeated:
            if isinstance(copies, Copies):
                for copy in copies.copies:
                    owner = [*around, copies.shared, copy]
                    owners.update((i, owner) for i in copy)
    left: list[int] = []
    changed: dict[int, list[int]] = {}
    for i in leaves:
        users = [owners.get(user, []) for user in graph.users(i)]
        common = [
            same[0] for same in zip(*users, strict=False) if all(one is same[0] for one in same)
        ]
        if common and graph.nodes[i].kind is not Kind.INPUT:
            common[-1].append(i)
            changed[id(common[-1])] = common[-1]
        else:
            left.append(i)
    for copy in changed.values():
        copy.sort()
    return left
