"""Traces: what a function did, read into rows, means at other numbers what the function means."""

from __future__ import annotations

import copy
import math
import pickle
import random
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from battery import EDGES
from glassgrad import Value, losses, nn
from glassgrad.engine import Call, gradient_so_far, here, restored, set_gradient
from glassgrad.errors import NoRuleError, TraceError
from glassgrad.jitting.graph import Graph
from glassgrad.jitting.recording import record
from glassgrad.jitting.tracing import trace
from glassgrad.nests import flatten
from glassgrad.opcodes import CALLED, RESULT
from glassgrad.ops import SPECIAL, TABLE, by_opcode

POINTS = [*EDGES, 2.5, -0.7, 0.3, 1e-3]


def perform(graph: Graph, row: int, numbers: list[float]) -> float:
    """Compute one row from those above it: what the table in `glassgrad.jitting.graph` says."""
    op = graph.op[row]
    operands = [numbers[x] for x in (graph.a[row], graph.b[row], graph.c[row]) if x >= 0]
    if op >= len(SPECIAL):
        card = by_opcode(op)
        assert card is not None
        if card.name == "where":
            operands = [operands[2] != 0.0, *operands[:2]]  # type: ignore[list-item]
        elif row in graph.more:
            operands = [numbers[x] for x in graph.more[row]]
        return card.on_floats(*operands)
    match SPECIAL[op]:
        case "constant":
            return graph.number[row]
        case "copy" | "detached":
            return operands[0]
        case "int_power" | "float_power":
            return TABLE["pow"].on_floats(*operands)
        case "share":
            share = operands[0] * operands[1]
            return 0.0 if math.isnan(share) and operands[1] == 0.0 else share
        case "lt" | "le" | "eq" as name:
            a, b = operands
            return float({"lt": a < b, "le": a <= b, "eq": a == b}[name])
        case "both" | "either" as name:
            return float((all if name == "both" else any)(x != 0.0 for x in operands))
        case "taken":
            place, rows = operands[0], graph.more[row]
            if place not in range(len(rows)):
                raise IndexError(f"no row {place} of {len(rows)}")
            return numbers[rows[int(place)]]
    raise AssertionError(f"a graph has no row of {SPECIAL[op]}")


class Traced:
    """A function traced at some numbers, to be run at others."""

    def __init__(self, f: Callable[..., Any], *args: Any) -> None:
        leaves, rebuild = flatten(args)
        self.inputs = [Value(x) for x in leaves]
        result, found = trace(f, rebuild(list(self.inputs)), {})
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
        return [(*SPECIAL, *TABLE, *["own"] * 99)[op] for op in self.graph.op]


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


@pytest.mark.parametrize("name", TABLE)
def test_every_operation(name: str) -> None:
    card, draw = TABLE[name], random.Random(name)
    count = len(card.operands) - card.parameters - card.conditions

    def f(*xs: Value) -> Any:
        more = [xs[0] < xs[1]] if card.conditions else []
        return card(*more, *xs, *[-1.5, 2.0][: card.parameters])

    points = [tuple(draw.choice(POINTS) for _ in range(count)) for _ in range(60)]
    traced = check(f, *points)
    assert traced.ops()[-1] == name
    assert not traced.graph.guards


@pytest.mark.parametrize("exponent", [2, 3.0, -1, 0, 0.5, True])
def test_constant_exponents(exponent: Any) -> None:
    traced = check(lambda x: x**exponent, (1.5,), *((x,) for x in POINTS))
    assert traced.ops()[1:] == ["constant", "int_power" if exponent not in (3.0, 0.5) else
                                "float_power"]  # fmt: skip


# ------------------------------------------------------------------------- truths and guards

TRUTHS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: gg.where(a < b, a, b),
    lambda a, b: gg.where(a <= b, a, 7.0),
    lambda a, b: gg.where(a > 0.5, 7.0, b),
    lambda a, b: gg.where(0.5 >= a, 1.0, 2.0) + a * 0.0,
    lambda a, b: a.where(a < b, 3.0),
    lambda a, b: gg.where((a > 0) & (b > 0), a, b),
    lambda a, b: gg.where((a > 0) | (b > 0), a, b),
    lambda a, b: gg.where((a > 0) & True, a, b),
    lambda a, b: gg.where(False | (a > 0), a, b),
    lambda a, b: gg.where((a > 0) == (b > 0), a, b),
    lambda a, b: gg.where((a > 0) != (b > 0), a, b),
    lambda a, b: (a > b) * a + b * (a < b),
    lambda a, b: Value(a > b) + (a >= b) - -(a <= b),
    lambda a, b: gg.sum([a > 0, b > 0]) / 2,
    lambda a, b: gg.maximum(a > 0, b) + gg.exp(a > b),
    lambda a, b: (a > 0) + (a > b) + abs(a < b) ** 2 + 2 ** (a < b),
    lambda a, b: gg.where((a > 0) > (b > 0), a, b),
    lambda a, b: losses.mse([a, b], [a > 0, b > 0]),
]
PAIRS = [(1.0, 2.0), (2.0, 1.0), (-1.0, -1.0), (0.0, -0.0), (math.nan, 1.0), (0.5, math.inf)]


