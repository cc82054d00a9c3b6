"""Colour the rows of a graph: rows of one colour do the same thing on other numbers.

The colour of a row says how it was made: by which operation, of operands of which colours. Numbers
that are given have the colour of their kind, and all constants have one. A sum has the colours of
what it adds up, however many they are: so rows that add up 3 and 5 products of the same kind have
one colour. Colours are counted from 0 and found by what they stand for, never by a hash alone.

No row depends on another of its colour: what a row is made of has a simpler colour than the row.
Rows that stand for one row of each example of an axis have other colours than all others.
"""

from __future__ import annotations

from array import array

from glassgrad.jitting.axes import apart, axes_of
from glassgrad.jitting.chains import uses_of
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.machine import show_source
from glassgrad.opcodes import ADD, CONSTANT, EXAMPLES, MAXIMUM, MINIMUM, MUL, PART, TAKEN

#: What the colours of rows begin with is their opcode, and for each kind of sum so much more.
_OF_SUMS = 256

#: What the first of them is counted from for each axis.
_OF_AXIS = 2048


class Colours:
    """What each row is, and of what a sum consists.

    A sum is a chain of additions, ``((start + t0) + t1) + t2``, of which all but the last are used
    for nothing else, with terms of one colour. Its terms may be products, which are used for
    nothing else: then their factors count. A largest or smallest number without a gradient is
    found in the same way.

    Attributes
    ----------
    of : array of int
        The colour of each row.
    axis : array of int
        The axis that each row is on, or 0, see `glassgrad.jitting.axes`.
    count : int
        How many colours there are.
    kind : array of int
        0 for rows that are no sums, 1 for sums, 2 for sums of products.
    term : array of int
        What this row of the chain adds.
    before : array of int
        The row of the chain before it, or `NONE`: then `start` is what it adds to.
    start : array of int
        What the first row of the chain adds to; `NONE` stands for -0.0, which changes nothing.
        Then the first row adds two products, `first` and `term`.
    first : array of int
        See `start`.
    terms : array of int
        How many terms there are so far.
    inner : array of int
        1 for rows whose number is not needed by itself: additions that others go on from, and
        products in sums.
    """

    __slots__ = (
        "axis", "before", "count", "first", "inner", "kind", "of", "start", "term", "terms",
    )  # fmt: skip

    def __init__(self, n: int) -> None:
        self.of, self.kind, self.terms, self.inner = [array("i", [0]) * n for _ in range(4)]
        self.term, self.before, self.start, self.first = [array("i", [NONE]) * n for _ in range(4)]
        self.count = 0
        self.axis = array("i")


def coloured(  # noqa: PLR0912, PLR0915 (one loop, compiled)
    graph: Graph, carrying: array[int]
) -> Colours:
    """Colour the rows of a graph.

    Parameters
    ----------
    graph : Graph
        Without operations made at run time.
    carrying : array of int
        1 for rows that carry a gradient.
    """
    n, given = len(graph), graph.n_inputs + graph.n_externals
    op, a, b, c = graph.op, graph.a, graph.b, graph.c
    found = Colours(n)
    of, kind, terms, inner = found.of, found.kind, found.terms, found.inner
    term, before, start, first = found.term, found.before, found.start, found.first
    marks, uses = carrying, uses_of(graph)
    axis = found.axis = axes_of(graph)
    size = 1
    while size < 2 * n + 8:
        size *= 2
    table = array("i", [0]) * size  # the colour plus one, found by the hash of its key
    key_0, key_1, key_2, key_3 = [array("i", [0]) * (n + 4) for _ in range(4)]
    count = 4  # 0 and 1: inputs without and with a gradient; 2: Values from outside; 3: constants
    # Of each chain, what its next term must be to fit: the colours of a product, or of a term.
    wants_a, wants_b = [array("i", [NONE]) * n for _ in range(2)]
    for r in range(n):
        code = op[r]
        if r < given:
            of[r] = 2 if r >= graph.n_inputs else marks[r]
            continue
        if code == CONSTANT:
            of[r] = 3
            continue
        x, y, z = a[r], b[r], c[r]
        if code == TAKEN:
            more = graph.more[r]
            k0, k1, k2, k3 = TAKEN, of[x], of[more[0]], len(more)
            for s in more:
                if of[s] != k2:
                    k2 = -2 - r  # rows of several colours are like no others
                    break
        elif code == EXAMPLES:
            more = graph.more[r]
            k0, k1, k2, k3 = EXAMPLES, of[more[0]], marks[r], apart(graph, r)
        elif code == PART:
            k0, k1, k2, k3 = PART, of[x], NONE, NONE
        elif code == ADD or (code in (MAXIMUM, MINIMUM) and not marks[r]):
            product_x = code == ADD and op[x] == MUL and uses[x] == 1 and x >= given
            product_y = code == ADD and op[y] == MUL and uses[y] == 1 and y >= given
            y_a, y_b = (of[a[y]], of[b[y]]) if product_y else (of[y], NONE)
            x_a, x_b = (of[a[x]], of[b[x]]) if product_x else (of[x], NONE)
            if kind[x] and op[x] == code and uses[x] == 1 and (
                wants_a[x] == y_a and wants_b[x] == y_b
            ):
                previous, added = x, y
            elif code == ADD and kind[y] and op[y] == code and uses[y] == 1 and (
                wants_a[y] == x_a and wants_b[y] == x_b
            ):  # of 0.0 and -0.0 the largest is the second
                previous, added = y, x
                y_a, y_b = x_a, x_b
            else:
                previous, added = NONE, y
            if previous >= 0:
                before[r], start[r], term[r] = previous, start[previous], added
                first[r] = first[previous]
                terms[r] = terms[previous] + 1
                kind[r], of[r] = kind[previous], of[previous]
                wants_a[r], wants_b[r] = y_a, y_b
                inner[previous] = 1
                if kind[r] == 2:
                    inner[added] = 1
                continue
            if product_x and product_y and x_a == y_a and x_b == y_b and x != y:
                term[r], first[r], terms[r], kind[r] = y, x, 2, 2
                inner[x] = inner[y] = 1
                k1 = NONE
            else:
                if product_x and not product_y:
                    x, y = y, x
                    y_a, y_b = x_a, x_b
                    product_y = True
                start[r], term[r], terms[r] = x, y, 1
                kind[r] = 2 if product_y else 1
                if product_y:
                    inner[y] = 1
                k1 = of[x]
            wants_a[r], wants_b[r] = y_a, y_b
            k0, k2, k3 = code + _OF_SUMS * kind[r], y_a, y_b
        else:
            k0, k1 = code, of[x] if x >= 0 else NONE
            k2, k3 = of[y] if y >= 0 else NONE, of[z] if z >= 0 else NONE
        k0 += _OF_AXIS * axis[r]
        place = k1 + 1
        place = place * 0x1E3779B1 + k2 + 1
        place = place * 0x45EBCA77 + k3 + 1
        place = place * 0x42B2AE3D + k0
        place = (place ^ (place >> 21)) & (size - 1)
        while table[place]:
            s = table[place] - 1
            if key_0[s] == k0 and key_1[s] == k1 and key_2[s] == k2 and key_3[s] == k3:
                of[r] = s
                break
            place = (place + 1) & (size - 1)
        else:
            table[place] = count + 1
            key_0[count], key_1[count], key_2[count], key_3[count] = k0, k1, k2, k3
            of[r] = count
            count += 1
    found.count = count
    return found


show_source(__spec__)
