"""One operation of a graph as equations: what it computes, and its local derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import copysign, isclose, prod

from glassgrad.explaining.sections import Equation, at, equation, partial, product, words
from glassgrad.expr import NUMBER, Expr, as_expr, evaluate, operands_first, symbol
from glassgrad.opcodes import COPY
from glassgrad.ops.card import OUTPUT, apply
from glassgrad.show.captions import Operation
from glassgrad.show.scene import Kind, Node

#: What the rule for each operand of an operation is called, where it has a name of its own.
_NAMES = {
    "add": ("sum rule",), "sub": ("difference rule",), "mul": ("product rule",),
    "div": ("quotient rule",), "pow": ("power rule", "exponential rule"),
    "square": ("power rule",), "neg": ("constant multiple rule",),
    "reciprocal": ("reciprocal rule",),
}  # fmt: skip


def sign_of(node: Node) -> Expr:
    """Take a node as the expression that stands for it: its name, or a constant's number."""
    bare = node.kind is Kind.CONSTANT and not node.value.label
    return as_expr(node.data) if bare else symbol(node.name)


class Local:
    """What a node computes, in terms of the names of its operands and of itself.

    Parameters
    ----------
    node : Node
        A node with operands.
    nodes : sequence of Node
        All nodes of the graph, in order of creation.
    """

    def __init__(self, node: Node, nodes: Sequence[Node]) -> None:
        self._node = node
        self._operands = [nodes[operand] for operand in node.operands]
        self._operation = Operation(node, nodes)
        self.sign = sign_of(node)
        self.operands = [sign_of(operand) for operand in self._operands]
        self._numbers = {
            sign: as_expr(operand.data)
            for sign, operand in zip(self.operands, self._operands, strict=True)
        }
        self._numbers[self.sign] = as_expr(node.data)
        self.meaning = self._meaning()

    def computed(self) -> Equation:
        """Write how the node's number comes about: e = a · b = 2 · −3 = −6."""
        meaning, data = self.meaning, self._node.data
        parts = [self.sign, meaning]
        if self._computes(meaning, data):
            parts.append(self._at_numbers(meaning))
        return equation([*parts, as_expr(data)])

    def slope(self, which: int, left: Expr) -> Equation:
        """Write a local derivative: ∂(a · b)/∂a = b = −3; `left` is the sign of it."""
        number = self._node.partials[which]
        parts = [left]
        if not self.is_repeated(which):  # ∂(x · x)/∂x would be more than this operand's part
            parts.append(partial(self.meaning, self.operands[which]))
        rule = self.rule(which)
        if rule is not None:
            parts.append(rule)
            if self._computes(rule, number):
                parts.append(self._at_numbers(rule))
        return equation([*parts, as_expr(number)], self.rule_name(which))

    def is_repeated(self, which: int) -> bool:
        """Tell whether the same value is another operand too."""
        return self._node.operands.count(self._node.operands[which]) > 1

    def rule(self, which: int) -> Expr | None:
        """Find the rule for a local derivative at this point, in terms of the names."""
        found = self._operation.rules[which]
        if found is None or self._operation.card is None:
            return found
        return renamed(found, {**self._symbols(), OUTPUT: self.sign})

    def proof_names(self) -> list[str | float]:
        """List what a proof calls the operands: names, and numbers for those that are constant."""
        card, symbols = self._operation.card, self._symbols()
        moving = () if card is None else card.symbols[card.conditions :]
        operands = (symbols[s] for s in moving)
        return [e.value if e.value is not None else repr(e) for e in operands]

    def rule_name(self, which: int) -> str:
        """Say which rule gives a local derivative."""
        place = f", through operand {which + 1}" if self.is_repeated(which) else ""
        return self._rule_name(which) + place

    def _rule_name(self, which: int) -> str:
        card = self._operation.card
        if self._node.value._opcode == COPY:
            return "a copy moves as its original does"
        if card is None or self._operation.rules[which] is None:
            return f"{self._node.symbol}: as it was recorded"
        if not card.in_table:
            return f"{card.name}: as it was defined"
        if card.chooses:
            choice = {0.0: "not chosen", 1.0: "the branch taken"}
            return f"{card.symbol}: {choice.get(self._node.partials[which], 'a tie, half to each')}"
        others = [o for i, o in enumerate(self._operands) if i != which]
        scales = card.name == "mul" or (card.name, which) == ("div", 0)
        if scales and others and others[0].kind is Kind.CONSTANT:
            return "constant multiple rule"
        names = _NAMES.get(card.name, (f"derivative of {card.name}",))
        return names[min(which, len(names) - 1)]

    def _meaning(self) -> Expr:
        if self._node.value._opcode == COPY:
            return self.operands[0]
        if self._operation.card is None or not self._operation.card.in_table:
            return at(words(self._node.symbol), *self.operands)
        symbols = self._symbols()
        operands = tuple(symbols.get(s, s) for s in self._operation.card.symbols)
        if self._operation.card.name == "mul":
            return product(operands)  # x · x is not to look like the square, whose rule is another
        return Expr(self._operation.card.name, operands)

    def _symbols(self) -> dict[Expr, Expr]:
        """List what the card's operands are here: names, or the numbers that belong to it."""
        if self._operation.card is None:
            return {}
        moving = self._operation.card.symbols[self._operation.card.differentiable]
        constants = {s: as_expr(x) for s, x in self._operation.constants.items()}
        return dict(zip(moving, self.operands, strict=False)) | constants

    def _at_numbers(self, root: Expr) -> Expr:
        """Put numbers in the place of names, with a minus for what is negative: 6 − 4."""
        done = dict(self._numbers)
        for e in operands_first(root):
            if e not in done:
                args = tuple(done[arg] for arg in e.args)
                last = args[-1].value if args and args[-1].op == NUMBER else None
                if e.op == "neg" and isinstance(last, (int, float)):
                    done[e] = as_expr(-last)
                elif e.op == "add" and isinstance(last, float) and copysign(1.0, last) < 0:
                    done[e] = args[0] - as_expr(-last)
                else:
                    done[e] = Expr(e.op, args, e.value)
        return done[root]

    def _computes(self, e: Expr, number: float) -> bool:
        """See that an expression gives the number: not where `.data` was changed since."""
        numbers = {sign: x.number for sign, x in self._numbers.items()}
        try:
            found = evaluate(e, numbers, _apply)
        except KeyError:  # a condition that nobody recorded, an operation of one's own
            return False
        return found == number or isclose(found, number, rel_tol=1e-9, abs_tol=1e-300)


def renamed(root: Expr, names: Mapping[Expr, Expr]) -> Expr:
    """Put other expressions in the place of symbols."""
    done = dict(names)
    for e in operands_first(root):
        if e not in done:
            done[e] = Expr(e.op, tuple(done[arg] for arg in e.args), e.value)
    return done[root]


def _apply(name: str, operands: tuple[float, ...]) -> float:
    """Perform one operation of a derivation."""
    return prod(operands) if name == "product" else apply(name, operands)
