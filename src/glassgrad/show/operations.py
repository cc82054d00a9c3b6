"""What a page has to know of the operations in it: how to compute them, and what to say."""

from __future__ import annotations

import json
from collections.abc import Sequence

from glassgrad.custom import CustomOp
from glassgrad.expr import Expr, operands_first
from glassgrad.graph import card_of
from glassgrad.javascript import expression, forward, library, partials
from glassgrad.opcodes import CLAMP, COPY, FLOAT_POWER, INT_POWER, OPAQUE, WHERE
from glassgrad.ops import Card
from glassgrad.ops.card import OUTPUT
from glassgrad.show.formulas import at_hand, factor, formula
from glassgrad.show.scene import Node

#: A rule that depends on more conditions is not written out.
MOST_CONDITIONS = 3


def literal(x: object) -> str:
    """Write a value for a script inside of a page: nothing in it can end the script."""
    return json.dumps(x).replace("<", "\\u003c")


class Operations:
    """The operations of a drawing as a script: each is written once for all nodes that it made.

    Attributes
    ----------
    places : list of int
        For each node the place of its operation in the script's list; 0 for a leaf.
    unknown : str
        The name of an operation that can't be computed in the page; empty if all can.
    opaque : str
        The name of a value whose derivative nobody knows; empty if there is none.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.places: list[int] = []
        self.unknown = self.opaque = ""
        self._cards: dict[str, Card] = {}
        self._entries = {"null": 0}
        known: dict[tuple[int, str, tuple[float, ...]], int] = {}
        for node in nodes:
            if not node.operands:
                self.places.append(0)
                continue
            if node.value._opcode == OPAQUE:
                self.opaque = self.opaque or node.name
            key = node.value._opcode, node.symbol, _constants(node)
            if key not in known:
                entry = self._entry(node)
                known[key] = self._entries.setdefault(entry, len(self._entries))
            self.places.append(known[key])

    def script(self) -> str:
        """Write the list ``OPERATIONS``, and what its functions call."""
        entries = ",\n".join(self._entries)
        return f"{library(self._cards.values())}const OPERATIONS = [\n{entries},\n];\n"

    def _entry(self, node: Node) -> str:
        constants = _constants(node)
        fields = {"symbol": literal(node.symbol), "constants": literal(constants)}
        card = card_of(node.value._opcode)
        count = len(node.operands)
        names = ", ".join(f"{{{i}}}" for i in range(count))
        if node.value._opcode == COPY:
            fields["forward"], fields["partials"] = "(x) => x", "() => [1]"
            fields["slopes"], fields["meaning"] = '() => ["1"]', '"{0}"'
        elif card is None or (isinstance(card, CustomOp) and card.opaque):
            self.unknown = self.unknown or node.symbol
            fields["meaning"] = literal(f"{node.symbol}({names})")
        else:
            self._cards[card.name] = card
            fields["forward"], fields["partials"] = forward(card), partials(card)
            fields["slopes"] = slopes(card, card_constants(node, card), count)
            meaning = Expr(card.name, card.symbols)
            texts = _markers(card) | dict.fromkeys(card.symbols[:card.conditions], "condition")
            written = formula(at_hand(meaning, {}, card_constants(node, card)), texts)
            fields["meaning"] = literal(written if card.in_table else f"{card.name}({names})")
            fields["chooses"] = literal(card.chooses)
            fields["conditions"] = literal(card.conditions)
        return f"{{ {', '.join(f'{name}: {text}' for name, text in fields.items())} }}"


def slopes(card: Card, constants: dict[Expr, float], count: int) -> str:
    """Write a function that says the textbook's rule for each local derivative.

    Which rule it is may depend on the numbers: the slope of ``|x|`` is 1 or −1. Names stand as
    ``{0}``, ``{1}`` for the operands and ``{y}`` for the result.
    """
    rules = card.read_partials(card.partials)[:count]
    texts = ", ".join(_rule(rule, card, constants) for rule in rules)
    return f"(y, {', '.join(f'${name}' for name in card.operands)}) => [{texts}]"


def _rule(e: Expr, card: Card, constants: dict[Expr, float]) -> str:
    """Write a rule, as a choice between texts where it depends on conditions."""
    conditions = list(
        dict.fromkeys(part.args[0] for part in operands_first(e) if part.op == "where")
    )
    if len(conditions) > MOST_CONDITIONS:
        return '""'

    def decide(remaining: list[Expr], decided: dict[Expr, bool]) -> str:
        if not remaining:
            return literal(factor(at_hand(e, decided, constants), _markers(card)))
        condition, *rest = remaining
        yes, no = (decide(rest, {**decided, condition: truth}) for truth in (True, False))
        return yes if yes == no else f"({expression(condition)} ? {yes} : {no})"

    return decide(conditions, {})


def card_constants(node: Node, card: Card) -> dict[Expr, float]:
    """Say which operands of a card are plain numbers at a node: an exponent, two bounds."""
    if node.value._opcode in (INT_POWER, FLOAT_POWER, CLAMP):
        return dict(zip(card.symbols[1:], _constants(node), strict=True))
    return {}


def _constants(node: Node) -> tuple[float, ...]:
    v = node.value
    if v._opcode in (INT_POWER, FLOAT_POWER):
        return (int(v._db) if v._opcode == INT_POWER else v._db,)
    if v._opcode == WHERE:
        return (node.partials[0] == 1.0,)
    return v._extra.constants if v._opcode == CLAMP and v._extra is not None else ()


def _markers(card: Card) -> dict[Expr, str]:
    moving = card.symbols[card.differentiable]
    return {OUTPUT: "{y}", **{symbol: f"{{{i}}}" for i, symbol in enumerate(moving)}}
