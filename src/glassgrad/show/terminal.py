"""Text for a terminal, also for one that only knows a small character set."""

from __future__ import annotations

import sys

_ASCII = str.maketrans({
    **dict.fromkeys("┌┐└┘├┤┬┴┼╔╗╚╝╟", "+"), **dict.fromkeys("─═–−", "-"),
    **dict.fromkeys("│║", "|"), "×": "*", "÷": "/", "↑": "^", "…": ".", "·": ".", "►": ">",
    "²": "2", "³": "3",
})  # fmt: skip


def for_terminal(text: str) -> str:
    """Replace what the terminal can't show, sign by sign, so that columns stay columns."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "replace").decode(encoding)
    return text
