"""The command ``glassgrad fit-curve``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from glassgrad.commands.kinds import whole
from glassgrad.commands.pictures import check_kind, write_plot
from glassgrad.errors import DataError

_FILMS = (".gif", ".webp")


def add(commands: Any) -> None:
    """Describe the command."""
    fit = commands.add_parser(
        "fit-curve", allow_abbrev=False, help="fit a polynomial to points by gradient descent",
        description="Fit a polynomial to the points of a CSV file with two columns, x and y, by "
        "gradient descent, and compare it with the exact answer.",
    )  # fmt: skip
    fit.add_argument("file", help="a CSV file with two columns")
    fit.add_argument("--degree", type=whole, default=5, metavar="N", help="1 to 20 (5)")
    fit.add_argument("--steps", type=whole, default=200, metavar="N", help="default: 200")
    fit.add_argument(
        "-o", dest="out", type=Path, default=Path("curve.png"), metavar="FILE",
        help="where to write: .png, .svg or .pdf, or .gif or .webp for a film (curve.png)",
    )  # fmt: skip
    fit.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fit, print, and write the picture or the film."""
    import glassgrad as gg
    from glassgrad.plot.axes import literal

    film = options.out.suffix.lower() in _FILMS
    if not film:
        check_kind(options.out)
    table = gg.data.read_csv(options.file, task="numbers")
    if len(table.feature_names) != 1:
        raise DataError(
            f"{options.file} has {len(table.feature_names) + 1} columns: a curve is fitted to two, "
            "x and y"
        )
    if all(map(_is_number, (*table.feature_names, table.target_name))):
        raise DataError(
            f"the first line of {options.file} is two numbers, where names are expected: write x,y "
            "above them, so that no point is lost"
        )
    points = [(x, y) for [x], y in zip(table.X, table.y, strict=True)]
    curve = gg.fit_curve(points, options.degree, steps=options.steps)
    print(curve)

    def draw(ax: Any) -> None:
        curve.plot(ax)
        ax.set_xlabel(literal(table.feature_names[0]))
        ax.set_ylabel(literal(table.target_name))

    if film:
        curve.animate(options.out)
    else:
        write_plot(options.out, draw)
    print(f"\nwritten to {options.out}")


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True
