"""Normalisation: bring a vector to a common scale."""

from __future__ import annotations

from typing import Any

from glassgrad.engine import Value, dot, mean
from glassgrad.nn.mlp import count
from glassgrad.nn.module import Module

__all__ = ["LayerNorm", "RMSNorm"]


class LayerNorm(Module):
    """Shift and scale a vector to mean 0 and variance 1; then scale and shift by parameters.

    ``(x - mean) / √(variance + eps) · weight + bias``

    Parameters
    ----------
    size : int
        The length of the vectors.
    eps : float
        Keeps the division away from 0.

    Examples
    --------
    >>> from glassgrad import nn
    >>> [round(y.data, 3) for y in nn.LayerNorm(2)([1.0, 3.0])]
    [-1.0, 1.0]

    References
    ----------
    Ba, Kiros & Hinton, Layer normalization, arXiv:1607.06450
    """

    def __init__(self, size: int, eps: float = 1e-5) -> None:
        self.weight = [Value(1.0) for _ in range(count(size, "size"))]
        self.bias = [Value(0.0) for _ in range(size)]
        self.eps = eps

    def __call__(self, x: Any) -> list[Value]:
        """Normalise a list of numbers or Values."""
        check_length(x, len(self.weight))
        middle = mean(x)
        offsets = [xi - middle for xi in x]
        scale = (dot(offsets, offsets) / len(offsets) + self.eps) ** -0.5
        return [
            offset * scale * w + b
            for offset, w, b in zip(offsets, self.weight, self.bias, strict=True)
        ]


class RMSNorm(Module):
    """Scale a vector to a root mean square of 1; then scale by parameters.

    ``x / √(mean(x²) + eps) · weight``

    Parameters
    ----------
    size : int
        The length of the vectors.
    eps : float
        Keeps the division away from 0.
    gain : bool
        Whether there are parameters.

    Examples
    --------
    >>> from glassgrad import nn
    >>> [round(y.data, 3) for y in nn.RMSNorm(2)([1.0, 7.0])]
    [0.2, 1.4]

    References
    ----------
    Zhang & Sennrich, Root mean square layer normalization, arXiv:1910.07467
    """

    def __init__(self, size: int, eps: float = 1e-5, gain: bool = True) -> None:
        self.size = count(size, "size")
        self.weight = [Value(1.0) for _ in range(size)] if gain else []
        self.eps = eps

    def __call__(self, x: Any) -> list[Value]:
        """Normalise a list of numbers or Values."""
        check_length(x, self.size)
        scale = (dot(x, x) / len(x) + self.eps) ** -0.5
        scaled = [xi * scale for xi in x]
        if not self.weight:
            return scaled
        return [xi * w for xi, w in zip(scaled, self.weight, strict=True)]


def check_length(x: Any, size: int) -> None:
    """Check that a vector is as long as it should be."""
    if len(x) != size:
        raise ValueError(f"this module takes vectors of {size}, but was given {len(x)} numbers")
