"""The command ``glassgrad plot``."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

from glassgrad.commands.kinds import finite
from glassgrad.errors import GlassgradError


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

    program = parse(options.expression)
    f = program.function()
    kind = options.out.suffix[1:].lower()
    if kind not in ("png", "svg", "pdf"):
        raise GlassgradError(f"{options.out}: a plot is written as .png, .svg or .pdf")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise GlassgradError("plots need matplotlib: pip install 'glassgrad[plot]'") from None
    from glassgrad.plot import function
    from glassgrad.plot.axes import literal
    from glassgrad.saving import write_whole

    figure = Figure(figsize=(7.0, 4.5), dpi=130, layout="constrained")
    ax = function(
        f, options.low, options.high, derivative=not options.no_derivative,
        tangent=options.tangent, secant=options.secant,
        name=program.leaves[0] if program.leaves else "x", ax=figure.subplots(),
    )  # fmt: skip
    ax.set_title(literal(" ".join(options.expression.split())))
    made = io.BytesIO()
    with rc_context({"svg.hashsalt": "glassgrad"}):  # the same picture has the same bytes
        dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
        figure.savefig(made, format=kind, metadata=dates.get(kind))
    write_whole(options.out, made.getvalue())
    print(f"written to {options.out}")
