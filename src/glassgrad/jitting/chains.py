"""Find sums, and sums of products, in a graph: each becomes one instruction.

In a chain each addition adds one more term to what the one before it gave, which nobody else uses:
``((start + a0*b0) + a1*b1) + a2*b2``. The last addition stands for all of it. The additions are
done in the same order as before, so the result has the same bits.

So have the gradients if the rows of the chain follow each other directly among the rows that carry
a gradient, since the eager engine then adds up the shares in the same order. Where rows lie
between, the order of the shares differs: with `exact`, such rows end the chain. Products that are
all made first, as in ``sum([w * x for ...])``, are no such rows if the additions use them up in
order: an addition hands shares to products only, each of which receives one.
"""

from __future__ import annotations

from array import array

from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.tape import DOT, MOST_TERMS, SUM
from glassgrad.machine import show_source
from glassgrad.opcodes import ADD, MUL


class Chains:
    """For each row of a graph: whether it is an addition of a chain, and which.

    Attributes
    ----------
    kind : array of int
        `DOT` where the row adds a product, `SUM` where it adds any other number; 0 elsewhere.
    term : array of int
        The row that is added: of a `DOT` a product, whose factors are read instead.
    before : array of int
        The addition before it in the same chain, or `NONE`: then `start` is what it adds to.
    start : array of int
        What the first addition of the chain adds to.
    count : array of int
        How many terms the chain has so far.
    inner : array of int
        1 for rows that need no instruction of their own.
    """

    __slots__ = ("before", "count", "inner", "kind", "start", "term")

    def __init__(self, n: int) -> None:
        self.kind, self.count, self.inner = (array("i", [0]) * n for _ in range(3))
        self.term, self.before, self.start = (array("i", [NONE]) * n for _ in range(3))


def uses_of(graph: Graph) -> array[int]:
    """Count how often each row is used: as an operand, a result, the truth of a guard."""
    n = len(graph)
    a, b, c = graph.a, graph.b, graph.c
    found = array("i", [0]) * n
    uses = found
    for r in range(n):
        if a[r] >= 0:
            uses[a[r]] += 1
        if b[r] >= 0:
            uses[b[r]] += 1
        if c[r] >= 0:
            uses[c[r]] += 1
    for operands in graph.more.values():
        for row in operands:
            uses[row] += 1
    for row in graph.outputs:
        uses[row] += 1
    for row, _ in graph.guards:
        uses[row] += 1
    return found


def _used_up(
    graph: Graph, uses: array[int], carriers: array[int], n: int, first: int, product: int,
    count: int,
) -> int:  # fmt: skip
    """Count how many products are added in order, one after another, by additions that follow.

    Parameters
    ----------
    graph : Graph
    uses : array of int
        How often each row is used.
    carriers : array of int
        The rows that carry a gradient: the first n of them.
    first, product : int
        Places in `carriers`: of the first addition, and of the product that it adds.
    count : int
        How many products there may be.
    """
    op, a, b = graph.op, graph.a, graph.b
    start = a[carriers[first]] + b[carriers[first]] - carriers[product]
    for k in range(count):
        if first + k >= n:
            return k
        total, added = carriers[first + k], carriers[product + k]
        if op[total] != ADD or op[added] != MUL or uses[added] != 1:
            return k
        if a[added] == start or b[added] == start:
            return k
        if k > 0:
            before = carriers[first + k - 1]
            if uses[before] != 1:
                return k
            if not (a[total] == before and b[total] == added) and not (
                a[total] == added and b[total] == before
            ):
                return k
    return count


def chains_of(  # noqa: PLR0912, PLR0915 (one loop, compiled)
    graph: Graph, carrying: array[int], exact: bool
) -> Chains:
    """Find the chains of a graph.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    exact : bool
        Whether gradients must be summed in the order of the eager engine.
    """
    n = len(graph)
    op, a, b = graph.op, graph.a, graph.b
    found = Chains(n)
    kind, term, before, start = found.kind, found.term, found.before, found.start
    count, inner = found.count, found.inner
    marks, uses = carrying, uses_of(graph)
    # How many rows carry a gradient up to each row, and of each chain the first and how many.
    rank, low, size = [array("i", [0]) * n for _ in range(3)]
    carriers = array("i", [0]) * n
    rows, top = carriers, 0
    for r in range(n):
        if marks[r]:
            rows[top] = r
            top += 1
        rank[r] = top
    # Up to which row a chain is known to fit in the end, and up to which none needs to be tried.
    sure = tried = NONE
    for r in range(n):
        if op[r] != ADD:
            continue
        x, y = a[r], b[r]
        if kind[x] and uses[x] == 1:
            previous, added = x, y
        elif kind[y] and uses[y] == 1:
            previous, added = y, x
        elif op[x] == MUL and uses[x] == 1 and not (op[y] == MUL and uses[y] == 1):
            previous, added = NONE, x
        else:
            previous, added = NONE, y
        base = previous if previous >= 0 else x + y - added
        strict = exact and marks[r]
        product = op[added] == MUL and uses[added] == 1
        joined = previous >= 0 and count[previous] < MOST_TERMS
        if joined:
            joined = kind[previous] == (DOT if product else SUM)
        while True:  # join; else begin anew; else, if a product does not fit, as a plain sum
            if joined:
                first, lowest, members = start[previous], low[previous], size[previous] + 1
            else:
                first, lowest, members = base, rank[r], 1
            if product and marks[added]:
                lowest = min(lowest, rank[added])
                members += 1
            fits = rank[r] - lowest + 1 == members
            if product and marks[first] and (a[added] == first or b[added] == first):
                fits = False
            if product and joined and added < term[previous]:
                fits = False
            if fits or not strict or (joined and r <= sure):
                break
            ahead = rank[r] - rank[added]
            if product and not joined and marks[added] and r > tried and ahead < MOST_TERMS:
                done = _used_up(graph, uses, carriers, top, rank[r] - 1, rank[added] - 1, ahead)
                if done == ahead:
                    sure = tried = rows[rank[r] - 2 + done]
                    break
                tried = rows[min(rank[r] - 1 + done, top - 1)]
            if joined:
                joined = False
            else:
                product = False
        kind[r] = DOT if product else SUM
        term[r] = added
        if product:
            inner[added] = 1
        start[r] = first
        low[r], size[r] = lowest, members
        if joined:
            before[r] = previous
            inner[previous] = 1
            count[r] = count[previous] + 1
        else:
            count[r] = 1
    return found


show_source(__spec__)
