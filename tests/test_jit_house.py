"""Traced functions in the rest of the house: modules, training, files, plots, notebooks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value, nn
from glassgrad.show.text.tree import tree_text


class Curve(nn.Module):
    """A model of which one method is traced."""

    def __init__(self, traced: bool) -> None:
        self.hidden = nn.Linear(2, 3)
        self.out = nn.Neuron(3, nonlin=False)
        self.within = gg.jit(self.compute, exact=True) if traced else self.compute

    def compute(self, x: Any) -> Any:
        return self.out([h.tanh() for h in self.hidden(x)])

    def forward(self, x: Any) -> Any:
        return self.within(x)


def test_parameters_are_named_by_their_paths() -> None:
    model = Curve(True)
    model([1.0, 2.0])
    assert "%2 = from outside   hidden.weight.0.0\n" in str(model.within.graph)
    model.out.b.data = 0.75
    drawn = gg.draw(model.within)
    assert [n.name for n in drawn._scene.nodes if n.kind == "parameter"] == [
        name for name, _ in model.named_parameters()
    ]
    result = drawn._scene.nodes[-1].data
    assert result == model.compute([1.0, 2.0]).data  # with the parameters of today


def test_a_module_with_a_traced_part_trains_and_is_saved(tmp_path: Path) -> None:
    X, y = [[0.5, -1.0], [1.5, 2.0], [-0.3, 0.8]], [1.0, -1.0, 0.5]
    losses = []
    for traced in (False, True):
        gg.seed(5)
        model = Curve(traced)
        seen: list[float] = []
        gg.fit(
            model, X, y, epochs=5, progress=False,
            callbacks=[lambda epoch, history, seen=seen: seen.append(history["loss"][-1])],
        )  # fmt: skip
        optimizer = gg.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            loss = gg.losses.mse([model(x) for x in X], y)
            model.zero_grad()
            loss.backward()
            optimizer.step()
            seen.append(loss.data)
        losses.append(seen)
    assert losses[1] == losses[0]
    gg.save(model, tmp_path / "model.safetensors")
    again = gg.load(tmp_path / "model.safetensors", into=Curve(True))
    assert again([1.0, 2.0]).data == model([1.0, 2.0]).data


def test_labels_of_locals_name_results() -> None:
    x = Value(2.0)
    y = gg.jit(lambda x: x * 3 + 1)(x)
    assert gg.label_locals() == 2
    assert tree_text(y).startswith("y ")
    assert gg.explain(y, x).title == "dy/dx = 3"
    assert gg.nudge(gg.jit(lambda x: x * x), 3.0) == pytest.approx(6.0, abs=1e-2)


def test_a_plot_of_a_traced_function() -> None:
    plotted = [gg.plot.function(f, -1, 1) for f in (gg.tanh, gg.jit(gg.tanh))]
    eager, traced = ([line.get_xydata().tolist() for line in axes.lines] for axes in plotted)
    assert traced == eager


def test_a_notebook_counts_what_a_call_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    y = gg.jit(lambda x: x.tanh().exp() * 2)(Value(0.5))
    assert "image/svg+xml" in y._repr_mimebundle_()
    monkeypatch.setattr("glassgrad.show.notebook.MOST_SHOWN", 4)
    assert list(y._repr_mimebundle_()) == ["text/plain"]


def test_a_result_may_outlive_the_library() -> None:
    """When Python ends, it clears the modules' names first and a cycle of objects later."""
    program = """
import sys
class Cycle: pass
import glassgrad as gg
w = gg.Value(2.0)
sys.cycle = cycle = Cycle()
cycle.itself, cycle.kept = cycle, gg.jit(lambda x: w * x)(3.0)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
