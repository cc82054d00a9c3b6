"""How a network is built, as plain data: what a file keeps so that `gg.load` can rebuild it."""

from __future__ import annotations

from typing import Any

from glassgrad.errors import StateError
from glassgrad.nn.attention import SelfAttention
from glassgrad.nn.layers import Dropout, Embedding, Linear, Sequential
from glassgrad.nn.mlp import MLP, Layer, Neuron
from glassgrad.nn.module import Module
from glassgrad.nn.norms import LayerNorm, RMSNorm

__all__ = ["build", "describe"]

#: From a module to the arguments that make another like it.
_ARGUMENTS: dict[type[Module], Any] = {
    Neuron: lambda m: {"nin": len(m.w), "activation": m.activation},
    Layer: lambda m: {
        "nin": len(m.neurons[0].w), "nout": len(m.neurons),
        "activation": m.neurons[0].activation,
    },
    MLP: lambda m: {
        "nin": len(m.layers[0].neurons[0].w),
        "nouts": [len(layer.neurons) for layer in m.layers],
        "activation": [layer.neurons[0].activation for layer in m.layers[:-1]],
        "output": m.layers[-1].neurons[0].activation,
    },
    Linear: lambda m: {
        "nin": len(m.weight[0]), "nout": len(m.weight), "bias": bool(m.bias),
    },
    Embedding: lambda m: {"size": len(m.weight), "width": len(m.weight[0])},
    Dropout: lambda m: {"p": m.p},
    LayerNorm: lambda m: {"size": len(m.weight), "eps": m.eps},
    RMSNorm: lambda m: {"size": m.size, "eps": m.eps, "gain": bool(m.weight)},
    SelfAttention: lambda m: {
        "width": len(m.query.weight), "heads": m.heads, "causal": m.causal,
        "bias": bool(m.query.bias),
    },
    Sequential: lambda m: {"steps": [describe(step) for step in m.steps]},
}  # fmt: skip
_KINDS = {kind.__name__: kind for kind in _ARGUMENTS}


def describe(model: Any) -> dict[str, Any]:
    """Describe a model as plain data; a part with code of its own only by name."""
    arguments = _ARGUMENTS.get(type(model))
    if arguments is None:
        return {"kind": getattr(model, "__name__", type(model).__name__), "own code": True}
    found = {"kind": type(model).__name__, **arguments(model)}
    squashes = [found.get("activation"), found.get("output")]
    if any(callable(part) for squash in squashes for part in _each(squash)) or _uneven(model):
        return {"kind": type(model).__name__, "own code": True}
    return found


def build(description: dict[str, Any]) -> Module:
    """Build a model from its description; the parameters are drawn anew.

    Raises
    ------
    StateError
        If a part of it is code that is not in `glassgrad.nn`.
    """
    arguments = dict(description)
    kind = arguments.pop("kind")
    if arguments.pop("own code", False) or kind not in _KINDS:
        raise StateError(
            f"{kind} has code of its own, which is not in the file: build the model, and give it "
            "the parameters with gg.load(path, into=model)"
        )
    if kind == "Sequential":
        return Sequential(*(build(step) for step in arguments["steps"]))
    return _KINDS[kind](**arguments)


def _uneven(model: Module) -> bool:
    """Tell whether neurons of a layer differ, or a part is used twice: arguments can't say so."""
    parts = [part for _, part in model.modules()]
    layers = [part for part in parts if isinstance(part, Layer)]
    return len({id(part) for part in parts}) < len(parts) or any(
        len({(n.activation, len(n.w)) for n in layer.neurons}) > 1 for layer in layers
    )


def _each(squash: Any) -> list[Any]:
    return squash if isinstance(squash, list) else [squash]
