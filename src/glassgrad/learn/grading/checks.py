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
        reader = _Reader()
        reader.visit(ast.parse("\n".join((self.program, *self.reads))))
        return frozenset(reader.found())

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


class _Reader(ast.NodeVisitor):
    """Finds the features of a program."""

    def __init__(self) -> None:
        self._found = set[str]()
        self._uses = Counter[str]()
        self._passes = 0

    def found(self) -> set[str]:
        """Give all features of what was visited."""
        again = {"again"} if self._passes > 1 else set()
        reuse = {"reuse"} if any(count > 1 for count in self._uses.values()) else set()
        return self._found | again | reuse

    def _use(self, *operands: ast.expr) -> None:
        self._uses.update(x.id for x in operands if isinstance(x, ast.Name))

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._found.add(_OPERATORS[type(node.op)])
        self._use(node.left, node.right)
        if isinstance(node.left, ast.Constant):
            self._found.add("number-left")
        if isinstance(node.right, ast.Constant) and not isinstance(node.op, ast.Pow):
            self._found.add("number-right")
        if isinstance(node.left, ast.Name) and ast.dump(node.left) == ast.dump(node.right):
            self._found.add("both")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._found |= {_OPERATORS[type(node.op)], "augmented"}
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if not isinstance(node.operand, ast.Constant):  # that is a negative number
            self._found.add(_OPERATORS[type(node.op)])
            self._use(node.operand)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(_, "backward"):
                self._found.add("backward")
                self._passes += 1
            case ast.Attribute(base, method):
                self._found.add(method)
                self._use(base)
            case ast.Name("sum"):
                self._found |= {"__add__", "number-left"}
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in ("grad", "_prev"):
            self._found.add(node.attr.lstrip("_"))
        if node.attr == "data" and isinstance(node.ctx, ast.Store):
            self._found.add("assigned")
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._found |= {"loop", "reuse"}
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self._found.add("text")
