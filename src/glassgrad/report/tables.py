"""The report's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from glassgrad.history import History
from glassgrad.job import Job
from glassgrad.show.numbers import number


def confusion_table(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Count how often each class was taken for which; the script writes other steps into it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in classes)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f'<td class="{"right" if i == j else ""}">{n}</td>' for j, n in enumerate(row))
        + "</tr>\n"
        for i, (name, row) in enumerate(zip(classes, counts, strict=True))
    )
    return (
        '<div class="wide"><h2>Which class is taken for which</h2>\n<table class="confusion">\n'
        f'<thead><tr><td class="faint">true ↓ predicted →</td>{head}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>"
    )


def metrics_table(history: History) -> str:
    """Show what was recorded in the first epoch and in the last."""
    names = {"lr": "learning rate"}
    rows = [
        (names.get(name, name.replace("val_", "held-out ")), number(found[0]), number(found[-1]))
        for name in history.names()
        for found in [history[name]]
    ]
    note = f"<p>Stopped early: {escape(history.stopped)}.</p>" if history.stopped else ""
    return f"<div><h2>Measured</h2>\n{_table(rows, ('', 'first epoch', 'last epoch'))}{note}</div>"


def settings_table(job: Job) -> str:
    """List what the run was made with."""
    settings = job.recipe.settings() | {"loss": job.loss, "seed": job.seed}
    del settings["name"]
    counts = [
        ("training examples", f"{len(job.X):,}"),
        ("held-out examples", f"{len(job.held_X):,}"),
    ]
    rows = [(name.replace("_", " "), _setting(found)) for name, found in settings.items()]
    return f"<div><h2>Settings</h2>\n{_table([*counts, *rows])}</div>"


def _setting(found: object) -> str:
    if isinstance(found, bool) or found is None:
        return "yes" if found else "no" if found is not None else "all at once"
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _table(rows: Iterable[Sequence[str]], head: Sequence[str] = ()) -> str:
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>\n"
        for name, *cells in rows
    )
    return f"<table>{f'<thead><tr>{top}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"
