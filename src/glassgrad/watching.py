"""What a model and its loss read besides examples and parameters, and whether it has changed.

A number found there while a batch is traced is a constant of the program, so `gg.fit` looks before
it goes on with a program after code of the user's has run: a callback, a metric, a schedule.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType, SimpleNamespace
from typing import Any

from glassgrad.convert import is_array
from glassgrad.engine import Value
from glassgrad.jitting.statics import same_thing
from glassgrad.jitting.surroundings import contents
from glassgrad.nn.module import Module, unchanged

__all__ = ["FOREIGN", "Watch", "codes", "package"]

#: So many lists, dicts and variables are compared at most, and so many objects looked at, apart
#: from numbers: more would take longer than steps do.
MOST = 10_000
MOST_OBJECTS = 1_000_000

#: An array is compared as a whole, if it has no more bytes than these.
LARGEST = 1_000_000

#: Packages whose functions and objects do not read what somebody else changes.
FOREIGN = {*sys.stdlib_module_names, "glassgrad", "numpy"} - {"__main__"}

_PLAIN = (float, int, str, bool, type(None))

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
        What was found on the way, apart from numbers and text.
    whole : bool
        False if there is too much to be compared.
    """

    def __init__(self, *roots: Any) -> None:
        #: Dicts and lists, with what they hold; the keys of dicts, and what to call each.
        self._held: list[tuple[Any, tuple[Any, ...]]] = []
        self._called: list[tuple[tuple[Any, ...], str]] = []
        #: Variables and the like: how to read them, what was read, and what to call them.
        self._reads: list[tuple[Callable[[], Any], Any, str]] = []
        self.reached: list[Any] = []
        self._read_names: set[str] = set()  # all names in the code of functions
        self.whole = True
        seen: set[int] = set()
        waiting = [(x, type(x).__name__) for x in reversed(roots)]
        while (
            waiting
            and len(self._held) + len(self._reads) < MOST
            and len(self.reached) < MOST_OBJECTS
        ):
            x, name = waiting.pop()
            if id(x) not in seen:
                seen.add(id(x))
                self.reached.append(x)
                waiting.extend(self._note(x, name))
        self.whole = self.whole and not waiting
        self._look_into_others()

    def same(self) -> bool:
        """Tell whether all is as it was, for all that can be seen at a glance."""
        if not unchanged(self._held):
            return False
        for read, before, _ in self._reads:
            now = read()
            if now is not before and not same_thing(now, before):
                return False
        return True

    def changed(self) -> str:
        """Name something that is not as it was, or say ""."""
        for (x, then), (keys, name) in zip(self._held, self._called, strict=True):
            if isinstance(x, list):
                if len(x) != len(then) or not all(map(same_thing, x, then)):
                    return name
            else:
                before = dict(zip(keys, then, strict=True))
                for key in {**before, **x}:
                    if not same_thing(x.get(key, _MISSING), before.get(key, _MISSING)):
                        return f"{name}.{key}"
        for read, then, name in self._reads:
            if not same_thing(read(), then):
                return name
        return ""

    def put_back(self) -> None:
        """Let attributes, dicts and lists hold again what they held; variables stay as they are."""
        for (x, then), (keys, _) in zip(self._held, self._called, strict=True):
            if not unchanged([(x, then)]):
                x.clear()
                if isinstance(x, list):
                    x.extend(then)
                else:
                    x.update(zip(keys, then, strict=True))

    def _note(self, x: Any, name: str) -> Iterator[tuple[Any, str]]:
        """Note how something is, and yield what it holds, with names."""
        kind = type(x)
        if kind is Value:
            return
        if kind is dict:
            yield from self._dict(x, name)
        elif kind is list:
            self._held.append((x, tuple(x)))
            self._called.append(((), name))
            yield from [(item, name) for item in x if type(item) not in _PLAIN]
        elif isinstance(x, tuple):
            yield from [(item, name) for item in x if type(item) not in _PLAIN]
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
            self.whole = self.whole and x.nbytes <= LARGEST
            self._read(x.tobytes, name)
        elif isinstance(x, (Module, SimpleNamespace, Namespace)) or not _is_foreign(
            x if isinstance(x, type) else kind
        ):
            yield from self._object(x, name)

    def _dict(self, x: dict[Any, Any], name: str) -> Iterator[tuple[Any, str]]:
        self._held.append((x, tuple(x.values())))
        self._called.append((tuple(x), name))
        for key, held in x.items():
            if type(held) not in _PLAIN:
                yield held, f"{name}.{key}"

    def _object(self, x: Any, name: str) -> Iterator[tuple[Any, str]]:
        """Look into the attributes of an object or class, and into the methods of its class."""
        own = getattr(x, "__dict__", None)
        if isinstance(own, dict):
            yield from self._dict(own, type(x).__name__)
        for kind in x.__mro__ if isinstance(x, type) else type(x).__mro__:
            for key, held in () if _is_foreign(kind) else list(vars(kind).items()):
                if isinstance(held, FunctionType) or _is_compiled(type(held)):
                    yield held, f"{kind.__name__}.{key}"
                elif isinstance(held, MemberDescriptorType) and not isinstance(x, type):
                    slot = partial(getattr, x, key, _MISSING)
                    yield from self._variable(slot, f"{kind.__name__}.{key}")
                elif not key.startswith("__"):
                    found = partial(vars(kind).get, key)
                    yield from self._variable(found, f"{kind.__name__}.{key}")

    def _function(self, f: FunctionType, name: str) -> Iterator[tuple[Any, str]]:
        """Look at the variables around a function, and at its defaults."""
        for cell, variable in zip(f.__closure__ or (), f.__code__.co_freevars, strict=True):
            yield from self._variable(partial(contents, cell), variable)
        if f.__dict__ or f.__defaults__ or f.__kwdefaults__:
            yield from [(f.__dict__, name), (f.__defaults__, name), (f.__kwdefaults__, name)]
        if package(f.__globals__.get("__name__")) not in FOREIGN:
            names = [code_name for code in codes(f.__code__) for code_name in code.co_names]
            self._read_names.update(names)
            for variable in dict.fromkeys(names):
                if variable in f.__globals__:
                    held = f.__globals__[variable]
                    yield from self._variable(partial(f.__globals__.get, variable), variable)
                    if isinstance(held, ModuleType) and package(held.__name__) not in FOREIGN:
                        for inner in set(names) & vars(held).keys():
                            found = partial(vars(held).get, inner)
                            yield from self._variable(found, f"{variable}.{inner}")

    def _look_into_others(self) -> None:
        """Look at what functions read of objects that are one thing, such as a learning rate."""
        for x in self.reached:
            own = getattr(x, "__dict__", {})
            looked_into = isinstance(x, (Module, FunctionType, ModuleType, type))
            if not looked_into and _is_foreign(type(x)):
                for name in own if isinstance(own, dict) else ():
                    if {name, name.lstrip("_")} & self._read_names:
                        self._read(partial(own.get, name), f"{type(x).__name__}.{name}")

    def _variable(self, read: Callable[[], Any], name: str) -> Iterator[tuple[Any, str]]:
        self._read(read, name)
        if type(read()) not in _PLAIN:
            yield read(), name

    def _read(self, read: Callable[[], Any], name: str) -> None:
        self._reads.append((read, read(), name))


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


def codes(code: Any) -> Iterator[Any]:
    """Yield the code of a function and of those inside it."""
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            yield from codes(constant)
