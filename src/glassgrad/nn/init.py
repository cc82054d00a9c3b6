"""Initialisers: how the weights of a fresh network are drawn.

An initialiser is a function of the number of inputs and outputs of what it fills; each call draws
one number from Python's `random`, so ``random.seed(n)`` makes a network repeatable.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from math import sqrt

__all__ = ["Initialiser", "kaiming", "normal", "uniform", "xavier"]

Initialiser = Callable[[int, int], float]


def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """Draw evenly between two bounds; micrograd's neurons use -1 and 1.

    Examples
    --------
    >>> import random
    >>> from glassgrad.nn import init
    >>> random.seed(1337)
    >>> round(init.uniform(-1, 1)(2, 16), 6)
    0.235506
    """
    return lambda fan_in, fan_out: random.uniform(low, high)


def normal(mean: float = 0.0, std: float = 1.0) -> Initialiser:
    """Draw from a bell curve."""
    return lambda fan_in, fan_out: random.gauss(mean, std)


def kaiming(gain: float = sqrt(2.0)) -> Initialiser:
    """Draw from a bell curve of standard deviation gain / √inputs, for layers with relu.

    The gain √2 makes up for the half that relu cuts off; 1 suits a linear layer, 5/3 tanh.

    References
    ----------
    He et al., Delving deep into rectifiers, arXiv:1502.01852
    """
    return lambda fan_in, fan_out: random.gauss(0.0, gain / sqrt(fan_in))


def xavier(gain: float = 1.0) -> Initialiser:
    """Draw evenly between ±gain·√(6 / (inputs + outputs)), for layers with tanh.

    References
    ----------
    Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks,
    AISTATS 2010
    """

    def draw(fan_in: int, fan_out: int) -> float:
        bound = gain * sqrt(6.0 / (fan_in + fan_out))
        return random.uniform(-bound, bound)

    return draw
