"""The text of an expression: its syntax tree, and errors that point into it."""

from __future__ import annotations

import ast
import warnings
from typing import TypeAlias
from unicodedata import combining, east_asian_width

from glassgrad.convert import a_kind
from glassgrad.errors import ExpressionError

#: So many characters are read.
LONGEST = 10_000

#: How much of a long line an error shows on either side of the place it points at.
AROUND = 36

#: The number of a line and of a character in it, both from 0.
Place: TypeAlias = tuple[int, int]

#: Signs that are written on paper or in other languages.
_INSTEAD = {
    "×": "*", "·": "*", "⋅": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "²": "**2", "³": "**3",
    "√": "sqrt(x)", "π": "pi", "≤": "<=", "≥": ">=",
}  # fmt: skip


class Source:
    """A text that is to be read as an expression, or as several assignments."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise TypeError(f"an expression is a str, such as 'a*b + c', not {a_kind(text)}")
        if len(text) > LONGEST:
            raise ExpressionError(
                f"the expression has {len(text):,} characters: {LONGEST:,} are the most"
            )
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        # Python would read an indented line as part of a block.
        self._indents = [len(line) - len(line.lstrip()) for line in lines]
        self._lines = [line.strip() for line in lines]
        if not any(self._lines):
            raise ExpressionError("there is no expression: write one, such as a*b + c")

    def tree(self) -> ast.Module:
        """Read the text as Python would; whether it is allowed is for others to say."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about strings and calls that are refused anyway
                return ast.parse("\n".join(self._lines))
        except SyntaxError as error:
            raise self._unreadable(error) from None
        except (RecursionError, MemoryError):
            raise ExpressionError(
                "the expression is nested too deeply: give parts of it names of their own"
            ) from None
        except ValueError as error:  # a null byte, or half of a surrogate pair
            raise ExpressionError(f"the expression can't be read: {error}") from None

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> Place:
        """Find where a part begins."""
        return self._place(node.lineno - 1, node.col_offset)

    def sign(self, node: ast.BinOp) -> Place:
        """Find the sign between two operands."""
        assert node.left.end_lineno is not None
        assert node.left.end_col_offset is not None
        line, column = self._place(node.left.end_lineno - 1, node.left.end_col_offset)
        rest = self._lines[line][column:]
        return line, column + len(rest) - len(rest.lstrip(" \t)"))

    def error(self, place: Place, message: str) -> ExpressionError:
        """Make an error that shows the line, and points at the place."""
        row, column = place
        line = "".join(c if c.isprintable() else " " for c in self._lines[row])
        first, last = max(0, column - AROUND), column + AROUND
        before = ("… " if first else "") + line[first:column]
        shown = before + line[column:last] + (" …" if last < len(line) else "")
        where = f"column {column + self._indents[row] + 1}"
        if len(self._lines) > 1:
            where = f"line {row + 1}, {where}"
        return ExpressionError(f"{where}: {message}\n    {shown}\n    {' ' * _width(before)}^")

    def _place(self, line: int, byte: int) -> Place:
        """Turn a place in the syntax tree, where columns count bytes, into one of characters."""
        return line, len(self._lines[line].encode()[:byte].decode(errors="ignore"))

    def _unreadable(self, error: SyntaxError) -> ExpressionError:
        row = min((error.lineno or 1), len(self._lines)) - 1
        column = min(max((error.offset or 1) - 1, 0), len(self._lines[row]))
        sign = self._lines[row][column : column + 1]
        if sign in _INSTEAD and "invalid character" in error.msg:
            return self.error((row, column), f"{sign} can't be read: write {_INSTEAD[sign]}")
        if "decimal literal" in error.msg:
            return self.error((row, column), "a number ends here: for a product write 2*x")
        if "Exceeds the limit" in error.msg:
            return self.error((row, column), "this number has too many digits")
        if "never closed" in error.msg:
            return self.error((row, column), f"this {sign} is never closed: add its counterpart")
        if "too many nested" in error.msg:
            return self.error((row, column), "too many brackets within brackets: name a part")
        return self.error(
            (row, column),
            f"this can't be read ({error.msg}): write it as in Python, such as L = (a*b + c) * f",
        )


def _width(text: str) -> int:
    """Count the columns that a text takes in a terminal."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
