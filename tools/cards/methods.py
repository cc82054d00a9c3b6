"""Write the methods of `Value`."""

from __future__ import annotations

import re
import textwrap

from cards.kernels import kernel_names
from cards.text import function, imports
from glassgrad.ops import SPECIAL, TABLE, Card
from glassgrad.printing import python

#: Python's method for the operations that have a sign; they have no named method.
OPERATORS = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv"}

_CALL = re.compile(rf"(?<![.\w])({'|'.join(kernel_names())})\(")


def methods() -> str:
    """Write the methods of `Value`, indented as they stand in the class."""
    text = "\n\n".join(part for card in TABLE.values() for part in _methods_of(card))
    return textwrap.indent(text, "    ") + "\n"


def sums() -> str:
    """Write the addition and the multiplication of two Values as functions, for `gg.dot`."""
    return "\n\n\n".join(
        function(
            f"def _{name}(left: Value, right: Value) -> Value:",
            TABLE[name].doc,
            _pair(TABLE[name], "left", "right"),
        )
        for name in ("add", "mul")
    ) + "\n"


def opcode_imports(engine: str) -> str:
    """Write the import of the opcodes that occur in the text of the engine."""
    names = {name.upper() for name in (*SPECIAL, *TABLE)} | {"CHOICES", "OP_NAMES"}
    return f"{imports('opcodes', names & set(re.findall(r'[A-Z_0-9]+', engine)))}\n"


def _methods_of(card: Card) -> list[str]:
    if card.name == "pow":
        return _power(card)
    if card.name in OPERATORS:
        return _operator(card, OPERATORS[card.name])
    if card.name == "neg":
        return [_unary(card, "__neg__")]
    own = {1: _unary, 2: _binary}.get(len(card.operands))
    found = [own(card, card.name)] if own else [_choice(card) if card.conditions else _bound(card)]
    if card.name == "abs":
        found.append(function("def __abs__(self) -> Value:", "", ["return self.abs()"]))
    if card.numpy:
        # np.clip(v, 0, 1) calls v.clip(0, 1, out=None).
        out = ", out: None = None" if card.parameters else ""
        head = found[0].split(") -> Value:")[0].replace(f"def {card.name}(", f"def {card.numpy}(")
        passed = re.findall(r"(\w+): ", head)
        found.append(
            function(
                f"{head}{out}) -> Value:",
                f"NumPy's name for `{card.name}`.",
                [f"return self.{card.name}({', '.join(passed)})"],
            )
        )
    return found


def _steps(card: Card, partials: str = "dx") -> tuple[list[str], list[str]]:
    """Write the lines that compute y and the local derivatives; trivial ones go inline."""
    names = [f"d{name}" for name in card.operands[card.differentiable]]
    lines = python([("y", card.compute_expr), *zip(names, card.partial_exprs, strict=True)])
    lines = [_CALL.sub(r"kernels.\1(", line) for line in lines]
    inline = {}
    for name in names:
        line = next(line for line in lines if line.startswith(f"{name} = "))
        value = line.removeprefix(f"{name} = ")
        if " if " not in value and len(value) < 50:
            lines.remove(line)
            inline[name] = value
    return lines, [inline.get(name, name) for name in names]


def _unary(card: Card, name: str) -> str:
    lines, (dx,) = _steps(card)
    return function(
        f"def {name}(self) -> Value:",
        card.doc,
        [
            "x = self._data",
            *lines,
            f"return _node(y, self, None, {dx}, 0.0, {card.name.upper()}, None)",
        ],
    )


def _pair(card: Card, left: str, right: str) -> list[str]:
    lines, (da, db) = _steps(card)
    return [
        f"a = {left}._data",
        f"b = {right}._data",
        *lines,
        f"return _node(y, {left}, {right}, {da}, {db}, {card.name.upper()}, None)",
    ]


def _binary(card: Card, name: str) -> str:
    other = card.operands[1] if card.operands[1] != "b" else "other"
    take = f'right: Value = {other} if type({other}) is Value else as_value({other}, "{name}")'
    return function(
        f"def {name}(self, {other}: Operand) -> Value:",
        card.doc,
        [take, *_pair(card, "self", "right")],
    )


def _operator(card: Card, name: str) -> list[str]:
    take = [
        f'right: Value | None = other if type(other) is Value else _operand(other, "{card.op}")',
        "if right is None:",
        "    return NotImplemented",
    ]
    return [
        function(
            f"def __{name}__(self, other: Operand) -> Value:",
            card.doc,
            take + _pair(card, "self", "right"),
        ),
        _reflected(card, name),
    ]


def _reflected(card: Card, name: str) -> str:
    return function(
        f"def __r{name}__(self, other: Operand) -> Value:",
        "",
        [
            f'left: Value | None = _operand(other, "{card.op}")',
            "if left is None:",
            "    return NotImplemented",
            *(_pair(card, "left", "self")),
        ],
    )


def _power(card: Card) -> list[str]:
    lines, (da, db) = _steps(card)
    constant = [line for line in lines if not line.startswith("db = ")]
    return [
        function(
            "def __pow__(self, other: Operand) -> Value:",
            card.doc,
            [
                "a = self._data",
                "if type(other) is Value:",
                "    right: Value = other",
                "    b: float = right._data",
                *(f"    {line}" for line in lines),
                f"    return _node(y, self, right, {da}, {db}, {card.name.upper()}, None)",
                'number = _number(other, "**")',
                "if number is None:",
                "    return NotImplemented",
                "b = number",
                *constant,
                "opcode = INT_POWER if type(other) is int or is_whole(other) else FLOAT_POWER",
                f"return _node(y, self, None, {da}, b, opcode, None)",
            ],
        ),
        _reflected(card, "pow"),
    ]


def _bound(card: Card) -> str:
    bounds = card.operands[1:]
    lines, (dx,) = _steps(card)
    return function(
        f"def {card.name}(self, {', '.join(f'{b}: Number' for b in bounds)}) -> Value:",
        card.doc,
        [
            "x = self._data",
            *(f'{b} = _bound({b}, "{card.name}")' for b in bounds),
            *lines,
            f"extra = Extra(constants=({', '.join(bounds)}))",
            f"return _node(y, self, None, {dx}, 0.0, {card.name.upper()}, extra)",
        ],
    )


def _choice(card: Card) -> str:
    return function(
        f"def {card.name}(self, condition: Truth | Any, other: Operand) -> Value:",
        "Take this value where the condition holds and the other where it does not.",
        [
            f'right: Value = other if type(other) is Value else as_value(other, "{card.name}")',
            "if machine.here.tracing and condition is not True and condition is not False:",
            '    chosen: Value = _late("glassgrad.truths", "choose")(condition, self, right)',
            "    return chosen",
            "condition = truth(condition)",
            *_pair(card, "self", "right"),
        ],
    )
