"""A function traced, and run at other numbers by the plainest means."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

from battery import EDGES
from glassgrad import Value
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.recording import record
from glassgrad.jitting.tracing import trace
from glassgrad.nests import flatten
from glassgrad.ops import SPECIAL, TABLE, by_opcode

NAMES = (*SPECIAL, *TABLE)
POINTS = [*EDGES, 2.5, -0.7, 0.3, 1e-3]


MEANINGS: dict[str, Callable[..., float]] = {
    "copy": lambda x: x,
    "detached": lambda x: x,
    "int_power": TABLE["pow"].on_floats,
    "float_power": TABLE["pow"].on_floats,
    "share": lambda a, b: 0.0 if math.isnan(a * b) and b == 0.0 else a * b,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "eq": lambda a, b: float(a == b),
    "both": lambda a, b: float(a != 0.0 and b != 0.0),
    "either": lambda a, b: float(a != 0.0 or b != 0.0),
    "where": lambda a, b, condition: a if condition != 0.0 else b,
}


def perform(graph: Graph, row: int, numbers: list[float]) -> float:
    """Compute one row from those above it: what the table in `glassgrad.jitting.graph` says."""
    name = NAMES[graph.op[row]] if graph.op[row] < len(NAMES) else "own"
    operands = [numbers[x] for x in (graph.a[row], graph.b[row], graph.c[row]) if x >= 0]
    several = [numbers[x] for x in graph.more.get(row, ())]
    if name == "constant":
        return graph.number[row]
    if name == "taken":
        if operands[0] not in range(len(several)):
            raise IndexError(f"no row {operands[0]} of {len(several)}")
        return several[int(operands[0])]
    if name in MEANINGS:
        return MEANINGS[name](*operands)
    card = by_opcode(graph.op[row])
    assert card is not None
    return card.on_floats(*(several or operands))


class Traced:
    """A function traced at some numbers, to be run at others."""

    def __init__(self, f: Callable[..., Any], *args: Any) -> None:
        leaves, rebuild = flatten(args)
        self.inputs = [Value(x) for x in leaves]
        result, found = trace(f, rebuild(list(self.inputs)), {}, again=False)
        outputs, self.rebuild = flatten(result)
        outputs = [x if type(x) is Value else Value(x) for x in outputs]
        self.graph, self.externals = record(outputs, found.guards, self.inputs, found.begin)

    def __call__(self, *args: Any) -> Any:
        numbers = [*flatten(args)[0], *(v.data for v in self.externals)]
        assert len(numbers) == self.graph.n_inputs + self.graph.n_externals
        for row in range(len(numbers), len(self.graph)):
            numbers.append(perform(self.graph, row, numbers))
        for row, outcome in self.graph.guards:
            assert (numbers[row] != 0.0) is outcome, "it has to be traced anew"
        return self.rebuild([numbers[row] for row in self.graph.outputs])

    def ops(self) -> list[str]:
        return [NAMES[op] for op in self.graph.op]


def numbers_of(nest: Any) -> list[float]:
    return [x.data if type(x) is Value else float(x) for x in flatten(nest)[0]]


def bits(nest: Any) -> list[bytes]:
    return [b"nan" if math.isnan(x) else struct.pack("d", x) for x in numbers_of(nest)]


def check(f: Callable[..., Any], at: tuple[Any, ...], *others: tuple[Any, ...]) -> Traced:
    """Trace f at some numbers, and see that it computes at others what f does, bit for bit."""
    traced = Traced(f, *at)
    for args in (at, *others):
        leaves, rebuild = flatten(args)
        eager = f(*rebuild([Value(x) for x in leaves]))
        assert bits(traced(*args)) == bits(eager), (args, traced(*args), eager)
    return traced
