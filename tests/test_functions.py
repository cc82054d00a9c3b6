"""Functions composed of others, against PyTorch and mpmath."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest

import glassgrad as gg
from glassgrad import Value

POINTS = [-800.0, -30.0, -3.0, -1.0, -1e-3, 0.0, 1e-3, 0.5, 2.0, 30.0, 800.0]


def unary(torch: Any) -> dict[str, tuple[Any, Any]]:
    functional = torch.nn.functional
    return {
        "silu": (gg.silu, functional.silu),
        "gelu": (gg.gelu, functional.gelu),
        "gelu tanh": (
            lambda x: gg.gelu(x, "tanh"), lambda x: functional.gelu(x, approximate="tanh"),
        ),
        "elu": (gg.elu, functional.elu),
        "elu 0.5": (lambda x: gg.elu(x, 0.5), lambda x: functional.elu(x, 0.5)),
        "leaky_relu": (gg.leaky_relu, functional.leaky_relu),
        "leaky_relu 0.2": (
            lambda x: gg.leaky_relu(x, 0.2), lambda x: functional.leaky_relu(x, 0.2),
        ),
    }  # fmt: skip


def vectors(torch: Any) -> dict[str, tuple[Any, Any]]:
    return {
        "softmax": (lambda v: gg.softmax(v)[0], lambda t: t.softmax(0)[0]),
        "log_softmax": (lambda v: gg.log_softmax(v)[1], lambda t: t.log_softmax(0)[1]),
        "logsumexp": (gg.logsumexp, lambda t: t.logsumexp(0)),
        "norm": (gg.norm, lambda t: t.norm()),
        "hypot": (lambda v: gg.hypot(v[0], v[1]), lambda t: torch.hypot(t[0], t[1])),
    }


def close(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-14)


@pytest.mark.parametrize(
    "name",
    ["silu", "gelu", "gelu tanh", "elu", "elu 0.5", "leaky_relu", "leaky_relu 0.2"],
)
def test_activations(name: str, torch: Any) -> None:
    ours, theirs = unary(torch)[name]
    for x in POINTS:
        v, t = Value(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
        y, z = ours(v), theirs(t)
        y.backward()
        z.backward()
        assert close(y.data, z.item()), (x, y, z)
        assert close(v.grad, t.grad.item()), (x, v, t.grad)
        assert ours(x) == y.data
    function, *_ = name.split()
    assert getattr(Value(0.5), function)().data == getattr(gg, function)(0.5)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "norm", "hypot"])
@pytest.mark.parametrize(
    "at",
    [(0.0, 3.0, -2.0, 1.0), (1000.0, 1001.0, 0.0, -1000.0), (-1e3, -1e3 - 1, -1e3, -1e3),
     (1e-200, 2e-200, 0.0, 0.0), (2.0, 2.0, 2.0, 2.0)],
)  # fmt: skip
def test_of_several(name: str, at: tuple[float, ...], torch: Any) -> None:
    ours, theirs = vectors(torch)[name]
    values = [Value(x) for x in at]
    tensor = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    y, z = ours(values), theirs(tensor)
    y.backward()
    z.backward()
    # PyTorch's norm squares without scaling first, and loses 1e-200.
    if not (name == "norm" and z.item() == 0.0):
        assert close(y.data, z.item())
        assert all(map(close, [v.grad for v in values], tensor.grad.tolist()))
    assert close(ours(list(at)), y.data)


def test_no_overflow_on_the_way() -> None:
    big = [Value(3e200), Value(4e200)]
    for length in (gg.norm(big), gg.hypot(*big)):
        length.backward()
        assert length.data == pytest.approx(5e200, rel=1e-15)
    assert [v.grad for v in big] == pytest.approx([2 * 0.6, 2 * 0.8], rel=1e-14)
    assert gg.norm([3e-200, 4e-200]) == pytest.approx(5e-200, rel=1e-15)


def test_infinite_scores() -> None:
    assert gg.logsumexp([-math.inf, -math.inf]) == -math.inf
    assert gg.logsumexp([math.inf, 0.0]) == math.inf
    assert gg.softmax([-math.inf, 0.0]) == [0.0, 1.0]


def test_digits() -> None:
    with mpmath.workdps(40):
        for x in (-5.0, -0.1, 0.3, 4.0):
            exact = mpmath.mpf(x) * mpmath.ncdf(x)
            assert gg.gelu(x) == pytest.approx(float(exact), rel=1e-9, abs=1e-16)
        exact = mpmath.log(mpmath.exp(-2) + mpmath.exp(1) + mpmath.exp(3))
        assert gg.logsumexp([-2.0, 1.0, 3.0]) == pytest.approx(float(exact), rel=1e-15)


def test_bad_input() -> None:
    with pytest.raises(ValueError, match='"none" or "tanh"'):
        gg.gelu(1.0, "exact")
    for function in (gg.softmax, gg.log_softmax, gg.logsumexp, gg.norm):
        with pytest.raises(ValueError, match="give at least one"):
            function([])
