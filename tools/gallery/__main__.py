"""Write the pictures of the documentation: ``make gallery``.

Every picture is drawn by the public functions alone, so that a reader can have the same; each
still picture once for light and once for dark surroundings.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gallery.anatomy import anatomy
from gallery.pictures import FILMS, PICTURES

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "gallery"


def files() -> dict[str, str | bytes]:
    """Make all files of the gallery, by name."""
    found: dict[str, str | bytes] = {}
    pictures = {name: make() for name, make in PICTURES.items()}
    for theme in ("light", "dark"):
        found[f"anatomy-{theme}.svg"] = anatomy(theme)
        for name, picture in pictures.items():
            found[f"{name}-{theme}.svg"] = picture.svg(theme)
    for name, film in FILMS.items():
        found[name] = film()
    return found


def main() -> None:
    """Write what has changed, and say so."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        path, text = FOLDER / name, content.encode() if isinstance(content, str) else content
        if not path.exists() or path.read_bytes() != text:
            path.write_bytes(text)
            print(f"wrote {path.relative_to(FOLDER.parents[1])}: {len(text):,} bytes")


if __name__ == "__main__":
    main()
