"""Chain rule: gradients through a program in which each value is used once."""

from __future__ import annotations

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
    names = dice.some_of(leaf_names, 3 + dice.below(2))
    leaves = {name: dice.signed(SIZES) for name in sorted(names)}
    lines = grown(dice, sorted(names), [*inner, output], OPERATIONS)
    if not distinct(leaves) or not 3 <= len(lines) <= 5:
        return None
    program = Program(leaves, lines)
    named = program.run()
    if any(abs(v.data) > 150 or abs(v.data) < 0.1 for v in named.values()):
        return None
    wanted = sorted(dice.some_of(sorted(names), 1 + dice.below(2)))
    if any(f"{name}" in what for name in wanted for what in [lines[-1][1]]):
        return None  # its route is one step long
    if any(abs(abs(named[name].grad) - 1) < 0.01 for name in wanted):
        return None
    question = asks(wanted, output)
    return gradients(program, wanted, question, FIRST_HINT)


def distinct(leaves: dict[str, float]) -> bool:
    """Tell whether the numbers differ in size, so that no two are taken for each other."""
    return len({abs(x) for x in leaves.values()}) == len(leaves)
