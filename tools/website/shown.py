"""What code showed, as a page shows it: alive where it can be, and in the page's light or dark."""

from __future__ import annotations

import io
from typing import Any

from glassgrad.show.theme import DARK, LIGHT


def as_html(shown: Any) -> str:
    """Write what a notebook would show of an object; "" if that is its text."""
    bundle = getattr(shown, "_repr_mimebundle_", None)
    if bundle is not None:
        return framed(str(bundle().get("text/html", "")))
    html = getattr(shown, "_repr_html_", None)
    return str(html()) if html is not None else ""


def framed(html: str) -> str:
    """Let what is drawn follow the page around it, which knows what its reader chose."""
    return html.replace('style="color-scheme: light dark"', 'style="color-scheme: inherit"')


def inside(page: str) -> str:
    """Take the drawing out of a live page that is a file of its own."""
    _, _, rest = page.partition('<body data-glassgrad="page">\n')
    return framed(rest.partition("</body>")[0])


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
    if theme == "dark":
        for light, dark in (("#000000", "ink"), ("#ffffff", "paper"), ("#cccccc", "line")):
            text = text.replace(light, DARK[dark])
        text = text.replace("#b0b0b0", DARK["grid"]).replace("#262626", DARK["ink"])
    ink = (DARK if theme == "dark" else LIGHT)["ink"]  # what is black by default says no colour
    return text.replace("<svg ", f'<svg fill="{ink}" ', 1)
