"""Schedules: the learning rate of each step, as a function of how many steps were taken.

A schedule is a function of k, from 0 up; k may count steps or epochs. Set the rate before a step,
``opt.lr = schedule(k)``, or by the optimizer's own count, ``opt.lr = schedule(opt.steps)``. Past
its end a schedule stays where it ended.
"""

from __future__ import annotations

from math import cos, inf, pi

from glassgrad.convert import as_float, is_whole
from glassgrad.optim.optimizer import in_range

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Schedule: TypeAlias = Callable[[int], float]

__all__ = ["cosine", "linear", "step", "warm_up"]


def linear(start: float, stop: float, steps: int) -> Schedule:
    """Go from one rate to another in equal strides.

    In formulas, ``lr(k) = start - (start - stop) * k / steps``.

    Parameters
    ----------
    start, stop : float
        The rate of step 0, and of step number `steps` and all after it.
    steps : int
        How many steps it takes.

    Returns
    -------
    callable
        Takes k, how many steps were taken, and returns the learning rate.

    Raises
    ------
    ValueError
        If a rate is negative or not finite, or there are no steps; when called, for k below 0.

    Examples
    --------
    >>> from glassgrad import optim
    >>> rate = optim.linear(1.0, 0.1, steps=100)
    >>> [round(rate(k), 3) for k in (0, 1, 50, 100, 200)]
    [1.0, 0.991, 0.55, 0.1, 0.1]
    """
    start, stop, steps = _ends(start, stop, steps, "linear")

    def rate(k: int) -> float:
        return start - (start - stop) * k / steps if _counted(k) < steps else stop

    return rate


def cosine(start: float, stop: float, steps: int) -> Schedule:
    """Go from one rate to another along half a cosine: slowly at first and slowly at last.

    In formulas, ``lr(k) = stop + (start - stop) * (1 + cos(pi * k / steps)) / 2``. Takes, returns
    and raises what `linear` does.

    Examples
    --------
    >>> from glassgrad import optim
    >>> rate = optim.cosine(1.0, 0.0, steps=100)
    >>> [round(rate(k), 3) for k in (0, 1, 50, 100, 200)]
    [1.0, 1.0, 0.5, 0.0, 0.0]

    References
    ----------
    Loshchilov & Hutter, SGDR: stochastic gradient descent with warm restarts, arXiv:1608.03983
    """
    start, stop, steps = _ends(start, stop, steps, "cosine")

    def rate(k: int) -> float:
        if _counted(k) >= steps:
            return stop
        return stop + (start - stop) * (1.0 + cos(pi * k / steps)) / 2.0

    return rate


def step(start: float, every: int, factor: float = 0.1) -> Schedule:
    """Multiply the rate by a factor once every so many steps.

    In formulas, ``lr(k) = start * factor ** (k // every)``.

    Parameters
    ----------
    start : float
        The rate of step 0.
    every : int
        How many steps each rate holds.
    factor : float
        What it is multiplied by then, from 0 up to 1.

    Returns
    -------
    callable
        Takes k, how many steps were taken, and returns the learning rate.

    Raises
    ------
    ValueError
        If a number is out of its range; when called, for k below 0.

    Examples
    --------
    >>> from glassgrad import optim
    >>> rate = optim.step(1.0, every=30, factor=0.5)
    >>> [rate(k) for k in (0, 29, 30, 60)]
    [1.0, 1.0, 0.5, 0.25]
    """
    start = in_range(start, "step's start", inf, 0.1)
    every = _count(every, "step's every")
    shrink = as_float(factor, "step's factor")
    if not 0.0 <= shrink <= 1.0:
        raise ValueError(f"step's factor is between 0 and 1, not {factor!r}: 0.1 is usual")

    def rate(k: int) -> float:
        return start * shrink ** (_counted(k) // every)

    return rate


def warm_up(start: float, steps: int, then: float | Schedule) -> Schedule:
    """Raise the rate in equal strides at first, and then follow another schedule.

    Parameters
    ----------
    start : float
        The rate of step 0; at 0 the first step changes nothing.
    steps : int
        How many steps it takes to reach what follows.
    then : float or schedule
        A rate that stays, or a schedule that begins, with its own k = 0, after these steps.

    Returns
    -------
    callable
        Takes k, how many steps were taken, and returns the learning rate.

    Raises
    ------
    ValueError
        If a rate is negative or not finite, or there are no steps; when called, for k below 0.

    Examples
    --------
    >>> from glassgrad import optim
    >>> rate = optim.warm_up(0.0, 10, then=optim.cosine(1.0, 0.0, steps=90))
    >>> [round(rate(k), 3) for k in (0, 5, 10, 55, 100)]
    [0.0, 0.5, 1.0, 0.5, 0.0]

    References
    ----------
    Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, arXiv:1706.02677
    """
    peak = then(0) if callable(then) else then
    start, peak, steps = _ends(start, peak, steps, "warm_up")

    def rate(k: int) -> float:
        if _counted(k) < steps:
            return start + (peak - start) * k / steps
        return then(k - steps) if callable(then) else peak

    return rate


def _ends(start: float, stop: float, steps: int, who: str) -> tuple[float, float, int]:
    """Check the rates that a schedule goes between, and how long it takes."""
    first = in_range(start, f"{who}'s first rate", inf, 0.1)
    last = in_range(stop, f"{who}'s last rate", inf, 0.0)
    return first, last, _count(steps, f"{who}'s steps")


def _count(number: int, name: str) -> int:
    if not is_whole(number) or number < 1:
        raise ValueError(f"{name} is a number of steps, an int from 1 up, not {number!r}")
    return int(number)


def _counted(k: int) -> int:
    if k < 0:
        raise ValueError(f"a schedule counts steps from 0, and {k!r} is below")
    return k
