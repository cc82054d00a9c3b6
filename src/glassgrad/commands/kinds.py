"""What an option of a command may be: numbers of several kinds, checked."""

from __future__ import annotations

import argparse
from math import isfinite


def sizes(text: str) -> list[int]:
    """Read widths of layers: 16,16."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = [0]
    if min(found) < 1 or max(found) > 10_000:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a list of sizes such as 16,16, each from 1 to 10,000"
        )
    return found


def positive(text: str) -> float:
    """Read a number above 0."""
    found = number(text)
    if not 0.0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return found


def share(text: str) -> float:
    """Read a share, from 0 to below 1."""
    found = number(text)
    if not 0.0 <= found < 1.0:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to below 1")
    return found


def whole(text: str) -> int:
    """Read a whole number of at least 1."""
    found = number(text)
    if not isfinite(found) or found < 1 or found != int(found):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 1")
    return int(found)


def seed(text: str) -> int:
    """Read what a generator of random numbers begins with."""
    found = number(text)
    if not isfinite(found) or found != int(found) or not 0 <= found < 2**32:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to 2**32 - 1")
    return int(text)


def number(text: str) -> float:
    """Read a number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text.strip()!r} is not a number") from None


def finite(text: str) -> float:
    """Read a number that is neither infinite nor nan."""
    found = number(text)
    if not isfinite(found):
        raise argparse.ArgumentTypeError(f"{text.strip()} is not a finite number")
    return found


def leaf(text: str) -> tuple[str, float]:
    """Read a name and its number: a=2."""
    name, equals, value = text.strip().partition("=")
    if not equals or not name.strip().isidentifier():
        raise argparse.ArgumentTypeError(f"{text.strip()!r} is not a name and a number: a=2")
    return name.strip(), number(value)
