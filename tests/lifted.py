"""Scalar programs in which tensors hide, for the tests of lifting: each is drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import glassgrad as gg
from glassgrad import Value

#: A program: a function of nests of numbers, the parameters that it reads, and one set of inputs.
Program = tuple[Callable[..., Any], list[Value], tuple[Any, ...]]

ACTIVATIONS: list[Callable[[Any], Any]] = [
    gg.relu, gg.tanh, gg.sigmoid, lambda x: x, lambda x: x * x, gg.exp, abs,
]  # fmt: skip


class Drawing:
    """Draws numbers, and keeps the parameters that it makes."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.parameters: list[Value] = []

    def number(self) -> float:
        """Draw a number, now and then one at an edge."""
        return self.draw.choice([self.draw.uniform(-1.5, 1.5)] * 12 + [0.0, -0.0, 1.0])

    def numbers(self, *shape: int) -> Any:
        """Draw a nest of numbers."""
        if not shape:
            return self.number()
        return [self.numbers(*shape[1:]) for _ in range(shape[0])]

    def weights(self, *shape: int) -> Any:
        """Make a nest of parameters."""
        if not shape:
            self.parameters.append(Value(self.number()))
            return self.parameters[-1]
        return [self.weights(*shape[1:]) for _ in range(shape[0])]

    def size(self, most: int = 6) -> int:
        """Draw a length."""
        return self.draw.randint(1, most)

    def activation(self) -> Callable[[Any], Any]:
        """Draw a function."""
        return self.draw.choice(ACTIVATIONS)

    def total(self, n: int) -> Callable[[list[Any]], Any]:
        """Choose a way to make one number of n."""
        weights, k = self.weights(n), self.draw.randrange(n)
        return self.draw.choice(
            [
                sum,
                lambda vs: sum(v * v for v in vs) / n,
                lambda vs: sum(w * v for w, v in zip(weights, vs, strict=True)),
                lambda vs: -gg.log_softmax(vs)[k],
                lambda vs: gg.maximum(sum(vs), 0.5) + gg.sum(vs[::2]),
            ]
        )


def dense(seed: int) -> Program:
    """Layers after layers, by one activation or several, with biases first, last or not at all."""
    d = Drawing(seed)
    n, sizes = d.size(7), [d.size() for _ in range(d.size(3) + 1)]
    layers = [
        (d.weights(m, k), d.weights(m), d.activation(), d.draw.randint(0, 3))
        for k, m in pairwise(sizes)
    ]
    mixed, decay = d.draw.random() < 0.3, list(d.parameters)

    def neuron(w: Any, b: Any, x: Any, kind: int) -> Any:
        if kind == 0:
            return sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)
        if kind == 1:
            return sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b
        return gg.dot(w, x, b) if kind == 2 else sum(xi * wi for wi, xi in zip(w, x, strict=True))

    def f(xs: Any, targets: Any) -> Any:
        losses = []
        for given, target in zip(xs, targets, strict=True):
            x = given
            for weights, biases, activation, kind in layers:
                z = [neuron(w, b, x, kind) for w, b in zip(weights, biases, strict=True)]
                x = [ACTIVATIONS[i % 4](v) if mixed else activation(v) for i, v in enumerate(z)]
            losses.append((sum(x) - target) * (sum(x) - target))
        return sum(losses) / len(losses) + sum(p * p for p in decay) * 1e-3

    return f, d.parameters, (d.numbers(n, sizes[0]), d.numbers(n))


def shuffled(seed: int) -> Program:
    """One layer of which the products, sums and results are made in any order."""
    d = Drawing(seed)
    n, k, m = d.size(), d.size(), d.size()
    weights, biases, activation = d.weights(m, k), d.weights(m), d.activation()
    total = d.total(n * m)
    places = [(e, i, j) for e in range(n) for i in range(m) for j in range(k)]
    d.draw.shuffle(places)
    order = [(e, i) for e in range(n) for i in range(m)]
    d.draw.shuffle(order)

    def f(xs: Any) -> Any:
        products = {(e, i, j): weights[i][j] * xs[e][j] for e, i, j in places}
        sums = {(e, i): sum((products[e, i, j] for j in range(k)), biases[i]) for e, i in order}
        results = {place: activation(sums[place]) for place in reversed(order)}
        return total([results[e, i] for e in range(n) for i in range(m)])

    return f, d.parameters, (d.numbers(n, k),)


