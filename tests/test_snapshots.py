"""Snapshots: few, evenly spaced, those of the right moment; and a model comes back from them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import nn, snapshots


@given(st.integers(1, 2000))
def test_few_and_evenly_spaced_whatever_the_length(epochs: int) -> None:
    history, p = gg.History(), gg.Value(0.0)
    for epoch in range(epochs):
        p.data = float(epoch)
        snapshots.keep(history, [p], epoch)
        history.rows.append({})
    kept = [epoch for epoch, _ in history.snapshots]
    assert all(numbers == [float(epoch)] for epoch, numbers in history.snapshots)
    [stride] = {b - a for a, b in pairwise(kept)} or {1}
    assert kept == list(range(0, epochs, stride))
    assert len(kept) >= min(epochs, 30)
    p.data = -1.0
    snapshots.finish(history, [p])
    assert history.snapshots[-1] == (epochs, [-1.0])
    assert len(history.snapshots) <= 60


def test_a_snapshot_gives_the_loss_of_its_epoch() -> None:
    gg.seed(3)
    X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    model = nn.MLP(1, [3, 1])
    history = gg.fit(model, X, y, epochs=70, progress=False)
    parameters = model.parameters()
    for epoch, numbers in history.snapshots[:-1]:
        with snapshots.parameters_at(parameters, numbers):
            loss = gg.losses.mse([model(x) for x in X], y)
        assert loss.data == history["loss"][epoch]
    assert history.snapshots[-1] == (70, [p.data for p in parameters])


def test_an_interrupted_epoch_is_kept_once() -> None:
    def interrupted_loss(predictions: list[gg.Value], targets: list[float]) -> gg.Value:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return gg.losses.mse(predictions, targets)

    calls: list[int] = []
    model = nn.MLP(1, [1])
    history = gg.fit(
        model, [[0.0], [1.0]], [1.0, 2.0], loss=interrupted_loss, batch_size=1, epochs=9,
        progress=False,
    )  # fmt: skip
    assert history.stopped == "interrupted"
    assert [epoch for epoch, _ in history.snapshots] == [0, 1]
    assert history.snapshots[-1][1] == [p.data for p in model.parameters()]


def test_the_parameters_come_back_whatever_happens() -> None:
    a, b = gg.Value(1.0), gg.Value(2.0)
    with snapshots.parameters_at([a, b], [3.0, 4.0]):
        assert (a.data, b.data) == (3.0, 4.0)
    with pytest.raises(ZeroDivisionError), snapshots.parameters_at([a, b], [3.0, 4.0]):
        1 / 0
    assert (a.data, b.data) == (1.0, 2.0)
    with pytest.raises(gg.StateError, match="2 parameters, but the snapshot has 3"):
        snapshots.restore([a, b], [0.0, 0.0, 0.0])
    assert (a.data, b.data) == (1.0, 2.0)
