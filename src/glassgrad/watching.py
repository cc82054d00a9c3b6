"""What a model and its loss read besides examples and parameters: has any of it changed?

A number found there while a batch is traced is a constant of the program, so `gg.fit` looks before
it goes on with a program after code of the user's has run: a callback, a metric, a schedule.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from types import FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from glassgrad.convert import is_array
from glassgrad.engine import Value
from glassgrad.jitting.statics import same_thing
from glassgrad.nn.module import Module, unchanged

__all__ = ["FOREIGN", "Watch", "codes", "package"]

#: So many lists and dicts are compared at most: more would take longer than a step.
MOST = 10_000

#: Packages whose functions and objects do not read what somebody else changes.
FOREIGN = {*sys.stdlib_module_names, "glassgrad", "numpy"} - {"__main__"}

_MISSING: Any = object()


class Watch:
    """Lists, dicts, attributes and variables that can be reached from somewhere.

    Objects are compared by what they are, numbers and text by their value. What has the attributes
    of a class of the standard library's, NumPy's or glassgrad's own is one thing, modules excepted.

    Parameters
    ----------
    *roots : Module or callable
        From where.

    Attributes
    ----------
    reached : list
        What was found on the way.
    whole : bool
        False if there is too much to be compared.
    """

    def __init__(self, *roots: Any) -> None:
        self._dicts: list[tuple[dict[Any, Any], tuple[Any, ...]]] = []
        self._keys: list[tuple[Any, ...]] = []
        self._lists: list[tuple[list[Any], tuple[Any, ...]]] = []
        self._reads: list[tuple[Callable[[], Any], Any]] = []
        #: What each of these is called, in a message.
        self._names: tuple[list[str], list[str], list[str]] = ([], [], [])
        self.reached: list[Any] = []
        seen: set[int] = set()
        waiting = [(x, type(x).__name__) for x in reversed(roots)]
        while waiting and len(self._dicts) + len(self._lists) + len(self._reads) < MOST:
            x, name = waiting.pop()
            if id(x) not in seen:
                seen.add(id(x))
                self.reached.append(x)
                waiting.extend(self._note(x, name))
        self.whole = not waiting

    def same(self) -> bool:
        """Tell whether all is as it was, for all that can be seen at a glance."""
        if not unchanged(self._dicts, self._lists):
            return False
        for read, before in self._reads:
            now = read()
            if now is not before and not same_thing(now, before):
                return False
        return True

    def changed(self) -> str:
        """Name something that is not as it was, or say ""."""
        of_dicts, of_lists, of_reads = self._names
        for (own, then), keys, name in zip(self._dicts, self._keys, of_dicts, strict=True):
            before = dict(zip(keys, then, strict=True))
            for key in {**before, **own}:
                if not same_thing(own.get(key, _MISSING), before.get(key, _MISSING)):
                    return f"{name}.{key}"
        for (items, then), name in zip(self._lists, of_lists, strict=True):
            if len(items) != len(then) or not all(map(same_thing, items, then)):
                return name
        for (read, before), name in zip(self._reads, of_reads, strict=True):
            if not same_thing(read(), before):
                return name
        return ""

    def put_back(self) -> None:
        """Let attributes, dicts and lists hold again what they held; variables stay as they are."""
        for (own, then), keys in zip(self._dicts, self._keys, strict=True):
            own.clear()
            own.update(zip(keys, then, strict=True))
        for items, then in self._lists:
            items[:] = then

    def _note(self, x: Any, name: str) -> Iterator[tuple[Any, str]]:
        """Note how something is, and yield what it holds, with names."""
        kind = type(x)
        if kind is Value or kind in (float, int, str, bool, type(None)):
            return
        if kind is dict:
            yield from self._dict(x, name)
        elif kind is list:
            self._lists.append((x, tuple(x)))
            self._names[1].append(name)
            yield from [(item, name) for item in x]
        elif isinstance(x, tuple):
            yield from [(item, name) for item in x]
        elif isinstance(x, (dict, list, set, deque, bytearray)):
            self._read(partial(_items, x), name)
            yield from [(item, name) for item in _items(x)]
        elif isinstance(x, FunctionType):
            yield from self._function(x, name)
        elif isinstance(x, MethodType):
            yield from [(x.__self__, name), (x.__func__, name)]
        elif isinstance(x, partial):
            yield from [(x.func, name), (x.args, name), (x.keywords, name)]
        elif isinstance(x, property):
            yield from [(x.fget, name)]
        elif isinstance(x, (staticmethod, classmethod)) or _is_compiled(kind):
            yield from [(getattr(x, "__wrapped__", None), name)]
        elif is_array(x):
            self._read(x.tobytes, name)
        elif isinstance(x, (Module, SimpleNamespace, Namespace)) or not _is_foreign(kind):
            yield from self._object(x, name)

    def _dict(self, x: dict[Any, Any], name: str) -> Iterator[tuple[Any, str]]:
        self._dicts.append((x, tuple(x.values())))
        self._keys.append(tuple(x))
        self._names[0].append(name)
        yield from [(held, f"{name}.{key}") for key, held in x.items()]

    def _object(self, x: Any, name: str) -> Iterator[tuple[Any, str]]:
        """Look into the attributes of an object or class, and into the methods of its class."""
        own = vars(x) if hasattr(x, "__dict__") else {}
        if isinstance(own, dict):
            yield from self._dict(own, type(x).__name__)
        for kind in x.__mro__ if isinstance(x, type) else type(x).__mro__:
            for key, held in () if _is_foreign(kind) else list(vars(kind).items()):
                if isinstance(held, FunctionType):
                    yield held, f"{kind.__name__}.{key}"
                elif not key.startswith("__"):
                    self._read(partial(vars(kind).get, key), f"{kind.__name__}.{key}")
                    yield held, f"{kind.__name__}.{key}"

    def _function(self, f: FunctionType, name: str) -> Iterator[tuple[Any, str]]:
        """Look at the variables around a function, and at its defaults."""
        for cell, variable in zip(f.__closure__ or (), f.__code__.co_freevars, strict=True):
            yield from self._variable(partial(_contents, cell), variable)
        if f.__dict__ or f.__defaults__ or f.__kwdefaults__:
            yield from [(f.__dict__, name), (f.__defaults__, name), (f.__kwdefaults__, name)]
        if package(f.__globals__.get("__name__")) not in FOREIGN:
            names = [code_name for code in codes(f.__code__) for code_name in code.co_names]
            for variable in dict.fromkeys(names):
                if variable in f.__globals__:
                    get = partial(f.__globals__.get, variable)
                    yield from self._variable(get, variable)
                    if isinstance(get(), ModuleType) and package(get().__name__) not in FOREIGN:
                        for inner in set(names) & vars(get()).keys():
                            found = partial(vars(get()).get, inner)
                            yield from self._variable(found, f"{variable}.{inner}")

    def _variable(self, read: Callable[[], Any], name: str) -> Iterator[tuple[Any, str]]:
        self._read(read, name)
        yield read(), name

    def _read(self, read: Callable[[], Any], name: str) -> None:
        self._reads.append((read, read()))
        self._names[2].append(name)


def _is_foreign(kind: type) -> bool:
    """Tell whether a class belongs to a package that reads nothing of the user's."""
    return package(kind.__module__) in FOREIGN


def _is_compiled(kind: type) -> bool:
    """Tell whether something is a function of a compiled module; it may wrap a method."""
    return kind.__name__ == "cython_function_or_method"


def package(module: Any) -> str:
    """Give the first part of the name of a module."""
    return str(module).split(".", 1)[0]


def _items(x: Any) -> tuple[Any, ...]:
    return tuple(x.values() if isinstance(x, dict) else x)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a variable that has no value yet
        return _MISSING


def codes(code: Any) -> Iterator[Any]:
    """Yield the code of a function and of those inside it."""
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from codes(constant)
