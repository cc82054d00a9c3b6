"""Derivations: what they say is true, in every form."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from math import inf, isclose, nan
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from mpmath import mp

import glassgrad as gg
from browser import katex, opened
from glassgrad import Value, nn
from glassgrad.cli import main
from glassgrad.explaining.sections import Equation, signs
from glassgrad.graph import ancestors
from glassgrad.show.gather import gather
from scenes import worked_example

GRADIENTS = {"a": 6, "b": -4, "c": -2, "d": -2, "e": -2, "f": 4}


def named(root: Value) -> dict[str, Value]:
    return {v.label: v for v in ancestors(root) if v.label}


#: Smooth where the random expressions are, so that nudging can be compared with.
OPERATIONS = [
    lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / (y * y + 1),
    lambda x, y: -x, lambda x, y: x * 3, lambda x, y: x.tanh(), lambda x, y: x.sigmoid(),
    lambda x, y: x.sin(), lambda x, y: x**3, lambda x, y: (x * 0.1).exp(), lambda x, y: x.relu(),
    lambda x, y: (x * x + 1).log(), lambda x, y: (x * x + 2).sqrt(), lambda x, y: gg.maximum(x, y),
    lambda x, y: abs(x), lambda x, y: x.clamp(-1, 1), lambda x, y: (x * x + 1) ** -0.5,
    lambda x, y: x.softplus(), lambda x, y: x.square(),
]  # fmt: skip


def some_expression(seed: int) -> tuple[Value, list[Value]]:
    """Make a random expression of labelled leaves."""
    chance = random.Random(seed)
    leaves = [Value(round(chance.uniform(-2, 2), 2), label=name) for name in ("a", "b_1", "x2")]
    made = list(leaves)
    for _ in range(chance.randint(2, 9)):
        made.append(chance.choice(OPERATIONS)(chance.choice(made), chance.choice(made)))
    root = leaves[0] * leaves[1] + leaves[2]
    for v in made[3:]:
        root = root + v
    return root, leaves


def test_the_worked_example_is_derived() -> None:
    L = worked_example()
    for name, gradient in GRADIENTS.items():
        derivation = gg.explain(L, named(L)[name])
        assert (derivation.value, derivation.n_paths) == (gradient, 1)
    text = L.explain(named(L)["a"]).text()
    assert "dL/da = dL/dd · dd/de · de/da = −2 · 1 · −3 = 6" in text
    assert re.search(r"de/da = ∂\(a · b\)/∂a = b = −3 +product rule", text)
    assert "e = a · b = 2 · −3 = −6" in text
    assert all(v.grad == 0 for v in ancestors(L))  # no backward pass was performed


# ------------------------------------------------------------------- what is printed is true


def number(text: str, values: dict[str, float]) -> float:
    """Evaluate one side of an equation, with the functions of mpmath."""
    text = text.replace("−", "-").replace("·", "*").replace("^", "**")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(RAISED)})", text)
    text = re.sub(r"√([\w.]+)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    functions = {
        "tanh": mp.tanh, "sin": mp.sin, "cos": mp.cos, "exp": mp.exp, "ln": mp.log, "sqrt": mp.sqrt,
        "ReLU": lambda x: max(x, 0), "max": max, "abs": abs, "σ": lambda x: 1 / (1 + mp.exp(-x)),
        "clamp": lambda x, low, high: min(max(x, low), high),
        "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "softplus": lambda x: mp.log(1 + mp.exp(x)),
    }  # fmt: skip
    names = {name: mp.mpf(x) for name, x in values.items()}
    return float(eval(text, {"__builtins__": {}}, functions | names))


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def equations(text: str) -> Iterator[list[str]]:
    """Find the equations in a text that is wide enough for one to a line."""
    for line in text.splitlines():
        if line.startswith("  ") and re.search(" [=≈] ", line):
            yield re.split(" [=≈] ", re.split(r" {3,}", line.strip())[0])


@pytest.mark.parametrize("seed", range(60))
def test_both_sides_of_every_equation_agree(seed: int) -> None:
    root, leaves = some_expression(seed)
    derivation = gg.explain(root, leaves[seed % 3])
    values = {node.name: node.data for node in gather(root)[0] if node.name.isidentifier()}
    checked = 0
    for parts in equations(derivation.text(2000)):
        # Derivatives, words, and the result at another point have no number of their own.
        wordless = [p for p in parts if not re.search(r"∂|\bd\w+/d\w|through|v\d+\(", p)]
        numbers = [number(part, values) for part in wordless]
        for found in numbers[1:]:
            # Six digits are written; of their product, or difference, fewer are right.
            assert isclose(found, numbers[0], rel_tol=2e-4, abs_tol=2e-4), parts
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("seed", range(60))
def test_the_value_is_that_of_backward_and_of_nudging(seed: int) -> None:
    root, leaves = some_expression(seed)
    derivations = [gg.explain(root, leaf) for leaf in leaves]
    root.backward()
    for leaf, derivation in zip(leaves, derivations, strict=True):
        assert isclose(derivation.value, leaf.grad, rel_tol=1e-12, abs_tol=1e-12)
        section = next(s for s in derivation.sections if s.title.startswith("The check"))
        nudged = section.lines[-2]
        assert isinstance(nudged, Equation)
        number = nudged.parts[-1].value
        assert isclose(float(number or 0.0), leaf.grad, rel_tol=1e-4, abs_tol=1e-4)


def test_rounded_numbers_are_said_to_be() -> None:
    x = Value(0.1, label="x")
    y = x.tanh() + 0.2
    lines = {
        str(line.parts[0].value): signs(line)
        for line in gg.explain(y, x).sections[0].lines
        if isinstance(line, Equation)
    }
    assert lines["v1"] == ["=", "=", "≈"]
    assert gg.explain(y, x).title == "dv2/dx ≈ 0.990066"  # 1 − tanh(0.1)² = 0.99006629...
    exact = x + 0.2
    assert gg.explain(exact, x).title == "dv1/dx = 1"
    assert "v1 = x + 0.2 = 0.1 + 0.2 = 0.3" in gg.explain(exact, x).text()


def test_a_value_used_twice_has_two_paths() -> None:
    x = Value(3.0, label="x")
    derivation = gg.explain(x * x, x)
    assert (derivation.value, derivation.n_paths) == (6, 2)
    assert [path.product for path in derivation.paths] == [3, 3]
    assert "dv1/dx = 3 + 3 = 6" in derivation.text()
    assert "product rule, through operand 2" in derivation.text()


def test_one_label_for_two_values_is_told_apart() -> None:
    h = Value(2.0, label="h")
    later = h * 3
    later.label = "h"
    y = later * h
    text = gg.explain(y, h).text()
    assert "h₂ = h · 3 = 2 · 3 = 6" in text
    assert "v1 = h₂ · h = 6 · 2 = 12" in text


def test_a_value_moves_with_itself() -> None:
    a = Value(2.0, label="a")
    assert gg.explain(a, a).value == 1
    assert "da/da = 1" in gg.explain(a, a).text()


def test_a_constant_gets_a_name() -> None:
    x = Value(2.0, label="x")
    y = x * 3
    derivation = gg.explain(y, y._prev[1])
    assert derivation.value == 2
    assert "v1 = x · k = 2 · 3 = 6" in derivation.text()
    assert "k is the constant 3." in derivation.text()


def test_numbers_that_are_not_finite_are_shown() -> None:
    x = Value(0.0, label="x")
    y = x.log() * x
    assert "v1 = ln(x) = ln(0) = −∞" in gg.explain(y, x).text()
    assert gg.explain(y, x).value != gg.explain(y, x).value  # nan: −∞ + ∞ · 0
    for value in (inf, nan):
        z = Value(value, label="z")
        derivation = gg.explain(z * 2, z)
        assert derivation.value == 2
        assert derivation.latex()
        assert derivation.html()


@pytest.mark.parametrize(
    ("f", "at", "left", "right", "agreed"),
    [
        (abs, 0.0, "−1", "1", "0"), (lambda x: x.relu(), 0.0, "0", "1", "0"),
        (lambda x: gg.maximum(x, 2.0), 2.0, "0", "1", "0.5"),
        (lambda x: gg.clamp(x, -1, 1), 1.0, "1", "0", "1"),
    ],
)  # fmt: skip
def test_a_kink_is_not_called_a_derivative(
    f: Any, at: float, left: str, right: str, agreed: str
) -> None:
    x = Value(at, label="x")
    said = gg.explain(f(x) * 1.0, x).text().replace("\n  ", " ")
    assert f"the slope is {left} to the left and {right} to the right" in said
    assert f"The rules agree upon {agreed}." in said
    assert "the difference is" not in said


@pytest.mark.parametrize("f", [lambda x: x * x, lambda x: 1e9 * x**2, lambda x: (50 * x).cos()])
def test_a_curve_is_not_called_a_kink(f: Any) -> None:
    x = Value(0.0, label="x")
    said = gg.explain(f(x), x).text()
    assert "kink" not in said
    assert "0; the difference is 0." in said


@pytest.mark.parametrize(
    "f", [lambda x: 1 / x, lambda x: x.log(), lambda x: (x - 5).log(), lambda x: x * inf]
)
def test_what_is_not_finite_is_not_compared(f: Any) -> None:
    x = Value(0.0, label="x")
    said = gg.explain(f(x), x).text()
    assert "the difference is" not in said
    assert "is not what nudging gives" not in said


def test_a_leaf_that_was_changed_is_noticed() -> None:
    L = worked_example()
    named(L)["b"].data = 5.0
    text = gg.explain(L, named(L)["a"]).text()
    assert "e = a · b = −6\n" in text  # and not 2 · 5 = −6
    assert "Some leaves have other numbers than when L was computed" in text


def test_an_operation_of_ones_own() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    x = Value(2.0, label="x")
    derivation = gg.explain(cube(x), x, proof=True)
    assert derivation.value == 12
    assert "v1 = cube(x) = 8" in derivation.text()
    assert "the rule was given, and is not proved here" in derivation.text()


# ----------------------------------------------------------------------------- large graphs


def test_a_single_path_may_be_long() -> None:
    x = Value(1.0, label="x")
    y = x
    for _ in range(50):
        y = (y * 1.5).sin()
    y.backward()
    derivation = gg.explain(y, x)
    [product] = [line for line in derivation.text().splitlines() if "factors are one" in line]
    assert "chain rule; 88 factors are one number" in product  # 100 steps, six at either end
    assert isclose(derivation.value, x.grad, rel_tol=1e-12)


def test_the_rules_are_called_by_what_happens() -> None:
    x, y = Value(2.0, label="x"), Value(-2.0, label="y")
    assert "max: a tie, half to each" in gg.explain(gg.maximum(x, 2.0), x).text()
    assert "= L · ln(y) = nan   exponential rule" in gg.explain(_named(y**x), x).text()
    proved = " ".join(gg.explain(2**x, x, proof=True).text().split())
    assert "2 > 0" not in proved
    assert "the logarithm does not depend on the exponent" in proved
    below = " ".join(gg.explain(y**x, y, proof=True).text().split())
    assert "A power of a number below 0 exists for whole exponents only" in below
    twice = " ".join(gg.explain(x * x, x, proof=True).text().split())
    assert "d(x · x′)/dx = lim[h→0] ((x + h) · x′ − x · x′)/h" in twice
    assert "x′ is x as the second operand" in twice


def _named(v: Value) -> Value:
    v.label = "L"
    return v


def test_the_latex_of_plain_names_is_ascii() -> None:
    x = Value(-0.3, label="x")  # pdfLaTeX stops at −, → and ≈ in text
    for y in (-x.tanh() / x, x * x, 1 / (x + 0.3), x**-2.0):
        assert gg.explain(_named(y), x, proof=True).latex().isascii()


def test_a_wrong_rule_of_ones_own_is_suspected() -> None:
    wrong = gg.custom_op("wrong", lambda x: x**2, lambda y, x: (3 * x,))
    x = Value(2.0, label="x")
    said = " ".join(gg.explain(wrong(x), x).text().split())
    assert "The derivative is 6, which is not what nudging gives: 4." in said
    assert "a rule of your own is wrong (gg.check_grads tells which)" in said


def test_many_paths_are_counted_and_folded() -> None:
    x = y = Value(2.0, label="x")
    for _ in range(1000):
        y = y + y
    derivation = gg.explain(y, x)
    assert derivation.n_paths == 2**1000
    assert derivation.value == 2.0**1000
    assert len(derivation.text().splitlines()) < 80
    assert "about 10^301 paths" in derivation.text()


def test_a_network_reads_by_layer_and_neuron() -> None:
    gg.seed(3)
    model = nn.MLP(2, [4, 4, 1], activation="tanh")
    outputs = [model([0.1 * i, 1 - 0.2 * i]) for i in range(10)]
    loss = gg.sum(outputs)
    weight = model.parameters()[0]
    derivation = gg.explain(loss, weight)
    section = next(s for s in derivation.sections if "passes through" in s.title)
    shares: dict[str, float] = {}
    for line in section.lines:
        assert isinstance(line, Equation)
        shares[str(line.parts[0].value)] = float(line.parts[1].value or 0.0)
    loss.backward()
    # All of it passes through the weight's own neuron, through the next layer, and the last.
    for name in ("through layers.0.neurons.0", "layers.1 in all", "through layers.2.neurons.0"):
        assert isclose(shares[name], weight.grad, rel_tol=1e-9)
    assert derivation.n_paths == 40


# -------------------------------------------------------------------------------- bad input


def test_what_leads_nowhere_is_refused_with_a_suggestion() -> None:
    L = worked_example()
    names = named(L)
    with pytest.raises(gg.ExplanationError, match=r"ee does not .* is 0; did you mean e\?"):
        gg.explain(L, Value(1.0, label="ee"))
    with pytest.raises(gg.ExplanationError, match="L is made of e: did you mean explain"):
        gg.explain(names["e"], L)
    with pytest.raises(gg.ExplanationError, match="another value is called a there"):
        gg.explain(L, Value(2.0, label="a"))
    for wrong in (2.0, "a", None):
        with pytest.raises(gg.ExplanationError, match="is a Value, not"):
            gg.explain(L, wrong)  # type: ignore[arg-type]
        with pytest.raises(gg.ExplanationError, match="is a Value, not"):
            gg.explain(wrong, L)  # type: ignore[arg-type]
    by_hand = Value(1.0, (names["a"],), "tanh")
    with pytest.raises(gg.NoRuleError, match="made by hand"):
        gg.explain(by_hand * 2, names["a"])


# ------------------------------------------------------------------------- the forms it takes

HOSTILE = ["x1*w1", "</script><b>", "50%$&#_^~\\{}", "`a`", "σ²", "x\ny", "alpha", "ünï", "🐍"]


def hostile() -> Value:
    """Add up values whose names would be markup somewhere."""
    terms = [Value(float(i), label=label) * 2 for i, label in enumerate(HOSTILE)]
    return gg.sum(terms)


@cache
def derivations() -> list[gg.Derivation]:
    """Make a hundred derivations: random ones, proofs of every rule, and names with teeth."""
    found = [gg.explain(*_first(some_expression(seed)), proof=seed < 20) for seed in range(90)]
    for _, card in zip(range(40), gg.ops.TABLE.values(), strict=False):
        if not card.conditions and not card.parameters:
            operands = [Value(0.5 + 0.1 * i, label=n) for i, n in enumerate(card.operands)]
            found.append(gg.explain(card(*operands), operands[-1], proof=True))
    root = hostile()
    found += [gg.explain(root, v) for v in ancestors(root) if v.label]
    for extreme in (inf, -inf, nan, 0.0, 1e-300, -1e300):
        x = Value(extreme, label="x")
        found.append(gg.explain(x * 3 + x, x))
    return found


def _first(made: tuple[Value, list[Value]]) -> tuple[Value, Value]:
    return made[0], made[1][0]


def test_katex_accepts_the_latex(browser: Any) -> None:
    made = derivations()
    assert len(made) > 100
    formulas = [derivation.latex() for derivation in made]
    for derivation in made:
        formulas += re.findall(r"```math\n(.*?)\n```", derivation.markdown(), re.DOTALL)
    render = """(formulas) => formulas.map((formula) => {
        try { katex.renderToString(formula, {displayMode: true, strict: false}); return ""; }
        catch (error) { return error.message; }
    })"""
    tab = browser.new_page()
    try:
        tab.add_script_tag(path=katex())
        assert [said for said in tab.evaluate(render, formulas) if said] == []
        assert tab.evaluate(render, [r"\begin{align*} \nothing \end{align*}"]) != [""]
    finally:
        tab.close()


def test_mathml_is_well_formed_and_shown(browser: Any, tmp_path: Path) -> None:
    for derivation in derivations():
        for found in re.findall("<math.*?</math>", derivation.html()):
            ElementTree.fromstring(found)
    for scheme in ("light", "dark"):
        page = tmp_path / f"{scheme}.html"
        L = worked_example()
        page.write_text(gg.explain(L, named(L)["a"], proof=True).html(), "utf-8")
        with opened(
            browser, page, color_scheme=scheme, viewport={"width": 375, "height": 700}
        ) as tab:
            boxes = tab.evaluate(
                "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect())"
                ".map(b => Math.min(b.width, b.height))"
            )
            assert len(boxes) > 30
            assert min(boxes) > 4
            # Nothing makes the page wider than the phone.
            assert tab.evaluate("document.documentElement.scrollWidth") <= 375
            assert tab.evaluate("document.querySelectorAll('script').length") == 0


def test_names_are_text_in_every_form() -> None:
    root = hostile()
    derivation = gg.explain(root, next(v for v in ancestors(root) if v.label == HOSTILE[1]))
    page = derivation.html()
    assert "<b>" not in page
    assert "&lt;/script&gt;&lt;b&gt;" in page
    assert "<b>" not in re.sub("```math.*?```", "", derivation.markdown(), flags=re.DOTALL)
    assert all(line.isprintable() for line in derivation.text().splitlines())


def test_full_precision_is_in_the_titles() -> None:
    x = Value(1 / 3, label="x")
    page = gg.explain(x.tanh(), x).html()
    assert f'title="{1 / 3!r}' in page
    assert repr(x.tanh().data) in page


@pytest.mark.parametrize("width", [40, 60, 88, 120])
def test_text_keeps_to_its_width(width: int) -> None:
    for seed in range(20):
        derivation = gg.explain(*_first(some_expression(seed)), proof=True)
        assert max(map(len, derivation.text(width).splitlines())) <= width


def test_the_same_derivation_is_written_the_same_way() -> None:
    first, second = (gg.explain(*_first(some_expression(7)), proof=True) for _ in range(2))
    assert first.text() == second.text()
    assert first.html() == second.html()


def test_a_notebook_gets_all_forms() -> None:
    L = worked_example()
    bundle = L.explain(named(L)["a"])._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/latex", "text/markdown", "text/plain"}
    assert "<html" not in bundle["text/html"]
    assert bundle["text/latex"].startswith(r"\begin{align*}")


# ----------------------------------------------------------------------------- the command

WORKED = ["explain", "e = a*b; d = e + c; L = d*f", "a=2", "b=-3", "c=10", "f=-2"]


def test_the_command_prints_and_writes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([*WORKED, "--wrt", "a"]) == 0
    assert "dL/da = dL/dd · dd/de · de/da = −2 · 1 · −3 = 6" in capsys.readouterr().out
    assert main([*WORKED, "--wrt", "a", "--latex"]) == 0
    assert capsys.readouterr().out.startswith(r"\begin{align*}")
    assert main([*WORKED, "--wrt", "a", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("# dL/da = 6\n")
    page = tmp_path / "L.html"
    assert main([*WORKED, "--wrt", "a", "--html", str(page)]) == 0
    assert "<math" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "say with respect to what: --wrt and one of a, b, c, f"),
        (["--wrt", "q"], "there is no value called q: --wrt and one of a, b, c, f"),
        (["a=3", "--wrt", "a"], "two values"),
    ],
)
def test_the_command_says_what_is_wrong(
    more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*WORKED, *more]) == 2
    assert says in capsys.readouterr().err
