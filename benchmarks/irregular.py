"""Programs that are no stack of equal layers: what finding tensors in them gains, or costs.

Each is a function of numbers that are others in each pass, and of parameters from outside. It runs
as it is, and by `gg.jit` in two ways: on a tape of scalar instructions only, and on one in which
rows that do the same on other numbers are done at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import isclose
from statistics import median
from time import process_time
from typing import Any

import glassgrad as gg
from glassgrad import Value
from glassgrad.jitting.lifting import lifting

#: How often the ways take turns, with how many passes to each, and how many inputs take turns.
TURNS = 100
PASSES = 10
INPUTS = 16
ROUNDS = 3
TOLERANCE = 1e-9

Loss = Callable[[list[Any]], Any]


@dataclass(frozen=True)
class Program:
    """A function of so many numbers, and the parameters that it reads."""

    compute: Loss
    numbers: int
    parameters: list[Value]


def traced(f: Loss, xs: list[float], lift: bool) -> Any:
    """Trace a function for such numbers, lifting its program where that pays, or never."""
    jitted = gg.jit(f)
    before, lifting.ON = lifting.ON, lift
    try:
        jitted(xs)
    finally:
        lifting.ON = before
    return jitted


def parameters(n: int, size: float = 0.5) -> list[Value]:
    return [Value(random.uniform(-size, size)) for _ in range(n)]


def random_graph() -> Program:
    """Join nodes at random by random operations."""
    joins = [
        lambda a, b: (a + b) * 0.5, lambda a, b: a * b, lambda a, b: a - b, lambda a, _: a.tanh(),
        lambda a, b: (a * b).sin(), gg.maximum, lambda a, _: a.relu(),
    ]  # fmt: skip
    weights = parameters(50)
    drawn = [
        (random.choice(joins), random.randrange(100 + i), random.randrange(100 + i))
        for i in range(3_000)
    ]

    def compute(xs: list[Any]) -> Any:
        nodes = [*weights, *(w * x for w, x in zip(weights, xs, strict=True))]
        for join, i, j in drawn:
            nodes.append(join(nodes[i], nodes[j]))
        return sum(node.tanh() for node in nodes[::10])

    return Program(compute, 50, weights)


def ragged_loop() -> Program:
    """Weigh rows of different lengths with the same weights."""
    lengths = [1 + i * 7 % 40 for i in range(60)]
    weights = parameters(40)

    def compute(xs: list[Any]) -> Any:
        total, at = Value(0.0), 0
        for length in lengths:
            row = xs[at : at + length]
            at += length
            total = total + sum(w * x for w, x in zip(weights, row, strict=False)).tanh()
        return total

    return Program(compute, sum(lengths), weights)


def triangular_sum() -> Program:
    """Let each pair of numbers meet once."""
    n = 60
    weights = parameters(n)

    def compute(xs: list[Any]) -> Any:
        pairs = [(i, j) for i in range(n) for j in range(i)]
        return sum(weights[i - j] * (xs[i] - xs[j]) ** 2 + xs[i] * xs[j] for i, j in pairs)

    return Program(compute, n, weights)


def convolution() -> Program:
    """Pass four kernels of five along a signal, and two of them along what they say."""
    kernels = [parameters(5) for _ in range(4)]
    second = [parameters(20) for _ in range(2)]

    def compute(xs: list[Any]) -> Any:
        width = len(xs) - 4
        said = [
            [gg.relu(sum(kernel[k] * xs[i + k] for k in range(5))) for i in range(width)]
            for kernel in kernels
        ]
        outs = [
            sum(kernel[5 * c + k] * said[c][i + k] for c in range(4) for k in range(5)).relu()
            for kernel in second
            for i in range(width - 4)
        ]
        return sum(outs) / len(outs)

    return Program(compute, 64, [p for kernel in (*kernels, *second) for p in kernel])


def recurrent() -> Program:
    """Read twenty numbers one by one into a state of sixteen."""
    width = 16
    inward, bias = parameters(width), parameters(width)
    around = [parameters(width, 0.3) for _ in range(width)]

    def compute(xs: list[Any]) -> Any:
        state = [0.0] * width
        for x in xs:
            state = [
                (u * x + b + sum(w * h for w, h in zip(row, state, strict=True))).tanh()
                for u, b, row in zip(inward, bias, around, strict=True)
            ]
        return sum(h * h for h in state)

    return Program(compute, 20, [*inward, *bias, *(w for row in around for w in row)])


def mixed_activations() -> Program:
    """Give neighbours in a layer different activations, for twenty examples."""
    bends = (Value.relu, Value.tanh, Value.sigmoid, Value.exp, Value.sin)
    layers = [[parameters(17, 0.3) for _ in range(16)] for _ in range(2)]

    def network(x: list[Any]) -> Any:
        for layer in layers:
            sums = [sum((w * h for w, h in zip(ws, x, strict=False)), ws[-1]) for ws in layer]
            x = [bends[i % len(bends)](total) for i, total in enumerate(sums)]
        return sum(x)

    def compute(xs: list[Any]) -> Any:
        return sum(network(xs[i : i + 16]) for i in range(0, len(xs), 16))

    return Program(compute, 320, [p for layer in layers for ws in layer for p in ws])


def shuffled() -> Program:
    """Compute the neurons of a layer for all examples in an order drawn at random."""
    examples, width = 20, 16
    layers = [[parameters(17, 0.3) for _ in range(width)] for _ in range(2)]
    orders = []
    for _ in layers:
        order = [(e, i) for e in range(examples) for i in range(width)]
        random.shuffle(order)
        orders.append(order)

    def compute(xs: list[Any]) -> Any:
        rows = [xs[e * width : (e + 1) * width] for e in range(examples)]
        for layer, order in zip(layers, orders, strict=True):
            found = [[Value(0.0)] * width for _ in range(examples)]
            for e, i in order:
                ws = layer[i]
                found[e][i] = sum((w * h for w, h in zip(ws, rows[e], strict=False)), ws[-1]).relu()
            rows = found
        return sum(h for row in rows for h in row)

    return Program(compute, examples * width, [p for layer in layers for ws in layer for p in ws])


PROGRAMS: dict[str, Callable[[], Program]] = {
    "random graph": random_graph,
    "ragged loop": ragged_loop,
    "triangular sum": triangular_sum,
    "convolution": convolution,
    "recurrent network": recurrent,
    "mixed activations": mixed_activations,
    "shuffled order": shuffled,
}


def irregular(name: str) -> dict[str, Any]:
    """Compare the ways' answers, then let them take turns; seconds of a pass in each turn."""
    random.seed(1337)
    program = PROGRAMS[name]()
    inputs = [[random.uniform(-1, 1) for _ in range(program.numbers)] for _ in range(INPUTS)]
    ways = {
        way: traced(program.compute, inputs[0], way == "lifted") for way in ("plain", "lifted")
    }
    expected = [_pass(program, program.compute, xs) for xs in inputs]
    for way, compute in ways.items():
        for xs, reference in zip(inputs, expected, strict=True):
            for x, y in zip(_pass(program, compute, xs), reference, strict=True):
                if not isclose(x, y, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                    raise SystemExit(f"{name}, {way}: computes {x}, but {y} is expected")
    found: dict[str, Any] = {
        f"{way} instructions": compute.stats.instructions for way, compute in ways.items()
    }
    found["eager"] = [_seconds(program.compute, inputs[:2])]
    for turn in range(TURNS):
        for way in sorted(ways, reverse=turn % 2 == 0):
            each = [inputs[(turn * PASSES + i) % INPUTS] for i in range(PASSES)]
            found.setdefault(way, []).append(_seconds(ways[way], each))
    found["ratio"] = [a / b for a, b in zip(found["plain"], found["lifted"], strict=True)]
    return {key: median(v) if isinstance(v, list) else v for key, v in found.items()}


def _pass(program: Program, compute: Loss, xs: list[float]) -> list[float]:
    for p in program.parameters:
        p.grad = 0.0
    total = compute(xs)
    total.backward()
    return [total.data, *(p.grad for p in program.parameters)]


def _seconds(compute: Loss, each: list[list[float]]) -> float:
    """Time forward and backward; gradients go on adding up, which takes no part."""
    began = process_time()
    for xs in each:
        compute(xs).backward()
    return (process_time() - began) / len(each)
