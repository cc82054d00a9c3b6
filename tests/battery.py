"""Random programs over all operations, and a digest of every number in them.

Run as a program it prints the digest, so that the two builds can be compared bit by bit.
"""

from __future__ import annotations

import hashlib
import math
import random
import struct
from collections.abc import Iterator
from typing import Any

import glassgrad as gg
from glassgrad import Value, nn, optim

EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-8, 1e308, -1e308,
    math.inf, -math.inf, math.nan, 709.78, -745.2, 2.0**53, 3.0, -8.0, 1 / 3,
]  # fmt: skip
UNARY = [
    "exp", "expm1", "log", "log1p", "relu", "square", "sqrt", "abs", "reciprocal", "sinh", "cosh",
    "tanh", "sigmoid", "softplus", "erf", "sin", "cos", "tan", "asin", "acos", "atan", "silu",
    "gelu", "elu", "leaky_relu", "__neg__", "__pos__",
]  # fmt: skip
BINARY = ["__add__", "__sub__", "__mul__", "__truediv__", "__pow__", "maximum", "minimum", "atan2",
          "hypot"]  # fmt: skip
REFLECTED = ["__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rpow__"]
EXPONENTS: list[Any] = [2, 3, -1, 0, 0.5, -0.5, 1 / 3, 2.0, True, 1.5]


def number(draw: random.Random) -> float:
    """Draw a number: now and then an edge, otherwise of any size."""
    if draw.random() < 0.15:
        return draw.choice(EDGES)
    return draw.gauss(0.0, 1.0) * 10.0 ** draw.choice([-3, 0, 0, 0, 0, 1, 2])


def node(draw: random.Random, values: list[Value]) -> Value:  # noqa: PLR0911
    """Apply some operation to values that there are, recent ones mostly."""

    def pick() -> Value:
        return draw.choice(values[-12:] if draw.random() < 0.7 else values)

    kind = draw.random()
    if kind < 0.35:
        return getattr(pick(), draw.choice(UNARY))()
    if kind < 0.65:
        return getattr(pick(), draw.choice(BINARY))(pick())
    if kind < 0.75:
        return getattr(pick(), draw.choice(REFLECTED))(number(draw))
    if kind < 0.82:
        return pick() ** draw.choice(EXPONENTS)
    if kind < 0.88:
        return pick().clamp(*sorted((draw.gauss(0, 1), draw.gauss(0, 1))))
    if kind < 0.92:
        return pick().where(draw.random() < 0.5, pick())
    several = [pick() for _ in range(draw.randrange(1, 5))]
    if kind < 0.96:
        return gg.dot(several, [number(draw) if draw.random() < 0.3 else pick() for _ in several])
    return gg.mean(several) + gg.sum(several, number(draw))


def programs(seed: int, count: int, length: int) -> Iterator[list[Value]]:
    """Run random programs, forwards and backwards."""
    draw = random.Random(seed)
    for _ in range(count):
        values = [Value(number(draw)) for _ in range(4)]
        for _ in range(length):
            values.append(node(draw, values))
        root = gg.sum(values[-3:])
        root.backward()
        yield [*values, root]


def training() -> Iterator[float]:
    """Train small networks with all optimizers; yield the losses and the parameters."""
    for kind in (
        lambda p: optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=1e-3),
        lambda p: optim.Adam(p, 0.02, weight_decay=1e-3),
        lambda p: optim.AdamW(p, 0.02),
        lambda p: optim.RMSProp(p, 0.01, momentum=0.5),
    ):
        gg.seed(1)
        model = nn.MLP(2, [5, 5, 1], activation="tanh")
        optimizer = kind(model.parameters())
        for k in range(12):
            inputs = [[math.sin(i + k), math.cos(3 * i)] for i in range(6)]
            loss = gg.losses.mse([model(x) for x in inputs], [x[0] * x[1] for x in inputs])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.data
        yield from (p.data for p in model.parameters())


def bits(x: float) -> bytes:
    """Tell the bits of a number; a nan has many, and means the same with all of them."""
    return b"nan     " if x != x else struct.pack("<d", x)


def digest(seed: int, count: int = 400, length: int = 60) -> str:
    """Summarise every number, gradient and local derivative of many programs."""
    found = hashlib.sha256()
    for values in programs(seed, count, length):
        for v in values:
            for x in (v.data, v.grad, v._da, v._db):
                found.update(bits(x))
            found.update(v._op.encode())
    for x in training():
        found.update(bits(x))
    return found.hexdigest()


if __name__ == "__main__":
    print(digest(2026))
