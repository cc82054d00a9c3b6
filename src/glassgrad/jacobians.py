"""All partial derivatives of a function at once, and its second derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

from glassgrad.convert import is_array
from glassgrad.nests import Nest, as_array, flatten, map_blocks
from glassgrad.transforming import Run, as_node, chosen_places, named_after, without_aux
from glassgrad.transforms import grad, jvp
from glassgrad.walks import backwards

__all__ = ["hessian", "hvp", "jacobian"]


def jacobian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn f into the function that computes how each output moves with each input.

    Parameters
    ----------
    f : callable
        Computes a number, an array, or a nest of them, from numbers; inside it they are Values.
    argnums : int or sequence of int
        Which positional arguments to differentiate with respect to; a sequence gives a tuple.
    has_aux : bool
        Whether f returns ``(outputs, anything)``; the result is then ``(jacobian, anything)``.

    Returns
    -------
    callable
        Takes what f takes, and returns a nest like f's output that holds, in place of each
        output, a nest like the input: of lists, lists of lists, of dicts, dicts of dicts. An
        output array of shape (m,) and an input array of shape (n,) give an array of shape (m, n).

    Raises
    ------
    TypeError
        When called, if f does not return numbers, or an argument holds something else.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0]]
    >>> import numpy as np
    >>> gg.jacobian(lambda x: x**2)(np.array([1.0, 2.0, 3.0]))
    array([[2., 0., 0.],
           [0., 4., 0.],
           [0., 0., 6.]])

    References
    ----------
    The signature and its meaning are those of ``jax.jacobian``.
    """

    def matrix(*args: Any, **kwargs: Any) -> Any:
        places = chosen_places(argnums, len(args), f)
        run = Run(f, args, kwargs, places)
        result, aux = without_aux(run.result, f) if has_aux else (run.result, None)
        rows = iter(
            [
                backwards([root], [1.0], run.inputs, differentiable=run.differentiable)
                for root in (as_node(output, f) for output in flatten(result)[0])
            ]
        )
        points = tuple(args[i] for i in places)

        def of_block(output: Any) -> Any:
            shape = _shape(output)
            parts = _cells([next(rows) for _ in range(prod(shape))], shape, points)
            return parts if isinstance(argnums, (list, tuple)) else parts[0]

        found, aux = run.hand_out((map_blocks(of_block, result), aux))
        return (found, aux) if has_aux else found

    return named_after(matrix, f)


def hessian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Turn f into the function that computes its second derivatives.

    Takes and raises what `jacobian` does, and is the jacobian of the jacobian: of a number
    computed from an array of shape (n,) it is an array of shape (n, n).

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.hessian(lambda x: x[0] ** 2 * x[1])([2.0, 3.0])
    [[6.0, 4.0], [4.0, 0.0]]

    References
    ----------
    The signature and its meaning are those of ``jax.hessian``.
    """
    return jacobian(jacobian(f, argnums, has_aux), argnums, has_aux)


def hvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any],
    argnums: int | Sequence[int] = 0,
) -> Any:  # fmt: skip
    """Compute how fast the gradient of f moves when the primals move.

    The product of the Hessian and the tangents, without the Hessian: the forward walk over the
    graph of the backward one.

    Parameters
    ----------
    f : callable
        Computes one number.
    primals : sequence
        The arguments: numbers, arrays, Values or nests of them.
    tangents : sequence
        How fast each of them moves; of the same form.
    argnums : int or sequence of int
        Of which arguments the gradient is taken; a sequence gives a tuple.

    Returns
    -------
    nest
        Like the gradient.

    Raises
    ------
    TypeError
        If the tangents don't have the form of the primals, or f does not return one number.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.hvp(lambda x: x[0] ** 2 * x[1], ([2.0, 3.0],), ([1.0, 0.0],))
    [6.0, 4.0]
    >>> gg.hvp(lambda a, b: a**2 * b, (2.0, 3.0), (0.0, 1.0), argnums=(0, 1))
    (4.0, 0.0)

    References
    ----------
    B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6 (1994).
    """
    return jvp(grad(f, argnums), primals, tangents)[1]


def _cells(rows: list[list[Any]], shape: tuple[int, ...], points: Nest) -> Any:
    """Bring the rows of one output, a number or an array, into the form of the inputs."""
    places = _ranges(points)

    def of_block(point: Any) -> Any:
        inner, place = _shape(point), next(places)
        cells = [cell for row in rows for cell in row[place]]
        return as_array(cells, shape + inner) if shape + inner else cells[0]

    return map_blocks(of_block, points)


def _ranges(nest: Nest) -> Iterator[slice]:
    """Say where the leaves of each number or array are, in the list of all leaves."""
    sizes: list[int] = []
    map_blocks(lambda block: sizes.append(prod(_shape(block))), nest)
    start = 0
    for size in sizes:
        yield slice(start, start + size)
        start += size


def _shape(block: Any) -> tuple[int, ...]:
    return tuple(block.shape) if is_array(block) else ()
