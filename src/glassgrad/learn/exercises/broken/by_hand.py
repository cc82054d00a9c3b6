"""A backward pass written by hand, for a program drawn at random."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glassgrad.learn.exercises.broken.lines import Broken, Line, Wrong, broken
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.kinds.chain_rule import NAMES, distinct, drawn_leaves
from glassgrad.learn.exercises.programs import grown, plain

ABOUT = "computes a value, and then its gradients by hand"


def draw(dice: Dice) -> Broken | None:
    """Draw a program, write its backward pass, and make one line of it wrong."""
    leaf_names, inner, output = dice.one_of(NAMES)
    numbers = drawn_leaves(dice, leaf_names, 2)
    leaves = list(numbers)
    if not distinct(numbers):
        return None
    first = (inner[0], f"{leaves[0]} {dice.one_of('*+-')} {leaves[1]}")
    used = [inner[0], inner[0] if dice.chance(0.5) else leaves[0], *leaves[2:]]
    lines = (first, *grown(dice, used, [*inner[1:], output], "***+--"))
    backward = list(_backward(lines))
    return broken(dice, ABOUT, [
        Line("; ".join(f"{name} = {plain(x)}" for name, x in numbers.items())),
        *(Line(f"{name} = {what}") for name, what in lines),
        *_late(backward, inner[0]),
        Line(f"print({', '.join(f'grad_{name}' for name in leaves)})"),
    ])  # fmt: skip


def _backward(lines: tuple[tuple[str, str], ...]) -> Iterator[Line]:
    """Hand the gradients back, the last line first."""
    output = lines[-1][0]
    yield Line(f"grad_{output} = 1", (
        Wrong(f"grad_{output} = {output}",
              f"The pass begins with d{output}/d{output} = 1, not with the number {output}."),
        Wrong(f"grad_{output} = 0",
              f"The pass begins with d{output}/d{output} = 1: from 0 nothing but 0 comes out."),
    ), f"The pass begins with d{output}/d{output} = 1.")  # fmt: skip
    reached: set[str] = set()
    for y, what in reversed(lines):
        a, operation, b = re.fullmatch(r"(\w+) (.) (\w+)", what).groups()  # type: ignore[union-attr]
        for operand, other, sign in ((a, b, ""), (b, a, "-" if operation == "-" else "")):
            yield _share(y, operation, operand, other, sign, operand in reached)
            reached.add(operand)


def _share(y: str, operation: str, operand: str, other: str, sign: str, again: bool) -> Line:
    """Write what one operand receives, with what is written in its place."""
    came = f"grad_{y}"
    share = f"{other} * {came}" if operation == "*" else f"{sign}{came}"
    head = f"grad_{operand} {'+=' if again else '='}"
    wrongs = []
    if again:
        wrongs.append(Wrong(f"grad_{operand} = {share}", (
            f"{operand} is used more than once: this overwrites what it has received before, "
            "and should add to it."
        )))  # fmt: skip
    if operation == "*":
        wrongs += [
            Wrong(f"{head} {operand} * {came}", "A product hands to each operand the gradient "
                  "times the other operand, not times itself."),
            Wrong(f"{head} {other}", "That is the local derivative alone: it is to be multiplied "
                  "by the gradient that comes in."),
            Wrong(f"{head} {other} + {came}", "The local derivative and the gradient that comes in "
                  "are multiplied, not added."),
        ]  # fmt: skip
    elif sign:
        wrongs.append(Wrong(f"{head} {came}", "What is subtracted has the local derivative −1: "
                            "the sign is lost."))  # fmt: skip
    else:
        wrongs.append(Wrong(f"{head} {y}", "It is the gradient that is handed on, not the number "
                            f"{y}."))  # fmt: skip
    if operation == "*":
        does = f"{y} is a product: {operand} receives {came} times the other operand, {other}."
    elif sign:
        does = f"{operand} is subtracted in {y}: it receives {came} with the other sign."
    else:
        does = f"{y} hands {came} on to {operand} as it is: the local derivative is 1."
    if again:
        does += f" It adds, for {operand} is used more than once."
    return Line(f"{head} {share}", tuple(wrongs), does)


def _late(backward: list[Line], inner: str) -> list[Line]:
    """Let a share also come too late: when the gradient that it belongs to was handed on."""
    shares = [i for i, line in enumerate(backward) if line.text.startswith(f"grad_{inner} ")]
    if len(shares) == 2:
        last = shares[-1]
        line = backward[last]
        why = (
            f"This share of grad_{inner} comes too late: grad_{inner} has been handed on already. "
            "Everything that uses a value comes before what it is made of."
        )
        late = Wrong(line.text, why, len(backward) - 1 - last)
        backward[last] = line._replace(wrongs=(*line.wrongs, late))
    return backward
