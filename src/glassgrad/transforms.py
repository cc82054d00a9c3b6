"""Functions of functions: the gradient of f, as a function that can be transformed again.

Each transform runs f on Values and reads the graph that results, backwards (`grad`, `vjp`) or
forwards (`jvp`): see `glassgrad.walks`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from glassgrad.convert import a_kind
from glassgrad.engine import Value
from glassgrad.graph import without_calls
from glassgrad.nests import Nest, flatten, has_value
from glassgrad.transforming import (
    Run,
    as_node,
    chosen_places,
    matching,
    name_of,
    named_after,
    one_number,
    without_aux,
)  # fmt: skip
from glassgrad.walks import backwards, forwards

__all__ = ["derivative", "grad", "jvp", "value_and_grad", "vjp"]


def derivative(L: Value, wrt: Nest) -> Nest:
    """Build dL/dx as a new Value with its own graph: it can be drawn and differentiated again.

    Parameters
    ----------
    L : Value
        What is differentiated; its graph stays as it is.
    wrt : Value, or a nest of them in lists, tuples and dicts
        With respect to what: any nodes of L's graph.

    Returns
    -------
    Value, or a nest like `wrt`
        In units of L per unit of `wrt`; 0 where a node does not lead to L.

    Raises
    ------
    TypeError
        If one of them is not a Value.
    NoRuleError
        If an operation on the way has no rule.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(3.0, label="x")
    >>> slope = gg.derivative(x**3, wrt=x)
    >>> slope.data, gg.derivative(slope, wrt=x).data
    (27.0, 18.0)
    """
    if type(L) is not Value:
        raise TypeError(f"derivative takes a Value to differentiate, not a {type(L).__name__}")
    nodes, rebuild = flatten(wrt)
    for node in nodes:
        if type(node) is not Value:
            raise TypeError(
                f"wrt names Values of the graph, not a {type(node).__name__} ({node!r}): keep the "
                "Value that you computed with, and pass it"
            )
    L, *nodes = without_calls(L, *nodes)
    found = backwards([L], [1.0], nodes, differentiable=True)
    return rebuild([d if type(d) is Value else Value(d) for d in found])


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn f into the function that computes its gradient.

    Parameters
    ----------
    f : callable
        Computes one number from numbers; inside it they are Values.
    argnums : int or sequence of int
        Which positional arguments to differentiate with respect to; a sequence gives a tuple.
    has_aux : bool
        Whether f returns ``(number, anything)``; the result is then ``(gradient, anything)``.

    Returns
    -------
    callable
        Takes what f takes: numbers (ints too), arrays, Values, or lists, tuples and dicts of
        them, and returns a nest of the same form. Numbers in give floats out, Values in give
        differentiable Values out.

    Raises
    ------
    TypeError
        When called, if f does not return one number, or an argument holds something else.

    Examples
    --------
    >>> import glassgrad as gg
    >>> f = lambda x: 3 * x**2 - 4 * x + 5
    >>> gg.grad(f)(3.0), gg.grad(gg.grad(f))(3.0)
    (14.0, 6.0)
    >>> gg.grad(lambda p: p["w"] * p["x"])({"w": 2, "x": 5.0})
    {'w': 5.0, 'x': 2.0}

    References
    ----------
    The signature and its meaning are those of ``jax.grad``.
    """
    both = value_and_grad(f, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, found = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return named_after(gradient, f)


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn f into the function that computes its value and its gradient together.

    Takes and raises what `grad` does. The new function returns ``(value, gradient)``, and with
    `has_aux` it returns ``((value, anything), gradient)``.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.value_and_grad(lambda a, b: a * b, argnums=(0, 1))(2.0, -3.0)
    (-6.0, (-3.0, 2.0))
    """

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        run = Run(f, args, kwargs, chosen_places(argnums, len(args), f))
        result, aux = without_aux(run.result, f) if has_aux else (run.result, None)
        root = one_number(result, f)
        found = backwards([root], [1.0], run.inputs, differentiable=run.differentiable)
        parts = run.rebuild(found)
        root, parts, aux = run.hand_out((root, parts, aux))
        gradient = parts if isinstance(argnums, (list, tuple)) else parts[0]
        return (root, aux) if has_aux else root, gradient

    return named_after(value_and_gradient, f)


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Run f, and return its result with the function that pulls cotangents back through it.

    Parameters
    ----------
    f : callable
        Computes a number or a nest of them.
    *primals : numbers, arrays, Values or nests of them
        Where.

    Returns
    -------
    result : like what f returns
        Floats for numbers.
    pull_back : callable (cotangents) -> tuple
        Takes a nest like the result, the weight of each output, and returns for each primal the
        gradient of the weighted sum of outputs: the product of the vector and the Jacobian.

    Raises
    ------
    TypeError
        If the cotangents don't have the form of the result.

    Examples
    --------
    >>> import glassgrad as gg
    >>> result, pull_back = gg.vjp(lambda a, b: [a * b, a + b], 2.0, 3.0)
    >>> result, pull_back([1.0, 10.0])
    ([6.0, 5.0], (13.0, 12.0))
    """
    run = Run(f, primals, {}, tuple(range(len(primals))))
    outputs, rebuild = flatten(run.result)
    roots = [as_node(output, f) for output in outputs]

    def pull_back(cotangents: Any) -> tuple[Any, ...]:
        weights = matching(cotangents, run.result, "cotangents", "result")
        differentiable = run.differentiable or has_value(weights)
        found = backwards(roots, weights, run.inputs, differentiable=differentiable)
        parts: tuple[Any, ...] = run.rebuild(found)
        return parts if has_value(weights) else tuple(run.hand_out(parts))

    return run.hand_out(rebuild(roots)), pull_back


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Run f, and return its result with how fast it moves when the primals move.

    Parameters
    ----------
    f : callable
        Computes a number or a nest of them.
    primals : sequence
        The arguments: numbers, arrays, Values or nests of them.
    tangents : sequence
        How fast each of them moves; of the same form.

    Returns
    -------
    result, tangent : like what f returns
        The tangent is the product of the Jacobian and the vector: in units of the output per
        unit of the movement.

    Raises
    ------
    TypeError
        If the tangents don't have the form of the primals.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.jvp(lambda a, b: a * b, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)

    References
    ----------
    R. E. Wengert, "A simple automatic derivative evaluation program", CACM 7 (1964).
    """
    for given in (primals, tangents):
        if not isinstance(given, (list, tuple)):
            raise TypeError(
                f"jvp takes its primals and tangents as tuples, one entry for each argument of "
                f"{name_of(f)}, not {a_kind(given)}"
            )
    speeds = matching(list(tangents), list(primals), "tangents", "primals")
    run = Run(f, tuple(primals), {}, tuple(range(len(primals))))
    outputs, rebuild = flatten(run.result)
    roots = [as_node(output, f) for output in outputs]
    live = has_value(speeds)
    moved = forwards(roots, speeds, run.inputs, differentiable=run.differentiable or live)
    result, tangent = rebuild(roots), rebuild(moved)
    return (result, tangent) if live else tuple(run.hand_out((result, tangent)))
