"""Adam and AdamW: a rate for each parameter, by averages of its gradients."""

from __future__ import annotations

from math import inf, sqrt

from glassgrad.optim import updates
from glassgrad.optim.optimizer import Optimizer, in_range, zeros

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glassgrad.engine import Value
    from glassgrad.optim.updates import Floats

__all__ = ["Adam", "AdamW"]


class Adam(Optimizer):
    """Go by the average gradient, in units of its usual size: a rate for each parameter.

    In formulas, for a parameter p with gradient g, in step k = 1, 2, ...::

        g = g + weight_decay p
        m = m + (1 - β₁) (g - m)          (m and s start at 0)
        s = β₂ s + (1 - β₂) g²
        p = p - lr / (1 - β₁ᵏ) · m / (√s / √(1 - β₂ᵏ) + eps)

    Parameters
    ----------
    params : iterable of Value
        The leaves to change.
    lr : float
        The learning rate, from 0 up: about as far as a parameter goes in a step.
    betas : pair of float
        How slowly the averages of the gradient and of its square forget, each in [0, 1).
    eps : float
        What keeps the division from blowing up where gradients vanish.
    weight_decay : float
        How strongly parameters are pulled to 0, as by a penalty of weight_decay · p² / 2.

    Raises
    ------
    TypeError, ValueError
        As `Optimizer` says.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> w = Value(1.0)
    >>> opt = optim.Adam([w], lr=0.25)
    >>> (1000 * w).backward()
    >>> opt.step()
    >>> round(w.data, 6)
    0.75

    References
    ----------
    Kingma & Ba, Adam: a method for stochastic optimization, arXiv:1412.6980
    """

    _arguments = ("lr", "betas", "eps", "weight_decay")
    _lists = ("average", "average_square")
    _decoupled = False

    def __init__(
        self, params: Iterable[Value], lr: float = 1e-3, betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(params, lr)
        kind = type(self).__name__
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(
                f"{kind}'s betas are a pair of numbers, not {betas!r}: (0.9, 0.999) is usual"
            )
        first = in_range(betas[0], f"{kind}'s betas[0]", 1.0, 0.9)
        second = in_range(betas[1], f"{kind}'s betas[1]", 1.0, 0.999)
        self.betas = (first, second)
        self.eps = in_range(eps, f"{kind}'s eps", inf, 1e-8)
        self.weight_decay = in_range(weight_decay, f"{kind}'s weight_decay", inf, 0.01)
        self.average = zeros(self.params)
        self.average_square = zeros(self.params)

    def _change(self, numbers: Floats, gradients: Floats) -> None:
        beta1, beta2 = self.betas
        # The averages start at 0; divided by these they are unbiased from the first step on.
        rate = self.lr / (1.0 - beta1**self.steps)
        root = sqrt(1.0 - beta2**self.steps)
        decay, shrink = self.weight_decay, 1.0
        if self._decoupled:
            decay, shrink = 0.0, 1.0 - self.lr * self.weight_decay
        updates.adam(
            numbers, gradients, self.average, self.average_square, rate, root, beta1, beta2,
            self.eps, decay, shrink,
        )  # fmt: skip


class AdamW(Adam):
    """Go as Adam does, and shrink the parameters apart from that.

    In formulas, a step begins with ``p = p · (1 - lr · weight_decay)`` and goes on as Adam's
    without weight decay. So the pull to 0 is the same for all parameters, whereas Adam divides
    it, as a part of the gradient, by the usual size of each.

    Parameters
    ----------
    params, lr, betas, eps
        As in `Adam`.
    weight_decay : float
        Which share of a parameter a step takes away, per unit of lr.

    Raises
    ------
    TypeError, ValueError
        As `Optimizer` says.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> w = Value(1.0)
    >>> optim.AdamW([w], lr=0.5, weight_decay=0.5).step()
    >>> w.data
    0.75

    References
    ----------
    Loshchilov & Hutter, Decoupled weight decay regularization, arXiv:1711.05101
    """

    _decoupled = True

    def __init__(
        self, params: Iterable[Value], lr: float = 1e-3, betas: Sequence[float] = (0.9, 0.999),
        eps: float = 1e-8, weight_decay: float = 0.01,
    ) -> None:  # fmt: skip
        super().__init__(params, lr, betas, eps, weight_decay)
