"""The live page: one file that draws a graph, steps through it, and computes it again."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from html import escape
from importlib.resources import files
from typing import Literal

from glassgrad.show import look, theme
from glassgrad.show.live.operations import Operations
from glassgrad.show.live.packing import pack
from glassgrad.show.scene import Scene

Theme = Literal["auto", "light", "dark"]

#: The parts of the script, in order; each uses only what stands before it.
SCRIPTS = (
    "numbers", "replay", "places", "shapes", "faces", "drawing", "view", "sliders", "words",
    "search", "mode", "page",
)  # fmt: skip


def page(
    scene: Scene, *, opened: Collection[str] = (), after: int | None = None, theme: Theme = "auto"
) -> str:
    """Write a file of HTML that shows a scene and lets it be played with, without any network.

    Parameters
    ----------
    scene : Scene
        What is shown.
    opened : collection of str, optional
        The keys of the groups that are open at first.
    after : int, optional
        How many operations have handed their gradient on at first; by default all of them, or
        none if there was no backward pass.
    theme : {"auto", "light", "dark"}
        Dark, light, or as the reader's system is; a button changes it.

    Returns
    -------
    str
        A complete page.

    Raises
    ------
    DrawingError
        If no group has such a key.
    """
    title = escape(scene.nodes[scene.outputs[0]].name)
    inside = fragment(scene, opened=opened, after=after, theme=theme)
    return (
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>html, body {{ margin: 0; }}</style>\n</head>\n"
            f'<body data-glassgrad="page">\n{inside}</body>\n</html>\n'
        )
        .encode("utf-8", "replace")
        .decode("utf-8")
    )


def fragment(
    scene: Scene, *, opened: Collection[str] = (), after: int | None = None, theme: Theme = "auto"
) -> str:
    """Write the same as one element, to stand inside of a page such as a notebook.

    Parameters
    ----------
    scene, opened, after, theme
        As for `page`.

    Returns
    -------
    str
        A ``section`` with its own style and script; several may stand in one document.
    """
    operations = Operations(scene.nodes)
    data = pack(scene, operations, opened)
    data["after"] = after
    scripts = "".join(_file(f"{name}.js") for name in SCRIPTS)
    # In a script only `<` could begin something that the browser takes for the script's end.
    packed = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    parts = {
        "scheme": "light dark" if theme == "auto" else theme,
        "style": f".glassgrad {{\n{_colours()}}}\n{_file('page.css')}",
        "data": packed,
        "script": f'(() => {{\n"use strict";\n{_geometry()}{operations.script()}{scripts}}})();',
    }
    text = _file("page.html")
    for name, part in parts.items():
        text = text.replace(f"<!--{name}-->", part)
    return text


@cache
def _file(name: str) -> str:
    return files("glassgrad.show.live").joinpath(name).read_text("utf-8")


@cache
def _colours() -> str:
    """Write the colours for light and dark as variables, and the font."""
    lines = [
        f"  --{name}: light-dark({theme.LIGHT[name]}, {theme.DARK[name]});" for name in theme.LIGHT
    ]
    return "\n".join([*lines, f"  --font: {look.FONT};", ""])


@cache
def _geometry() -> str:
    """Write the measures that the page shares with the drawing."""
    measures = {
        "RECORD": look.RECORD_HEIGHT, "RADIUS": look.RADIUS, "LINK": look.LINK,
        "PADDING": look.PADDING, "GROUP": look.GROUP_HEIGHT, "PORT": look.PORT_HEIGHT,
        "ADVANCE": look.ADVANCE, "LABEL": look.LABEL_SIZE, "DIGITS": look.NUMBER_SIZE,
        "NOTE": look.NOTE_SIZE,
    }  # fmt: skip
    return f"const LOOK = {json.dumps(measures)};\n"
