"""Write the notebooks of the lessons from their texts: ``make lessons``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from glassgrad.learn import lessons as told
from lessons.notebook import notebook

FOLDER = Path(__file__).resolve().parents[2] / "lessons"


def main() -> None:
    """Write what has changed, and say so."""
    FOLDER.mkdir(exist_ok=True)
    for lesson in told.catalogue():
        path = FOLDER / f"{lesson.number:02}-{lesson.slug}.ipynb"
        text = notebook(lesson, told.Performance(lesson, told.reference))
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            print(f"wrote {path.relative_to(FOLDER.parent)}")


if __name__ == "__main__":
    main()
