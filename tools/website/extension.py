"""What these pages ask of Sphinx beyond what it does by itself.

Formulas become MathML; a picture for light surroundings brings its dark twin along; a word of the
glossary and a name such as `gg.fit` can be linked to; a link to a live page opens it.
"""

from __future__ import annotations

import inspect
import re
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.addnodes import download_reference, index, pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from website.mathematics import visit_block, visit_inline

#: `gg.fit` and `gg.fit(model, X, y)` in a text.
_NAME = re.compile(r"gg\.((?:\w+\.)*\w+)(?:\(.*\))?")


class Twins(SphinxTransform):
    """Show a picture for light surroundings only there, and its twin for dark ones elsewhere."""

    default_priority = 100

    def apply(self, **kwargs: Any) -> None:
        """Put the twin behind each picture that has one."""
        for image in list(self.document.findall(nodes.image)):
            if "-light." in image["uri"]:
                twin = image.deepcopy()
                twin["uri"] = image["uri"].replace("-light.", "-dark.")
                image["classes"].append("only-light")
                twin["classes"].append("only-dark")
                image.parent.insert(image.parent.index(image) + 1, twin)


class Names(SphinxTransform):
    """Make a link of each public name in a text, to where it is documented."""

    default_priority = 100

    def apply(self, **kwargs: Any) -> None:
        """Wrap names in references, which `nitpick_ignore_regex` allows to find nothing."""
        for literal in list(self.document.findall(nodes.literal)):
            found = _NAME.fullmatch(literal.astext())
            linked = isinstance(literal.parent, (nodes.title, nodes.reference, pending_xref))
            if found and not linked:
                link = pending_xref(
                    "", refdomain="py", reftype="obj", reftarget=f"glassgrad.{found[1]}",
                    refdoc=self.env.docname,
                )  # fmt: skip
                literal.replace_self(link)
                link += literal


class Terms(SphinxTransform):
    """Give each word of the glossary a place that can be linked to, and found by searching."""

    default_priority = 100

    def apply(self, **kwargs: Any) -> None:
        """Register what is bold in the first column of the table."""
        if self.env.docname != "glossary":
            return
        known: dict[str, Any] = self.env.metadata["glossary"].setdefault("myst_slugs", {})
        standard: Any = self.env.get_domain("std")
        for row in self.document.findall(nodes.row):
            for word in row[0].findall(nodes.strong):
                place = nodes.make_id(word.astext())
                if place not in known:  # a word with two meanings leads to the first
                    word["ids"].append(place)
                    known[place] = (word.line or 1, place, word.astext())
                    standard.note_object("term", word.astext(), place, location=word)
                    entry = ("single", word.astext(), place, "", None)  # which a search looks at
                    row[0].insert(0, index(entries=[entry]))


class Opened(SphinxTransform):
    """Let a link to a page of HTML open it, not offer it as a file to keep."""

    default_priority = 999

    def apply(self, **kwargs: Any) -> None:
        """Turn such downloads into links; the pages lie beside the documents."""
        for download in list(self.document.findall(download_reference)):
            target = PurePosixPath(download["reftarget"])
            if target.suffix in (".html", ".webp"):
                download.replace_self(
                    nodes.reference("", "", *download.children, refuri=str(target))
                )


def elsewhere(app: Sphinx, env: Any, node: Any, content: Any) -> Any:
    """Find a public name by where it is defined, glassgrad.functions.silu, or as gg.silu."""
    first, _, rest = str(node.get("reftarget", "")).partition(".")
    if node.get("refdomain") != "py" or first not in ("glassgrad", "gg"):
        return None
    python: Any = env.get_domain("py")
    for target in (f"glassgrad.{rest}", f"glassgrad.{rest.rpartition('.')[2]}"):
        if target in python.objects:
            return python.resolve_xref(
                env, node["refdoc"], app.builder, "obj", target, node, content
            )
    return None


def parameters(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: Any) -> None:
    """Let a parameter be no link to a public name that happens to be called the same."""
    try:
        known = "|".join(map(re.escape, inspect.signature(thing).parameters))
    except (TypeError, ValueError):
        return
    if known:
        lines[:] = [re.sub(rf"(?<!`)`({known})`(?!`)", r"``\1``", line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of it all."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    for transform in (Twins, Names, Terms, Opened):
        app.add_transform(transform)
    app.connect("missing-reference", elsewhere)
    app.connect("autodoc-process-docstring", parameters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
