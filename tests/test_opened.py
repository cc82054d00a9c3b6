"""Whoever looks at a graph sees the operations of a traced function, as if it had run itself."""

from __future__ import annotations

import copy
import pickle
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import battery
import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.graph import ancestors, without_calls
from glassgrad.show.text.tree import tree_text
from test_jit import bits, program


def two(x: Any, w: Any, k: Any) -> Any:
    """Several results; one of them is used on the way to the other."""
    hidden = (x * w + k).tanh()
    return hidden, (hidden**2 * gg.exp(w * 0.5)).relu() + x


def world(f: Callable[..., Any]) -> dict[str, Value]:
    """Make a graph around a function: before it, its results, after it."""
    a, w = Value(0.7, label="a"), Value(-1.3, label="w")
    x = a * 2
    y, z = f(x, w, 0.25)
    for name, v in (("x", x), ("y", y), ("z", z)):
        v.label = name
    found = {"a": a, "w": w, "x": x, "y": y, "z": z}
    found["after"] = z * y + w
    found["L"] = found["after"].sin() * 3 + a
    return found


def pair() -> tuple[dict[str, Value], dict[str, Value]]:
    traced = gg.jit(two, exact=True)
    traced(Value(0.1), Value(0.2), 0.3)  # with other numbers
    return world(two), world(traced)


