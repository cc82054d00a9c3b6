"""Engines as learners write them: right ones, and wrong ones with one thing changed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import micrograd.engine

from glassgrad.learn import tiny

HERE = Path(__file__).parent
RIGHT = {path.stem: path.read_text("utf-8") for path in (HERE / "right_engines").glob("*.py")}
#: Engines that are right but for what their authors left out.
SMALL = {
    "tiny": Path(tiny.__file__).read_text("utf-8"),
    "micrograd": Path(micrograd.engine.__file__).read_text("utf-8"),
}


class Wrong(NamedTuple):
    """What is wrong with an engine, and its source."""

    engine: str
    id: str
    source: str


def wrong_engines() -> list[Wrong]:
    """Read what is changed in the right engines.

    A file has the name of an engine. In it each wrong one begins with ``==`` and the id that it
    should be given; then come the lines to take away and to add, with some around them, so that the
    place is clear; ``...`` stands between two places.
    """
    found = []
    for path in sorted((HERE / "wrong_engines").glob("*.diff")):
        for part in re.split("^== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            id, _, changes = part.partition("\n")
            source = (RIGHT | SMALL)[path.stem]
            for change in changes.strip("\n").split("\n...\n"):
                source = _changed(source, change.split("\n"))
            found.append(Wrong(path.stem, id, source))
    return found


def _changed(source: str, lines: list[str]) -> str:
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    assert source.count(old) == 1, f"this is not there once:\n{old}"
    return source.replace(old, new)
