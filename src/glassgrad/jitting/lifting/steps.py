"""The steps of a lifted program: what many rows of a graph do at once, each an instruction.

A *box* is a list of dims, the last one fastest. Each operand has an *access*, which says in which
slot its number is for each place of the box.
"""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.jitting.graph import Graph
from glassgrad.jitting.lifting.colours import Colours
from glassgrad.jitting.lifting.grouping import Groups
from glassgrad.jitting.tape import Tape


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


class Lifted:
    """A lifted program: what it was made of.

    Attributes
    ----------
    graph : Graph
        Its rows.
    colours : Colours
    groups : Groups
    steps : list of Step
    why_not : str
        Why there is none, or "".
    tape : Tape or None
        What the steps are written down as, unless there is a reason why not.
    """

    __slots__ = ("colours", "graph", "groups", "steps", "tape", "why_not")

    colours: Colours
    groups: Groups

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.steps: list[Step] = []
        self.why_not = ""
        self.tape: Tape | None = None
