r"""A derivation in LaTeX: one ``align*`` environment, such as KaTeX and MathJax accept too."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from glassgrad.explaining.notation import Notation
from glassgrad.explaining.sections import Equation, Line, Section, Sentence, signs
from glassgrad.explaining.text import inline
from glassgrad.expr import Expr
from glassgrad.ops import TABLE

_TEMPLATES = {
    "derivative": r"\frac{{d{1}}}{{d{0}}}", "partial": r"\frac{{\partial {1}}}{{\partial {0}}}",
    "limit": r"\lim_{{{0} \to 0}} {1}",
    "lt": "{0} < {1}", "le": r"{0} \le {1}", "gt": "{0} > {1}", "ge": r"{0} \ge {1}",
    "eq": "{0} = {1}", "and": r"{0} \text{{ and }} {1}", "or": r"{0} \text{{ or }} {1}",
}  # fmt: skip
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&",
    "#": r"\#", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "`": "ʼ",
    # What KaTeX, or pdfLaTeX, does not have in text:
    "·": r"$\cdot$", "−": "$-$", "→": r"$\to$", "≈": r"$\approx$", "∞": r"$\infty$",
    "′": "$'$", "²": "$^2$", "…": r"\dots{}", "≤": r"$\le$",
}  # fmt: skip
_SIGNS = {"=": "=", "≈": r"\approx"}
_GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
_WIDTH = 72  # letters of a row, roughly


def latex(title: str, sections: Sequence[Section]) -> str:
    """Write all sections, with their titles as rows of text."""
    rows = _sentence(title)
    for section in sections:
        rows += [rf"&\textbf{{{escaped(section.title)}}}", *_rows(section.lines)]
    return environment(rows)


def aligned(lines: Sequence[Equation]) -> str:
    """Write a few equations by themselves."""
    return environment(_rows(lines))


def environment(rows: Sequence[str]) -> str:
    """Align rows at their first sign."""
    return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"])


def escaped(text: str) -> str:
    r"""Write any text so that it means itself within ``\text{}``."""
    return "".join(_SPECIAL.get(c, c if c.isprintable() else " ") for c in text)


def _rows(lines: Sequence[Line]) -> list[str]:
    rows: list[str] = []
    for line in lines:
        rows += _sentence(line.text) if isinstance(line, Sentence) else _equation(line)
    return rows


def _sentence(text: str) -> list[str]:
    return [rf"&\text{{{escaped(row)}}}" for row in textwrap.wrap(text, _WIDTH)]


def _equation(line: Equation) -> list[str]:
    """Write an equation; it is broken before a sign where the row would become long."""
    notation = LaTeX()
    first, *others = line.parts
    rows = ["" if line.continued else notation.written(first)]
    long = len(inline(first))
    for part, sign in zip(others, signs(line), strict=True):
        row = f"{_SIGNS[sign]} {notation.written(part)}"
        long += len(inline(part))
        if part is others[0]:
            rows[-1] += f" &{row}"
        elif long <= _WIDTH:
            rows[-1] += f" {row}"
        else:
            rows.append(f"&{row}")
            long = len(inline(part))
    if not others:
        rows[-1] = f"&{rows[-1]}"
    if line.reason:
        rows[-1] += rf" && \text{{{escaped(line.reason)}}}"
    return rows


class LaTeX(Notation):
    """The notation of LaTeX; an operation is written as its card says."""

    def operation(self, e: Expr, args: list[str]) -> str:
        """Write an operation whose operands are written."""
        if e.op == "product":
            return r" \cdot ".join(args)
        if e.op == "at":
            return f"{args[0]}({', '.join(args[1:])})"
        if e.op in _TEMPLATES:
            return _TEMPLATES[e.op].format(*args)
        card = TABLE[e.op]
        if card.latex.endswith(" {x}"):  # \sin x would not say how far it reaches
            args = [self.grouped(arg) for arg in args]
        return card.latex.format(**dict(zip(card.operands, args, strict=True)))

    def name(self, name: str) -> str:
        """Write a name: one letter as it is, x1 with an index, words as words."""
        indexed = re.fullmatch(r"([^\W\d_]|[a-z]+)(\d+)", name)
        if indexed and (len(indexed[1]) == 1 or indexed[1] in _GREEK):
            return f"{self.name(indexed[1])}_{{{indexed[2]}}}"
        if name in _GREEK:
            return f"\\{name} "
        if re.fullmatch(r"[A-Za-z]", name):
            return name
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name):
            return rf"\mathit{{{name}}}"
        return rf"\text{{{escaped(name)}}}"

    def number(self, mantissa: str, exponent: str) -> str:
        """Write a number."""
        written = mantissa.replace("∞", r"\infty ").replace("nan", r"\text{nan}")
        return rf"{written} \cdot 10^{{{exponent}}}" if exponent else written

    def words(self, text: str) -> str:
        """Write words within a formula."""
        return r"\pi " if text == "π" else rf"\text{{{escaped(text)}}}"

    def grouped(self, text: str) -> str:
        """Put parentheses around what is written."""
        return rf"\left({text}\right)"
