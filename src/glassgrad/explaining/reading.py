"""A graph read as formulas: what a value is, and a local derivative, at the recorded point."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

from glassgrad.custom import CustomOp
from glassgrad.engine import Value, edges
from glassgrad.errors import FormulaError, GlassgradError
from glassgrad.explaining.choices import Choices
from glassgrad.expr import NUMBER, Expr, as_expr, operands_first, symbol
from glassgrad.graph import card_of
from glassgrad.opcodes import CONSTANT, COPY, OPAQUE, WHERE
from glassgrad.ops import Card
from glassgrad.ops.card import OUTPUT
from glassgrad.show.captions import constants_of
from glassgrad.show.scene import Node

#: Stands for the value of a node until it is known which of them a formula contains.
_NODE: Final = "node"

#: Of a larger graph nobody wants to read the formula.
MOST_NODES: Final = 5_000

TOO_LARGE: Final = "this is too large to write as one formula: it {}"
_LOWERED: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Reading:
    """One reading of a graph as formulas.

    Parameters
    ----------
    wrt : Value
        What counts as a leaf, although it may have been computed.
    nodes : sequence of Node
        All that leads to the root, in order of creation.
    """

    def __init__(self, wrt: Value, nodes: Sequence[Node]) -> None:
        self._nodes = {n.value._number: n for n in nodes}
        self._names = _leaf_names(wrt, nodes)
        #: What each symbol was when the graph was recorded.
        self.numbers: dict[Expr, float] = {}
        self.choices = Choices()
        #: Of each `where` on the way, whether its condition held.
        self.held: dict[Expr, None] = {}

    def partial(self, v: Value, position: int, recorded: float) -> Expr:
        """Read a local derivative as a formula of the values at the node."""
        card = card_of(v._opcode)
        if v._opcode in (COPY, WHERE):
            if v._opcode == WHERE:
                self._note_where(v)
            return as_expr(int(recorded))
        if card is None or (isinstance(card, CustomOp) and card.opaque):
            return self._unread(v, position, recorded)
        rules = card.read_partials(card.partials) if card.compute_partials else card.partial_exprs
        found = self.choices.made(rules[position], *self._at(card, v))
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
        return self.choices.made(meaning, *self._at(card, v))

    def _unread(self, v: Value, position: int, recorded: float) -> Expr:
        """Name a derivative of which only the number is known."""
        names = [self._nodes[o._number].name for o, _ in edges(v)]
        node = self._nodes[v._number]
        if len(names) == 1:
            return self._symbol(f"{node.symbol}′({names[0]})", recorded)
        return self._symbol(f"∂{node.name}/∂{names[position]}", recorded)

    def _symbol(self, name: str, x: float) -> Expr:
        e = symbol(name)
        self.numbers[e] = x
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
        self.held[symbol(f"the condition of {self._nodes[v._number].name} {holds}")] = None

    def values_in(self, root: Expr) -> dict[Expr, Expr]:
        """Find all values that a formula needs, and the conditions under which they are such."""
        found: dict[Expr, Expr] = {}
        waiting = [root, *self.choices.conditions()]
        while waiting:
            for e in operands_first(waiting.pop()):
                if e.op == _NODE and e not in found:
                    found[e] = self._value(self._nodes[int(e.number)].value)
                    waiting.append(found[e])
            if len(found) > MOST_NODES:
                raise FormulaError(TOO_LARGE.format(f"contains more than {MOST_NODES:,} values"))
            waiting = waiting or [
                e for e in self.choices.conditions() if not _needed(e) <= found.keys()
            ]
        for e in sorted(found, key=lambda e: e.number):
            found[e] = substituted(found[e], found)
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


def _stands_for(v: Value) -> Expr:
    return Expr(_NODE, (), v._number)


def _needed(e: Expr) -> set[Expr]:
    return {part for part in operands_first(e) if part.op == _NODE}


def substituted(root: Expr, values: dict[Expr, Expr]) -> Expr:
    """Put values in for what stands for them."""
    done: dict[Expr, Expr] = {}
    for e in operands_first(root):
        if e in values:
            done[e] = values[e]
        else:
            done[e] = Expr(e.op, tuple(done[arg] for arg in e.args), e.value) if e.args else e
    return done[root]
