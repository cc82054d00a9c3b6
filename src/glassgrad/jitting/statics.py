"""What is a number, what is none, and when two things that are none count as the same.

Compiled with the engine.
"""

from __future__ import annotations

import struct
from array import array
from collections import deque
from enum import Enum

from glassgrad.convert import a_kind, is_array
from glassgrad.engine import Value
from glassgrad.errors import TraceError
from glassgrad.machine import show_source

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Whole: TypeAlias = int

#: How deep a nest may be: one that holds itself has no end.
_MOST_DEEP = 100

#: What holds numbers that change behind the back of a program.
_OTHER_HOLDERS = (set, deque, array, bytearray)


class Same:
    """Compares an object by value if that can be hashed, otherwise by identity."""

    __slots__ = ("code", "thing")

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        try:
            self.code = hash(thing)  # first, because an array has none, and == of it is an array
            if thing != thing:
                self.code = 0  # any nan is like any other
        except TypeError:
            self.code = id(thing)

    def __hash__(self) -> int:
        return self.code

    def __eq__(self, other: object) -> bool:
        return type(other) is Same and same_thing(self.thing, other.thing)


def same_thing(one: Any, other: Any) -> bool:
    """Tell whether two static objects count as the same: 1, 1.0, True don't, nor 0.0 and -0.0."""
    if one is other:
        return True
    if type(one) is not type(other) or type(one).__hash__ is None:
        return False
    if type(one) is float:
        return struct.pack("d", one) == struct.pack("d", other)
    if type(one) is tuple:
        return len(one) == len(other) and all(map(same_thing, one, other))
    try:
        return bool(one == other)
    except Exception:  # whatever a foreign class does when compared
        return False


def is_truth(x: Any) -> bool:
    """Tell whether something is True or False, or NumPy's."""
    return isinstance(x, bool) or type(x).__name__ in ("bool", "bool_")


def is_number(x: Any) -> bool:
    """Tell whether something is a number, and no truth value."""
    if type(x) is float or type(x) is int:
        return True
    if is_truth(x) or isinstance(x, Enum):
        return False
    return isinstance(x, (int, float)) or (
        hasattr(x, "dtype") and hasattr(x, "item") and not is_array(x)
    )


def deeper(depth: Whole) -> Whole:
    """Count one level more of a nest, and see that there is an end."""
    if depth >= _MOST_DEEP:
        raise TraceError(
            f"what goes into a traced function and comes out is nested at most {_MOST_DEEP} deep: "
            "does a list hold itself?"
        )
    return depth + 1


def refuse_holder(x: Any, does: str) -> None:
    """Refuse what holds numbers, or hands them out once, in a way that no program can follow."""
    if hasattr(x, "__next__") or isinstance(x, _OTHER_HOLDERS):
        raise TraceError(
            f"a traced function can't take or return {a_kind(x)}, whose numbers would be those "
            f"of the first call: {does} a list"
        )


def refuse_values_within(x: Any) -> None:
    """Refuse a result of another class that holds Values: they would be those of the trace."""
    if any(type(part) is Value for part in getattr(x, "__dict__", {}).values()):
        raise TraceError(
            f"a traced function can't return {a_kind(x)} that holds Values, which would be those "
            "of the first call: return the Values"
        )


show_source(__spec__)
