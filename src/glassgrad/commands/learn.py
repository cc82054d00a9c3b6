"""The command ``glassgrad learn``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassgrad.learn.lessons.place import Place


def add(commands: Any) -> None:
    """Describe the command."""
    learn = commands.add_parser(
        "learn", allow_abbrev=False, help="lessons, step by step, and exercises",
        description="List the lessons; tell one (`glassgrad learn 5`, `glassgrad learn reuse`) "
        "step by step; go on where you were (`glassgrad learn next`), or begin anew (`glassgrad "
        "learn 5 --again`); or pose exercises (`glassgrad learn exercises chain-rule --seed 7`).",
    )  # fmt: skip
    learn.add_argument(
        "what", nargs="?", metavar="LESSON", help="its number or name, or next, or exercises"
    )
    learn.add_argument("more", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    learn.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List, tell or ask; 0 unless what is asked for does not exist."""
    if options.what == "exercises":
        return _exercises(options.more)
    parser = argparse.ArgumentParser(prog="glassgrad learn LESSON", allow_abbrev=False)
    parser.add_argument("--again", action="store_true", help="begin the lesson anew")
    again = parser.parse_args(options.more).again
    from glassgrad.learn.lessons.place import recall

    place = recall()
    if options.what is None:
        _list(place)
    else:
        _tell(options.what, place, again)
    return 0


def _exercises(more: list[str]) -> int:
    from glassgrad.commands import exercises

    parser = argparse.ArgumentParser(prog="glassgrad learn exercises", allow_abbrev=False)
    exercises.add(parser)
    return exercises.run(parser.parse_args(more))


def _list(place: Place) -> None:
    from rich.console import Console
    from rich.table import Table

    from glassgrad.learn import lessons

    table = Table(box=None, show_header=False, pad_edge=False)
    for lesson in lessons.catalogue():
        here = lesson.slug == place.lesson and place.seen
        mark = "✓" if lesson.slug in place.done else "→" if here else ""
        table.add_row(mark, str(lesson.number), lesson.title, f"[dim]{lesson.slug}[/dim]")
    console = Console()
    console.print(table)
    begun = place.lesson and place.seen
    at = f", at step {place.seen} of lesson {place.lesson}" if begun else ""
    console.print(f"\nGo on: glassgrad learn next{at}", highlight=False)


def _tell(what: str, place: Place, again: bool) -> None:
    from rich.console import Console
    from rich.theme import Theme

    from glassgrad.learn import lessons
    from glassgrad.learn.lessons.place import remember
    from glassgrad.learn.lessons.telling import Teller

    lesson = lessons.find(_next(place) if what == "next" else what)
    start = 0 if again or lesson.slug != place.lesson else place.seen
    console = Console(theme=Theme({"markdown.code": "bold cyan"}))  # rich's has a black ground
    talks = sys.stdin.isatty() and sys.stdout.isatty()

    def reached(seen: int) -> None:
        if talks:  # who reads all of it in one go is not somewhere in it
            place.at(lesson.slug, seen)
            remember(place)

    try:
        Teller(lesson, lessons.reference, console, input if talks else None).tell(start, reached)
    except (EOFError, KeyboardInterrupt):
        if not talks:
            raise
        console.print("\nGo on another time: glassgrad learn next", highlight=False)
        return
    if talks:
        place.finish(lesson.slug)
        remember(place)
        console.print("The next lesson: glassgrad learn next", highlight=False)


def _next(place: Place) -> str:
    from glassgrad.learn import lessons

    if place.lesson and place.seen:
        return place.lesson
    left = [lesson.slug for lesson in lessons.catalogue() if lesson.slug not in place.done]
    return left[0] if left else lessons.catalogue()[-1].slug
