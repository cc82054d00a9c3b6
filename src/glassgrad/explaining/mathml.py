"""Expressions in MathML, which browsers show by themselves."""

from __future__ import annotations

from html import escape

from glassgrad.explaining.notation import Notation
from glassgrad.expr import Expr
from glassgrad.ops import TABLE

_INFIX = {
    "add": "+", "sub": "−", "mul": "⋅", "product": "⋅", "lt": "&lt;", "le": "≤", "gt": "&gt;",
    "ge": "≥", "eq": "=",
}  # fmt: skip
_TEMPLATES = {
    "neg": "<mo>−</mo>{0}", "div": "<mfrac>{0}{1}</mfrac>",
    "reciprocal": "<mfrac><mn>1</mn>{0}</mfrac>", "sqrt": "<msqrt>{0}</msqrt>",
    "abs": "<mo>|</mo>{0}<mo>|</mo>", "pow": "<msup>{0}{1}</msup>",
    "square": "<msup>{0}<mn>2</mn></msup>", "exp": "<msup><mi>e</mi>{0}</msup>",
    "expm1": "<msup><mi>e</mi>{0}</msup><mo>−</mo><mn>1</mn>",
    "log1p": "<mi>ln</mi><mo>(</mo><mn>1</mn><mo>+</mo>{0}<mo>)</mo>",
    "where": "{1}<mtext> if </mtext>{0}<mtext> else </mtext>{2}",
    "and": "{0}<mtext> and </mtext>{1}", "or": "{0}<mtext> or </mtext>{1}",
    "derivative": "<mfrac><mrow><mi>d</mi>{1}</mrow><mrow><mi>d</mi>{0}</mrow></mfrac>",
    "partial": "<mfrac><mrow><mo>∂</mo>{1}</mrow><mrow><mo>∂</mo>{0}</mrow></mfrac>",
    "limit": "<munder><mo>lim</mo><mrow>{0}<mo>→</mo><mn>0</mn></mrow></munder>{1}",
}  # fmt: skip


class MathML(Notation):
    """The notation of MathML; every operation is one element."""

    def operation(self, e: Expr, args: list[str]) -> str:
        """Write an operation whose operands are written."""
        if e.op in _INFIX:
            written = f"<mo>{_INFIX[e.op]}</mo>".join(args)
        elif e.op in _TEMPLATES:
            written = _TEMPLATES[e.op].format(*args)
        else:
            sign = args.pop(0) if e.op == "at" else f"<mi>{escape(TABLE[e.op].symbol)}</mi>"
            written = f"{sign}<mo>(</mo>{'<mo>,</mo>'.join(args)}<mo>)</mo>"
        return f"<mrow>{written}</mrow>"

    def name(self, name: str) -> str:
        """Write a name."""
        return f"<mi>{_shown(name)}</mi>"

    def number(self, mantissa: str, exponent: str) -> str:
        """Write a number."""
        sign = "<mo>−</mo>" if mantissa.startswith("-") else ""
        written = f"{sign}<mn>{mantissa.lstrip('-')}</mn>"
        if exponent:
            power = exponent.replace("-", "−")
            written += f"<mo>⋅</mo><msup><mn>10</mn><mn>{power}</mn></msup>"
        return f"<mrow>{written}</mrow>"

    def words(self, text: str) -> str:
        """Write words within a formula."""
        return f"<mtext>{_shown(text)}</mtext>"

    def grouped(self, text: str) -> str:
        """Put parentheses around what is written."""
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"


def _shown(text: str) -> str:
    return escape("".join(c if c.isprintable() else " " for c in text))
