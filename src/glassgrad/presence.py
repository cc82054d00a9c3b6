"""Where a row is taken by a number that a trace does not know: which nodes will be reached.

Eagerly a backward pass never visits what leads only to rows that are not taken. In a trace all
rows are there, and whether a gradient comes to one is known when the trace is run. It can't just be
0 where none comes, since 0 times an infinite slope is nan: nothing must be handed on at all.

The *presence* of a node says when a gradient comes to it: `ALWAYS`, or `At` where one number must
be what it is, or `AnyOf` several of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

from glassgrad.errors import TraceError


class AskForIndexError(TraceError):
    """Raised where a trace must know which row is taken: trace anew, and make a guard of it."""


class At(NamedTuple):
    """A gradient comes if that of `rows` rows is taken, and one comes to what takes it.

    Attributes
    ----------
    taken : int
        The node that takes one of the rows.
    place, rows : int
        Which row, counted from 0, and of how many.
    outer : Presence
        When a gradient comes to the node that takes.
    """

    taken: int
    place: int
    rows: int
    outer: Presence


class AnyOf(frozenset["At"]):
    """A gradient comes if it comes by one of several ways."""


#: A gradient comes in each run.
ALWAYS: Final = None

Presence: TypeAlias = "At | AnyOf | None"


def united(ways: Iterable[Presence]) -> Presence:
    """Say when a gradient comes to a node by one of these ways or another.

    Examples
    --------
    >>> first, second = At(9, 0, 2, ALWAYS), At(9, 1, 2, ALWAYS)
    >>> united([first, first]) == first, united([first, second]) is ALWAYS
    (True, True)
    """
    found: set[At] = set()
    for way in ways:
        if way is None:
            return ALWAYS
        found |= way if isinstance(way, AnyOf) else {way}
    whole = True
    while whole:
        whole = False
        counts = Counter((at.taken, at.outer) for at in found)
        for at in found:
            if counts[at.taken, at.outer] == at.rows:  # one of all rows is taken in any case
                if at.outer is None:
                    return ALWAYS
                found = {x for x in found if (x.taken, x.outer) != (at.taken, at.outer)}
                found |= at.outer if isinstance(at.outer, AnyOf) else {at.outer}
                whole = True
                break
    return AnyOf(found) if len(found) > 1 else found.pop()
