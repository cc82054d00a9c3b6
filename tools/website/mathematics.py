"""Formulas as MathML, which browsers draw by themselves: no script, no font, no network."""

from __future__ import annotations

import re
from typing import Any

from docutils.nodes import SkipNode
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.logging import getLogger

_LOGGER = getLogger(__name__)

#: The converter knows the inner form of these.
_ENVIRONMENTS = re.compile(r"\\(begin|end)\{(?:align|gather)\*?\}")


def mathml(latex: str, block: bool) -> str:
    """Convert a formula from LaTeX."""
    prepared = _ENVIRONMENTS.sub(r"\\\1{aligned}", latex).strip().replace("\n\n", "\n")
    written = re.sub(r"\n\s*", "", str(tex2mathml(prepared, as_block=block)))
    return written.replace("<mo>'</mo>", "<mo>′</mo>")


def visit_inline(translator: Any, node: Any) -> None:
    """Write a formula in a line."""
    translator.body.append(_written(node, block=False))
    raise SkipNode


def visit_block(translator: Any, node: Any) -> None:
    """Write a formula that stands by itself; one that is too wide scrolls."""
    translator.body.append(f'<div class="math-block">{_written(node, block=True)}</div>\n')
    raise SkipNode


def _written(node: Any, block: bool) -> str:
    try:
        return mathml(node.astext(), block)
    except MathError as error:
        _LOGGER.warning("this formula can't be shown: %s: %s", node.astext(), error, location=node)
        return ""
