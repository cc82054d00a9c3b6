"""Tapes written by hand, and what the engine computes where they compute the same: for tests."""

from __future__ import annotations

import random
from array import array
from collections.abc import Sequence
from typing import Any

from battery import EDGES, bits
from glassgrad import Value
from glassgrad.jitting.tape import END, Tape
from glassgrad.ops import Card


def all_bits(numbers: Sequence[float]) -> list[bytes]:
    return [bits(float(x)) for x in numbers]


def tape_of(
    code: Sequence[int], n_inputs: int, n_slots: int, constants: Sequence[float] = (),
    cards: tuple[Any, ...] = (), outputs: Sequence[int] = (),
) -> Tape:  # fmt: skip
    tape = Tape()
    tape.code, tape.constants = array("i", [*code, END]), array("d", constants)
    tape.n_inputs, tape.n_externals, tape.n_slots = n_inputs, 0, n_slots
    tape.outputs, tape.cards = array("i", outputs), cards
    return tape


def reverse_of(*instructions: Sequence[int]) -> array[int]:
    return array("i", [*(word for words in instructions for word in words), END])


def points(card: Card) -> list[tuple[float, ...]]:
    """Draw from all edges with each other, and draw numbers."""
    draw = random.Random(card.name)
    grid: list[tuple[float, ...]] = [()]
    for _ in card.operands:
        grid = [(*point, x) for point in grid for x in EDGES]
    drawn = [
        tuple(draw.gauss(0.0, 1.0) * 10.0 ** draw.choice([-3, 0, 0, 1, 2]) for _ in card.operands)
        for _ in range(300)
    ]
    return [*draw.sample(grid, min(len(grid), 600)), *drawn]


def eager(card: Card, point: tuple[float, ...], seed: float) -> list[bytes]:
    """Compute the card on Values, and the gradients if the result has that gradient."""
    n, free = card.conditions, card.differentiable
    leaves = [Value(x) for x in point[free]]
    y = card(*map(bool, point[:n]), *leaves, *point[free.stop :])
    (y * seed).backward()
    return all_bits([y.data, *(leaf.grad for leaf in leaves)])


def in_order(card: Card, point: tuple[float, ...]) -> tuple[float, ...]:
    """Give the operands the order that they have on a tape."""
    return point[card.conditions :] + point[: card.conditions]
