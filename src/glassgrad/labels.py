"""Labels from the names of variables, so that drawings speak as the program does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from glassgrad.engine import Value

__all__ = ["label_locals"]

#: What a notebook keeps for its own purposes.
_NOTEBOOK = frozenset({"In", "Out", "exit", "quit", "get_ipython"})


def label_locals() -> int:
    """Give the Values in the caller's variables the variables' names as labels.

    Lists, tuples and dicts are looked into: ``x[0]``, ``w["k"]``. A label that is there stays,
    and of several names the first counts; names that begin with an underscore don't. At the top
    of a module or notebook the variables are the global ones.

    Returns
    -------
    int
        How many Values have got a label.

    Examples
    --------
    >>> import glassgrad as gg
    >>> def cost():
    ...     a, x = gg.Value(2.0), [gg.Value(3.0), gg.Value(4.0)]
    ...     product = a * x[1]
    ...     print(gg.label_locals())
    ...     return product
    >>> cost().tree()
    4
    product    data  8.0   grad  –   *
    ├─ a       data  2.0   grad  –
    └─ x[1]    data  4.0   grad  –
    """
    labelled = 0
    for name, variable in list(sys._getframe(1).f_locals.items()):
        if name.startswith("_") or name in _NOTEBOOK:
            continue
        for path, v in _values_in(variable, name):
            if not v.label:
                v.label = path
                labelled += 1
    return labelled


def _values_in(variable: Any, name: str) -> Iterator[tuple[str, Value]]:
    """Yield the Values in a variable with their paths, in order; what holds itself is no loop."""
    waiting = [(name, variable)]
    seen: set[int] = set()
    while waiting:
        path, part = waiting.pop()
        if isinstance(part, Value):
            yield path, part
        elif isinstance(part, (list, tuple, dict)) and id(part) not in seen:
            seen.add(id(part))
            items = list(part.items() if isinstance(part, dict) else enumerate(part))
            waiting += [(f"{path}[{key!r}]", item) for key, item in reversed(items)]
