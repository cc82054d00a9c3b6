"""Numbers as a drawing writes them: few digits, and a minus as long as the plus."""

from __future__ import annotations


def number(x: float | None, digits: int = 4) -> str:
    """Write a number with few significant digits; "–" stands for none yet.

    Examples
    --------
    >>> number(-3.0), number(0.70710678), number(1234567.0), number(None)
    ('−3', '0.7071', '1.235e6', '–')
    """
    if x is None:
        return "–"
    text = f"{x:.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−").replace("inf", "∞")
