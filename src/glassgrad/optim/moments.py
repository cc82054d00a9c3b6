"""A step of Adam: one thing in Python and another in C.

Compiled, `updates` takes this from ``moments.pxd``, where C computes several parameters at once:
one at a time, the root and the two quotients would take longer than all the rest.
"""

from __future__ import annotations

from glassgrad import kernels

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from array import array


def step(
    numbers: array[float], gradients: array[float], averages: array[float], squares: array[float],
    n: int, rate: float, root: float, beta1: float, beta2: float, eps: float, decay: float,
    shrink: float,
) -> None:  # fmt: skip
    """Change the parameters: see `glassgrad.optim.updates.adam`."""
    w1 = 1.0 - beta1
    w2 = 1.0 - beta2
    for i in range(n):
        g = gradients[i]
        x = numbers[i] * shrink
        if decay != 0.0:
            g = g + decay * x
        m = averages[i]
        # The same number both times: PyTorch computes it from the nearer end.
        m = m + w1 * (g - m) if w1 < 0.5 else g - (g - m) * (1.0 - w1)
        s = beta2 * squares[i] + w2 * g * g
        averages[i] = m
        squares[i] = s
        numbers[i] = x - kernels.div(rate * m, kernels.sqrt(s) / root + eps)
