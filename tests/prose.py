"""The numbers in the prose of a lesson: which of them nothing has computed."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator

from glassgrad.learn import lessons

FIELD = re.compile(r"\{\{(.+?)\}\}")
QUOTED = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w])")
TEENS = (
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORD = re.compile(
    rf"\b(?:({'|'.join(TENS)})(?:-({'|'.join(ONES)}))?|({'|'.join(TEENS)}))\b", re.IGNORECASE
)


def texts_of(lesson: lessons.Lesson) -> list[str]:
    """List all that is said in a lesson, with its fields."""
    texts = [lesson.title, lesson.idea]
    for piece in lesson.pieces:
        match piece:
            case lessons.Prose(text):
                texts.append(text)
            case lessons.Misreading(belief, truth):
                texts += [belief, truth]
            case lessons.Prediction():
                texts += [piece.question, piece.why, *piece.choices]
            case lessons.Exercise():
                texts += [piece.question, piece.hint, piece.solution, *piece.choices]
    return texts


def typed_numbers(lesson: lessons.Lesson) -> list[str]:
    """List the numbers in prose that nothing has computed, and that no code is written with."""
    known = set[float]().union(*map(written_in, codes_of(lesson)))
    typed = []
    for text in texts_of(lesson):
        rest = FIELD.sub("", text)
        for quoted in QUOTED.findall(rest):
            typed += [n for n in NUMBER.findall(quoted) if float(n) not in known]
        typed += re.findall(r".{0,20}\d.{0,20}", QUOTED.sub("", rest))
    return typed


def typed_words(
    lesson: lessons.Lesson, performed: Iterable[lessons.Told | lessons.Ran | lessons.Answered]
) -> list[str]:
    """List the numbers from thirteen on, in words, that are no number of the lesson, rounded."""
    seen = " ".join(map(_seen, performed)).replace("−", "-").replace(",", "")
    numbers = {abs(float(number)) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", seen)}
    numbers |= set[float]().union(*map(written_in, codes_of(lesson)))
    known = {round(number) for number in numbers if number < 1e9}
    said = (found for text in texts_of(lesson) for found in _words(FIELD.sub("", text)))
    return [word for word, value in said if value not in known]


def codes_of(lesson: lessons.Lesson) -> Iterator[str]:
    """Go through all code: what is run, and what finds answers."""
    for piece in lesson.pieces:
        match piece:
            case lessons.Code():
                yield piece.source
            case lessons.Prediction():
                yield piece.answer
            case lessons.Exercise():
                yield from (piece.answer, piece.check)


def written_in(code: str) -> set[float]:
    """List the numbers that code is written with."""
    found = set[float]()
    for token in tokenize.generate_tokens(io.StringIO(code + "\n").readline):
        if token.type == tokenize.NUMBER:
            found.add(float(token.string.replace("_", "")))
    return found


def _seen(done: lessons.Told | lessons.Ran | lessons.Answered) -> str:
    """Write down all that a reader has seen computed."""
    match done:
        case lessons.Ran():
            return f"{done.printed} {done.shown!r}"
        case lessons.Answered(lessons.Prediction() as piece, answer):
            return f"{answer} {piece.question} {piece.why}"
        case lessons.Answered(lessons.Exercise() as piece, answer):
            return f"{answer} {piece.question} {piece.solution}"
        case lessons.Told(lessons.Prose(text)):
            return text
    return ""


def _words(text: str) -> Iterator[tuple[str, int]]:
    for found in WORD.finditer(text):
        tens, ones, teen = (part and part.lower() for part in found.groups())
        value = 13 + TEENS.index(teen) if teen else 20 + 10 * TENS.index(tens)
        yield found[0], value + (1 + ONES.index(ones) if ones else 0)
