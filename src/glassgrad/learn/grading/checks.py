"""What a check is: a small program, what is read afterwards, and what a wrong answer means."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__",
    ast.Pow: "__pow__", ast.USub: "__neg__",
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One question to an engine.

    What is expected is what `glassgrad.Value` gives for the same program.

    Attributes
    ----------
    name : str
        What is asked, in plain words; no two are alike.
    program : str
        Python, in which `Value` is the class.
    reads : tuple of str
        Expressions that are numbers afterwards; none if the program must raise an error.
    id : str
        The misconception that a wrong answer shows, if nothing in `otherwise` fits.
    otherwise : mapping
        Which other misconception it is for certain wrong numbers ("1 0"), for errors in whose text
        a word occurs ("RecursionError"), for any error ("raised"), or where the engine has to be
        stopped ("stopped").
    optional : bool
        Whether an error means only that the engine has not got so far.
    """

    name: str
    program: str
    reads: tuple[str, ...]
    id: str
    otherwise: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False

    @cached_property
    def features(self) -> frozenset[str]:
        """What the program makes use of: methods, and ways of using values.

        ``number-left``, ``number-right``: an operation with a number; ``augmented``: ``+=``;
        ``both``: one value as both operands; ``reuse``: a value that is used twice; ``again``:
        more than one backward pass; ``loop``; ``text``;
        ``assigned``: new data for a value.
        """
        found = set[str]()
        loads, backward = Counter[str](), 0
        for node in ast.walk(ast.parse("\n".join((self.program, *self.reads)))):
            match node:
                case ast.BinOp(left, op, right):
                    found.add(_OPERATORS[type(op)])
                    if isinstance(left, ast.Constant):
                        found.add("number-left")
                    if isinstance(right, ast.Constant) and not isinstance(op, ast.Pow):
                        found.add("number-right")
                    if isinstance(left, ast.Name) and ast.dump(left) == ast.dump(right):
                        found.add("both")
                    loads.update(x.id for x in (left, right) if isinstance(x, ast.Name))
                case ast.AugAssign(_, op, _):
                    found |= {_OPERATORS[type(op)], "augmented"}
                case ast.UnaryOp(ast.USub(), operand) if not isinstance(operand, ast.Constant):
                    found.add("__neg__")
                    loads.update([operand.id] if isinstance(operand, ast.Name) else [])
                case ast.Call(ast.Attribute(base, "backward"), _, _):
                    found.add("backward")
                    backward += 1
                case ast.Call(ast.Attribute(base, method), _, _):
                    found.add(method)
                    loads.update([base.id] if isinstance(base, ast.Name) else [])
                case ast.Call(ast.Name("sum"), _, _):
                    found |= {"__add__", "number-left"}
                case ast.Attribute(_, ("grad" | "_prev") as name):
                    found.add(name.lstrip("_"))
                case ast.For():
                    found |= {"loop", "reuse"}
                case ast.Assign([ast.Attribute(_, "data")], _):
                    found.add("assigned")
                case ast.Constant(str()):
                    found.add("text")
        if backward > 1:
            found.add("again")
        if any(count > 1 for count in loads.values()):
            found.add("reuse")
        return frozenset(found)

    @property
    def needs(self) -> list[str]:
        """Methods and attributes without which there is nothing to ask."""
        return sorted(self.features - WAYS)

    @property
    def operations(self) -> frozenset[str]:
        """The functions in the program; if there are none, the operators."""
        methods = self.features - WAYS - {"backward", "grad", "prev"}
        return frozenset(x for x in methods if not x.startswith("__")) or methods

    @property
    def task(self) -> dict[str, Any]:
        """What the process that runs the engine has to know."""
        return {
            "program": self.program, "reads": list(self.reads), "needs": self.needs,
            "raises": not self.reads,
        }  # fmt: skip


#: Features that are no methods or attributes.
WAYS = frozenset({
    "number-left", "number-right", "augmented", "both", "reuse", "again", "loop", "text",
    "assigned",
})  # fmt: skip
