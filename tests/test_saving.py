"""Models in files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import glassgrad as gg
from glassgrad import Value, nn


def models() -> dict[str, Any]:
    return {
        "mlp": (nn.MLP(2, [3, 3, 1], activation=["tanh", "relu"], output="sigmoid"), [0.3, 0.7]),
        "layer": (nn.Layer(2, 3, activation=None), [0.3, 0.7]),
        "neuron": (nn.Neuron(2, activation="gelu"), [0.3, 0.7]),
        "sequential": (
            nn.Sequential(nn.Linear(2, 4, bias=False), nn.LayerNorm(4), nn.RMSNorm(4),
                          nn.Dropout(0.2), nn.Linear(4, 1)).eval(), [0.3, 0.7],
        ),
        "embedding": (nn.Embedding(5, 2), 3),
        "attention": (nn.SelfAttention(4, 2, bias=True), [[0.1] * 4, [0.2] * 4]),
    }  # fmt: skip


def numbers(output: Any) -> Any:
    return list(map(numbers, output)) if isinstance(output, list) else output.data


@pytest.mark.parametrize("name", list(models()))
def test_round_trip(name: str, tmp_path: Path) -> None:
    model, x = models()[name]
    gg.save(model, tmp_path / "m.safetensors")
    again = gg.load(tmp_path / "m.safetensors").eval()
    assert type(again) is type(model)
    assert repr(again) == repr(model)
    assert numbers(again(x)) == numbers(model(x))


def test_other_tools_can_read_the_file(tmp_path: Path) -> None:
    model = nn.Linear(2, 3)
    gg.save(model, tmp_path / "m.safetensors")
    arrays = load_file(tmp_path / "m.safetensors")
    assert arrays["weight"].tolist() == model.state_dict()["weight"]
    assert arrays["weight"].dtype == np.float64


class Own(nn.Module):
    def __init__(self) -> None:
        self.k = [Value(0.0) for _ in range(3)]
        self.scale = Value(2.0)


def test_a_model_with_code_of_its_own(tmp_path: Path) -> None:
    model = Own()
    model.k[1].data = 5.0
    gg.save(model, tmp_path / "m.safetensors")
    with pytest.raises(gg.StateError, match=r"Own has code of its own.*into=model"):
        gg.load(tmp_path / "m.safetensors")
    other = Own()
    assert gg.load(tmp_path / "m.safetensors", into=other) is other
    assert other.k[1].data == 5.0
    squashed = nn.MLP(2, [2, 1], activation=lambda v: v * v)
    gg.save(squashed, tmp_path / "n.safetensors")
    with pytest.raises(gg.StateError, match="code of its own"):
        gg.load(tmp_path / "n.safetensors")


def test_what_the_arguments_can_not_say_is_not_rebuilt_wrongly(tmp_path: Path) -> None:
    uneven = nn.Layer(2, 2, activation="tanh")
    uneven.neurons[1] = nn.Neuron(2, activation=None)
    shared = nn.Linear(2, 2)
    for model in (uneven, nn.Sequential(shared, shared)):
        gg.save(model, tmp_path / "m.safetensors")
        with pytest.raises(gg.StateError, match="code of its own"):
            gg.load(tmp_path / "m.safetensors")


def test_a_file_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    gg.save(nn.MLP(2, [3, 1]), tmp_path / "m.safetensors")
    model = nn.MLP(2, [4, 1])
    before = model.state_dict()
    with pytest.raises(gg.StateError, match=r"it lacks layers\.0\.neurons\.3\.w"):
        gg.load(tmp_path / "m.safetensors", into=model)
    assert model.state_dict() == before


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    gg.save(nn.MLP(2, [3, 1]), path)
    whole = path.read_bytes()
    for damage in (b"", b"not a model", whole[:100], whole[:-8], b"\xff" * 200):
        path.write_bytes(damage)
        with pytest.raises(gg.StateError, match="damaged or not a model file"):
            gg.load(path)
    save_file({"w": np.zeros(3)}, path)
    with pytest.raises(gg.StateError, match=r"was not written by gg\.save"):
        gg.load(path)
    for architecture in ("{", "[]", json.dumps({"kind": "MLP"}), json.dumps({"kind": "os.system"})):
        save_file({"w": np.zeros(3)}, path, {"format": "glassgrad", "architecture": architecture})
        with pytest.raises(gg.StateError):
            gg.load(path)
    with pytest.raises(FileNotFoundError):
        gg.load(tmp_path / "nothing.safetensors")


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.safetensors"
    gg.save(nn.MLP(2, [3, 1]), path)
    before = path.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        gg.save(nn.MLP(2, [5, 1]), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["m.safetensors"]
    monkeypatch.undo()
    missing = tmp_path / "no such folder" / "m.safetensors"
    with pytest.raises(FileNotFoundError) as caught:
        gg.save(nn.MLP(2, [5, 1]), missing)
    assert caught.value.filename == str(missing)
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        gg.save(nn.MLP(2, [5, 1]), tmp_path / "folder")
    assert caught.value.filename == str(tmp_path / "folder")
    (tmp_path / "link").symlink_to(path)
    gg.save(nn.MLP(2, [5, 1]), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert path.read_bytes() != before
    assert sorted(os.listdir(tmp_path)) == ["folder", "link", "m.safetensors"]
