"""Names for what a lifted program is given: arguments, and the parameters of a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from keyword import iskeyword
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from glassgrad.convert import is_array
from glassgrad.engine import Value
from glassgrad.jitting.tensors.arrays import Array

#: The words and the places of a path such as ``layers.0.w[3]`` or ``weights['query'][0][1]``.
_PARTS = re.compile(r"'([^']*)'|\"([^\"]*)\"|(\d+)|([^\W\d]\w*)")
#: How deep, and how far, to look for the Values that a function reads.
_DEEPEST, _MOST = 8, 100_000

Place = tuple[int, ...]
#: The words of a path, with None for each place.
Words = tuple[str | None, ...]


def given_arrays(
    names: Mapping[int, str], n_inputs: int, n_given: int, taken: set[str]
) -> tuple[list[Array], list[Array]]:
    """Find the arrays among the numbers that a program is given.

    Parameters
    ----------
    names : mapping of int to str
        The paths of the numbers, by slot.
    n_inputs, n_given : int
        How many slots hold inputs, and how many are given altogether.
    taken : set of str
        Names that are given away; those of the arrays are added.

    Returns
    -------
    wholes : list of Array
        Each argument, and all Values from outside, as numbers one after another.
    parts : list of Array
        What they consist of.
    """
    wholes: list[Array] = []
    parts: list[Array] = []
    first = 0
    while first < n_inputs:
        root = _root(names.get(first, ""))
        stop = first + 1
        while stop < n_inputs and _root(names.get(stop, "")) == root:
            stop += 1
        wholes.append(Array(unused(root, taken), first, (stop - first,)))
        first = stop
    if n_inputs < n_given:
        wholes.append(Array(unused("params", taken), n_inputs, (n_given - n_inputs,)))
    for whole in wholes:
        paths = _by_words(
            (slot, names.get(slot, f"outside[{slot - n_inputs}]"))
            for slot in range(whole.base, whole.base + whole.count)
        )
        for (words, _), slots in paths.items():
            for fixed, base, dims, strides in _grids(slots, ()):
                found = Array("", base, dims, strides, _path(words, fixed), whole)
                given = whole.base < n_inputs and len(paths) == 1 and not fixed
                found.name = whole.name if given else _short(words, fixed, dims, taken)
                parts.append(found)
    parts.sort(key=lambda part: part.base)
    return wholes, parts


def _by_words(named: Iterable[tuple[int, str]]) -> dict[tuple[Words, bool], dict[Place, int]]:
    """Sort slots by the words of their paths; those that have one path are numbered."""
    parsed = {slot: _parsed(path) for slot, path in named}
    counts, seen = Counter(parsed.values()), Counter[tuple[Words, Place]]()
    found: dict[tuple[Words, bool], dict[Place, int]] = {}
    for slot, path in parsed.items():
        words, place = path
        several = counts[path] > 1
        if several:
            words, place = (*words, None), (*place, seen[path])
            seen[path] += 1
        found.setdefault((words, several), {})[place] = slot
    return found


def unused(name: str, taken: set[str]) -> str:
    """Make an identifier of a name that no other has, and neither has its gradient."""
    name = re.sub(r"\W", "_", name)
    if not name.isidentifier() or iskeyword(name):
        name = f"_{name}" if name else "x"
    found, count = name, 1
    while found in taken or f"d{found}" in taken:
        count += 1
        found = f"{name}_{count}"
    taken |= {found, f"d{found}"}
    return found


def _parsed(path: str) -> tuple[Words, Place]:
    """Take a path apart: its words, with None for each place, and the places."""
    words: list[str | None] = []
    places = []
    for single, double, digits, word in _PARTS.findall(path):
        words.append(None if digits else single or double or word)
        places += [int(digits)] if digits else []
    return tuple(words) if words and words[0] else ("x", *words), tuple(places)


def _root(path: str) -> str:
    return _parsed(path)[0][0] or "x"


def _grids(
    slots: Mapping[Place, int], fixed: Place
) -> Iterator[tuple[Place, int, Place, Place]]:
    """Cut places into grids: the places before a grid, its first slot, its dims and strides."""
    first = tuple(min(place[k] for place in slots) for k in range(len(next(iter(slots)))))
    slots = {tuple(x - y for x, y in zip(p, first, strict=True)): slot for p, slot in slots.items()}
    dims = tuple(max(place[k] for place in slots) + 1 for k in range(len(first)))
    count = 1
    for n in dims:
        count *= n
    base = min(slots.values())
    if count == len(slots):
        steps = [tuple(int(k == axis) for k in range(len(dims))) for axis in range(len(dims))]
        found = [slots.get(step, base + 1) - base for step in steps]
        for axis in reversed(range(len(dims) - 1)):
            found[axis] = found[axis] if dims[axis] > 1 else dims[axis + 1] * found[axis + 1]
        strides = tuple(found)
        if all(stride > 0 for stride in strides) and all(
            slot == base + sum(k * s for k, s in zip(place, strides, strict=True))
            for place, slot in slots.items()
        ):
            yield fixed, base, dims, strides
            return
    if not first:
        return
    for k in sorted({place[0] for place in slots}):
        yield from _grids(
            {place[1:]: slot for place, slot in slots.items() if place[0] == k},
            (*fixed, k + first[0]),
        )


def _path(words: Sequence[str | None], fixed: Place) -> str:
    """Write a path with a dot for each place that varies."""
    places = iter(fixed)
    text = ""
    for word in words:
        text += f".{word}" if word is not None else f"[{next(places, '·')}]"
    return text.removeprefix(".")


def _short(words: Sequence[str | None], fixed: Place, dims: Place, taken: set[str]) -> str:
    """Choose a short name: the last word, with the places before; a model's matrix w is W."""
    known = [word for word in words if word]
    matrix = len(known) > 1 and len(known[-1]) == 1 and len(dims) > 1
    last = known[-1].upper() if matrix else known[-1]
    places = "_".join(map(str, fixed))
    for k in range(len(known)):
        name = "_".join([*known[len(known) - 1 - k : -1], last]) + places
        if name not in taken:
            break
    return unused(name, taken)


