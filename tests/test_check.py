"""Checks by nudging: slopes against mpmath and SymPy, and mistakes that must be found."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
from matplotlib.figure import Figure

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.check.complex_step import complex_slope
from glassgrad.check.slopes import measure
from glassgrad.cli import main

# ------------------------------------------------------------------------------------ nudge


def test_nudging_a_function() -> None:
    slope = gg.nudge(lambda x: 3 * x**2 - 4 * x + 5, 3.0)
    assert slope == pytest.approx(14.003, rel=1e-10)  # the lecture's number for h = 0.001
    assert gg.nudge(math.exp, 1.0, h=1e-6) == pytest.approx(math.e, rel=1e-5)  # without Values
    assert gg.nudge(lambda x: x.tanh(), 0.5, h=1e-6) == pytest.approx(
        1 - math.tanh(0.5) ** 2, rel=1e-5
    )
    # Off by h/2 of the second derivative.
    off = gg.nudge(gg.exp, 0.0, h=0.01) - 1.0
    assert off == pytest.approx(0.01 / 2, rel=1e-2)
    assert gg.nudge(abs, 0.0) == 1.0  # it looks to the right only


def test_nudging_one_argument_of_several() -> None:
    def f(a: Any, p: Any, x: Any) -> Any:
        return a * p["w"] ** 2 + x[0] * x[1] + p["b"]

    at = (2.0, {"w": 3.0, "b": 1.0}, np.array([4.0, 5.0]))
    assert gg.nudge(f, *at) == pytest.approx(9.0, rel=1e-9)
    assert gg.nudge(f, *at, wrt=1) == pytest.approx({"w": 12.0 + 2e-3, "b": 1.0}, rel=1e-9)
    found = gg.nudge(f, *at, wrt=-1)
    assert found.dtype == np.float64
    assert found == pytest.approx(np.array([5.0, 4.0]), rel=1e-9)


def test_nudging_any_node_of_a_graph() -> None:
    gg.seed(2)
    model = nn.MLP(2, [3, 1], activation="tanh")
    x = [Value(0.5), Value(-1.0)]
    hidden = model.layers[0](x)
    loss = (model.layers[1](hidden) - 1.0) ** 2
    loss.backward()
    before = [p.data for p in model.parameters()]
    for node in [*x, *hidden, *model.parameters()]:
        assert gg.nudge(loss, node, h=1e-7) == pytest.approx(node.grad, rel=1e-5, abs=1e-5)
    assert [p.data for p in model.parameters()] == before
    assert gg.nudge(loss, loss) == pytest.approx(1.0)
    a = Value(1.0)
    assert gg.nudge(a * a, a, 0.5) == gg.nudge(a * a, a, h=0.5) == 2.5  # (1.5² - 1) / 0.5


def test_wrong_nudges() -> None:
    a = Value(1.0)
    for h in (0.0, -1e-3, math.inf, math.nan):
        with pytest.raises(ValueError, match="a small number above 0"):
            gg.nudge(gg.tanh, 1.0, h=h)
    for wrt in (1, -2, "x"):
        with pytest.raises(TypeError, match="which of the 1 arguments is nudged"):
            gg.nudge(gg.tanh, 1.0, wrt=wrt)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="one node is nudged, a Value, not a float"):
        gg.nudge(a * 2, 3.0)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="not nothing"):
        gg.nudge(a * 2)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="no part of the graph"):
        gg.nudge(a * 2, Value(1.0))
    with pytest.raises(TypeError, match="is a function, not 3"):
        gg.nudge(3, 1.0)  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="not a str"):
        gg.nudge(gg.tanh, "1")
    with pytest.raises(TypeError, match="comparison has no derivative"):
        gg.nudge(lambda x: x > 0, 1.0)


# ------------------------------------------------------------------------------------ sweep


def test_a_sweep_shows_truncation_and_rounding() -> None:
    sweep = gg.nudge_sweep(gg.exp, 1.0)
    assert sweep.exact == pytest.approx(math.e, rel=1e-15)
    assert [row.h for row in sweep.rows] == [float(f"1e-{k}") for k in range(1, 17)]
    forward, central = sweep.errors("forward"), sweep.errors("central")
    for k in (1, 2, 3):  # Taylor: h f''/2, and h² f'''/6
        assert forward[k] == pytest.approx(10.0 ** -(k + 1) / 2 * math.e, rel=0.01)
    for k in (0, 1, 2):
        assert central[k] == pytest.approx(100.0 ** -(k + 1) / 6 * math.e, rel=0.01)
    assert forward[-1] == math.e  # 1 + 1e-16 is 1: nothing moved
    assert 1e-9 <= sweep.best("forward") <= 1e-7 < sweep.best("central") <= 1e-4
    shown = repr(sweep).splitlines()
    assert shown[0] == "the slope at x = 1 is 2.7182818"
    assert shown[3].split() == ["0.1", "2.858842", "0.14", "2.7228146", "0.0045"]
    assert len({len(line) for line in shown[2:19]}) == 1


@pytest.mark.parametrize("x", [-1.0, 0.0])
def test_a_sweep_needs_a_value(x: float) -> None:
    with pytest.raises(gg.GlassgradError, match=f"no finite value at {x}: it gives"):
        gg.nudge_sweep(gg.log, x)


def test_a_sweep_is_plotted() -> None:
    sweep = gg.nudge_sweep(lambda x: x**3, 2.0)
    ax = sweep.plot(Figure().subplots())
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    [forward, central] = ax.get_lines()
    assert list(forward.get_ydata()) == sweep.errors("forward")
    shown = np.asarray(central.get_ydata(), dtype=float)
    drawn = [error if error else math.nan for error in sweep.errors("central")]
    np.testing.assert_array_equal(shown, drawn)


def test_wrong_sweeps() -> None:
    with pytest.raises(gg.GlassgradError, match=r"derivative at 0\.0 is inf"):
        gg.nudge_sweep(gg.sqrt, 0.0)
    with pytest.raises(TypeError, match="a function of one number"):
        gg.nudge_sweep(lambda x: x[0], [1.0, 2.0])  # type: ignore[arg-type]


# ----------------------------------------------------------------------------- measurements

CURVES: list[tuple[Any, Any, tuple[float, float]]] = [
    (lambda m, x: m.exp(x) * m.sin(3 * x), "exp·sin", (-3, 3)),
    (lambda m, x: m.log(x) / x, "log/x", (1e-6, 50)),
    (lambda m, x: m.tanh(x) ** 3 - x, "tanh³", (-30, 30)),
    (lambda m, x: m.sin(200 * x), "fast sine", (-1, 1)),
    (lambda m, x: 1 / (x * x + 1e-4), "narrow peak", (-1, 1)),
    (lambda m, x: m.sqrt(x) + 1e6, "far above 0", (0.1, 9)),
]


@pytest.mark.parametrize("curve", CURVES, ids=[name for _, name, _ in CURVES])
def test_a_measured_slope_is_as_exact_as_it_says(curve: Any) -> None:
    f, _, (low, high) = curve
    draw = random.Random(7)
    for _ in range(40):
        x = draw.uniform(low, high)
        with mpmath.workdps(50):
            exact = float(mpmath.diff(lambda t: f(mpmath, t), mpmath.mpf(x)))
        slope = measure(lambda t: f(gg, t), x)
        assert slope.kind == "smooth"
        assert abs(slope.value - exact) <= 10 * slope.error + 1e-12 * abs(exact)
        assert slope.value == pytest.approx(exact, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("f", "x", "left", "right"),
    [
        (abs, 0.0, -1.0, 1.0),
        (gg.relu, 0.0, 0.0, 1.0),
        (lambda x: gg.maximum(x * x, 2 - x), 1.0, -1.0, 2.0),
        (lambda x: gg.clamp(5 * x, -1.0, 10.0), 2.0, 5.0, 0.0),
        (lambda x: abs(gg.sin(x)) + 1e3, math.pi, -1.0, 1.0),
    ],
)
def test_kinks(f: Any, x: float, left: float, right: float) -> None:
    slope = measure(f, x)
    assert slope.kind == "kink"
    assert (slope.left, slope.right) == pytest.approx((left, right), abs=1e-5)
    beside = measure(f, x - 1e-4)  # a kink nearby is none
    assert beside.kind == "smooth"
    assert beside.value == pytest.approx(left, abs=1e-3)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (gg.sqrt, 0.0),
        (math.sqrt, 0.0),
        (gg.log, 0.0),
        (lambda x: 1.0 if x > 2 else 0.0, 2.0),
        (lambda x: abs(x) ** 0.5, 0.0),
        (lambda x: math.nan, 1.0),
        (lambda x: math.exp(x), 800.0),
    ],
)
def test_places_without_a_slope(f: Any, x: float) -> None:
    slope = measure(f, x)
    assert slope.kind == "none"
    assert math.isnan(slope.value)


def test_a_complex_step_has_no_rounding() -> None:
    def f(m: Any, x: Any) -> Any:
        return m.exp(x) / (x**3 + m.sqrt(1 + x * x)) + x**-1.5 + 2.0**x

    square = gg.custom_op("square_of", lambda x: x * x, lambda y, x: (0.0,))  # its rule is wrong
    for at in (0.3, 1.7, 6.0):
        x = Value(at)
        with mpmath.workdps(50):
            exact = float(mpmath.diff(lambda t: f(mpmath, t), mpmath.mpf(at)))
        assert complex_slope(f(gg, x), x) == pytest.approx(exact, rel=1e-14)
        assert complex_slope(square(x) + gg.silu(x) * 0, x) == pytest.approx(2 * at, rel=1e-15)
        assert complex_slope(Value(x) + gg.where(True, x, 1.0), x) == 2.0
    x = Value(1.0)
    for y in (abs(x), x.relu(), x.erf(), gg.maximum(x, 2.0)):
        assert complex_slope(y, x) is None
    assert complex_slope(Value(1.0) * 2, x) == 0.0


# ------------------------------------------------------------------------------ check_grads


class Pair(NamedTuple):
    w: Any
    b: Any


def test_right_gradients_of_nests_and_arrays() -> None:
    def loss(p: Any, x: Any, scale: Any = 2.0) -> Any:
        return gg.sum((gg.tanh(x * p["layer"].w[0] + p["layer"].b) ** 2).flat) * scale

    at = {"layer": Pair([0.5, 7.0], Value(0.1))}
    check = gg.check_grads(loss, at, np.array([[1.0, -2.0], [0.3, 0.4]]))
    assert check.ok
    assert check
    assert [c.name for c in check.inputs] == [
        "p['layer'].w[0]", "p['layer'].w[1]", "p['layer'].b", "x[0, 0]", "x[0, 1]", "x[1, 0]",
        "x[1, 1]",
    ]  # fmt: skip
    assert {c.verdict for c in [*check.inputs, *check.directions]} == {"agrees"}
    assert [c.name for c in check.directions] == ["forward mode", "second order"]
    assert all(abs(c.difference) < 1e-9 for c in check.inputs)
    assert all(abs(c.analytic - c.exact) < 1e-14 for c in check.inputs)
    assert repr(check).endswith("all gradients are right")


def test_several_outputs_do_not_cancel_out() -> None:
    assert gg.check_grads(lambda x: gg.softmax(list(x)), np.array([0.1, -0.4, 2.0])).ok
    wrong = gg.custom_op("wrong", lambda x: x * x, lambda y, x: (x,))
    check = gg.check_grads(lambda x: [wrong(x), 1 - wrong(x)], 3.0)
    assert not check.ok


def test_a_network_with_respect_to_its_inputs() -> None:
    gg.seed(4)
    model = nn.MLP(3, [4, 1], activation="tanh")
    before = [(p.data, p.grad) for p in model.parameters()]
    assert gg.check_grads(model, [0.2, -0.5, 0.9]).ok
    assert [(p.data, p.grad) for p in model.parameters()] == before


def test_a_wrong_rule_is_found_and_named() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x,))
    check = gg.check_grads(lambda a, b: cube(a) * b + a, 2.0, 3.0)
    assert not check.ok
    assert not check
    assert [c.verdict for c in check.inputs] == ["wrong", "agrees"]
    assert check.inputs[0].analytic == 3 * 6 + 1
    assert check.inputs[0].numeric == pytest.approx(3 * 12 + 1)
    assert check.remarks == [
        "the rule of cube is wrong: at cube(2) its local derivative is 6, and nudging gives 12"
    ]
    assert repr(check).endswith("not confirmed: a, forward mode")
    swapped = gg.custom_op("ratio", lambda a, b: a / b, lambda y, a, b: (1 / b, y / b))
    [remark] = gg.check_grads(swapped, 1.0, 2.0).remarks
    assert remark.startswith("the rule of ratio is wrong for operand 2: at ratio(1, 2) ")


def test_a_rule_that_is_wrong_in_the_eighth_digit_is_found() -> None:
    almost = gg.custom_op("almost", lambda x: x * x, lambda y, x: (2.00000002 * x,))
    check = gg.check_grads(almost, 3.0)
    assert not check.ok
    assert "complex step" in check.inputs[0].note
    assert gg.check_grads(gg.custom_op("right", lambda x: x * x, lambda y, x: (2 * x,)), 3.0).ok


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * x.data,
        lambda x: x * x.detach(),
        lambda x: x * math.exp(x.data),
    ],
)
def test_a_gradient_that_was_cut_off_is_found(f: Any) -> None:
    check = gg.check_grads(f, 2.0)
    assert not check.ok
    assert ".data, detach(), no_grad" in check.remarks[0]


def test_kinks_and_places_without_a_slope_are_said() -> None:
    check = gg.check_grads(lambda x, y: abs(x) + y**2, 0.0, 1.0)
    assert check.ok
    assert [c.verdict for c in check.inputs] == ["kink", "agrees"]
    assert "x: a kink: the slope is −1 to the left and 1 to the right" in repr(check)
    assert repr(check).endswith("no gradient is wrong")
    wrong = gg.custom_op("bent", lambda x: abs(x), lambda y, x: (5.0,))
    check = gg.check_grads(wrong, 0.0)
    assert [c.verdict for c in check.inputs] == ["wrong"]
    bent = gg.check_grads(lambda x: gg.relu(x) ** 2, 0.0)
    assert [c.verdict for c in [*bent.inputs, *bent.directions]] == ["agrees", "agrees", "kink"]
    for f, x in ((gg.sqrt, 0.0), (lambda x: gg.where(x > 1, x, 0.0), 1.0)):
        check = gg.check_grads(f, x)
        assert not check.ok
        assert check.inputs[0].verdict == "no slope"
        assert check.inputs[0].exact is None


def test_an_operation_without_a_second_derivative() -> None:
    opaque = gg.custom_op("opaque", lambda x: math.exp(x), lambda y, x: (math.exp(x),))
    check = gg.check_grads(lambda x: opaque(x) * x, 0.5)
    assert check.ok
    assert [c.name for c in check.directions] == ["forward mode"]
    assert check.remarks[0].startswith("second order: not checked: opaque")


def test_what_can_not_be_checked() -> None:
    draw = random.Random(1)
    with pytest.raises(gg.GlassgradError, match="another number each time"):
        gg.check_grads(lambda x: x * draw.random(), 1.0)
    with pytest.raises(gg.GlassgradError, match="no number to nudge"):
        gg.check_grads(lambda: 1.0)
    with pytest.raises(TypeError, match="returned no number"):
        gg.check_grads(lambda x: [], 1.0)
    with pytest.raises(gg.TraceError, match=r"gg\.exp"):
        gg.check_grads(lambda x: math.exp(x), 1.0)
    with pytest.raises(TypeError, match="not a str"):
        gg.check_grads(gg.tanh, "1")


# ------------------------------------------------------------------------------ the command


def test_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "tanh(a*b) + c", "c=3", "a=1", "b=2"]) == 0
    out = capsys.readouterr().out
    rows = [line.split() for line in out.splitlines()]
    assert [row[:3] for row in rows[1:4]] == [
        ["a", "agrees", "1"], ["b", "agrees", "2"], ["c", "agrees", "3"],
    ]  # fmt: skip
    slope = 1 - math.tanh(2) ** 2
    assert [float(row[3]) for row in rows[1:4]] == pytest.approx([2 * slope, slope, 1], rel=1e-7)
    assert out.endswith("all gradients are right\n")
    assert main(["check", "e = abs(a); e * 2", "a=0"]) == 0
    assert "kink" in capsys.readouterr().out
    assert main(["check", "log(a)", "a=0"]) == 1
    assert "not confirmed: a" in capsys.readouterr().out
    for arguments, says in (
        (["a*b", "a=1"], "b has no value"),
        (["a*b", "a=1", "b=2", "x=3"], "no leaf 'x'"),
        (["a", "a=1", "a=2"], "given two values"),
        (["3*4"], "no number to nudge"),
        (["a^2", "a=1"], "not a power"),
    ):
        assert main(["check", *arguments]) == 2
        assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
