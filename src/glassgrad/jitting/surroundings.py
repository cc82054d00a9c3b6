"""What a function reads from around it: its globals and the cells of its closure.

A number found there while tracing is a constant of the program. So each call looks whether the
names still stand for what they stood for.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

from glassgrad.jitting.forms import same_thing

_MISSING: Any = object()


class Surroundings:
    """The names that a function reads, and what they stand for now.

    Attributes
    ----------
    places : list of (dict or cell, name)
        Where to look.
    """

    __slots__ = ("cells", "names", "variables")

    def __init__(self, f: Callable[..., Any]) -> None:
        self.cells: list[Any] = []
        self.variables: list[Any] = []
        self.names: list[str] = []
        seen: set[tuple[int, str]] = set()
        for function in _functions(f):
            self.cells.extend(function.__closure__ or ())
            for name in _globals_read(function.__code__):
                if (id(function.__globals__), name) not in seen:
                    seen.add((id(function.__globals__), name))
                    self.variables.append(function.__globals__)
                    self.names.append(name)

    def now(self) -> list[Any]:
        """List what the names stand for."""
        found = [
            variables.get(name, _MISSING)
            for variables, name in zip(self.variables, self.names, strict=True)
        ]
        for cell in self.cells:
            try:
                found.append(cell.cell_contents)
            except ValueError:  # a variable that has no value yet
                found.append(_MISSING)
        return found

    def called(self, place: int) -> str:
        """Name one of them, for a message."""
        return self.names[place] if place < len(self.names) else "a variable of the function around"


def unchanged(before: list[Any], now: list[Any]) -> bool:
    """Tell whether the names still stand for the same things, numbers for the same numbers."""
    for i in range(len(before)):
        if before[i] is not now[i] and not same_thing(before[i], now[i]):
            return False
    return True


def _functions(f: Any) -> Iterator[FunctionType]:
    """List the Python functions that a callable consists of, as far as they can be seen."""
    waiting = [f]
    seen: set[int] = set()
    while waiting:
        g = waiting.pop()
        if id(g) in seen:
            continue
        seen.add(id(g))
        if isinstance(g, FunctionType):
            yield g
            waiting.append(getattr(g, "__wrapped__", None))
        elif isinstance(g, MethodType):
            waiting.append(g.__func__)
        elif isinstance(g, partial):
            waiting.append(g.func)
        elif g is not None and not isinstance(g, type):
            waiting.extend(getattr(type(g), name, None) for name in ("__call__", "forward"))


def _globals_read(code: CodeType) -> Iterator[str]:
    """List the global names that a function reads, the functions inside it included."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _globals_read(inner)
