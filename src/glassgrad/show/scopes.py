"""Which module's group each value belongs to, and the tree of these groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from glassgrad.show.levels import Graph
from glassgrad.show.names import short
from glassgrad.show.scene import Kind, Node


class Tree:
    """The values that a module made itself, and the modules within it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.own: list[int] = []
        self._below: dict[str, Tree] = {}

    def children(self) -> list[tuple[str, Tree]]:
        """List the groups within, each as deep as it goes before it forks, with their names."""
        return [child._condensed() for child in self._below.values()]

    def _condensed(self) -> tuple[str, Tree]:
        tree, holder = self, ""
        while not tree.own and len(tree._below) == 1:
            holder = tree.path
            (tree,) = tree._below.values()
        is_list = not tree.own and not tree.path.rpartition(".")[2].isdigit()
        return (holder if is_list and holder else tree.path), tree

    def members(self) -> list[int]:
        """List all values in it, in order of creation."""
        return sorted([i for tree in self.walk() for i in tree.own])

    def walk(self) -> Iterator[Tree]:
        """Yield this group and all within."""
        waiting = [self]
        while waiting:
            tree = waiting.pop()
            yield tree
            waiting += tree._below.values()

    def grow(self, path: str) -> Tree:
        """Find the group of a path below, or make it and those on the way."""
        tree = self
        for part in path.split(".") if path else ():
            if part not in tree._below:
                tree._below[part] = Tree(f"{tree.path}.{part}" if tree.path else part)
            tree = tree._below[part]
        return tree


def tree_of(graph: Graph, outputs: Collection[int]) -> Tree:
    """Sort values by the module that made them; parameters and constants go where they are used.

    Outputs, and inputs of several modules, stay outside of all groups. A parameter that goes into
    its module's group takes a short name there.
    """
    root = Tree("")
    places = {"": root}
    for node in graph.nodes:
        if node.index in outputs:
            home = ""
        elif node.operands:
            home = node.scope
        else:
            users = ["" if i in outputs else graph.nodes[i].scope for i in graph.users(node.index)]
            home = _parameter_of(users) if node.kind is Kind.INPUT else _home(node, set(users))
        if home not in places:
            places[home] = root.grow(home)
        places[home].own.append(node.index)
        if home and node.kind is Kind.PARAMETER and not node.value.label:
            node.name = short(node.name, home)
    return root


def _parameter_of(users: list[str]) -> str:
    """Find the module that alone uses an input, again and again.

    Then it is a parameter, though its module is no longer there to say so.
    """
    modules = {path for path in users if path}
    again = len(users) - users.count("") > 1
    return modules.pop() if len(modules) == 1 and again else ""


def _home(leaf: Node, users: set[str]) -> str:
    """Choose the group for a leaf: its owner's, if that uses it, or the only one that does."""
    if leaf.kind is Kind.PARAMETER and not leaf.value.label:
        owners = [path for path in users if path and f".{path}." in f".{leaf.name}."]
        if owners:
            return max(owners, key=len)
    return next(iter(users)) if len(users) == 1 else ""
