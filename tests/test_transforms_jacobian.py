"""Jacobians, Hessians and their products with vectors: JAX's forms, PyTorch's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

import glassgrad as gg
from glassgrad import Value

X = np.array([0.3, -0.7, 1.9])
W = np.array([[0.5, -1.0, 2.0], [0.25, 0.1, -0.3]])


def layers(xp: Any) -> Any:
    """A function of an array and a matrix, written once for NumPy's and JAX's arrays."""

    def f(x: Any, w: Any) -> Any:
        return xp.tanh(w @ x) * xp.exp(x[0]) + w[:, 1] ** 2

    return f


def close(ours: Any, theirs: Any) -> None:
    """Compare nests of arrays and numbers, their forms included."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key, value in theirs.items():
            close(ours[key], value)
    elif isinstance(theirs, (list, tuple)):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            close(one, other)
    else:
        assert np.shape(ours) == np.shape(theirs)
        assert type(ours) is float or ours.dtype == np.float64
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("argnums", [0, -1, (0,), [1, 0]])
@pytest.mark.parametrize("name", ["jacobian", "hessian"])
def test_arrays_against_jax(jax: Any, name: str, argnums: Any) -> None:
    ours = getattr(gg, name)(layers(gg), argnums)(X, W)
    theirs = getattr(jax, name)(
        layers(jax.numpy), tuple(argnums) if isinstance(argnums, list) else argnums
    )(X, W)
    close(ours, theirs)


def test_nests_against_jax(jax: Any) -> None:
    def program(xp: Any) -> Any:
        def f(p: Any, scale: Any) -> Any:
            a, (b, c) = p["a"], p["bc"]
            return {"pair": (a * b**2 * scale, xp.sin(c)), "vector": c * a, "same": b}

        return f

    at = {"a": 1.5, "bc": (0.5, np.array([2.0, 3.0]))}
    for argnums in (0, (0, 1)):
        for name in ("jacobian", "hessian"):
            ours, theirs = (
                getattr(module, name)(program(xp), argnums)(at, 2.0)
                for module, xp in ((gg, gg), (jax, jax.numpy))
            )
            close(ours, theirs)


def test_auxiliary_results_against_jax(jax: Any) -> None:
    def f(x: Any) -> Any:
        return [x[0] * x[1], x[1] ** 3], {"sum": x[0] + x[1]}

    for name in ("jacobian", "hessian"):
        ours, aux = getattr(gg, name)(f, has_aux=True)([2.0, 3.0])
        theirs, their_aux = getattr(jax, name)(f, has_aux=True)([2.0, 3.0])
        close(ours, theirs)
        close(aux, their_aux)
    with pytest.raises(TypeError, match="pair"):
        gg.jacobian(lambda x: x, has_aux=True)(1.0)


def test_against_torch(torch: Any) -> None:
    def program(xp: Any) -> Any:
        return lambda x: xp.exp(x[0] * x[1]) / x[2] + xp.sin(x[2]) * x[0] ** 3

    ours, theirs = program(gg), program(torch)
    at, v = torch.tensor(X), torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    functional = torch.autograd.functional
    np.testing.assert_allclose(gg.hessian(ours)(X), functional.hessian(theirs, at), rtol=1e-12)
    _, product = functional.hvp(theirs, at, v)
    np.testing.assert_allclose(gg.hvp(ours, (X,), (v.numpy(),)), product, rtol=1e-12)
    listed = gg.hvp(ours, (X.tolist(),), (v.tolist(),))
    np.testing.assert_allclose(listed, product, rtol=1e-12)
    f = program(torch)
    jacobian = functional.jacobian(lambda x: torch.stack([f(x), f(x * x)]), at)
    np.testing.assert_allclose(
        gg.jacobian(lambda x: [ours(x), ours(x * x)])(X), jacobian, rtol=1e-12
    )


