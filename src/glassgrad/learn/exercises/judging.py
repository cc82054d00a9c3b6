"""Answers: which are right, how they are read, and what a wrong one probably came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose
from typing import NamedTuple

from glassgrad.errors import AnswerError, GlassgradError
from glassgrad.learn.answers import number

#: How far from the exact number an answer may be, and where two decimals are asked for.
EXACT = 1e-6
ROUNDED = 0.01


class Verdict(NamedTuple):
    """What is said of an answer."""

    right: bool
    says: tuple[str, ...]


class Mistake(NamedTuple):
    """A wrong answer that many give, and what they did."""

    value: float
    why: str


@dataclass(frozen=True)
class Number:
    """A number that is asked for."""

    name: str
    value: float
    mistakes: tuple[Mistake, ...] = ()
    tolerance: float = EXACT

    @property
    def shown(self) -> str:
        """The number as it is to be written."""
        decimals = 2 if self.tolerance == ROUNDED else 6
        return f"{round(self.value, decimals) + 0.0:.10g}"

    @property
    def how(self) -> str:
        """How exact it has to be."""
        return "to two decimals" if self.tolerance == ROUNDED else "exact"

    @property
    def asked(self) -> str:
        """What is asked for."""
        return f"{self.name} = ?  ({self.how})"

    def says(self, text: str) -> str:
        """Say what is wrong with what was typed, or nothing."""
        try:
            given = number(text)
        except GlassgradError as error:
            raise AnswerError(f"{self.name}: {error}") from None
        if self._is(given, self.value):
            return ""
        found = list(dict.fromkeys(m.why for m in self.mistakes if self._is(given, m.value)))
        if not found:
            found = self._in_general(given)
        return f"{self.name} is not {given:g}. " + " Or: ".join(found)

    def _is(self, given: float, value: float) -> bool:
        return abs(given - value) <= self.tolerance * (1 + 1e-9)

    def _in_general(self, given: float) -> list[str]:
        if self._is(given, -self.value):
            return ["Its size is right, its sign is not."]
        if given and isclose(given * self.value, 1.0, rel_tol=1e-3):
            return ["That is 1 divided by it: the derivative the other way round."]
        if isclose(given, self.value, rel_tol=0.05):
            return ["It is close: compute with more digits."]
        return ["Ask for a hint, or for the solution."]

    @property
    def is_sound(self) -> bool:
        """Whether no usual mistake is taken for right, and nothing is awkward to compute."""
        size = abs(self.value)
        return (
            0.0005 < size < 200
            and (self.tolerance == ROUNDED or isclose(self.value, round(self.value, 4)))
            and (self.tolerance == EXACT or size > 0.1)
            and all(abs(m.value - self.value) > 2.5 * self.tolerance for m in self.mistakes)
        )


@dataclass(frozen=True)
class Choice:
    """One of several, by its letter or the number of its line."""

    name: str
    options: Mapping[str, str]
    shown: str
    """The label of the right one."""
    whys: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with the others."""

    @property
    def by_line(self) -> bool:
        """Whether the options are the lines of the program."""
        return "1" in self.options

    @property
    def asked(self) -> str:
        """What is asked for, with the options where these are no lines of the program."""
        if self.by_line:
            return f"{self.name} = ?  (its number)"
        return "\n".join(f"{label}) {text}" for label, text in self.options.items())

    def says(self, text: str) -> str:
        """Say what is wrong with what was typed, or nothing."""
        label = re.sub(r"^(line|answer)\s*|[().]", "", text.strip().lower())
        if label not in self.options:
            first, *_, last = self.options
            raise AnswerError(f"{text.strip()!r} is no choice: {first} to {last}")
        if label == self.shown:
            return ""
        return f"{self.name} is not {label}. {self.whys.get(label, '')}".strip()

    @property
    def is_sound(self) -> bool:
        """Whether all options differ."""
        return self.by_line or len(set(self.options.values())) == len(self.options)


def judged(answers: Sequence[Number | Choice], given: str | float | Sequence[float]) -> Verdict:
    """Judge what was answered to all that is asked."""
    if not isinstance(given, str):
        numbers = given if isinstance(given, Sequence) else [given]
        given = ";".join(repr(float(x)) for x in numbers)
    pieces = _arranged(given, _pieces(given, len(answers)), answers)
    if len(pieces) != len(answers):
        names = " and ".join(answer.name for answer in answers)
        raise AnswerError(f"{len(answers)} answers are asked for, {names}: write them as 6, -4")
    says = [answer.says(piece) for answer, piece in zip(answers, pieces, strict=True)]
    if not any(says):
        return Verdict(True, ("Right.",))
    if _swapped(answers, pieces):
        names = ", ".join(answer.name for answer in answers)
        return Verdict(False, (f"These are the right numbers in another order: {names}.",))
    right = [f"{a.name} is right." for a, said in zip(answers, says, strict=True) if not said]
    return Verdict(False, (*filter(None, says), *right))


def _swapped(answers: Sequence[Number | Choice], pieces: Sequence[str]) -> bool:
    numbers = [answer for answer in answers if isinstance(answer, Number)]
    return len(numbers) > 1 and all(
        any(not answer.says(piece) for piece in pieces) for answer in numbers
    )


def _arranged(text: str, pieces: list[str], answers: Sequence[Number | Choice]) -> list[str]:
    """Put pieces in the order of the answers, if the text names all of these: b = 1, a = 2."""
    named = [re.search(rf"(?<!\w){re.escape(answer.name)}\s*=", text) for answer in answers]
    places = [found.start() for found in named if found]
    if not len(places) == len(pieces) == len(answers):
        return pieces
    return [pieces[sorted(places).index(place)] for place in places]


def _pieces(text: str, count: int) -> list[str]:
    """Take apart what was typed: names are allowed, ``dL/da = 6, dL/db = -4``."""
    plain = re.sub(r"(?:[a-zA-Z][^\s,;=]*\s*)+=", " ", text).strip()
    if count == 1:
        return [plain]
    between = ";" if ";" in plain else "," if "," in plain else None
    return [piece.strip() for piece in plain.split(between) if piece.strip()]
