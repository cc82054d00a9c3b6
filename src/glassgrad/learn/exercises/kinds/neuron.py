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
    count = 2 + dice.below(2)
    xs = [dice.signed(INPUTS) for _ in range(count)]
    ws = [dice.signed(WEIGHTS) for _ in range(count)]
    if len({abs(x) for x in [*xs, *ws]}) < 2 * count:
        return None
    n = dice.signed(SUMS) if activation != "relu" else dice.one_of((1.5, 2, 2.5, 3, 4, 5))
    bias = round(n - sum(x * w for x, w in zip(xs, ws, strict=True)), 4)
    if not 0.05 < abs(bias) < 12 or abs(abs(bias) - abs(n)) < 0.01:
        return None
    names = [(f"x{i}", f"w{i}") for i in range(1, count + 1)]
    leaves = dict(zip((x for x, _ in names), xs, strict=True))
    leaves |= dict(zip((w for _, w in names), ws, strict=True), b=bias)
    lines = [(f"p{i}", f"x{i} * w{i}") for i in range(1, count + 1)]
    lines += [("s", "p1 + p2")] if count == 2 else [("r", "p1 + p2"), ("s", "r + p3")]
    lines += [("n", "s + b"), ("o", f"{activation}(n)")]
    known = {"tanh": tanh(n), "sigmoid": 1 / (1 + exp(-n))}.get(activation)
    said = f" Here {activation}({plain(n)}) ≈ {known:.4f}." if known else ""
    if activation == "relu":  # a loss, for there is little to compute otherwise
        target = dice.signed((1, 2, 3, 4, 6))
        if abs(n - target) < 0.4:
            return None
        leaves["y"] = target
        lines += [("e", "o - y"), ("L", "e**2")]
    output = lines[-1][0]
    place = 1 + dice.below(count)
    x, w = names[place - 1]
    wanted = dice.one_of(([w], [x, w], [w, "b"], ["w1", "w2"]))
    program = Program(leaves, tuple(lines))
    question = (
        f"A neuron with {count} inputs x, weights w and a bias b.{said} "
        f"{asks(wanted, output)}"
    )
    exact = activation == "relu"
    return gradients(
        program, wanted, question, FIRST_HINT, tolerance=EXACT if exact else ROUNDED
    )
