"""What the operations of graphs and tapes mean: expressions, taken from the cards.

Graph rows, the instructions of a tape, the interpreter and the passes all read this one table.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from glassgrad import opcodes as ops
from glassgrad.expr import Expr, as_expr, operands_first, symbol
from glassgrad.ops import SPECIAL, TABLE, Card, where
from glassgrad.ops.card import OUTPUT


class Meaning:
    """One operation, as a graph or a tape knows it.

    Attributes
    ----------
    name : str
    operands : tuple of Expr
        The symbols of the operands, in the order of a row: of ``where`` the condition is last.
    compute : Expr
        The result.
    partials : tuple of Expr
        The local derivatives with respect to the first operands; what comes after has none.
    chooses : bool
        As on the card: a partial of 0 hands on 0, whatever arrives.
    """

    __slots__ = ("chooses", "compute", "name", "operands", "partials")

    def __init__(
        self, name: str, operands: tuple[Expr, ...], compute: Expr, partials: tuple[Expr, ...],
        chooses: bool = False,
    ) -> None:  # fmt: skip
        self.name, self.operands, self.compute = name, operands, compute
        self.partials, self.chooses = partials, chooses


def _of_card(card: Card) -> Meaning:
    conditions, others = card.symbols[: card.conditions], card.symbols[card.conditions :]
    return Meaning(
        card.name, others + conditions, card.compute_expr, card.partial_exprs, card.chooses
    )


def _special(name: str, rule: Callable[..., Any], partials: Callable[..., Any] | None) -> Meaning:
    symbols = tuple(symbol(x) for x in rule.__code__.co_varnames[: rule.__code__.co_argcount])
    slopes = partials(*symbols) if partials else ()
    return Meaning(name, symbols, rule(*symbols), tuple(map(as_expr, slopes)))


def _both(a: Any, b: Any) -> Any:
    return where((a == 0) | (b == 0), 0, 1)


def _either(a: Any, b: Any) -> Any:
    return where((a == 0) & (b == 0), 0, 1)


def _share(a: Any, b: Any) -> Any:
    return where(b == 0, where(a * b == a * b, a * b, 0), a * b)  # only nan differs from itself


#: The meaning of each opcode that is computed from its operands alone.
MEANINGS: Final[dict[int, Meaning]] = {
    ops.COPY: _special("copy", lambda x: x, lambda x: (1,)),
    ops.DETACHED: _special("detached", lambda x: x, None),
    ops.SHARE: _special("share", _share, lambda a, b: (b, a)),
    ops.LT: _special("lt", lambda a, b: where(a < b, 1, 0), None),
    ops.LE: _special("le", lambda a, b: where(a <= b, 1, 0), None),
    ops.EQ: _special("eq", lambda a, b: where(a == b, 1, 0), None),
    ops.BOTH: _special("both", _both, None),
    ops.EITHER: _special("either", _either, None),
    **{card.opcode: _of_card(card) for card in TABLE.values()},
}

#: From here on opcodes are those of operations made at run time.
AT_RUN_TIME: Final = len(SPECIAL) + len(TABLE)


@cache
def needed(op: int, mask: int) -> int:
    """Tell which numbers the shares of some operands are computed from.

    Parameters
    ----------
    op : int
        An opcode.
    mask : int
        The operands that receive a share: 1 the first, 2 the second.

    Returns
    -------
    int
        1 if the result is needed, plus 2 for the first operand, 4 for the second, 8 for the third.
    """
    meaning = MEANINGS[op]
    parts = set(operands_first(*(e for k, e in enumerate(meaning.partials) if mask >> k & 1)))
    numbers = (OUTPUT, *meaning.operands)
    return sum(1 << i for i, e in enumerate(numbers) if e in parts)


#: 1 for each opcode that takes longer than a copy: functions of the library, divisions, powers.
COSTLY: Final = array("i", [0] * AT_RUN_TIME)
for _card in TABLE.values():
    if _card.opcode not in ops.CHOICES | {ops.NEG, ops.ADD, ops.SUB, ops.MUL, ops.SQUARE, ops.ABS}:
        COSTLY[_card.opcode] = 1

#: How many operands can receive a share, by opcode: the first ones.
PARTIALS: Final = array("i", [0] * 128)
for _op, _meaning in MEANINGS.items():
    PARTIALS[_op] = len(_meaning.partials)

#: 1 for each opcode of a row that never carries a gradient, whatever it is computed from.
WITHOUT_GRADIENT: Final = array("i", [0] * AT_RUN_TIME)
for _op in (ops.LEAF, ops.CONSTANT, *(op for op, m in MEANINGS.items() if not m.partials)):
    WITHOUT_GRADIENT[_op] = 1
