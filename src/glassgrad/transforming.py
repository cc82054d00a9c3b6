"""What the transforms share: a function run on Values, what goes in, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from operator import index
from threading import local
from typing import Any
from weakref import WeakSet

from glassgrad.convert import a_kind, as_float, is_array, only_item
from glassgrad.engine import Value, here
from glassgrad.graph import ancestors, refuse_opaque
from glassgrad.modes import Mode
from glassgrad.nests import Nest, flatten, has_value, leaves_like, map_leaves, same_form


class _Around(local):
    """The inputs of all transforms that are at work in a thread, by their numbers."""

    inputs: frozenset[int] = frozenset()


_around = _Around()


class Run:
    """One run of f on Values that stand for its arguments.

    The chosen arguments become copies: nodes of this run's own, so that a transform within a
    transform can't take the one's input for the other's.
    """

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
        chosen: tuple[int, ...],
    ) -> None:  # fmt: skip
        leaves, self.rebuild = flatten(tuple(args[i] for i in chosen))
        with Mode("recording", True):
            self.inputs = [Value(x if type(x) is Value else Value(x)) for x in leaves]
        arguments = list(args)
        for i, argument in zip(chosen, self.rebuild(list(self.inputs)), strict=True):
            arguments[i] = argument
        #: The inputs of the transforms around this one: a result that depends on them has to
        #: remain differentiable, whatever came in.
        self.outer: frozenset[int] = _around.inputs
        self.live = has_value((args, kwargs))
        _around.inputs = self.outer | {v._number for v in self.inputs}
        try:
            with Mode("recording", True), Mode("transforms", here.transforms + 1):
                self.result = f(*arguments, **kwargs)
        finally:
            _around.inputs = self.outer
        refuse_opaque(*(v for v in flatten(self.result)[0] if type(v) is Value))

    @property
    def differentiable(self) -> bool:
        """Whether somebody may want to differentiate the result again."""
        return self.live or bool(self.outer) or bool(here.tracing)

    def hand_out(self, nest: Nest) -> Nest:
        """Turn Values into floats, unless Values came in or somebody around needs them."""
        if self.live or here.tracing or (self.outer and self._depends(nest)):
            return nest
        return map_leaves(lambda x: x._data if type(x) is Value else x, nest, plain_arrays=False)

    def _depends(self, nest: Nest) -> bool:
        values = [x for x in flatten(nest)[0] if type(x) is Value]
        return any(v._number in self.outer for v in ancestors(*values))


def chosen_places(argnums: int | Sequence[int], count: int, f: Any) -> tuple[int, ...]:
    """Say which of the positional arguments are meant, counted from 0."""
    try:
        found = tuple(argnums) if isinstance(argnums, (list, tuple)) else (index(argnums),)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"argnums is an int or a list of ints, not {argnums!r}") from None
    for i in found:
        if not isinstance(i, int) or not -count <= i < count:
            raise TypeError(
                f"argnums says argument {i!r} of {name_of(f)}, which was called with {count} "
                "positional arguments: they are counted from 0"
            )
    places = tuple(i % count for i in found)
    if len(set(places)) < len(places):
        raise TypeError(f"argnums names an argument of {name_of(f)} twice: {argnums!r}")
    return places


def one_number(result: Any, f: Any) -> Value:
    """See that f returned one number, and take it as a node."""
    if isinstance(result, (list, tuple, dict)) or is_array(result):
        raise TypeError(
            f"{name_of(f)} must return one number to have a gradient, not {a_kind(result)}: for "
            "several outputs use gg.jacobian, gg.vjp or gg.jvp"
        )
    return as_node(result, f)


def as_node(result: Any, f: Any) -> Value:
    """Take what f returned as a node: a plain number does not depend on the inputs."""
    result = only_item(result)
    if isinstance(result, bool):
        raise TypeError(
            f"{name_of(f)} returned {result}: a comparison has no derivative; use gg.where to "
            "choose"
        )
    return result if type(result) is Value else Value(as_float(result, f"{name_of(f)}'s result"))


def without_aux(result: Any, f: Any) -> tuple[Any, Any]:
    """Take the pair apart that f returns where `has_aux` is set."""
    if not isinstance(result, tuple) or len(result) != 2:
        raise TypeError(f"with has_aux=True {name_of(f)} must return a pair (number, anything)")
    return result


def matching(nest: Nest, form: Nest, what: str, whose: str) -> list[Any]:
    """Flatten a nest that must have the form of another."""
    marks, wanted = (map_leaves(lambda _: 0, n) for n in (nest, form))
    if not same_form(marks, wanted):
        shown = [repr(form) if len(repr(form)) < 80 else "..." for form in (wanted, marks)]
        raise TypeError(f"the {what} must have the form of the {whose}: {shown[0]}, not {shown[1]}")
    leaves = leaves_like(nest, form)
    return [x if type(x) is Value else as_float(x, what) for x in leaves]


#: The functions that transforms made: with numbers in they give numbers out.
_TRANSFORMS: WeakSet[Callable[..., Any]] = WeakSet()


def named_after(transformed: Callable[..., Any], f: Any) -> Callable[..., Any]:
    """Give the new function of a transform the name and the docstring of the old one."""
    named = wraps(f)(transformed) if hasattr(f, "__name__") else transformed
    _TRANSFORMS.add(named)
    return named


def is_transform(f: Any) -> bool:
    """Tell whether a function was made by a transform, such as ``gg.grad(f)``."""
    try:
        return f in _TRANSFORMS
    except TypeError:  # of a kind that can't be referred to weakly, or hashed
        return False


def name_of(f: Any) -> str:
    """Name a function in a message."""
    return getattr(f, "__name__", type(f).__name__)
