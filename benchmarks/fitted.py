"""What `gg.fit` takes: for a step of the moons, and for the digits from nothing.

The task "digits" is scikit-learn's 1,797 images of 8 × 8 points, of which 360 are kept for the
test: a network of 64, 64, 32 and 10 neurons is trained by glassgrad, and by scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any

from benchmarks import moons

#: Each system draws the first weights and the batches from these seeds; the settings are the same.
SEEDS = range(5)
BATCH = 32
RATE = 0.003
EPOCHS = 20

#: What our network has to reach with every seed.
LEAST = 0.96

TESTS = 360


def moons_epochs(start: moons.Problem, checked: int, samples: int, batch: int) -> dict[str, Any]:
    """Time samples of some epochs each, in the midst of a training; an epoch is a step.

    The schedule is asked before each epoch, so that is where the clock is read. What the training
    takes beyond its steps is returned as the first step: it traces, and compares a few of the
    steps with the model itself.
    """
    import glassgrad as gg

    model = moons.network_of(gg.nn.MLP, start.weights)
    epochs = checked + samples * batch
    clock = dict.fromkeys(range(checked, epochs, batch), 0.0)

    def schedule(epoch: int) -> float:
        if epoch in clock:
            clock[epoch] = process_time()
        return moons.learning_rate(epoch)

    def penalty(parameters: list[Any]) -> Any:
        return moons.DECAY * gg.losses.l2_penalty(parameters)

    began = process_time()
    history = gg.fit(
        model, start.points, start.labels, loss="hinge", penalty=penalty, epochs=epochs,
        optimizer=gg.optim.SGD(model.parameters(), lr=1.0), schedule=schedule, progress=False,
    )  # fmt: skip
    ended = process_time()
    read = [*clock.values(), ended]
    each = [(b - a) / batch for a, b in pairwise(read)]
    seconds = median(each) if each else 0.0
    answers = [[row["loss"]] for row in history.rows[:checked]]
    begin = [ended - began - (epochs - 1) * seconds]
    return {"answers": answers, "state": [], "begin": begin, "seconds": seconds}


@dataclass(frozen=True)
class Digits:
    """One training."""

    system: str
    seed: int

    def arguments(self) -> list[str]:
        """Write the training as the command line of `benchmarks/worker.py`."""
        return ["digits", self.system, "--seed", str(self.seed)]


def digits(system: str, seed: int) -> dict[str, float]:
    """Train on the digits from nothing; seconds and accuracy on images not trained on."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X / 16, y, test_size=TESTS, random_state=0, stratify=y)
    seconds, chosen = TRAININGS[system](X, y, X_test, seed)
    accuracy = sum(map(int.__eq__, chosen, y_test.tolist())) / TESTS
    if system == "glassgrad-fit" and accuracy < LEAST:
        raise SystemExit(f"the accuracy with seed {seed} is {accuracy}, less than {LEAST}")
    return {"seconds": seconds, "accuracy": accuracy}


def _ours(X: Any, y: Any, X_test: Any, seed: int) -> tuple[float, list[int]]:
    import glassgrad as gg

    began = process_time()
    gg.seed(seed)
    model = gg.nn.MLP(64, [64, 32, 10], init=gg.nn.init.xavier())
    adam = gg.optim.Adam(model.parameters(), lr=RATE)
    gg.fit(
        model, X.tolist(), y.tolist(), loss="cross_entropy", optimizer=adam, batch_size=BATCH,
        epochs=EPOCHS, progress=False,
    )  # fmt: skip
    seconds = process_time() - began
    scores = [[score.data for score in model(x)] for x in X_test.tolist()]
    return seconds, [max(range(10), key=of_image.__getitem__) for of_image in scores]


def _sklearn(X: Any, y: Any, X_test: Any, seed: int) -> tuple[float, list[int]]:
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)  # it is to stop after the same epochs
    began = process_time()
    model = MLPClassifier(
        (64, 32), batch_size=BATCH, learning_rate_init=RATE, max_iter=EPOCHS, random_state=seed
    )
    model.fit(X, y)
    seconds = process_time() - began
    return seconds, model.predict(X_test).tolist()


TRAININGS = {"glassgrad-fit": _ours, "sklearn": _sklearn}

DIGITS = [Digits(system, seed) for seed in SEEDS for system in TRAININGS]
