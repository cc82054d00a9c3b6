"""The neuron, the layer and the multi-layer perceptron, as in micrograd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from glassgrad.engine import Value, dot
from glassgrad.machine import show_source
from glassgrad.nn.init import Initialiser, uniform
from glassgrad.nn.module import Module
from glassgrad.ops import TABLE

__all__ = ["MLP", "Layer", "Neuron"]

Activation: TypeAlias = "str | Callable[[Value], Value] | None"


class Neuron(Module):
    """A weighted sum of the inputs plus a bias, squashed by an activation.

    ``activation(b + w0·x0 + w1·x1 + ...)``

    Parameters
    ----------
    nin : int
        How many inputs.
    nonlin : bool
        False leaves the activation out, as in micrograd.
    activation : str, callable or None
        The name of a method of `Value` ("relu", "tanh", "sigmoid", ...), a function of a Value,
        or None.
    init : callable, optional
        Draws the weights, see `glassgrad.nn.init`; the bias begins at 0.

    Raises
    ------
    ValueError
        If there is no input, or no activation of that name.

    Examples
    --------
    >>> from glassgrad import nn
    >>> n = nn.Neuron(2, activation="tanh")
    >>> n.w[0].data, n.w[1].data, n.b.data = -3.0, 1.0, 6.8813735870195432
    >>> round(n([2.0, 0.0]).data, 4)
    0.7071
    """

    def __init__(
        self, nin: int, nonlin: bool = True, *, activation: Activation = "relu",
        init: Initialiser | None = None,
    ) -> None:  # fmt: skip
        draw = init or uniform(-1, 1)
        count(nin, "nin")
        self.activation = activation if nonlin else None
        self.w = [Value(draw(nin, 1)) for _ in range(nin)]
        self.b = Value(0.0)

    @property
    def activation(self) -> Activation:
        """What squashes the weighted sum; it may be changed."""
        return self._activation

    @activation.setter
    def activation(self, activation: Activation) -> None:
        self._squash = activation_of(activation)
        self._activation = activation

    @property
    def nonlin(self) -> bool:
        """Whether there is an activation, as in micrograd; False takes it away."""
        return self._squash is not None

    @nonlin.setter
    def nonlin(self, nonlin: bool) -> None:
        self.activation = (self.activation or "relu") if nonlin else None

    def __call__(self, x: Any) -> Value:
        """Compute the output for a list of numbers or Values; a single one stands for itself."""
        inputs = x if isinstance(x, (list, tuple)) else _listed(x)
        if len(inputs) != len(self.w):
            raise ValueError(
                f"this neuron takes {len(self.w)} inputs, but was given {len(inputs)}"
            )
        total: Value = dot(self.w, inputs, self.b)
        return self._squash(total) if self._squash else total

    def _describe(self) -> str:
        return f"Neuron({len(self.w)}, {_shown(self.activation)})"


class Layer(Module):
    """Neurons side by side, all with the same inputs.

    Parameters
    ----------
    nin, nout : int
        How many inputs, and how many neurons.
    **kwargs
        Passed to each `Neuron`.

    Examples
    --------
    >>> from glassgrad import nn
    >>> len(nn.Layer(2, 3)([1.0, 2.0]))
    3
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        self.neurons = [Neuron(nin, **kwargs) for _ in range(count(nout, "nout"))]

    def __call__(self, x: Any) -> Any:
        """Compute the outputs: a list, or of a single neuron a Value."""
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def _describe(self) -> str:
        first = self.neurons[0]
        return f"Layer({len(first.w)} → {len(self.neurons)}, {_shown(first.activation)})"


class MLP(Module):
    """A multi-layer perceptron: layers one after the other.

    Parameters
    ----------
    nin : int
        How many inputs.
    nouts : sequence of int
        How many neurons in each layer; the last is the output.
    activation : str, callable, None, or a list of them
        For the hidden layers, or one for each of them.
    output : str, callable or None
        For the last layer.
    init : callable, optional
        Draws the weights, see `glassgrad.nn.init`.

    Raises
    ------
    ValueError
        If a size is not positive, or the activations are not as many as the hidden layers.

    Examples
    --------
    >>> from glassgrad import nn
    >>> model = nn.MLP(3, [4, 4, 1])
    >>> len(model.parameters())
    41
    >>> model
    model         MLP(3 → 4 → 4 → 1)      41 parameters
      layers.0    Layer(3 → 4, relu)      16 parameters
      layers.1    Layer(4 → 4, relu)      20 parameters
      layers.2    Layer(4 → 1, linear)     5 parameters
    """

    def __init__(
        self, nin: int, nouts: Sequence[int], *,
        activation: Activation | Sequence[Activation] = "relu", output: Activation = None,
        init: Initialiser | None = None,
    ) -> None:  # fmt: skip
        sizes = [nin, *nouts]
        if len(sizes) < 2:
            raise ValueError("an MLP needs at least one layer: nouts is empty")
        hidden = len(nouts) - 1
        if isinstance(activation, (list, tuple)):
            each = list(activation)
            if len(each) != hidden:
                raise ValueError(f"{hidden} hidden layers need {hidden} activations, not {each}")
        else:
            each = [activation] * hidden
        self.layers = [
            Layer(sizes[i], sizes[i + 1], activation=squash, init=init)
            for i, squash in enumerate([*each, output])
        ]

    def __call__(self, x: Any) -> Any:
        """Compute the outputs: a list, or of a single output neuron a Value."""
        for layer in self.layers:
            x = layer(x)
        return x

    def _describe(self) -> str:
        sizes = [len(self.layers[0].neurons[0].w), *(len(a.neurons) for a in self.layers)]
        return f"MLP({' → '.join(map(str, sizes))})"


def activation_of(activation: Activation) -> Callable[[Value], Value] | None:
    """Find an activation by name."""
    if activation is None or activation == "linear":
        return None
    if not isinstance(activation, str):
        if not callable(activation):
            raise ValueError(f"an activation is a name or a function, not {activation!r}")
        return activation
    card = TABLE.get(activation)
    if activation not in _COMPOSITES and (card is None or len(card.operands) != 1):
        raise ValueError(
            f"there is no activation {activation!r}: try relu, tanh, sigmoid, gelu, silu, elu, "
            "leaky_relu, softplus, linear, or pass a function"
        )
    found: Callable[[Value], Value] = getattr(Value, activation)
    return found


_COMPOSITES = {"silu", "gelu", "elu", "leaky_relu"}


def count(n: Any, name: str) -> int:
    """Check a size."""
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ValueError(f"{name} must be a whole number of at least 1, not {n!r}")
    return n


def _listed(x: Any) -> list[Any]:
    """List the inputs: of an array its elements, of a single number itself."""
    several = hasattr(x, "__len__") and getattr(x, "ndim", 1) > 0
    return list(x) if several else [x]


def _shown(activation: Activation) -> str:
    if activation is None:
        return "linear"
    return activation if isinstance(activation, str) else getattr(activation, "__name__", "?")


show_source(__spec__)
