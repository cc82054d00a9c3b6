"""Plots of functions: their lines, and the gaps in them; tangents, secants, minima."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import glassgrad as gg
from glassgrad import Value, plot


def axes() -> Any:
    return Figure().subplots()


def lines(ax: Any) -> dict[str, tuple[Any, Any]]:
    return {
        line.get_label(): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
        for line in ax.lines
    }


def parabola(x: Any) -> Any:
    return 3 * x**2 - 4 * x + 5


def test_the_function_its_derivative_and_its_minimum() -> None:
    ax = axes()
    assert plot.function(parabola, -5, 5, ax=ax) is ax
    drawn = lines(ax)
    xs, ys = drawn["f(x)"]
    assert (xs[0], xs[-1]) == (-5.0, 5.0)
    np.testing.assert_allclose(ys, 3 * xs**2 - 4 * xs + 5, rtol=1e-13)
    xs, slopes = drawn["f′(x)"]
    np.testing.assert_allclose(slopes, 6 * xs - 4, rtol=1e-12, atol=1e-12)
    [x], [y] = drawn["minimum"]
    assert x == pytest.approx(2 / 3, abs=1e-15)
    assert y == pytest.approx(11 / 3, rel=1e-15)
    assert [text.get_text() for text in ax.texts] == ["(0.6667, 3.667)"]
    low, high = ax.get_ylim()
    assert low < -34
    assert high > 100


@pytest.mark.parametrize("f", [gg.sin, gg.tanh, gg.exp, gg.softplus, gg.gelu])
def test_the_derivative_is_the_slope_of_the_line(f: Callable[[Any], Any]) -> None:
    ax = plot.function(f, -3, 3, ax=axes())
    xs, ys = lines(ax)["f(x)"]
    _, slopes = lines(ax)["f′(x)"]
    differences = np.diff(ys) / np.diff(xs)
    assert np.abs(differences - (slopes[1:] + slopes[:-1]) / 2).max() < 5e-3


def test_a_tangent_touches_and_a_secant_cuts() -> None:
    ax = plot.function(parabola, -5, 5, tangent=3, secant=(-1, 2), derivative=False, ax=axes())
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend[1:3] == ["tangent at x = 3: slope 14", "secant from −1 to 2: slope −1"]
    assert "f′(x)" not in legend
    straight = {line.get_label(): line for line in ax.lines if hasattr(line, "get_slope")}
    touching, cutting = (straight[label] for label in legend[1:3])
    assert (touching.get_xy1(), touching.get_slope()) == ((3.0, 20.0), 14.0)
    assert (cutting.get_xy1(), cutting.get_slope()) == ((-1.0, 12.0), -1.0)
    marked = [list(map(tuple, line.get_xydata())) for line in ax.lines
              if line.get_marker() in ("o", "s")]  # fmt: skip
    assert marked == [[(3.0, 20.0)], [(-1.0, 12.0), (2.0, 9.0)]]


def test_lines_differ_by_more_than_colour() -> None:
    ax = plot.function(parabola, tangent=1, secant=(0, 2), ax=axes())
    styles = [line.get_linestyle() for line in ax.lines if line.get_linestyle() != "None"]
    assert len(set(styles[1:])) == 4  # the first is the x-axis


@pytest.mark.parametrize(
    ("f", "wanted"),
    [
        (lambda x: (x - 1.2345) ** 2, [1.2345]),
        (lambda x: abs(x - 0.1234), [0.1234]),
        (lambda x: gg.sqrt(abs(x - 0.1234)), [0.1234]),
        (lambda x: x**4 - 2 * x**2, [-1.0, 1.0]),
        (lambda x: -gg.cos(x), [0.0]),
        (lambda x: x * gg.log(x), [math.exp(-1)]),
        (lambda x: x**2, [0.0]),
        (lambda x: x**3, []),
        (lambda x: -(x**2), []),  # lowest at the ends, where it goes on falling
        (gg.exp, []),
        (lambda x: 5.0, []),
        (gg.relu, []),  # a floor
        (lambda x: gg.log(abs(x - 0.31)), []),  # a pole
        (lambda x: -1 / (x - 0.31) ** 2, []),
        (lambda x: gg.log(abs(x * x - 2)), []),  # a pole that no float meets
        (lambda x: gg.where(x < 0.51, -x, x), []),  # a jump up: the lowest is not reached
        (lambda x: gg.where(x < 0.2, -x, x), []),
        (lambda x: gg.where(x < -1.3, -x, x + 9), []),
        (lambda x: gg.sqrt(x), []),
    ],
)
def test_minima(f: Callable[[Any], Any], wanted: list[float]) -> None:
    drawn = lines(plot.function(f, -3, 3, ax=axes()))
    found = [xs for label, (xs, _) in drawn.items() if "minim" in label]
    assert np.concatenate([*found, []]) == pytest.approx(wanted, abs=1e-8)
    assert ("2 local minima" in drawn) == (len(wanted) == 2)


def gaps(points: tuple[Any, Any]) -> list[float]:
    xs, ys = points
    return sorted({round(float(x), 9) for x, y in zip(xs, ys, strict=True) if math.isnan(y)})


@pytest.mark.parametrize(
    ("f", "values", "slopes"),
    [
        (lambda x: 1 / (x - 0.7), [0.7], None),
        (lambda x: gg.where(x < 0.3, -1.0 * x, x + 1), [0.3], [0.3]),
        (lambda x: abs(x - 0.4), [], [0.4]),
        (lambda x: gg.maximum(gg.minimum(x, 0.21), -1.003), [], [-1.003, 0.21]),
        (lambda x: gg.tanh(1000 * (x - 0.3)), [], None),  # steep, but it does not jump
        (lambda x: x ** (1 / 3) if x > 0 else -((-x) ** (1 / 3)), [], None),
        (gg.sin, [], []),
    ],
)
def test_lines_are_interrupted_where_they_jump(
    f: Callable[[Any], Any], values: list[float], slopes: list[float] | None
) -> None:
    drawn = lines(plot.function(f, -3.017, 3, ax=axes()))
    assert gaps(drawn["f(x)"]) == pytest.approx(values, abs=1e-9)
    if slopes is not None:  # where the slope goes to infinity, its line may end
        assert gaps(drawn["f′(x)"]) == pytest.approx(slopes, abs=1e-9)


def test_a_line_reaches_up_to_the_jump_and_to_the_end_of_the_domain() -> None:
    drawn = lines(plot.function(lambda x: gg.where(x < 0.3, 1.0, 2.0) + 0 * x, -2, 2, ax=axes()))
    xs, ys = drawn["f(x)"]
    i = int(np.flatnonzero(np.isnan(ys))[0])
    assert (xs[i - 1], ys[i - 1]) == (pytest.approx(0.3, abs=1e-12), 1.0)
    assert (xs[i + 1], ys[i + 1]) == (pytest.approx(0.3, abs=1e-12), 2.0)
    xs, ys = lines(plot.function(gg.sqrt, -1.003, 2, ax=axes()))["f(x)"]
    first = int(np.flatnonzero(~np.isnan(ys))[0])
    assert (xs[first], ys[first]) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.0, abs=1e-6))
    assert np.isnan(ys[:first]).all()
    assert not np.isnan(ys[first:]).any()


def test_a_pole_leaves_room_for_the_rest_and_a_summit_is_shown() -> None:
    for f, most in (
        (lambda x: 1 / x, 20), (lambda x: 1 / x**2, 80), (lambda x: 1 / (x - 0.0125) ** 2, 80),
        (gg.tan, 100), (lambda x: gg.log(abs(x - 0.3) + 1e-15), 20),
    ):  # fmt: skip
        low, high = plot.function(f, -5, 5, ax=axes()).get_ylim()
        assert high - low < most
    for f in (gg.exp, lambda x: x**9, lambda x: 100 * gg.exp(-50 * x * x),
              lambda x: 100 * gg.exp(-50 * (x - 0.0125) ** 2)):  # fmt: skip
        ax = plot.function(f, -5, 5, derivative=False, ax=axes())
        _, ys = lines(ax)["f(x)"]
        assert ax.get_ylim()[0] < min(ys)
        assert max(ys) < ax.get_ylim()[1]


def test_there_is_no_slope_where_there_is_no_value() -> None:
    drawn = lines(plot.function(gg.log, -2.003, 2, ax=axes()))
    for xs, ys in drawn.values():
        assert np.isnan(ys[xs < 0]).all()


def test_where_plain_numbers_fail_there_is_no_value() -> None:
    drawn = lines(plot.function(lambda x: x * (1 / round(x.data, 3)), -1, 1, ax=axes()))
    assert 0.0 in drawn["f(x)"][0][np.isnan(drawn["f(x)"][1])]


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu", "leaky_relu", "linear"])
def test_activations_are_those_of_the_networks(name: str) -> None:
    ax = plot.activation(name, ax=axes())
    assert ax.get_title() == name
    neuron = gg.nn.Neuron(1, activation=name)
    neuron.w[0].data, neuron.b.data = 1.0, 0.0
    xs, ys = lines(ax)["f(x)"]
    assert ys.tolist() == [neuron([float(x)]).data for x in xs]
    xs, slopes = lines(ax)["f′(x)"]
    for x, slope in list(zip(xs.tolist(), slopes.tolist(), strict=True))[::40]:
        if abs(x) > 1e-3:
            h = 1e-5
            nudged = (neuron([x + h]).data - neuron([x - h]).data) / (2 * h)
            assert slope == pytest.approx(nudged, abs=1e-6)


def test_the_variable_has_its_name() -> None:
    ax = plot.function(parabola, tangent=1, name="t", ax=axes())
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["f(t)", "f′(t)", "tangent at t = 1: slope 2", "minimum"]
    assert ax.get_xlabel() == "t"


def test_tangent_looks_closely() -> None:
    ax = plot.tangent(gg.sin, 1.0, reach=0.5, ax=axes())
    assert ax.get_xlim() == (0.5, 1.5)
    [line] = [line for line in ax.lines if str(line.get_label()).startswith("tangent")]
    assert line.get_slope() == pytest.approx(math.cos(1.0), rel=1e-15)


def test_bad_input() -> None:
    for low, high in ((1, 1), (2, 1), (0, math.inf), (math.nan, 1)):
        with pytest.raises(ValueError, match="from a number to a larger one"):
            plot.function(gg.sin, low, high, ax=axes())
    with pytest.raises(ValueError, match="no finite value from -3 to -1"):
        plot.function(gg.log, -3, -1, ax=axes())
    with pytest.raises(ValueError, match=r"no tangent at x = 0: .* choose another x"):
        plot.function(gg.sqrt, -1, 1, tangent=0, ax=axes())
    with pytest.raises(ValueError, match="through two places, not twice 1"):
        plot.function(gg.sin, secant=(1, 1), ax=axes())
    with pytest.raises(ValueError, match="no secant from -1 to 1"):
        plot.function(gg.sqrt, secant=(-1, 1), ax=axes())
    with pytest.raises(ValueError, match="no activation 'rellu': try relu, tanh"):
        plot.activation("rellu", ax=axes())
    with pytest.raises(gg.TraceError, match=r"use gg\.exp"):
        plot.function(lambda x: Value(math.sin(x)), ax=axes())
