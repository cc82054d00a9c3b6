"""How a long list of items is cut: into ranges that do not feed each other in a circle."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

from glassgrad.show.folding.levels import Graph, Item, Part
from glassgrad.show.look import LONGEST
from glassgrad.show.scene import Kind


def ranges(graph: Graph, items: Sequence[Item], longest: int) -> list[list[Item]]:
    """Cut items, given in order of creation, into ranges of about the same length.

    Each item comes after all that it needs, and else in order of creation. Items that need each
    other in a circle stay in one range, unless they are more than `longest`.
    """
    members = [[item] if isinstance(item, int) else item.members for item in items]
    order = _in_order(needs(graph, members))
    ordered = [items[k] for circle in order for k in circle]
    starts = [0]
    for circle in order:
        starts.append(starts[-1] + len(circle))
    cuts = _cuts(starts, longest)
    return [ordered[a:b] for a, b in pairwise(cuts)]


def from_to(graph: Graph, items: Sequence[Item], numbered: bool) -> str:
    """Name a range by its first and last item: ``v1 … v60``, ``example 2 … 61``.

    It has no such name if its parts are not numbered, or if that is too long.
    """
    first, last = items[0], items[-1]
    if isinstance(first, Part) and isinstance(last, Part) and numbered:
        name, end = (part.title.partition(" of ")[0] for part in (first, last))
        stem = name[: max(name.rfind("."), name.rfind(" ")) + 1]
        text = f"{name} … {end.removeprefix(stem)}"
    else:
        nodes = [graph.nodes[i] for i in items if isinstance(i, int)]
        if len(nodes) < len(items) or Kind.CONSTANT in (nodes[0].kind, nodes[-1].kind):
            return ""
        text = f"{nodes[0].name} … {nodes[-1].name}"
    return text if len(text) <= LONGEST else ""


def signs(graph: Graph, members: Sequence[int]) -> str:
    """List the most frequent operations among values."""
    counts = Counter(graph.nodes[i].symbol for i in members if graph.nodes[i].operands)
    return " ".join(sign for sign, _ in counts.most_common(3))


def _cuts(starts: list[int], longest: int) -> list[int]:
    """Choose where to cut, evenly, but at the ends of circles that are not too long."""
    total = starts[-1]
    number = -(-total // longest)
    cuts = {0, total}
    for k in range(1, number):
        cut = k * total // number
        after = bisect_right(starts, cut)
        ends = starts[after - 1], starts[after]
        if ends[1] - ends[0] <= longest:
            cut = min((end for end in ends if 0 < end < total), key=lambda end: abs(end - cut))
        cuts.add(cut)
    return sorted(cuts)


def needs(graph: Graph, pieces: Sequence[Sequence[int]]) -> list[list[int]]:
    """List for each piece of a graph the places of those whose values it uses."""
    place = {i: k for k, piece in enumerate(pieces) for i in piece}
    found: list[list[int]] = [[] for _ in pieces]
    for i, k in place.items():
        found[k] += [
            place[operand] for operand in graph.nodes[i].operands if place.get(operand, k) != k
        ]
    return found


def _in_order(needs: list[list[int]]) -> list[list[int]]:
    """Order places, each after what it needs, the first that is free first; circles together."""
    if all(other < k for k, others in enumerate(needs) for other in others):
        return [[k] for k in range(len(needs))]
    found = circles(needs)
    circle_of = {k: c for c, circle in enumerate(found) for k in circle}
    users: list[list[int]] = [[] for _ in found]
    missing = [0] * len(found)
    for k, others in enumerate(needs):
        for other in others:
            if circle_of[other] != circle_of[k]:
                users[circle_of[other]].append(circle_of[k])
                missing[circle_of[k]] += 1
    free = [(circle[0], c) for c, circle in enumerate(found) if not missing[c]]
    heapify(free)
    ordered = []
    while free:
        c = heappop(free)[1]
        ordered.append(found[c])
        for user in users[c]:
            missing[user] -= 1
            if not missing[user]:
                heappush(free, (found[user][0], user))
    return ordered


def circles(needs: list[list[int]]) -> list[list[int]]:
    """Find what needs each other (the strongly connected components), by Tarjan's algorithm."""
    found: list[list[int]] = []
    lowest: dict[int, int] = {}  # the first on the way that is reached from each place
    way: list[int] = []  # places whose circle is not complete yet
    done = len(needs)
    for start in range(len(needs)):
        if start in lowest:
            continue
        calls = [(start, len(lowest), iter(needs[start]))]
        lowest[start] = len(lowest)
        way.append(start)
        while calls:
            k, number, others = calls[-1]
            for other in others:
                if other not in lowest:
                    calls.append((other, len(lowest), iter(needs[other])))
                    lowest[other] = len(lowest)
                    way.append(other)
                    break
                lowest[k] = min(lowest[k], lowest[other])
            else:
                calls.pop()
                if calls:
                    before = calls[-1][0]
                    lowest[before] = min(lowest[before], lowest[k])
                if lowest[k] == number:
                    at = len(way) - 1
                    while way[at] != k:
                        at -= 1
                    found.append(sorted(way[at:]))
                    lowest.update(dict.fromkeys(way[at:], done))
                    del way[at:]
    return found
