"""Write docs/misconceptions.md, the list of what a grade can name: ``make misconceptions``.

With ``--check`` it only compares, and exits with 1 if the page is stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from glassgrad.learn.grading.checks import Check
from glassgrad.learn.grading.diagnosis import GENERAL, expected
from glassgrad.learn.grading.misconceptions import MISCONCEPTIONS, Misconception
from glassgrad.learn.grading.table import CHECKS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "misconceptions.md"

_HEAD = """\
# Misconceptions

What [`glassgrad grade`](grading.md) can name. An id stays the same from version to version. With
each stands the smallest of the programs that reveal it, as glassgrad runs it, and the hint that the
learner is given. This page is written by `make misconceptions`, from the tables in
`learn/grading`; its programs run in the tests.

```python
from glassgrad import Value
```
"""


def page() -> str:
    """Write the page."""
    parts = [_HEAD]
    for title, group in MISCONCEPTIONS.items():
        parts.append(f"\n## {title}\n")
        parts += map(_section, group)
    return "".join(parts)


def _section(about: Misconception) -> str:
    found = [i for i, check in enumerate(CHECKS) if check.id == about.id] or [
        i for i, check in enumerate(CHECKS) if about.id in check.otherwise.values()
    ]
    if about.id in GENERAL:  # any program may show it
        found = []
    i = min(found, key=lambda i: CHECKS[i].program.count("\n"), default=None)
    program = "" if i is None else f"```python\n{_program(CHECKS[i], expected()[i])}```\n\n"
    lesson = f"[Lesson {about.lesson}](../lessons/{about.lesson:02}-{about.slug}.ipynb)"
    return (
        f"\n### {about.id}\n\n{about.says} {lesson}, {about.slug}.\n\n{program}*{about.hint}*\n"
    )


def _program(check: Check, numbers: tuple[float, ...]) -> str:
    if not check.reads:
        *first, last = check.program.splitlines()
        return "\n".join([*first, "try:", f"    {last}", "except TypeError:", "    pass", ""])
    reads = (_assertion(text, x) for text, x in zip(check.reads, numbers, strict=True))
    return "\n".join([check.program, *reads, ""])


def _assertion(text: str, x: float) -> str:
    if "!=" in text:
        return f"assert {text}"
    if x == round(x, 4):
        return f"assert {text} == {x:.15g}"
    return f"assert round({text}, 6) == {x:.6f}"  # the last digits depend on the system


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is stale."""
    text = page()
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return 0
    if "--check" in arguments:
        print(f"stale: {PAGE.name}")
        return 1
    PAGE.write_text(text, "utf-8")
    print(f"wrote {PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
