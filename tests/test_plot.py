"""Plots: axes in, axes out, and what is drawn is what the model and the history say."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import glassgrad as gg
from glassgrad import data, nn, plot


def axes() -> Any:
    return Figure().subplots()


def history() -> gg.History:
    made = gg.History()
    for k in range(5):
        made.rows.append({"loss": 1.0 / (k + 1), "lr": 0.1, "accuracy": 0.2 * k, "val_loss": 0.5})
    return made


def test_loss_draws_the_history_on_the_given_axes() -> None:
    ax = axes()
    assert plot.loss(history(), ax) is ax
    lines = {line.get_label(): line.get_ydata().tolist() for line in ax.lines}
    assert lines == {
        "training loss": history()["loss"], "validation loss": history()["val_loss"],
    }  # fmt: skip
    [right] = [other for other in ax.figure.axes if other is not ax]
    assert right.lines[0].get_ydata().tolist() == history()["accuracy"]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["training loss", "validation loss", "training accuracy"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_the_boundary_is_where_the_prediction_changes(outputs: int) -> None:
    random.seed(outputs)
    model = nn.MLP(2, [6, outputs], activation="tanh")
    X = [[x / 3 - 1, y / 3 - 1] for x in range(7) for y in range(7)]
    y = [k % max(outputs, 2) for k in range(49)]
    ax = axes()
    assert plot.boundary(model, X, y, ax, names=["left", "right"], classes="abc") is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("left", "right")

    def leader(point: Any) -> float:
        scores = model([float(x) for x in point])
        if outputs == 1:
            return abs(scores.data)  # type: ignore[no-any-return]
        ordered = sorted(s.data for s in scores)
        return ordered[-1] - ordered[-2]  # type: ignore[no-any-return]

    borders = [c for c in ax.collections if hasattr(c, "levels") and not c.filled]
    points = [p for border in borders for path in border.get_paths() for p in path.vertices]
    assert len(points) > 10
    assert max(map(leader, points)) < 0.05  # on the line, the two best classes are equal
    scattered = sum(len(c.get_offsets()) for c in ax.collections if not hasattr(c, "levels"))
    assert scattered == 49


def test_classes_differ_by_colour_and_by_marker() -> None:
    X, y = data.blobs(30, random_state=1)
    random.seed(1)
    ax = plot.boundary(nn.MLP(2, [3]), X, y, axes())
    marks = [c for c in ax.collections if not hasattr(c, "levels")]
    assert len({tuple(c.get_facecolor()[0]) for c in marks}) == 3
    assert len({c.get_paths()[0].vertices.tobytes() for c in marks}) == 3
    assert to_rgb(plot.COLOURS[0]) != to_rgb(plot.COLOURS[1])


def test_predictions() -> None:
    ax = plot.predictions([1.0, 2.0, 3.0], [1.1, 1.9, 3.2], axes())
    [points] = ax.collections
    assert np.asarray(points.get_offsets()).tolist() == [[1.0, 1.1], [2.0, 1.9], [3.0, 3.2]]
    assert ax.lines[0].get_xdata().tolist() == ax.lines[0].get_ydata().tolist() == [1.0, 3.2]


def test_new_axes_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    ax = plot.loss(history())
    assert ax.figure.number in plt.get_fignums()  # type: ignore[union-attr]
    plt.close("all")


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="drawn for 2 inputs"):
        plot.boundary(nn.MLP(3, [1]), [[1.0, 2.0, 3.0]], [0], axes())
    with pytest.raises(ValueError, match="2 inputs, but 1 classes"):
        plot.boundary(nn.MLP(2, [1]), [[1.0, 2.0], [3.0, 4.0]], [0], axes())
    with pytest.raises(KeyError, match="nothing yet"):
        plot.loss(gg.History(), axes())
    with pytest.raises(TypeError, match=r"the History that gg\.fit returned, not list"):
        plot.loss([], axes())  # type: ignore[arg-type]
