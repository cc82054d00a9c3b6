"""Choices at random that are the same for a seed on every machine and in every Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Throws for one seed.

    Only `random()` is asked of Python's generator: of all its methods that is the one whose
    sequence is promised to stay as it is (`choice`, `randrange` and `shuffle` have changed).

    Parameters
    ----------
    seed : int
        The same seed, the same throws.

    Examples
    --------
    >>> dice = Dice(7)
    >>> dice.one_of("abc"), dice.some_of("abcd", 2), dice.chance(0.5)
    ('a', ['a', 'c'], True)
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, count: int) -> int:
        """Choose a whole number from 0 to below the count."""
        return int(self._random() * count)

    def one_of(self, items: Sequence[T]) -> T:
        """Choose one."""
        return items[self.below(len(items))]

    def some_of(self, items: Sequence[T], count: int) -> list[T]:
        """Choose several different ones, in any order."""
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(count)]

    def chance(self, part: float) -> bool:
        """Say yes in that part of all cases."""
        return self._random() < part

    def signed(self, sizes: Sequence[float]) -> float:
        """Choose a size, and a sign; two of three are positive."""
        size = self.one_of(sizes)
        return size if self.chance(2 / 3) else -size
