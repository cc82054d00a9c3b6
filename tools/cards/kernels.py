"""Write the opcodes, and the operations as functions on floats."""

from __future__ import annotations

from cards.text import NOTICE, function, imports, quoted, wrapped
from glassgrad import ieee
from glassgrad.ops import SPECIAL, TABLE, Card
from glassgrad.printing import python


def opcodes() -> str:
    """Write the numbers of the operations, and what `Value._op` says of each."""
    names = [*SPECIAL, *TABLE]
    constants = "\n".join(f"{name.upper()} = {i}" for i, name in enumerate(names))
    choices = ", ".join(card.name.upper() for card in TABLE.values() if card.chooses)
    shown = ["", "", "copy", *SPECIAL[3:], *(card.op for card in TABLE.values())]
    return (
        f'"""The number that a node holds for the operation that made it.\n\n{NOTICE}\n"""\n\n'
        f"{constants}\n\n"
        f"#: The operations that choose: see `chooses` in `glassgrad.ops.Card`.\n"
        f"CHOICES = frozenset(({choices}))\n\n"
        f"#: What `Value._op` says, by opcode.\n"
        f"OP_NAMES = (\n{wrapped(map(quoted, shown))})\n"
    )


def kernels() -> str:
    """Write the functions on floats of all cards that are not primitives of IEEE arithmetic."""
    functions = [
        function(
            f"def {card.name}({', '.join(f'{name}: float' for name in card.operands)}) -> float:",
            card.doc,
            [*python([("y", card.compute_expr)])[:-1], "return " + _last_value(card)],
        )
        for card in TABLE.values()
        if card.formula is not None
    ]
    body = "\n\n\n".join(functions)
    primitives = set(kernel_names()) & set(ieee.__all__)
    return (
        f'"""Every operation of the table on floats, float64 in and out.\n\n{NOTICE}\n"""\n\n'
        f"{imports('ieee', primitives)}\n\n"
        f"__all__ = [\n{wrapped(map(quoted, kernel_names()))}]\n\n\n{body}\n"
    )


def kernel_names() -> list[str]:
    """List the operations that have a function in `glassgrad.kernels`."""
    return sorted(
        card.name for card in TABLE.values() if card.formula or card.name in ieee.__all__
    )


def _last_value(card: Card) -> str:
    return python([("y", card.compute_expr)])[-1].removeprefix("y = ")
