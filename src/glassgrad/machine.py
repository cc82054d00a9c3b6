"""What is one thing in Python and another in C.

Compiled, the engine takes these from ``machine.pxd``, where they cost a nanosecond or two; this
is what stands for them otherwise. Nothing else differs between the two builds.
"""

from __future__ import annotations

import os
import threading
from heapq import heappop, heappush
from itertools import count

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Final


class Here(threading.local):
    """What the calling thread is doing while Values are made: see `glassgrad.engine.Here`."""

    scope: int = 0
    paused: bool = False
    anomaly: bool = False
    transforms: int = 0
    tracing: int = 0
    line: Line | None = None
    watched: bool = False
    module: object = None


here: Final = Here()


def module_here() -> object:
    """Tell which module computes."""
    return here.module


def set_module_here(module: object) -> None:
    """Note which module computes."""
    here.module = module


#: Takes the next number of a node; atomic, so that threads never share one.
next_number: Final = count(1).__next__

_passing = threading.RLock()


def _unlock_child() -> None:
    """Give a forked process a lock of its own: the thread that held the old one is not there."""
    global _passing
    _passing = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_child)


def begin_pass() -> bool:
    """Let one thread at a time pass backwards, because ``+=`` on a shared leaf is not atomic.

    The same thread may pass within a pass, as when a signal interrupts it.
    """
    _passing.acquire()
    return False


def end_pass(collecting: bool) -> None:
    """Let the next thread pass."""
    _passing.release()


class Line:
    """The nodes that wait for their turn in a backward pass; the newest is taken first.

    A page holds the nodes with 64 consecutive numbers; pages exist where nodes wait.
    """

    __slots__ = ("nodes", "order", "pages")

    def __init__(self) -> None:
        self.pages: dict[int, list[Any]] = {}
        self.order: list[int] = []
        self.nodes = self._newest_first()

    def _newest_first(self) -> Iterator[Any]:
        while self.order:
            page = -heappop(self.order)
            for v in self.pages[page]:  # which is filled further while operands join
                if v is not None:
                    yield v
            del self.pages[page]


def new_line(newest: int) -> Line:
    """Make a line for nodes that are not newer than this number."""
    return Line()


def put(line: Line, v: Any) -> None:
    """Let a node wait; it must be older than all that were taken."""
    number = v._number
    page = line.pages.get(number >> 6)
    if page is None:
        page = line.pages[number >> 6] = [None] * 64
        heappush(line.order, -(number >> 6))
    page[~number & 63] = v


def take(line: Line) -> Any:
    """Take the newest node out of the line; None if nobody waits."""
    return next(line.nodes, None)


def free_line(line: Line) -> None:
    """Forget the line."""


#: Makes a Value whose numbers are still to be set.
blank: Final = object.__new__


def seal(
    kind: type, refuse: Callable[[type], object], refuse_blank: object, signature: str
) -> None:
    """Let a function refuse the subclasses of `Value`; in C, also finish the class."""
    kind.__init_subclass__ = classmethod(refuse)  # type: ignore[assignment]


def show_source(spec: Any) -> None:
    """Let tracebacks show the lines of a compiled module: its source lies beside it."""
    folder, file = os.path.split(spec.origin)
    source = os.path.join(folder, file.split(".")[0] + ".py")

    def get_source(_: str) -> str:
        with open(source, encoding="utf-8") as lines:
            return lines.read()

    if source != spec.origin:
        spec.loader.get_source = get_source