@pytest.mark.parametrize("i", range(len(TRUTHS)))
def test_a_comparison_stays_open(i: int) -> None:
    traced = check(TRUTHS[i], *PAIRS)
    assert not traced.graph.guards


def test_arrays_of_truths() -> None:
    def f(a: Any, b: Any) -> Any:
        return gg.where(np.array([0.5, 2.0]) > a, np.array([a, b]), 0.5)

    assert not check(f, *PAIRS[:4]).graph.guards


def test_not() -> None:
    def f(a: Any, b: Any) -> Any:
        return gg.where(~(a > b), a, b) if here.tracing else gg.where(not a > b, a, b)

    assert not check(f, *PAIRS).graph.guards


GUARDED: dict[str, tuple[Callable[[Any, Any], Any], list[bool]]] = {
    "if": (lambda a, b: a if a > b else b, [False]),
    "max": (lambda a, b: max(a, b) * min(a, b), [True, False]),
    "and": (lambda a, b: a if a > 0 and b > 0 else b, [True, True]),
    "not": (lambda a, b: a if not a > b else b, [False]),
    "chain": (lambda a, b: a if 0 < a < b else b, [True, True]),
    "sorted": (lambda a, b: sorted([a, b])[0] * 2, [False]),
    "value": (lambda a, b: a if b else a * 2, [False]),
    "zero": (lambda a, b: a if not (b - 2.0) else a * 2, [True]),
    "index": (lambda a, b: [a, b][a < b], [True]),
    "any": (lambda a, b: a if any([a > b, a < b]) else b, [False, True]),
    "set": (lambda a, b: a * len({a > b, a < b}), [False, True]),
    "numpy": (lambda a, b: a if (np.array([a, b]) > 0).all() else b, [True, True]),
}


@pytest.mark.parametrize("name", GUARDED)
def test_a_guard(name: str) -> None:
    f, outcomes = GUARDED[name]
    traced = check(f, (1.0, 2.0))
    assert [outcome for _, outcome in traced.graph.guards] == outcomes
    followed = 0
    for args in PAIRS:
        try:
            result = traced(*args)
        except AssertionError:
            continue
        followed += 1
        assert bits(result) == bits(f(*map(Value, args)))
    assert followed < len(PAIRS)


def test_a_guard_that_is_asked_twice_is_one() -> None:
    def f(a: Value) -> Value:
        positive = a > 0
        return a if positive and positive else -a

    assert len(Traced(f, 1.0).graph.guards) == 1


def test_outside_of_a_trace_nothing_has_changed() -> None:
    a, b = Value(1.0), Value(2.0)
    assert (a < b) is True
    assert (a >= b) is False
    assert a.detach()._prev == ()
    kept = []
    trace(lambda x: kept.append(x > 0), (Value(1.0),), {})
    assert repr(kept) == "[Truth(True)]"
    with pytest.raises(TraceError, match=r"belongs to the trace.*return what you need"):
        bool(kept[0])


# ------------------------------------------------------------------------------- refusals


def reads_data(v: Value) -> Any:
    return v.data + 1  # here


def makes_a_float(v: Value) -> Any:
    return math.exp(v)  # here


def makes_an_int(v: Value) -> Any:
    return int(v)  # here


def counts(v: Value) -> Any:
    return [0 for _ in range(v)]  # here


def indexes(v: Value) -> Any:
    return [1.0, 2.0][v]  # here


def sets_data(v: Value) -> Any:
    v.data = 1.0  # here


def reads_grad(v: Value) -> Any:
    return v.grad  # here


def sets_grad(v: Value) -> Any:
    v.grad = 1.0  # here


def goes_back(v: Value) -> Any:
    (v * 2).backward()  # here


def copies(v: Value) -> Any:
    return copy.deepcopy(v)  # here


