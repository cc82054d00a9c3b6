"""Steps of `gg.fit` in the machine: all is as if they had been done with Values, to the bit."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from fitting import Run, X, Y, both, mlp, plain
from glassgrad import Value, batches, data, nn, optim

pytestmark = pytest.mark.usefixtures("lifted_anyway")

HELD = tuple(data.moons(12, random_state=2))


def two() -> nn.Module:
    random.seed(5)
    return nn.MLP(2, [5, 2])


#: How many batches were computed with Values.
Counts = Callable[[], int]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counts:
    count = 0

    class Counting(batches.Batches):
        def __call__(self, inputs: Any, wanted: Any) -> Any:
            nonlocal count
            count += 1
            return super().__call__(inputs, wanted)

    def since_last() -> int:
        nonlocal count
        found, count = count, 0
        return found

    monkeypatch.setattr("glassgrad.training.Batches", Counting)
    return since_last


METHODS: dict[str, Callable[[list[Value]], optim.Optimizer]] = {
    "sgd": lambda ps: optim.SGD(ps, lr=0.1),
    "decay": lambda ps: optim.SGD(ps, lr=0.1, weight_decay=0.01),
    "momentum": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9),
    "nesterov": lambda ps: optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda ps: optim.Adam(ps, lr=0.02),
    "adam decay": lambda ps: optim.Adam(ps, lr=0.02, weight_decay=0.01),
    "adamw": lambda ps: optim.AdamW(ps, lr=0.02),
    "rmsprop": lambda ps: optim.RMSProp(ps, lr=0.01),
    "rmsprop momentum": lambda ps: optim.RMSProp(ps, lr=0.001, momentum=0.9),
}


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (mlp, {"loss": "hinge", "penalty": lambda ps: 0.001 * gg.losses.l2_penalty(ps)}),
        (mlp, {"loss": "bce_with_logits", "batch_size": 8, "epochs": 15, "metrics": ["accuracy"]}),
        (two, {"loss": "cross_entropy", "validation": HELD, "metrics": ["accuracy"]}),
    ],
    ids=["whole", "batches", "validation"],
)
def test_every_optimizer(
    name: str, make: Callable[[], nn.Module], settings: dict[str, Any]
) -> None:
    def making() -> tuple[nn.Module, optim.Optimizer]:
        model = make()
        return model, METHODS[name](model.parameters())

    run = both(making, **settings)
    assert run.history["loss"][-1] < run.history["loss"][0]


def test_only_the_batches_that_are_checked_are_computed_with_values(counted: Counts) -> None:
    model, sgd = plain()
    Run(model, sgd, epochs=100)
    assert counted() == 7  # 1, 2, 4, ... 64
    Run(model, sgd, epochs=25, batch_size=8)
    # 75 times 8 examples, 25 times 6: the first of these, and 1, 2, 4 = 6 examples, 8, ... 64
    assert counted() == 7
    Run(model, sgd, epochs=25, batch_size=7)  # 4 times 7, and 2
    assert counted() == 8


@pytest.mark.parametrize(
    "settings",
    [
        {"schedule": lambda k: 0.3 / (1 + k)},
        {"patience": 3, "schedule": lambda k: 0.1 if k < 20 else 3.0},
        {"patience": 2, "validation": HELD, "schedule": lambda k: 0.1 if k < 30 else 5.0},
        {"epochs": 20, "batch_size": 7, "metrics": [lambda p, t: max(map(abs, p))]},
        {"batch_size": 30, "loss": "huber"},
        {"X": np.array(X), "y": np.array(Y, dtype=float), "batch_size": 9, "epochs": 20},
        {"X": [tuple(x) for x in X], "loss": lambda p, t: gg.losses.mse(p, t)},
    ],
    ids=["schedule", "patience", "validation", "metric", "shuffled", "arrays", "tuples"],
)
def test_settings(settings: dict[str, Any], counted: Counts) -> None:
    run = both(plain, **{"loss": "mse", **settings})
    assert not run.error
    assert "traced once" in run.history.how
    n_steps = len(run.history) * -(-30 // settings.get("batch_size", 30))
    measured = 3 * len(run.history) if "validation" in settings else 0
    assert counted() <= n_steps + measured + 20  # of the two runs in the machine some are checked


def frozen() -> tuple[nn.Module, optim.Optimizer]:
    model: Any = mlp()
    return model, optim.Adam(model.layers[1].parameters(), lr=0.02)


def backwards() -> tuple[nn.Module, optim.Optimizer]:
    model = mlp()
    unused = Value(2.0)
    return model, optim.SGD([unused, *reversed(model.parameters())], lr=0.1, weight_decay=0.1)


class Shared(nn.Module):
    """A model of one's own, with a parameter twice and one that is never used."""

    def __init__(self) -> None:
        self.w = [Value(0.3), Value(-0.2)]
        self.again = self.w
        self.unused = Value(7.0)

    def __call__(self, x: Any) -> Any:
        return [(self.w[0] * x[0], [self.w[1] * x[1] + self.w[0]]), self.w[1]]


