"""Training: micrograd's demo, the lecture's data, and all that `gg.fit` promises."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons

import glassgrad as gg
from builds import amount
from glassgrad import Value, data, nn, optim
from oracles import MICROGRAD


def demo(steps: int) -> tuple[list[float], list[float]]:
    """Run micrograd's demo: its own code with the name replaced."""
    np.random.seed(1337)
    random.seed(1337)
    X, y = make_moons(n_samples=100, noise=0.1)
    y = y * 2 - 1
    model = nn.MLP(2, [16, 16, 1])
    losses, accuracies = [], []
    for k in range(steps):
        inputs = [list(map(Value, row)) for row in X]
        scores = list(map(model, inputs))
        hinges = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
        data_loss = sum(hinges) * (1.0 / len(hinges))
        reg_loss = 1e-4 * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores, strict=True)]
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(total_loss.data)
        accuracies.append(sum(accuracy) / len(accuracy))
    return losses, accuracies


def test_micrograds_demo() -> None:
    steps = amount(100, 20)  # the command, tests/test_cli.py, takes all of them in both builds
    losses, accuracies = demo(steps)
    assert losses[0] == 0.8958441028683222
    assert losses == pytest.approx(MICROGRAD["loss"][:steps], abs=1e-9)
    assert accuracies == MICROGRAD["accuracy"][:steps]


def test_fit_is_micrograds_demo_in_one_call() -> None:
    X, y = data.moons(100, noise=0.1, random_state=1337)
    random.seed(1337)
    model = nn.MLP(2, [16, 16, 1])
    history = gg.fit(
        model, X, y, loss="hinge", optimizer=optim.SGD(model.parameters(), lr=1.0), epochs=6,
        schedule=lambda k: 1.0 - 0.9 * k / 100, metrics=["accuracy"], progress=False,
        penalty=lambda ps: 1e-4 * gg.losses.l2_penalty(ps),
    )  # fmt: skip
    assert history["loss"] == pytest.approx(MICROGRAD["loss"][:6], abs=1e-9)
    assert history["lr"] == pytest.approx([1.0 - 0.009 * k for k in range(6)])


def test_the_lectures_data() -> None:
    random.seed(7)
    xs, ys = data.lecture()
    model = nn.MLP(3, [4, 4, 1], activation="tanh", output="tanh")
    assert len(model.parameters()) == 41
    sgd = optim.SGD(model.parameters(), lr=0.1)
    history = gg.fit(model, xs, ys, optimizer=sgd, epochs=300, progress=False)
    assert history["loss"][-1] < 0.01 < history["loss"][0]
    assert [model(x).data for x in xs] == pytest.approx(ys, abs=0.2)


def test_the_forgotten_zero_grad_changes_the_run() -> None:
    def losses(zero: bool) -> list[float]:
        w = Value(1.0)
        found = []
        for _ in range(5):
            loss = (w - 3) ** 2
            found.append(loss.data)
            if zero:
                w.grad = 0.0
            loss.backward()
            w.data -= 0.1 * w.grad
        return found

    assert losses(zero=True) == pytest.approx([4 * 0.8 ** (2 * k) for k in range(5)])
    assert losses(zero=False) != pytest.approx(losses(zero=True))


def line() -> tuple[nn.MLP, list[list[float]], list[float]]:
    random.seed(3)
    X = [[x / 4] for x in range(-8, 9)]
    return nn.MLP(1, [1]), X, [3 * x[0] - 1 for x in X]


def test_minibatches_see_every_example_once_and_are_repeatable() -> None:
    seen: list[Any] = []

    class Spy(nn.MLP):
        def __call__(self, x: Any) -> Any:
            seen.append(x[0])
            return super().__call__(x)

    runs = []
    for _ in range(2):
        random.seed(3)
        model, (_, X, y) = Spy(1, [1]), line()
        model.load_state_dict(line()[0].state_dict())
        sgd = optim.SGD(model.parameters(), lr=0.05)
        runs.append(gg.fit(model, X, y, optimizer=sgd, epochs=3, batch_size=5, seed=11,
                           progress=False).rows)  # fmt: skip
    assert sorted(seen[:17]) == [x[0] for x in X]
    assert seen[:17] != seen[17:34]
    assert runs[0] == runs[1]


def test_validation_metrics_and_early_stopping() -> None:
    model, X, y = line()

    def worst(predictions: Any, targets: Any) -> float:
        return max(abs(p - t) for p, t in zip(predictions, targets, strict=True))

    sgd = optim.SGD(model.parameters(), lr=0.1)
    held = ([[0.1], [0.9]], [-0.7, 1.7])
    history = gg.fit(
        model, X, y, optimizer=sgd, epochs=400, metrics=[worst], validation=held, patience=5,
        progress=False,
    )  # fmt: skip
    assert set(history.names()) == {"loss", "lr", "worst", "val_loss", "val_worst"}
    assert history.stopped == "no improvement for 5 epochs"
    assert len(history) < 400
    with gg.no_grad():
        assert gg.losses.mse([model(x) for x in held[0]], held[1]).data == min(history["val_loss"])
    model, X, y = line()
    sgd = optim.SGD(model.parameters(), lr=0.3)
    history = gg.fit(model, X, y, optimizer=sgd, epochs=7, patience=50, progress=False)
    assert gg.losses.mse([model(x) for x in X], y).data == min(history["loss"])


