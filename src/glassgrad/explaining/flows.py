"""How much of a gradient passes where: through each neuron, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from glassgrad.engine import share_of
from glassgrad.show.scene import Node


class Stratum(NamedTuple):
    """Modules that stand side by side, such as the neurons of a layer."""

    name: str
    flows: dict[str, float]
    """By the path of each module, what enters it: the sum over the paths through it."""


def slopes(nodes: Sequence[Node], wrt: int) -> list[float]:
    """Find how fast each value moves with one of them: forward mode."""
    moving = [0.0] * len(nodes)
    moving[wrt] = 1.0
    for node in nodes[wrt + 1 :]:
        for operand, partial in zip(node.operands, node.partials, strict=True):
            if moving[operand]:
                moving[node.index] += share_of(node.value, moving[operand], partial)
    return moving


def gradients(nodes: Sequence[Node], root: int) -> list[float]:
    """Find the derivative of one value with respect to each: reverse mode."""
    found = [0.0] * len(nodes)
    found[root] = 1.0
    for node in reversed(nodes[: root + 1]):
        if found[node.index]:
            for operand, partial in zip(node.operands, node.partials, strict=True):
                found[operand] += share_of(node.value, found[node.index], partial)
    return found


def strata(nodes: Sequence[Node], root: int, wrt: int) -> list[Stratum]:
    """List what enters each module of the network on the way, in order of creation."""
    moving, gradient = slopes(nodes, wrt), gradients(nodes, root)
    found: dict[str, dict[str, float]] = {}
    for node in nodes:
        scope, incoming = node.scope, gradient[node.index]
        if not scope or not incoming:
            continue
        for operand, partial in zip(node.operands, node.partials, strict=True):
            before = nodes[operand].scope
            inside = f"{before}.".startswith(f"{scope}.")
            if moving[operand] and not inside:
                flows = found.setdefault(_layer(scope), {})
                share = moving[operand] * share_of(node.value, incoming, partial)
                flows[scope] = flows.get(scope, 0.0) + share
    return [Stratum(name, flows) for name, flows in found.items()]


def _layer(scope: str) -> str:
    """Name what a neuron is one of: layers.1 for layers.1.neurons.3."""
    parts = scope.split(".")
    return ".".join(parts[:-2]) if len(parts) > 2 and parts[-1].isdigit() else scope