def copies_one(v: Value) -> Any:
    return copy.copy(v)  # here


def pickles(v: Value) -> Any:
    return pickle.dumps(v)  # here


def replays(v: Value) -> Any:
    return gg.replay(v * 2)  # here


def draws(v: Value) -> Any:  # here
    return v * random.random()


def draws_an_array(v: Value) -> Any:  # here
    return v * np.random.rand()


def drops(v: Value) -> Any:  # here
    return nn.Dropout(0.5)([v])[0]


REFUSED = {
    reads_data: r"gg\.where, gg\.maximum and gg\.softmax .* v\.detach\(\)",
    makes_a_float: r"gg\.exp instead of math\.exp",
    makes_an_int: r"gg\.take\(rows, i\) .*gg\.one_hot\(i, n\).*static_argnums",
    counts: "static_argnums", indexes: r"gg\.take\(rows, i\)",
    sets_data: "between the calls", reads_grad: r"gg\.value_and_grad\(f\)",
    sets_grad: "between the calls", goes_back: r"backward\(\) outside",
    copies: "copy outside", copies_one: "copy outside", pickles: "copy outside",
    replays: r"v\.detach\(\)", draws: "pass them as arguments",
    draws_an_array: "pass them as arguments", drops: r"model\.eval\(\)",
}  # fmt: skip


@pytest.mark.parametrize("f", REFUSED)
def test_what_is_refused_names_the_line_and_the_remedy(f: Callable[..., Any]) -> None:
    with open(__file__, encoding="utf-8") as lines:
        source = list(lines)
    first = f.__code__.co_firstlineno
    line = next(i for i in range(first, first + 3) if "# here" in source[i - 1])
    with pytest.raises(TraceError, match=REFUSED[f]) as caught:
        trace(f, (Value(1.0),), {})
    assert f"{__file__}, line {line}" in str(caught.value).replace(" (", " ").replace(")", "", 1)
    if not f.__name__.startswith("dr"):
        assert f"in {f.__name__}, `{source[line - 1].strip()}`" in str(caught.value)
    assert here.tracing == 0
    assert Value(1.0).data == 1.0


def test_what_may_be_done() -> None:
    def f(v: Value) -> Value:
        w = v * 2
        w.label = "twice"
        assert f"{w} {w:.1f}" == "Value(data=3.0, grad=0.0, label='twice') 3.0"
        assert w == w and v != w and hash(w) == hash(w) and w in {w}  # noqa: PLR0124, PT018
        return w

    assert Traced(f, 1.5).graph.names == {2: "twice"}


def test_errors_of_the_function_come_through() -> None:
    with pytest.raises(ZeroDivisionError):
        trace(lambda v: v * (1 / 0), (Value(1.0),), {})
    assert here.tracing == 0


def test_a_value_is_no_int_outside_either() -> None:
    for use in (range, int, [1, 2].__getitem__, "ab".__mul__):
        with pytest.raises(TypeError, match=r"int\(v\.data\).*gg\.take\(rows, v\)"):
            use(Value(1.0))
    assert (Value(2.0) ** np.int64(2))._op == "**2"
    with pytest.raises(IndexError, match="numbered 0 to 1"):
        nn.Embedding(2, 2)(Value(1.0))


# ---------------------------------------------------------------- what becomes of the nodes


def test_rows_are_inputs_then_values_from_outside_then_the_rest() -> None:
    inner = Value(3.0, label="w") * 2.0
    leaf = Value(5.0, label="late")

    def f(x: Value, y: Value) -> Value:
        _dead = x.exp() * leaf.sin()
        return (x + 1.0) * inner + (1.0 * x) ** 1.0 + leaf - 0.0 * -0.0 * x

    traced = check(f, (2.0, 9.0), (-1.0, 0.0), (math.inf, 1.0))
    assert traced.externals == [inner, leaf]
    assert traced.graph.names == {3: "late"}
    assert traced.ops() == [
        "leaf", "leaf", "leaf", "leaf", "constant", "add", "mul", "mul", "float_power", "add",
        "add", "constant", "mul", "sub",
    ]  # fmt: skip
    leaf.data = 7.0
    assert bits(traced(2.0, 9.0)) == bits(f(Value(2.0), Value(9.0)))


def test_constants_are_told_apart_by_their_bits() -> None:
    def f(x: Value) -> list[Value]:
        return [x * c for c in (0.0, -0.0, math.nan, -math.nan, 1, True, 1.0, 0)]

    traced = check(f, (2.0,), (-2.0,))
    assert traced.ops().count("constant") == 4


