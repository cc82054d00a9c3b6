"""The command ``glassgrad train``."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from glassgrad.commands.kinds import positive, seed, share, sizes, whole


def add(commands: Any) -> None:
    """Describe the command."""
    train = commands.add_parser(
        "train", allow_abbrev=False, help="train a network and write its pictures and report",
        description="Train a network on a data set or a CSV file. A run folder keeps the model, "
        "pictures, the history, and the command. `train moons --seed 1337` is micrograd's demo.",
    )  # fmt: skip
    train.add_argument("data", help="moons, circles, spirals, xor, blobs, iris, or a CSV file")
    train.add_argument("--target", metavar="NAME", help="the CSV column to predict (the last)")
    train.add_argument("--layers", type=sizes, metavar="N,N", help="widths of the hidden layers")
    train.add_argument("--activation", metavar="NAME", help="relu, tanh, sigmoid, gelu, ...")
    train.add_argument("--loss", metavar="NAME", help="hinge, cross_entropy, mse, ...")
    train.add_argument("--optimizer", choices=["SGD", "Adam", "AdamW", "RMSProp"])
    train.add_argument("--lr", type=positive, metavar="RATE", help="the learning rate")
    train.add_argument(
        "--lr-end", type=positive, metavar="RATE", help="the rate it falls to, linearly"
    )
    train.add_argument("--epochs", type=whole, metavar="N", help="how often to see the data")
    train.add_argument("--batch", type=whole, metavar="N", help="examples to a step")
    train.add_argument("--penalty", type=share, metavar="X", help="weight of the squared weights")
    train.add_argument("--test", type=share, metavar="SHARE", help="the share held out (0 to 1)")
    train.add_argument("--seed", type=seed, default=1337, metavar="N", help="default: 1337")
    train.add_argument("--out", type=Path, metavar="FOLDER", help="default: runs/NAME")
    train.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train, and write the run folder."""
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
