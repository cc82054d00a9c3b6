"""Transforms: JAX's meaning, and numbers that SymPy and JAX agree with."""

from __future__ import annotations

import collections
import math
from typing import Any, NamedTuple

import numpy as np
import pytest
import sympy

import glassgrad as gg
from glassgrad import Value


def f(x: Any) -> Any:
    return gg.tanh(x) * x**3 + gg.sin(2 * x) / (1 + gg.exp(-x))


def nth_derivative(n: int, at: float) -> float:
    x = sympy.Symbol("x")
    formula = sympy.tanh(x) * x**3 + sympy.sin(2 * x) / (1 + sympy.exp(-x))
    return float(sympy.diff(formula, x, n).subs(x, at).evalf(30))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("at", [-1.2, 0.3, 2.0])
def test_derivatives_of_any_order(order: int, at: float) -> None:
    derivative = f
    x = Value(at)
    graph = f(x)
    for _ in range(order):
        derivative = gg.grad(derivative)
        graph = gg.derivative(graph, wrt=x)
    exact = nth_derivative(order, at)
    assert derivative(at) == pytest.approx(exact, rel=1e-10)
    assert graph.data == pytest.approx(exact, rel=1e-10)


def test_forward_over_reverse_and_reverse_over_forward() -> None:
    exact = nth_derivative(2, 0.3)
    assert gg.jvp(gg.grad(f), (0.3,), (1.0,))[1] == pytest.approx(exact, rel=1e-12)

    def slope(x: Any) -> Any:
        return gg.jvp(f, (x,), (1.0,))[1]

    assert gg.grad(slope)(0.3) == pytest.approx(exact, rel=1e-12)
    assert gg.jvp(slope, (0.3,), (1.0,))[1] == pytest.approx(exact, rel=1e-12)
    assert gg.vjp(gg.grad(f), 0.3)[1](1.0) == (pytest.approx(exact, rel=1e-12),)


def test_one_inputs_perturbation_is_not_taken_for_anothers() -> None:
    # The classical confusion: d/dx (x * d/dy (x + y)) is 1, not 2.
    assert gg.grad(lambda x: x * gg.grad(lambda y: x + y)(1.0))(1.0) == 1.0
    moved = gg.jvp(lambda x: x * gg.jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1]
    assert moved == 1.0


def test_what_an_inner_transform_closes_over_is_differentiated() -> None:
    assert gg.grad(lambda w: gg.grad(lambda x: x * x * w)(2.0))(3.0) == 4.0
    assert gg.grad(lambda w: gg.vjp(lambda x: x * w * w, 2.0)[1](1.0)[0])(3.0) == 6.0
    assert gg.grad(lambda w: gg.jvp(lambda x: x * w * w, (2.0,), (1.0,))[1])(3.0) == 6.0
    found = gg.grad(lambda w: gg.grad(lambda x: x * x)(2.0) * w)(3.0)
    assert found == 4.0
    assert type(found) is float


def test_the_types_of_what_comes_out() -> None:
    value, (da, db) = gg.value_and_grad(lambda a, b: a * b, argnums=(0, 1))(2, 3)
    assert [(type(x), x) for x in (value, da, db)] == [(float, 6.0), (float, 3.0), (float, 2.0)]
    a = Value(2.0)
    value, slope = gg.value_and_grad(lambda x: x**3)(a)
    assert type(value) is type(slope) is Value
    slope.backward()
    assert a.grad == 12.0
    found = gg.grad(lambda x: gg.sum((x * x).flat))(np.array([[1, 2], [3, 4]]))
    assert found.dtype == np.float64
    assert found.tolist() == [[2.0, 4.0], [6.0, 8.0]]
    assert type(gg.grad(lambda x: 3.0)(1.0)) is float


class Pair(NamedTuple):
    w: Any
    b: Any


