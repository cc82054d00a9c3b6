"""Find the bug: a short program in which one line is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.learn.exercises.broken import by_hand, engines, slopes, training
from glassgrad.learn.exercises.broken.lines import Broken, printed
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.judging import Choice
from glassgrad.learn.exercises.task import Code, Part, Task

SAYS = "a short program in which one line is wrong"
FAMILIES = (by_hand, by_hand, by_hand, engines, engines, engines, training, training, slopes)


def draw(dice: Dice) -> Task | None:
    """Draw a program with one wrong line, if it shows in what the program prints."""
    family = dice.one_of(FAMILIES)
    found = family.draw(dice)
    if found is None:
        return None
    prints, should = printed(found.wrong), printed(found.right)
    if not _shows(prints.split(), should.split()):
        return None

    def parts() -> Sequence[Part]:
        what = "stands in the wrong place" if found.line != found.place else "is wrong"
        return [f"Line {found.line} {what}. {found.why}", "Mended:", _mended(found)]

    return Task(
        f"This program {found.about}. One line is wrong, or stands in the wrong place. The program "
        f"prints {prints} and should print {should}. Which line is it?",
        found.wrong, (_lines(found),), HINTS[family.__name__.rpartition(".")[2]], parts,
        numbered=True,
    )  # fmt: skip


#: Where to look, from gentle to strong.
HINTS = {
    "by_hand": (
        "Which of the numbers is wrong? Follow the lines that it was made of.",
        "Ask of each line: what is the local derivative, what comes in, and what was there before?",
    ),
    "engines": (
        "Go through the program at the end by hand, and see where the engine does something else.",
        "Are local derivatives right, times what comes in, and added? Are start and order right?",
    ),
    "training": (
        "A step has an order: loss, gradients to zero, backward pass, update.",
        "Go through two rounds of the loop: what do the gradients hold, where do the numbers go?",
    ),
    "slopes": (
        "A slope is a change divided by a change.",
        "What changes from one call to the other, by how much, and is that what is divided by?",
    ),
}


def _lines(found: Broken) -> Choice:
    lines = found.wrong.splitlines()
    return Choice(
        "The line", {str(i): line for i, line in enumerate(lines, 1)}, str(found.line),
        {
            str(i): f"That one is right. {does}".strip()
            for i, does in enumerate(found.does, 1)
            if i != found.line
        },
    )  # fmt: skip


def _mended(found: Broken) -> Code:
    """Show the mended line among its neighbours, with the numbers that they have then."""
    lines = [f"{i:>2}  {line}".rstrip() for i, line in enumerate(found.right.splitlines(), 1)]
    lines[found.place - 1] += "  # <-"
    return Code("\n".join(lines[max(0, found.place - 4) : found.place + 3]))


def _shows(prints: list[str], should: list[str]) -> bool:
    """Tell whether what is printed differs clearly, and whether all of it is easy to read."""
    if any(len(number) > 8 or "e" in number or "n" in number for number in prints + should):
        return False  # too long, 1e20, nan, inf
    pairs = [(float(x), float(y)) for x, y in zip(prints, should, strict=True)]
    return any(abs(x - y) > 0.02 for x, y in pairs) and all(0 < abs(y) < 200 for _, y in pairs)
