"""The steps of a training run: in the machine where that can be, else with Values."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import isfinite, nan
from typing import Any, NoReturn

from glassgrad import engine
from glassgrad.batches import Batches, numbers_of
from glassgrad.engine import Value
from glassgrad.harmless import is_harmless
from glassgrad.jitting import kinds
from glassgrad.jitting.forms import Form
from glassgrad.jitting.program import Program
from glassgrad.nn.module import Module
from glassgrad.optim import Optimizer
from glassgrad.optim.descent import Descent, Knobs, Table, table_of
from glassgrad.snapshots import restore

__all__ = ["Steps"]


#: The methods that a step calls: none of them may be set on the model or optimizer itself.
_OWN = {"zero_grad", "step", "train"}


class Steps:
    """Takes the steps of epochs, one for each batch.

    A step is that of the loop that one would write: forward, zero_grad, backward, step. Once a
    batch is traced, the parameters stay numbers in the machine, and where an epoch is one batch,
    epochs follow each other there. The Values hold what they would hold otherwise whenever code of
    the user's runs, and what that code changed is noticed. A batch for which that can't be, or that
    is computed in both ways, is done with the Values.

    Parameters
    ----------
    model : Module
    batches : Batches
        Computes the loss.
    optimizer : Optimizer
    X, y : list
        The examples; their numbers are read once.
    size : int, optional
        How many examples to a step, drawn anew in each epoch; by default all of them.
    schedule : callable (epoch) -> float, optional
        The learning rate of each epoch.
    asked : bool
        Whether what the model said is asked for.

    Attributes
    ----------
    predictions, targets : list
        Those of the last epoch, if they were asked for.
    """

    def __init__(
        self, model: Module, batches: Batches, optimizer: Optimizer, X: list[Any], y: list[Any],
        size: int | None, schedule: Callable[[int], float] | None = None, asked: bool = False,
    ) -> None:  # fmt: skip
        self._model, self._batches, self._optimizer = model, batches, optimizer
        self._X, self._y, self._size = X, y, size
        self._schedule, self._asked = schedule, asked
        self._all = list(range(len(X)))  # a batch of its own, whose numbers are copied once
        self._plain = _is_plain(model, optimizer)
        self._knobs: Knobs | None = None
        self._tables: list[Table | None] = []
        #: For each length of a batch the program that did the last one with Values.
        self._descents: dict[int, Descent | None] = {}
        self._harmless: bool | None = None  # whether the schedule is, once that is known
        self._begun = -1  # the last epoch that was begun
        self._training = False  # whether the model was told in this epoch that it is trained
        self.predictions: list[Any] = []
        self.targets: list[Any] = []

    def begin(self, epoch: int) -> None:
        """Set the learning rate of an epoch and see what was changed, unless that was done."""
        if self._begun != epoch:
            self._begun = epoch
            if self._schedule is not None:
                self._optimizer.lr = self._schedule(epoch)
            self._training = False
            self._look()

    def go(self, epoch: int, end: int, rows: list[dict[str, float]]) -> int:
        """Do an epoch that was begun, and others after it as far as they can stay in the machine.

        Parameters
        ----------
        epoch, end : int
            The first, and the one at which to stop at the latest.
        rows : list of dict
            A row is added for each: the mean of the loss, as it was before the steps, and the
            learning rate.

        Returns
        -------
        int
            The epoch that comes next.
        """
        self.predictions, self.targets = [], []
        try:
            whole = None if self._size else self._descents.get(len(self._all))
            ahead = self._batches.ahead()
            if whole is not None and ahead:
                until = min(end, epoch + ahead)
                later = whole.descend(self._all, epoch, until, rows, *self._between())
                self._begun = max(self._begun, whole.begun)
                self._batches.count += later - epoch
                if whole.knobs.astray:
                    self._explain(self._all)
                if later > epoch:
                    if self._asked:
                        self.predictions, self.targets = whole.outputs(), self._y
                    return later
            loss = sum([self._step(batch, whole) * len(batch) for batch in self._drawn()])
            rows.append({"loss": loss / len(self._all), "lr": self._optimizer.lr})
            return epoch + 1
        finally:
            self.come_back()

    def _between(self) -> tuple[Callable[[int], float] | None, Callable[[int], bool] | None]:
        """Choose what begins an epoch in the machine: the schedule alone, or more than that."""
        schedule, watch = self._schedule, self._batches.watch
        if schedule is None or watch is None:
            return None, None
        if self._harmless is None:
            self._harmless = is_harmless(schedule, watch)
        return (schedule, None) if self._harmless else (None, self._begin_within)

    def _begin_within(self, epoch: int) -> bool:
        """Begin an epoch in the machine; False if it can't be done there."""
        self._begun = epoch
        self.come_back()
        self._optimizer.lr = self._schedule(epoch)  # type: ignore[misc]
        self._training = False
        return self._look()

    def _look(self) -> bool:
        """Tell whether what was traced can be used as before; code of the user's may have run."""
        batches, knobs = self._batches, self._knobs
        if batches.watch is None:
            return False
        plain = self._plain and _OWN.isdisjoint(vars(self._optimizer))
        same = batches.watch.same()
        if plain and not same:
            self._train()  # perhaps it predicted since
            same = batches.look()
        if not (same and plain and (knobs is None or knobs.fit())):
            self._knobs, self._descents, self._harmless = None, {}, None
            self._plain = _is_plain(self._model, self._optimizer)
            return False
        self._training = True
        return True

    def _drawn(self) -> list[list[int]]:
        """Draw the batches of an epoch."""
        if self._size is None:
            return [self._all]
        order = self._all[:]
        random.shuffle(order)
        return [order[begin : begin + self._size] for begin in range(0, len(order), self._size)]

    def _step(self, batch: list[int], refused: Descent | None) -> float:
        """Do a batch, in the machine unless it refused; give its loss."""
        descent = self._descents.get(len(batch))
        loss = nan
        if descent is not None and descent is not refused and self._batches.ahead():
            loss = descent.run(batch)
        if loss != loss:
            loss, said = self._with_values(batch)
        else:
            self._batches.count += 1
            if not descent.knobs.step():  # type: ignore[union-attr]
                self._explain(batch)
            said = descent.outputs() if self._asked else []  # type: ignore[union-attr]
        if self._asked:
            self.predictions += said
            self.targets += [self._y[i] for i in batch]
        return loss

    def come_back(self) -> None:
        """Give the Values the numbers that are in the machine."""
        if self._knobs is not None:
            self._knobs.come_back()

    def rest(self) -> None:
        """Switch the model to predicting, if it was trained since."""
        if self._training:
            self._model.eval()
            self._training = False

    def _train(self) -> None:
        if not self._training:
            self._model.train()
            self._training = True

    def _explain(self, batch: list[int]) -> NoReturn:
        """Say where the numbers went astray; the parameters are those before that."""
        self.come_back()
        self._batches.explain(*self._examples(batch))

    def _examples(self, batch: list[int]) -> tuple[list[Any], list[Any]]:
        return [self._X[i] for i in batch], [self._y[i] for i in batch]

    def _with_values(self, batch: list[int]) -> tuple[float, list[Any]]:
        """Do a batch as one would by hand."""
        self.come_back()
        model, optimizer = self._model, self._optimizer
        self._train()
        inputs, wanted = self._examples(batch)
        loss, outputs = self._batches(inputs, wanted)
        if not isinstance(loss, Value):
            raise TypeError(
                f"the loss must be a Value that was computed from the predictions, not {loss!r}"
            )
        said = list(map(numbers_of, outputs))  # before the step: a parameter may be among them
        model.zero_grad()  # those that this optimizer does not move, too
        optimizer.zero_grad()
        if not isfinite(loss.data):
            self._batches.explain(inputs, wanted)
        before = [p.data for p in optimizer.params]
        loss.backward()
        optimizer.step()
        if not all(isfinite(p.data) for p in optimizer.params):
            restore(optimizer.params, before)
            self._batches.explain(inputs, wanted)
        self._descents[len(batch)] = self._descent(self._descents.get(len(batch)))
        return loss.data, said

    def _descent(self, known: Descent | None) -> Descent | None:
        """Make what takes the next steps with the program of the last batch, unless it is known."""
        family = self._batches.family
        if not self._plain or family is None or family.has_values or not engine.remembering():
            return None
        program = family.variants[0]
        if known is not None and known.program is program:
            return known
        if self._knobs is None:
            self._knobs = Knobs(self._optimizer, self._model.parameters())
        if not self._tables:
            each = (self._X, self._y)
            forms = [part.parts[0] for part in family.form.parts]
            self._tables = [table_of(*pair, program) for pair in zip(each, forms, strict=True)]
        inputs, targets = self._tables
        if inputs is None or targets is None or not _can_stay(program, self._knobs):
            return None
        return Descent(program, self._knobs, inputs, targets)


def _is_plain(model: Module, optimizer: Optimizer) -> bool:
    """Tell whether what a step calls is the library's own."""
    kind = type(optimizer)
    return (
        kind.step is Optimizer.step
        and kind.zero_grad is Optimizer.zero_grad
        and type(model).zero_grad is Module.zero_grad
        and type(model).train is Module.train
        and _OWN.isdisjoint(vars(optimizer))
        and _OWN.isdisjoint(vars(model))
    )


def _can_stay(program: Program, knobs: Knobs) -> bool:
    """Tell whether a step with a program needs no Values but these knobs."""
    externals = program.externals
    loss, outputs = program.form.parts
    return (
        loss.kind == kinds.VALUE
        and bool(externals)
        and set(externals) <= set(knobs.values)
        and all(v._a is None for v in externals)
        and _is_nest(outputs)
    )


def _is_nest(form: Form) -> bool:
    """Tell whether something consists of lists of numbers."""
    if form.kind in (kinds.LIST, kinds.TUPLE, kinds.NAMED):
        return all(map(_is_nest, form.parts))
    return form.kind == kinds.VALUE
