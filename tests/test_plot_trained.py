"""Plots of what was fitted, and of the loss around a model."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import glassgrad as gg
from glassgrad import Value, losses, nn, plot


def axes() -> Any:
    return Figure().subplots()


def line() -> nn.MLP:
    random.seed(2)
    return nn.MLP(1, [1])


@pytest.mark.parametrize("rows", [False, True])
def test_fit_draws_points_curve_and_residuals(rows: bool) -> None:
    model = line()
    model.layers[0].neurons[0].w[0].data, model.layers[0].neurons[0].b.data = 2.0, 1.0
    x, y = [0.0, 1.0, 3.0], [1.5, 2.0, 8.0]
    given = [[a] for a in x] if rows else x
    ax = axes()
    assert plot.fit(model if rows else lambda a: 2 * a + 1, given, y, ax, names=("t", "$")) is ax
    [curve] = ax.lines
    assert curve.get_xdata()[0] < 0.0
    assert curve.get_xdata()[-1] > 3.0
    np.testing.assert_allclose(curve.get_ydata(), 2 * curve.get_xdata() + 1)
    missed, points = ax.collections
    assert np.asarray(missed.get_segments()).tolist() == [
        [[0.0, 1.5], [0.0, 1.0]], [[1.0, 2.0], [1.0, 3.0]], [[3.0, 8.0], [3.0, 7.0]],
    ]  # fmt: skip
    assert np.asarray(points.get_offsets()).tolist() == [[0.0, 1.5], [1.0, 2.0], [3.0, 8.0]]
    assert ax.get_title() == "root mean square of the residuals: 0.866"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("t", r"\$")


def test_fit_refuses() -> None:
    with pytest.raises(ValueError, match="there are 2 and 1"):
        plot.fit(line(), [1.0, 2.0], [1.0], axes())
    with pytest.raises(ValueError, match="there are 0 and 0"):
        plot.fit(line(), [], [], axes())
    with pytest.raises(ValueError, match="drawn for 1 input"):
        plot.fit(line(), [[1.0, 2.0]], [1.0], axes())


def heights(ax: Any) -> Any:
    """Take the heights of a contour plot out of its lines: {level: points}."""
    [lines] = [c for c in ax.collections if hasattr(c, "levels") and not c.filled]
    return {
        level: path.vertices
        for level, path in zip(lines.levels, lines.get_paths(), strict=True)
        if len(path.vertices)
    }


def test_a_landscape_is_the_loss_along_the_directions() -> None:
    p = [Value(1.0), Value(-2.0)]

    class Bowl(nn.Module):
        def __init__(self) -> None:
            self.p = p

    def loss(model: Any) -> Value:
        return p[0] ** 2 + 3 * p[1] ** 2  # type: ignore[no-any-return]

    ax = axes()
    directions = ([1.0, 0.0], [0.0, 2.0])
    drawn = plot.landscape(Bowl(), loss, ax, directions=directions, reach=0.5, steps=41)
    assert drawn is ax
    found = heights(ax)
    assert len(found) >= 4
    for level, points in found.items():
        wanted = (1 + points[:, 0]) ** 2 + 3 * (-2 + 2 * points[:, 1]) ** 2
        np.testing.assert_allclose(wanted, level, atol=0.02)
    [model] = ax.lines
    assert model.get_xydata().tolist() == [[0.0, 0.0]]
    assert model.get_label() == "the model: loss 13"
    assert [v.data for v in p] == [1.0, -2.0]


def test_random_directions_are_as_long_as_each_neurons_weights() -> None:
    model = nn.MLP(3, [4, 1])
    before = [p.data for p in model.parameters()]
    seen: list[list[float]] = []

    def loss(model: Any) -> float:
        seen.append([p.data for p in model.parameters()])
        return float(len(seen))

    plot.landscape(model, loss, axes(), reach=1.0, steps=3, seed=4)
    # The centre comes first; then row by row: (-1, -1), (0, -1), (1, -1), (-1, 0), (0, 0), (1, 0).
    assert seen[0] == seen[5] == before
    direction = np.array(seen[6]) - np.array(before)
    np.testing.assert_allclose(np.array(before) - np.array(seen[4]), direction, atol=1e-12)
    place = 0
    for layer in model.layers:
        for neuron in layer.neurons:
            size = len(neuron.w)
            length = math.hypot(*(w.data for w in neuron.w))
            assert np.linalg.norm(direction[place : place + size]) == pytest.approx(length)
            assert direction[place + size] == 0.0  # the bias is 0, and stays there
            place += size + 1
    assert place == len(before)
    again: list[list[float]] = seen.copy()
    seen.clear()
    plot.landscape(model, loss, axes(), reach=1.0, steps=3, seed=4)
    assert seen == again
    assert [p.data for p in model.parameters()] == before


def test_model_and_modes_are_the_same_whatever_happens() -> None:
    model = nn.Sequential(nn.Linear(1, 2), nn.Dropout(0.5), nn.Linear(2, 1))
    model.steps[1].eval()
    before = [p.data for p in model.parameters()]
    calls: list[bool] = []

    def loss(model: Any) -> Value:
        calls.append(any(module.training for _, module in model.modules()))
        if len(calls) == 5:
            raise RuntimeError
        return losses.mse([model([1.0])[0]], [1.0])

    with pytest.raises(RuntimeError):
        plot.landscape(model, loss, axes())
    assert calls == [False] * 5
    assert [p.data for p in model.parameters()] == before
    assert [module.training for _, module in model.modules()] == [True, True, False, True]


def test_a_landscape_with_cliffs_and_what_is_refused() -> None:
    p = Value(1.0)

    class One(nn.Module):
        def __init__(self) -> None:
            self.p = [p, Value(1.0)]

    ax = plot.landscape(One(), lambda m: p.log() ** 2, axes(), reach=2.0)  # nan where p < 0
    assert len(heights(ax)) > 2
    with pytest.raises(ValueError, match="not finite anywhere"):
        plot.landscape(One(), lambda m: p * math.nan, axes())
    with pytest.raises(ValueError, match=r"is 3\.0 everywhere"):
        plot.landscape(One(), lambda m: 3.0, axes())
    with pytest.raises(gg.StateError, match="2 parameters, but the directions have 2 and 1"):
        plot.landscape(One(), lambda m: p, axes(), directions=([1.0, 2.0], [1.0]))
    with pytest.raises(ValueError, match="steps is at least 2"):
        plot.landscape(One(), lambda m: p, axes(), steps=1)
    with pytest.raises(TypeError, match="the loss takes a number"):
        plot.landscape(One(), lambda m: "no", axes())
