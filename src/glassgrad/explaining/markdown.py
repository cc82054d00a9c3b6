"""A derivation in Markdown, with its equations as GitHub shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from glassgrad.explaining.latex import aligned
from glassgrad.explaining.sections import Equation, Section, Sentence


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Write all sections, with equations as blocks of LaTeX."""
    blocks = [f"# {_escaped(title)}"]
    for section in sections:
        blocks.append(f"## {_escaped(section.title)}")
        for said, lines in groupby(section.lines, lambda line: isinstance(line, Sentence)):
            if said:
                blocks += [_escaped(line.text) for line in lines if isinstance(line, Sentence)]
            else:
                equations = [line for line in lines if isinstance(line, Equation)]
                blocks.append(f"```math\n{aligned(equations)}\n```")
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    """Let no sign of a name be taken for markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&!])", r"\\\1", " ".join(text.split()))
