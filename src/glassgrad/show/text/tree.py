"""The expression behind a value as a tree of text, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from math import copysign

from glassgrad.engine import Value
from glassgrad.graph import ancestors, without_calls
from glassgrad.opcodes import CONSTANT
from glassgrad.show.names import Names
from glassgrad.show.text.terminal import for_terminal

#: A larger tree is cut, and says by how much.
MOST_LINES = 60


def tree(root: Value) -> None:
    """Print the expression that led to a value, with data and gradients.

    One line a value, its operands indented below it: the label, the number, the gradient ("–"
    before any backward pass) and the operation that made it. A value that is used several times
    is written out once, and pointed to with ↑ from then on.

    Examples
    --------
    >>> from glassgrad import Value
    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> e = a * b
    >>> e.label = "e"
    >>> e.backward()
    >>> e.tree()
    e       data -6.0   grad  1.0   *
    ├─ a    data  2.0   grad -3.0
    └─ b    data -3.0   grad  2.0
    """
    print(for_terminal(tree_text(root)))


def tree_text(root: Value, grads: Mapping[int, float | None] | None = None) -> str:
    """Lay the tree out as text; see `tree`. Other gradients can be given, by the id of a Value."""
    [root] = without_calls(root)
    everything = ancestors(root)
    names = Names({v.label for v in everything})
    rows: list[tuple[str, Value, bool]] = []
    written: set[int] = set()
    stack = [(root, "", "")]
    while stack and len(rows) < MOST_LINES:
        v, lead, indent = stack.pop()
        again = id(v) in written and v._a is not None
        rows.append((lead + _name(v, names), v, again))
        written.add(id(v))
        if again:
            continue
        operands = v._prev
        for i, operand in reversed(list(enumerate(operands))):
            last = i == len(operands) - 1
            branch, rest = ("└─ ", "   ") if last else ("├─ ", "│  ")
            stack.append((operand, indent + branch, indent + rest))
    lines = _columns(rows, grads)
    if stack:
        more = sum(id(v) not in written for v in everything)
        values = f"{more} more value{'' if more == 1 else 's'}" if more else "values shown before"
        lines.append(f"… and {values}; the tree is cut after {MOST_LINES} lines")
    return "\n".join(lines)


def _name(v: Value, names: Names) -> str:
    return "constant" if v._opcode == CONSTANT and not v.label else names.of(v)


def _columns(
    rows: list[tuple[str, Value, bool]], known: Mapping[int, float | None] | None
) -> list[str]:
    data = [_number(v._data) for _, v, _ in rows]
    grads = [_number(_grad(v) if known is None else known[id(v)]) for _, v, _ in rows]
    left, middle, right = (
        max(map(len, column)) for column in ([name for name, _, _ in rows], data, grads)
    )
    return [
        f"{name:<{left}}    data {d:<{middle}}   grad {g:<{right}}   "
        f"{'↑ above' if again else v._op}".rstrip()
        for (name, v, again), d, g in zip(rows, data, grads, strict=True)
    ]


def _grad(v: Value) -> float | None:
    return v._grad if v._mark else None


def _number(x: float | None) -> str:
    """Write a number with six digits, and room for the sign; "–" stands for none yet."""
    if x is None:
        return " –"
    text = f"{x:.6g}"
    if text.lstrip("-").isdigit():
        text += ".0"
    return text if copysign(1.0, x) < 0 and text.startswith("-") else f" {text}"