def shared() -> tuple[nn.Module, optim.Optimizer]:
    model = Shared()
    return model, optim.RMSProp(model.parameters(), lr=0.01)


def one() -> tuple[nn.Module, optim.Optimizer]:
    model = mlp()
    return model, optim.SGD(model.parameters()[:1], lr=0.1)


def of_shared(outputs: Any, targets: Any) -> Any:
    return gg.sum((a + b - t) ** 2 for ((a, [b]), _), t in zip(outputs, targets, strict=True))


def seen(predictions: Any, targets: Any) -> float:
    return float(len(repr(predictions)) + len(repr(targets)))


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (frozen, {}), (frozen, {"batch_size": 8, "epochs": 20}), (backwards, {}),
        (shared, {"loss": of_shared, "metrics": [seen]}),
        (one, {}),
    ],
    ids=["frozen", "frozen batches", "backwards", "shared", "one"],
)  # fmt: skip
def test_models(make: Any, settings: dict[str, Any], counted: Counts) -> None:
    assert "traced once" in both(make, **settings).history.how
    assert counted() < 100


class Signs(optim.Optimizer):
    def step(self) -> None:
        for p in self.params:
            p.data -= self.lr * (1 if p.grad > 0 else -1)


class Twice(optim.SGD):
    def step(self) -> None:
        super().step()
        super().step()


class Keeping(nn.MLP):
    def zero_grad(self) -> None:
        for p in self.parameters():
            p.grad *= 0.5


def patched() -> tuple[nn.Module, optim.Optimizer]:
    model, sgd = plain()
    step = sgd.step
    sgd.step = lambda: step() or step()  # type: ignore[method-assign]
    return model, sgd


def test_what_is_not_the_librarys_own_is_respected() -> None:
    for kind in (Signs, Twice):
        both(lambda kind=kind: (m := mlp(), kind(m.parameters(), lr=0.01)))  # type: ignore[misc]
    both(patched)

    def keeping() -> tuple[nn.Module, optim.Optimizer]:
        random.seed(5)
        model = Keeping(2, [3, 1])
        return model, optim.SGD(model.parameters()[1:], lr=0.01)

    both(keeping)


def test_gradients_of_values_that_nobody_zeroes_pile_up() -> None:
    found = []
    for eager in (False, True):
        stray = Value(0.5)
        model, sgd = plain()
        Run(model, sgd, eager,
            loss=lambda p, t, stray=stray: gg.losses.mse(p, t) * stray)  # fmt: skip
        found.append(stray.grad)
    assert found[0] == found[1] > 1.0


def test_parameters_that_are_results_of_a_graph_outside() -> None:
    found = []
    for eager in (False, True):
        a = Value(0.5)
        scale = a * a
        model, sgd = plain()
        Run(model, sgd, eager,
            loss=lambda p, t, scale=scale: gg.losses.mse(p, t) * scale)  # fmt: skip
        found.append((a.grad, scale.grad, [p.data for p in model.parameters()]))
    assert found[0] == found[1]


def test_operations_of_ones_own(counted: Counts) -> None:
    """One that can't be traced through is called by the machine, and may fail there."""

    def square(x: float) -> float:
        nonlocal left
        left -= 1
        if left == 0:
            raise RuntimeError("had enough")
        return math.pow(x, 2.0)

    op = gg.custom_op("square_of_ones_own", square, lambda y, x: (2 * x,))

    def loss(predictions: Any, targets: Any) -> Any:
        return gg.mean(op(p - t) for p, t in zip(predictions, targets, strict=True))

    left = 0
    both(plain, loss=loss, batch_size=8, epochs=20)
    counted()
    model, sgd = plain()
    start = [p.data for p in model.parameters()]
    left = 500
    with pytest.raises(RuntimeError, match="had enough"):
        Run(model, sgd, loss=loss, batch_size=8, epochs=20)
    assert counted() < 20 < sgd.steps
    assert [p.data for p in model.parameters()] != start
    done = sgd.steps
    again, sgd = plain()
    left = 0
    random.seed(3)
    while sgd.steps < done:
        order = list(range(30))
        random.shuffle(order)
        for begin in range(0, 30, 8):
            if sgd.steps < done:
                batch = order[begin : begin + 8]
                again.zero_grad()
                loss([again(X[i]) for i in batch], [Y[i] for i in batch]).backward()
                sgd.step()
    assert [p.data for p in again.parameters()] == [p.data for p in model.parameters()]


