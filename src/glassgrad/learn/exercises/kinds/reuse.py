"""Reuse: gradients of a value that is used more than once."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.learn.exercises.asked import asks, gradients
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.kinds.chain_rule import NAMES, distinct, drawn_leaves, handy
from glassgrad.learn.exercises.programs import Lines, Program, grown
from glassgrad.learn.exercises.task import Task

SAYS = "a value that is used several times receives the sum"
FIRST_HINT = (
    "There is more than one route from it to the output. Work out each by itself; the gradient is "
    "the sum."
)
OPERATIONS = ("*", "*", "*", "+", "+", "-")


def draw(dice: Dice) -> Task | None:
    """Draw a task, or nothing if it came out too large, too easy or awkward."""
    leaf_names, inner, output = dice.one_of(NAMES)
    leaves = drawn_leaves(dice, leaf_names, 2)
    names = list(leaves)
    if not distinct(leaves):
        return None
    if dice.chance(1 / 3):
        twice, wanted, lines = _result_twice(dice, names, [*inner, output])
    else:
        twice = dice.one_of(names)
        lines = grown(dice, [*names, twice], [*inner, output], OPERATIONS)
        other = dice.one_of([name for name in names if name != twice])
        wanted = sorted({twice, other}) if dice.chance(0.4) else [twice]
    program = Program(leaves, lines)
    if not 2 <= len(lines) <= 4 or not handy(program.run(), wanted):
        return None
    question = f"{twice} is used twice. {asks(wanted, output)}"
    return gradients(program, wanted, question, FIRST_HINT)


def _result_twice(
    dice: Dice, names: Sequence[str], results: Sequence[str]
) -> tuple[str, list[str], Lines]:
    """Let the result of the first line be used twice, by lines that use other leaves too."""
    a, b = dice.some_of(names, 2)
    twice = results[0]
    used = [twice, twice, *(name for name in names if name not in (a, b)), dice.one_of(names)]
    first = (twice, f"{a} {dice.one_of('*+-')} {b}")
    lines = (first, *grown(dice, used, results[1:], OPERATIONS))
    return twice, [dice.one_of([twice, a])], lines
