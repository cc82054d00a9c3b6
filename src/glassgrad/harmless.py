"""Schedules that do nothing but compute a number: while they run, nothing else can change.

Before and after any other schedule `gg.fit` hands the parameters back to the Values, and looks at
the model.
"""

from __future__ import annotations

import builtins
import dis
from collections.abc import Callable
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from glassgrad.watching import FOREIGN, Watch, codes, package

__all__ = ["is_harmless"]

#: These functions, and all of these modules, only work on what they are given.
_BUILTINS = {
    "abs", "bool", "dict", "divmod", "enumerate", "float", "int", "len", "list", "max", "min",
    "pow", "range", "reversed", "round", "sorted", "sum", "tuple", "zip",
}  # fmt: skip
_MODULES = {"math", "time"}
_FUNCTIONS = [getattr(builtins, name) for name in _BUILTINS]
_SCHEDULES = "glassgrad.optim.schedules"
#: Instructions that reach beyond what a function makes itself, apart from items of what it holds.
_REACHING = {
    "IMPORT_NAME", "STORE_GLOBAL", "DELETE_GLOBAL", "STORE_ATTR", "DELETE_ATTR",
    "LOAD_BUILD_CLASS",
}  # fmt: skip
#: And these, where the variable belongs to a function around.
_SETTING = {"STORE_DEREF", "DELETE_DEREF"}


def is_harmless(f: Callable[..., Any], watched: Watch) -> bool:
    """Tell whether calling a function changes nothing that is watched, and no Value.

    Everything it can reach has to be a number or text, a list or dict that nobody watches, or a
    function of which the same is true.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> is_harmless(optim.cosine(1.0, 0.1, steps=100), Watch())
    True
    >>> p = Value(1.0)
    >>> is_harmless(lambda k: 1.0 / (1.0 + p.data), Watch())
    False
    """
    reached = Watch(f)
    others = {id(x) for x in watched.reached}
    return reached.whole and all(
        id(x) not in others if type(x) in (list, dict) else _is_plain(x) for x in reached.reached
    )


def _is_plain(x: Any) -> bool:
    """Tell whether something is a number or text, or code that works on such."""
    if isinstance(x, FunctionType):
        module = x.__globals__.get("__name__")
        if package(module) in FOREIGN:  # nobody looked at the variables around it
            return module == _SCHEDULES
        return all(_is_tame(code, x) for code in codes(x.__code__))
    if isinstance(x, BuiltinFunctionType):
        return x.__module__ in _MODULES or x in _FUNCTIONS
    if isinstance(x, ModuleType):
        return x.__name__ in _MODULES or package(x.__name__) not in FOREIGN
    return type(x) in (float, int, str, bool, type(None), tuple)


def _is_tame(code: CodeType, f: FunctionType) -> bool:
    """Tell whether a function, or one inside it, only calls and changes what can be found in it."""
    for name in code.co_names:
        if name.startswith("__"):
            return False
        if name not in f.__globals__ and hasattr(builtins, name) and name not in _BUILTINS:
            return False
    around = f.__code__.co_freevars
    return not any(
        instruction.opname in _REACHING
        or (instruction.opname in _SETTING and instruction.argval in around)
        for instruction in dis.get_instructions(code)
    )
