"""The command ``glassgrad plot``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from glassgrad.commands.kinds import finite
from glassgrad.commands.pictures import write_plot


def add(commands: Any) -> None:
    """Describe the command."""
    plot = commands.add_parser(
        "plot", allow_abbrev=False, help="plot a function of one variable with its derivative",
        description="Plot a function with its derivative, and mark where it is lowest. For "
        "example: `glassgrad plot \"3*x**2 - 4*x + 5\" --tangent 3`.",
    )  # fmt: skip
    plot.add_argument("expression", help='a function of one variable: "3*x**2 - 4*x + 5"')
    plot.add_argument(
        "--from", dest="low", type=finite, default=-5.0, metavar="X", help="default: -5"
    )
    plot.add_argument("--to", dest="high", type=finite, default=5.0, metavar="X", help="default: 5")
    plot.add_argument("--tangent", type=finite, metavar="X", help="draw the tangent at X")
    plot.add_argument(
        "--secant", type=finite, nargs=2, metavar=("A", "B"), help="draw the line through A and B"
    )
    plot.add_argument("--no-derivative", action="store_true", help="draw the function alone")
    plot.add_argument(
        "-o", dest="out", type=Path, default=Path("plot.png"), metavar="FILE",
        help="where to write: .png, .svg or .pdf (plot.png)",
    )  # fmt: skip
    plot.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Plot, and write the picture."""
    from glassgrad.language import parse
    from glassgrad.plot import function
    from glassgrad.plot.axes import literal

    program = parse(options.expression)
    f = program.function()

    def draw(ax: Any) -> None:
        function(
            f, options.low, options.high, derivative=not options.no_derivative,
            tangent=options.tangent, secant=options.secant,
            name=program.leaves[0] if program.leaves else "x", ax=ax,
        )  # fmt: skip
        ax.set_title(literal(" ".join(options.expression.split())))

    write_plot(options.out, draw)
    print(f"written to {options.out}")
