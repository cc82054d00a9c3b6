"""How each data set is learned unless the user says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from glassgrad import data
from glassgrad.data import Dataset
from glassgrad.errors import DataError

__all__ = ["DATA_SETS", "Recipe", "recipe_for"]


class Recipe:
    """The settings of a training run; ``glassgrad train`` has an option for each.

    Parameters
    ----------
    name : str
        What the run folder is called.
    load : callable (seed) -> Dataset
        Makes or reads the data.
    layers : list of int
        The widths of the hidden layers.
    activation, loss, optimizer : str
        Names in `glassgrad.nn`, `glassgrad.losses` and `glassgrad.optim`.
    lr, lr_end : float
        The learning rate, from the first epoch to the last.
    epochs : int
        How often to go through the data.
    batch : int, optional
        How many examples to a step; by default all.
    penalty : float
        The weight of the sum of squares of all parameters in the loss.
    test : float
        The share of the data that is held out, and only measured.
    scale : bool
        Whether the inputs are brought to mean 0 and standard deviation 1.
    """

    __slots__ = (
        "activation", "batch", "epochs", "layers", "load", "loss", "lr", "lr_end", "name",
        "optimizer", "penalty", "scale", "test",
    )  # fmt: skip

    def __init__(
        self, name: str, load: Callable[[int], Dataset], *, layers: list[int],
        activation: str = "tanh", loss: str = "", optimizer: str = "Adam", lr: float = 0.03,
        lr_end: float | None = None, epochs: int = 60, batch: int | None = 16,
        penalty: float = 0.0, test: float = 0.25, scale: bool = True,
    ) -> None:  # fmt: skip
        self.name, self.load, self.layers = name, load, layers
        self.activation, self.loss, self.optimizer = activation, loss, optimizer
        self.lr, self.lr_end, self.epochs, self.batch = lr, lr_end or lr, epochs, batch
        self.penalty, self.test, self.scale = penalty, test, scale

    def settings(self) -> dict[str, Any]:
        """List the settings by name."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "load"}


def _shape(name: str, load: Callable[[int], Dataset], **changed: Any) -> Callable[[], Recipe]:
    settings = {"layers": [16], "lr": 0.05, "batch": 20, "scale": False}
    return lambda: Recipe(name, load, **{**settings, **changed})


def _moons() -> Recipe:
    """Take the settings of micrograd's demo."""
    return Recipe(
        "moons", lambda seed: data.moons(100, noise=0.1, random_state=seed), layers=[16, 16],
        activation="relu", loss="hinge", optimizer="SGD", lr=1.0, lr_end=0.1, epochs=100,
        batch=None, penalty=1e-4, test=0.0, scale=False,
    )  # fmt: skip


def _iris() -> Recipe:
    return Recipe("iris", lambda seed: data.iris(), layers=[16], epochs=50, penalty=1e-3)


#: The data sets that have a name.
DATA_SETS: dict[str, Callable[[], Recipe]] = {
    "moons": _moons,
    "circles": _shape("circles", lambda seed: data.circles(100, 0.08, 0.5, random_state=seed)),
    "spirals": _shape(
        "spirals", lambda seed: data.spirals(120, random_state=seed), layers=[16, 16], epochs=120
    ),
    "xor": _shape("xor", lambda seed: data.xor(100, random_state=seed)),
    "blobs": _shape("blobs", lambda seed: data.blobs(100, random_state=seed), epochs=30),
    "iris": _iris,
}


def recipe_for(name: str, target: str | None) -> Recipe:
    """Find the recipe of a data set, or make one for a CSV file.

    Raises
    ------
    DataError
        If there is neither a data set nor a file of that name.
    """
    if name in DATA_SETS:
        if target:
            raise DataError(f"{name} has a target of its own: --target is for CSV files")
        return DATA_SETS[name]()
    path = Path(name)
    if path.suffix.lower() not in (".csv", ".tsv", ".txt") and not path.exists():
        raise DataError(
            f"there is no data set {name!r}: {', '.join(DATA_SETS)}, or the path of a CSV file"
        )
    return Recipe(path.stem, lambda seed: data.read_csv(path, target), layers=[16])
