"""How formulas are written: for reading, or to be run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tensors.terms import POWER, Term
from glassgrad.opcodes import COPY
from glassgrad.printing import ATOM, INFIX, NEGATIVE

#: Below this whole numbers are written without a point.
_EXACT = 1e15
#: A list of numbers that is longer is cut in the middle.
MOST_NUMBERS = 8


@dataclass
class Dialect:
    """How functions are called: for reading, without any prefix."""

    explicit: int = 0  # how many of the axes, from the front, have all their bounds written

    def call(self, name: str, args: Sequence[str]) -> str:
        """Call a function of arrays."""
        return f"{name}({', '.join(args)})"

    def reduced(self, name: str, term: Term, gone: Sequence[int]) -> Term:
        """Add up along some axes, or find the largest or smallest numbers."""
        left = tuple(x for x in term.letters if x not in gone)
        axes = [str(term.letters.index(x)) for x in gone]
        several = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        args = [term.text, f"axis={several}"] if left else [term.text]
        return Term(self.call(name, args), ATOM, left)

    def applied(self, op: int, args: Sequence[Term]) -> Term:
        """Write an operation of the table."""
        name = {"detached": "detach", "both": "and", "either": "or", "share": "mul"}.get(
            MEANINGS[op].name, MEANINGS[op].name
        )
        letters = tuple(sorted({x for arg in args for x in arg.letters}))
        if op == COPY:
            return args[0]
        if name == "neg":
            return Term(f"-{args[0].within(NEGATIVE)}", NEGATIVE, letters)
        if name == "square":
            return Term(f"{args[0].within(POWER + 1)} ** 2", POWER, letters)
        if name in INFIX:
            sign, level = INFIX[name][0].strip(), INFIX[name][1]
            sign = {"and": "&", "or": "|"}.get(sign, sign)
            first, second = (level + 1, level) if name == "pow" else (level, level + 1)
            exact = name == "pow" and args[1].is_number
            right = args[1].text if exact else args[1].within(second)
            return Term(f"{args[0].within(first)} {sign} {right}", level, letters)
        if name == "where":
            args = [args[2], *args[:2]]
        return Term(self.call(name, [arg.text for arg in args]), ATOM, letters)

    def number(self, x: float) -> str:
        """Write a constant."""
        text = repr(x)
        return text.removesuffix(".0") if abs(x) < _EXACT else text

    def indexed(self, table: str, places: Sequence[str]) -> str:
        """Take what lies at some places of an array."""
        return f"{table}[{', '.join(places)}]"

    def index(self, term: Term) -> str:
        """Write an array of places."""
        return term.text

    def gathered(self, slots: Sequence[str], dims: Sequence[int]) -> str:
        """Write an array of numbers from here and there."""
        if len(slots) > MOST_NUMBERS:
            slots = [*slots[:3], "…", slots[-1]]
        return f"[{', '.join(slots)}]"