def test_what_is_detached() -> None:
    def f(x: Value) -> list[Value]:
        with gg.no_grad():
            y = x.clamp(0, 1) * 3 + x**3
            z = Value(x) + gg.where(x > 0, x, y) + gg.where(True, x, y)
        return [y, z, x.detach() * x, gg.derivative(x * y + z * x + x.detach() * x, x)]

    traced = check(f, (0.5,), (-1.0,), (2.0,))
    assert "detached" in traced.ops()
    assert not traced.graph.guards


def test_operations_of_ones_own() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    norm = gg.custom_op("norm3", lambda a, b, c: (a * a + b * b + c * c) ** 0.5,
                        lambda y, a, b, c: (a / y, b / y, c / y))  # fmt: skip
    traced = check(lambda a, b: norm(a, b, 2.0) + cube(a), (1.0, 2.0), (3.0, -4.0))
    assert [len(operands) for operands in traced.graph.more.values()] == [3, 1]

    def gone(x: Value) -> Value:
        y: Value = gg.custom_op("gone", lambda x: x, lambda y, x: (1,))(x)
        return y

    with pytest.raises(TraceError, match="'gone' exists no more.*outside the function"):
        Traced(gone, 1.0)


def test_labels_and_scopes() -> None:
    model = nn.MLP(2, [2, 1])
    traced = Traced(lambda a, b: model([a, b]), 1.0, 2.0)
    assert traced.externals == sorted(model.parameters(), key=lambda p: p._number)
    used = {gg.modes.SCOPES[scope] for scope in traced.graph.scope[len(traced.externals) + 2 :]}
    assert used == {f"layers.{i}.neurons.{j}" for i, j in ((0, 0), (0, 1), (1, 0))}


# ----------------------------------------------------------- the library's own functions


def vector(*names: str) -> dict[str, Callable[..., Any]]:
    return {name: lambda *xs, name=name: getattr(gg, name)(list(xs)) for name in names}


LIBRARY: dict[str, Callable[..., Any]] = {
    **vector("softmax", "log_softmax", "logsumexp", "norm", "sum", "mean"),
    **{name: lambda a, b, c, name=name: [getattr(gg, name)(x) for x in (a, b, c)]
       for name in ("silu", "gelu", "elu", "leaky_relu")},
    "hypot": lambda a, b, c: gg.hypot(a, b) + gg.hypot(c, 2.0),
    "arrays": lambda a, b, c: gg.softmax(np.array([a, b]) @ np.array([[c, 1.0], [2.0, a]])),
    "hinge": lambda a, b, c: losses.hinge([a, b], [1.0 + 0 * c, -1]),
    "bce": lambda a, b, c: losses.bce_with_logits([a, b], [c, 0]),
    "huber": lambda a, b, c: losses.huber([a, b], [c, 0]),
    "l1": lambda a, b, c: losses.l1([a, b], [c, 0]) + losses.l1_penalty([a, b]),
    "mse": lambda a, b, c: losses.mse([a, b], [c, 0]) + losses.l2_penalty([a, b]),
}  # fmt: skip


@pytest.mark.parametrize("name", LIBRARY)
def test_no_function_of_the_library_needs_a_guard(name: str) -> None:
    points = [(0.5, -2.0, 1.0), (3.0, 3.0, 0.0), (-1.0, 700.0, -1.0), (0.0, 0.0, 0.0),
              (math.inf, 1.0, 1.0), (math.nan, 1.0, -0.0)]  # fmt: skip
    f = LIBRARY[name]
    if name in ("bce", "hinge"):
        points = [(a, b, abs(c) if name == "bce" else c) for a, b, c in points]
    assert not check(f, *points).graph.guards


@pytest.mark.parametrize(
    "model",
    [nn.MLP(3, [4, 2]), nn.LayerNorm(3), nn.RMSNorm(3), nn.Linear(3, 2),
     nn.Sequential(nn.Linear(3, 2), gg.softmax), nn.Dropout().eval()],
    ids=lambda model: type(model).__name__,
)  # fmt: skip
def test_no_module_needs_a_guard(model: nn.Module) -> None:
    points = [(0.5, -2.0, 1.0), (3.0, 3.0, 0.5), (-1.0, 700.0, -1.0)]
    assert not check(lambda *xs: model(list(xs)), *points).graph.guards


