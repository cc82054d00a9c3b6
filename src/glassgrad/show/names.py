"""What values are called: by their label, or by a number."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from glassgrad.engine import Value


class Names:
    """Labels, and v1, v2 and so on for values that have none, in the order of the questions.

    Parameters
    ----------
    taken : iterable of str
        What is a label, or a name otherwise, and so is not given away.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = frozenset(taken)
        self._given: dict[int, str] = {}
        self._free = (name for n in count(1) if (name := f"v{n}") not in self._taken)

    def of(self, v: Value) -> str:
        """Name a value, in one printable line; the same value gets the same name again."""
        label = v.label
        if label:
            return label if label.isprintable() else printable(label)
        if id(v) not in self._given:
            self._given[id(v)] = next(self._free)
        return self._given[id(v)]


def printable(text: str) -> str:
    """Make one line of a text that can be printed."""
    return "".join(c if c.isprintable() else " " for c in text)


def short(path: str, scope: str = "") -> str:
    """Shorten a parameter's path for its place inside a module's group: w1 for ….w.1.

    Examples
    --------
    >>> short("layers.0.w.1", "layers.0"), short("layers.0.w.1"), short("w.1")
    ('w1', 'layers.0.w.1', 'w1')
    """
    _, found, below = f".{path}".rpartition(f".{scope}.")
    rest = below if scope and found else path
    name, _, place = rest.partition(".")
    return name + place if place.isdigit() else rest
