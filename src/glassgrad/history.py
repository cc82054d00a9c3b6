"""What happened during a training run: numbers for each epoch, and the parameters on the way."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["History"]


class History:
    """The record of a training run.

    ``history["loss"]`` lists the loss of each epoch; the other names are those of the metrics,
    with ``val_`` in front for the validation data.

    Attributes
    ----------
    rows : list of dict
        One for each epoch: loss, learning rate, metrics.
    snapshots : list of (int, list of float)
        The numbers of all parameters, in the order of ``model.parameters()``: before certain
        epochs, evenly spaced, and at the end. At most 60, see `glassgrad.snapshots`.
    stopped : str
        Why the run ended early, or "".
    how : str
        How the batches were computed: traced by `gg.jit`, or why not.

    Examples
    --------
    >>> import glassgrad as gg
    >>> history = gg.History()
    >>> history.rows.append({"loss": 0.5, "lr": 0.1})
    >>> history["loss"], len(history)
    ([0.5], 1)
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []
        self.snapshots: list[tuple[int, list[float]]] = []
        self.stopped = ""
        self.how = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str) -> list[float]:
        if not any(name in row for row in self.rows):
            known = ", ".join(self.names()) or "nothing yet"
            raise KeyError(f"the history has no {name!r}; it has {known}")
        return [row[name] for row in self.rows if name in row]

    def __repr__(self) -> str:
        if not self.rows:
            return "History(no epochs yet)"
        last = ", ".join(f"{name} {number:.4g}" for name, number in self.rows[-1].items())
        why = f"; {self.stopped}" if self.stopped else ""
        return f"History({len(self.rows)} epochs: {last}{why})"

    def names(self) -> list[str]:
        """List what was recorded."""
        return list(dict.fromkeys(name for row in self.rows for name in row))

    def to_json(self) -> str:
        """Write the record as JSON, snapshots included."""
        record: dict[str, Any] = {
            "epochs": self.rows, "stopped": self.stopped, "how": self.how,
            "snapshots": [{"epoch": k, "parameters": p} for k, p in self.snapshots],
        }  # fmt: skip
        return json.dumps(record, indent=1)

    @classmethod
    def from_json(cls, text: str) -> History:
        """Read a record that `to_json` wrote."""
        record = json.loads(text)
        history = cls()
        history.rows = record["epochs"]
        history.stopped = record["stopped"]
        history.how = record.get("how", "")  # files written before batches were traced lack it
        history.snapshots = [(s["epoch"], s["parameters"]) for s in record["snapshots"]]
        return history
