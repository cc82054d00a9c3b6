"""Small helpers to lay out generated Python."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

NOTICE = "Written by `make cards` from the table in glassgrad/ops: edit a card there, not here."


def function(head: str, doc: str, lines: Iterable[str]) -> str:
    """Lay out a function: its head, a docstring if there is one, and its lines."""
    quoted = [f'"""{doc}"""'] if doc else []
    body = textwrap.indent("\n".join([*quoted, *lines]), "    ", lambda line: line.strip() != "")
    return f"{head}\n{body}"


def imports(module: str, names: Iterable[str]) -> str:
    """Write an import, in several lines if it is long."""
    line = f"from glassgrad.{module} import {', '.join(sorted(names))}"
    if len(line) <= 100:
        return line
    return f"from glassgrad.{module} import (\n{wrapped(sorted(names))})  # fmt: skip"


def wrapped(items: Iterable[str]) -> str:
    """Lay out the items of a list or an import, indented, with a last comma."""
    text = textwrap.fill(", ".join(items) + ",", 96, break_long_words=False)
    return textwrap.indent(text, "    ") + "\n"


def quoted(text: str) -> str:
    """Put a name in quotation marks."""
    return f'"{text}"'
