"""Runs of `gg.fit`, in the machine and with Values, to be compared."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import data, nn, optim

X, Y = data.moons(30, random_state=1)


def mlp() -> nn.Module:
    random.seed(5)
    return nn.MLP(2, [5, 1], activation="tanh")


def plain() -> tuple[nn.Module, optim.Optimizer]:
    model = mlp()
    return model, optim.SGD(model.parameters(), lr=0.2)


class Run:
    """A run of `gg.fit`, with all that can be seen afterwards; eager is with Values only."""

    def __init__(
        self, model: nn.Module, optimizer: optim.Optimizer, eager: bool = False, **settings: Any
    ) -> None:  # fmt: skip
        settings = {"X": X, "y": Y, "epochs": 70, "seed": 3, "progress": False, **settings}
        self.error = ""
        try:
            with pytest.MonkeyPatch.context() as patch:
                if eager:
                    patch.setattr("glassgrad.training.FEWEST", math.inf)
                self.history = gg.fit(model, optimizer=optimizer, **settings)
            assert not eager or self.history.how.startswith("not traced")
            self.seen = [self.history.rows, self.history.snapshots, self.history.stopped]
        except gg.NonFiniteError as error:
            self.error = str(error)
            self.seen = [self.error]
        self.seen += [
            [(p.data, p.grad, p._mark > 0) for p in model.parameters()],
            [(p.data, p.grad, p._mark > 0) for p in optimizer.params],
            optimizer.state_dict(), random.random(),
        ]  # fmt: skip


def both(make: Callable[[], tuple[nn.Module, optim.Optimizer]], **settings: Any) -> Run:
    """Run in the machine, there with a callback that looks on, and with Values; compare."""
    within = Run(*make(), **settings)
    looked_on = Run(*make(), **{"callbacks": [lambda epoch, history: False], **settings})
    with_values = Run(*make(), eager=True, **settings)
    assert list(map(repr, within.seen)) == list(map(repr, with_values.seen))
    assert list(map(repr, looked_on.seen)) == list(map(repr, with_values.seen))
    return within
