"""Progress of a training run: a live bar in a terminal, now and then a line elsewhere."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import Any, Self

__all__ = ["Progress"]

#: A bar is brought up to date after so many seconds; an epoch may take a millionth of one.
BETWEEN = 0.05


class Progress:
    """Shows the epochs as they pass; a context manager.

    Parameters
    ----------
    epochs : int
        How many there will be.
    shown : bool
        False shows nothing.
    """

    def __init__(self, epochs: int, shown: bool = True) -> None:
        self._epochs = epochs
        self._shown = shown
        self._bar: Any = None
        self._task: Any = None
        self._width = len(str(epochs))
        self._every = max(1, epochs // 10)
        self._drawn = 0.0
        self._waiting: tuple[int, dict[str, float]] = (-1, {})

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
            from rich.progress import Progress as Bar
            from rich.table import Column

            console = Console()
            if console.is_terminal:
                whole = Column(no_wrap=True)
                self._bar = Bar(
                    TextColumn("epoch"), MofNCompleteColumn(table_column=whole),
                    BarColumn(bar_width=None, table_column=Column(ratio=1)),
                    TextColumn("{task.fields[numbers]}", table_column=whole),
                    console=console, expand=True,
                )  # fmt: skip
                self._bar.start()
                self._task = self._bar.add_task("", total=self._epochs, numbers="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._bar is not None:
            self._draw()
            self._bar.stop()

    def say(self, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if self._bar is not None:
            self._bar.console.print(text, highlight=False)
        else:
            self._print(text)

    def show(self, epoch: int, rows: list[dict[str, float]]) -> None:
        """Show the numbers of epochs that have passed; the first is counted from 0."""
        if not self._shown:
            return
        if self._bar is not None:
            self._waiting = epoch + len(rows) - 1, rows[-1]
            if monotonic() - self._drawn > BETWEEN:
                self._draw()
            return
        for k, row in enumerate(rows, epoch):
            if k % self._every == 0 or k == self._epochs - 1:
                numbers = "  ".join(f"{name} {as_text(name, x)}" for name, x in row.items())
                self._print(f"epoch {k:>{self._width}}  {numbers}")

    def _draw(self) -> None:
        """Bring the bar up to date."""
        epoch, row = self._waiting
        self._bar.update(self._task, completed=epoch + 1, numbers=_short(row))
        self._drawn = monotonic()

    def _print(self, text: str) -> None:
        try:
            if self._shown:
                print(text, flush=True)
        except BrokenPipeError:  # nobody reads on: that is no reason to lose the training
            self._shown = False


def _short(row: dict[str, float]) -> str:
    """Write the numbers so that they fit beside the bar in a terminal of 80 columns."""
    parts = []
    for name, x in row.items():
        if name == "lr" or name.startswith("val_"):
            continue
        held = row.get(f"val_{name}")
        beside = "" if held is None else f" (val {as_text(name, held)})"
        parts.append(f"{name} {as_text(name, x)}{beside}")
    return "  ".join(parts)


def as_text(name: str, x: float) -> str:
    """Write a number of the history: shares as percentages, others with four digits."""
    return f"{x:.1%}" if name.endswith("accuracy") else f"{x:.4g}"
