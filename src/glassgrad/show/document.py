"""A page that needs nothing but itself: styles, script and data are written into it."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from math import isfinite
from typing import Any

from glassgrad.show.look import FONT
from glassgrad.show.theme import DARK, LIGHT, Theme

#: The page may fetch nothing, from wherever it is opened.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def document(
    title: str, body: str, *, style: str, script: str | None, theme: Theme = "auto"
) -> str:
    """Write a page; light or dark as the reader's system is, or as its button says.

    Without a script there is no button, and none may run.
    """
    style = _colours() + resource("glassgrad.show", "document.css") + style
    chosen = "" if theme == "auto" else f' data-theme="{theme}"'
    policy = _POLICY
    if script is not None:
        policy += "; script-src 'unsafe-inline'"
        script = resource("glassgrad.show", "document.js") + script
        body = (
            f'<button class="theme">light / dark</button>\n{body}'
            f"<script>\n(() => {{\n{script}}})();\n</script>\n"
        )
    return (
        f'<!doctype html>\n<html lang="en"{chosen}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def resource(package: str, name: str) -> str:
    """Read a file that lies beside the modules of a package."""
    return files(package).joinpath(name).read_text("utf-8")


def as_json(data: Any) -> str:
    """Write data for a script: nothing in it can end the script, and NaN becomes a text."""
    return json.dumps(_finite(data), separators=(",", ":")).replace("<", "\\u003c")


def packed(rows: Sequence[Sequence[float]]) -> str:
    """Write rows of numbers as text, every bit of them."""
    return packed_bytes(b"".join(struct.pack(f"<{len(row)}d", *row) for row in rows))


def packed_bytes(content: bytes) -> str:
    """Write bytes as text: the script reads it with `unpacked`."""
    return b64encode(content).decode("ascii")


def _finite(data: Any) -> Any:
    """Replace what JSON lacks by words, which `decoded` reads in the script."""
    if isinstance(data, float) and not isfinite(data):
        return str(data)
    if isinstance(data, Mapping):
        return {key: _finite(item) for key, item in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, str):
        return [_finite(item) for item in data]
    return data


def _colours() -> str:
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in colours.items())
        for colours in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light;--mono:{FONT};{light}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
        "@media screen and (prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
    )
