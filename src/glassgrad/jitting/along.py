"""`gg.vmap` within a trace: one example is traced for all of them, along an axis."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from glassgrad.convert import is_array
from glassgrad.engine import Value, as_value, constant, custom_node, here
from glassgrad.jitting.statics import is_number
from glassgrad.nests import flatten, map_blocks
from glassgrad.opcodes import EXAMPLES, PART
from glassgrad.truths import Truth, watching


def along(f: Callable[..., Any], blocks: Any, count: int) -> list[Any] | None:
    """Call f once, for all examples.

    Parameters
    ----------
    f : callable
        Written for one example.
    blocks : (tuple, dict)
        Its arguments, in which arrays have one axis more in front.
    count : int
        How many examples there are.

    Returns
    -------
    list or None
        The result for each example; None if f has to be called for each.
    """
    if not (here.tracing and here.recording) or here.transforms or here.anomaly:
        return None
    if watching.axes is None or count < 2 or not _can_stand_in(blocks):
        return None
    axis = watching.axes + 1
    begin = constant(0.0)._number
    args, kwargs = map_blocks(lambda x: _one_of(x, axis) if is_array(x) else x, blocks)
    watching.axes = None  # an axis within an axis would stand for n x m numbers
    try:
        result = f(*args, **kwargs)
    finally:
        watching.axes = axis
    leaves, rebuild = flatten(result)
    return [rebuild([_part(x, k, axis, begin) for x in leaves]) for k in range(count)]


def _can_stand_in(blocks: Any) -> bool:
    """Tell whether all arrays hold numbers and Values: what is none is part of the form."""
    found: list[Any] = []
    map_blocks(lambda x: found.append(x) if is_array(x) else None, blocks)
    return all(
        x.dtype.kind in "iuf"
        or (x.dtype == object and all(type(v) is Value or is_number(v) for v in x.flat))
        for x in found
    )


def _one_of(block: Any, axis: int) -> Any:
    """Make an example of an array: its numbers stand for those of all examples."""
    import numpy as np

    shape = block.shape[1:]
    found = np.empty(shape, dtype=object)
    columns = block.reshape(len(block), prod(shape)).T.tolist()
    found.reshape(-1)[:] = [_examples(several, axis) for several in columns]
    return found if shape else found.item()


def _examples(several: list[Any], axis: int) -> Value:
    values = tuple([as_value(x, "vmap") for x in several])
    if all(v is values[0] for v in values):
        return values[0]
    return custom_node(
        values[0]._data, values, (float(axis), *[0.0] * (len(values) - 1)), EXAMPLES
    )


def _part(x: Any, k: int, axis: int, begin: int) -> Any:
    """Take from a result what belongs to one example; what is older than f's call is the same."""
    if type(x) is Truth:
        return Truth(_part(x.node, k, axis, begin))
    if type(x) is not Value or x._number < begin:
        return x
    return custom_node(x._data, (x, constant(float(k))), (float(axis), 0.0), PART)
