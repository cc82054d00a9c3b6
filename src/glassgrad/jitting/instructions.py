"""From rows to instructions: which there are, in which order, and which rows each one reads."""

from __future__ import annotations

from array import array
from typing import Any

from glassgrad.errors import NoRuleError
from glassgrad.jitting.chains import chains_of
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.meanings import AT_RUN_TIME, COSTLY
from glassgrad.jitting.passes import alike
from glassgrad.jitting.tape import CALL, DOT, GUARD
from glassgrad.machine import show_source
from glassgrad.opcodes import CONSTANT, LEAF, TAKEN
from glassgrad.ops import by_opcode, op_of


class Instructions:
    """What a tape will do, with rows where its words will have slots.

    Attributes
    ----------
    count : int
        How many instructions there are.
    word : array of int
        The operation of each.
    row : array of int
        The row that it computes; of a `GUARD`, how the truth turned out.
    begin : array of int
        Where its operands begin in `reads`; they end where those of the next begin.
    copied : array of int
        Of an operation that is costly and was done before on the same numbers: the row that has
        the result, which it copies; else `NONE`. Its reverse is that of the operation.
    reads : array of int
        Rows: of a `DOT` start, a0, b0, a1, b1 ...; of a `SUM` start, a0, a1 ...; of ``taken`` the
        index and the rows to take from; of all others the
        operands, and then what is copied.
    cards : list of cards
        What each `CALL` calls, by its number.
    card : dict of int to int
        The number of the card by its opcode.
    """

    __slots__ = ("begin", "card", "cards", "copied", "count", "reads", "row", "word")

    def __init__(self, most: int, most_reads: int) -> None:
        self.count = 0
        self.word, self.row = (array("i", [0]) * most for _ in range(2))
        self.begin = array("i", [0]) * (most + 1)
        self.copied = array("i", [NONE]) * most
        self.reads = array("i", [0]) * most_reads
        self.cards: list[Any] = []
        self.card: dict[int, int] = {}

    def number_of_card(self, opcode: int) -> int:
        """Find the number of the card of an operation made at run time."""
        if opcode not in self.card:
            card = by_opcode(opcode)
            if card is None:
                op = op_of(opcode)
                raise NoRuleError(
                    f"the operation {op!r} is gone: keep what gg.custom_op({op!r}, ...) returned "
                    "as long as functions that use it are to run"
                )
            self.card[opcode] = len(self.cards)
            self.cards.append(card)
        return self.card[opcode]


def instructions_of(  # noqa: PLR0912, PLR0915 (one loop, compiled)
    graph: Graph, carrying: array[int], exact: bool
) -> Instructions:
    """List the instructions of a graph.

    Parameters
    ----------
    graph : Graph
    carrying : array of int
        1 for rows that carry a gradient.
    exact : bool
        Whether gradients must be summed in the order of the eager engine.
    """
    n = len(graph)
    chains = chains_of(graph, carrying, exact)
    op, a, b, c, more = graph.op, graph.a, graph.b, graph.c, graph.more
    kind, term, before, start = chains.kind, chains.term, chains.before, chains.start
    count, inner, marks = chains.count, chains.inner, carrying
    guards, costly, same = dict(graph.guards), COSTLY, alike(graph)
    first = same
    made = Instructions(n + len(guards), 3 * n + len(guards) + sum(map(len, more.values())))
    word, row, begin, reads = made.word, made.row, made.begin, made.reads
    copied = made.copied
    j = top = 0
    for r in range(n):
        code = op[r]
        if code not in (CONSTANT, LEAF) and not inner[r]:
            if kind[r] and (kind[r] == DOT or count[r] > 1):
                code = kind[r]
                reads[top] = start[r]
                width = 2 if code == DOT else 1
                last = top + width * count[r]
                t, k = r, last
                while t >= 0:
                    added = term[t]
                    if width == 2:
                        # What carries a gradient comes first: often the second then needs none.
                        swap = marks[b[added]] and not marks[a[added]]
                        reads[k - 1] = b[added] if swap else a[added]
                        reads[k] = a[added] if swap else b[added]
                    else:
                        reads[k] = added
                    k -= width
                    t = before[t]
                top = last + 1
            elif code == TAKEN or code >= AT_RUN_TIME:
                if code == TAKEN:
                    reads[top] = a[r]
                    top += 1
                else:
                    made.number_of_card(code)
                    code = CALL
                for operand in more[r]:
                    reads[top] = operand
                    top += 1
            else:
                if a[r] >= 0:
                    reads[top] = a[r]
                    top += 1
                if b[r] >= 0:
                    reads[top] = b[r]
                    top += 1
                if c[r] >= 0:
                    reads[top] = c[r]
                    top += 1
                if costly[code] and first[r] != r:
                    copied[j] = reads[top] = first[r]
                    top += 1
            word[j] = code
            row[j] = r
            j += 1
            begin[j] = top
        if guards and r in guards:
            word[j] = GUARD
            row[j] = guards[r]
            reads[top] = r
            top += 1
            j += 1
            begin[j] = top
    made.count = j
    return made


show_source(__spec__)
