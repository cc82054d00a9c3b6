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
from glassgrad.nn.module import Module, unchanged

__all__ = ["Batches", "numbers_of"]


class Batches:
    """Computes the loss of batches, and what the model says.

    The numbers are those of the model's own code, to the bit, whether it is traced or not. Of the
    traced batches the first, second, fourth, eighth and so on are computed in both ways: a model
    whose attributes are set meanwhile is noticed, and is then as if it had not been traced.

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
            outputs = each(model, inputs)
            loss = compute(outputs, wanted)
            return (loss + penalty(model.parameters()) if penalty else loss), outputs

        self.eager = forward
        self._model = model
        self._traced = jit(forward, exact=True)
        #: The attributes of the model and of its parts, when it was last looked at.
        self._held: dict[Module, dict[str, Any]] = {}
        self._pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
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
        self.look()
        if not self._why_not:
            checked = not self.passes_over()
            if checked:
                self._held = {module: dict(vars(module)) for _, module in self._model.modules()}
                self._pairs = [(vars(module), before) for module, before in self._held.items()]
            refused = ""
            found: tuple[Any, list[Any]]
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", TraceWarning)
                    found = self._traced(inputs, wanted)
            except Exception as reason:  # an error of the model's own is raised again, untraced
                refused = str(reason) or repr(reason)
            self._why_not = self._changed() or refused
            if not self._why_not:
                self.count += 1
                if not checked:
                    return found
                expected = self.eager(inputs, wanted)
                self._why_not = self._changed() or _difference(found, expected)
                return expected if self._why_not else found
            for module, before in self._held.items():
                vars(module).clear()
                vars(module).update(before)
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

    def look(self) -> None:
        """Trace no more if an attribute of the model was set since it was traced."""
        self._why_not = self._why_not or self._changed()

    def _changed(self) -> str:
        """Say which attribute was set, if any was; whether the model is trained is known."""
        if unchanged(self._pairs):  # as nearly always
            return ""
        for module, before in self._held.items():
            for name, now in vars(module).items():
                if name != "training" and (name not in before or now is not before[name]):
                    where = f"{type(module).__name__}.{name}"
                    return f"{where} is set during the training, and a trace would not see that"
        return ""


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
