"""The gradient as one formula of the leaves: dL/da = b · f."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glassgrad.engine import Value
from glassgrad.errors import FormulaError
from glassgrad.explaining.paths import Paths
from glassgrad.explaining.reading import MOST_NODES, TOO_LARGE, Reading, substituted
from glassgrad.explaining.simplify import MOST_OPERATIONS, simplify
from glassgrad.expr import NUMBER, SYMBOL, Expr, as_expr, operands_first
from glassgrad.show.formulas import formula
from glassgrad.show.gather import gather
from glassgrad.show.scene import Node


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A gradient as a formula of the leaves.

    Parameters
    ----------
    expr : Expr
        The formula, simplified. Its symbols have the names of the drawing.
    conditions : tuple of Expr
        Where it holds: ``x > 0`` if a `relu` let x pass. Empty if it holds everywhere. Of a
        `gg.where` nobody recorded the condition: there it is a symbol that says so in words.
    numbers : dict
        What each symbol of `expr` was when the graph was recorded.
    """

    expr: Expr
    conditions: tuple[Expr, ...]
    numbers: dict[Expr, float]

    def __str__(self) -> str:
        text = formula(self.expr, self.names)
        where = ", ".join(formula(e, self.names) for e in self.conditions)
        return f"{text} where {where}" if where else text

    @property
    def names(self) -> dict[Expr, str]:
        """What to write for each symbol."""
        symbols = (e for e in operands_first(self.expr, *self.conditions) if e.op == SYMBOL)
        return {e: str(e.value) for e in symbols}


def gradient_formula(
    root: Value, wrt: Value, nodes: Sequence[Node] | None = None, most: int = MOST_OPERATIONS
) -> Formula:
    """Write the derivative of a root with respect to a value as a formula of the leaves.

    `wrt` counts as a leaf here, whatever it was computed from. An operation that could not be
    read as a formula stands there with its sign and a prime: ``f′(x)``.

    Parameters
    ----------
    root : Value
        What is differentiated.
    wrt : Value
        With respect to what.
    nodes : sequence of Node, optional
        All that leads to the root with its names, where the caller has it from `gather`.
    most : int
        How many operations the formula may have.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        If the formula is too large to be read.
    GlassgradError
        If a number was changed so that another branch would now be chosen.

    Examples
    --------
    >>> from glassgrad import Value
    >>> a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
    >>> gradient_formula((a * b + c).relu() * b, b).expr
    2 * a * b + c
    >>> gradient_formula((a * b + c).relu() * b, b).conditions
    (a * b + c > 0,)
    """
    paths = Paths(root, wrt)
    if len(paths.nodes) > MOST_NODES:
        raise FormulaError(
            TOO_LARGE.format(f"has {len(paths.nodes):,} values between the leaf and the root")
        )
    if not paths.nodes:
        return Formula(as_expr(0), (), {})
    return _gradient(paths, Reading(wrt, gather(root)[0] if nodes is None else nodes), most)


def _gradient(paths: Paths, reading: Reading, most: int) -> Formula:
    """Walk back from the root with formulas in place of numbers, then put the leaves in."""
    received = {paths.root._number: as_expr(1)}
    for v in reversed(paths.nodes[1:]):
        gradient = received.pop(v._number)
        for position, operand, partial in paths.edges(v):
            share = as_expr(0)
            if not _is(gradient, 0):
                share = _times(gradient, reading.partial(v, position, partial))
            before = received.get(operand._number, as_expr(0))
            received[operand._number] = _plus(before, share)
    raw = received[paths.wrt._number]
    values = reading.values_in(raw)
    expr = simplify(substituted(raw, values), most)
    compared = (
        _positive(simplify(substituted(e, values), most)) for e in reading.choices.conditions()
    )
    conditions = [e for e in dict.fromkeys(compared) if _says_something(e)]
    symbols = [e for e in operands_first(expr, *conditions) if e in reading.numbers]
    numbers = {e: reading.numbers[e] for e in symbols}
    return Formula(expr, (*reading.held, *conditions), numbers)


def _positive(comparison: Expr) -> Expr:
    """Write −x < 0 as x > 0."""
    left, right = comparison.args
    if left.op == "neg" and _is(right, 0):
        flipped = {"lt": "gt", "le": "ge", "ge": "le", "gt": "lt"}
        return Expr(flipped.get(comparison.op, comparison.op), (left.args[0], right))
    return comparison


def _says_something(comparison: Expr) -> bool:
    left, right = comparison.args
    return left is not right and any(x.op == SYMBOL for x in operands_first(comparison))


def _is(e: Expr, x: int) -> bool:
    return e.op == NUMBER and e.value == x


def _times(a: Expr, b: Expr) -> Expr:
    if _is(a, 0) or _is(b, 0):
        return as_expr(0)
    return b if _is(a, 1) else a if _is(b, 1) else a * b


def _plus(a: Expr, b: Expr) -> Expr:
    return b if _is(a, 0) else a if _is(b, 0) else a + b
