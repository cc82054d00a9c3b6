"""The lessons: twenty ideas, from what a derivative is to a GPT; `glassgrad learn` tells them.

Examples
--------
>>> from glassgrad.learn import lessons
>>> lesson = lessons.find("reuse")
>>> lesson.number, lesson.title
(10, 'Using a value twice')
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from glassgrad.errors import GlassgradError
from glassgrad.learn.lessons.performing import Answered, Performance, Ran, Told
from glassgrad.learn.lessons.reading import (
    Code,
    Exercise,
    Lesson,
    Misreading,
    Piece,
    Prediction,
    Prose,
    read,
)

__all__ = [
    "Answered", "Code", "Exercise", "Lesson", "Misreading", "Performance", "Piece", "Prediction",
    "Prose", "Ran", "Told", "catalogue", "find", "reference",
]  # fmt: skip

TEXTS = Path(__file__).parent / "texts"


@cache
def catalogue() -> tuple[Lesson, ...]:
    """List all lessons in their order."""
    return tuple(read(path) for path in sorted(TEXTS.glob("*.md")))


def find(name: str) -> Lesson:
    """Find a lesson by its number or its slug.

    Raises
    ------
    GlassgradError
        If there is none; those there are get listed.
    """
    for lesson in catalogue():
        if name in (lesson.slug, str(lesson.number)):
            return lesson
    known = ", ".join(f"{lesson.number} {lesson.slug}" for lesson in catalogue())
    raise GlassgradError(f"there is no lesson {name!r}; there are: {known}")


def reference(slug: str) -> str:
    """Name another lesson in words, as a terminal or a notebook can show it."""
    lesson = find(slug)
    return f"lesson {lesson.number} (*{lesson.title}*)"
