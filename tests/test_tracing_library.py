"""Traces of what the library offers: its functions, modules and transforms, `take`, `one_hot`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value, losses, nn
from glassgrad.engine import here
from glassgrad.jitting.tracing import trace
from glassgrad.ops import TABLE
from traced import POINTS, Traced, bits, check

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
    for token in (9.0, -1.0):
        with pytest.raises(IndexError):
            traced([0.0, token, 2.0])


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
    twice_through_atan2 = f is smooth and name in ("second", "hessian", "hvp")
    assert bool(traced.graph.guards) is twice_through_atan2


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