def test_accuracy_whatever_the_loss_and_the_form_of_the_output() -> None:
    X, y = data.moons(40, noise=0.1, random_state=1)
    signs = [2 * label - 1 for label in y]

    def right(model: Any, threshold: float) -> float:
        numbers = [model(x)[0].data for x in X]
        return sum((p > threshold) == (t == 1) for p, t in zip(numbers, y, strict=True)) / 40

    for loss, targets, threshold in [
        ("bce_with_logits", y, 0.0), ("hinge", y, 0.0), (gg.losses.hinge, signs, 0.0),
        ("mse", y, 0.5), ("mse", signs, 0.0), (gg.losses.bce_with_logits, y, 0.0),
    ]:  # fmt: skip
        random.seed(2)
        model = nn.Linear(2, 1)
        expected = right(model, threshold)
        history = gg.fit(model, X, targets, loss=loss, epochs=1, metrics=["accuracy"],
                         progress=False)  # fmt: skip
        assert history["accuracy"] == [expected], (loss, threshold)


def test_the_mode_of_every_module_is_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(1, 2), nn.Dropout(0.1), nn.Linear(2, 1))
    model.steps[1].eval()
    X, y = [[0.0], [1.0]], [[0.0], [1.0]]

    def fail(epoch: int, history: gg.History) -> None:
        raise RuntimeError

    gg.fit(model, X, y, epochs=1, validation=(X, y), progress=False)
    with pytest.raises(RuntimeError):
        gg.fit(model, X, y, epochs=1, validation=(X, y), callbacks=[fail], progress=False)
    assert [module.training for _, module in model.modules()] == [True, True, False, True]


def test_callbacks_and_snapshots() -> None:
    model, X, y = line()
    history = gg.fit(model, X, y, epochs=30, callbacks=[lambda k, h: k == 9], progress=False)
    assert (len(history), history.stopped) == (10, "a callback stopped it")
    epochs = [k for k, _ in history.snapshots]
    assert epochs == [*range(10), 10]
    assert history.snapshots[-1][1] == [p.data for p in model.parameters()]
    assert gg.History.from_json(history.to_json()).rows == history.rows
    with pytest.raises(KeyError, match="it has loss, lr"):
        history["accuracy"]


def trained(model: nn.Module, eager: bool, **settings: Any) -> tuple[Any, Any, str]:
    """Train on moons; no run is long enough for an eager one to be traced."""
    X, y = data.moons(60, random_state=1)
    settings = {"epochs": 60, "seed": 3, "progress": False, **settings}
    with pytest.MonkeyPatch.context() as patch:
        if eager:
            patch.setattr("glassgrad.training.FEWEST", math.inf)
        history = gg.fit(model, X, y, **settings)
    return [p.data for p in model.parameters()], history.rows, history.how


def mlp() -> nn.Module:
    random.seed(5)
    return nn.MLP(2, [6, 1], activation="tanh")


def two() -> nn.Module:
    random.seed(5)
    return nn.MLP(2, [6, 2])


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (mlp, {"loss": "hinge", "metrics": ["accuracy"]}),
        (mlp, {"loss": "bce_with_logits", "epochs": 20, "batch_size": 16}),
        (two, {"loss": "cross_entropy", "penalty": gg.losses.l2_penalty}),
        (mlp, {"loss": "huber", "validation": ([[0.0, 1.0], [1.0, 0.0]], [0, 1])}),
    ],
    ids=["hinge", "batches", "cross-entropy", "validation"],
)
def test_a_traced_run_has_the_bits_of_an_eager_one(
    make: Callable[[], nn.Module], settings: dict[str, Any]
) -> None:
    traced, eager = (trained(make(), eager, **settings) for eager in (False, True))
    assert traced[:2] == eager[:2]
    assert traced[2] == "traced once by gg.jit, and replayed for each batch"
    assert eager[2].startswith("not traced by gg.jit: ")


def noisy() -> nn.Module:
    random.seed(5)
    return nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1))


class Reading(nn.Module):
    def __init__(self) -> None:
        self.inner = mlp()

    def __call__(self, x: Any) -> Any:
        score = self.inner(x)
        return 2 * score if score.data > 0.5 else score


class Branching(Reading):
    def __call__(self, x: Any) -> Any:
        score = self.inner(x)
        return 2 * score if score > 0.5 else score


def by_class(scores: list[Any], targets: list[int]) -> Any:
    """Ask of what kind a number is, which a traced one can't tell."""
    signs = [-1.0 if isinstance(t, int) and t == 1 else 1.0 for t in targets]
    return gg.mean((sign * s).softplus() for sign, s in zip(signs, scores, strict=True))


