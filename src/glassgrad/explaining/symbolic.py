"""The gradient as one formula of the leaves: dL/da = b · f."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from glassgrad.custom import CustomOp
from glassgrad.engine import Value, edges
from glassgrad.errors import FormulaError, GlassgradError
from glassgrad.explaining.choices import Choices
from glassgrad.explaining.paths import Paths
from glassgrad.explaining.simplify import MOST_OPERATIONS, simplify
from glassgrad.expr import NUMBER, SYMBOL, Expr, as_expr, operands_first, symbol
from glassgrad.graph import card_of
from glassgrad.opcodes import CONSTANT, COPY, OPAQUE, WHERE
from glassgrad.ops import Card
from glassgrad.ops.card import OUTPUT
from glassgrad.show.captions import constants_of
from glassgrad.show.formulas import formula
from glassgrad.show.gather import gather
from glassgrad.show.scene import Node

#: Stands for the value of a node until it is known which of them the gradient contains.
_NODE: Final = "node"

#: Of a larger graph nobody wants to read the formula.
_MOST_NODES: Final = 5_000
_TOO_LARGE: Final = "this is too large to write as one formula: it {}"
_LOWERED: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
    if len(paths.nodes) > _MOST_NODES:
        raise FormulaError(
            _TOO_LARGE.format(f"has {len(paths.nodes):,} values between the leaf and the root")
        )
    if not any(node is wrt for node in paths.nodes):
        return Formula(as_expr(0), (), {})
    return _Reading(wrt, gather(root)[0] if nodes is None else nodes, most).gradient(paths)


class _Reading:
    """One reading of a graph as formulas."""

    def __init__(self, wrt: Value, nodes: Sequence[Node], most: int) -> None:
        self._wrt, self._most = wrt, most
        self._nodes = {n.value._number: n for n in nodes}
        self._names = _leaf_names(wrt, nodes)
        self._numbers: dict[Expr, float] = {}
        self._choices = Choices()
        #: Of each `where` on the way, whether its condition held.
        self._held: dict[Expr, None] = {}

    def gradient(self, paths: Paths) -> Formula:
        """Walk back from the root with formulas in place of numbers, then put the leaves in."""
        received = {paths.root._number: as_expr(1)} if paths.nodes else {}
        for v in reversed(paths.nodes[1:]):
            gradient = received.pop(v._number)
            for position, operand, partial in paths.edges(v):
                share = as_expr(0)
                if not _is(gradient, 0):
                    share = _times(gradient, self._partial(v, position, partial))
                before = received.get(operand._number, as_expr(0))
                received[operand._number] = _plus(before, share)
        raw = received.get(self._wrt._number, as_expr(0))
        values = self._values_in(raw)
        expr = simplify(_substituted(raw, values), self._most)
        conditions = dict.fromkeys(
            _positive(simplify(_substituted(e, values), self._most))
            for e in self._choices.conditions()
        )
        depending = [e for e in conditions if _says_something(e)]
        numbers = {
            e: self._numbers[e] for e in operands_first(expr, *depending) if e in self._numbers
        }
        return Formula(expr, (*self._held, *depending), numbers)

    def _partial(self, v: Value, position: int, recorded: float) -> Expr:
        """Read a local derivative as a formula of the values at the node."""
        card = card_of(v._opcode)
        if v._opcode in (COPY, WHERE):
            if v._opcode == WHERE:
                self._note_where(v)
            return as_expr(int(recorded))
        if card is None or (isinstance(card, CustomOp) and card.opaque):
            return self._unread(v, position, recorded)
        rules = card.read_partials(card.partials) if card.compute_partials else card.partial_exprs
        found = self._choices.made(rules[position], *self._at(card, v))
        if found.op == NUMBER and isfinite(recorded) and found.value != recorded:
            raise GlassgradError(
                f"the graph has changed since it was recorded: at {v._op} the local derivative "
                f"was {recorded!r} and would now be {found!r}. After changing .data, compute the "
                "result again before asking for its formula"
            )
        return found

    def _value(self, v: Value) -> Expr:
        """Read a value as a formula of its operands."""
        card = card_of(v._opcode)
        operands = [operand for operand, _ in edges(v)]
        if v._number in self._names:
            return self._symbol(self._names[v._number], v._data)
        if not operands:
            return as_expr(v._data)
        if v._opcode == COPY:
            return _stands_for(operands[0])
        if v._opcode == WHERE:
            self._note_where(v)
            return _stands_for(operands[0 if v._da == 1.0 else 1])
        if card is None or (isinstance(card, CustomOp) and card.opaque):
            names = ", ".join(self._nodes[o._number].name for o in operands)
            return self._symbol(f"{self._nodes[v._number].symbol}({names})", v._data)
        meaning = Expr(card.name, card.symbols) if card.in_table else card.compute_expr
        return self._choices.made(meaning, *self._at(card, v))

    def _unread(self, v: Value, position: int, recorded: float) -> Expr:
        """Name a derivative of which only the number is known."""
        names = [self._nodes[o._number].name for o, _ in edges(v)]
        node = self._nodes[v._number]
        if len(names) == 1:
            return self._symbol(f"{node.symbol}′({names[0]})", recorded)
        return self._symbol(f"∂{node.name}/∂{names[position]}", recorded)

    def _symbol(self, name: str, x: float) -> Expr:
        e = symbol(name)
        self._numbers[e] = x
        return e

    def _at(self, card: Card, v: Value) -> tuple[dict[Expr, float], dict[Expr, Expr]]:
        """Say what a card's symbols are at a node: as numbers, and as formulas."""
        operands = [operand for operand, _ in edges(v)]
        moving = card.symbols[card.differentiable]
        numbers = {OUTPUT: v._data}
        stand_for = {OUTPUT: _stands_for(v)}
        for s, operand in zip(moving, operands, strict=False):
            numbers[s], stand_for[s] = operand._data, _stands_for(operand)
        for s, x in constants_of(v).items():
            numbers[s], stand_for[s] = x, as_expr(x)
        return numbers, stand_for

    def _note_where(self, v: Value) -> None:
        holds = "holds" if v._da == 1.0 else "does not hold"
        self._held[symbol(f"the condition of {self._nodes[v._number].name} {holds}")] = None

    def _values_in(self, root: Expr) -> dict[Expr, Expr]:
        """Find all values that a formula needs, and the conditions under which they are such."""
        found: dict[Expr, Expr] = {}
        waiting = [root, *self._choices.conditions()]
        while waiting:
            for e in operands_first(waiting.pop()):
                if e.op == _NODE and e not in found:
                    found[e] = self._value(self._nodes[e.value].value)  # type: ignore[index]
                    waiting.append(found[e])
            if len(found) > _MOST_NODES:
                raise FormulaError(_TOO_LARGE.format(f"contains more than {_MOST_NODES:,} values"))
            waiting = waiting or [
                e for e in self._choices.conditions() if not _needed(e) <= found.keys()
            ]
        for e in sorted(found, key=lambda e: e.value):  # type: ignore[arg-type, return-value]
            found[e] = _substituted(found[e], found)
        return found


