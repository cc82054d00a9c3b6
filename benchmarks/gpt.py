"""The GPT task for scalar engines: one training step of a language model that writes names.

The model reads a name letter by letter and guesses the next one: 27 tokens (26 letters, and one
that begins and ends a name), vectors of 16 numbers, one layer with 4 heads of attention, at most
16 positions, 4,192 parameters. Norms have no parameters and linear maps no biases. A step takes
one name, averages the cross-entropy of its letters, and ends with Adam.

It is a program as people write it who bring their own class of values (`plain`), and takes that
class as an argument; and so what an engine has of its own in place of sums of products, softmax,
and taking an item out of a list.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from operator import getitem
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz"
EDGE = len(LETTERS)  # the token that begins and ends a name
WIDTH = 16
HEADS = 4
HEAD = WIDTH // HEADS
BLOCK = 16
EPSILON = 1e-5

#: The names are made up. A batch goes through all of them, so every batch is as much work.
NAMES = ("odaline", "brisk", "tavio", "marelle", "jun", "perrin", "zephira", "isolde")
DOCUMENTS = [[EDGE, *map(LETTERS.index, name), EDGE] for name in NAMES]

#: The matrices, as rows and columns; a linear map has a row for each of its outputs.
SHAPES = {
    "tokens": (len(LETTERS) + 1, WIDTH),
    "positions": (BLOCK, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "out": (WIDTH, WIDTH),
    "up": (4 * WIDTH, WIDTH),
    "down": (WIDTH, 4 * WIDTH),
    "scores": (len(LETTERS) + 1, WIDTH),
}

BETA1, BETA2, ADAM_EPSILON = 0.85, 0.99, 1e-8

Matrix = list[list[Any]]


def learning_rate(k: int) -> float:
    """Slow down evenly, to a stop after a thousand steps."""
    return 0.01 * (1.0 - k / 1000)


def start() -> dict[str, list[list[float]]]:
    """Draw the first weights, the same ones for every system."""
    gauss = random.Random(42).gauss
    return {
        name: [[gauss(0.0, 0.08) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def dot(xs: Iterable[Any], ys: Iterable[Any]) -> Any:
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def add(xs: list[Any], ys: list[Any]) -> list[Any]:
    return [x + y for x, y in zip(xs, ys, strict=True)]


def softmax(scores: list[Any]) -> list[Any]:
    top = max(score.data for score in scores)
    powers = [(score - top).exp() for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


@dataclass(frozen=True)
class Tools:
    """What the program computes with, besides a class of values."""

    dot: Callable[[Iterable[Any], Iterable[Any]], Any] = dot
    softmax: Callable[[list[Any]], list[Any]] = softmax
    take: Callable[[list[Any], Any], Any] = getitem


TOOLS = Tools()


class Reader:
    """Reads one name: it keeps the keys and values of the positions it has passed."""

    def __init__(self, weights: dict[str, Matrix], tools: Tools) -> None:
        self.weights = weights
        self.tools = tools
        self.keys: Matrix = []
        self.values: Matrix = []

    def read(self, token: int) -> list[Any]:
        """Take in one more token, and score what may come next."""
        w = self.weights
        x = self.norm(add(self.tools.take(w["tokens"], token), w["positions"][len(self.keys)]))
        x = add(x, self.linear("out", self.attend(self.norm(x))))
        hidden = [h.relu() for h in self.linear("up", self.norm(x))]
        x = add(x, self.linear("down", hidden))
        return self.linear("scores", x)

    def linear(self, name: str, x: list[Any]) -> list[Any]:
        return [self.tools.dot(row, x) for row in self.weights[name]]

    def norm(self, x: list[Any]) -> list[Any]:
        scale = (self.tools.dot(x, x) / len(x) + EPSILON) ** -0.5
        return [xi * scale for xi in x]

    def attend(self, x: list[Any]) -> list[Any]:
        """Mix the values of all positions so far, in each head by the likeness of its keys."""
        query = self.linear("query", x)
        self.keys.append(self.linear("key", x))
        self.values.append(self.linear("value", x))
        mixed, dot = [], self.tools.dot
        for first in range(0, WIDTH, HEAD):
            part = slice(first, first + HEAD)
            likeness = [dot(query[part], key[part]) / sqrt(HEAD) for key in self.keys]
            shares = self.tools.softmax(likeness)
            for column in range(first, first + HEAD):
                mixed.append(dot(shares, [value[column] for value in self.values]))
        return mixed


class Names:
    """The training: the model's parameters, and Adam's running averages for each of them."""

    def __init__(self, value: Any, tools: Tools = TOOLS) -> None:
        self.weights = {
            name: [[value(number) for number in row] for row in matrix]
            for name, matrix in start().items()
        }
        self.tools = tools
        self.parameters = [p for matrix in self.weights.values() for row in matrix for p in row]
        self.averages = [0.0] * len(self.parameters)
        self.squares = [0.0] * len(self.parameters)

    def forward(self, k: int) -> Any:
        return self.loss(DOCUMENTS[k % len(DOCUMENTS)])

    def loss(self, tokens: list[int]) -> Any:
        """Average over a name how surprising each next letter was."""
        reader = Reader(self.weights, self.tools)
        losses = []
        for token, following in pairwise(tokens):
            chances = self.tools.softmax(reader.read(token))
            losses.append(-self.tools.take(chances, following).log())
        return sum(losses) / len(losses)

    def update(self, k: int) -> None:
        rate = learning_rate(k)
        mean_share, square_share = 1.0 - BETA1 ** (k + 1), 1.0 - BETA2 ** (k + 1)
        averages, squares = self.averages, self.squares
        for i, p in enumerate(self.parameters):
            averages[i] = BETA1 * averages[i] + (1.0 - BETA1) * p.grad
            squares[i] = BETA2 * squares[i] + (1.0 - BETA2) * p.grad**2
            size = sqrt(squares[i] / square_share) + ADAM_EPSILON
            p.data -= rate * (averages[i] / mean_share) / size
            p.grad = 0.0

    def state(self) -> list[list[float]]:
        """List the parameters, and the running averages of their gradients."""
        return [[p.data for p in self.parameters], list(self.averages)]
