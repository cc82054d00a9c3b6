"""How figures are written: Markdown tables, three digits, and "times slower" or "faster"."""

from __future__ import annotations


def table(head: list[str], rows: list[list[str]]) -> str:
    """Write a table in Markdown; rows that end early are filled up with empty cells."""
    filled = [row + [""] * (len(head) - len(row)) for row in rows]
    lines = [head, ["---"] * len(head), *filled]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def figure(number: float) -> str:
    """Write a number with three digits, or all of its whole ones; at most five after the point."""
    if number >= 100:
        return f"{number:,.0f}"
    places = sum(number < limit for limit in (100, 10, 1, 0.1, 0.01)) if number > 0 else 3
    return f"{number:.{places}f}"


def against(theirs: float, ours: float) -> str:
    """Say how many times slower or faster than glassgrad something is."""
    if theirs == ours:
        return "1"
    if theirs > ours:
        return f"{figure(theirs / ours)}× slower"
    return f"{figure(ours / theirs)}× faster"
