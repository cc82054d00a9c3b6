"""How a large graph is cut into parts: by modules, by what repeats, and else into ranges."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from glassgrad.show.folding.levels import Graph, Item, Part
from glassgrad.show.folding.ranges import from_to, ranges, signs
from glassgrad.show.folding.repeats import Copies, Sum, shared_out, structure, without_circles
from glassgrad.show.folding.scopes import Tree, tree_of
from glassgrad.show.scene import Kind

#: Values in which nothing repeats are drawn one by one up to this number.
FLAT = 3_000

#: More leaves of a kind in one place become one box.
FEW_LEAVES = 12

#: What one of several is called.
ONE = {"examples": "example", "copies": "copy", "terms": "term"}


class Cutter:
    """Cuts a graph into parts, and these into parts, so that a level has about `most` boxes."""

    def __init__(self, graph: Graph, outputs: tuple[int, ...], most: int) -> None:
        self.graph = graph
        self.ranges: set[str] = set()  # keys of parts whose contents have keys of their own
        self._outputs = frozenset(outputs)
        self._most = most
        self._root = tree_of(graph, self._outputs)
        self._paths = frozenset(tree.path for tree in self._root.walk())

    def items(self) -> list[Item]:
        """Cut the whole graph."""
        return self._within(self._root, "")

    # ------------------------------------------------------------------------- by modules

    def _within(self, tree: Tree, key: str) -> list[Item]:
        """Cut a module's group; the groups within are opened together, while there is room."""
        closed = tree.children()
        if not closed:
            return self._cut(tree.own, key, self._most)[0]
        items = self._cut(tree.own, key, self._most // 2)[0]
        while any(child.children() for _, child in closed):
            opened, inside = list(items), []
            for name, child in closed:
                below = child.children()
                inside += below or [(name, child)]
                if below:
                    opened += self._cut(child.own, name, self._most // 2)[0]
            if len(opened) + len(inside) > self._most:
                break
            items, closed = opened, inside
        items += [self._group(name, child, key) for name, child in closed]
        return self._in_ranges(_in_order(items), key, "modules")

    def _group(self, key: str, tree: Tree, around: str) -> Part:
        title = key.removeprefix(f"{around}.") if around else key
        members = tree.members()
        if tree.children():
            return Part(key, title, _values(members), members, partial(self._within, tree, key))
        items, note = self._cut(tree.own, key, self._most)
        return Part(key, title, note, members, lambda: items)

    # --------------------------------------------------------------------- by what repeats

    def _cut(self, members: list[int], key: str, room: int) -> tuple[list[Item], str]:
        """Cut values of one module, or of none; also say in words what they are."""
        if len(members) <= room:
            return list(members), _values(members)
        nodes = self.graph.nodes
        inner = [i for i in members if nodes[i].operands]
        leaves = [i for i in members if not nodes[i].operands and i not in self._outputs]
        found = structure(self.graph, inner, self._most // 2)
        if len(found) > self._most:  # it will be cut into ranges
            found = without_circles(self.graph, found)
        leaves = shared_out(self.graph, leaves, found)
        items = self._few([i for i in members if i in self._outputs], key)
        if len(found) == 1 and isinstance(found[0], Copies):
            word = self._word(found[0])
            items += self._few(leaves + found[0].shared, key)
            items += self._copies(found[0], key, word)
            return _in_order(items), self._each(found[0], word)
        items += self._few(leaves, key)
        for k, piece in enumerate(found, 1):
            if isinstance(piece, Sum):
                items += self._sum(piece, self._key(key, f"sum {k}"))
            elif isinstance(piece, Copies):
                word = self._word(piece)
                own = self._key(key, f"{word} {k}")
                title = f"… × {len(piece.copies):,} {word}"
                inside = self._few(piece.shared, own) + self._copies(piece, own, word)
                items += self._part(own, title, self._each(piece, word), inside)
            elif piece not in self._outputs:
                items.append(piece)
        items = _in_order(items)
        if len(items) > FLAT or len(items) < len(members):
            items = self._in_ranges(items, key, "part")
        return items, _values(members)

    def _copies(self, piece: Copies, key: str, word: str) -> list[Item]:
        """Show one of the copies, and one box that stands for all others."""
        copies = [self._without_outputs(copy) for copy in piece.copies]
        rest = sorted(i for copy in copies[1:] for i in copy)
        shown = self._inside(copies[0], self._key(key, f"{ONE[word]} 1"))
        if not rest:
            return shown
        own = self._key(key, "others")
        title = f"{len(copies) - 1:,} more {word}"
        others = Part(own, title, _values(rest), rest, lambda: self._others(copies, own, word))
        return [*shown, others]

    def _others(self, copies: list[list[int]], key: str, word: str) -> list[Item]:
        """Show all copies but the first, each by itself."""
        items: list[Item] = []
        for k, copy in enumerate(copies[1:], 2):
            if len(copy) == 1:
                items += copy
            elif copy:
                own, title = (
                    self._key(key, f"{ONE[word]} {k}"),
                    f"{ONE[word]} {k} of {len(copies):,}",
                )
                inside = partial(self._inside, copy, own)
                items.append(Part(own, title, _values(copy), copy, inside))
        return self._in_ranges(items, key, word)

    def _inside(self, copy: list[int], key: str) -> list[Item]:
        return self._cut(copy, key, self._most // 2)[0]

    def _sum(self, piece: Sum, key: str) -> list[Item]:
        """Make one part of a long sum and of what it adds up, if that repeats."""
        steps = self._without_outputs(piece.steps)
        title = f"Σ of {piece.terms:,} terms"
        items = self._few(piece.shared, key)
        for k, copies in enumerate(piece.repeated, 1):
            own = self._key(key, f"terms {k}")
            items += self._few(copies.shared, own) + self._copies(copies, own, "terms")
        if not items:
            return self._ranged(key, title, steps)
        if len(steps) <= self._most // 2:
            items += steps
        else:
            items += self._ranged(self._key(key, "steps"), f"{len(steps):,} additions", steps)
        note = ", ".join(self._each(copies, "terms") for copies in piece.repeated)
        return self._part(key, title, note, _in_order(items))

    def _word(self, piece: Copies) -> str:
        """Choose a word: examples go through the same parameters, and what goes through varies."""
        parameters, data = zip(*map(self._operands, piece.copies[:2]), strict=True)
        same = parameters[0] == parameters[1] and data[0] != data[1]
        return "examples" if same else "copies"

    def _operands(self, copy: list[int]) -> tuple[list[int], list[int | float]]:
        """List what a copy works on: parameters, and all else; of constants the numbers."""
        nodes, inside = self.graph.nodes, set(copy)
        parameters: list[int] = []
        data: list[int | float] = []
        for i in copy:
            for operand in nodes[i].operands:
                kind = nodes[operand].kind
                if kind is Kind.PARAMETER:
                    parameters.append(operand)
                elif kind is Kind.CONSTANT:
                    data.append(nodes[operand].data)
                elif operand not in inside:
                    data.append(operand)
        return parameters, data

    def _each(self, piece: Copies, word: str) -> str:
        values = _values(self._without_outputs(piece.copies[0]))
        return f"{values} × {len(piece.copies):,} {word}"

    # ----------------------------------------------------------------------- parts of any kind

    def _part(self, key: str, title: str, note: str, items: list[Item]) -> list[Item]:
        members = _members(items)
        return [Part(key, title, note or _values(members), members, lambda: items)] if items else []

    def _ranged(self, key: str, title: str, members: list[int]) -> list[Item]:
        """Make one part of values that are not structured any further."""
        if not members:
            return []
        inside = partial(self._in_ranges, list(members), key, "part")
        return [Part(key, title, _values(members), members, inside)]

    def _few(self, leaves: list[int], key: str) -> list[Item]:
        """Keep few leaves of a kind as they are, and few with labels; make one part of many."""
        nodes = self.graph.nodes
        kinds: dict[Kind, list[int]] = {}
        for i in leaves:
            kinds.setdefault(nodes[i].kind, []).append(i)
        items: list[Item] = []
        for kind, alike in kinds.items():
            labelled = [i for i in alike if nodes[i].value.label]
            shown = alike if len(alike) <= FEW_LEAVES else labelled
            if len(shown) > FEW_LEAVES:
                shown = []
            items += shown
            rest = [i for i in alike if i not in shown]
            items += self._ranged(self._key(key, f"{kind}s"), f"{len(rest):,} {kind}s", rest)
        return items

    def _in_ranges(self, items: list[Item], key: str, word: str) -> list[Item]:
        """Cut what is still too many into parts of about the same length, one after the other."""
        if len(items) <= self._most:
            return items
        longest = max(self._most, -(-len(items) // max(2, self._most // 4)))
        cut = ranges(self.graph, items, longest)
        parts: list[Item] = []
        for k, some in enumerate(cut, 1):
            if len(some) == 1:
                parts += some
                continue
            own = self._key(key, f"{word} {k}")
            self.ranges.add(own)
            members = _members(some)
            title, note = from_to(self.graph, some, word != "part"), _values(members)
            if not title:
                title = f"part {k} of {len(cut)}"
                note = ": ".join(filter(None, (note, signs(self.graph, members))))
            parts.append(Part(own, title, note, members, partial(self._in_ranges, some, own, word)))
        return parts

    def _without_outputs(self, members: list[int]) -> list[int]:
        return [i for i in members if i not in self._outputs]

    def _key(self, around: str, name: str) -> str:
        key = f"{around}/{name}" if around else name
        while key in self._paths:  # a module may be called so
            key += "′"
        return key


def _members(items: list[Item]) -> list[int]:
    """List the values in several items, in order of creation."""
    return sorted(
        [i for item in items for i in ([item] if isinstance(item, int) else item.members)]
    )


def _in_order(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item if isinstance(item, int) else item.members[0])


def _values(members: Collection[int]) -> str:
    return "1 value" if len(members) == 1 else f"{len(members):,} values"
