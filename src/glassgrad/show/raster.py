"""Pictures made of pixels, from SVG: PNG by resvg, moving pictures by Pillow."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from importlib.resources import as_file, files

from glassgrad.errors import DrawingError

#: What resvg can hold in memory comfortably; a larger picture is made smaller than was asked.
MOST_PIXELS = 60_000_000


def png(svg: str, scale: float) -> bytes:
    """Draw an SVG as PNG; the font comes with glassgrad, so text never vanishes."""
    import resvg_py

    width, height = map(float, re.findall(r'(?:width|height)="([\d.]+)"', svg)[:2])
    zoom = min(scale, (MOST_PIXELS / (width * height)) ** 0.5)
    with as_file(files("glassgrad.show") / "fonts" / "DejaVuSansMono.ttf") as font:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg, zoom=zoom, font_files=[str(font)],
                font_family="DejaVu Sans Mono", monospace_family="DejaVu Sans Mono",
                skip_system_fonts=not _needs_others(svg),
            )
        )  # fmt: skip


def _needs_others(svg: str) -> bool:
    """Tell whether there are signs, such as emoji, that the font which comes along lacks."""
    return any(c > "\u2fff" for c in svg)


def animation(pictures: Iterable[bytes], kind: str, milliseconds: int) -> bytes:
    """Join PNG pictures of one size to a moving picture; the last one stays longer.

    Parameters
    ----------
    pictures : iterable of bytes
        The frames as PNG.
    kind : str
        ``GIF`` or ``WEBP``.
    milliseconds : int
        How long each is shown.
    """
    try:
        from PIL import Image
    except ImportError:
        raise DrawingError("moving pictures need Pillow: pip install 'glassgrad[plot]'") from None
    frames = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    if kind == "GIF":
        frames = [frame.quantize(64, dither=Image.Dither.NONE) for frame in frames]
    durations = [milliseconds] * (len(frames) - 1) + [4 * milliseconds]
    out = io.BytesIO()
    frames[0].save(
        out, kind, save_all=True, append_images=frames[1:], duration=durations, loop=0,
        **({"lossless": True} if kind == "WEBP" else {"optimize": False, "disposal": 1}),
    )  # fmt: skip
    return out.getvalue()
