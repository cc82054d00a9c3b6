"""A function of numbers, arrays and nests as a function of a plain list of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import cos
from typing import Any

from glassgrad.convert import as_float, is_array
from glassgrad.engine import Value
from glassgrad.modes import no_grad
from glassgrad.nests import Nest, flatten
from glassgrad.transforming import as_node, name_of


class Flat:
    """A function at a place, with its inputs side by side.

    Attributes
    ----------
    numbers : list of float
        The place.
    names : list of str
        What the inputs are called: ``x``, ``p['w'][0]``.
    """

    def __init__(self, f: Callable[..., Any], xs: Sequence[Any]) -> None:
        if not callable(f):
            raise TypeError(f"the first argument is a function, not {f!r}: a lambda for example")
        self._f = f
        leaves, self._rebuild = flatten(tuple(xs))
        self.numbers = [
            x.data if type(x) is Value else as_float(x, f"an argument of {name_of(f)}")
            for x in leaves
        ]
        names = zip(_parameters(f, len(xs)), xs, strict=True)
        self.names = [leaf for name, x in names for leaf in _leaf_names(name, x)]

    def on(self, leaves: Sequence[Any]) -> Value:
        """Compute the result with other inputs, Values for example."""
        return self._weighed(self._f(*self._rebuild(list(leaves))))

    def __call__(self, numbers: Sequence[float]) -> float:
        """Compute the result elsewhere; no graph is recorded, so `math.exp` will do as well."""
        with no_grad():
            return self.on([Value(x) for x in numbers]).data

    def along(self, i: int) -> Callable[[float], float]:
        """Let one input vary, and keep the others."""

        def g(x: float) -> float:
            return self([*self.numbers[:i], x, *self.numbers[i + 1 :]])

        return g

    def _weighed(self, result: Any) -> Value:
        """Take a result of several numbers as one: weighed, so that they don't cancel out."""
        outputs = [as_node(output, self._f) for output in flatten(result)[0]]
        if not outputs:
            raise TypeError(f"{name_of(self._f)} returned no number: there is nothing to check")
        first, *others = outputs
        return sum((cos(k) * y for k, y in enumerate(others, 1)), first)


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    """Find what the positional arguments are called."""
    from inspect import Parameter, signature

    try:
        parameters = list(signature(f).parameters.values())
    except (TypeError, ValueError):  # Python does not know it of functions written in C
        parameters = []
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    named = [p.name for p in parameters if p.kind in kinds][:count]
    return [*named, *(f"argument {i}" for i in range(len(named), count))]


def _leaf_names(name: str, nest: Nest) -> Iterator[str]:
    """Name each number of an argument as one would write it in Python."""
    if isinstance(nest, dict):
        for key, inner in nest.items():
            yield from _leaf_names(f"{name}[{key!r}]", inner)
    elif hasattr(nest, "_fields"):
        for field, inner in zip(nest._fields, nest, strict=True):
            yield from _leaf_names(f"{name}.{field}", inner)
    elif isinstance(nest, (list, tuple)):
        for i, inner in enumerate(nest):
            yield from _leaf_names(f"{name}[{i}]", inner)
    elif is_array(nest):
        from numpy import ndindex

        for place in ndindex(nest.shape):
            yield f"{name}[{', '.join(map(str, place))}]"
    else:
        yield name
