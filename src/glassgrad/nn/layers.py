"""Layers on vectors: linear maps, look-up tables, dropout, and layers one after the other."""

from __future__ import annotations

import random
from typing import Any

from glassgrad.convert import is_whole
from glassgrad.elementary import where
from glassgrad.engine import Value, dot, here
from glassgrad.nn.init import Initialiser, normal, uniform
from glassgrad.nn.mlp import count
from glassgrad.nn.module import Module
from glassgrad.taking import take

__all__ = ["Dropout", "Embedding", "Linear", "Sequential"]


class Linear(Module):
    """A matrix times a vector, plus a bias: ``y = W·x + b``.

    Parameters
    ----------
    nin, nout : int
        The lengths of x and of y.
    bias : bool
        Whether there is a bias.
    init : callable, optional
        Draws weights and biases, see `glassgrad.nn.init`; by default evenly within ±1/√nin, as
        PyTorch does.

    Examples
    --------
    >>> from glassgrad import nn
    >>> layer = nn.Linear(2, 3, bias=False)
    >>> layer.load_state_dict({"weight": [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]})
    >>> [y.data for y in layer([2.0, 5.0])]
    [2.0, 5.0, 7.0]
    """

    def __init__(
        self, nin: int, nout: int, bias: bool = True, init: Initialiser | None = None
    ) -> None:
        bound = count(nin, "nin") ** -0.5
        draw = init or uniform(-bound, bound)
        self.weight = [
            [Value(draw(nin, nout)) for _ in range(nin)] for _ in range(count(nout, "nout"))
        ]
        self.bias = [Value(draw(nin, nout)) for _ in range(nout)] if bias else []

    def __call__(self, x: Any) -> list[Value]:
        """Compute y for a list of numbers or Values."""
        if len(x) != len(self.weight[0]):
            raise ValueError(
                f"this linear layer takes {len(self.weight[0])} inputs, but was given {len(x)}"
            )
        starts: list[Any] = list(self.bias) or [0] * len(self.weight)
        return [dot(row, x, start) for row, start in zip(self.weight, starts, strict=True)]

    def _describe(self) -> str:
        bias = "" if self.bias else ", no bias"
        return f"Linear({len(self.weight[0])} → {len(self.weight)}{bias})"


class Embedding(Module):
    """A table with a vector of parameters for each number from 0 on.

    Parameters
    ----------
    size : int
        How many rows.
    width : int
        How long each is.
    init : callable, optional
        Draws the entries; by default from a bell curve of standard deviation 1.

    Examples
    --------
    >>> from glassgrad import nn
    >>> table = nn.Embedding(27, 16)
    >>> len(table(3)), len(table([3, 1, 4]))
    (16, 3)
    """

    def __init__(self, size: int, width: int, init: Initialiser | None = None) -> None:
        draw = init or normal()
        self.weight = [
            [Value(draw(size, width)) for _ in range(count(width, "width"))]
            for _ in range(count(size, "size"))
        ]

    def __call__(self, index: Any) -> Any:
        """Look up one row, or for a list of numbers a list of rows."""
        if isinstance(index, (list, tuple)):
            return [self(i) for i in index]
        if here.tracing and type(index) is Value:  # `take` would count from the end
            index = where(index < 0, len(self.weight), index)
        elif not is_whole(index) or not 0 <= index < len(self.weight):
            raise IndexError(
                f"the rows of this embedding are numbered 0 to {len(self.weight) - 1}: "
                f"there is no row {index!r}"
            )
        return take(self.weight, index)

    def _describe(self) -> str:
        return f"Embedding({len(self.weight)} × {len(self.weight[0])})"


class Dropout(Module):
    """While training, replace each input by 0 with probability p, and scale up the others.

    Parameters
    ----------
    p : float
        From 0 (nothing is dropped) to below 1.

    Examples
    --------
    >>> from glassgrad import Value, nn
    >>> drop = nn.Dropout(0.5).eval()
    >>> drop([Value(3.0)])
    [Value(data=3.0, grad=0.0)]

    References
    ----------
    Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, JMLR 2014
    """

    def __init__(self, p: float = 0.5) -> None:
        if not 0.0 <= p < 1.0:
            raise ValueError(f"dropout's p is from 0 to below 1, not {p!r}")
        self.p = p

    def __call__(self, x: Any) -> list[Any]:
        """Drop at random while training; hand the inputs through otherwise."""
        if not self.training or self.p == 0.0:
            return list(x)
        return [xi * (0.0 if random.random() < self.p else 1.0 / (1.0 - self.p)) for xi in x]

    def _describe(self) -> str:
        return f"Dropout({self.p})"


class Sequential(Module):
    """Modules and functions one after the other, each taking what the one before returns.

    Examples
    --------
    >>> from glassgrad import nn
    >>> model = nn.Sequential(nn.Linear(2, 8), lambda x: [xi.tanh() for xi in x], nn.Linear(8, 1))
    >>> len(model([1.0, 2.0]))
    1
    """

    def __init__(self, *steps: Any) -> None:
        for i, step in enumerate(steps):
            if not callable(step):
                raise TypeError(f"step {i} of Sequential can't be called: {step!r}")
        self.steps = list(steps)

    def __call__(self, x: Any) -> Any:
        """Compute step by step."""
        for step in self.steps:
            x = step(x)
        return x
