"""Say once what several lines say that differ only by numbers which grow evenly."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Whole numbers that stand by themselves, not in names and not in fractions.
_WHOLE = re.compile(r"(?<![\w.-])-?\d+(?![\w.])")


def repeated(lines: Sequence[str], t: str) -> list[tuple[int, int, str]]:
    """Find runs of lines that one line with a counter stands for.

    Parameters
    ----------
    lines : sequence of str
    t : str
        What counts the lines, from 0.

    Returns
    -------
    list of (int, int, str)
        Where a run begins and ends, and its line.

    Examples
    --------
    >>> repeated(["a[0] = b[:1]", "a[1] = b[:2]", "a[2] = b[:3]"], "t")
    [(0, 3, 'a[t] = b[:t + 1]')]
    """
    found = []
    first = 0
    while first < len(lines):
        last = first + 1
        words = _WHOLE.split(lines[first])
        begins = [int(x) for x in _WHOLE.findall(lines[first])]
        steps: list[int] | None = None
        while last < len(lines) and _WHOLE.split(lines[last]) == words:
            numbers = [int(x) for x in _WHOLE.findall(lines[last])]
            if steps is None:
                steps = [x - y for x, y in zip(numbers, begins, strict=True)]
            if numbers != [x + (last - first) * s for x, s in zip(begins, steps, strict=True)]:
                break
            last += 1
        if last - first < 2 or steps is None:
            last, text = first + 1, lines[first]
        else:
            counted = [_counted(x - s * first, s, t) for x, s in zip(begins, steps, strict=True)]
            text = words[0]
            for number, after in zip(counted, words[1:], strict=True):
                alone = text[-1:] in "[(:" or text.endswith(", ")
                atom = " " not in number or (alone and after[:1] in ("]", ")", ":", ","))
                text += (number if atom else f"({number})") + after
        found.append((first, last, text))
        first = last
    return found


def looped(columns: Sequence[Sequence[tuple[int, int, str]]]) -> list[str]:
    """Write statements, those that repeat in loops."""
    found: list[str] = []
    header = ""
    for runs in columns:
        for first, last, text in runs:
            if last - first == 1:
                found.append(text)
                header = ""
                continue
            loop = f"for t in range({f'{first}, ' if first else ''}{last}):"
            found += [] if loop == header else [loop]
            found.append(f"    {text}")
            header = loop if len(runs) == 1 else ""
    return found


def _counted(base: int, step: int, t: str) -> str:
    """Write the number ``base + step * t``."""
    if step == 0:
        return str(base)
    product = t if step == 1 else f"{step} * {t}"
    if base == 0:
        return product
    return f"{product} {'+' if base > 0 else '-'} {abs(base)}"
