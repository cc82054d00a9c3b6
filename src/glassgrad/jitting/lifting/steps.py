"""The steps of a lifted program: what many rows of a graph do at once, each an instruction.

A *box* is a list of dims, the last one fastest. Each operand has an *access*, which says in which
slot its number is for each place of the box.
"""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.jitting.graph import Graph


class Access:
    """Where an operand lies: at ``base + Σ stride · coordinate``.

    Attributes
    ----------
    base : int
        The slot for the first place of the box.
    strides : tuple of int
        One for each dim of the box; 0 where the operand is the same all along.
    """

    __slots__ = ("base", "strides")

    def __init__(self, base: int, strides: Sequence[int]) -> None:
        self.base, self.strides = base, tuple(strides)

    def __repr__(self) -> str:
        return f"{self.base}{list(self.strides)}"


class Step:
    """One instruction of a lifted program.

    Attributes
    ----------
    kind : int
        `EACH`, `FOLD`, `CONTRACT`, `LOOKUP` or `PICK` of the tape; 0 for rows that stay scalar.
    op : int
        The opcode: of a fold ADD, MAXIMUM or MINIMUM, of a contraction MUL.
    dims : tuple of int
        The box; those from `free` on are folded.
    free : int
    accesses : tuple of Access
        Of the results, then of the operands.
    group : int
        Which group of rows it belongs to: a group may need several steps.
    rows : tuple of int
        Of rows that stay scalar: which.
    slots : tuple of int
        Of a `PICK`, what it copies, and of a `LOOKUP`, how many rows there are and their distance.
    """

    __slots__ = ("accesses", "dims", "free", "group", "kind", "op", "rows", "slots")

    def __init__(
        self, kind: int, op: int, dims: Sequence[int] = (), free: int = 0,
        accesses: Sequence[Access] = (), group: int = 0, rows: Sequence[int] = (),
        slots: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self.kind, self.op = kind, op
        self.dims, self.free = tuple(dims), free
        self.accesses = tuple(accesses)
        self.group = group
        self.rows, self.slots = tuple(rows), tuple(slots)


class Group:
    """Rows that do the same thing on other numbers.

    Attributes
    ----------
    op : int
        The opcode of its rows; of a chain of additions ADD.
    rows : list of int
        Its rows, in order; of a chain the last one.
    slot : int
        Where the first result lies; the others follow.
    operands : list of int
        The group of each operand (of a chain: of its start and of its term, or of the factors of
        its products), negative for what is given: see `GIVEN`.
    """

    __slots__ = ("folds", "op", "operands", "rows", "slot")

    def __init__(self, op: int, rows: list[int], slot: int, operands: list[int]) -> None:
        self.op, self.rows, self.slot, self.operands = op, rows, slot, operands
        self.folds = 0


class Lifted:
    """A lifted program: the steps, and what they were made of.

    Attributes
    ----------
    graph : Graph
        Its rows.
    steps : list of Step
    groups : list of Group
    slot : array of int
        Where each row's number lies, or `NONE`.
    """

    __slots__ = ("graph", "groups", "slot", "steps")

    def __init__(self, graph: Graph, steps: list[Step], groups: list[Group], slot: object) -> None:
        self.graph, self.steps, self.groups, self.slot = graph, steps, groups, slot