NAMES = ["a", "w", "x", "y", "z", "after", "L"]


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_by_any_node(name: str) -> None:
    eager, traced = pair()
    first, ours = (gg.derivative(g["L"], wrt=g[name]) for g in (eager, traced))
    assert ours.data == first.data
    second, again = (
        gg.derivative(slope, wrt=g["w"]).data for slope, g in ((first, eager), (ours, traced))
    )
    assert again == pytest.approx(second, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_replay_and_nudge_any_node(name: str) -> None:
    eager, traced = pair()
    expected, found = (gg.replay(g["L"], {g[name]: 0.37}) for g in (eager, traced))
    assert found == expected
    slope = gg.derivative(eager["L"], wrt=eager[name]).data
    assert gg.nudge(traced["L"], traced[name], h=1e-6) == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize("backward", [False, True])
def test_the_tree_is_that_of_the_function_itself(backward: bool) -> None:
    eager, traced = pair()
    if backward:
        eager["L"].backward()
        traced["L"].backward()
    assert tree_text(traced["L"]) == tree_text(eager["L"])
    assert "tanh" in tree_text(traced["L"])


def test_the_drawing_shows_the_gradients_inside() -> None:
    drawn = []
    for graph in pair():
        graph["L"].backward()
        drawn.append(gg.draw(graph["L"]))
    assert drawn[1].grads == drawn[0].grads
    assert drawn[1].svg().count("tanh") == drawn[0].svg().count("tanh") > 0
    eager, traced = ([f.caption for f in gg.frames(g["L"])] for g in pair())
    assert traced == eager
    bundle = pair()[1]["L"]._repr_mimebundle_()
    assert "tanh" in "".join(bundle.values())


def test_explain_why_and_expand() -> None:
    eager, traced = pair()
    for name in ("a", "w", "x", "y"):
        assert str(gg.explain(traced["L"], traced[name])) == str(
            gg.explain(eager["L"], eager[name])
        )
        assert str(gg.why(traced[name], traced["L"])) == str(gg.why(eager[name], eager["L"]))
    assert str(gg.why(traced["L"])) == str(gg.why(eager["L"]))
    taken_apart = gg.expand(traced["L"])
    assert taken_apart.data == gg.expand(eager["L"]).data
    assert not {"tanh", "called", "result"} & {v._op for v in ancestors(taken_apart)}


def test_the_numbers_of_the_call_stay_when_a_parameter_moves() -> None:
    eager, traced = pair()
    for graph in (eager, traced):
        graph["w"].data = 5.0
    assert tree_text(traced["L"]) == tree_text(eager["L"])
    assert gg.replay(traced["L"]) == gg.replay(eager["L"])


def test_anomalies_inside_are_named() -> None:
    p = Value(0.0, label="p")
    traced = gg.jit(lambda p: (p * 2).sqrt() + 1)(p)
    with gg.detect_anomaly(), pytest.raises(gg.errors.NonFiniteError, match="sqrt"):
        traced.backward()


def test_what_a_function_only_hands_through() -> None:
    x = Value(2.0, label="x")
    y, same, seven = gg.jit(lambda x: (x, x * 3, 7.0))(x)
    L = y * x + same + seven
    assert gg.derivative(L, wrt=x).data == 7.0
    assert gg.derivative(L, wrt=y).data == 2.0
    assert gg.derivative(L, wrt=seven).data == 1.0


def test_a_call_of_a_call() -> None:
    inner = gg.jit(lambda x: (x * x).tanh())
    outer = gg.jit(lambda y, k: y.exp() * k)
    x = Value(0.6)
    L = outer(inner(x), 3.0) + inner(x)
    expected = gg.grad(gg.grad(lambda x: (x * x).tanh().exp() * 3.0 + (x * x).tanh()))(0.6)
    slope = gg.derivative(L, wrt=x)
    assert gg.derivative(slope, wrt=x).data == pytest.approx(expected, rel=1e-12)
    assert "tanh" in {v._op for v in ancestors(slope)}


@pytest.mark.parametrize("pickled", [False, True])
def test_a_copy_still_trains(pickled: bool, torch: Any) -> None:
    def copied(x: Any) -> Any:
        return pickle.loads(pickle.dumps(x)) if pickled else copy.deepcopy(x)

    gg.seed(3)
    model = nn.MLP(2, [3, 1])
    loss = gg.jit(lambda x: (model(x) - 1.0) ** 2)([0.5, -2.0])
    loss.label = "loss"
    for group in ((model, loss), (loss, model)):
        twins = copied(group)
        twin, twin_loss = twins if isinstance(twins[0], nn.Module) else twins[::-1]
        assert (twin_loss.data, twin_loss.label) == (loss.data, "loss")
        twin_loss.backward()
        assert any(p.grad for p in twin.parameters())
        w = [torch.tensor(p.data, dtype=torch.float64, requires_grad=True) for p in
             model.parameters()]  # fmt: skip
        hidden = [torch.relu(w[3 * i] * 0.5 + w[3 * i + 1] * -2.0 + w[3 * i + 2]) for i in range(3)]
        (sum(u * h for u, h in zip(w[9:12], hidden, strict=True)) + w[12] - 1.0).square().backward()
        ours = [p.grad for p in twin.parameters()]
        assert ours == pytest.approx([u.grad.item() for u in w], rel=1e-12)
        assert not any(p.grad for p in model.parameters())
    loss.backward()
    assert any(v.grad for v in ancestors(copied(loss)) if v._op == "ReLU")


def test_copies_of_a_whole_world() -> None:
    graph = pair()[1]
    twins = pickle.loads(pickle.dumps(graph))
    for name in NAMES:
        assert (twins[name].data, twins[name].label) == (graph[name].data, graph[name].label)
    for v in (graph, twins):
        v["L"].backward()
    assert [twins[name].grad for name in NAMES] == [graph[name].grad for name in NAMES]


def test_transforms_of_functions_that_close_over_a_result() -> None:
    eager, traced = pair()

    def f(graph: dict[str, Value]) -> Callable[..., Any]:
        return lambda t: gg.tanh(graph["z"] * t) * graph["y"] + t**2

    for transform in (gg.grad, gg.hessian, gg.jacobian):
        assert transform(f(traced))(0.4) == transform(f(eager))(0.4)
    assert gg.jvp(f(traced), (0.4,), (1.5,)) == gg.jvp(f(eager), (0.4,), (1.5,))
    assert gg.hvp(f(traced), (0.4,), (1.5,)) == gg.hvp(f(eager), (0.4,), (1.5,))
    assert gg.vjp(f(traced), 0.4)[1](2.0) == gg.vjp(f(eager), 0.4)[1](2.0)
    first, ours = (gg.derivative(gg.grad(f(g))(Value(0.4)), wrt=g["a"]) for g in (eager, traced))
    assert ours.data == first.data != 0.0
    # The variable of a transform may itself be a result.
    assert gg.grad(lambda y: y * y)(traced["y"]).data == 2 * traced["y"].data
    assert gg.check_grads(f(traced), 0.4).ok
    assert gg.check_grads(gg.jit(two), 0.5, 0.2, 0.3).ok


def test_random_programs_opened_have_the_bits_of_the_eager_graph() -> None:
    def inside(root: Value) -> Counter[Any]:
        """Count the nodes by operation, number and gradient; an input handed through is a copy."""
        nodes = [v for v in ancestors(*without_calls(root)) if v._op not in ("", "copy")]
        return Counter((v._op, bits(v.data), bits(v.grad), v._mark > 0) for v in nodes)

    for seed in range(100):
        draw = random.Random(seed)
        numbers = [battery.number(draw) for _ in range(4)]
        f = gg.jit(program(seed, 24), exact=True)
        f(*[Value(0.5 * x + 0.1) for x in numbers[:2]], 0.5, -2.0)
        x = list(map(Value, numbers))
        found = []
        for y, z in (program(seed, 24)(*x), f(*x[:2], *numbers[2:])):
            root = y * 0.5 + z
            root.backward()
            found.append(inside(root))
        assert found[1] == found[0], seed


def test_operations_of_ones_own() -> None:
    mix = gg.custom_op("mix", lambda a, b, c: a * b * c, lambda y, a, b, c: (b * c, a * c, a * b))
    a, b = Value(2.0), Value(3.0)
    found = []
    for f in (lambda a, b: mix(a, b, a).tanh(), gg.jit(lambda a, b: mix(a, b, a).tanh())):
        slope = gg.derivative(f(a, b) * 0.5, wrt=a)
        found.append((slope.data, gg.derivative(slope, wrt=b).data))
    assert found[1] == found[0]


def test_a_graph_without_calls_is_left_as_it_is() -> None:
    x = Value(2.0)
    traced = gg.jit(lambda x: x * 3)(x)
    root, other = x.tanh() * x, x + 1
    assert without_calls(root, other) == [root, other]
    assert without_calls(traced, root)[1] is root
