"""The steps of a training run: in the machine where that can be, else with Values."""

from __future__ import annotations

import random
from math import isfinite, nan
from typing import Any

from glassgrad import engine
from glassgrad.batches import Batches, numbers_of
from glassgrad.engine import Value
from glassgrad.jitting import kinds
from glassgrad.jitting.forms import Form
from glassgrad.jitting.program import Program
from glassgrad.nn.module import Module
from glassgrad.optim import Optimizer
from glassgrad.optim.descent import Descent, Knobs, Table, table_of
from glassgrad.snapshots import restore

__all__ = ["Steps"]


class Steps:
    """Takes the steps of an epoch, one for each batch.

    A step is that of the loop that one would write: forward, zero_grad, backward, step. Once a
    batch is traced, the parameters stay numbers in the machine up to the end of the epoch, and
    then the Values hold what they would hold otherwise. A batch for which that can't be, or that
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
    """

    def __init__(
        self, model: Module, batches: Batches, optimizer: Optimizer, X: list[Any], y: list[Any],
        size: int | None,
    ) -> None:  # fmt: skip
        self._model, self._batches, self._optimizer = model, batches, optimizer
        self._X, self._y, self._size = X, y, size
        self._all = list(range(len(X)))  # a batch of its own, whose numbers are copied once
        self._plain = _is_plain(model, optimizer)
        self._knobs: Knobs | None = None
        self._tables: list[Table | None] = []
        #: For each length of a batch the program that did the last one with Values.
        self._descents: dict[int, Descent | None] = {}
        self._read = False  # whether the knobs hold what the Values hold, or newer numbers
        self._away = False  # whether they hold newer numbers
        self._training = False  # whether the model was told in this epoch that it is trained

    def epoch(self, asked: bool) -> tuple[float, list[Any], list[Any]]:
        """Go once through the data.

        Parameters
        ----------
        asked : bool
            Whether what the model said is asked for.

        Returns
        -------
        loss : float
            The mean, as it was before the steps.
        predictions, targets : list
            If they were asked for.
        """
        self._training = False
        total = 0.0
        predictions: list[Any] = []
        targets: list[Any] = []
        try:
            for batch in self._drawn():
                descent = self._descents.get(len(batch))
                loss = self._within(descent, batch) if descent is not None else nan
                if loss != loss:
                    loss, outputs = self._with_values(batch)
                    predictions += outputs
                elif asked:
                    predictions += descent.outputs()  # type: ignore[union-attr]
                total += loss * len(batch)
                if asked:
                    targets += [self._y[i] for i in batch]
        finally:
            self.come_back()
        return total / len(self._all), predictions, targets

    def set_rate(self, rate: float) -> None:
        """Set the learning rate; the schedule that gives it may have changed the model, too."""
        self._optimizer.lr = rate
        self._batches.look()

    def _drawn(self) -> list[list[int]]:
        """Draw the batches of an epoch."""
        if self._size is None:
            return [self._all]
        order = self._all[:]
        random.shuffle(order)
        return [order[begin : begin + self._size] for begin in range(0, len(order), self._size)]

    def _within(self, descent: Descent, batch: list[int]) -> float:
        """Do a batch in the machine; nan if nothing was done."""
        batches, knobs = self._batches, descent.knobs
        if not batches.passes_over():
            return nan
        if not self._read:
            if not knobs.read():
                self._knobs, self._descents = None, {}
                return nan
            self._read = True
        loss = descent.run(batch)
        if loss == loss:
            self._away = True
            batches.count += 1
            if not knobs.step():
                self.come_back()
                batches.explain(*self._examples(batch))
        return loss

    def come_back(self) -> None:
        """Give the Values the numbers that are in the machine."""
        if self._away:
            self._knobs.write()  # type: ignore[union-attr]
        self._read = self._away = False

    def rest(self) -> None:
        """Switch the model to predicting, if it was trained since."""
        if self._training:
            self._model.eval()
            self._training = False

    def _examples(self, batch: list[int]) -> tuple[list[Any], list[Any]]:
        return [self._X[i] for i in batch], [self._y[i] for i in batch]

    def _with_values(self, batch: list[int]) -> tuple[float, list[Any]]:
        """Do a batch as one would by hand."""
        self.come_back()
        model, optimizer = self._model, self._optimizer
        if not self._training:
            model.train()
            self._training = True
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
    own = {"zero_grad", "step"}
    return (
        kind.step is Optimizer.step
        and kind.zero_grad is Optimizer.zero_grad
        and type(model).zero_grad is Module.zero_grad
        and own.isdisjoint(vars(optimizer))
        and own.isdisjoint(vars(model))
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
