"""Progress of a training run: a live bar in a terminal, now and then a line elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

__all__ = ["Progress"]


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

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            console = Console()
            if console.is_terminal:
                self._bar = Bar(
                    TextColumn("epoch"), MofNCompleteColumn(), BarColumn(bar_width=None),
                    TextColumn("{task.fields[numbers]}"), TimeRemainingColumn(),
                    console=console,
                )  # fmt: skip
                self._bar.start()
                self._task = self._bar.add_task("", total=self._epochs, numbers="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._bar is not None:
            self._bar.stop()

    def say(self, text: str) -> None:
        """Print a line, above the bar if there is one."""
        if self._bar is not None:
            self._bar.console.print(text, highlight=False)
        elif self._shown:
            print(text, flush=True)

    def show(self, epoch: int, row: dict[str, float]) -> None:
        """Show the numbers of an epoch that has passed, counted from 0."""
        if not self._shown:
            return
        numbers = "  ".join(f"{name} {as_text(name, x)}" for name, x in row.items())
        if self._bar is not None:
            self._bar.update(self._task, completed=epoch + 1, numbers=numbers)
            return
        every = max(1, self._epochs // 10)
        if epoch % every == 0 or epoch == self._epochs - 1:
            print(f"epoch {epoch:>{self._width}}  {numbers}", flush=True)


def as_text(name: str, x: float) -> str:
    """Write a number of the history: shares as percentages, others with four digits."""
    return f"{x:.1%}" if name.endswith("accuracy") else f"{x:.4g}"
