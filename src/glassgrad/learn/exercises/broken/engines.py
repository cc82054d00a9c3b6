"""A learner's engine with a short program that uses it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from glassgrad.learn.exercises.broken.lines import Broken, Line, Wrong, broken, plain_lines
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.programs import grown, plain

ABOUT = "is an engine for backpropagation, and a use of it"

OWN = "A product hands to each operand the gradient times the other operand, not times itself."
ALONE = "The local derivative is to be multiplied by the gradient that comes in."
OVERWRITTEN = (
    "A value that is used twice receives two shares: this overwrites the first one, and should add."
)
SIGN = "What is subtracted has the local derivative −1: the sign is lost."
COPIED = "It is the gradient of the result that is handed on, not its number."


class Words(NamedTuple):
    """What a learner calls things."""

    cls: str
    prev: str
    out: str
    other: str
    step: str
    order: str
    seen: str
    visit: str


#: Of a function: its method, its local derivative in terms of x and y, and what is taken for it.
FUNCTIONS = {
    "tanh": ("math.tanh(self.data)", "1 - {y}**2", (
        ("1 - {y}", "The local derivative of tanh is 1 − y²: the square is lost."),
        ("1 + {y}**2", "The local derivative of tanh is 1 − y², with a minus."),
        ("1 - self.data**2", "In 1 − y² the y is the result of tanh, not what went in."),
    )),
    "exp": ("math.exp(self.data)", "{y}", (
        ("self.data", "exp has itself as local derivative: its result, not what went in."),
        ("self.data * {y}", "exp has itself as local derivative: there is no power to bring down."),
    )),
    "relu": ("max(0.0, self.data)", "float({y} > 0)", (
        ("{y}", "relu has the local derivative 1 above 0, not its own value."),
        ("float({y} < 0)", "relu lets the gradient through above 0, not below."),
    )),
    "square": ("self.data**2", "2 * self.data", (
        ("self.data", "The local derivative of x² is 2x: the 2 is lost."),
        ("2 * {y}", "The local derivative of x² is 2x, not 2x²."),
    )),
}  # fmt: skip
METHODS = {"+": "__add__", "-": "__sub__", "*": "__mul__"}


def draw(dice: Dice) -> Broken | None:
    """Draw an engine with two or three operations, and a program; make one line wrong."""
    words = Words(*(dice.one_of(names) for names in (
        ("Value", "Number", "Node", "Scalar"), ("children", "operands", "inputs", "_prev"),
        ("out", "result", "y"), ("other", "that", "b"), ("push", "step", "_backward"),
        ("order", "topo", "nodes"), ("seen", "visited", "done"), ("visit", "build", "walk"),
    )))  # fmt: skip
    operations = dice.some_of("*+-" if dice.chance(0.5) else "*+", 2)
    function = dice.one_of(tuple(FUNCTIONS)) if dice.chance(0.6) else ""
    style = dice.one_of((_with_closures, _with_partials))
    use = _use(dice, words, operations, function)
    if use is None:
        return None
    return broken(dice, ABOUT, [*style(words, operations, function), Line(""), *use])


def _use(
    dice: Dice, words: Words, operations: Sequence[str], function: str
) -> list[Line] | None:
    """Write a program in which a value is used twice."""
    sizes = (2, 3, 4, 5, 1.5, 2.5) if function in ("", "square") else (0.2, 0.3, 0.4, 0.5, 0.8, 1.5)
    names = list(dice.one_of(("ac", "ab", "xy", "uv", "pq", "xw")))
    numbers = [dice.signed(sizes) for _ in names]
    if abs(numbers[0]) == abs(numbers[1]):
        return None
    lines = list(grown(dice, [*names, dice.one_of(names)], ["d", "L"], operations))
    if function:
        lines[-1] = ("e", lines[-1][1])
        lines.append(("L", f"e.{function}()"))
    shown = ", ".join(f"round({name}.grad, 3)" for name in names)
    return [
        *(Line(f"{n} = {words.cls}({plain(x)})") for n, x in zip(names, numbers, strict=True)),
        *(Line(f"{name} = {what}") for name, what in lines),
        Line("L.backward()"), Line(f"print({shown})"),
    ]  # fmt: skip


def _head(words: Words, function: str, more: str) -> list[Line]:
    start = "import math\n\n" if function in ("tanh", "exp") else ""
    return plain_lines(
        f"{start}class {words.cls}:\n"
        f"    def __init__(self, data, {words.prev}=()):\n"
        f"        self.data, self.grad = data, 0.0\n"
        f"        self.{words.prev} = {words.prev}{more}\n"
    )


def _with_closures(words: Words, operations: Sequence[str], function: str) -> list[Line]:
    """Let each result keep a function that hands its gradient on."""
    lines = _head(words, function, f"\n        self.{words.step} = lambda: None")
    out, other = words.out, words.other
    for operation in operations:
        lines += plain_lines(
            f"\n    def {METHODS[operation]}(self, {other}):\n"
            f"        {out} = {words.cls}(self.data {operation} {other}.data, (self, {other}))\n"
            f"        def {words.step}():"
        )
        lines += [_closure_share(words, operation, 0), _closure_share(words, operation, 1)]
        lines += plain_lines(f"        {out}.{words.step} = {words.step}\n        return {out}")
    if function:
        computed, right, wrongs = FUNCTIONS[function]
        y = f"{out}.data"
        head = "            self.grad +="
        lines += plain_lines(
            f"\n    def {function}(self):\n"
            f"        {out} = {words.cls}({computed}, (self,))\n"
            f"        def {words.step}():"
        )
        lines.append(Line(f"{head} {_factor(right.format(y=y))} * {out}.grad", (
            *(Wrong(f"{head} {_factor(text.format(y=y))} * {out}.grad", why)
              for text, why in wrongs),
            Wrong(f"{head} {right.format(y=y)}", ALONE),
        ), f"It adds the local derivative of {function}, times what comes in."))  # fmt: skip
        lines += plain_lines(f"        {out}.{words.step} = {words.step}\n        return {out}")
    return [*lines, *_backward(words, [Line(f"            v.{words.step}()")])]


def _factor(text: str) -> str:
    return f"({text})" if re.search(r" [+-] ", text) else text


def _closure_share(words: Words, operation: str, place: int) -> Line:
    operand, partner = ("self", words.other) if place == 0 else (words.other, "self")
    came = f"{words.out}.grad"
    sign = "-" if operation == "-" and place == 1 else "+"
    share = f"{partner}.data * {came}" if operation == "*" else came
    head = f"            {operand}.grad"
    wrongs = [Wrong(f"{head} = {'-' if sign == '-' else ''}{share}", OVERWRITTEN)]
    if operation == "*":
        wrongs += [Wrong(f"{head} += {operand}.data * {came}", OWN),
                   Wrong(f"{head} += {partner}.data", ALONE)]  # fmt: skip
    elif sign == "-":
        wrongs.append(Wrong(f"{head} += {came}", SIGN))
    else:
        wrongs.append(Wrong(f"{head} += {words.out}.data", COPIED))
    return Line(f"{head} {sign}= {share}", tuple(wrongs), {
        "*": "A product: the other operand's number, times what comes in, is added.",
        "+": "A sum hands on what comes in; it is added to what was there.",
        "-": f"A difference hands on what comes in, {'subtracted' if place else 'as it is'}.",
    }[operation])  # fmt: skip


def _with_partials(words: Words, operations: Sequence[str], function: str) -> list[Line]:
    """Let each result keep its operands together with the local derivatives."""
    lines = _head(words, function, "")
    other = words.other
    for operation in operations:
        shares = {
            "+": f"(self, 1.0), ({other}, 1.0)", "-": f"(self, 1.0), ({other}, -1.0)",
            "*": f"(self, {other}.data), ({other}, self.data)",
        }[operation]  # fmt: skip
        head = f"        return {words.cls}(self.data {operation} {other}.data"
        wrongs = {
            "+": [Wrong(f"{head}, {{{shares}}})", "A set holds what is alike only once: in a + a "
                        "one of the two shares is lost.")],
            "-": [Wrong(f"{head}, [(self, 1.0), ({other}, 1.0)])", SIGN)],
            "*": [Wrong(f"{head}, [(self, self.data), ({other}, {other}.data)])", OWN),
                  Wrong(f"{head}, {{{shares}}})", "A set holds what is alike only once: in a * a "
                        "one of the two shares is lost.")],
        }[operation]  # fmt: skip
        lines += [*plain_lines(f"\n    def {METHODS[operation]}(self, {other}):"),
                  Line(f"{head}, [{shares}])", tuple(wrongs), "It lists both operands, each with "
                       "its local derivative.")]  # fmt: skip
    if function:
        computed, right, taken = FUNCTIONS[function]
        lines += plain_lines(f"\n    def {function}(self):\n        t = {computed}")
        head = f"        return {words.cls}(t, [(self, "
        lines.append(Line(f"{head}{right.format(y='t')})])", tuple(
            Wrong(f"{head}{text.format(y='t')})])", why) for text, why in taken
        ), f"It lists the operand, with the local derivative of {function}."))  # fmt: skip
    share = "                operand.grad"
    return [*lines, *_backward(words, [
        Line(f"            for operand, partial in v.{words.prev}:"),
        Line(f"{share} += partial * v.grad", (
            Wrong(f"{share} = partial * v.grad", OVERWRITTEN),
            Wrong(f"{share} += partial", ALONE),
            Wrong(f"{share} += partial * v.data",
                  "The gradient of the result is handed on, not its number."),
        ), "The local derivative times what comes in is added."),
    ], pairs=True)]  # fmt: skip


def _backward(words: Words, hand_on: Sequence[Line], pairs: bool = False) -> list[Line]:
    order, seen, visit = words.order, words.seen, words.visit
    item = "operand, _" if pairs else "operand"
    order_why = (
        "A value is listed before what it is made of, so that reversed it does not come before all "
        "of that: list it after its operands have been visited."
    )
    return [
        *plain_lines(  # the comment settles which of two lines is wrong when the order is
            f"\n    def backward(self):\n"
            f"        {order}, {seen} = [], set()  # in {order}, operands come before results\n"
            f"        def {visit}(v):\n            if v not in {seen}:\n"
            f"                {seen}.add(v)\n                for {item} in v.{words.prev}:\n"
            f"                    {visit}(operand)"
        ),
        Line(f"                {order}.append(v)",
             (Wrong(f"                {order}.append(v)", order_why, -2),),
             "A value is listed when all that it is made of has been."),
        Line(f"        {visit}(self)"),
        Line("        self.grad = 1.0", (
            Wrong("        self.grad = 0.0", "The pass begins with 1, the derivative of the "
                  "output with respect to itself: from 0 nothing but 0 comes out."),
            Wrong("        self.grad = self.data", "The pass begins with 1, the derivative of the "
                  "output with respect to itself, not with its number."),
        ), "The output moves with itself: its gradient is 1."),
        Line(f"        for v in reversed({order}):", (
            Wrong(f"        for v in {order}:", "The gradient comes from the output: results hand "
                  "on before their operands, so the order is to be reversed."),
        ), "Results hand on before their operands do."),
        *hand_on,
    ]  # fmt: skip
