"""What a page has to know of the operations in it: how to compute them, and what to say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from glassgrad.custom import CustomOp
from glassgrad.expr import Expr, as_expr, operands_first
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
        known: dict[tuple[int, str, tuple[float, ...], tuple[bool, ...]], int] = {}
        for node in nodes:
            if not node.operands:
                self.places.append(0)
                continue
            if node.value._opcode == OPAQUE:
                self.opaque = self.opaque or node.name
            negative = tuple(nodes[operand].name.startswith("−") for operand in node.operands)
            key = node.value._opcode, node.symbol, _constants(node), negative
            if key not in known:
                entry = self._entry(node, negative)
                known[key] = self._entries.setdefault(entry, len(self._entries))
            self.places.append(known[key])

    def script(self) -> str:
        """Write the list ``OPERATIONS``, and what its functions call."""
        entries = ",\n".join(self._entries)
        return f"{library(self._cards.values())}const OPERATIONS = [\n{entries},\n];\n"

    def _entry(self, node: Node, negative: tuple[bool, ...]) -> str:
        constants = _constants(node)
        fields = {"symbol": literal(node.symbol), "constants": literal(constants)}
        if node.order_matters:
            fields["ordered"] = "true"
        card = card_of(node.value._opcode)
        count = len(node.operands)
        names = ", ".join(f"{{{i}}}" for i in range(count))
        if node.value._opcode == COPY:
            fields["forward"], fields["partials"] = "(x) => x", "() => [1]"
            fields["rules"] = "() => [1]"
            fields["slopes"], fields["meaning"] = '() => [["1", "1"]]', '"copy({0})"'
        elif card is None or (isinstance(card, CustomOp) and card.opaque):
            self.unknown = self.unknown or node.symbol
            fields["meaning"] = literal(f"{node.symbol}({names})")
        else:
            self._cards[card.name] = card
            texts = Texts(card, card_constants(node, card), negative)
            fields["forward"], fields["partials"] = forward(card), partials(card)
            fields["rules"], fields["slopes"] = texts.rules(), texts.slopes()
            fields["meaning"] = literal(
                texts.meaning() if card.in_table else f"{card.name}({names})"
            )
            fields["chooses"] = literal(card.chooses)
            fields["conditions"] = literal(card.conditions)
        return f"{{ {', '.join(f'{name}: {text}' for name, text in fields.items())} }}"


class Texts:
    """What a page says of an operation, with ``{0}``, ``{1}`` for the operands, ``{y}`` for it.

    A name that begins with a minus, that of a constant, may need parentheses: `negative` tells
    which operands have one.
    """

    def __init__(
        self, card: Card, constants: dict[Expr, float], negative: tuple[bool, ...]
    ) -> None:
        self._card = card
        self._constants = constants
        self._negative = {f"−{{{i}}}": f"{{{i}}}" for i, minus in enumerate(negative) if minus}
        self._names = {OUTPUT: "{y}"} | dict.fromkeys(card.symbols[: card.conditions], "condition")
        moving = zip(card.symbols[card.differentiable], negative, strict=False)
        for i, (symbol, minus) in enumerate(moving):
            self._names[symbol] = f"{'−' if minus else ''}{{{i}}}"
        self._rules = card.read_partials(card.partials)[: len(negative)]

    def meaning(self) -> str:
        """Write what the operation computes: ``{0} · {1}``."""
        known = {s: as_expr(x) for s, x in self._constants.items()}
        operands = tuple(known.get(s, s) for s in self._card.symbols)
        return self._filled(formula(Expr(self._card.name, operands), self._names))

    def rules(self) -> str:
        """Write a function that computes the local derivatives as a textbook would."""
        return self._function(expression(rule) for rule in self._rules)

    def slopes(self) -> str:
        """Write a function that says the textbook's rule for each local derivative, twice.

        As it stands, and as the first factor of a product. Which rule it is may depend on the
        numbers: the slope of ``|x|`` is 1 or −1.
        """
        return self._function(map(self._slope, self._rules))

    def _function(self, results: Iterable[str]) -> str:
        names = ", ".join(["y", *(f"${name}" for name in self._card.operands)])
        return f"({names}) => [{', '.join(results)}]"

    def _slope(self, e: Expr) -> str:
        """Write a rule, as a choice between texts where it depends on conditions."""
        choices = (part for part in operands_first(e) if part.op == "where")
        conditions = list(dict.fromkeys(choice.args[0] for choice in choices))
        if len(conditions) > MOST_CONDITIONS:
            return '["", ""]'

        def decide(remaining: list[Expr], decided: dict[Expr, bool]) -> str:
            if not remaining:
                rule = at_hand(e, decided, self._constants)
                return literal(
                    [self._filled(write(rule, self._names)) for write in (formula, factor)]
                )
            condition, *rest = remaining
            yes, no = (decide(rest, {**decided, condition: truth}) for truth in (True, False))
            return yes if yes == no else f"({expression(condition)} ? {yes} : {no})"

        return decide(conditions, {})

    def _filled(self, text: str) -> str:
        for marked, plain in self._negative.items():
            text = text.replace(marked, plain)
        return text


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
