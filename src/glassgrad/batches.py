"""What `gg.fit` computes for a batch: a program that is traced once, where that is possible."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from glassgrad.convert import as_float, is_array
from glassgrad.engine import Value, here
from glassgrad.errors import NonFiniteError, TraceWarning
from glassgrad.jitting.calls import Family
from glassgrad.jitting.making import jit
from glassgrad.jitting.vmapping import each
from glassgrad.modes import detect_anomaly
from glassgrad.nests import map_leaves
from glassgrad.nn.module import Module
from glassgrad.watching import Watch

__all__ = ["FEWEST", "Batches", "numbers_of"]

#: Tracing takes as long as some 40 steps: fewer than these are faster as they are.
FEWEST = 50


class Batches:
    """Computes the loss of batches, and what the model says.

    The numbers are those of the model's own code, to the bit, whether it is traced or not. Of the
    traced batches the first, second, fourth, eighth and so on are computed in both ways: a model
    whose attributes are set by itself is noticed, and is then as if it had not been traced. What is
    changed from outside, between batches, is noticed too (`look`): then the next batch is traced
    anew, unless that would not pay.

    Parameters
    ----------
    model : Module
    compute : callable (predictions, targets) -> Value
    penalty : callable (parameters) -> Value, optional
    why_not : str
        Why nothing shall be traced, or "".
    called_back : bool
        Whether code of the user's runs between batches that is there to change things: then all
        that the model and its loss read has to be in sight.

    Attributes
    ----------
    count : int
        How many batches were traced in a row.
    watch : Watch or None
        Over what they read, since a batch was traced.
    """

    def __init__(
        self, model: Module, compute: Callable[[Any, Any], Any],
        penalty: Callable[[list[Value]], Value] | None = None, why_not: str = "",
        called_back: bool = False,
    ) -> None:  # fmt: skip
        def forward(inputs: list[Any], wanted: list[Any]) -> tuple[Any, list[Any]]:
            outputs = each(model, inputs)
            loss = compute(outputs, wanted)
            total = loss + penalty(model.parameters()) if penalty else loss
            return total, map_leaves(_detached, outputs)  # nobody differentiates what it said

        self.eager = forward
        self._traced = jit(forward, exact=True)
        self._read_by = (model, compute, penalty)
        self._called_back = called_back
        self.watch: Watch | None = None
        self.count = 0
        self._why_not = why_not

    @property
    def how(self) -> str:
        """Say in a line how batches are computed."""
        if self._why_not:
            return f"not traced by gg.jit: {self._why_not}"
        return "traced once by gg.jit, and replayed for each batch"

    def __call__(self, inputs: list[Any], wanted: list[Any]) -> tuple[Any, list[Any]]:
        """Compute the loss of a batch, and the model's outputs."""
        if here.anomaly and not self._why_not:
            self._why_not = "gg.detect_anomaly watches each operation"
        self.look()
        if not self._why_not:
            checked = not self.ahead()
            if self.watch is None:
                self.watch = Watch(*self._read_by)
                if self._called_back and not self.watch.whole:
                    self._why_not = "a callback might change more than can be looked at"
                    return self.eager(inputs, wanted)
            refused = ""
            found: tuple[Any, list[Any]]
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", TraceWarning)
                    found = self._traced(inputs, wanted)
            except Exception as reason:  # an error of the model's own is raised again, untraced
                refused = str(reason) or repr(reason)
            self._why_not = self._set() or refused
            if not self._why_not:
                self.count += 1
                if not checked:
                    return found
                expected = self.eager(inputs, wanted)
                self._why_not = self._set() or _difference(found, expected)
                if self._why_not:
                    self.watch = None
                    return expected
                return found
            self.watch.put_back()
            self.watch = None
        return self.eager(inputs, wanted)

    @property
    def family(self) -> Family | None:
        """The programs for batches like the last one; None if it was not traced."""
        return None if self._why_not else self._traced.family

    def ahead(self) -> int:
        """Tell how many of the next batches are traced and need not be computed in both ways."""
        return 0 if self._why_not else (1 << self.count.bit_length()) - 1 - self.count

    def explain(self, inputs: list[Any], wanted: list[Any]) -> NoReturn:
        """Run again under watch, so that the node where the numbers went astray is named."""
        with detect_anomaly():
            self.eager(inputs, wanted)[0].backward()
        raise NonFiniteError(
            "training made a number that is not finite: lower the learning rate, or scale the "
            "inputs"
        )

    def look(self) -> bool:
        """Tell whether all is as it was when it was traced; else nothing traced is used again."""
        if self.watch is None or self.watch.same():
            return True
        changed = self._set()
        if not changed:  # other objects, but equal numbers
            self.watch = Watch(*self._read_by)
            return True
        if self.count < FEWEST:
            self._why_not = self._why_not or changed
        self._traced, self.watch, self.count = jit(self.eager, exact=True), None, 0
        return False

    def _set(self) -> str:
        """Say what was set since it was traced, if anything was."""
        where = self.watch.changed() if self.watch else ""
        return where and f"{where} is set during the training, and a trace would not see that"


def _detached(output: Any) -> Any:
    return output.detach() if isinstance(output, Value) else output


def _difference(found: tuple[Any, list[Any]], expected: tuple[Any, list[Any]]) -> str:
    """Say why a batch must not be traced of which these are the results in both ways."""
    if isinstance(expected[0], Value) and repr(numbers_of(found)) == repr(numbers_of(expected)):
        return ""
    return (
        "the loss depends on something that changes from batch to batch, and that is no parameter"
    )


def numbers_of(output: Any) -> Any:
    """Take the plain numbers out of what a model returns."""
    if isinstance(output, dict):
        return {key: numbers_of(part) for key, part in output.items()}
    if is_array(output):
        output = output.tolist()
    if isinstance(output, (list, tuple)):
        return [numbers_of(part) for part in output]
    return float(output.data) if isinstance(output, Value) else as_float(output, "a model's output")
