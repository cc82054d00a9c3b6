"""`gg.jit` itself, and how a program is made: trace, passes, tape."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import update_wrapper
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction, signature
from itertools import product
from math import isclose, isnan
from operator import index
from time import perf_counter
from typing import Any

from glassgrad.convert import a_kind, is_array
from glassgrad.engine import Value
from glassgrad.errors import TraceError
from glassgrad.jitting.axes import keeps_to_axes
from glassgrad.jitting.calls import Jitted
from glassgrad.jitting.forms import Form, describe_results
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.lifting.lifting import lift_or_lower
from glassgrad.jitting.program import Program
from glassgrad.jitting.recording import record
from glassgrad.jitting.statics import is_number
from glassgrad.jitting.tracing import NotAlongError, trace
from glassgrad.nests import flatten, map_leaves
from glassgrad.presence import AskForIndexError
from glassgrad.transforming import is_transform, name_of

__all__ = ["jit"]


def jit(
    f: Callable[..., Any] | None = None,
    *,
    exact: bool = False,
    dtype: str = "float64",
    static_argnums: int | Sequence[int] = (),
    check: bool = False,
) -> Any:
    """Trace f once and run its program at every further call, with the same numbers.

    The first call runs f on Values, records every operation, and lowers what it recorded to a
    tape, which a machine runs that was compiled with glassgrad. Later calls with arguments of the
    same form only run the tape. ``f.program``, ``f.graph``, ``f.tape`` and ``f.stats`` show what
    is run.

    Parameters
    ----------
    f : callable
        Takes numbers, Values, arrays, or lists, tuples and dicts of them. Numbers are inputs, never
        baked in; Values that f reads from outside, such as a model's parameters, are read anew at
        every call. A bool, a str, None or any other object is part of the form.
    exact : bool
        Whether every number has the bits that f itself would give. Otherwise the shares of a
        gradient may be added in another order: the error is at most n · 2⁻⁵³ · Σ|terms|.
    dtype : {"float64", "float32"}
        What to compute in.
    static_argnums : int or sequence of int
        Positional arguments that are part of the form although they are numbers, such as a count.
    check : bool
        Whether to run f itself beside each call, and compare.

    Returns
    -------
    callable
        Returns what f returns, with a Value for each number; ``backward()`` on one fills the
        gradients of Values among the arguments and of those outside, as it would without jit. Of
        a transform such as ``gg.jit(gg.value_and_grad(f))`` numbers in give numbers out.

    Raises
    ------
    TraceError
        When called, if f does something that a trace can't hold: the message shows the line.

    Examples
    --------
    >>> import glassgrad as gg
    >>> @gg.jit
    ... def f(a, b):
    ...     return (a * b).tanh() + a
    >>> a = gg.Value(0.5)
    >>> y = f(a, -3.0)
    >>> y.backward()
    >>> round(y.data, 6), round(a.grad, 6)
    (-0.405148, 0.45788)
    >>> gg.jit(gg.value_and_grad(lambda a, b: a * b, argnums=(0, 1)))(2.0, -3.0)
    (-6.0, (-3.0, 2.0))

    References
    ----------
    The name and the idea of tracing are those of ``jax.jit``.
    """
    if f is None:
        return lambda g: jit(
            g, exact=exact, dtype=dtype, static_argnums=static_argnums, check=check
        )
    if not callable(f):
        raise TypeError(f"gg.jit takes a function, not {a_kind(f)} ({f!r})")
    if isgeneratorfunction(f) or iscoroutinefunction(f) or isasyncgenfunction(f):
        raise TypeError(
            f"gg.jit takes a function that returns its results, and {name_of(f)} runs bit by bit, "
            "between other code: return a list"
        )
    if dtype not in ("float64", "float32"):
        raise ValueError(f"dtype is 'float64' or 'float32', not {dtype!r}")
    if isinstance(f, Jitted):
        return f if (f.exact, f.dtype) == (exact, dtype) else jit(
            f.f, exact=exact, dtype=dtype, static_argnums=f._statics, check=check
        )
    jitted = Jitted(f, bool(exact), dtype, _places(static_argnums), bool(check), make)
    return update_wrapper(jitted, f) if hasattr(f, "__name__") else jitted


def _places(static_argnums: int | Sequence[int]) -> tuple[int, ...]:
    places = static_argnums if isinstance(static_argnums, (list, tuple)) else (static_argnums,)
    try:
        return tuple(index(i) for i in places)
    except TypeError:
        raise TypeError(
            f"static_argnums is an int or a list of ints, not {static_argnums!r}"
        ) from None


def make(
    jitted: Jitted, args: tuple[Any, ...], kwargs: dict[str, Any], inputs: list[Value],
    wants: list[bool], numbers_out: bool = False,
) -> Program:  # fmt: skip
    """Trace a function with these stand-ins for its arguments, and lower what it did."""
    started = perf_counter()
    _label(jitted.f, args, kwargs)
    last = is_transform(jitted.f) and not any(wants)
    axes, asks = not jitted.exact, False
    while True:
        try:
            graph, externals, form = _recorded(jitted, args, kwargs, inputs, not last, axes, asks)
            _name_parameters(graph, externals)
            traced = perf_counter()
            if last or (numbers_out and not any(wants)):  # nobody will differentiate: what is
                wanted = [False] * (len(wants) + graph.n_externals)  # read is an input like others
                graph.n_inputs, graph.n_externals = len(wanted), 0
            else:
                wanted = wants
            nodes = len(graph)
            tape, lifted = lift_or_lower(graph, wanted, jitted.exact)
            break
        except NotAlongError:
            axes = False
        except AskForIndexError:
            asks = True
    return Program(
        tape, graph, lifted, form, tuple(externals), wanted[: len(inputs)], wanted is not wants,
        jitted.dtype == "float32", nodes, traced - started, perf_counter() - traced,
    )  # fmt: skip


def _recorded(
    jitted: Jitted, args: tuple[Any, ...], kwargs: dict[str, Any], inputs: list[Value],
    again: bool, axes: bool, asks: bool,
) -> tuple[Graph, list[Value], Form]:  # fmt: skip
    """Trace a function, and read what it did."""
    result, found = trace(jitted.f, args, kwargs, again, jitted.exact, axes, asks)
    outputs: list[Value] = []
    form = describe_results(result, outputs)
    graph, externals = record(outputs, found.guards, inputs, found.begin)
    if found.axes and not keeps_to_axes(graph):
        raise NotAlongError("a truth or a Value of one example is used outside of gg.vmap")
    return graph, externals, form


def _label(f: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Name the inputs as the function names its arguments: ``a``, ``xs[0][1]``."""
    try:
        waiting = list(signature(f).bind(*args, **kwargs).arguments.items())
    except (TypeError, ValueError):  # the call itself will say what is wrong with it
        waiting = [("args", args), *kwargs.items()]
    while waiting:
        path, part = waiting.pop()
        if type(part) is Value:
            part.label = path
        elif isinstance(part, dict):
            waiting += [(f"{path}[{key!r}]", inner) for key, inner in part.items()]
        elif isinstance(part, (list, tuple)):
            waiting += [(f"{path}[{i}]", inner) for i, inner in enumerate(part)]
        elif is_array(part) and part.dtype == object:
            places = product(*map(range, part.shape))
            waiting += [(f"{path}{list(place)}", part[place]) for place in places]