@pytest.mark.parametrize(
    ("make", "settings", "says"),
    [
        (noisy, {}, "draws random numbers"),
        (Reading, {}, "reads .data of a Value"),
        (Branching, {"batch_size": 10}, "another branch"),
        (mlp, {"loss": by_class}, "changes from batch to batch"),
        (mlp, {"epochs": 49}, "49 steps are done before a trace pays"),
    ],
    ids=["random", "data", "branches", "kind", "short"],
)
def test_what_cannot_be_traced_is_trained_all_the_same(
    make: Callable[[], nn.Module], settings: dict[str, Any], says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    fitted, eager = (trained(make(), eager, **settings) for eager in (False, True))
    assert fitted[:2] == eager[:2]
    assert says in fitted[2]
    trained(make(), eager=False, **{**settings, "progress": True})
    assert capsys.readouterr().out.count("not traced by gg.jit") == 1


def test_nothing_is_traced_while_anomalies_are_looked_for() -> None:
    with gg.detect_anomaly():
        assert "gg.detect_anomaly" in trained(mlp(), eager=False)[2]


def test_ctrl_c_keeps_what_was_learned() -> None:
    model, X, y = line()

    def interrupt(epoch: int, history: gg.History) -> None:
        if epoch == 4:
            raise KeyboardInterrupt

    history = gg.fit(model, X, y, epochs=50, callbacks=[interrupt], progress=False)
    assert history.stopped == "interrupted"
    assert len(history) == 5
    assert history["loss"][-1] < history["loss"][0]
    assert repr(history).endswith("; interrupted)")


def test_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    X, y = data.moons(20, random_state=1)
    gg.fit(nn.MLP(2, [2, 1]), X, y, loss="hinge", epochs=20, metrics=["accuracy"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "the classes 0 and 1 became -1 and +1 for hinge"
    assert lines[1] == "not traced by gg.jit: 20 steps are done before a trace pays"
    assert len(lines) == 13
    assert lines[2].startswith("epoch  0  loss ")
    assert lines[-1].startswith("epoch 19  loss ")
    assert "accuracy" in lines[-1]
    assert lines[-1].endswith("%")


def test_where_the_numbers_went_astray_is_reported() -> None:
    model, X, y = line()
    sgd = optim.SGD(model.parameters(), lr=1e200)
    with pytest.raises(gg.NonFiniteError, match=r"lower the learning rate|too large"):
        gg.fit(model, X, y, optimizer=sgd, epochs=10, progress=False)
    assert all(math.isfinite(p.data) for p in model.parameters())

    def broken(predictions: Any, targets: Any) -> Any:
        return gg.sum(gg.log(p - p) for p in predictions)

    with pytest.raises(gg.NonFiniteError, match="log gave -inf"):
        gg.fit(line()[0], X, y, loss=broken, epochs=1, progress=False)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"X": []}, "X is empty"),
        ({"y": [1.0]}, "17 examples, but y has 1 targets"),
        ({"loss": "msee"}, "no loss 'msee'"),
        ({"loss": "hinge"}, "hinge"),
        ({"epochs": 0}, "epochs must be a whole number of at least 1, not 0"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"patience": -1}, "patience must be"),
        ({"metrics": ["precision"]}, "no metric 'precision'"),
        ({"metrics": "accuracy"}, "metrics is a list"),
        ({"metrics": [lambda p, t: 0, lambda p, t: 1]}, "two columns"),
        ({"validation": ([[1.0]],)}, "pair of inputs and targets"),
        ({"validation": ([[1.0]], [1.0, 2.0])}, "1 examples and 2 targets"),
        ({"loss": "l2_penalty"}, "no loss 'l2_penalty'"),
        ({"epochs": True}, "epochs must be"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, Any], says: str) -> None:
    model, X, y = line()
    before = model.state_dict()
    given = {"X": X, "y": y, "progress": False, **settings}
    with pytest.raises(ValueError, match=says):
        gg.fit(model, **given)
    assert model.state_dict() == before


def test_parameters_that_the_optimizer_does_not_move_do_not_pile_up_gradients() -> None:
    random.seed(4)
    model = nn.MLP(1, [2, 1], activation="tanh")
    frozen = model.layers[0].parameters()
    before = [p.data for p in frozen]
    sgd = optim.SGD(model.layers[1].parameters(), lr=0.1)
    X, y = [[0.5], [1.0]], [1.0, -1.0]
    gg.fit(model, X, y, optimizer=sgd, epochs=10, progress=False)
    assert [p.data for p in frozen] == before
    found = [p.grad for p in frozen]
    # A last epoch with a learning rate of next to nothing computes the same gradients, once.
    sgd.lr = 1e-300
    gg.fit(model, X, y, optimizer=sgd, epochs=1, progress=False)
    once = [p.grad for p in frozen]
    gg.fit(model, X, y, optimizer=sgd, epochs=1, progress=False)
    assert [p.grad for p in frozen] == once != found
