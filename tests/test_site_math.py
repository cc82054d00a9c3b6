"""Formulas of the pages: what our MathML says is what KaTeX's says."""

from __future__ import annotations

import re
from typing import Any

import pytest

import glassgrad as gg
from browser import katex
from conftest import oracle
from glassgrad import Value

#: What a lesson may write, besides what derivations do.
FORMULAS = [
    r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}",
    r"f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}",
    r"\sum_{i=1}^{n} w_i x_i + b",
    r"\mathrm{relu}(x) = \begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}",
    r"\begin{align*} a &= b \\ &= c \end{align*}",
    r"e^{2n} \approx 10^{-3} \cdot \sqrt{x}, \quad x \le \pi",
]


@pytest.fixture(scope="module")
def mathml() -> Any:
    oracle("docutils")
    from website.mathematics import mathml

    return mathml


def derived() -> list[str]:
    """Collect the formulas of derivations, with proofs of all kinds of rules."""
    x, z = Value(0.5, label="x"), Value(2.0, label="z")
    roots = [
        gg.tanh(x * z) + x.exp() / z, (x**z).log(), gg.sigmoid(x), gg.sqrt(x * x),
        gg.relu(x) * z, gg.atan2(x, z), gg.erf(x), gg.maximum(x, z),
    ]  # fmt: skip
    texts = [gg.explain(root, x, proof=True).markdown() for root in roots]
    return [found for text in texts for found in re.findall(r"```math\n(.*?)\n```", text, re.S)]


def test_formulas_say_what_katex_says(browser: Any, mathml: Any) -> None:
    formulas = FORMULAS + derived()
    assert len(formulas) > 40
    # Spaces have no width in the text, and applying a function has no sign.
    script = """([formulas, ours]) => formulas.map((formula, i) => {
      const said = (html) => {
        const place = document.createElement("div");
        place.innerHTML = html;
        place.querySelector("annotation")?.remove();
        return place.textContent.replace(/[\\s\u2061\u200b]/g, "").replaceAll("\u22c5", "·");
      };
      const options = { displayMode: true, strict: false, output: "mathml" };
      return [said(ours[i]), said(katex.renderToString(formula, options))];
    })"""
    tab = browser.new_page()
    try:
        tab.add_script_tag(path=katex())
        said = tab.evaluate(script, [formulas, [mathml(formula, True) for formula in formulas]])
    finally:
        tab.close()
    for (ours, theirs), formula in zip(said, formulas, strict=True):
        assert ours == theirs, formula


def test_what_cannot_be_shown_is_an_error(mathml: Any) -> None:
    from docutils.utils.math import MathError

    with pytest.raises(MathError, match="nothing"):
        mathml(r"\nothing{x}", block=False)
