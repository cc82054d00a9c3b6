"""What a network knew at each step that was kept of its training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from glassgrad import functions, kernels
from glassgrad.history import History
from glassgrad.job import Job
from glassgrad.ops import TABLE
from glassgrad.show.network.columns import Network, read_network

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

MOST_STEPS: Final = 40
GRID: Final = 40  # points along each side of the map
_WORK: Final = 6_000_000  # outputs of neurons: computing so many takes about a second


class Steps:
    """The parameters at the steps that are shown, and what the network then made of its inputs.

    Parameters
    ----------
    job : Job
        The run, after training.
    history : History
        Its record; the snapshots are what is shown.
    """

    def __init__(self, job: Job, history: History) -> None:
        self.job = job
        self.network = read_network(job.trained.model)
        self.epochs, self.numbers = zip(*_chosen(history, _affordable(job)), strict=True)

    def predictions(self, X: list[list[float]]) -> list[list[Any]]:
        """List for each step what is predicted for each row of inputs: a class or a number."""
        meaning = self.job.trained.meaning
        scaled = self.job.trained.inputs(X)
        found = [outputs(self.network, numbers, scaled).tolist() for numbers in self.numbers]
        return [[meaning(row if len(row) > 1 else row[0]) for row in rows] for rows in found]

    def leads(self, xs: list[float], ys: list[float]) -> list[list[bytes]]:
        """Map for each step by how much each class is ahead, from the lowest row to the highest.

        A single output is one map, of the second class; otherwise each class has its own. A byte
        is 128 where two classes are equal, and from 1 to 255 on either side.
        """
        import numpy as np

        points = self.job.trained.inputs([[x, y] for y in ys for x in xs])
        found = []
        for numbers in self.numbers:
            scores = outputs(self.network, numbers, points)
            if scores.shape[1] > 1:
                others = np.sort(scores, axis=1)
                best, second = others[:, -1:], others[:, -2:-1]
                scores = scores - np.where(scores == best, second, best)
            middle = np.abs(scores).mean() or 1.0
            nearness = np.nan_to_num(scores / (np.abs(scores) + middle))
            levels = (np.rint(127 * nearness) + 128).astype(np.uint8)
            found.append([levels[:, k].tobytes() for k in range(levels.shape[1])])
        return found


def outputs(network: Network, numbers: list[float], X: list[list[float]]) -> Array:
    """Compute the network's outputs for many inputs at once; the same bits as one by one.

    The sums run over arrays in the order of the network's own, and an activation is the very
    function that it applies to one number.
    """
    import numpy as np

    parameters = np.array(numbers)
    x = np.array(X, dtype=float)
    with np.errstate(all="ignore"):
        for column in network.columns:
            biases = [0.0 if place is None else numbers[place] for place in column.biases]
            total = np.tile(np.array(biases), (len(x), 1))
            for j, weights in enumerate(zip(*column.weights, strict=True)):
                total = total + parameters[list(weights)] * x[:, j : j + 1]
            x = _squashed(column.activation, total)
    return x


def _squashed(activation: str, total: Array) -> Array:
    import numpy as np

    if activation == "linear":
        return total
    function = getattr(kernels if activation in TABLE else functions, activation)
    squashed: Array = np.frompyfunc(function, 1, 1)(total).astype(np.float64)
    return squashed


def _affordable(job: Job) -> int:
    """Say how many steps can be shown: with many examples, fewer than there could be."""
    rows = len(job.data.X) + (GRID * GRID if len(job.X[0]) == 2 else 0)
    return max(2, min(MOST_STEPS, _WORK // (rows * sum(job.recipe.layers))))


def _chosen(history: History, most: int) -> list[tuple[int, list[float]]]:
    """Choose snapshots evenly, with the first and the last."""
    kept = history.snapshots
    if len(kept) <= most:
        return kept
    return [kept[round(i * (len(kept) - 1) / (most - 1))] for i in range(most)]
