"""Films of a training run: they open, have a picture for each snapshot, and these show it."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import glassgrad as gg
from glassgrad import nn


@pytest.fixture(scope="module")
def wave() -> tuple[gg.History, nn.Module, list[list[float]], list[float]]:
    gg.seed(5)
    X = [[i / 5 - 1] for i in range(11)]
    y = [math.sin(3 * x) for [x] in X]
    model = nn.MLP(1, [6, 1], activation="tanh")
    adam = gg.optim.Adam(model.parameters(), lr=0.05)
    return gg.fit(model, X, y, optimizer=adam, epochs=5, progress=False), model, X, y


def frames(path: Path) -> list[Any]:
    with Image.open(path) as film:
        assert film.format in ("GIF", "WEBP")
        taken = []
        for i in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(i)
            taken.append((np.asarray(film.convert("RGB"), dtype=int), film.info["duration"]))
    return taken


@pytest.mark.parametrize("ending", [".gif", ".webp", ".GIF"])
def test_a_picture_for_each_snapshot(wave: Any, ending: str, tmp_path: Path) -> None:
    before = [p.data for p in wave[1].parameters()]
    path = gg.animate(*wave, tmp_path / f"wave{ending}", seconds=3.0)
    assert path == tmp_path / f"wave{ending}"
    shown = frames(path)
    assert len(shown) == len(wave[0].snapshots) == 6
    assert [duration for _, duration in shown] == [500] * 5 + [2000]
    pictures = [picture for picture, _ in shown]
    for one, other in pairwise(pictures):
        assert one.shape == other.shape
        # The frame of the axes stands still, the curve moves.
        changed = np.abs(one - other).max(axis=2) > 60
        assert 100 < changed.sum() < 0.2 * changed.size
    assert [p.data for p in wave[1].parameters()] == before


def test_the_boundary_moves(tmp_path: Path) -> None:
    gg.seed(1)
    X, y = gg.data.moons(20, random_state=1)
    model = nn.MLP(2, [3, 1])
    history = gg.fit(model, X, y, loss="hinge", epochs=2, progress=False)
    before = history.snapshots[0][1]
    history.snapshots[0] = (0, [-p for p in before])  # another boundary altogether
    shown = frames(gg.animate(history, model, X, y, tmp_path / "moons.gif"))
    assert len(shown) == 3
    assert (np.abs(shown[0][0] - shown[1][0]).max(axis=2) > 20).mean() > 0.1


def test_what_is_refused_leaves_no_file(wave: Any, tmp_path: Path) -> None:
    history, model, X, y = wave
    for arguments, error, says in (
        ((history, model, X, y, tmp_path / "a.mp4"), gg.GlassgradError, r"\.gif or \.webp"),
        ((gg.History(), model, X, y, tmp_path / "a.gif"), gg.GlassgradError, "nothing to show"),
        ((history, nn.MLP(1, [1]), X, y, tmp_path / "a.gif"), gg.StateError, "another model"),
        ((history, model, [[1.0] * 3], [1.0], tmp_path / "a.gif"), ValueError, "1 or 2 inputs"),
        ((history, model, X, y, tmp_path / "no" / "a.gif"), OSError, "no"),
    ):  # fmt: skip
        with pytest.raises(error, match=says):
            gg.animate(*arguments)
    with pytest.raises(ValueError, match="some seconds, not 0"):
        gg.animate(history, model, X, y, tmp_path / "a.gif", seconds=0)
    assert not list(tmp_path.iterdir())
