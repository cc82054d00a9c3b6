"""Reuse: gradients of a value that is used more than once."""

from __future__ import annotations

from glassgrad.learn.exercises.asked import asks, gradients
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.kinds.chain_rule import NAMES, SIZES, distinct
from glassgrad.learn.exercises.programs import Program, grown, routes
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
    names = sorted(dice.some_of(leaf_names, 2 + dice.below(2)))
    leaves = {name: dice.signed(SIZES) for name in names}
    twice = dice.one_of(names)
    if dice.chance(1 / 3):  # it is the result of the first line that is used twice
        a, b = dice.some_of(names, 2)
        twice = inner[0]
        first = ((twice, f"{a} {dice.one_of('*+-')} {b}"),)
        used = [twice, twice, *(name for name in names if name not in (a, b)), dice.one_of(names)]
        rest = grown(dice, used, [*inner[1:], output], OPERATIONS)
        lines, wanted = first + rest, [dice.one_of([twice, a])]
    else:
        lines = grown(dice, [*names, twice], [*inner, output], OPERATIONS)
        other = dice.one_of([name for name in names if name != twice])
        wanted = sorted({twice, other}) if dice.chance(0.4) else [twice]
    if not distinct(leaves) or not 2 <= len(lines) <= 4:
        return None
    program = Program(leaves, lines)
    named = program.run()
    if any(abs(v.data) > 150 or abs(v.data) < 0.1 for v in named.values()):
        return None
    root = named[output]
    if any(min(map(len, routes(root, named[name]))) == 0 for name in wanted):
        return None
    if any(abs(abs(named[name].grad) - 1) < 0.01 for name in wanted):
        return None
    used_twice = [name for name in wanted if len(routes(root, named[name])) > 1]
    if not used_twice:
        return None
    question = f"{twice} is used twice. {asks(wanted, output)}"
    return gradients(program, wanted, question, FIRST_HINT)
