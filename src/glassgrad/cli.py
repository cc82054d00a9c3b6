"""The command ``glassgrad``."""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Sequence

from glassgrad.commands import check, draw, explain, fit_curve, grade, learn, plot, predict, train
from glassgrad.errors import ExpressionError, GlassgradError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; what goes wrong is said in a line on standard error.

    Returns
    -------
    int
        0, or 1 where a check finds fault, or 2 for wrong input, or 130 after Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that can't be shown is no reason to stop
            stream.reconfigure(errors="replace")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        options = _parser().parse_args([_no_option(argument) for argument in given])
        done: int = options.run(options) or 0
    except KeyboardInterrupt:
        print("glassgrad: interrupted; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return 0
    except (GlassgradError, ValueError, OSError, ArithmeticError) as error:
        print(f"glassgrad: {_message(error)}", file=sys.stderr)
        return 2
    return done


def _parser() -> argparse.ArgumentParser:
    from glassgrad import __version__

    parser = argparse.ArgumentParser(
        prog="glassgrad", description="Backpropagation you can see through.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"glassgrad {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (train, predict, draw, explain, plot, check, fit_curve, learn, grade):
        command.add(commands)
    return parser


def _no_option(argument: str) -> str:
    """Keep the parser from taking an expression such as -x**2, or -1e5, for an option."""
    return f" {argument}" if re.match(r"-(?!\d*\.?\d+$)[^-oh]", argument) else argument


def _message(error: Exception) -> str:
    if isinstance(error, ExpressionError):  # it shows the expression, and points into it
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())
