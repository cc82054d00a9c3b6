"""Put together what Sphinx reads: the pages of docs/, and those that are made of something else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from website import lessons, reference
from website.shown import framed

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

#: A link or a picture, one to a file that comes along, and a live page that has a paragraph.
LINK = re.compile(r"(\]\()([^)#\s]*)(#[^)\s]*)?\)")
FILE = re.compile(r"\]\(files/([^)#\s]+)\)")
LIVE = re.compile(r"^\[[^\]]*\]\((gallery/[\w-]+)\.html\)$", re.MULTILINE)

#: Files of the project that are pages too, and what these are called.
PAGES = {
    "benchmarks/RESULTS.md": "benchmarks.md",
    "CHANGELOG.md": "changes.md",
    "CONTRIBUTING.md": "contributing.md",
    "README.md": "index.md",
}

#: The contents, in order; a page of docs/ that is not listed belongs to the guide.
LEARN = ["lessons/index", "learning", "exercises", "grading", "misconceptions", "gallery"]
GUIDE = ["drawing", "explain", "transforms", "training", "jit", "lift", "conventions"]
COMING = ["micrograd <from-micrograd>", "PyTorch <from-pytorch>", "JAX <from-jax>"]
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
        written = LIVE.sub(r"```{raw} html\n:file: \1.live\n```", linked(text, origins[name]))
        (folder / name).write_text(written, "utf-8")
        for inside in FILE.findall(written):
            (folder / "files" / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / inside, folder / "files" / inside)
    for path in (folder / "gallery").glob("*.html"):
        page = framed(path.read_text("utf-8"), path.stem.replace("-", " "))
        path.with_suffix(".live").write_text(page, "utf-8")
    shutil.copytree(DOCS / "gallery", folder / "as-it-is" / "gallery")
    (folder / "reference").mkdir()
    for name, text in reference.pages().items():
        (folder / name).write_text(text, "utf-8")
    lessons.write(folder / "lessons", ROOT / "lessons")


def contents(pages: set[str]) -> str:
    """Write the tables of contents, which the sidebar shows."""
    known = {name.removesuffix(".md") for name in pages} | {"lessons/index"}
    listed = " ".join([*LEARN, *GUIDE, *COMING, *REFERENCE, *PROJECT, "index"])
    captions = {
        "Learn": [name for name in LEARN if name in known],
        "Guide": GUIDE + sorted(known - set(re.findall(r"[\w/-]+", listed))),
        "Coming from": COMING, "Reference": REFERENCE, "Project": PROJECT,
    }  # fmt: skip
    return "\n".join(
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(names) + "\n```\n"
        for caption, names in captions.items()
    )


def linked(text: str, origin: str) -> str:
    """Let the links of a file lead to pages here, or to files of the project that come along."""
    folder = (ROOT / origin).parent

    def there(found: re.Match[str]) -> str:
        target, place = found[2], found[3] or ""
        path = (folder / target).resolve()
        if ":" in target or not target or not path.exists():  # that it is missing, Sphinx says
            return found[0]
        if path.is_relative_to(ROOT / "lessons"):
            page = path.stem if path.suffix else "index"
            return f"{found[1]}lessons/{page}.md)"
        if path.is_relative_to(DOCS) and path != DOCS:
            return f"{found[1]}{path.relative_to(DOCS)}{place})"
        inside = str(path.relative_to(ROOT))
        return f"{found[1]}{PAGES.get(inside) or f'files/{inside}'}{place})"

    return LINK.sub(there, text.replace("\n\n```\n", "\n```\n"))
