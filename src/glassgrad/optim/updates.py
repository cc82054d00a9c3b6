"""The inner loops of the optimizers: what becomes of each parameter in a step.

Compiled with the engine, with the types in ``updates.pxd``. The arrays hold a float for each
parameter and are changed in place.
"""

from __future__ import annotations

from glassgrad import kernels
from glassgrad.machine import show_source
from glassgrad.optim import moments

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from array import array
    from typing import TypeAlias

    from glassgrad.engine import Value

    Floats: TypeAlias = array[float]
    Truth: TypeAlias = bool


def zero(params: list[Value]) -> None:
    """Set all gradients to 0, as if no backward pass had been."""
    p: Value
    for p in params:
        p._grad = 0.0
        p._mark = 0


def sgd(
    params: list[Value], velocities: Floats, lr: float, momentum: float, nesterov: Truth,
    decay: float,
) -> None:  # fmt: skip
    """Go downhill: see `glassgrad.optim.SGD`."""
    p: Value
    for i, p in enumerate(params):
        g = p._grad
        if decay != 0.0:
            g = g + decay * p._data
        if momentum != 0.0:
            v: float = velocities[i]
            v = momentum * v + g
            velocities[i] = v
            g = g + momentum * v if nesterov else v
        p._data = p._data - lr * g


def adam(
    params: list[Value], averages: Floats, squares: Floats, rate: float, root: float,
    beta1: float, beta2: float, eps: float, decay: float, shrink: float,
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
    moments.step(
        params, averages, squares, rate, root, beta1, beta2, eps, decay, shrink
    )  # fmt: skip


def rmsprop(
    params: list[Value], squares: Floats, velocities: Floats, lr: float, alpha: float,
    eps: float, momentum: float,
) -> None:  # fmt: skip
    """Divide by the usual size: see `glassgrad.optim.RMSProp`."""
    weight = 1.0 - alpha
    p: Value
    for i, p in enumerate(params):
        g = p._grad
        s: float = squares[i]
        v: float = velocities[i]
        s = alpha * s + weight * g * g
        v = momentum * v + kernels.div(g, kernels.sqrt(s) + eps)
        squares[i] = s
        velocities[i] = v
        p._data = p._data - lr * v


show_source(__spec__)
