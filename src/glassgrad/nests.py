"""Nests: numbers and Values in lists, tuples, dicts and arrays, taken apart and put together."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, TypeAlias

from glassgrad.convert import is_array
from glassgrad.engine import Value

#: A number, a Value, or a list, tuple, dict or NumPy array of nests.
Nest: TypeAlias = Any


#: The types of leaves that are neither looked into nor asked what they are.
_SINGLE = frozenset((Value, float, int))


def is_flat(nest: Nest) -> bool:
    """Tell quickly whether a nest is the usual one: a list or tuple of numbers and Values."""
    return type(nest) in (list, tuple) and _SINGLE.issuperset(map(type, nest))


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


def map_leaves(function: Callable[[Any], Any], nest: Nest, *, plain_arrays: bool = True) -> Nest:
    """Make a nest of the same form from the function of each leaf.

    With `plain_arrays` False an array that holds no objects stays as it is.
    """

    def within(block: Any) -> Any:
        if not is_array(block):
            return function(block)
        if plain_arrays or block.dtype == object:
            return as_array([function(x) for x in block.flat], block.shape)
        return block

    return map_blocks(within, nest)


def map_blocks(function: Callable[[Any], Any], nest: Nest) -> Nest:
    """Make a nest of the same form, in which arrays count as leaves."""
    # No inner function that calls itself: that would be a cycle, which keeps a graph alive.
    if isinstance(nest, dict):
        made = copy(nest)  # of the same kind: an OrderedDict, a defaultdict
        for key, inner in nest.items():
            made[key] = map_blocks(function, inner)
        return made
    if isinstance(nest, (list, tuple)):
        parts = [map_blocks(function, inner) for inner in nest]
        if isinstance(nest, list):
            return parts
        return type(nest)(*parts) if hasattr(nest, "_fields") else tuple(parts)
    return function(nest)


def leaves_like(nest: Nest, form: Nest) -> list[Any]:
    """List the leaves of a nest in the order of another of the same form."""
    if is_flat(form):
        return list(nest)
    if isinstance(form, dict):
        return [leaf for key in form for leaf in leaves_like(nest[key], form[key])]
    if isinstance(form, (list, tuple)):
        return [x for pair in zip(nest, form, strict=True) for x in leaves_like(*pair)]
    return flatten(nest)[0]


def same_form(one: Nest, other: Nest) -> bool:
    """Tell whether two nests have the same form: the order of a dict's keys does not matter."""
    if is_flat(one) and is_flat(other):
        return len(one) == len(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_form(one[k], other[k]) for k in one)
    if is_array(one) and is_array(other):
        return bool(one.shape == other.shape)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same_form, one, other))
    return not any(isinstance(x, (dict, list, tuple)) or is_array(x) for x in (one, other))


def as_array(items: list[Any], shape: tuple[int, ...]) -> Any:
    """Make an array of truths or of floats, or of objects if one of the items is no number."""
    import numpy as np

    if items and all(isinstance(x, (bool, np.bool_)) for x in items):
        return np.array(items, dtype=bool).reshape(shape)
    if all(isinstance(x, (int, float)) for x in items):
        return np.array(items, dtype=np.float64).reshape(shape)
    result = np.empty(len(items), dtype=object)
    result[:] = items
    return result.reshape(shape)


def has_value(nest: Nest) -> bool:
    """Tell whether there is a Value among the leaves."""
    return any(type(leaf) is Value for leaf in flatten(nest)[0])