def _leaf_names(wrt: Value, nodes: Sequence[Node]) -> dict[int, str]:
    """Name what counts as a leaf; of several that share a label, the later ones are x₂, x₃."""
    taken = {node.name for node in nodes}
    found: dict[int, str] = {}
    given: set[str] = set()
    for node in nodes:
        v = node.value
        bare_number = v._opcode == CONSTANT and not v.label
        if v is wrt or v._opcode == OPAQUE or not (node.operands or bare_number):
            name, copy = node.name, 2
            while name in given or (copy > 2 and name in taken):
                name, copy = f"{node.name}{str(copy).translate(_LOWERED)}", copy + 1
            given.add(name)
            found[v._number] = name
    return found


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


def _stands_for(v: Value) -> Expr:
    return Expr(_NODE, (), v._number)


def _needed(e: Expr) -> set[Expr]:
    return {part for part in operands_first(e) if part.op == _NODE}


def _substituted(root: Expr, values: dict[Expr, Expr]) -> Expr:
    done: dict[Expr, Expr] = {}
    for e in operands_first(root):
        if e in values:
            done[e] = values[e]
        else:
            done[e] = Expr(e.op, tuple(done[arg] for arg in e.args), e.value) if e.args else e
    return done[root]


def _is(e: Expr, x: int) -> bool:
    return e.op == NUMBER and e.value == x


def _times(a: Expr, b: Expr) -> Expr:
    if _is(a, 0) or _is(b, 0):
        return as_expr(0)
    return b if _is(a, 1) else a if _is(b, 1) else a * b


def _plus(a: Expr, b: Expr) -> Expr:
    return b if _is(a, 0) else a if _is(b, 0) else a + b
