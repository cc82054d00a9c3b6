"""What instructions that do many operations at once do, as NumPy says it.

`glassgrad.jitting.tape` says how they are written; ``boxes.h`` does the same in C, faster. Each sum
is added up in its order: ``np.add.at`` goes through its indices one after the other.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any

from glassgrad.jitting.arithmetic import arrays
from glassgrad.jitting.box import Box
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tape import CONTRACT, EACH, FIRST, LOOKUP, MASK, PICK, SECOND, START
from glassgrad.opcodes import ADD


def forward(code: array[int], at: int, values: Any) -> None:
    """Run the instruction at an offset.

    Parameters
    ----------
    code : array of int
    at : int
    values : array of float, or ndarray
        A number for each slot, or a row of numbers.

    Examples
    --------
    >>> from glassgrad.jitting.tape import EACH
    >>> from glassgrad.opcodes import SQUARE
    >>> values = array("d", [1.0, 2.0, 3.0, 0.0, 0.0])
    >>> forward(array("i", [EACH, 10, SQUARE, 1, 1, 2, 3, 1, 0, 2]), 0, values)
    >>> values
    array('d', [1.0, 2.0, 3.0, 1.0, 9.0])
    """
    import numpy as np

    kind, v = code[at], np.asarray(values)
    if kind == PICK:
        picked = code[at + 3 : at + code[at + 1]]
        v[code[at + 2] : code[at + 2] + len(picked)] = v[picked]
        return
    box = _box(code, at, v)
    v = v.reshape(-1)
    out, *operands = (_numbers(v, box.dims, access) for access in box.accesses)
    with np.errstate(all="ignore"):
        if kind == EACH:
            out[...] = arrays().compute[box.op](*operands)
        elif kind == LOOKUP:
            out[...] = v[_taken(box, v)]
        else:
            _add_up(box, kind, v, operands[1:])


def _add_up(box: Box, kind: int, v: Any, factors: list[Any]) -> None:
    """Run a FOLD or a CONTRACT: let results add up, each from its start."""
    import numpy as np

    free = box.dims[: box.free]
    results, starts = (_numbers(v, free, access) for access in box.accesses[:2])
    results[...] = starts
    if kind == CONTRACT or box.op == ADD:
        terms = factors[0] * factors[1] if kind == CONTRACT else factors[0]
        np.add.at(v, _slots(v, box.dims, box.accesses[0]), terms.reshape(-1))
    else:
        (terms,) = factors
        for term in np.moveaxis(terms.reshape(*free, prod(box.dims[box.free :])), -1, 0):
            results[...] = arrays().compute[box.op](results, term)


def reverse(code: array[int], at: int, values: Any, gradients: Any) -> None:
    """Hand the gradients of the results to the operands, those of the last place first.

    Parameters
    ----------
    code : array of int
        A reverse code.
    at : int
    values, gradients : array of float, or ndarray
        As in `forward`.
    """
    import numpy as np

    kind, mask = code[at] % MASK, code[at] // MASK
    v, g = np.asarray(values), np.asarray(gradients)
    with np.errstate(all="ignore"):
        if kind == PICK:
            picked = code[at + 3 : at + code[at + 1]]
            results = g[code[at + 2] : code[at + 2] + len(picked)]
            np.add.at(g, picked[::-1], results[::-1])
        else:
            box = _box(code, at, v)
            v, g = v.reshape(-1), g.reshape(-1)
            results = _numbers(g, box.dims[: box.free], box.accesses[0])
            if kind == EACH:
                _hand_on(box, mask, v, g)
            elif kind == LOOKUP:
                _add_from_the_end(g, _taken(box, v).reshape(-1), results)
            else:
                _hand_on_sums(box, mask, v, g)
    results[...] = -0.0


def _hand_on(box: Box, mask: int, v: Any, g: Any) -> None:
    """Hand to each operand its share at each place: the chain rule."""
    chooses = MEANINGS[box.op].chooses
    numbers = [_numbers(v, box.dims, access) for access in box.accesses]
    grads = _numbers(g, box.dims, box.accesses[0])
    for k, rule in enumerate(arrays().partials[box.op]):
        if mask >> k & 1:
            partial = rule(*numbers)
            shares = grads * partial
            if chooses:
                shares = arrays().chosen(shares, partial)
            _add_from_the_end(g, _slots(v, box.dims, box.accesses[k + 1]), shares)


def _hand_on_sums(box: Box, mask: int, v: Any, g: Any) -> None:
    """Hand to all first factors, or terms, then to all second factors, then to where sums start."""
    result, start, *factors = box.accesses
    grads = _numbers(g, box.dims, result)
    for bit, k in ((FIRST, 0), (SECOND, 1)):
        if mask & bit:
            two = len(factors) == 2
            shares = grads * _numbers(v, box.dims, factors[1 - k]) if two else grads
            _add_from_the_end(g, _slots(v, box.dims, factors[k]), shares)
    if mask & START:
        free = box.dims[: box.free]
        _add_from_the_end(g, _slots(v, free, start), _numbers(g, free, result))


def _add_from_the_end(g: Any, slots: Any, shares: Any) -> None:
    """Add shares to gradients, that of the last place first."""
    import numpy as np

    np.add.at(g, slots[::-1], shares.reshape(-1)[::-1])


def _box(code: array[int], at: int, v: Any) -> Box:
    """Read an instruction, for as many numbers as each slot has."""
    box = Box(code, at)
    if v.ndim == 2:
        box.widen(v.shape[1])
    return box


def _numbers(v: Any, dims: Sequence[int], access: Sequence[int]) -> Any:
    """Show the numbers of an access at all places of a box, without copying them."""
    import numpy as np

    base, *strides = (v.itemsize * i for i in access[: 1 + len(dims)])
    return np.ndarray(dims, v.dtype, v, base, strides)


def _slots(v: Any, dims: Sequence[int], access: Sequence[int]) -> Any:
    """List the slots of an access at all places of a box."""
    return _numbers(_all_slots(len(v)), dims, access).reshape(-1)


@lru_cache(maxsize=8)
def _all_slots(n: int) -> Any:
    import numpy as np

    return np.arange(n, dtype=np.intp)


def _taken(box: Box, v: Any) -> Any:
    """Tell from which slot each result of a LOOKUP is."""
    _, index, first = box.accesses
    rows = arrays().place(_numbers(v, box.dims, index), box.n)
    return _numbers(_all_slots(len(v)), box.dims, first) + box.step * rows
