"""RMSProp: a rate for each parameter, by the average of its squared gradients."""

from __future__ import annotations

from math import inf

from glassgrad.optim import updates
from glassgrad.optim.optimizer import Optimizer, in_range, zeros

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable

    from glassgrad.engine import Value
    from glassgrad.optim.updates import Floats

__all__ = ["RMSProp"]


class RMSProp(Optimizer):
    """Divide each gradient by its usual size, so that steep and flat directions go equally fast.

    In formulas, for a parameter p with gradient g::

        s = alpha s + (1 - alpha) g²      (s and v start at 0)
        v = momentum v + g / (√s + eps)
        p = p - lr v

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        The learning rate, from 0 up: about as far as a parameter goes in a step.
    alpha : float
        How slowly the average of the squared gradient forgets, in [0, 1).
    eps : float
        What keeps the division from blowing up where gradients vanish.
    momentum : float
        Which share of the speed survives a step, in [0, 1).

    Raises
    ------
    TypeError, ValueError
        As `Optimizer` says.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> steep, flat = Value(1.0), Value(1.0)
    >>> opt = optim.RMSProp([steep, flat], lr=0.01)
    >>> (1000 * steep + flat).backward()
    >>> opt.step()
    >>> round(steep.data, 6), round(flat.data, 6)
    (0.9, 0.9)

    References
    ----------
    Hinton, Neural networks for machine learning, lecture 6e, 2012
    """

    _arguments = ("lr", "alpha", "eps", "momentum")
    _lists = ("average_square", "velocity")

    def __init__(
        self, params: Iterable[Value], lr: float = 1e-2, alpha: float = 0.99, eps: float = 1e-8,
        momentum: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, lr)
        self.alpha = in_range(alpha, "RMSProp's alpha", 1.0, 0.99)
        self.eps = in_range(eps, "RMSProp's eps", inf, 1e-8)
        self.momentum = in_range(momentum, "RMSProp's momentum", 1.0, 0.9)
        self.average_square = zeros(self.params)
        self.velocity = zeros(self.params)

    def _change(self, numbers: Floats, gradients: Floats) -> None:
        updates.rmsprop(
            numbers, gradients, self.average_square, self.velocity, self.lr, self.alpha, self.eps,
            self.momentum,
        )  # fmt: skip
