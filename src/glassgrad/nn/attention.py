"""Self-attention: each position looks at the others and takes from them what it needs."""

from __future__ import annotations

from typing import Any

from glassgrad.engine import Value, dot
from glassgrad.functions import softmax
from glassgrad.nn.init import Initialiser
from glassgrad.nn.layers import Linear
from glassgrad.nn.mlp import count
from glassgrad.nn.module import Module

__all__ = ["SelfAttention"]


class SelfAttention(Module):
    """Multi-head self-attention over a sequence of vectors.

    Each position asks with a query, and takes a mixture of all positions' values, weighted by
    ``softmax(query · key / √width)``; every head does so on its own slice of the vectors.

    Parameters
    ----------
    width : int
        The length of the vectors.
    heads : int
        How many heads; they share the width evenly.
    causal : bool
        Whether a position may look only at itself and what comes before it.
    bias : bool
        Whether the four linear maps have a bias.
    init : callable, optional
        Draws the weights of the four linear maps.

    Raises
    ------
    ValueError
        If the width can't be shared evenly.

    Examples
    --------
    >>> from glassgrad import nn
    >>> attention = nn.SelfAttention(4, heads=2)
    >>> outputs = attention([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    >>> len(outputs), len(outputs[0])
    (2, 4)

    References
    ----------
    Vaswani et al., Attention is all you need, arXiv:1706.03762
    """

    def __init__(
        self, width: int, heads: int = 1, *, causal: bool = True, bias: bool = False,
        init: Initialiser | None = None,
    ) -> None:  # fmt: skip
        if count(width, "width") % count(heads, "heads"):
            raise ValueError(f"a width of {width} can't be shared evenly by {heads} heads")
        self.query = Linear(width, width, bias, init)
        self.key = Linear(width, width, bias, init)
        self.value = Linear(width, width, bias, init)
        self.out = Linear(width, width, bias, init)
        self.heads = heads
        self.causal = causal

    def __call__(self, xs: Any) -> list[list[Value]]:
        """Compute an output vector for each position of the sequence."""
        queries = [self.query(x) for x in xs]
        keys = [self.key(x) for x in xs]
        values = [self.value(x) for x in xs]
        width = len(queries[0]) // self.heads
        outputs = []
        for t, query in enumerate(queries):
            seen = t + 1 if self.causal else len(queries)
            mixed: list[Value] = []
            for start in range(0, len(query), width):
                part = slice(start, start + width)
                scores = [dot(query[part], key[part]) / width**0.5 for key in keys[:seen]]
                weights = softmax(scores)
                mixed += [
                    dot(weights, [value[i] for value in values[:seen]])
                    for i in range(start, start + width)
                ]
            outputs.append(self.out(mixed))
        return outputs

    def _describe(self) -> str:
        causal = "causal" if self.causal else "all positions"
        return f"SelfAttention({len(self.query.weight)}, {self.heads} heads, {causal})"
