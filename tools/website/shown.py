"""What code showed, as a page shows it: alive where it can be, and in the page's light or dark."""

from __future__ import annotations

import io
from html import escape
from typing import Any

from glassgrad import Value
from glassgrad.show.drawing import draw
from glassgrad.show.picture import Picture
from glassgrad.show.theme import DARK, LIGHT

#: The height of a frame, in pixels: room for a drawing of some twenty values, and its buttons.
HEIGHT = 480

#: Colours of matplotlib, and which of ours they become in dark surroundings.
IN_THE_DARK = {
    "#000000": "ink", "#262626": "ink", "#ffffff": "paper", "#cccccc": "line", "#b0b0b0": "grid",
}  # fmt: skip


def as_html(shown: Any) -> str:
    """Write what a notebook would show of an object; "" if that is its text."""
    if isinstance(shown, Value):
        shown = draw(shown)
    if isinstance(shown, Picture):
        return framed(shown.html(), f"{shown.text().splitlines()[0]}, alive")
    bundle = getattr(shown, "_repr_mimebundle_", None)
    if bundle is not None:
        return str(bundle().get("text/html", ""))
    html = getattr(shown, "_repr_html_", None)
    return str(html()) if html is not None else ""


def framed(page: str, title: str) -> str:
    """Put a page into a frame, where its styles and names can't meet those of the page around."""
    return (
        f'<iframe srcdoc="{escape(page)}" title="{escape(title)}" loading="lazy" '
        f'height="{HEIGHT}"></iframe>\n'
    )


def figure_of(shown: Any) -> Any:
    """Find the figure of matplotlib that something is, or is on; None if it is neither."""
    while shown is not None and not hasattr(shown, "savefig"):
        if isinstance(shown, (list, tuple)):
            shown = shown[0] if shown else None
        else:
            shown = getattr(shown, "figure", None)
    return shown


def as_svg(figure: Any, theme: str) -> str:
    """Draw a figure of matplotlib without a ground, in ink for light or for dark surroundings."""
    from matplotlib import rc_context

    written = io.StringIO()
    with rc_context({"svg.hashsalt": "glassgrad", "svg.fonttype": "path"}):
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    text = written.getvalue()
    text = text[text.index("<svg") :]
    colours = DARK if theme == "dark" else LIGHT
    if theme == "dark":
        for colour, name in IN_THE_DARK.items():
            text = text.replace(colour, colours[name])
    return text.replace("<svg ", f'<svg fill="{colours["ink"]}" ', 1)  # black says no colour
