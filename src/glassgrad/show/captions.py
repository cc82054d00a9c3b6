"""What happens at a node, in words and numbers: for stages of a drawing, and under the pointer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isclose

from glassgrad.engine import Value
from glassgrad.expr import Expr, as_expr, evaluate, symbol
from glassgrad.graph import card_of
from glassgrad.opcodes import CLAMP, COPY, INT_POWER, WHERE
from glassgrad.ops import TABLE
from glassgrad.ops.card import OUTPUT, apply
from glassgrad.show.formulas import at_hand, factor, formula
from glassgrad.show.look import shortened
from glassgrad.show.numbers import number
from glassgrad.show.scene import Kind, Node

#: A longer rule is not written out: it would hide what it is to explain.
LONGEST = 80


def words(node: Node, nodes: Sequence[Node]) -> list[str]:
    """Say how a value was made, and how much it moves with each of its operands.

    Parameters
    ----------
    node : Node
        What is asked about.
    nodes : sequence of Node
        All nodes of the scene, in order of creation.

    Returns
    -------
    list of str
        Lines such as ``e = a · b = −6`` and ``∂e/∂a = b = −3``.
    """
    if not node.operands:
        return [f"{name_of(node)} = {number(node.data)}"]
    operation = Operation(node, nodes)
    lines = [f"{operation.meaning()} = {number(node.data)}"]
    for which, partial in enumerate(node.partials):
        parts = (operation.unknown(which), operation.slope(which), number(partial))
        again = node.operands.count(node.operands[which]) > 1
        place = f" (through operand {which + 1})" if again else ""
        lines.append(" = ".join(dict.fromkeys(parts)) + place)
    return lines


def name_of(node: Node) -> str:
    """Write a node's name so that ``.grad`` may follow it: ``(x1*w1)``."""
    return bracketed(shortened(node.name))


def bracketed(name: str) -> str:
    """Put a name that other signs could be taken for a part of into parentheses."""
    return name if re.fullmatch(r"[^\W\d][\w.\[\]′]*", name) else f"({name})"


