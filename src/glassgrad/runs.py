"""The run folder: what a training run leaves behind."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from collections.abc import Sequence
from math import hypot
from pathlib import Path
from typing import Any

from glassgrad.errors import GlassgradError
from glassgrad.history import History
from glassgrad.job import Job, Trained
from glassgrad.report import report
from glassgrad.saving import save

__all__ = ["MODEL", "check_writable", "free_folder", "summary", "write_run"]

MODEL = "model.safetensors"


def free_folder(name: str) -> Path:
    """Find a folder below ``runs`` that does not exist yet: moons, moons-2, and so on."""
    folder = Path("runs", name)
    n = 1
    while folder.exists():
        n += 1
        folder = Path("runs", f"{name}-{n}")
    return folder


def check_writable(folder: Path) -> None:
    """See before the training that there will be a place for its results.

    Raises
    ------
    GlassgradError
        If the folder exists already, or can't be made.
    """
    if folder.exists():
        raise GlassgradError(f"{folder} exists already: choose another folder with --out")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent):
            pass
    except OSError as error:
        raise GlassgradError(
            f"{folder} can't be made ({error.strerror}): choose another folder with --out"
        ) from None


def write_run(job: Job, history: History, command: str, out: Path | None) -> tuple[Path, list[str]]:
    """Write everything that a run leaves behind; the folder appears when it is complete.

    Returns
    -------
    folder : Path
        Where it is: `out`, or a free folder below ``runs``.
    written : list of str
        What was written, a line each.
    """
    folder = out or free_folder(job.recipe.name)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        save(job.trained.model, unfinished / MODEL, job.trained.packed())
        (unfinished / "history.json").write_text(history.to_json(), "utf-8")
        (unfinished / "command.txt").write_text(command + "\n", "utf-8")
        (unfinished / "summary.txt").write_text(summary(job, history) + "\n", "utf-8")
        pictures: list[str] = []
        try:
            (unfinished / "report.html").write_text(report(job, history, command), "utf-8")
            pictures.append("report.html: how it was learned, step by step; open it in a browser")
            pictures += _pictures(unfinished, job, history)
        except Exception as error:  # whatever goes wrong in a picture must not cost the model
            pictures.append(f"no further pictures: {error}")
        unfinished.chmod(0o755)
        while True:
            try:
                os.rename(unfinished, folder)
                break
            except OSError:
                if out or not folder.exists():
                    raise GlassgradError(f"{folder} can't be made: is it there by now?") from None
                folder = free_folder(job.recipe.name)  # another run took it meanwhile
        return folder, [
            f"{MODEL}: the model, for `glassgrad predict {shlex.quote(str(folder))} FILE.csv`",
            "history.json: every epoch, and the parameters on the way",
            "command.txt: the command that makes this run again",
            "summary.txt: the result",
            *pictures,
        ]
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _pictures(folder: Path, job: Job, history: History) -> list[str]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return ["no pictures: they need matplotlib, pip install 'glassgrad[plot]'"]
    from glassgrad import plot

    def figure(width: float = 7.0, height: float = 4.5) -> Any:
        return Figure(figsize=(width, height), dpi=130, layout="constrained")

    made = figure()
    plot.loss(history, made.subplots())
    made.savefig(folder / "loss.png")
    written = ["loss.png: the loss over the epochs"]
    if job.data.classes is None:
        made = figure(6, 5)
        X, y = job.judged
        plot.predictions(y, job.trained.predict(X), made.subplots())
        made.savefig(folder / "predictions.png")
        written.append("predictions.png: predictions against targets")
    elif len(job.X[0]) == 2:
        made = figure(6.5, 5)
        X, y = job.data
        trained = job.trained
        plot.boundary(
            lambda row: trained.model(*trained.inputs([row])), X, y, made.subplots(),
            names=job.data.feature_names, classes=job.data.classes,
        )  # fmt: skip
        made.savefig(folder / "boundary.png")
        written.append("boundary.png: which class the model predicts where, with the data")
    return written


def summary(job: Job, history: History) -> str:
    """Say in a few lines how the run went, with a confusion table for classes."""
    last = history.rows[-1] if history.rows else {}
    X, y = job.judged
    what = "held-out" if job.held_X else "training"
    found = job.trained.predict(X)
    lines = [repr(job.trained.model), ""]
    if history.stopped:
        lines.append(f"stopped after {len(history)} epochs: {history.stopped}")
    if last:
        lines.append(f"loss in the last of {len(history)} epochs: {last['loss']:.6g}")
    if job.data.classes is None:
        error = hypot(*(a - b for a, b in zip(found, y, strict=True))) / len(y) ** 0.5
        lines.append(f"{what} error (root mean square): {error:.6g} {job.data.target_name}")
        return "\n".join(lines)
    right = sum(a == b for a, b in zip(found, y, strict=True))
    lines.append(f"{what} accuracy: {right / len(y):.1%} ({right} of {len(y)})")
    return "\n".join([*lines, "", *_confusion(job.data.classes, y, found)])


def _confusion(classes: list[str], wanted: Sequence[int], found: Sequence[int]) -> list[str]:
    counts = [[0] * len(classes) for _ in classes]
    for a, b in zip(wanted, found, strict=True):
        counts[a][b] += 1
    rows = [["true | predicted", *classes]]
    rows += [[name, *map(str, row)] for name, row in zip(classes, counts, strict=True)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "   ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    ]


def read_model(run: str) -> Trained:
    """Read the model of a run folder, or of a model file.

    Raises
    ------
    GlassgradError
        If there is none.
    """
    path = Path(run)
    path = path / MODEL if path.is_dir() else path
    if not path.is_file():
        raise GlassgradError(f"there is no model at {path}: give the folder of a run")
    return Trained.read(path)
