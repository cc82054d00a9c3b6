"""Nests: numbers and Values in lists, tuples, dicts and arrays, taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from glassgrad.convert import is_array
from glassgrad.engine import Value

#: A number, a Value, or a list, tuple, dict or NumPy array of nests.
Nest: TypeAlias = Any


def flatten(nest: Nest) -> tuple[list[Any], Callable[[list[Any]], Nest]]:
    """Take a nest apart.

    Returns
    -------
    leaves : list
        What the nest holds, from left to right; dicts in their own order.
    rebuild : callable
        Puts a list of as many other things into a nest of the same form.
    """
    leaves: list[Any] = []
    map_leaves(leaves.append, nest)

    def rebuild(others: list[Any]) -> Nest:
        remaining = iter(others)
        return map_leaves(lambda _: next(remaining), nest)

    return leaves, rebuild


def map_leaves(function: Callable[[Any], Any], nest: Nest) -> Nest:
    """Make a nest of the same form from the function of each leaf."""
    if isinstance(nest, dict):
        return {key: map_leaves(function, part) for key, part in nest.items()}
    if isinstance(nest, tuple):
        parts = [map_leaves(function, part) for part in nest]
        return type(nest)(*parts) if hasattr(nest, "_fields") else tuple(parts)
    if isinstance(nest, list):
        return [map_leaves(function, part) for part in nest]
    if is_array(nest):
        return _array([function(x) for x in nest.flat], nest.shape)
    return function(nest)


def _array(items: list[Any], shape: tuple[int, ...]) -> Any:
    import numpy as np

    if all(isinstance(x, (int, float)) for x in items):
        return np.array(items, dtype=np.float64).reshape(shape)
    result = np.empty(len(items), dtype=object)
    result[:] = items
    return result.reshape(shape)


def has_value(nest: Nest) -> bool:
    """Tell whether there is a Value among the leaves."""
    return any(type(leaf) is Value for leaf in flatten(nest)[0])
