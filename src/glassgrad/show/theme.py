"""The colours of a drawing, for light and for dark surroundings.

A kind is told by its shape too, so colour only helps. The tints go under text: every pair has a
contrast of at least 4.5 (WCAG 2 AA).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

#: What is coloured: for each kind of value the tint of its record and the line around it, for
#: signed numbers the two sides, and the rest.
LIGHT: Final[Mapping[str, str]] = MappingProxyType({
    "paper": "#ffffff", "ink": "#1b1f24", "faint": "#57606a", "line": "#8c959f", "grid": "#d0d7de",
    "focus": "#8250df",
    "input": "#e3f1fb", "input-line": "#0072b2",
    "parameter": "#fdf0d5", "parameter-line": "#b07400",
    "constant": "#f3f4f6", "constant-line": "#6e7781",
    "inner": "#ffffff", "inner-line": "#57606a",
    "output": "#e0f3ec", "output-line": "#00795a",
    "group": "#f5f0fb", "group-line": "#8250df",
    "operation": "#1b1f24", "operation-text": "#ffffff",
    "positive": "#0b62a4", "negative": "#b3400a", "nonfinite": "#a40e26",
})  # fmt: skip
DARK: Final[Mapping[str, str]] = MappingProxyType({
    "paper": "#0d1117", "ink": "#e6edf3", "faint": "#9ea7b3", "line": "#7d8590", "grid": "#30363d",
    "focus": "#bc8cff",
    "input": "#0c2d48", "input-line": "#56b4e9",
    "parameter": "#3a2a06", "parameter-line": "#e6a817",
    "constant": "#1c2128", "constant-line": "#8b949e",
    "inner": "#161b22", "inner-line": "#9ea7b3",
    "output": "#07382b", "output-line": "#2fbf95",
    "group": "#221a33", "group-line": "#bc8cff",
    "operation": "#e6edf3", "operation-text": "#0d1117",
    "positive": "#6cb6ff", "negative": "#ff9b5e", "nonfinite": "#ff7b8a",
})  # fmt: skip

#: "auto" follows the system that shows the drawing.
Theme: TypeAlias = Literal["light", "dark", "auto"]


def check_theme(theme: str) -> None:
    """Raise if there is no such theme."""
    if theme not in ("light", "dark", "auto"):
        raise ValueError(f'the theme is "light", "dark" or "auto", not {theme!r}')


def style(rules: Mapping[str, str], root: str, theme: Theme | Literal["page"]) -> str:
    """Write the style sheet of an SVG: its rules hold for what is inside `root` only.

    Parameters
    ----------
    rules : mapping
        From selectors to declarations, in which ``$ink`` stands for a colour.
    root : str
        The class of the SVG, to which that of the theme is added: ``gg-auto``.
    theme : "light", "dark", "auto" or "page"
        Which colours; those of the page around it are variables there: ``var(--ink)``.
    """
    text = "".join(f".{root}-{theme} {name}{{{what}}}" for name, what in rules.items())
    if theme == "page":
        return re.sub(r"\$([a-z-]+)", r"var(--\1)", text)
    if theme == "auto":
        dark = "".join(
            f".{root}-auto {name}{{{what}}}" for name, what in rules.items() if "$" in what
        )
        dark = _coloured(dark, DARK)
        return f"{_coloured(text, LIGHT)}@media(prefers-color-scheme:dark){{{dark}}}"
    return _coloured(text, DARK if theme == "dark" else LIGHT)


def _coloured(text: str, colours: Mapping[str, str]) -> str:
    return re.sub(r"\$([a-z-]+)", lambda found: colours[found[1]], text)
