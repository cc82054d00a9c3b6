"""Gradient descent: the same rate for all parameters."""

from __future__ import annotations

from math import inf

from glassgrad.optim import updates
from glassgrad.optim.optimizer import Optimizer, in_range, zeros

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable

    from glassgrad.engine import Value
    from glassgrad.optim.updates import Floats

__all__ = ["SGD"]


class SGD(Optimizer):
    """Gradient descent: go against the gradient, and with momentum keep some of the speed.

    In formulas, for a parameter p with gradient g::

        g = g + weight_decay p
        v = momentum v + g                (v starts at 0)
        p = p - lr v                      with nesterov: p - lr (g + momentum v)

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        The learning rate, from 0 up.
    momentum : float
        Which share of the speed survives a step, in [0, 1).
    nesterov : bool
        Whether to take the gradient's share twice, as if looking one step ahead.
    weight_decay : float
        How strongly parameters are pulled to 0, as by a penalty of weight_decay · p² / 2.

    Raises
    ------
    TypeError, ValueError
        As `Optimizer` says; or for nesterov without momentum.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> w = Value(1.0)
    >>> opt = optim.SGD([w], lr=0.25)
    >>> (w * w).backward()
    >>> opt.step()
    >>> w.data
    0.5

    References
    ----------
    Robbins & Monro, A stochastic approximation method, 1951, doi:10.1214/aoms/1177729586;
    Sutskever, Martens, Dahl & Hinton, On the importance of initialization and momentum in deep
    learning, ICML 2013
    """

    _arguments = ("lr", "momentum", "nesterov", "weight_decay")
    _lists = ("velocity",)

    def __init__(
        self, params: Iterable[Value], lr: float, momentum: float = 0.0, nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, lr)
        self.momentum = in_range(momentum, "SGD's momentum", 1.0, 0.9)
        self.nesterov = bool(nesterov)
        self.weight_decay = in_range(weight_decay, "SGD's weight_decay", inf, 0.0)
        self.velocity = zeros(self.params)
        if self.nesterov and self.momentum == 0.0:
            raise ValueError("SGD with nesterov=True needs a momentum above 0: 0.9 is usual")

    def _change(self, numbers: Floats, gradients: Floats) -> None:
        updates.sgd(
            numbers, gradients, self.velocity, self.lr, self.momentum, self.nesterov,
            self.weight_decay,
        )  # fmt: skip
