"""The machine that runs tapes: against eager Values, bit for bit, in both builds."""

from __future__ import annotations

import random
import struct
from array import array
from collections.abc import Sequence
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.jitting import machine
from glassgrad.jitting.tape import DOT, END, FIRST, MASK, RUN, SECOND, START, SUM, Tape
from glassgrad.ops import SPECIAL, TABLE, Card

EDGES = [0.0, -0.0, 5e-324, -5e-324, 1e-8, -1e-8, 0.5, 1.0, -1.0, 2.0, 3.0, -8.0, 709.78, 1e308,
         -1e308, float("inf"), float("-inf"), float("nan")]  # fmt: skip


def bits(x: float) -> str:
    """Write a number so that -0.0 is not 0.0, and every nan is the same."""
    return "nan" if x != x else struct.pack("<d", x).hex()


def tape_of(
    code: Sequence[int], n_inputs: int, n_slots: int, constants: Sequence[float] = (),
    cards: tuple[Any, ...] = (), outputs: Sequence[int] = (),
) -> Tape:  # fmt: skip
    tape = Tape()
    tape.code, tape.constants = array("i", [*code, END]), array("d", constants)
    tape.n_inputs, tape.n_externals, tape.n_slots = n_inputs, 0, n_slots
    tape.outputs, tape.cards = array("i", outputs), cards
    return tape


def opcode(card: Card) -> int:
    return len(SPECIAL) + list(TABLE).index(card.name)


def points(card: Card) -> list[tuple[float, ...]]:
    """All edges with each other, and numbers drawn."""
    draw = random.Random(card.name)
    grid: list[tuple[float, ...]] = [()]
    for _ in card.operands:
        grid = [(*point, x) for point in grid for x in EDGES]
    drawn = [
        tuple(draw.gauss(0.0, 1.0) * 10.0 ** draw.choice([-3, 0, 0, 1, 2]) for _ in card.operands)
        for _ in range(300)
    ]
    return [*draw.sample(grid, min(len(grid), 600)), *drawn]


def eager(card: Card, point: tuple[float, ...], seed: float) -> tuple[list[str], list[str]]:
    """Compute the card on Values, and the gradients of the result times the seed."""
    free = card.differentiable
    leaves = [Value(x) for x in point[free]]
    operands = [*map(bool, point[: card.conditions]), *leaves, *point[len(point[:free.stop]) :]]
    y = card(*operands)
    (y * seed).backward()
    return [bits(y.data)], [bits(leaf.grad) for leaf in leaves]


def on_the_tape(card: Card, point: tuple[float, ...], seed: float) -> tuple[list[str], list[str]]:
    n, n_free = len(point), len(card.operands[card.differentiable])
    ordered = point[card.conditions :] + point[: card.conditions]
    instruction = [opcode(card), n, *range(n)]
    tape = tape_of(instruction, n, n + 1)
    at, values = machine.run(tape, ordered)
    assert at == -1
    masks = (1 << n_free) - 1
    code = array("i", [opcode(card) + MASK * masks, *instruction[1:], END])
    gradients = machine.run_back(tape, ordered, code, {**dict.fromkeys(range(n), 0.0), n: seed})
    return [bits(values[n])], [bits(x) for x in gradients[:n_free]]


@pytest.mark.parametrize("card", TABLE.values(), ids=TABLE)
def test_every_card_is_what_the_engine_computes(card: Card) -> None:
    for i, point in enumerate(points(card)):
        seed = [1.0, -2.5, float("inf"), 0.0, 1e-300][i % 5]
        assert on_the_tape(card, point, seed) == eager(card, point, seed), (point, seed)
