"""Finding the parameters that a module holds: one thing in Python and another in C.

Compiled, `nn.module` takes this from ``members.pxd``. Nothing is remembered from one time to the
next, because nobody says so when a list grows; so it has to be quick.
"""

from __future__ import annotations

from operator import is_
from typing import Any

from glassgrad.engine import Value


def visit(part: Any, module: type, found: list[Value] | None) -> None:
    """List the leaves in a module, list, tuple or dict; without a list, zero their gradients.

    Those held in several places come several times. What the name of an attribute begins with an
    underscore for is private; the result of an operation is no parameter.
    """
    if type(part) is Value:
        if part._a is None:
            if found is None:
                part.grad = 0.0
            else:
                found.append(part)
    elif isinstance(part, (list, tuple)):
        for item in part:
            visit(item, module, found)
    elif isinstance(part, dict):
        for item in part.values():
            visit(item, module, found)
    elif isinstance(part, module):
        for name, item in vars(part).items():
            if not name.startswith("_"):
                visit(item, module, found)


def same(now: dict[Any, Any] | list[Any], before: tuple[Any, ...]) -> bool:
    """Tell whether a list, or the values of a dict, are the same objects in the same order."""
    items = now if isinstance(now, list) else now.values()
    return len(now) == len(before) and all(map(is_, items, before))
