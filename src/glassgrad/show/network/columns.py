"""A network as columns of neurons, read from the modules of `glassgrad.nn`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from glassgrad import nn
from glassgrad.engine import Value
from glassgrad.nn.mlp import Activation


@dataclass(slots=True, eq=False)
class Column:
    """Neurons side by side; a weight or bias is a place in `Network.numbers`.

    Parameters
    ----------
    weights : list of list of int
        A row for each neuron, in the order of what it takes.
    biases : list of (int or None)
        One for each neuron; None where it has none.
    activations : list of Activation
        What squashes each neuron's sum.
    then : list of str
        What happens to all outputs together before the next column: ``Dropout(0.5)``.
    """

    weights: list[list[int]]
    biases: list[int | None]
    activations: list[Activation]
    then: list[str] = field(default_factory=list)

    @property
    def activation(self) -> str:
        """What squashes the column, in a word."""
        found = {activation_name(activation) for activation in self.activations}
        return found.pop() if len(found) == 1 else "mixed"


@dataclass(slots=True, eq=False)
class Network:
    """Columns of neurons, and the numbers of their weights as they were when it was read.

    Parameters
    ----------
    title : str
        What the model is: ``MLP(2 → 16 → 1)``.
    inputs : int
        How many inputs.
    first : list of str
        What happens to the inputs before the first column.
    columns : list of Column
        From left to right.
    numbers : list of float
        All parameters, in the order of `Module.parameters`.
    names : list of str
        The path of each: ``layers.0.neurons.2.w.1``.
    """

    title: str
    inputs: int
    first: list[str]
    columns: list[Column]
    numbers: list[float]
    names: list[str]

    def neuron_name(self, column: Column, i: int) -> str:
        """Name a neuron by its path: ``layers.0.neurons.2``, for a row of weights its own."""
        path = self.names[column.weights[i][0]].split(".")
        kept = path[:-2] if path[-2] == "w" else path[:-1]
        return ".".join(kept) or "neuron"


def activation_name(activation: Activation) -> str:
    """Name an activation; a function without a name of its own is called a function."""
    if activation is None:
        return "linear"
    if isinstance(activation, str):
        return activation
    name = getattr(activation, "__name__", type(activation).__name__)
    return "a function" if name == "<lambda>" else str(name)


def read_network(model: Any) -> Network:
    """Read a model as columns.

    Raises
    ------
    TypeError
        If it is not made of neurons side by side, one column after the other.
    """
    return _Reader(model).network


class _Reader:
    """Goes through a model from its inputs to its outputs."""

    def __init__(self, model: Any) -> None:
        if not isinstance(model, nn.Module):
            raise TypeError(f"{type(model).__name__} is not a network: {_REMEDY}")
        parameters = dict(model.named_parameters())
        self._places = {id(p): i for i, p in enumerate(parameters.values())}
        title = repr(model).splitlines()[0].removeprefix("model").strip().split("    ")[0]
        self.network = Network(
            title, 0, [], [], [p.data for p in parameters.values()], list(parameters)
        )
        self._read(model)
        if not self.network.columns:
            raise TypeError(f"{type(model).__name__} has no neurons to draw: {_REMEDY}")

    def _read(self, part: Any) -> None:
        if _is(part, nn.MLP):
            for layer in part.layers:
                self._read(layer)
        elif _is(part, nn.Layer):
            self._add([n.w for n in part.neurons], [n.b for n in part.neurons],
                      [n.activation for n in part.neurons])  # fmt: skip
        elif _is(part, nn.Neuron):
            self._add([part.w], [part.b], [part.activation])
        elif _is(part, nn.Linear):
            rows = len(part.weight)
            self._add(part.weight, part.bias or [None] * rows, [None] * rows)
        elif _is(part, nn.Sequential):
            for step in part.steps:
                self._read(step)
        elif _keeps_width(part):
            own = part.parameters() if isinstance(part, nn.Module) else []
            note = f" ({len(own)} parameters)" if own else ""
            self._latest().append(_step_name(part) + note)
        else:
            raise TypeError(f"{type(part).__name__} is not drawn as neurons: {_REMEDY}")

    def _add(
        self, rows: list[list[Value]], biases: list[Any], activations: list[Activation]
    ) -> None:
        network = self.network
        if network.columns and len(rows[0]) != len(network.columns[-1].weights):
            raise TypeError(
                f"a column of {len(network.columns[-1].weights)} neurons is followed by one that "
                f"takes {len(rows[0])} numbers, and what is between them can't be drawn: {_REMEDY}"
            )
        network.inputs = network.inputs or len(rows[0])
        network.columns.append(Column(
            [[self._place(w) for w in row] for row in rows],
            [None if b is None else self._place(b) for b in biases], activations,
        ))  # fmt: skip

    def _place(self, weight: Any) -> int:
        """Find a weight among the parameters; one that was replaced by a result is none."""
        if id(weight) not in self._places:
            raise TypeError(
                f"a weight of this network is no parameter, but {weight!r}: only networks whose "
                "weights are leaves can be drawn"
            )
        return self._places[id(weight)]

    def _latest(self) -> list[str]:
        return self.network.columns[-1].then if self.network.columns else self.network.first


def _is(part: Any, kind: type[nn.Module]) -> bool:
    """Tell whether a part computes as modules of a kind do; a subclass may compute otherwise."""
    return isinstance(part, kind) and type(part).__call__ is kind.__call__


def _keeps_width(part: Any) -> bool:
    """Tell whether a part is named between two columns: normalisation, dropout, a function."""
    return not isinstance(part, nn.Module) or any(
        _is(part, kind) for kind in (nn.Dropout, nn.LayerNorm, nn.RMSNorm)
    )


def _step_name(step: Any) -> str:
    return step._describe() if isinstance(step, nn.Module) else activation_name(step)


_REMEDY = (
    "what can be drawn as a network is an nn.MLP, Layer, Neuron, Linear, or a Sequential of these; "
    "of anything else draw a result: gg.draw(model(x))"
)
