"""What a system does in a task, in the form in which it is checked and timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

#: One pass; what it returns is checked against the other systems, once it is read.
Step = Callable[[int], Any]

#: What the passes so far have led to, such as the parameters of a network; checked as well.
State = Callable[[], list[list[float]]]


@dataclass(frozen=True)
class Work:
    """Passes to be timed; what they give, and have led to, is read outside the clock."""

    step: Step
    state: State = list
    read: Callable[[Any], list[float]] = list


class Training(Protocol):
    """A training step of a scalar engine, in parts that can be timed one by one."""

    def forward(self, k: int) -> Any:
        """Compute the loss, a Value."""

    def update(self, k: int) -> None:
        """Move the parameters, and set their gradients to 0."""


def training_step(training: Training) -> Step:
    """Put the parts together: forward, backward, update.

    As in a script or a notebook, the loss has its name, and its graph lives, until the next step
    gives the name to another.
    """
    total: Any = None

    def step(k: int) -> list[float]:
        nonlocal total
        total = training.forward(k)
        total.backward()
        training.update(k)
        return [total.data]

    return step