class Operation:
    """What was done at a node, in terms of the names and the numbers there.

    Parameters
    ----------
    node : Node
        A node with operands.
    nodes : sequence of Node
        All nodes of the scene, in order of creation.

    Attributes
    ----------
    card : Card or None
        What is known about the operation.
    constants : dict of Expr to float
        The plain numbers among its operands, by the card's symbols.
    rules : list of Expr or None
        The local derivatives at this point, in the card's symbols; None where none can be shown.
    """

    def __init__(self, node: Node, nodes: Sequence[Node]) -> None:
        self._node = node
        self._operands = [nodes[operand] for operand in node.operands]
        self._name = name_of(node)
        self._names = [name_of(operand) for operand in self._operands]
        self._sign = shortened(node.symbol)
        self.card = card_of(node.value._opcode)
        self.constants = constants_of(node.value)
        self._written = {OUTPUT: self._name, symbol("condition"): "condition"}
        if self.card is not None:
            moving = self.card.symbols[self.card.differentiable]
            for s, operand in zip(moving, self._operands, strict=False):
                bare = operand.kind is Kind.CONSTANT and not operand.value.label
                self._written[s] = operand.name if bare else name_of(operand)
        self.rules = self._read_rules()

    def meaning(self) -> str:
        """Say how the value was made: ``e = a · b``."""
        card = self.card
        if card is None or not card.in_table:
            return f"{self._name} = {self._sign}({', '.join(self._names)})"
        e = Expr(card.name, tuple(as_expr(self.constants.get(s, s)) for s in card.symbols))
        return f"{self._name} = {formula(e, self._written)}"

    def unknown(self, which: int) -> str:
        """Write the sign of a local derivative: ``∂e/∂a``."""
        return f"∂{self._name}/∂{self._names[which]}"

    def slope(self, which: int) -> str:
        """Write the rule for a local derivative, ``1 − o²``; its sign where no rule is at hand."""
        e = self.rules[which]
        return self.unknown(which) if e is None else formula(e, self._written)

    def sentence(self) -> str:
        """Say what the operation does with the gradient that comes in."""
        return f"{self._sign} {self._deed()}"

    def handing(self, which: int, gradient: float, share: float, before: float | None) -> str:
        """Say what an operand receives, and what it has then if it had something before."""
        x, e = self._names[which], self.rules[which]
        if self._passed_over(which):
            why = "cut off" if len(self._names) == 1 else "not chosen"
            return f"{self._sign}: {x}.grad += 0, because {x} was {why}"
        steps = [f"{self._name}.grad", number(share)]
        if self.slope(which) != "1":
            rule = self.unknown(which) if e is None else factor(e, self._written)
            numbers = f"{number(self._node.partials[which])} · {number(gradient)}"
            steps = [f"{rule} · {self._name}.grad", numbers, number(share)]
        text = f"{self._sign}: {x}.grad += {' = '.join(steps)}"
        if before is not None:
            text += f"; {x}.grad = {number(before)} + {number(share)} = {number(before + share)}"
        return text

    def _passed_over(self, which: int) -> bool:
        chooses = self.card is not None and self.card.chooses
        return chooses and self._node.partials[which] == 0.0

    def _deed(self) -> str:
        over = [self._passed_over(which) for which in range(len(self._names))]
        if over == [True]:
            return f"hands nothing on: {self._names[0]} was cut off"
        if sorted(over) == [False, True]:
            taken, other = self._names[over.index(False)], self._names[over.index(True)]
            return f"hands the incoming gradient to {taken}, its choice; {other} receives nothing"
        if self._swaps():
            return "gives each operand the incoming gradient times the other"
        return self._scaling([self.slope(which) for which in range(len(self._names))])

    def _scaling(self, slopes: list[str]) -> str:
        if set(slopes) == {"1"}:
            to = {1: self._names[0], 2: "both operands"}.get(len(slopes), "every operand")
            return f"copies the incoming gradient to {to}"
        if slopes == ["−1"]:
            return "turns the sign of the incoming gradient"
        if slopes == ["1", "−1"]:
            a, b = self._names
            return f"copies the incoming gradient to {a}, and turns its sign for {b}"
        if len(slopes) == 1:
            return f"multiplies the incoming gradient by {slopes[0]}"
        each = (f"by {slope} for {x}" for slope, x in zip(slopes, self._names, strict=True))
        return f"multiplies the incoming gradient {', '.join(each)}"

    def _swaps(self) -> bool:
        symbols = () if self.card is None else self.card.symbols
        pairs = zip(self.rules, reversed(symbols), strict=False)
        return len(symbols) == len(self.rules) == 2 and all(rule is s for rule, s in pairs)

    def _read_rules(self) -> list[Expr | None]:
        """Find the textbook's rules at this point; None where there is none to be shown."""
        node, card = self._node, self.card
        if node.value._opcode == COPY:
            return [as_expr(1)]
        if card is None or getattr(card, "opaque", False):
            return [None] * len(self._names)
        rules = card.read_partials(card.partials) if card.compute_partials else card.partial_exprs
        moving = card.symbols[card.differentiable]
        numbers = {OUTPUT: node.data, **self.constants}
        numbers |= {s: v.data for s, v in zip(moving, self._operands, strict=False)}
        if node.value._opcode == WHERE:
            numbers[card.symbols[0]] = node.partials[0] == 1.0
        found = (at_hand(e, numbers, self.constants) for e in rules)
        return [
            e if self._fits(e, numbers, partial) else None
            for e, partial in zip(found, node.partials, strict=False)
        ]

    def _fits(self, e: Expr, numbers: dict[Expr, float], partial: float) -> bool:
        """See that a rule gives the number that was recorded, and is short.

        It does not give it where `.data` was changed since, or at the edge of what floats hold.
        """
        if len(formula(e, self._written)) > LONGEST:
            return False
        found = evaluate(e, numbers, apply)
        both_nan = found != found and partial != partial
        return both_nan or isclose(found, partial, rel_tol=1e-6, abs_tol=1e-12)


def constants_of(v: Value) -> dict[Expr, float]:
    """Find the plain numbers that an operation takes beside Values: an exponent, two bounds."""
    card = card_of(v._opcode)
    if card is TABLE["pow"] and v._b is None:
        return {card.symbols[1]: int(v._db) if v._opcode == INT_POWER else v._db}
    if v._opcode == CLAMP and card is not None and v._extra is not None:
        return dict(zip(card.symbols[1:], v._extra.constants, strict=True))
    return {}
