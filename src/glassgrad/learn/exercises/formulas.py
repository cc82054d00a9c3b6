"""Tasks that ask which formula is the derivative of an operation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glassgrad.learn.answers import letter
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.judging import Choice
from glassgrad.learn.exercises.programs import plain
from glassgrad.learn.exercises.task import Code, Task

#: Of y = what: the derivative in x, and formulas that are taken for it, with what is wrong.
FORMULAS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "tanh({x})": ("1 - {y}**2", (
        ("1 - {y}", "The square is lost."),
        ("1 + {y}**2", "tanh becomes flat far out, where {y} is near 1: this does not."),
        ("1 - {x}**2", "It is what tanh gives, {y}, that is squared, not what it takes."),
    )),
    "sigmoid({x})": ("{y} * (1 - {y})", (
        ("1 - {y}**2", "That belongs to tanh."),
        ("1 - {y}", "One factor is missing: sigmoid becomes flat at both ends."),
        ("{x} * (1 - {x})", "It is what sigmoid gives, {y}, that counts, not what it takes."),
    )),
    "exp({x})": ("{y}", (
        ("{x} * {y}", "That is the rule for powers; here {x} is the exponent."),
        ("1 / {y}", "exp grows the faster, the larger it is."),
        ("{x}", "exp is its own derivative: its result, not what goes in."),
    )),
    "log({x})": ("1 / {x}", (
        ("1 / {y}", "It is 1 divided by what goes in, not by what comes out."),
        ("{x}", "The logarithm grows the slower, the larger {x} is."),
        ("{y} / {x}", "The logarithm itself is no part of its derivative."),
    )),
    "{k} * {x} * {b}": ("{k} * {b}", (
        ("{k} * {x}", "That is the operand itself; what multiplies it counts."),
        ("{k}", "{x} is multiplied by {b}, too."),
        ("{k} + {b}", "What multiplies {x} is a product, not a sum."),
    )),
    "{b} / {x}": ("-{b} / {x}**2", (
        ("{b} / {x}**2", "A larger {x} makes {y} smaller, if {b} is above 0: the sign is lost."),
        ("-{b} / {x}", "The square is lost."),
        ("1 / {x}", "That is the derivative with respect to {b}."),
    )),
    "{x}**{n}": ("{n} * {x}**{m}", (
        ("{n} * {x}**{n}", "The power becomes one lower."),
        ("{x}**{m}", "The power comes down as a factor, too."),
        ("{m} * {x}**{n}", "The factor and the power have changed places."),
    )),
}  # fmt: skip


def formula(dice: Dice, names: Sequence[str]) -> Task:
    """Ask which of four formulas is the derivative; the names are such as "xby"."""
    x, b, y = tuple(dice.one_of(names))
    n = dice.one_of((3, 4, 5, 6, -1, -2))
    words = {"x": x, "b": b, "y": y, "n": n, "m": n - 1, "k": plain(dice.signed((2, 3, 4, 5, 1.5)))}
    form = dice.one_of(tuple(FORMULAS))
    what, (right, wrongs) = form.format(**words), FORMULAS[form]
    choices = dice.some_of(((right, ""), *wrongs), 4)
    options = {letter(i): text.format(**words) for i, (text, _) in enumerate(choices)}
    whys = {letter(i): why.format(**words) for i, (_, why) in enumerate(choices) if why}
    [label] = options.keys() - whys.keys()
    used = [name for name in (x, b) if name in re.findall(r"\w+", what)]
    numbers = " ".join(f"{name}={i}" for i, name in enumerate(used, 2))
    name = f"d{y}/d{x}"
    return Task(
        f"Which of these is {name}?", f"{y} = {what}", (Choice(name, options, label, whys),),
        (
            f"How much does {y} move when {x} moves by a little, and all else stays?",
            "Put in numbers, nudge, and see which formula gives about what you find.",
        ),
        lambda: [
            Code(f"{label}) {name} = {options[label]}"),
            "Step by step, with a proof:",
            Code(f'glassgrad explain "{y} = {what}" {numbers} --wrt {x} --proof'),
        ],
    )  # fmt: skip
