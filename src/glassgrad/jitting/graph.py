"""The graph of a traced function: one row for each operation, in the order of creation.

A row has an opcode, up to three operands, which are rows above it, and a number. What an opcode
means is said by its card; the few that have no card are in `glassgrad.ops.SPECIAL`:

===========  ===============================================================================
leaf         an input (the first rows), or a Value from outside that the function reads
constant     `number` is its number
copy         the operand itself (``Value(v)``, ``+v``)
int_power    operand `b` is the row of the constant exponent (so too for float_power)
detached     the operand, through which no gradient passes
share        the product of two numbers, but 0 where it would be nan and the second factor is 0
lt, le, eq   1.0 where it holds and 0.0 where not: no gradient
both         1.0 where both operands are not 0.0 (and `either`: where at least one is not)
taken        operand `a` counts, from 0, which of the rows `more[row]` is taken
examples     its number in example k is that of the row ``more[row][k]``: see below
part         operand `a` in the example that operand `b`, a constant, counts from 0
===========  ===============================================================================

``where`` has the operands (a, b, condition), with the condition last, as a row. ``clamp`` has the
operands (x, low, high). An operation made at run time by `gg.custom_op`, with any number of
operands, has all of them in ``more[row]``.

An *axis* is what `gg.vmap` makes of n examples, of which it traces one; `number` tells which axis
it is, of the first 1. A row that depends on an ``examples`` row stands for n rows, one for each
example, and only ``part`` rows get at these: see `glassgrad.jitting.axes`.
"""

from __future__ import annotations

from array import array
from typing import Final

#: Stands for "no operand".
NONE: Final = -1


class Graph:
    """What a function does, as a table.

    Attributes
    ----------
    op, a, b, c : array of int
        The opcode and the operands of each row; `NONE` where there is none.
    number : array of float
        Of an input or a leaf what it was while tracing, of a constant what it is; else 0.
    scope : array of int
        Which module made the row: an index into `glassgrad.modes.SCOPES`.
    more : dict of int to tuple of int
        Operands of ``taken``, of ``examples`` and of operations made at run time.
    names : dict of int to str
        The labels of rows.
    n_inputs, n_externals : int
        Rows ``[0, n_inputs)`` are inputs; the next `n_externals` are Values from outside.
    outputs : list of int
        The rows of the results.
    guards : list of (row, bool)
        Truths on which the function's own ``if`` relied, in order, and how they turned out: a
        truth holds if its row is not 0.0.
    """

    __slots__ = (
        "a", "b", "c", "guards", "more", "n_externals", "n_inputs", "names", "number", "op",
        "outputs", "scope",
    )  # fmt: skip

    def __init__(self, n_inputs: int = 0, n_externals: int = 0) -> None:
        self.op, self.a, self.b, self.c = (array("i") for _ in range(4))
        self.number = array("d")
        self.scope = array("i")
        self.more: dict[int, tuple[int, ...]] = {}
        self.names: dict[int, str] = {}
        self.n_inputs, self.n_externals = n_inputs, n_externals
        self.outputs: list[int] = []
        self.guards: list[tuple[int, bool]] = []

    def __len__(self) -> int:
        return len(self.op)

    def __str__(self) -> str:
        from glassgrad.jitting.listing import graph_text

        return graph_text(self)

    def add(
        self, op: int, a: int = NONE, b: int = NONE, c: int = NONE, number: float = 0.0,
        scope: int = 0,
    ) -> int:  # fmt: skip
        """Append a row, and tell which one it is."""
        self.op.append(op)
        self.a.append(a)
        self.b.append(b)
        self.c.append(c)
        self.number.append(number)
        self.scope.append(scope)
        return len(self.op) - 1
