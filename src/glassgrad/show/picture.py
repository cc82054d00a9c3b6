"""What every picture can do: be saved in many forms, and show itself in a notebook."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from glassgrad.errors import DrawingError
from glassgrad.saving import write_whole
from glassgrad.show.raster import png
from glassgrad.show.text.terminal import for_terminal
from glassgrad.show.theme import Theme


class Picture(ABC):
    """Something drawn: as SVG, as a living page, as text, and as what is made of these."""

    @abstractmethod
    def svg(self, theme: Theme = "auto") -> str:
        """Write the picture as SVG; "auto" follows the system that shows it."""

    @abstractmethod
    def html(self, theme: Theme = "auto") -> str:
        """Write the live page: one file that asks no network for anything."""

    @abstractmethod
    def fragment(self) -> str:
        """Write the live page as one element, to stand inside of a notebook."""

    def png(self, theme: Theme = "light", scale: float = 2.0) -> bytes:
        """Draw the picture as PNG, so many pixels to each of the SVG's."""
        return png(self.svg(theme), scale)

    @abstractmethod
    def text(self) -> str:
        """Draw the picture with letters."""

    def __str__(self) -> str:
        return for_terminal(self.text())

    def forms(self) -> Mapping[str, Callable[[Theme], str | bytes]]:
        """List the kinds of file there are, by suffix: each from a theme to what is written."""
        return {
            ".svg": self.svg, ".png": self.png, ".html": self.html,
            ".txt": lambda _: f"{self.text()}\n",
        }  # fmt: skip

    def save(self, path: str | os.PathLike[str], theme: Theme | None = None) -> Path:
        """Write the picture to a file; the suffix says in which form.

        The file is complete or as it was before. Text is UTF-8.

        Parameters
        ----------
        path : str or path
            Ends with one of the suffixes in `forms`.
        theme : "light", "dark" or "auto", optional
            The colours. By default what is made of pixels is light, and the rest follows the
            system that shows it.

        Returns
        -------
        Path
            What was written.

        Raises
        ------
        DrawingError
            If there is no form of that suffix; nothing is written then.
        OSError
            If the file can't be written.
        """
        target = Path(path)
        forms = self.forms()
        suffix = target.suffix.lower()
        if suffix not in forms:
            wrong = f"{suffix!r}" if suffix else "no suffix"
            raise DrawingError(
                f"{os.fspath(path)!r} has {wrong}, which says no form of a picture: "
                f"write one of {', '.join(forms)}"
            )
        moving = suffix in (".png", ".gif", ".webp")
        made = forms[suffix](theme or ("light" if moving else "auto"))
        if isinstance(made, str):
            made = made.encode("utf-8", "replace")
        write_whole(target, made)
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/html": self.fragment(), "image/svg+xml": self.svg(), "text/plain": str(self),
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: save it as {', '.join(self.forms())}, or print it>"
