"""The pictures of the documentation: fresh, and used."""

from __future__ import annotations

import re
from pathlib import Path

from gallery.__main__ import FOLDER, files

DOCS = FOLDER.parent


def test_the_gallery_is_what_make_gallery_writes() -> None:
    # The film is compressed by Pillow, whose versions differ; its frames are tested elsewhere.
    fresh = {name: text for name, text in files().items() if isinstance(text, str)}
    stale = [name for name, text in fresh.items() if (FOLDER / name).read_text("utf-8") != text]
    assert stale == [], "run `make gallery`"
    assert {path.name for path in FOLDER.iterdir()} == {*fresh, "worked-example.webp"}


def test_every_picture_that_is_shown_exists_and_every_one_is_shown() -> None:
    shown = set()
    for page in (*DOCS.glob("*.md"), DOCS.parent / "README.md"):
        for found in re.findall(r"[\w./-]*gallery/[\w.-]+", page.read_text("utf-8")):
            path = (page.parent / found).resolve()
            assert path.exists(), f"{page.name} shows {found}"
            shown.add(path.name)
    # A picture for light surroundings brings its dark twin along.
    shown |= {name.replace("-light", "-dark") for name in shown}
    assert {path.name for path in FOLDER.iterdir()} <= shown


def test_the_worked_example_is_drawn_as_published() -> None:
    text = Path(FOLDER / "worked-example-3-light.svg").read_text("utf-8")
    grads = re.findall(r'class="grad \w*">([^<]+)<', text)
    assert sorted(float(g.replace("−", "-")) for g in grads) == [-4, -2, -2, -2, 1, 4, 6]
