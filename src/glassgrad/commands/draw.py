"""The command ``glassgrad draw``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from glassgrad.commands.kinds import leaf
from glassgrad.errors import GlassgradError


def add(commands: Any) -> None:
    """Describe the command."""
    draw = commands.add_parser(
        "draw", allow_abbrev=False, help="draw an expression with its numbers and gradients",
        description="Draw an expression as a graph, with the gradients of the result. For "
        "example: `glassgrad draw \"L = (a*b + c) * f\" a=2 b=-3 c=10 f=-2 -o L.svg`.",
    )  # fmt: skip
    draw.add_argument("expression", help='"L = (a*b + c) * f", or "e = a*b; L = e + c"')
    draw.add_argument(
        "leaves", nargs="*", type=leaf, metavar="NAME=NUMBER", help="a value for each name: a=2"
    )
    how = draw.add_mutually_exclusive_group()
    how.add_argument("--no-backward", action="store_true", help="values only, no gradients")
    how.add_argument(
        "--after", type=int, metavar="K", help="the backward pass after K operations, from 0 on"
    )
    draw.add_argument("--dark", action="store_true", help="for dark surroundings, with -o")
    draw.add_argument(
        "-o", dest="out", type=Path, metavar="FILE",
        help="where to write, such as L.svg or L.png; without it, the drawing is printed",
    )  # fmt: skip
    draw.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Compute, and write or print the drawing."""
    import glassgrad as gg
    from glassgrad.language import parse

    leaves = dict(options.leaves)
    if len(leaves) < len(options.leaves):
        raise GlassgradError("a name was given two values: give each name one")
    result = parse(options.expression, leaves).run(leaves).result
    if not options.no_backward and options.after is None:
        result.backward()
    drawing = gg.draw(result, after=options.after)
    if options.out is None:
        print(drawing)
        return
    drawing.save(options.out, "dark" if options.dark else None)
    print(f"written to {options.out}")