def test_other_examples_and_other_branches() -> None:
    class Long(nn.Module):
        def __init__(self) -> None:
            self.w = Value(0.4)

        def __call__(self, x: Any) -> Any:
            return gg.sum(self.w * part for part in x)

    class Branching(Long):
        def __call__(self, x: Any) -> Any:
            y = self.w * x[0]
            return y if y > 0.2 else 0.1 * y

    def with_sgd(kind: Any) -> Any:
        def make() -> tuple[nn.Module, optim.Optimizer]:
            model = kind()
            return model, optim.SGD(model.parameters(), lr=0.01)

        return make

    ragged = [[0.1] * (1 + i % 3) for i in range(30)]
    both(with_sgd(Long), X=ragged)
    both(with_sgd(Long), X=ragged, batch_size=1, epochs=10)
    run = both(with_sgd(Branching), batch_size=1, epochs=10)
    assert "traced once" in run.history.how


def test_models_that_set_their_attributes() -> None:
    class Setting(nn.Module):
        def __init__(self) -> None:
            random.seed(5)
            self.linear, self.calls, self.mean = nn.Linear(2, 1), 0, 0.0

        def __call__(self, x: Any) -> Any:
            if self.training:
                self.set(x)
            return self.linear([x[0] - self.mean, x[1] * (1 if self.calls < 900 else 2)])

    class Counting(Setting):
        def set(self, x: Any) -> None:
            self.calls += 1

    class Averaging(Setting):
        def set(self, x: Any) -> None:
            self.mean = 0.9 * self.mean + 0.1 * x[0]

    class New(Setting):
        def set(self, x: Any) -> None:
            self.last = 2.0 * x[0]

    def with_sgd() -> tuple[nn.Module, optim.Optimizer]:
        models.append(kind())
        return models[-1], optim.SGD(models[-1].parameters(), lr=0.01)

    for kind in (Counting, Averaging, New):
        models: list[Any] = []
        run = both(with_sgd, validation=HELD)
        first, *others = ({k: v for k, v in vars(m).items() if k != "linear"} for m in models)
        assert others == [first, first]
        name = {Counting: "calls", Averaging: "mean", New: "last"}[kind]
        assert f"{kind.__name__}.{name} is set during the training" in run.history.how


def test_a_schedule_may_set_attributes_of_the_model() -> None:
    class Warm(nn.Module):
        def __init__(self) -> None:
            random.seed(5)
            self.linear, self.warmth = nn.Linear(2, 1), 1.0

        def __call__(self, x: Any) -> Any:
            return self.linear([part * self.warmth for part in x])

    def with_sgd() -> tuple[nn.Module, optim.Optimizer]:
        models.append(Warm())
        return models[-1], optim.SGD(models[-1].parameters(), lr=0.01)

    def schedule(epoch: int) -> float:
        models[-1].warmth = 1.0 if epoch < 40 else 2.0
        return 0.01

    models: list[Warm] = []
    both(with_sgd, schedule=schedule, validation=HELD)


@pytest.mark.parametrize("form", ["dict", "array", "number"])
def test_what_models_may_return(form: str) -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            random.seed(5)
            self.linear = nn.Linear(2, 2)

        def __call__(self, x: Any) -> Any:
            a, b = self.linear(x)
            return {"dict": {"mean": a, "all": [a, b]}, "array": np.array([a, b]),
                    "number": [a, 0.25]}[form]  # fmt: skip

    def first(output: Any) -> Any:
        return output["mean"] if form == "dict" else output[0]

    def loss(predictions: Any, targets: Any) -> Any:
        return gg.sum((first(p) - t) ** 2 for p, t in zip(predictions, targets, strict=True))

    def metric(predictions: Any, targets: Any) -> float:
        return float(loss(predictions, targets))

    def with_sgd() -> tuple[nn.Module, optim.Optimizer]:
        model = Model()
        return model, optim.SGD(model.parameters(), lr=0.001)

    rows = both(with_sgd, loss=loss, metrics=[metric]).history
    assert rows["metric"] == pytest.approx(rows["loss"])


