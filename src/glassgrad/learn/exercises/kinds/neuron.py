"""Neuron: gradients of weights, inputs and bias through a weighted sum and its activation."""

from __future__ import annotations

from math import exp, tanh

from glassgrad.learn.exercises.asked import asks, gradients
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.judging import EXACT, ROUNDED
from glassgrad.learn.exercises.programs import Program, plain
from glassgrad.learn.exercises.task import Task

SAYS = "a weighted sum, a bias, an activation, and the gradients of all of them"
FIRST_HINT = (
    "Take it apart: first through the activation to the weighted sum n, then through the sum to "
    "its terms, then through one product."
)
INPUTS = (0.5, 1.5, 2, 3, 4, 5)
WEIGHTS = (0.2, 0.4, 0.5, 0.8, 1.5, 2, 3)
SUMS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3)


def draw(dice: Dice) -> Task | None:
    """Draw a task, or nothing if it came out awkward."""
    activation = dice.one_of(("tanh", "tanh", "sigmoid", "relu"))
    count = 1 if activation == "relu" else 2 + dice.below(2)
    xs = [dice.signed(INPUTS) for _ in range(count)]
    ws = [dice.signed(WEIGHTS) for _ in range(count)]
    if len({abs(x) for x in [*xs, *ws]}) < 2 * count:
        return None
    n = dice.signed(SUMS) if activation != "relu" else dice.one_of((1.5, 2, 2.5, 3, 4, 5))
    bias = round(n - sum(x * w for x, w in zip(xs, ws, strict=True)), 4)
    if not 0.05 < abs(bias) < 12 or abs(abs(bias) - abs(n)) < 0.01:
        return None
    numbers = [""] if count == 1 else [str(i) for i in range(1, count + 1)]
    leaves = {f"x{i}": x for i, x in zip(numbers, xs, strict=True)}
    leaves |= {f"w{i}": w for i, w in zip(numbers, ws, strict=True)} | {"b": bias}
    sums = {1: ["p"], 2: ["p1", "p2", "s"], 3: ["p1", "p2", "p3", "r", "s"]}[count]
    texts = {"s": "r + p3" if count == 3 else "p1 + p2", "r": "p1 + p2"}
    lines = [(name, texts.get(name) or f"x{name[1:]} * w{name[1:]}") for name in sums]
    lines += [("n", f"{sums[-1]} + b"), ("o", f"{activation}(n)")]
    known = {"tanh": tanh(n), "sigmoid": 1 / (1 + exp(-n))}.get(activation)
    said = f" Here {activation}({plain(n)}) ≈ {known:.4f}." if known else ""
    if activation == "relu":  # one input, and a loss, for there is little to compute otherwise
        target = dice.signed((1, 2, 3, 4, 6))
        if abs(n - target) < 0.4:
            return None
        leaves["y"] = target
        lines += [("e", "o - y"), ("L", "e**2")]
    i = dice.one_of(numbers)
    wanted = dice.one_of(([f"w{i}"], [f"x{i}", f"w{i}"], [f"w{i}", "b"]))
    program = Program(leaves, tuple(lines))
    shape = f"{count} inputs x, weights w" if count > 1 else "one input x, a weight w"
    return gradients(
        program, wanted, f"A neuron with {shape} and a bias b.{said} {asks(wanted, lines[-1][0])}",
        FIRST_HINT, tolerance=EXACT if activation == "relu" else ROUNDED,
    )  # fmt: skip
