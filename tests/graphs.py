"""Random graphs for the rooms behind `gg.jit`, and two plain ways to evaluate one."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import glassgrad as gg
from battery import bits, number
from glassgrad import Value, opcodes
from glassgrad.jitting.graph import NONE, Graph
from glassgrad.jitting.interpreter import forward, reverse
from glassgrad.jitting.lowering import lower
from glassgrad.jitting.tape import Tape
from glassgrad.ops import TABLE
from glassgrad.presence import AskForIndexError

UNARY = [c.opcode for c in TABLE.values() if len(c.operands) == 1]
BINARY = [c.opcode for c in TABLE.values() if len(c.operands) == 2]
SUMS = [opcodes.ADD, opcodes.ADD, opcodes.MUL]
TRUTHS = [opcodes.LT, opcodes.LE, opcodes.EQ]
POWERS = [0.0, 1.0, 2.0, 3.0, -1.0, 0.5, 1.5]

cube = gg.custom_op("cube", lambda x: x * x * x, lambda y, x: (3 * x * x,))
blend = gg.custom_op(
    "blend", lambda a, b, c: a * b + c * a, lambda y, a, b, c: (b + c, a, a)
)  # fmt: skip


def random_graph(  # noqa: PLR0912, PLR0915
    seed: int, length: int = 40, n_inputs: int = 3, n_externals: int = 3
) -> Graph:
    """Make a graph of any operations, with results, repeated rows and edges of arithmetic."""
    draw = random.Random(seed)
    graph = Graph(n_inputs, n_externals)
    for _ in range(n_inputs + n_externals):
        graph.add(opcodes.LEAF, number=number(draw))
    truths: list[int] = []
    rows = list(range(n_inputs + n_externals))

    def pick() -> int:
        return draw.choice(rows[-8:] if draw.random() < 0.6 else rows)

    def constant(x: float) -> int:
        return graph.add(opcodes.CONSTANT, number=x)

    for _ in range(length):
        kind = draw.random()
        if kind < 0.30:
            rows.append(graph.add(draw.choice(SUMS), pick(), pick()))
        elif kind < 0.40:  # a sum of products, as in a neuron
            total = pick()
            for _ in range(draw.randrange(1, 5)):
                total = graph.add(opcodes.ADD, total, graph.add(opcodes.MUL, pick(), pick()))
            rows.append(total)
        elif kind < 0.45:
            total = pick()
            for _ in range(draw.randrange(1, 5)):
                total = graph.add(opcodes.ADD, *draw.sample([total, pick()], 2))
            rows.append(total)
        elif kind < 0.60:
            rows.append(graph.add(draw.choice(UNARY), pick()))
        elif kind < 0.70:
            rows.append(graph.add(draw.choice(BINARY), pick(), pick()))
        elif kind < 0.75:
            rows.append(constant(number(draw)))
        elif kind < 0.79:
            exponent = constant(draw.choice(POWERS))
            power = opcodes.INT_POWER if graph.number[exponent] % 1 == 0 else opcodes.FLOAT_POWER
            rows.append(graph.add(power, pick(), exponent))
        elif kind < 0.82:
            low, high = constant(-1.0), constant(draw.choice([0.5, -2.0]))
            rows.append(graph.add(opcodes.CLAMP, pick(), low, high))
        elif kind < 0.87:
            truths.append(graph.add(draw.choice(TRUTHS), pick(), pick()))
            if len(truths) > 1 and draw.random() < 0.5:
                both = draw.choice([opcodes.BOTH, opcodes.EITHER])
                truths.append(graph.add(both, *draw.sample(truths, 2)))
            rows.append(graph.add(opcodes.WHERE, pick(), pick(), truths[-1]))
        elif kind < 0.91:
            code = draw.choice([opcodes.COPY, opcodes.DETACHED])
            rows.append(graph.add(code, pick()))
        elif kind < 0.93:
            rows.append(graph.add(opcodes.SHARE, pick(), pick()))
        elif kind < 0.96:
            several = [pick() for _ in range(draw.randrange(1, 5))]
            index = constant(float(draw.randrange(len(several))))
            rows.append(graph.add(opcodes.TAKEN, index))
            graph.more[rows[-1]] = tuple(several)
        elif kind < 0.98:
            card = draw.choice([cube, blend])
            several = [pick() for _ in card.operands]
            rows.append(graph.add(card.opcode))
            graph.more[rows[-1]] = tuple(several)
        else:  # a row once more
            row = pick()
            rows.append(graph.add(graph.op[row], graph.a[row], graph.b[row], graph.c[row],
                                  graph.number[row]))  # fmt: skip
            if row in graph.more:
                graph.more[rows[-1]] = graph.more[row]
            if row < n_inputs + n_externals:
                graph.op[rows[-1]], graph.a[rows[-1]] = opcodes.NEG, row
    graph.outputs = [rows[-1], *(pick() for _ in range(draw.randrange(3)))]
    values = eager(graph, inputs_of(graph))
    graph.guards = [(t, values[t].data != 0.0) for t in truths if draw.random() < 0.5]
    return graph


def network(draw: random.Random, widths: list[int]) -> Graph:
    """Make the graph of a network with tanh: the first inputs, from outside the weights."""
    n_weights = sum((i + 1) * o for i, o in pairwise(widths))
    graph = Graph(widths[0], n_weights)
    layer = [graph.add(opcodes.LEAF, number=draw.gauss(0, 1)) for _ in range(widths[0])]
    weights = iter([graph.add(opcodes.LEAF, number=draw.gauss(0, 1)) for _ in range(n_weights)])
    for width in widths[1:]:
        sums = []
        for _ in range(width):
            total = next(weights)
            for x in layer:
                total = graph.add(opcodes.ADD, total, graph.add(opcodes.MUL, next(weights), x))
            sums.append(graph.add(opcodes.TANH, total))
        layer = sums
    graph.outputs = layer
    return graph


def chain(op: int, n: int) -> Graph:
    """Make n rows, each of which takes the one before it and, if the operation wants it, 0.5."""
    graph = Graph(1)
    v, half = graph.add(opcodes.LEAF, number=0.25), graph.add(opcodes.CONSTANT, number=0.5)
    two = op not in UNARY
    for _ in range(n):
        v = graph.add(op, v, half) if two else graph.add(op, v)
    graph.outputs = [v]
    return graph


def without_gradients(graph: Graph) -> Graph:
    """Take what is from outside as inputs: then nothing needs to carry a gradient."""
    graph.n_inputs, graph.n_externals = graph.n_inputs + graph.n_externals, 0
    return graph


def inputs_of(graph: Graph) -> list[float]:
    """List what the inputs and the Values from outside were."""
    return list(graph.number[: graph.n_inputs + graph.n_externals])


_share = gg.custom_op(
    "share", lambda a, b: 0.0 if b == 0.0 and a * b != a * b else a * b, lambda y, a, b: (b, a)
)


_RULES: dict[int, Any] = {
    opcodes.COPY: Value,
    opcodes.DETACHED: Value.detach,
    opcodes.SHARE: _share,
    opcodes.LT: lambda a, b: Value(float(a.data < b.data)),
    opcodes.LE: lambda a, b: Value(float(a.data <= b.data)),
    opcodes.EQ: lambda a, b: Value(float(a.data == b.data)),
    opcodes.BOTH: lambda a, b: Value(float(bool(a.data) and bool(b.data))),
    opcodes.EITHER: lambda a, b: Value(float(bool(a.data) or bool(b.data))),
    opcodes.WHERE: lambda a, b, c: a.where(c.data != 0.0, b),
    opcodes.CLAMP: lambda x, low, high: x.clamp(low.data, high.data),
    opcodes.INT_POWER: lambda x, e: x ** int(e.data),
    opcodes.FLOAT_POWER: lambda x, e: x**e.data,
}


def eager(graph: Graph, given: list[float]) -> list[Value]:
    """Evaluate row by row with Values."""
    values: list[Value] = []
    for r in range(len(graph)):
        op, operands = graph.op[r], [graph.a[r], graph.b[r], graph.c[r]]
        if r < len(given):
            values.append(Value(given[r]))
        elif op in (opcodes.CONSTANT, opcodes.LEAF):
            values.append(Value(graph.number[r]))
        elif op == opcodes.TAKEN:
            values.append(Value(values[graph.more[r][int(values[graph.a[r]].data)]]))
        elif op >= len(opcodes.OP_NAMES):
            card = {cube.opcode: cube, blend.opcode: blend}[op]
            values.append(card(*(values[i] for i in graph.more[r])))
        else:
            name = next((c.name for c in TABLE.values() if c.opcode == op), "")
            rule = _RULES.get(op) or getattr(gg, name, None) or TABLE[name]
            values.append(rule(*(values[i] for i in operands if i != NONE)))
    return values


def eager_gradients(
    graph: Graph, given: list[float], seeds: dict[int, float]
) -> tuple[list[float], list[float]]:
    """Find the results, and the gradients of everything given, for gradients of the results."""
    values = eager(graph, given)
    ends = [values[r] for r in graph.outputs]
    # A row above all others, so that every result has its seed before it hands anything on.
    root = gg.Value(0.0)
    seed = gg.custom_op("seed", _zero(len(seeds)), _slopes(tuple(seeds.values())))
    root = seed(*(ends[i] for i in seeds))
    root.backward()
    return [v.data for v in ends], [values[i].grad for i in range(len(given))]


def _zero(n: int) -> Any:
    names = ", ".join(f"x{i}" for i in range(n))
    return eval(f"lambda {names}: 0.0")


def _slopes(seeds: tuple[float, ...]) -> Any:
    names = ", ".join(f"x{i}" for i in range(len(seeds)))
    return eval(f"lambda y, {names}: seeds", {"seeds": seeds})


def lowered(graph: Graph, wants: list[bool], segment: int = 0) -> Tape:
    """Lower a graph exactly; with its first result only, if it can't be known which are reached."""
    try:
        return lower(graph, wants, exact=True, segment=segment)
    except AskForIndexError:
        del graph.outputs[1:]
        return lower(graph, wants, exact=True, segment=segment)


def fresh(tape: Tape, given: list[float]) -> list[float]:
    """Fill the slots of a tape as a caller does; what is not given holds nan."""
    values = [*given, *tape.constants]
    return values + [float("nan")] * (tape.n_slots - len(values))


def run(
    tape: Tape, given: list[float], seeds: dict[int, float]
) -> tuple[list[float], list[float]]:
    """Run a tape both ways, as a caller does."""
    values = fresh(tape, given)
    assert forward(tape, values) == -1
    results = [values[i] for i in tape.outputs]
    gradients = [-0.0] * tape.n_slots
    code, reached = tape.reverse(tuple(seeds))
    for i in reached:
        gradients[i] = 0.0
    for i, seed in seeds.items():
        gradients[tape.outputs[i]] += seed
    reverse(tape, code, values, gradients)
    found = [gradients[i] if i in reached else 0.0 for i in range(len(given))]
    return results, found


def same(xs: list[float], ys: list[float]) -> bool:
    """Compare bit by bit; a nan is a nan."""
    return list(map(bits, xs)) == list(map(bits, ys))
