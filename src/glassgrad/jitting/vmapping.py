"""`gg.vmap`: a function written for one example, run over many of them at once."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from glassgrad.convert import a_kind, is_array
from glassgrad.engine import Value, here
from glassgrad.jitting import kinds, machine
from glassgrad.jitting.along import along
from glassgrad.jitting.calls import Jitted
from glassgrad.jitting.forms import Form, assembled
from glassgrad.jitting.making import make
from glassgrad.jitting.program import Program
from glassgrad.jitting.statics import is_number, is_truth
from glassgrad.nests import as_array, flatten, has_value, map_blocks, map_leaves
from glassgrad.transforming import name_of, named_after
from glassgrad.truths import is_plain

__all__ = ["each", "vmap"]

#: How many examples are computed together along an axis, and how many numbers they may have.
_TOGETHER = 64
_MOST_NUMBERS = 1 << 21


def vmap(f: Callable[..., Any]) -> Callable[..., Any]:
    """Turn f, written for one example, into a function of many: it runs over the leading axis.

    The program of f is traced once and run for many examples at a time, in *lanes*. With
    ``gg.vmap(gg.value_and_grad(f))`` each example has a gradient of its own. Inside `gg.jit` one
    example is traced for all of them, and the results can be differentiated.

    Parameters
    ----------
    f : callable
        Takes numbers, arrays, or lists, tuples and dicts of them: one example.

    Returns
    -------
    callable
        Takes arrays, or lists of numbers, with one more axis in front, equally long; a bare number
        is the same for all examples. A tuple is no list: each of its members has an axis of its
        own. Each number that f returns becomes an array. Given Values
        outside of `gg.jit`, within a transform, or where f decides by the numbers of an example
        what to do, it calls f for each.

    Raises
    ------
    TypeError
        When called, if no argument is an array or a list.
    ValueError
        When called, if arrays have different lengths.
    TraceError
        When called, if f does something that a trace can't hold.

    Examples
    --------
    >>> import numpy as np
    >>> import glassgrad as gg
    >>> f = lambda a, b: (a * b + 1).relu()
    >>> gg.vmap(f)(np.array([1.0, 2.0, 3.0]), -0.4).round(6)
    array([0.6, 0.2, 0. ])
    >>> value, slopes = gg.vmap(gg.value_and_grad(f))(np.array([1.0, 2.0]), -0.4)
    >>> slopes
    array([-0.4, -0.4])

    References
    ----------
    The name and the meaning are those of ``jax.vmap``.
    """
    if not callable(f):
        raise TypeError(f"gg.vmap takes a function, not {a_kind(f)} ({f!r})")
    function, exact, dtype = (
        (f.f, f.exact, f.dtype) if isinstance(f, Jitted) else (f, False, "float64")
    )
    rows = Jitted(function, exact, dtype, (), False, _make)

    def mapped(*args: Any, **kwargs: Any) -> Any:
        blocks, count = _blocks((args, kwargs), f)
        if here.tracing or here.transforms or here.anomaly or _holds_value(blocks):
            found = along(f, blocks, count)
            if found is not None:
                return _stacked(found)
            examples = (_example(blocks, i) for i in range(count))
            return _stacked([f(*a, **k) for a, k in examples])
        first, names = _example(blocks, 0 if count else None)
        program = rows.program_for(first, names) if _has_only_numbers(blocks) else None
        if program is not None and not exact and _reads_much(program, count):
            parts = [_block(blocks, begin, count) for begin in range(0, count, _TOGETHER)]
            several = [together(*some, **named) for some, named in parts]
            return _joined(several, count)
        if program is not None:
            inputs = [*_columns(blocks), *(v.data for v in program.externals)]
            guard, columns = machine.run_lanes(program.tape, inputs, count, program.single)
            if guard < 0:
                return _build(program.form, columns, count)
        # Some examples take another branch than others, or are of another form.
        return _stacked([rows(*a, **k) for a, k in (_example(blocks, i) for i in range(count))])

    named_after(mapped, f).__wrapped__ = f  # type: ignore[attr-defined]
    together = Jitted(mapped, exact, dtype, (), False, _make)
    return mapped


def each(f: Callable[[Any], Any], examples: list[Any]) -> list[Any]:
    """Call f for each example: within `gg.jit`, where that can be, once for all of them.

    Parameters
    ----------
    f : callable
        A function of one example.
    examples : list
        Equally long lists of numbers make an axis.

    Returns
    -------
    list
        What f returns for each example.

    Examples
    --------
    >>> each(sum, [[1.0, 2.0], [3.0, 4.0]])
    [3.0, 7.0]
    """
    found = None
    if here.tracing and _has_only_lists(examples):
        try:
            blocks, count = _blocks(((examples,), {}), f)
        except (TypeError, ValueError):  # they are Values, or not equally long
            return [f(x) for x in examples]
        found = along(lambda x: f(x.tolist() if is_array(x) else x), blocks, count)
    return [f(x) for x in examples] if found is None else found


def _has_only_lists(nest: Any) -> bool:
    return _is_plain(nest) or (isinstance(nest, list) and all(map(_has_only_lists, nest)))


def _reads_much(program: Program, count: int) -> bool:
    """Tell whether a program is better run along an axis, some examples at a time.

    A lane has room for each number, those from outside too, which takes time to make: much, if f is
    a model, and there are few examples.
    """
    read = len(program.externals)
    own = program.tape.n_slots - read
    return (
        0 < 4 * count < read
        and _TOGETHER * own < _MOST_NUMBERS
        and not program.graph.guards
        and not program.tape.cards
        and _is_of_numbers(program.form)
    )


def _is_of_numbers(form: Form) -> bool:
    return form.kind != kinds.STATIC and all(map(_is_of_numbers, form.parts))


def _block(blocks: Any, begin: int, count: int) -> Any:
    """Take some examples, as many as always: where there are no more, the last one again."""
    import numpy as np

    places = np.minimum(np.arange(begin, begin + _TOGETHER), count - 1)
    return map_blocks(lambda x: x[places] if is_array(x) else x, blocks)


def _joined(several: list[Any], count: int) -> Any:
    """Put the results of blocks of examples together."""
    import numpy as np

    columns = iter([np.concatenate(c)[:count] for c in zip(*map(_arrays, several), strict=True)])
    return map_blocks(lambda _: next(columns), several[0])


def _arrays(nest: Any) -> list[Any]:
    found: list[Any] = []
    map_blocks(found.append, nest)
    return found


def _make(jitted: Jitted, args: Any, kwargs: Any, inputs: Any, wants: Any) -> Any:
    return make(jitted, args, kwargs, inputs, wants, numbers_out=True)


def _blocks(nest: Any, f: Any) -> tuple[Any, int]:
    """Make arrays of lists of numbers, and tell how long all of them are."""
    import numpy as np

    lengths: set[int] = set()

    def block(x: Any) -> Any:
        if is_array(x):
            lengths.add(len(x))
        return x

    def arrays(x: Any) -> Any:
        leaves = flatten(x)[0] if isinstance(x, list) else []
        if leaves and all(_is_plain(leaf) for leaf in leaves):
            values = any(type(leaf) is Value for leaf in leaves)
            form = map_leaves(lambda _: 0.0, x) if values else x
            try:
                found = np.array(form, dtype=bool if all(map(is_truth, leaves)) else np.float64)
            except ValueError:
                raise ValueError(
                    f"a list given to gg.vmap({name_of(f)}) must have rows of equal lengths"
                ) from None
            return as_array(leaves, found.shape) if values else found
        if isinstance(x, list):
            return [arrays(part) for part in x]
        if isinstance(x, tuple):
            parts = [arrays(part) for part in x]
            return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
        return {key: arrays(part) for key, part in x.items()} if isinstance(x, dict) else x

    found = map_blocks(block, arrays(nest))
    if not lengths:
        raise TypeError(
            f"gg.vmap({name_of(f)}) runs over the leading axis of arrays, and none of its "
            "arguments is an array or a list of numbers"
        )
    if len(lengths) > 1:
        raise ValueError(
            f"the arrays given to gg.vmap({name_of(f)}) must be equally long, not "
            f"{sorted(lengths)}: a number that is the same for all examples can be given bare"
        )
    return found, lengths.pop()


def _is_plain(x: Any) -> bool:
    """Tell whether something is a number, or stands for one that was passed in."""
    if type(x) is Value:
        return bool(here.tracing) and is_plain(x)
    return is_number(x) or is_truth(x)


def _has_only_numbers(blocks: Any) -> bool:
    """Tell whether all arrays are of numbers: each truth and each word makes its own program."""
    kinds_found: set[str] = set()
    map_blocks(lambda x: kinds_found.add(x.dtype.kind) if is_array(x) else None, blocks)
    return kinds_found <= set("iuf")


def _holds_value(blocks: Any) -> bool:
    """Tell whether there is a Value, without looking through arrays of numbers."""
    found: list[Any] = []

    def look(x: Any) -> Any:
        if not is_array(x) or x.dtype == object:
            found.append(x)
        return x

    map_blocks(look, blocks)
    return has_value(found)


def _example(blocks: Any, i: int | None) -> Any:
    """Pick one example, or for None make one of zeros."""
    import numpy as np

    def pick(x: Any) -> Any:
        if not is_array(x):
            return x
        found = np.zeros(x.shape[1:], x.dtype)[()] if i is None else x[i]
        return found if is_array(found) or x.dtype == object else found.item()

    return map_blocks(pick, blocks)


def _columns(blocks: Any) -> list[Any]:
    """List the inputs in the order of the form: an array for each number of an example."""
    found: list[Any] = []

    def columns(x: Any) -> Any:
        if is_array(x) and x.dtype.kind in "iuf":
            found.extend(x.reshape(len(x), prod(x.shape[1:])).astype(float).T)
        elif not is_array(x) and is_number(x):
            found.append(float(x))
        return x

    map_blocks(columns, blocks)
    return found


def _build(form: Form, columns: list[Any], count: int) -> Any:
    """Put the results together: an array for each number of one example's result."""
    import numpy as np

    if form.kind == kinds.VALUE:
        return columns[form.place]
    if form.kind == kinds.TRUTH:
        return columns[form.place] != 0.0
    if form.kind == kinds.STATIC:
        return np.full(count, form.value) if is_truth(form.value) else form.value
    parts = [_build(part, columns, count) for part in form.parts]
    if form.kind == kinds.OBJECTS:
        parts = [x if is_array(x) else np.full(count, x, dtype=object) for x in parts]
        return _beside(parts, form.shape)
    return assembled(form, parts)


def _stacked(results: list[Any]) -> Any:
    """Stack the results of several examples, number by number."""
    if not results:
        raise ValueError("gg.vmap needs at least one example, given Values or within a transform")
    leaves = [flatten(result)[0] for result in results]
    columns = iter([as_array(list(c), (len(c),)) for c in zip(*leaves, strict=True)])

    def place(x: Any) -> Any:
        if is_array(x):
            return _beside([next(columns) for _ in range(x.size)], x.shape)
        return next(columns)

    return map_blocks(place, results[0])


def _beside(columns: list[Any], shape: tuple[int, ...]) -> Any:
    """Make an array of a column for each number of an example's array."""
    import numpy as np

    return np.stack(columns, axis=-1).reshape((len(columns[0]), *shape))
