"""The command ``glassgrad``."""

from __future__ import annotations

import argparse
import csv
import io
import shlex
import sys
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from glassgrad.errors import GlassgradError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; what goes wrong is one line on standard error.

    Returns
    -------
    int
        0, or 2 for wrong input, or 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that can't be shown is no reason to stop
            stream.reconfigure(errors="replace")
    try:
        options = _parser().parse_args(arguments)
        options.run(options)
    except KeyboardInterrupt:
        print("glassgrad: interrupted; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return 0
    except (GlassgradError, ValueError, OSError, ArithmeticError) as error:
        print(f"glassgrad: {_one_line(error)}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    from glassgrad import __version__

    parser = argparse.ArgumentParser(
        prog="glassgrad", description="Backpropagation you can see through.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"glassgrad {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_train(commands)
    _add_predict(commands)
    return parser


def _add_train(commands: Any) -> None:
    train = commands.add_parser(
        "train", allow_abbrev=False, help="train a network and write its pictures and report",
        description="Train a network on a data set or a CSV file. A run folder keeps the model, "
        "pictures, the history, and the command. `train moons --seed 1337` is micrograd's demo.",
    )  # fmt: skip
    train.add_argument("data", help="moons, circles, spirals, xor, blobs, iris, or a CSV file")
    train.add_argument("--target", metavar="NAME", help="the CSV column to predict (the last)")
    train.add_argument("--layers", type=_sizes, metavar="N,N", help="widths of the hidden layers")
    train.add_argument("--activation", metavar="NAME", help="relu, tanh, sigmoid, gelu, ...")
    train.add_argument("--loss", metavar="NAME", help="hinge, cross_entropy, mse, ...")
    train.add_argument("--optimizer", choices=["SGD", "Adam", "AdamW", "RMSProp"])
    train.add_argument("--lr", type=_positive, metavar="RATE", help="the learning rate")
    train.add_argument(
        "--lr-end", type=_positive, metavar="RATE", help="the rate it falls to, linearly"
    )
    train.add_argument("--epochs", type=_whole, metavar="N", help="how often to see the data")
    train.add_argument("--batch", type=_whole, metavar="N", help="examples to a step")
    train.add_argument("--penalty", type=_share, metavar="X", help="weight of the squared weights")
    train.add_argument("--test", type=_share, metavar="SHARE", help="the share held out (0 to 1)")
    train.add_argument("--seed", type=_seed, default=1337, metavar="N", help="default: 1337")
    train.add_argument("--out", type=Path, metavar="FOLDER", help="default: runs/NAME")
    train.set_defaults(run=_train)


def _add_predict(commands: Any) -> None:
    predict = commands.add_parser(
        "predict", allow_abbrev=False, help="apply a trained model to new examples",
        description="Print a CSV with a prediction for each row of a file that has the columns "
        "the model was trained on.",
    )  # fmt: skip
    predict.add_argument("model", metavar="RUN", help="the folder of a run, or a model file")
    predict.add_argument("file", help="a CSV file")
    predict.set_defaults(run=_predict)


def _train(options: argparse.Namespace) -> None:
    from glassgrad.job import Job
    from glassgrad.recipes import recipe_for
    from glassgrad.runs import check_writable, free_folder, summary, write_run

    recipe = recipe_for(options.data, options.target)
    if options.lr is not None and options.lr_end is None:
        recipe.lr_end = options.lr
    for name in recipe.settings():
        if getattr(options, name, None) is not None:
            setattr(recipe, name, getattr(options, name))
    check_writable(options.out or free_folder(recipe.name))
    job = Job(recipe, options.seed)
    history = job.run()
    if history.stopped == "interrupted":
        raise KeyboardInterrupt
    command = _command(options, recipe.settings())
    folder, written = write_run(job, history, command, options.out)
    print(f"\n{summary(job, history)}\n\nwritten to {folder}:")
    for line in written:
        print(f"  {line}")


def _predict(options: argparse.Namespace) -> None:
    from glassgrad.data import read_columns
    from glassgrad.runs import read_model

    trained = read_model(options.model)
    names = trained.notes["inputs"]
    rows = read_columns(options.file, names)
    found = trained.predict(rows)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow([*names, f"predicted {trained.notes['target']}"])
    for row, place in zip(rows, found, strict=True):
        out.writerow([*row, trained.classes[place] if trained.classes else place])


def _command(options: argparse.Namespace, settings: dict[str, Any]) -> str:
    """Write the command with every setting spelled out."""
    words = ["glassgrad", "train", options.data]
    if options.target:
        words.append(f"--target={options.target}")
    settings["layers"] = ",".join(map(str, settings["layers"]))
    for name, setting in settings.items():
        if name not in ("name", "scale") and setting not in (None, ""):
            words.append(f"--{name.replace('_', '-')}={setting}")
    return shlex.join([*words, "--seed", str(options.seed)])


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = [0]
    if min(sizes) < 1 or max(sizes) > 10_000:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a list of sizes such as 16,16, each from 1 to 10,000"
        )
    return sizes


def _positive(text: str) -> float:
    number = _number(text)
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def _share(text: str) -> float:
    number = _number(text)
    if not 0.0 <= number < 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to below 1")
    return number


def _whole(text: str) -> int:
    number = _number(text)
    if not isfinite(number) or number < 1 or number != int(number):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(number)


def _seed(text: str) -> int:
    number = _number(text)
    if not isfinite(number) or number != int(number) or not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to 2**32 - 1")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())
