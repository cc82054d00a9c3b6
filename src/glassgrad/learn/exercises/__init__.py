"""Exercises: tasks drawn from a seed, with hints, worked solutions, and answers that are checked.

The same kind and seed give the same task on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import ModuleType

from glassgrad.errors import GlassgradError
from glassgrad.learn.exercises.asked import drawn
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.task import Task

__all__ = ["KINDS", "Task", "make"]

#: The kinds, in the order in which they are learned.
KINDS = (
    "nudging", "local-rules", "chain-rule", "reuse", "neuron", "update-step", "find-the-bug",
)  # fmt: skip


def make(kind: str, seed: int) -> Task:
    """Draw a task.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    seed : int
        Which task of the kind, from 0 on.

    Returns
    -------
    Task
        With its question, `check`, hints and `solution`.

    Raises
    ------
    GlassgradError
        If there is no such kind, or the seed is no whole number from 0 on.
    """
    draw = _module(kind).draw
    if not isinstance(seed, int) or seed < 0:
        raise GlassgradError(f"the seed is a whole number from 0 on, not {seed!r}")
    dice = Dice(seed)
    return replace(drawn(lambda: draw(dice)), kind=kind, seed=seed)


def says(kind: str) -> str:
    """Say in a line what a kind is about."""
    text: str = _module(kind).SAYS
    return text


def _module(kind: str) -> ModuleType:
    if kind not in KINDS:
        raise GlassgradError(f"there is no kind {kind!r} of exercises: {', '.join(KINDS)}")
    return import_module(f"glassgrad.learn.exercises.kinds.{kind.replace('-', '_')}")
