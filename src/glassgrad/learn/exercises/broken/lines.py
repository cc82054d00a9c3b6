"""A program line by line, with the ways in which each line is got wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from glassgrad.learn.exercises.dice import Dice


class Wrong(NamedTuple):
    """What somebody writes in place of a line, and why it is wrong."""

    text: str
    why: str
    move: int = 0
    """By how many lines it stands too low; negative, too high."""


class Line(NamedTuple):
    """A line as it should be."""

    text: str
    wrongs: tuple[Wrong, ...] = ()
    does: str = ""
    """What it does, for those who take it for the wrong one."""


class Broken(NamedTuple):
    """A program with one wrong line."""

    about: str
    wrong: str
    right: str
    line: int
    """The number of the wrong line, from 1 on."""
    place: int
    """The number of the line in the right program."""
    why: str
    does: tuple[str, ...]
    """What each line of the wrong program does; "" where there is nothing to be said."""


def plain_lines(text: str) -> list[Line]:
    """Take lines that nobody gets wrong."""
    return [Line(line) for line in text.splitlines()]


def broken(dice: Dice, about: str, lines: Sequence[Line]) -> Broken:
    """Make one line of a program wrong."""
    ways = [(i, wrong) for i, line in enumerate(lines) for wrong in line.wrongs]
    place, wrong = dice.one_of(ways)
    texts = [line.text for line in lines]
    made = texts[:place] + texts[place + 1 :]
    made.insert(place + wrong.move, wrong.text)
    does = [line.does for line in lines]
    does.insert(place + wrong.move, does.pop(place))
    return Broken(
        about, "\n".join(made), "\n".join(texts), place + wrong.move + 1, place + 1, wrong.why,
        tuple(does),
    )  # fmt: skip


def printed(program: str) -> str:
    """Run a program that was made here, and take what it prints."""
    said: list[str] = []
    names: dict[str, Any] = {"print": lambda *what: said.append(" ".join(map(str, what)))}
    exec(compile(program, "<exercise>", "exec"), names)
    return "\n".join(said)