def test_errors_are_those_of_the_function_itself() -> None:
    def loss(predictions: Any, targets: Any) -> Any:
        return 1.0

    for wrong, error, words in (
        ({"y": [7] * 30, "loss": "cross_entropy"}, ValueError, "class 7, but prediction"),
        ({"loss": loss}, TypeError, "the loss must be a Value"),
    ):
        with pytest.raises(error, match=words):
            Run(two(), optim.SGD([Value(1.0)], lr=0.1), **wrong)


@pytest.mark.parametrize("rate", [1e308, 1e200, 3e3])
@pytest.mark.parametrize("name", ["momentum", "adam"])
def test_numbers_that_go_astray(rate: float, name: str) -> None:
    def make() -> tuple[nn.Module, optim.Optimizer]:
        random.seed(5)
        model = nn.MLP(2, [4, 4, 1])
        return model, METHODS[name](model.parameters())

    def schedule(epoch: int) -> float:
        return rate if epoch > 10 else 0.01

    def cubes(predictions: Any, targets: Any) -> Any:
        return gg.sum((p - t) ** 4 for p, t in zip(predictions, targets, strict=True))

    run = both(make, schedule=schedule, loss=cubes)
    if rate > 1e100:
        assert run.error


def test_what_is_done_between_epochs_counts() -> None:
    def make_and_meddle(meddle: Callable[[nn.Module, Any], None]) -> Any:
        def run(eager: bool) -> list[Any]:
            model = mlp()
            adam = optim.Adam(model.parameters(), lr=0.01)

            def schedule(epoch: int) -> float:
                looks.append([p.grad for p in model.parameters()])
                if epoch == 10:
                    meddle(model, adam)
                return 0.01

            looks: list[Any] = []
            return [Run(model, adam, eager, schedule=schedule).seen, looks]

        within, with_values = run(False), run(True)
        assert repr(within) == repr(with_values)
        return within

    def halve(model: nn.Module, adam: Any) -> None:
        for p in model.parameters():
            p.data *= 0.5
            p.grad = 3.0

    def forget(model: nn.Module, adam: Any) -> None:
        del adam.params[-1]

    def swap(model: nn.Module, adam: Any) -> None:
        adam.params[:2] = adam.params[1::-1]

    def load(model: nn.Module, adam: Any) -> None:
        adam.load_state_dict({**adam.state_dict(), "betas": (0.5, 0.9), "steps": 2})

    runs = [make_and_meddle(meddle) for meddle in (lambda *_: None, halve, forget, swap, load)]
    assert len(set(map(repr, runs))) == 5


def test_ctrl_c_between_steps_keeps_them() -> None:
    def interrupted(eager: bool) -> list[Any]:
        model, sgd = plain()

        def schedule(epoch: int) -> float:
            if epoch == 37:
                raise KeyboardInterrupt
            return 0.1

        return Run(model, sgd, eager, schedule=schedule).seen

    within = interrupted(False)
    assert within[2] == "interrupted"
    assert len(within[0]) == 37
    assert repr(within) == repr(interrupted(True))


def test_ctrl_c_within_an_epoch_keeps_its_steps() -> None:
    """The optimizer's rate is read at every step: there somebody presses the keys."""

    class Pressed(optim.SGD):
        @property
        def lr(self) -> float:
            if self.steps == 63:
                raise KeyboardInterrupt
            return 0.05

        @lr.setter
        def lr(self, rate: float) -> None:
            pass

    model = mlp()
    start = [p.data for p in model.parameters()]
    sgd = Pressed(model.parameters(), lr=0.05)
    history = gg.fit(model, X, Y, optimizer=sgd, epochs=50, batch_size=4, seed=1, progress=False)
    assert (history.stopped, len(history)) == ("interrupted", 7)
    after = [p.data for p in model.parameters()]
    again = mlp()
    assert [p.data for p in again.parameters()] == start
    sgd = optim.SGD(again.parameters(), lr=0.05)
    random.seed(1)
    done = 0
    while done < 62:
        order = list(range(30))
        random.shuffle(order)
        for begin in range(0, 30, 4):
            batch = order[begin : begin + 4]
            loss = gg.losses.mse([again(X[i]) for i in batch], [Y[i] for i in batch])
            again.zero_grad()
            loss.backward()
            sgd.step()
            done += 1
            if done == 62:
                break
    assert [p.data for p in again.parameters()] == after
    assert all(map(math.isfinite, after))