def attention(seed: int) -> Program:
    """Each position looks at itself and all before it, with several heads; tokens are taken."""
    d = Drawing(seed)
    n, heads, size, words = d.size(5), d.size(2), d.size(3), d.size(4)
    width = heads * size
    table, *maps = d.weights(words, width), *(d.weights(width, width) for _ in range(3))
    total = d.total(n * width)

    def f(tokens: Any) -> Any:
        keys, values, out = [], [], []
        for token in tokens:
            x = gg.take(table, token)
            q, k, v = ([gg.dot(row, x) for row in matrix] for matrix in maps)
            keys.append(k)
            values.append(v)
            for h in range(0, width, size):
                scores = [
                    sum(q[j] * key[j] for j in range(h, h + size)) / size**0.5 for key in keys
                ]
                weights = gg.softmax(scores)
                for j in range(h, h + size):
                    out.append(sum(w * v[j] for w, v in zip(weights, values, strict=True)))
        return total(out)

    return f, d.parameters, ([d.draw.randrange(words) for _ in range(n)],)


def triangle(seed: int) -> Program:
    """Sums of growing length, and products of all pairs."""
    d = Drawing(seed)
    n, width = d.size(9), d.size(4)
    w, activation, total = d.weights(n, width), d.activation(), d.total(2 * n)

    def f(xs: Any) -> Any:
        rows = [
            [activation(sum(a * b for a, b in zip(w[t], xs[s], strict=True))) for s in range(t + 1)]
            for t in range(n)
        ]
        mixed = [sum(r * xs[s][0] for s, r in enumerate(row)) for row in rows]
        return total([*mixed, *(sum(row) for row in rows)])

    return f, d.parameters, (d.numbers(n, width),)


def convolution(seed: int) -> Program:
    """A kernel that moves over a line of numbers, in steps, with or without what lies beyond."""
    d = Drawing(seed)
    n, reach, step, channels = d.size(20), d.size(4), d.size(2), d.size(3)
    kernels, activation, beyond = d.weights(channels, reach), d.activation(), d.draw.random() < 0.5
    begins = range(-reach + 1 if beyond else 0, n if beyond else max(1, n - reach + 1), step)
    total = d.total(channels * len(begins))

    def f(xs: Any) -> Any:
        out = []
        for kernel in kernels:
            for i in begins:
                seen = [(w, xs[i + j]) for j, w in enumerate(kernel) if 0 <= i + j < n]
                out.append(activation(sum((w * x for w, x in seen), 0.25)))
        return total(out)

    return f, d.parameters, (d.numbers(n),)


def recurrent(seed: int) -> Program:
    """A state that is made anew at each step of time."""
    d = Drawing(seed)
    steps, k, m, n = d.size(5), d.size(3), d.size(5), d.size(4)
    w, u, b = d.weights(m, k), d.weights(m, m), d.weights(m)
    activation, total = d.draw.choice([gg.tanh, gg.relu, gg.sigmoid]), d.total(n * m)

    def f(xs: Any) -> Any:
        out = []
        for sequence in xs:
            h: list[Any] = [0.0] * m
            for x in sequence:
                seen = [gg.dot(row, x, bias) for row, bias in zip(w, b, strict=True)]
                kept = [sum(a * s for a, s in zip(row, h, strict=True)) for row in u]
                h = [activation(s + k) for s, k in zip(seen, kept, strict=True)]
            out += h
        return total(out)

    return f, d.parameters, (d.numbers(n, steps, k),)


def tangle(seed: int) -> Program:
    """Any operation of anything made before."""
    d = Drawing(seed)
    made, given = d.weights(d.size()), d.size()
    plan = [
        (d.draw.randrange(9), d.draw.randrange(10**6), d.draw.randrange(10**6))
        for _ in range(d.size(80))
    ]
    total = d.total(min(len(plan), 12))

    def f(xs: Any) -> Any:
        pool = [*made, *xs, 0.5]
        for way, i, j in plan:
            a, b = pool[i % len(pool)], pool[j % len(pool)]
            pool.append(
                (a + b, a - b, a * b, gg.relu(a), gg.tanh(a + b), gg.maximum(a, b), a * 0.5 + b * b,
                 gg.where(a < b, a, b), gg.sum([a, b, a * b]))[way]
            )  # fmt: skip
        return total(pool[-min(len(plan), 12) :])

    return f, d.parameters, (d.numbers(given),)


FAMILIES = {
    f.__name__: f
    for f in (dense, shuffled, attention, triangle, convolution, recurrent, tangle)
}  # fmt: skip
