"""Put together what Sphinx reads: the pages of docs/, and those that are made of something else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from website import lessons, reference

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FORGE = "https://github.com/glassgrad/glassgrad/blob/main/"

#: Files of the project that are pages too, and what these are called.
PAGES = {
    "benchmarks/RESULTS.md": "benchmarks.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
}

#: The contents, in order; a page of docs/ that is not listed belongs to the guide.
LEARN = ["lessons/index", "gallery"]
GUIDE = [
    "drawing", "explain", "transforms", "training", "jit", "lift", "conventions", "grading",
    "exercises",
]  # fmt: skip
COMING = ["from-micrograd", "from-pytorch", "from-jax"]
REFERENCE = ["reference", "operations", "glossary"]
PROJECT = ["architecture", "benchmarks", "changes", "contributing"]


def assemble(folder: Path) -> None:
    """Write all sources into a folder, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, folder)
    pages = {path.name: path.read_text("utf-8") for path in DOCS.glob("*.md")}
    origins = {name: f"docs/{name}" for name in pages}
    for origin, name in PAGES.items():
        if name not in pages:
            pages[name] = (ROOT / origin).read_text("utf-8")
            origins[name] = origin
    pages["reference.md"] += "\n" + reference.overview()
    pages["index.md"] += "\n" + contents(set(pages))
    for name, text in pages.items():
        (folder / name).write_text(linked(text, origins[name]), "utf-8")
    (folder / "reference").mkdir()
    for name, text in reference.pages().items():
        (folder / name).write_text(text, "utf-8")
    lessons.write(folder / "lessons", ROOT / "lessons")


def contents(pages: set[str]) -> str:
    """Write the tables of contents, which the sidebar shows."""
    known = {name.removesuffix(".md") for name in pages}
    listed = [*LEARN, *GUIDE, *COMING, *REFERENCE, *PROJECT, "index"]
    guide = [name for name in GUIDE if name in known] + sorted(known - set(listed))
    captions = {
        "Learn": LEARN, "Guide": guide, "Coming from": COMING, "Reference": REFERENCE,
        "Project": PROJECT,
    }  # fmt: skip
    return "\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(names) + "\n```\n"
        for caption, names in captions.items()
    )


def linked(text: str, origin: str) -> str:
    """Let the links of a file lead to pages here, or else to the file where the project lives."""
    folder = (ROOT / origin).parent

    def there(found: re.Match[str]) -> str:
        target, place = found[2], found[3] or ""
        if ":" in target or not target:
            return found[0]
        path = (folder / target).resolve()
        if path.is_relative_to(DOCS) and path != DOCS:
            return f"{found[1]}{path.relative_to(DOCS)}{place})"
        inside = str(path.relative_to(ROOT))
        return f"{found[1]}{PAGES.get(inside) or FORGE + inside}{place})"

    return re.sub(r"(\]\()([^)#\s]*)(#[^)\s]*)?\)", there, text)
