"""The command ``glassgrad check``."""

from __future__ import annotations

import argparse
from typing import Any

from glassgrad.commands.kinds import leaf
from glassgrad.errors import GlassgradError


def add(commands: Any) -> None:
    """Describe the command."""
    check = commands.add_parser(
        "check", allow_abbrev=False, help="compare the gradients of an expression with nudging",
        description="Compare the gradient of an expression with the slopes that nudging each of "
        "its numbers gives. For example: `glassgrad check \"tanh(a*b) + c\" a=1 b=2 c=3`.",
    )  # fmt: skip
    check.add_argument("expression", help='"tanh(a*b) + c", or "e = a*b; L = e + c"')
    check.add_argument(
        "leaves", nargs="*", type=leaf, metavar="NAME=NUMBER", help="a value for each name: a=1"
    )
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check, and print; 1 means that a gradient could not be confirmed."""
    from inspect import Parameter, Signature

    import glassgrad as gg
    from glassgrad.language import parse

    leaves = dict(options.leaves)
    if len(leaves) < len(options.leaves):
        raise GlassgradError("a name was given two values: give each name one")
    program = parse(options.expression, leaves)
    program.compute(leaves)

    def f(*xs: Any) -> Any:
        return program.compute(dict(zip(program.leaves, xs, strict=True)))

    f.__dict__["__signature__"] = Signature(
        [Parameter(name, Parameter.POSITIONAL_ONLY) for name in program.leaves]
    )
    checked = gg.check_grads(f, *(leaves[name] for name in program.leaves))
    print(checked)
    return 0 if checked else 1
