"""The command ``glassgrad explain``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from glassgrad.commands.kinds import leaf
from glassgrad.errors import GlassgradError


def add(commands: Any) -> None:
    """Describe the command."""
    explain = commands.add_parser(
        "explain", allow_abbrev=False, help="derive a derivative step by step",
        description="Derive how an expression moves with one of its values, step by step. For "
        "example: `glassgrad explain \"L = (a*b + c) * f\" a=2 b=-3 c=10 f=-2 --wrt a`.",
    )  # fmt: skip
    explain.add_argument("expression", help='"L = (a*b + c) * f", or "e = a*b; L = e + c"')
    explain.add_argument(
        "leaves", nargs="*", type=leaf, metavar="NAME=NUMBER", help="a value for each name: a=2"
    )
    explain.add_argument("--wrt", metavar="NAME", help="with respect to what; not needed of one")
    explain.add_argument(
        "--proof", action="store_true", help="prove the rules from the definition, as limits"
    )
    form = explain.add_mutually_exclusive_group()
    form.add_argument("--latex", action="store_true", help="print LaTeX, an align* environment")
    form.add_argument("--markdown", action="store_true", help="print Markdown, as GitHub shows it")
    form.add_argument("--html", type=Path, metavar="FILE", help="write a page to a file")
    explain.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Compute, and write or print the derivation."""
    import glassgrad as gg
    from glassgrad.language import parse

    leaves = dict(options.leaves)
    if len(leaves) < len(options.leaves):
        raise GlassgradError("a name was given two values: give each name one")
    program = parse(options.expression, leaves)
    result, named = program.run(leaves)
    wrt = options.wrt
    if wrt is None and len(program.leaves) == 1:
        wrt = program.leaves[0]
    if wrt not in named:
        what = "say with respect to what" if wrt is None else f"there is no value called {wrt}"
        raise GlassgradError(f"{what}: --wrt and one of {', '.join(named) or 'its names'}")
    derivation = gg.explain(result, named[wrt], proof=options.proof)
    if options.html is not None:
        options.html.write_text(derivation.html(), "utf-8")
        print(f"written to {options.html}")
    elif options.latex:
        print(derivation.latex())
    elif options.markdown:
        print(derivation.markdown(), end="")
    else:
        print(derivation)
