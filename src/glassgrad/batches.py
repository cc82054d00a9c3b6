"""What `gg.fit` computes for a batch: a program that is traced once, where that is possible."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from glassgrad.engine import Value, here
from glassgrad.errors import NonFiniteError, TraceError, TraceWarning
from glassgrad.jitting.calls import Family
from glassgrad.jitting.making import jit
from glassgrad.modes import detect_anomaly
from glassgrad.nn.module import Module

__all__ = ["Batches", "numbers_of"]


class Batches:
    """Computes the loss of batches, and what the model says.

    The numbers are those of the model's own code, to the bit, whether it is traced or not. Of the
    traced batches the first, second, fourth, eighth and so on are computed in both ways: a model
    that counts its calls is noticed.

    Parameters
    ----------
    model : Module
    compute : callable (predictions, targets) -> Value
    penalty : callable (parameters) -> Value, optional
    why_not : str
        Why nothing shall be traced, or "".
    """

    def __init__(
        self, model: Module, compute: Callable[[Any, Any], Any],
        penalty: Callable[[list[Value]], Value] | None = None, why_not: str = "",
    ) -> None:  # fmt: skip
        def forward(inputs: list[Any], wanted: list[Any]) -> tuple[Any, list[Any]]:
            outputs = [model(x) for x in inputs]
            loss = compute(outputs, wanted)
            return (loss + penalty(model.parameters()) if penalty else loss), outputs

        self.eager = forward
        self._traced = jit(forward, exact=True)
        #: How many batches were traced.
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
        if not self._why_not:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", TraceWarning)
                    found = self._traced(inputs, wanted)
            except (TraceError, TraceWarning) as reason:
                self._why_not = str(reason)
            else:
                checked = not self.passes_over()
                self.count += 1
                if not checked or self._as_eager(found, inputs, wanted):
                    return found  # type: ignore[no-any-return]
                self._why_not = (
                    "the loss depends on something that changes from batch to batch, and that is "
                    "no parameter"
                )
        return self.eager(inputs, wanted)

    @property
    def family(self) -> Family | None:
        """The programs for batches like the last one; None if it was not traced."""
        return None if self._why_not else self._traced.family

    def passes_over(self) -> bool:
        """Tell whether the next batch is traced and need not be computed in both ways."""
        return not self._why_not and self.count & (self.count + 1) != 0

    def explain(self, inputs: list[Any], wanted: list[Any]) -> NoReturn:
        """Run again under watch, so that the node where the numbers went astray is named."""
        with detect_anomaly():
            self.eager(inputs, wanted)[0].backward()
        raise NonFiniteError(
            "training made a number that is not finite: lower the learning rate, or scale the "
            "inputs"
        )

    def _as_eager(self, found: tuple[Any, list[Any]], inputs: list[Any], wanted: list[Any]) -> bool:
        loss, outputs = self.eager(inputs, wanted)
        return repr(numbers_of([found[0], found[1]])) == repr(numbers_of([loss, outputs]))


def numbers_of(output: Any) -> Any:
    """Take the plain numbers out of what a model returns."""
    if isinstance(output, (list, tuple)):
        return [numbers_of(part) for part in output]
    return float(output.data)
