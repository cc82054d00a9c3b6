"""What a function reads from around it: its globals and the cells of its closure.

A number found there while tracing is a constant of the program. So each call looks whether the
names still stand for what they stood for. Compiled with the engine.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

from glassgrad.jitting.statics import same_thing
from glassgrad.machine import show_source

_MISSING: Any = object()


class Surroundings:
    """The names that a function reads, and what they stand for now.

    Attributes
    ----------
    names : list of str
        Globals that are read, in the dicts of `variables`.
    cells : list
        The variables of functions around it.
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
        return found + [contents(cell) for cell in self.cells]

    def called(self, place: int) -> str:
        """Name one of them, for a message."""
        return self.names[place] if place < len(self.names) else "a variable of the function around"


    def are(self, before: list[Any]) -> bool:
        """Tell whether the names stand for what they stood for, numbers for the same numbers."""
        count = len(self.names)
        for i in range(count):
            variables: dict[str, Any] = self.variables[i]
            x = variables.get(self.names[i], _MISSING)
            if x is not before[i] and not same_thing(x, before[i]):
                return False
        for i in range(len(self.cells)):
            x = contents(self.cells[i])
            if x is not before[count + i] and not same_thing(x, before[count + i]):
                return False
        return True


def contents(cell: Any) -> Any:
    """Read the variable of a closure."""
    try:
        return cell.cell_contents
    except ValueError:  # a variable that has no value yet
        return _MISSING


def _functions(f: Any) -> Iterator[FunctionType]:
    """List the Python functions that a callable consists of, as far as they can be seen.

    Those that it calls by name belong to it if they are of the same module.
    """
    waiting = [f]
    seen: set[int] = set()
    while waiting:
        g = waiting.pop()
        if id(g) in seen:
            continue
        seen.add(id(g))
        if isinstance(g, FunctionType):
            waiting.append(getattr(g, "__wrapped__", None))
            if g.__globals__.get("__name__", "").startswith("glassgrad."):
                continue  # a transform, which reads nothing that changes but what it transforms
            yield g
            near = [g.__globals__.get(name) for name in _globals_read(g.__code__)]
            near += [contents(cell) for cell in g.__closure__ or ()]
            for h in near:
                function = getattr(h, "__wrapped__", h)
                if isinstance(function, FunctionType) and function.__globals__ is g.__globals__:
                    waiting.append(function)
        elif isinstance(g, MethodType):
            waiting.append(g.__func__)
        elif isinstance(g, partial):
            waiting.append(g.func)
        elif g is not None and not isinstance(g, type):
            waiting.append(getattr(g, "__wrapped__", None))  # a method of a model, compiled
            waiting.extend(getattr(type(g), name, None) for name in ("__call__", "forward"))


def _globals_read(code: CodeType) -> Iterator[str]:
    """List the global names that a function reads, the functions inside it included."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _globals_read(inner)


show_source(__spec__)
