"""Numbers as a drawing writes them: four digits, and a minus as long as the plus."""

from __future__ import annotations


def number(x: float | None) -> str:
    """Write a number with four significant digits; "–" stands for none yet.

    Examples
    --------
    >>> number(-3.0), number(0.70710678), number(1234567.0), number(None)
    ('−3', '0.7071', '1.235e6', '–')
    """
    if x is None:
        return "–"
    text = f"{x:.4g}"
    if "e" in text:
        digits, exponent = text.split("e")
        text = f"{digits}e{int(exponent)}"
    return text.replace("-", "−").replace("inf", "∞")
