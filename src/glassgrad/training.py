"""Training in one call: minibatches, metrics, validation, early stopping, a record of it all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from glassgrad import losses
from glassgrad.batches import FEWEST, Batches, numbers_of
from glassgrad.convert import is_whole
from glassgrad.engine import Value
from glassgrad.history import History
from glassgrad.modes import no_grad
from glassgrad.nn.module import Module
from glassgrad.optim import Adam, Optimizer
from glassgrad.optim.updates import gather
from glassgrad.progress import Progress
from glassgrad.snapshots import due, finish, keep, restore
from glassgrad.stepping import Steps
from glassgrad.targets import accuracy, fitted_targets

__all__ = ["fit"]

Loss = Callable[[Any, Any], Any]
Metric = Callable[[Sequence[Any], Sequence[Any]], float]
Data = tuple[Sequence[Any], Sequence[Any]]


def fit(
    model: Module,
    X: Sequence[Any],
    y: Sequence[Any],
    *,
    loss: str | Loss = "mse",
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    metrics: Sequence[str | Metric] = (),
    validation: Data | None = None,
    patience: int | None = None,
    callbacks: Sequence[Callable[[int, History], object]] = (),
    seed: int | None = None,
    schedule: Callable[[int], float] | None = None,
    penalty: Callable[[list[Value]], Value] | None = None,
    progress: bool = True,
) -> History:
    """Train a model on data, and record how it went.

    Parameters
    ----------
    model : Module
        What is trained; it keeps what it has learned.
    X : sequence
        The inputs, one for each example.
    y : sequence
        The targets: numbers, or class numbers for "hinge", "bce_with_logits" and
        "cross_entropy". Classes 0 and 1 become -1 and +1 for "hinge", and a line says so.
    loss : str or callable (predictions, targets) -> Value
        The name of a function in `glassgrad.losses`, or one of your own.
    optimizer : Optimizer, optional
        By default ``gg.optim.Adam(model.parameters(), lr=0.01)``.
    epochs : int
        How many times to go through the data.
    batch_size : int, optional
        How many examples to a step, drawn anew in each epoch; by default all of them.
    metrics : sequence of "accuracy" or callables (predictions, targets) -> float
        What else to record; predictions are plain numbers.
    validation : (X, y), optional
        Data that is not trained on, only measured after each epoch.
    patience : int, optional
        Stop when the loss (that of the validation data, if there is some) has not improved for
        so many epochs, and go back to the best parameters.
    callbacks : sequence of callables (epoch, history) -> object
        Called after each epoch; a true result stops the run.
    seed : int, optional
        Makes the minibatches repeatable: ``random.seed(seed)``.
    schedule : callable (epoch) -> float, optional
        The learning rate of each epoch.
    penalty : callable (parameters) -> Value, optional
        Added to the loss of each batch, such as ``losses.l2_penalty`` times a number.
    progress : bool
        Whether to show a bar, or lines where there is no terminal.

    Returns
    -------
    History
        One row for each epoch: the loss before its steps, the learning rate, the metrics. Its
        `snapshots` are the parameters before up to 59 epochs, evenly spaced, and at the end.

    Raises
    ------
    ValueError
        If the data is empty, X and y differ in length, or a setting makes no sense.
    NonFiniteError
        If the loss is no longer a finite number; the error names the node where that began. The
        model has its parameters of the last healthy step.

    Notes
    -----
    Ctrl-C ends the run and nothing else: the model keeps what it has learned, and
    ``history.stopped`` says "interrupted".

    The loss of a batch is traced by `gg.jit` and replayed, with the same numbers; ``history.how``
    and a line say so, or why that is not done: for few steps, or where a model of your own can't be
    traced, or has attributes that are set on the way.

    The steps of a traced epoch are taken in the machine, and so are epochs that follow each other
    with nothing between. The numbers of X and y are read once, at the begin. The Values have their
    new numbers and gradients whenever a callback, a metric or a schedule is called, and 20 times a
    second. What that code changes, parameters, attributes of the model, what the loss reads around
    it or the optimizer's settings, counts from the next epoch on; the loss is traced anew then,
    or no longer if it is changed too often.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.seed(1)
    >>> line = gg.nn.MLP(1, [1])
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    >>> sgd = gg.optim.SGD(line.parameters(), lr=0.1)
    >>> history = gg.fit(line, X, y, optimizer=sgd, epochs=200, progress=False)
    >>> round(line([3.0]).data, 3)
    7.0
    """
    X, y = _checked(X, y, epochs, batch_size, patience)
    compute = _loss(loss)
    # A function of one's own takes the targets as they are.
    form = loss if isinstance(loss, str) else ""
    y, note = fitted_targets(y, form)
    held = _validation(validation, form)
    named = _metrics(metrics, form or getattr(loss, "__name__", ""))
    if seed is not None:
        random.seed(seed)
    parameters = model.parameters()
    optimizer = _optimizer(optimizer, parameters)
    history = History()
    best = _Best(patience)
    why_not = _why_not(epochs * -(-len(X) // (batch_size or len(X))))
    batches = Batches(model, compute, penalty, why_not, bool(callbacks))
    measured = Batches(model, compute, None, why_not, bool(callbacks))
    steps = Steps(model, batches, optimizer, X, y, batch_size, schedule, bool(named))
    each = bool(named or held or patience or callbacks)  # whether there is more to do in each epoch
    epoch = 0
    with Progress(epochs, progress) as shown, _modes_kept(model):
        if note:
            shown.say(note)
        try:
            while epoch < epochs and not history.stopped:
                keep(history, parameters, epoch)
                steps.begin(epoch)
                before = best.copy(parameters) if held is None else ()
                first, end = epoch, epoch + 1 if each else min(due(history, epoch), epochs)
                rows = [] if each else history.rows
                epoch = steps.go(first, end, rows)
                row = rows[-1]
                row |= _judge(named, steps.predictions, steps.targets)
                _tell_how(history, batches, shown)
                if held is not None:
                    row |= _measure(steps, held, measured, named)
                if each:
                    history.rows.append(row)
                shown.show(first, rows[first - epoch :])
                # The training loss is that of the parameters before the epoch's steps.
                watched = row.get("val_loss", row["loss"])
                best.see(first, watched, best.copy(parameters) if held else before)
                answers = [callback(first, history) for callback in callbacks]
                history.stopped = "a callback stopped it" if any(answers) else best.verdict(first)
        except KeyboardInterrupt:
            history.stopped = "interrupted"
        finally:
            steps.come_back()  # unless Ctrl-C came when they were about to
    if patience is not None and best.numbers and history.stopped != "interrupted":
        restore(parameters, best.numbers)
    finish(history, parameters)
    return history


class _Best:
    """The best parameters so far, and how long ago that was."""

    def __init__(self, patience: int | None) -> None:
        self._patience = patience
        self._loss = float("inf")
        self._epoch = -1
        self.numbers: Sequence[float] = ()

    def copy(self, parameters: list[Value]) -> Sequence[float]:
        """Copy what parameters hold, if somebody wants to go back to the best."""
        return () if self._patience is None else gather(parameters)[0]

    def see(self, epoch: int, loss: float, numbers: Sequence[float]) -> None:
        """Take note of an epoch."""
        if loss < self._loss:
            self._loss, self._epoch, self.numbers = loss, epoch, numbers

    def verdict(self, epoch: int) -> str:
        """Say why to stop, or nothing."""
        if self._patience is None or epoch - self._epoch < self._patience:
            return ""
        return f"no improvement for {self._patience} epochs"


@contextmanager
def _modes_kept(model: Module) -> Iterator[None]:
    """Afterwards each part of a model is as it was, predicting or trained."""
    modes = [(module, module.training) for _, module in model.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _why_not(steps: int) -> str:
    """Say why batches shall not be traced, or nothing."""
    return f"{steps} steps are done before a trace pays" if steps < FEWEST else ""


def _tell_how(history: History, batches: Batches, shown: Progress) -> None:
    """Record how batches are computed, and say so when that is new."""
    if history.how != batches.how:
        history.how = batches.how
        shown.say(history.how)


def _judge(
    metrics: dict[str, Metric], predictions: Sequence[Any], targets: Sequence[Any],
    prefix: str = "",
) -> dict[str, float]:  # fmt: skip
    """Compute the metrics."""
    return {
        f"{prefix}{name}": float(metric(predictions, targets)) for name, metric in metrics.items()
    }


def _optimizer(optimizer: Any, parameters: list[Value]) -> Optimizer:
    if optimizer is None:
        return Adam(parameters, lr=0.01)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"the optimizer is one of gg.optim, such as gg.optim.SGD(model.parameters(), lr=0.1), "
            f"not {optimizer!r}"
        )
    return optimizer


def _measure(
    steps: Steps, data: Data, batches: Batches, metrics: dict[str, Metric]
) -> dict[str, float]:
    """Measure the model on data that it is not trained on."""
    X, targets = data
    steps.rest()
    with no_grad():
        loss, outputs = batches(list(X), list(targets))
        row = {"val_loss": float(loss)}
    return row | _judge(metrics, list(map(numbers_of, outputs)), targets, "val_")


def _checked(
    X: Sequence[Any], y: Sequence[Any], epochs: int, batch_size: int | None, patience: int | None
) -> tuple[list[Any], list[Any]]:
    """See that the data and the settings make sense."""
    X, y = list(X), list(y)
    if not X:
        raise ValueError("there is nothing to train on: X is empty")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} examples, but y has {len(y)} targets")
    for name, number in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        whole = is_whole(number) and not isinstance(number, bool)
        if number is not None and (not whole or number < 1):
            raise ValueError(f"{name} must be a whole number of at least 1, not {number!r}")
    return X, y


def _loss(loss: str | Loss) -> Loss:
    if not isinstance(loss, str):
        return loss
    known = [name for name in losses.__all__ if not name.endswith("penalty")]
    if loss not in known:
        raise ValueError(f"there is no loss {loss!r}: {', '.join(known)}")
    found: Loss = getattr(losses, loss)
    return found


def _validation(validation: Data | None, loss_name: str) -> Data | None:
    """See that there are inputs and as many targets, and convert the targets."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise ValueError("validation is a pair of inputs and targets, (X, y)")
    X, y = map(list, validation)
    if not X or len(X) != len(y):
        raise ValueError(f"validation has {len(X)} examples and {len(y)} targets")
    return X, fitted_targets(y, loss_name)[0]


def _metrics(metrics: Sequence[str | Metric], loss_name: str) -> dict[str, Metric]:
    """Name the metrics."""
    if isinstance(metrics, str):
        raise ValueError(f"metrics is a list, such as [{metrics!r}]")
    named: dict[str, Metric] = {}
    for metric in metrics:
        name = metric if isinstance(metric, str) else getattr(metric, "__name__", "metric")
        if name in named or name in ("loss", "lr", "val_loss"):
            raise ValueError(f"two columns of the history would be called {name!r}: rename one")
        named[name] = _metric(metric, loss_name)
    return named


def _metric(metric: str | Metric, loss_name: str) -> Metric:
    if not isinstance(metric, str):
        return metric
    if metric != "accuracy":
        raise ValueError(f'there is no metric {metric!r}: "accuracy", or pass a function')
    return lambda predictions, targets: accuracy(predictions, targets, loss_name)
