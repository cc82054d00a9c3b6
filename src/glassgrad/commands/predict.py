"""The command ``glassgrad predict``."""

from __future__ import annotations

import argparse
import csv
import sys
from typing import Any


def add(commands: Any) -> None:
    """Describe the command."""
    predict = commands.add_parser(
        "predict", allow_abbrev=False, help="apply a trained model to new examples",
        description="Print a CSV with a prediction for each row of a file that has the columns "
        "the model was trained on.",
    )  # fmt: skip
    predict.add_argument("model", metavar="RUN", help="the folder of a run, or a model file")
    predict.add_argument("file", help="a CSV file")
    predict.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Predict, and print."""
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
