"""Where a learner was: one small file in the home folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from glassgrad.learn.lessons import catalogue

__all__ = ["Place", "recall", "remember"]


@dataclass
class Place:
    """The lesson begun last, how many of its pieces have been seen, and the lessons finished."""

    lesson: str = ""
    seen: int = 0
    done: list[str] = field(default_factory=list)

    def at(self, slug: str, seen: int) -> None:
        """Move to a piece of a lesson."""
        self.lesson, self.seen = slug, seen

    def finish(self, slug: str) -> None:
        """Count a lesson as finished; opened again it begins anew."""
        self.lesson, self.seen = slug, 0
        if slug not in self.done:
            self.done.append(slug)


def _file() -> Path:
    return Path.home() / ".glassgrad" / "learn.json"


def recall() -> Place:
    """Read where the learner was; a file that can't be read, or makes no sense, counts as none."""
    try:
        kept = json.loads(_file().read_text("utf-8"))
        place = Place(str(kept["lesson"]), int(kept["seen"]), [str(slug) for slug in kept["done"]])
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return Place()
    pieces = {lesson.slug: len(lesson.pieces) for lesson in catalogue()}
    if not 0 <= place.seen < pieces.get(place.lesson, 1):
        return Place(done=place.done)  # the lesson is another by now
    return place


def remember(place: Place) -> None:
    """Keep where the learner is; written beside and moved, so that no half of it is ever read."""
    path = _file()
    try:
        path.parent.mkdir(exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(place)) + "\n", "utf-8")
        beside.replace(path)
    except OSError:
        pass  # a home that can't be written in is no reason not to learn
