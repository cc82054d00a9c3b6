"""Epochs of `gg.fit` that follow each other in the machine, and what is changed between them."""

from __future__ import annotations

import dataclasses
import itertools
import random
import textwrap
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import fitting
import glassgrad as gg
from fitting import Run, both
from glassgrad import Value, data, nn, optim, stepping
from glassgrad.harmless import is_harmless
from glassgrad.watching import Watch

X, Y = fitting.X[:6], fitting.Y[:6]


def mlp() -> nn.Module:
    random.seed(5)
    return nn.MLP(2, [3, 1], activation="tanh")


def plain() -> tuple[nn.Module, optim.Optimizer]:
    model = mlp()
    return model, optim.SGD(model.parameters(), lr=0.2)


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many epochs were done at a stretch, for each stretch in the machine."""
    found = []
    go = stepping.Steps.go

    def going(self: Any, epoch: int, end: int, rows: Any) -> int:
        later = go(self, epoch, end, rows)
        found.append(later - epoch)
        return later

    monkeypatch.setattr(stepping.Steps, "go", going)
    monkeypatch.setattr("glassgrad.optim.descent.WHILE", 1e9)
    return found


# --------------------------------------------------------------------------------- long stretches


@pytest.mark.parametrize(
    ("method", "schedule"), [(optim.SGD, optim.cosine(0.1, 0.01, steps=900)), (optim.Adam, None)]
)
def test_many_epochs_at_a_stretch(method: Any, schedule: Any, blocks: list[int]) -> None:
    def make() -> tuple[nn.Module, optim.Optimizer]:
        model = mlp()
        return model, method(model.parameters(), lr=0.02)

    run = both(make, schedule=schedule, epochs=400, X=X, y=Y)
    assert sum(blocks) == 3 * 400
    assert max(blocks) == 8  # 60 snapshots of 400 epochs
    assert [epoch for epoch, _ in run.history.snapshots] == [*range(0, 400, 8), 400]


def test_stretches_end_in_time(monkeypatch: pytest.MonkeyPatch, blocks: list[int]) -> None:
    monkeypatch.setattr("glassgrad.optim.descent.WHILE", -1.0)
    Run(*plain(), epochs=100, X=X, y=Y)
    assert blocks == [1] * 100


def test_ctrl_c_within_a_stretch_keeps_what_was_done() -> None:
    class Pressed(optim.SGD):
        """Somebody presses the keys while the rate of a certain step is read."""

        at = 0

        @property
        def lr(self) -> float:
            if self.steps == self.at:
                self.at = -1
                raise KeyboardInterrupt
            return 0.05

        @lr.setter
        def lr(self, rate: float) -> None:
            pass

    for at in (1, 40, 351):
        model = mlp()
        sgd = Pressed(model.parameters(), lr=0.05)
        sgd.at = at
        run = Run(model, sgd, epochs=400, X=X, y=Y)
        assert run.history.stopped == "interrupted"
        assert len(run.history) == at - 1
        expected = mlp()
        if at > 1:
            same = optim.SGD(expected.parameters(), lr=0.05)
            whole = Run(expected, same, eager=True, epochs=at - 1, X=X, y=Y)
            assert run.history.rows == whole.history.rows
            assert run.history.snapshots[-1] == whole.history.snapshots[-1]
        assert [p.data for p in model.parameters()] == [p.data for p in expected.parameters()]


@pytest.mark.parametrize("at", [100, 233])
def test_numbers_that_go_astray_within_a_stretch(at: int) -> None:
    def cubes(predictions: Any, targets: Any) -> Any:
        return gg.sum((p - t) ** 4 for p, t in zip(predictions, targets, strict=True))

    def schedule(epoch: int) -> float:
        return 0.0001 if epoch < at else 1e200

    def make() -> tuple[nn.Module, optim.Optimizer]:
        random.seed(5)
        models.append(nn.MLP(2, [4, 1]))
        return models[-1], optim.SGD(models[-1].parameters(), lr=0.1)

    models: list[nn.Module] = []
    assert both(make, schedule=schedule, loss=cubes, epochs=240, X=X, y=Y).error
    for model in models:
        assert all(np.isfinite(p.data) for p in model.parameters())


# ----------------------------------------------------------------------- what others change


def meddling(
    meddle: Callable[[int, Any, Any], object], make: Any = plain, by: str = "callback",
    **settings: Any,
) -> list[Run]:  # fmt: skip
    """Run in the machine and with Values, where somebody looks at everything and changes it."""
    runs = []
    for eager in (False, True):
        model, optimizer = make()
        looks: list[Any] = []

        def look(
            epoch: int, model: Any = model, optimizer: Any = optimizer, looks: Any = looks
        ) -> object:
            state = [(p.data, p.grad, p._mark > 0) for p in model.parameters()]
            modes = [module.training for _, module in model.modules()]
            looks.append((epoch, state, modes, optimizer.state_dict()))
            return meddle(epoch, model, optimizer)

        given: dict[str, Any] = {"epochs": 110, "X": X, "y": Y, **settings}
        if by == "callback":
            given["callbacks"] = [lambda epoch, history: (look(epoch), history.rows[epoch])[0]]
        elif by == "metric":
            epochs = itertools.count()
            given["metrics"] = [lambda p, t, epochs=epochs: (look(next(epochs)), 1.0)[1]]
        else:
            given["schedule"] = lambda epoch: (look(epoch), 0.05)[1]
        run = Run(model, optimizer, eager, **given)
        run.seen.append(looks)
        runs.append(run)
    within, with_values = runs
    assert list(map(repr, within.seen)) == list(map(repr, with_values.seen))
    return runs


def halve(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch == 70:
        for p in model.parameters():
            p.data *= 0.5
            p.grad = 3.0


def slow_down(epoch: int, model: Any, optimizer: Any) -> None:
    optimizer.lr = 0.3 / (1 + epoch)


def forget(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch == 80:
        del optimizer.params[-1]
        optimizer.velocity.pop()


def predict(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch % 3 == 0:
        model.eval()


def replace_layer(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch == 75:
        random.seed(9)
        model.layers[0] = nn.Layer(2, 3)


def replace_weight(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch == 75:
        model.layers[0].neurons[1].w[0] = Value(0.25)


def add_parameter(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch == 75:
        model.more = Value(0.25)


def patch_step(epoch: int, model: Any, optimizer: Any) -> None:
    if epoch == 75:
        step = optimizer.step
        optimizer.step = lambda: step() or step()


MEDDLERS = [
    halve, slow_down, forget, predict, replace_layer, replace_weight, add_parameter, patch_step,
]


@pytest.mark.parametrize(
    ("meddle", "by"),
    [
        *[(meddle, "callback") for meddle in MEDDLERS], (halve, "metric"), (predict, "metric"),
        (halve, "schedule"), (predict, "schedule"), (replace_layer, "schedule"),
    ],
)  # fmt: skip
def test_what_is_changed_between_epochs_counts(meddle: Any, by: str) -> None:
    within, _ = meddling(meddle, by=by)
    assert within.history.how.startswith("traced once") or meddle is patch_step


@pytest.mark.parametrize("settings", [
    {"batch_size": 4, "epochs": 110},
    {"validation": tuple(data.moons(12, random_state=2)), "patience": 100},
    {"metrics": ["accuracy"], "loss": "hinge"},
    {"penalty": lambda ps: 0.001 * gg.losses.l2_penalty(ps)},
], ids=["batches", "validation", "metrics", "penalty"])  # fmt: skip
@pytest.mark.parametrize("meddle", [halve, predict, replace_layer])
def test_it_counts_with_all_settings(meddle: Any, settings: dict[str, Any]) -> None:
    meddling(meddle, **settings)


def test_a_callback_stops_the_run() -> None:
    def stop(epoch: int, model: Any, optimizer: Any) -> bool:
        return epoch == 90

    within, _ = meddling(stop)
    assert (len(within.history), within.history.stopped) == (91, "a callback stopped it")
    assert within.history.how.startswith("traced once")


def test_callbacks_are_called_in_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    call = nn.MLP.__call__

    def counting(self: Any, x: Any) -> Any:
        nonlocal calls
        calls += 1
        return call(self, x)

    monkeypatch.setattr(nn.MLP, "__call__", counting)
    run = Run(*plain(), epochs=200, X=X, y=Y, callbacks=[lambda epoch, history: False])
    assert run.history.how.startswith("traced once")
    assert calls == 1 + 6 * 8  # traced for one example; checked in the steps 1, 2, 4, ... 128


# ------------------------------------------------------------------- what a loss reads around it

WEIGHT = 1.0
SETTINGS = types.SimpleNamespace(weight=1.0)


class Config:
    weight = 1.0


@dataclasses.dataclass
class Options:
    weight: float = 1.0


class Slots:
    __slots__ = ("weight",)


def around(kind: str) -> tuple[Callable[[], float], Callable[[float], None]]:
    """Make what reads a number, and what changes it."""
    weight, held, by_name, array = 1.0, [1.0], {"weight": {"l2": 1.0}}, np.array([1.0, 2.0])
    options, slots = Options(), Slots()
    slots.weight = 1.0

    def set_closure(x: float) -> None:
        nonlocal weight
        weight = x

    def set_global(x: float) -> None:
        global WEIGHT
        WEIGHT = x

    def default(x: float = 1.0, also: Any = held) -> float:
        return x * float(also[0])

    return {
        "closure": (lambda: weight, set_closure),
        "global": (lambda: WEIGHT, set_global),
        "list": (lambda: held[0], lambda x: held.__setitem__(0, x)),
        "default": (default, lambda x: held.__setitem__(0, x)),
        "dict": (lambda: by_name["weight"]["l2"], lambda x: by_name["weight"].update(l2=x)),
        "array": (lambda: float(array[0]), lambda x: array.__setitem__(0, x)),
        "namespace": (lambda: SETTINGS.weight, lambda x: setattr(SETTINGS, "weight", x)),
        "class": (lambda: Config.weight, lambda x: setattr(Config, "weight", x)),
        "dataclass": (lambda: options.weight, lambda x: setattr(options, "weight", x)),
        "slots": (lambda: slots.weight, lambda x: setattr(slots, "weight", x)),
    }[kind]  # type: ignore[return-value]


KINDS = [
    "closure", "global", "list", "default", "dict", "array", "namespace", "class", "dataclass",
    "slots",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "where", "often"),
    [
        *[(kind, "penalty", False) for kind in KINDS], ("closure", "penalty", True),
        ("closure", "loss", False), ("closure", "model", False), ("global", "model", True),
    ],
)  # fmt: skip
def test_what_functions_read_around_them(kind: str, where: str, often: bool) -> None:
    read, write = around(kind)

    class Weighted(nn.Module):
        def __init__(self) -> None:
            self.inner = mlp()

        def __call__(self, x: Any) -> Any:
            return self.inner(x) * read()

    def make() -> tuple[nn.Module, optim.Optimizer]:
        write(1.0)
        model = Weighted() if where == "model" else mlp()
        return model, optim.SGD(model.parameters(), lr=0.05)

    def meddle(epoch: int, model: Any, optimizer: Any) -> None:
        if often or epoch == 70:
            write(1.0 + epoch / 100)

    settings: dict[str, Any] = {
        "loss": {"loss": lambda p, t: gg.losses.mse(p, t) * read()},
        "penalty": {"penalty": lambda ps: 0.01 * read() * gg.losses.l2_penalty(ps)},
        "model": {},
    }[where]
    within, _ = meddling(meddle, make, **settings)
    assert within.history.how.startswith("traced once") is not often
    write(1.0)


def test_a_loss_may_read_the_learning_rate() -> None:
    def make() -> tuple[nn.Module, optim.Optimizer]:
        nonlocal sgd
        model = mlp()
        sgd = optim.SGD(model.parameters(), lr=0.05)
        return model, sgd

    def penalty(ps: list[Value]) -> Any:
        return sgd.lr * gg.losses.l2_penalty(ps)

    sgd = optim.SGD([Value(1.0)], lr=0.1)
    meddling(slow_down, make, penalty=penalty)


def test_what_is_too_large_to_be_watched_is_not_traced() -> None:
    table = [[0.0] for _ in range(20_000)]
    run = Run(
        *plain(), loss=lambda p, t: gg.losses.mse(p, t) + table[0][0],
        X=X, y=Y,
        callbacks=[lambda epoch, history: False],
    )  # fmt: skip
    assert "a callback might change more" in run.history.how


def test_a_state_in_lists_is_put_back_when_it_turns_out_that_it_cannot_be_traced() -> None:
    class Counting(nn.Module):
        def __init__(self) -> None:
            self.linear, self.calls = nn.Linear(2, 1), [0]

        def __call__(self, x: Any) -> Any:
            self.calls[0] += 1
            return self.linear(x)

    model = Counting()
    run = Run(model, optim.SGD(model.parameters(), lr=0.01), epochs=60, X=X, y=Y)
    assert model.calls == [60 * 6]
    assert "is set during the training" in run.history.how


# ------------------------------------------------------------------------------------ the watch


def test_a_watch_sees_what_is_changed() -> None:
    model = nn.MLP(2, [3, 1])
    watch = Watch(model)
    assert watch.same()
    assert watch.changed() == ""
    model.layers.append(nn.Layer(1, 1))
    assert not watch.same()
    assert watch.changed() == "MLP.layers"
    del model.layers[-1]
    assert watch.same()
    model.scale = 2.0
    assert watch.changed() == "MLP.scale"
    watch.put_back()
    assert not hasattr(model, "scale")
    assert watch.same()


def other(k: int) -> float:
    return max(1.0, k * 0.5)


def writes_global(k: int) -> float:
    global WEIGHT
    WEIGHT = 1.0
    return 0.1


def test_harmless_schedules() -> None:
    model = nn.MLP(2, [1])
    shared = [0.5]
    clock = {0: 0.0}
    parameter = Value(1.0)
    count = 0

    def counts(k: int) -> float:
        nonlocal count
        count += 1
        return 0.1

    def asks(k: int) -> float:
        return 0.1 if hasattr(types, "nothing") else 0.2

    def imports(k: int) -> float:
        import math

        return math.pi

    def notes(k: int) -> float:
        clock[k] = 1.0
        return other(k)

    def shares(k: int) -> float:
        return shared[0]

    model.shared = shared
    watch = Watch(model, lambda: shared)
    harmless = [
        lambda k: 0.1, other, notes, optim.linear(0.1, 0.2, 30),
        optim.warm_up(0.0, 3, optim.cosine(1.0, 0.1, 5)), optim.warm_up(0.0, 3, other),
    ]  # fmt: skip
    harmful = [
        counts, asks, imports, shares, writes_global, textwrap.dedent, lambda k: parameter.data,
        lambda k: model.layers and 0.1, lambda k: random.random(), lambda k: float(np.cos(k)),
        optim.warm_up(0.0, 3, counts), lambda k: eval("0.1"), lambda k: gg.losses and 0.1,
        lambda k: textwrap.dedent("") or 0.1, lambda k: k.__class__ and 0.1,
        types.MethodType(lambda self, k: 0.1, model),
    ]  # fmt: skip
    assert [is_harmless(f, watch) for f in harmless] == [True] * len(harmless)
    assert [is_harmless(f, watch) for f in harmful] == [False] * len(harmful)