def paths_around(f: Any, wanted: Sequence[Value]) -> dict[Value, str]:
    """Find where a function reads Values from: variables around it, and what they hold.

    Parameters
    ----------
    f : callable
    wanted : sequence of Value
    """
    found: dict[Value, str] = {}
    if not wanted:
        return found
    looked_for = set(wanted)
    seen: set[int] = set()
    waiting = [(path, part, 0) for path, part in _around(f)]
    for path, part, depth in waiting:
        if isinstance(part, Value) and part in looked_for:
            if len(_PARTS.findall(path)) > len(_PARTS.findall(found.get(part, ""))):
                found[part] = path  # a place in a matrix says more than one in a long list
            continue
        if id(part) in seen or depth > _DEEPEST or len(waiting) > _MOST:
            continue
        seen.add(id(part))
        waiting += [(path + step, inner, depth + 1) for step, inner in _inside(part)]
    return found


def _around(f: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(f, MethodType):
        yield "", f.__self__
        yield from _around(f.__func__)
    elif isinstance(f, partial):
        yield from enumerated("args", f.args)
        yield from _around(f.func)
    elif isinstance(f, FunctionType):
        for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
            try:
                yield name, cell.cell_contents
            except ValueError:  # a variable that has no value yet
                continue
        for name in _names_in(f.__code__):
            if name in f.__globals__:
                yield name, f.__globals__[name]
        yield from _around(getattr(f, "__wrapped__", None))
    elif f is not None:
        yield "", f


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names_in(inner)


def enumerated(path: str, parts: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Name the members of a sequence."""
    return ((f"{path}[{i}]", part) for i, part in enumerate(parts))


def _inside(part: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        yield from ((f"[{key!r}]", inner) for key, inner in part.items())
    elif isinstance(part, (list, tuple)):
        yield from enumerated("", part)
    elif isinstance(part, FunctionType):
        yield from ((f".{name}", inner) for name, inner in _around(part))
    elif not isinstance(part, (type, ModuleType, Value)):
        yield from ((f".{name}", inner) for name, inner in getattr(part, "__dict__", {}).items())
        if is_array(part) and part.dtype == object:
            yield from enumerated("", part.tolist())