def test_a_transformer_needs_no_guard() -> None:
    table, attention = nn.Embedding(5, 4), nn.SelfAttention(4, heads=2)

    def loss(tokens: list[Any]) -> Any:
        found = attention([table(token) if here.tracing else table(int(token.data))
                           for token in tokens[:-1]])  # fmt: skip
        targets = tokens[1:] if here.tracing else [int(token.data) for token in tokens[1:]]
        return losses.cross_entropy(found, targets)

    traced = check(loss, ([0.0, 3.0, 2.0],), ([1.0, 1.0, 3.0],), ([4.0, 0.0, 0.0],))
    assert not traced.graph.guards
    with pytest.raises(IndexError):
        traced([0.0, 9.0, 2.0])


# ------------------------------------------------------------------------ take and one_hot


def test_take_is_indexing() -> None:
    rows = [10.0, 20.0, 30.0]
    for i in (0, 2, -1, -3, np.int64(1), 1.0, np.float64(2), Value(1.0), True):
        place = int(i.data if type(i) is Value else i)
        assert gg.take(rows, i) == rows[place]
        assert gg.one_hot(i, 3) == [float(k == place % 3) for k in range(3)]
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert gg.take(table, 1).tolist() == [3.0, 4.0]
    assert gg.take([{"a": 1.0}, {"a": 2.0}], 1) == {"a": 2.0}
    v = Value(3.0)
    (gg.take([v, v], 1) * 2.0).backward()
    assert v.grad == 2.0


@pytest.mark.parametrize(
    ("i", "error", "message"),
    [(3, IndexError, "no row 3 of 3"), (-4, IndexError, "no row -4 of 3"),
     (0.5, TypeError, "0.5 is none"), ("1", TypeError, "'1' is none"),
     (math.nan, TypeError, "nan is none"), (Value(9.0), IndexError, "no row 9 of 3")],
)  # fmt: skip
def test_take_refuses_what_is_no_place(i: Any, error: type[Exception], message: str) -> None:
    for use in (lambda: gg.take([1.0, 2.0, 3.0], i), lambda: gg.one_hot(i, 3)):
        with pytest.raises(error, match=message):
            use()


def test_a_traced_take_goes_where_the_index_says() -> None:
    rows = [[Value(1.0), 2.0], [Value(3.0), 4.0], [Value(5.0), 6.0]]
    traced = check(lambda i, x: [gg.take(rows, i), gg.one_hot(i, 3), gg.take([x, 2.0, x * 3], i)],
                   (0.0, 5.0), (2.0, 6.0), (-1.0, 7.0), (-3.0, 7.0))  # fmt: skip
    assert not traced.graph.guards
    for i in (3.0, -4.0):
        with pytest.raises(IndexError):
            traced(i, 1.0)
    with pytest.raises(ValueError, match="all of one form"):
        trace(lambda i: gg.take([1.0, [2.0]], i), (Value(0.0),), {})


# --------------------------------------------------------------- transforms inside a trace


def branches(x: Any, y: Any) -> Any:
    chosen = gg.where(x > y, x.tanh() * y, gg.maximum(x, 0.25) ** 2)
    return chosen + x.relu() * y.clamp(-1, 1) + gg.take([x, y, x * y], 1.0 + 0 * x.detach())


def smooth(x: Any, y: Any) -> Any:
    return (x * y).sin() + gg.softmax([x, y])[0] * gg.exp(y) + x**3 / (1 + y * y) + x.atan2(y)


TRANSFORMS: dict[str, Callable[[Any], Callable[..., Any]]] = {
    "grad": lambda f: lambda x, y: gg.grad(f, argnums=(0, 1))(x, y),
    "value_and_grad": lambda f: gg.value_and_grad(f, argnums=(0, 1)),
    "second": lambda f: gg.grad(gg.grad(f)),
    "jacobian": lambda f: lambda x, y: gg.jacobian(lambda v: [f(*v), v[0]])([x, y]),
    "hessian": lambda f: lambda x, y: gg.hessian(lambda v: f(*v))([x, y]),
    "hvp": lambda f: lambda x, y: gg.hvp(lambda v: f(*v), ([x, y],), ([1.0, 2.0],)),
    "jvp": lambda f: lambda x, y: gg.jvp(f, (x, y), (1.0, y)),
    "vjp": lambda f: lambda x, y: gg.vjp(f, x, y)[1](2.0),
    "derivative": lambda f: lambda x, y: gg.derivative(f(x, y), [x, y]),
    "closed over": lambda f: lambda x, y: gg.grad(lambda t: f(t * x, y))(2.0),
}
WHERE_TAKEN = [(0.5, 2.0), (2.0, 0.5), (-1.0, -3.0), (0.25, 0.3), (3.0, 1.0)]


