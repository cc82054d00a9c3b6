"""`gg.explain`: where a gradient comes from."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from glassgrad.engine import Value
from glassgrad.explaining import contents, reasons
from glassgrad.explaining.html import fragment, page
from glassgrad.explaining.latex import latex
from glassgrad.explaining.markdown import markdown
from glassgrad.explaining.paths import Path
from glassgrad.explaining.sections import Section, digits, is_rounded
from glassgrad.explaining.subject import Subject
from glassgrad.explaining.text import text
from glassgrad.expr import as_expr
from glassgrad.show.text.terminal import for_terminal

__all__ = ["Derivation", "explain"]

#: The width of text that goes to no terminal.
WIDTH = 88


class Derivation:
    """How a derivative comes about; `explain` makes it.

    It holds the numbers as they were when it was made.

    Attributes
    ----------
    value : float
        The derivative.
    n_paths : int
        How many paths there are, exactly.
    paths : list of Path
        The paths that are shown, by falling contribution: all, unless they are many.
    sections : tuple of Section
        What is said, before it is written in some form.
    """

    def __init__(self, subject: Subject, *, proof: bool) -> None:
        self.value = subject.paths.total if subject.wrt is not subject.root else 1.0
        self.n_paths = subject.paths.count
        self.paths: list[Path] = subject.shown
        y, x = subject.root.name, subject.wrt.name
        sign = "≈" if is_rounded(as_expr(self.value)) else "="
        self.title = f"d{y}/d{x} {sign} {digits(self.value)}"
        found = [
            contents.expression(subject),
            contents.paths(subject),
            contents.through_modules(subject),
            reasons.proofs(subject) if proof else None,
            contents.check(subject),
            reasons.formula(subject),
        ]
        self.sections: tuple[Section, ...] = tuple(section for section in found if section)

    def text(self, width: int = WIDTH) -> str:
        """Write the derivation as plain text, in lines of that width at most."""
        return text(self.title, self.sections, width)

    def latex(self) -> str:
        """Write the derivation as one ``align*`` environment."""
        return latex(self.title, self.sections)

    def markdown(self) -> str:
        """Write the derivation as Markdown, with equations as GitHub shows them."""
        return markdown(self.title, self.sections)

    def html(self) -> str:
        """Write the derivation as a page that needs nothing else: no script, no network."""
        return page(self.title, self.sections)

    def __str__(self) -> str:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
        return for_terminal(self.text(max(40, width)))

    def __repr__(self) -> str:
        paths = "1 path" if self.n_paths == 1 else f"{self.n_paths} paths"
        return f"<Derivation: {self.title}, {paths}; print it>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {
            "text/html": fragment(self.title, self.sections), "text/latex": self.latex(),
            "text/markdown": self.markdown(), "text/plain": self.text(),
        }  # fmt: skip


def explain(L: Value, a: Value, *, proof: bool = False) -> Derivation:
    """Derive dL/da step by step: by the paths from a to L, their local derivatives, and a check.

    Parameters
    ----------
    L : Value
        The result; it need not have been differentiated.
    a : Value
        With respect to what: any value that L is made of.
    proof : bool, default False
        Whether to prove the local rules from the definition of the derivative as a limit.

    Returns
    -------
    Derivation
        Print it, show it in a notebook, or write it as LaTeX, Markdown or HTML.

    Raises
    ------
    ExplanationError
        If a does not lead to L, or one of them is not a Value.
    NoRuleError
        If the derivative of an operation on the way is not known.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a, b, c, f = (gg.Value(x, label=n) for x, n in ((2, "a"), (-3, "b"), (10, "c"), (-2, "f")))
    >>> e = a * b
    >>> L = (e + c) * f
    >>> e.label, L.label = "e", "L"
    >>> derivation = gg.explain(L, a)
    >>> derivation.value, derivation.n_paths
    (6.0, 1)
    """
    return Derivation(Subject(L, a), proof=proof)