def test_nests() -> None:
    def loss(p: Any, scale: float) -> Any:
        return scale * (p["layer"].w[0] * 2 + p["layer"].w[1] * p["layer"].b ** 2) + p["extra"][0]

    at = {"layer": Pair([1.0, 2.0], 3), "extra": (4.0,)}
    found = gg.grad(loss)(at, scale=10.0)
    assert found == {"layer": Pair([20.0, 90.0], 120.0), "extra": (1.0,)}
    assert type(found["layer"]) is Pair


def test_argnums() -> None:
    def g(a: Any, b: Any, c: Any) -> Any:
        return a * b**2 * c**3

    assert gg.grad(g, 1)(2.0, 3.0, 5.0) == 2 * 2 * 3 * 125
    assert gg.grad(g, -1)(2.0, 3.0, 5.0) == 2 * 9 * 3 * 25
    assert gg.grad(g, (2, 0))(2.0, 3.0, 5.0) == (2 * 9 * 75, 9 * 125)
    for wrong in (3, (0, 5), "a", None, (0, 0), (0, -3)):
        with pytest.raises(TypeError, match="argnums"):
            gg.grad(g, wrong)(2.0, 3.0, 5.0)


def test_aux() -> None:
    def g(x: Any) -> Any:
        y = x * x
        return y + 1, {"square": y, "note": "as it is"}

    assert gg.grad(g, has_aux=True)(3.0) == (6.0, {"square": 9.0, "note": "as it is"})
    value, slope = gg.value_and_grad(g, has_aux=True)(3.0)
    assert value == (10.0, {"square": 9.0, "note": "as it is"})
    assert slope == 6.0
    with pytest.raises(TypeError, match="pair"):
        gg.grad(lambda x: x, has_aux=True)(1.0)


def test_vjp_and_jvp_against_jax(jax: Any) -> None:
    def program(xp: Any) -> Any:
        def g(a: Any, b: Any) -> Any:
            return [xp.tanh(a[0]) * b, a[1] / b, xp.exp(a[0] * a[1])]

        return g

    primals, tangents, weights = ([0.3, -0.7], 1.9), ([1.0, 2.0], -0.5), [1.0, -2.0, 0.25]
    ours, theirs = program(gg), program(jax.numpy)
    result, pull = gg.vjp(ours, *primals)
    their_result, their_pull = jax.vjp(theirs, *primals)
    assert result == pytest.approx([float(y) for y in their_result], rel=1e-12)
    [grads, db] = pull(weights)
    their_grads, their_db = their_pull(weights)
    assert [*grads, db] == pytest.approx([*map(float, their_grads), float(their_db)], rel=1e-12)
    moved = gg.jvp(ours, primals, tangents)[1]
    theirs_moved = jax.jvp(theirs, primals, tangents)[1]
    assert moved == pytest.approx([float(t) for t in theirs_moved], rel=1e-12)


def test_a_gradient_leaves_parameters_alone() -> None:
    w = Value(3.0)
    assert gg.grad(lambda x: x * w)(2.0) == 3.0
    gg.jvp(lambda x: x * w, (2.0,), (1.0,))
    assert (w.grad, w._mark) == (0.0, 0)


def test_derivative_of_inner_nodes_and_nests() -> None:
    a, b = Value(2.0), Value(-3.0)
    e = a * b
    L = (e + 10.0) * -2.0
    found = gg.derivative(L, wrt={"a": a, "inner": [e, b], "root": L, "other": Value(1.0)})
    assert [found[name].data for name in ("a", "root", "other")] == [6.0, 1.0, 0.0]
    assert [v.data for v in found["inner"]] == [-2.0, -4.0]
    assert all(v.grad == 0.0 for v in (a, b, e, L))


def test_the_derivative_of_a_power_reads_like_the_textbook() -> None:
    x = Value(3.0, label="x")
    slope = gg.derivative(x**3, wrt=x)
    three, square = slope._prev
    assert (slope._op, three.data, square._op, square._prev) == ("*", 3.0, "**2", (x,))
    assert [p.data for p in gg.derivative(x**2, wrt=x)._prev] == [2.0, 3.0]


