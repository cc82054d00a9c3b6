"""Write the table of operations for people."""

from __future__ import annotations

from types import ModuleType

from cards.text import NOTICE
from glassgrad.ops import TABLE, arithmetic, choice, exponential, hyperbolic, trigonometric
from glassgrad.printing import plain

FAMILIES: dict[str, ModuleType] = {
    "Arithmetic, powers and roots": arithmetic,
    "Exponentials and logarithms": exponential,
    "Trigonometric functions": trigonometric,
    "Hyperbolic functions and smooth activations": hyperbolic,
    "Choices": choice,
}


def documentation() -> str:
    """Write the table of operations for people."""
    introduction = (
        "Every operation that glassgrad knows, with its meaning and its local derivatives; y is\n"
        "the result. Each is a method (`v.tanh()`) and a function (`gg.tanh(v)`), on floats and\n"
        "arrays too, except where Python has a sign for it (`a + b`).\n"
    )
    parts = ["# The operations\n", f"<!-- {NOTICE} -->\n", introduction]
    for family, module in FAMILIES.items():
        rows = [
            "| operation | y | local derivatives | in words |",
            "|---|---|---|---|",
        ]
        for card in TABLE.values():
            if vars(module).get(card.name) is card and card.partials.__module__ == module.__name__:
                meaning = (card.formula or card)(*card.symbols)
                slopes = card.read_partials(card.partials)
                names = card.operands[card.differentiable]
                shown = "<br>".join(
                    f"dy/d{n} = `{plain(e)}`" for n, e in zip(names, slopes, strict=True)
                )
                also = f", `{card.numpy}`" if card.numpy else ""
                rows.append(f"| `{card.name}`{also} | `{plain(meaning)}` | {shown} | {card.doc} |")
        parts.append(f"## {family}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)
