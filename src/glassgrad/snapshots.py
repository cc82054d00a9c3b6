"""The parameters on the way: which epochs are kept, and a model put back to one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from glassgrad.engine import Value
from glassgrad.errors import StateError
from glassgrad.history import History
from glassgrad.nn.module import Module
from glassgrad.optim.updates import gather

__all__ = ["MOST", "due", "finish", "keep", "model_at", "parameters_at", "restore"]

#: At most so many are kept of a run, however long it is.
MOST = 60


def keep(history: History, parameters: list[Value], epoch: int) -> None:
    """Keep the parameters as they are before an epoch, if it is its turn.

    The epochs that are kept are evenly spaced. A run may end early, so the distance begins at 1,
    and doubles whenever there are too many.
    """
    kept = history.snapshots
    if epoch % _stride(history) == 0:
        kept.append((epoch, gather(parameters)[0].tolist()))
        if len(kept) == MOST:
            del kept[1::2]


def due(history: History, epoch: int) -> int:
    """Tell before which epoch after this one parameters are kept again."""
    stride = _stride(history)
    return epoch - epoch % stride + stride


def _stride(history: History) -> int:
    kept = history.snapshots
    return kept[1][0] - kept[0][0] if len(kept) > 1 else 1


def finish(history: History, parameters: Sequence[Value]) -> None:
    """Keep the parameters with which the run ends."""
    epoch = len(history)
    if history.snapshots and history.snapshots[-1][0] == epoch:  # interrupted within the epoch
        del history.snapshots[-1]
    history.snapshots.append((epoch, [p.data for p in parameters]))


def restore(parameters: Sequence[Value], numbers: Sequence[float]) -> None:
    """Give the parameters the numbers of a snapshot.

    Raises
    ------
    StateError
        If there are more or fewer of them. Nothing has changed then.
    """
    if len(parameters) != len(numbers):
        raise StateError(
            f"the model has {len(parameters)} parameters, but the snapshot has {len(numbers)}: "
            "it was taken of another model"
        )
    for p, number in zip(parameters, numbers, strict=True):
        p.data = number


@contextmanager
def parameters_at(parameters: Sequence[Value], numbers: Sequence[float]) -> Iterator[None]:
    """Give the parameters other numbers for a while, and back what they had, whatever happens."""
    before = [p.data for p in parameters]
    restore(parameters, numbers)
    try:
        yield
    finally:
        restore(parameters, before)


@contextmanager
def model_at(model: Module, numbers: Sequence[float]) -> Iterator[None]:
    """Let a model predict (dropout off) with other parameters; afterwards all is as before."""
    modes = [(module, module.training) for _, module in model.modules()]
    model.eval()
    try:
        with parameters_at(model.parameters(), numbers):
            yield
    finally:
        for module, training in modes:
            module.training = training