def test_a_gradient_has_the_bits_of_backward() -> None:
    x = Value(0.7)
    y = f(x)
    y.backward()
    assert x.grad == gg.grad(f)(0.7) == gg.derivative(y, wrt=x).data


def test_choices_are_differentiated_as_taken() -> None:
    def g(x: Any) -> Any:
        return gg.where(x > 0, x**2, -x) + gg.maximum(x, 0.5) + x.clamp(-1, 1) + abs(x)

    assert gg.grad(g)(2.0) == 4.0 + 1.0 + 0.0 + 1.0
    assert gg.grad(g)(-2.0) == -1.0 + 0.0 + 0.0 - 1.0
    assert gg.grad(gg.grad(g))(2.0) == 2.0


def test_second_derivatives_at_the_edges_of_powers() -> None:
    assert gg.grad(gg.grad(lambda x: x**2))(0.0) == 2.0
    assert gg.grad(gg.grad(lambda x: x**1))(0.0) == 0.0
    assert gg.grad(gg.grad(lambda x: x**3))(-2.0) == -12.0
    assert gg.grad(gg.grad(lambda x: x**x))(2.0) == pytest.approx(
        4 * ((math.log(2) + 1) ** 2 + 1 / 2), rel=1e-13
    )


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh"])
@pytest.mark.parametrize("at", [0.0, 0.5, -3.0])
def test_activations_to_any_order_also_at_0(name: str, order: int, at: float) -> None:
    x = sympy.Symbol("x")
    meaning = {
        "sigmoid": 1 / (1 + sympy.exp(-x)),
        "softplus": sympy.log(1 + sympy.exp(x)),
        "tanh": sympy.tanh(x),
    }[name]
    derivative = getattr(gg, name)
    for _ in range(order):
        derivative = gg.grad(derivative)
    exact = float(sympy.diff(meaning, x, order).subs(x, sympy.Rational(at)).evalf(30))
    assert derivative(at) == pytest.approx(exact, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("at", [27.0, 400.0, 711.0, 1000.0, math.inf])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus"])
def test_second_derivatives_where_an_activation_is_saturated(name: str, at: float) -> None:
    for x in (at, -at):
        assert gg.grad(gg.grad(getattr(gg, name)))(x) == pytest.approx(0.0, abs=1e-11)
    if math.isfinite(at):
        bent = gg.grad(gg.grad(lambda x: gg.gelu(x, "tanh")))(at)
        assert bent == pytest.approx(0.0, abs=1e-9)


def test_a_transform_records_inside_no_grad() -> None:
    with gg.no_grad():
        assert gg.grad(lambda x: x * x)(3.0) == 6.0
        assert gg.jvp(lambda x: x * x, (3.0,), (1.0,))[1] == 6.0
        assert gg.grad(gg.grad(lambda x: x**3))(2.0) == 12.0
        assert (Value(1.0) * 2)._prev == ()

        def partly(x: Any) -> Any:
            with gg.no_grad():
                c = x * x
            return c * x

        assert gg.grad(partly)(3.0) == 9.0


def test_a_graph_that_has_changed_since_it_was_recorded_is_refused() -> None:
    x = Value(2.0, label="x")
    y = x * x
    assert gg.derivative(y, wrt=x).data == 4.0
    x.data = 10.0
    with pytest.raises(gg.GlassgradError, match=r"changed since it was recorded.*label='x'"):
        gg.derivative(y, wrt=x)
    y.backward()
    assert x.grad == 4.0


def test_watching_a_transform() -> None:
    with gg.detect_anomaly():
        with pytest.raises(gg.NonFiniteError, match="local derivative inf"):
            gg.grad(gg.sqrt)(0.0)
        with pytest.raises(gg.NonFiniteError):
            gg.jvp(gg.sqrt, (0.0,), (1.0,))
        assert gg.grad(gg.sqrt)(4.0) == 0.25


def test_what_comes_along_keeps_its_type() -> None:
    numbers = np.array([1, 2, 3])
    counts = collections.Counter("aab")
    nest = collections.OrderedDict(a=numbers, b=counts, c="text", d=[None, True])
    _, aux = gg.grad(lambda x: (x * x, nest), has_aux=True)(1.0)
    assert aux["a"] is numbers
    assert type(aux) is collections.OrderedDict
    assert aux["b"] == counts
    assert type(aux["b"]) is collections.Counter
    assert aux["d"] == [None, True]


def test_the_order_of_keys_does_not_matter() -> None:
    moved = gg.jvp(lambda p: p["a"] * p["b"], ({"a": 2.0, "b": 3.0},), ({"b": 0.0, "a": 1.0},))
    assert moved == (6.0, 3.0)


# ------------------------------------------------------------------------------- bad input


def test_a_gradient_that_would_be_lost_is_refused() -> None:
    for g in (lambda x: math.exp(x), lambda x: math.exp(2 * x), lambda x: float(x) ** 2):
        with pytest.raises(gg.TraceError, match=r"gg\.exp"):
            gg.grad(g)(1.0)
    assert float(Value(2.0)) == 2.0  # and afterwards all is as before


def test_it_is_refused_too_after_partials_were_called_within_a_transform() -> None:
    op = gg.custom_op("op", lambda x: math.exp(x), lambda y, x: (y,))
    assert gg.grad(gg.grad(op))(1.0) == pytest.approx(math.e)
    refused = gg.custom_op("refused", lambda x: math.exp(x), lambda y, x: (math.exp(x),))
    with pytest.raises(gg.NoRuleError, match="refused"):
        gg.grad(gg.grad(refused))(1.0)
    with pytest.raises(gg.TraceError):
        gg.grad(lambda x: gg.grad(op)(x) * math.exp(x))(1.0)
    with pytest.raises(gg.TraceError):
        gg.grad(lambda x: math.exp(x))(1.0)


def test_more_than_one_number_is_refused() -> None:
    with pytest.raises(TypeError, match=r"one number.*gg\.vjp"):
        gg.grad(lambda x: [x, x])(1.0)
    with pytest.raises(TypeError, match=r"an ndarray.*gg\.vjp"):
        gg.grad(gg.tanh)(np.array([1.0, 2.0]))
    with pytest.raises(TypeError, match="comparison has no derivative"):
        gg.grad(lambda x: x > 2)(1.0)
    with pytest.raises(TypeError, match="as tuples"):
        gg.jvp(lambda x: x, 3.0, 1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="forget to return"):
        gg.grad(lambda x: None)(1.0)


def test_arguments_that_are_not_numbers_are_refused() -> None:
    for wrong in ("3", None, 1j):
        with pytest.raises(TypeError, match=type(wrong).__name__):
            gg.grad(lambda x: x)(wrong)


def test_forms_that_do_not_match_are_refused() -> None:
    with pytest.raises(TypeError, match="tangents must have the form of the primals"):
        gg.jvp(lambda x: x, ([1.0, 2.0],), ([1.0],))
    with pytest.raises(TypeError, match="cotangents must have the form of the result"):
        gg.vjp(lambda x: x, 1.0)[1]([1.0])


def test_derivative_takes_values() -> None:
    x = Value(1.0)
    with pytest.raises(TypeError, match="wrt names Values of the graph, not a float"):
        gg.derivative(x * 2, wrt=1.0)
    with pytest.raises(TypeError, match="not a float"):
        gg.derivative(3.0, wrt=x)


def test_a_node_without_a_rule_is_refused() -> None:
    def g(x: Any) -> Any:
        return Value(0.5, (x,), "mystery")

    for transform in (gg.grad(g), gg.grad(gg.grad(g)), lambda x: gg.jvp(g, (x,), (1.0,))):
        with pytest.raises(gg.NoRuleError, match="mystery"):
            transform(1.0)