def _name_parameters(graph: Graph, externals: list[Value]) -> None:
    """Name the parameters of modules by their paths, as drawings do; a label comes first."""
    modules = sys.modules.get("glassgrad.nn.module")
    paths = modules.parameter_paths() if modules and externals else {}
    for row, v in enumerate(externals, graph.n_inputs):
        if v in paths:
            graph.names.setdefault(row, paths[v])


def eagerly(f: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call f itself, with the same kinds of results as its program gives."""
    found = f(*args, **kwargs)
    if is_transform(f):
        return found
    return map_leaves(lambda x: Value(x) if is_number(x) and type(x) is not Value else x, found)


def compare(jitted: Jitted, found: Any, expected: Any) -> None:
    """See that a program and its function agree."""
    ours, theirs = flatten(found)[0], flatten(expected)[0]
    for i, (x, y) in enumerate(zip(ours, theirs, strict=True)):
        if isinstance(x, (Value, float)) and not _agree(jitted, x, y):
            raise TraceError(
                f"{jitted!r} gave {x:.17g} as result {i}, and the function itself gives {y:.17g}: "
                "it depends on something outside that changed since it was traced; pass that as "
                "an argument"
            )


def _agree(jitted: Jitted, x: Any, y: Any) -> bool:
    a, b = (v.data if type(v) is Value else v for v in (x, y))
    if a == b or (isnan(a) and isnan(b)):
        return True
    tolerance = 1e-4 if jitted.dtype == "float32" else 1e-9
    return not jitted.exact and isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)


def reduced(jitted: Jitted) -> Any:
    """Pickle by name where the function is a module's own, else with what it was made of."""
    name = getattr(jitted, "__qualname__", "")
    found: Any = sys.modules.get(getattr(jitted, "__module__", None) or "")
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is jitted:
        return name
    return _remade, (jitted.f, jitted.exact, jitted.dtype, jitted._statics, jitted.check)


def _remade(f: Any, exact: bool, dtype: str, statics: tuple[int, ...], check: bool) -> Jitted:
    made: Jitted = jit(f, exact=exact, dtype=dtype, static_argnums=statics, check=check)
    return made
