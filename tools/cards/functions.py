"""Write the free functions, with the documentation that a card holds."""

from __future__ import annotations

import textwrap

from cards.text import NOTICE, function, quoted, wrapped
from glassgrad.ops import TABLE, Card
from glassgrad.printing import plain

#: Python has a sign for these.
WITHOUT_FUNCTION = {"add", "sub", "mul", "div", "neg", "pow"}


def elementary() -> str:
    """Write the free functions: on Values, floats and arrays."""
    cards = [card for card in TABLE.values() if card.name not in WITHOUT_FUNCTION]
    functions = "\n\n\n".join(_free(card) for card in cards)
    exported = sorted(card.name for card in cards)
    return (
        f'"""The operations of the table as functions of floats, Values and arrays.\n\n{NOTICE}\n'
        f'"""\n\nfrom __future__ import annotations\n\n'
        f"from typing import TYPE_CHECKING, Any, overload\n\n"
        f"from glassgrad import kernels\nfrom glassgrad.dispatch import elsewhere\n"
        f"from glassgrad.engine import Value\n\n"
        f"if TYPE_CHECKING:\n    from glassgrad.dispatch import Scalar\n"
        f"    from glassgrad.engine import Operand\n\n"
        f"__all__ = [\n{wrapped(map(quoted, exported))}]\n\n\n{functions}\n"
    )


def _free(card: Card) -> str:
    names = card.operands
    passed = ", ".join(names)
    if len(names) == 1:
        return function(
            f"def {card.name}({passed}: Scalar) -> Scalar:",
            _docstring(card),
            [
                "if type(x) is Value:",
                f"    return x.{card.name}()",
                "if type(x) is float:",
                f"    return kernels.{card.name}(x)",
                f'return elsewhere("{card.name}", x)',
            ],
        )
    fixed = {
        name: "bool" if i < card.conditions else "float"
        for i, name in enumerate(names)
        if name not in names[card.differentiable]
    }
    free = names[card.differentiable]
    heads = []
    for i in range(len(free) + 1):
        kinds = dict.fromkeys(free, "Operand" if i < len(free) else "float")
        if i < len(free):
            kinds[free[i]] = "Value"
        signature = ", ".join(f"{n}: {fixed.get(n) or kinds[n]}" for n in names)
        result = "Value" if i < len(free) else "float"
        heads.append(f"@overload\ndef {card.name}({signature}) -> {result}: ...")
    anything = ", ".join(f"{n}: Any" for n in names)
    heads.append(f"@overload\ndef {card.name}({anything}) -> Any: ...")
    return "\n".join(heads) + "\n" + function(
        f"def {card.name}({anything}) -> Any:",
        _docstring(card),
        [f'return elsewhere("{card.name}", {passed})'],
    )


def _docstring(card: Card) -> str:
    names = card.operands
    formula = plain((card.formula or card)(*card.symbols))
    slopes = [
        f"    dy/d{name} = {plain(e)}"
        for name, e in zip(
            names[card.differentiable], card.read_partials(card.partials), strict=True
        )
    ]
    point = {"x": "0.5", "a": "0.5", "b": "2.0", "low": "-1.0", "high": "1.0", "condition": "True"}
    leaves = [name for name in names if name in names[card.differentiable]]
    arguments = ", ".join(name if name in leaves else point[name] for name in names)
    values = tuple(True if point[n] == "True" else float(point[n]) for n in names)
    y = card.on_floats(*values)
    grads = card.partials_on_floats(y, *values)
    shown = ", ".join(f"round({name}.grad, 6)" for name in leaves)
    made = "; ".join(f"{name} = gg.Value({point[name]})" for name in leaves)
    answer = ", ".join(repr(round(g, 6) + 0.0) for g in (y, *grads))
    lines = [
        card.doc, "", "In formulas, with y for the result::", "", f"    y = {formula}", *slopes,
        "", "Floats give a float, Values a Value, arrays an array, element by element.", "",
        "Examples", "--------", ">>> import glassgrad as gg", f">>> {made}",
        f">>> y = gg.{card.name}({arguments})", ">>> y.backward()",
        f">>> round(y.data, 6), {shown}", f"({answer})",
    ]  # fmt: skip
    if card.references:
        lines += ["", "References", "----------"]
        lines += [line for ref in card.references for line in textwrap.wrap(ref, 90)]
    return "\n".join(lines) + "\n"
