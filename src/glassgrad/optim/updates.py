"""The formulas of the optimizers: what becomes of the parameters in a step.

They work on arrays with a float for each parameter, side by side, and change them in place. So the
same formula serves parameters that are Values, and those of `gg.fit`, which stay in the machine.
Compiled with the engine, with the types in ``updates.pxd``.
"""

from __future__ import annotations

from array import array

from glassgrad import kernels
from glassgrad.machine import show_source
from glassgrad.optim import arrays, moments

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from typing import TypeAlias

    from glassgrad.engine import Value

    Floats: TypeAlias = array[float]
    Truth: TypeAlias = bool

_EMPTY = array("d")


def zero(params: list[Value]) -> None:
    """Set all gradients to 0, as if no backward pass had been."""
    arrays.clear(params)


def gather(params: list[Value]) -> tuple[Floats, Floats]:
    """Copy the numbers of parameters, and their gradients, into two arrays."""
    n = len(params)
    numbers, gradients = arrays.of_length(_EMPTY, n), arrays.of_length(_EMPTY, n)
    arrays.read(params, numbers, gradients)
    return numbers, gradients


def scatter(numbers: Floats, params: list[Value]) -> None:
    """Give the parameters that were gathered other numbers."""
    arrays.write(numbers, params)


def sgd(
    numbers: Floats, gradients: Floats, velocities: Floats, lr: float, momentum: float,
    nesterov: Truth, decay: float,
) -> None:  # fmt: skip
    """Go downhill: see `glassgrad.optim.SGD`."""
    n = _length(numbers, gradients, velocities)
    x, grads, v = arrays.doubles(numbers), arrays.doubles(gradients), arrays.doubles(velocities)
    for i in range(n):
        g: float = grads[i]
        if decay != 0.0:
            g = g + decay * x[i]
        if momentum != 0.0:
            v[i] = momentum * v[i] + g
            g = g + momentum * v[i] if nesterov else v[i]
        x[i] = x[i] - lr * g


def adam(
    numbers: Floats, gradients: Floats, averages: Floats, squares: Floats, rate: float,
    root: float, beta1: float, beta2: float, eps: float, decay: float, shrink: float,
) -> None:  # fmt: skip
    """Go by averages: see `glassgrad.optim.Adam`.

    Parameters
    ----------
    rate, root : float
        The learning rate, and the root of what the averages of squares are divided by, both
        corrected for averages that started at 0.
    decay, shrink : float
        What is added to the gradient per unit of the parameter, as Adam does, and what the
        parameter is multiplied by first, as AdamW does.
    """
    n = _length(numbers, averages, squares)
    moments.step(
        numbers, gradients, averages, squares, n, rate, root, beta1, beta2, eps, decay, shrink
    )  # fmt: skip


def rmsprop(
    numbers: Floats, gradients: Floats, squares: Floats, velocities: Floats, lr: float,
    alpha: float, eps: float, momentum: float,
) -> None:  # fmt: skip
    """Divide by the usual size: see `glassgrad.optim.RMSProp`."""
    n = _length(numbers, squares, velocities)
    x, grads = arrays.doubles(numbers), arrays.doubles(gradients)
    s, v = arrays.doubles(squares), arrays.doubles(velocities)
    weight = 1.0 - alpha
    for i in range(n):
        g: float = grads[i]
        s[i] = alpha * s[i] + weight * g * g
        v[i] = momentum * v[i] + arrays.quotient(g, kernels.sqrt(s[i]) + eps)
        x[i] = x[i] - lr * v[i]


def _length(numbers: Floats, one: Floats, other: Floats) -> int:
    """Count the parameters, and see that the optimizer has a number for each."""
    n = len(numbers)
    if len(one) < n or len(other) < n:
        raise IndexError(f"the optimizer was made for fewer than these {n} parameters")
    return n


show_source(__spec__)