def test_a_product_with_the_hessian_against_jax(jax: Any) -> None:
    def program(xp: Any) -> Any:
        return lambda a, b: xp.sin(a) * b[0] ** 2 + xp.exp(a * b[1])

    primals, tangents = (0.4, [1.5, -0.3]), (0.7, [-1.0, 2.0])
    for argnums in (0, 1, (0, 1)):
        theirs = jax.jvp(jax.grad(program(jax.numpy), argnums), primals, tangents)[1]
        close(gg.hvp(program(gg), primals, tangents, argnums), theirs)
    with pytest.raises(TypeError, match="tangents must have the form of the primals"):
        gg.hvp(program(gg), primals, (0.7, [1.0]))
    with pytest.raises(TypeError, match=r"one number.*gg\.jacobian"):
        gg.hvp(lambda x: [x, x], (1.0,), (1.0,))


def test_composed_to_the_fourth_order(jax: Any) -> None:
    def program(xp: Any) -> Any:
        return lambda x: xp.exp(x[0]) * xp.sin(x[1]) * x[0] ** 2

    at = np.array([0.7, 0.2])
    ours, theirs = program(gg), program(jax.numpy)
    third = gg.jacobian(gg.hessian(ours))(at)
    assert third.shape == (2, 2, 2)
    close(third, jax.jacobian(jax.hessian(theirs))(at))
    fourth = gg.hessian(gg.hessian(ours))(at)
    x, y = symbols = sympy.symbols("x y")
    formula = sympy.exp(x) * sympy.sin(y) * x**2
    for place in np.ndindex(2, 2, 2, 2):
        exact = sympy.diff(formula, *(symbols[i] for i in place)).subs({x: at[0], y: at[1]})
        assert fourth[place] == pytest.approx(float(exact), rel=1e-12)

    def traced(transforms: Any, f: Any) -> Any:
        return lambda x: transforms.hessian(f)(x)[0, 0] + transforms.hessian(f)(x)[1, 1]

    close(gg.grad(traced(gg, ours))(at), jax.grad(traced(jax, theirs))(at))
    moved = gg.jvp(gg.jacobian(ours), (at,), (np.array([1.0, 2.0]),))
    close(moved[1], jax.jvp(jax.jacobian(theirs), (at,), (np.array([1.0, 2.0]),))[1])
    weights = np.array([0.3, -1.0])
    [pulled] = gg.vjp(gg.grad(ours), at)[1](weights)
    close(pulled, gg.hvp(ours, (at,), (weights,)))  # the Hessian is symmetric


def test_what_is_closed_over_is_differentiated() -> None:
    def slope_sum(w: Any) -> Any:
        return gg.sum(gg.jacobian(lambda x: [w * w * x[0] * x[1], w])([2.0, 3.0])[0])

    assert gg.grad(slope_sum)(5.0) == 2 * 5 * 3 + 2 * 5 * 2
    assert gg.jacobian(lambda x: gg.hvp(lambda y: x * y**3, (2.0,), (1.0,)))(7.0) == 12.0


def test_the_types_of_what_comes_out() -> None:
    found = gg.jacobian(lambda x: [x[0] * 2, 3.0])([1, 2])
    assert found == [[2.0, 0.0], [0.0, 0.0]]
    assert all(type(d) is float for row in found for d in row)
    assert gg.jacobian(lambda x: x**2)(3) == 6.0
    a = Value(2.0)
    rows = gg.jacobian(lambda x: np.array([x**3, x], dtype=object))(a)
    assert rows.dtype == object
    rows[0].backward()
    assert (rows[0].data, a.grad) == (12.0, 12.0)
    assert gg.jacobian(lambda x: [])([1.0]) == []
    assert gg.jacobian(lambda x: x)(np.zeros(0)).shape == (0, 0)


def test_wrong_functions_and_arguments() -> None:
    with pytest.raises(TypeError, match="comparison has no derivative"):
        gg.jacobian(lambda x: [x > 1])(1.0)
    with pytest.raises(TypeError, match="argnums"):
        gg.hessian(lambda x: x, 1)(1.0)
    with pytest.raises(gg.TraceError, match=r"gg\.exp"):
        gg.jacobian(lambda x: [float(x)])(1.0)
    with pytest.raises(gg.NoRuleError, match="mystery"):
        gg.jacobian(lambda x: [Value(0.5, (x,), "mystery")])(1.0)
