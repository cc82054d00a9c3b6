"""What a page needs to compute a network by itself: all numbers, and the activations as script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from glassgrad import elementary, functions
from glassgrad.expr import Expr, symbol
from glassgrad.javascript import expression, library
from glassgrad.nn.mlp import Activation
from glassgrad.ops import TABLE
from glassgrad.show.network.columns import Network, activation_name

#: A page of a larger network would be too large itself.
MOST: Final = 20_000


@dataclass(slots=True, eq=False)
class Flow:
    """The columns as data, and a script with `squashes`, the list of activations.

    Where the page can't compute the network, `reason` says why, and there is no script.
    """

    columns: list[dict[str, Any]]
    script: str
    reason: str = ""


def flow_of(network: Network) -> Flow:
    """Prepare a network for the page, or say why that can't be."""
    activations: list[Activation] = []
    columns = []
    for column in network.columns:
        for activation in column.activations:
            if activation not in activations:
                activations.append(activation)
        squashes = [activations.index(activation) for activation in column.activations]
        columns.append({"weights": column.weights, "biases": column.biases, "squash": squashes})
    formulas = [_formula(activation) for activation in activations]
    reason = _reason(network, activations, formulas)
    if reason:
        return Flow([], "", reason)
    known = [formula for formula in formulas if formula is not None]
    listed = ", ".join(f"($x) => {expression(formula)}" for formula in known)
    return Flow(columns, f"{library(expressions=known)}const squashes = [{listed}];\n")


def _reason(network: Network, activations: list[Activation], formulas: list[Expr | None]) -> str:
    between = [*network.first, *(step for column in network.columns for step in column.then)]
    steps = [step for step in between if not step.startswith("Dropout")]  # it only acts in training
    unknown = [a for a, formula in zip(activations, formulas, strict=True) if formula is None]
    if len(network.numbers) > MOST:
        return f"it has more than {MOST:,} parameters"
    if steps:
        return f"the page can't compute {steps[0]}"
    return f"the page can't compute {activation_name(unknown[0])}" if unknown else ""


def _formula(activation: Activation) -> Expr | None:
    """Feed an activation with a symbol; what is not made of the table's functions gives None."""
    x = symbol("x")
    if activation is None or activation == "linear":
        return x
    if isinstance(activation, str):
        activation = getattr(elementary if activation in TABLE else functions, activation)
    try:
        found = activation(x)  # type: ignore[operator, arg-type]
    except Exception:  # a function of the user's that wants a Value
        return None
    return found if isinstance(found, Expr) else None