@pytest.mark.parametrize("f", [branches, smooth])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_transforms(name: str, f: Callable[..., Any]) -> None:
    traced = check(TRANSFORMS[name](f), *WHERE_TAKEN)
    assert not traced.graph.guards


@pytest.mark.parametrize("name", [name for name in TABLE if name != "where"])
def test_gradients_of_every_operation(name: str) -> None:
    """The same bits as of the floats that eager nodes store."""
    card, draw = TABLE[name], random.Random(name)
    places = tuple(range(len(card.operands) - card.parameters))

    def f(*xs: Any) -> Any:
        return card(*xs, *[-1.5, 2.0][: card.parameters])

    points = [tuple(draw.choice(POINTS) for _ in places) for _ in range(60)]
    traced = Traced(lambda *xs: gg.grad(f, places)(*xs), *points[0])
    for point in points:
        xs = [Value(x) for x in point]
        f(*xs).backward()
        found = traced(*point)
        assert [b.replace(bits([-0.0])[0], bits([0.0])[0]) for b in bits(found)] == bits(
            [v.grad + 0.0 for v in xs]
        ), (point, found)


def test_what_is_not_chosen_receives_nothing() -> None:
    """Not even 0 times an infinite gradient, which would be nan."""

    def f(x: Any) -> Any:
        return gg.where(x > 0, x * x, 2.0) * 1e308 * 1e10

    traced = Traced(gg.grad(f), 1.0)
    second = Traced(gg.grad(gg.grad(f)), 1.0)
    for x in (1.0, -1.0):
        v = Value(x)
        f(v).backward()
        assert traced(x) == v.grad == (math.inf if x > 0 else 0.0)
        assert bits(second(x)) == bits(gg.grad(gg.grad(f))(x))


# ------------------------------------------------- what a call leaves in an eager graph


class Product(Call):
    """The call of a function that returns (a * b, a + b), as compiled code would write it."""

    def seed(self, which: int, grad: float, number: int) -> None:
        arrived.setdefault(number, [0.0, 0.0])[which] += grad

    def hand_back(self, number: int) -> None:
        a, b = self.operands
        product, total = arrived.pop(number)
        for operand, slope in ((a, b._data), (b, a._data)):
            before = gradient_so_far(operand, number)
            set_gradient(operand, before + (product * slope + total), number)


arrived: dict[int, list[float]] = {}


def product_and_sum(a: Value, b: Value) -> list[Value]:
    called = restored(0.0, 0.0, 0, CALLED, 0, (a,), (0.0,), 0.0, Product((a, b), (0.0, 0.0)))
    return [
        restored(found, 0.0, 0, RESULT, 0, (called,), (0.0,), float(i), None)
        for i, found in enumerate((a._data * b._data, a._data + b._data))
    ]


def with_calls(pair: Callable[[Value, Value], list[Value]]) -> list[float]:
    x, y = Value(3.0), Value(-2.0)
    a, b = x * 2.0, y.tanh()
    p, s = pair(a, b)
    q, _ = pair(p, x)
    loss = q * s + a * p + y
    loss.backward()
    loss.backward()
    return [v.grad for v in (x, y, a, b, p, s)]


def test_gradients_pass_through_a_call() -> None:
    assert with_calls(product_and_sum) == with_calls(lambda a, b: [a * b, a + b])
    assert not arrived


def test_a_call_is_shown_and_copied() -> None:
    x, y = Value(3.0), Value(-2.0)
    p, s = product_and_sum(x, y)
    loss = p * s
    assert [v._op for v in loss._prev] == ["result", "result"]
    assert p._prev[0]._prev == (x, y)
    assert "called" in gg.draw(loss).svg()
    for twin in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert twin.data == loss.data
        assert [v.data for v in twin._prev[0]._prev[0]._prev] == [3.0, -2.0]
        with pytest.raises(NoRuleError, match="copy of a call.*call it again"):
            twin.backward()
    with pytest.raises(NoRuleError):
        gg.replay(loss)
    called = restored(0.0, 0.0, 0, CALLED, 0, (x,), (0.0,), 0.0, Call((x,), (0.0,)))
    with pytest.raises(NoRuleError, match="no way back"):
        restored(1.0, 0.0, 0, RESULT, 0, (called,), (0.0,), 0.0, None).backward()
