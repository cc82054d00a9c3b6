"""Chain rule: gradients through a program in which each value is used once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glassgrad.engine import Value
from glassgrad.learn.exercises.asked import asks, gradients
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.programs import Program, grown
from glassgrad.learn.exercises.task import Task

SAYS = "a gradient along its route, through several operations"
FIRST_HINT = (
    "Go back from the output, one operation at a time; along a route the local derivatives are "
    "multiplied."
)

#: Names of leaves, results on the way, and the output.
NAMES = (
    ("abcf", "deghk", "L"), ("xyzw", "pqrst", "L"), ("uvwx", "efghk", "y"), ("pqrs", "cdeuv", "L"),
    ("kmnh", "abcde", "z"), ("abcd", "uvwxy", "out"),
)  # fmt: skip
SIZES = (2, 3, 4, 5, 6, 7, 0.5, 1.5, 2.5)
OPERATIONS = ("*", "*", "*", "+", "+", "-", "-", "**")


def draw(dice: Dice) -> Task | None:
    """Draw a task, or nothing if it came out too large, too easy or awkward."""
    leaf_names, inner, output = dice.one_of(NAMES)
    leaves = drawn_leaves(dice, leaf_names, 3)
    names = list(leaves)
    lines = grown(dice, names, [*inner, output], OPERATIONS)
    wanted = sorted(dice.some_of(names, 1 + dice.below(2)))
    at_once = re.findall(r"\w+", lines[-1][1])  # their routes are one step long
    if not 3 <= len(lines) <= 5 or not distinct(leaves) or set(wanted) & set(at_once):
        return None
    program = Program(leaves, lines)
    if not handy(program.run(), wanted):
        return None
    return gradients(program, wanted, asks(wanted, output), FIRST_HINT)


def drawn_leaves(dice: Dice, names: Sequence[str], fewest: int) -> dict[str, float]:
    """Give numbers to some of the names: to the fewest, or to one more."""
    some = sorted(dice.some_of(names, fewest + dice.below(2)))
    return {name: dice.signed(SIZES) for name in some}


def distinct(leaves: dict[str, float]) -> bool:
    """Tell whether the numbers differ in size, so that no two are taken for each other."""
    return len({abs(x) for x in leaves.values()}) == len(leaves)


def handy(named: dict[str, Value], wanted: Sequence[str]) -> bool:
    """Tell whether the numbers are easy to compute with, and no gradient is guessed: it is 1."""
    return all(0.1 <= abs(v.data) <= 150 for v in named.values()) and all(
        abs(abs(named[name].grad) - 1) > 0.01 for name in wanted
    )
