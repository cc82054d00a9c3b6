"""The page with a tensor program: lines, and the scalars behind them, in a browser."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from browser import opened
from glassgrad import Value, nn
from glassgrad.show.numbers import number


def made() -> tuple[Any, Any, list[list[float]]]:
    gg.seed(3)
    model = nn.MLP(3, [8, 1], activation="tanh")

    @gg.jit
    def loss(xs: Any, ys: Any) -> Any:
        return gg.sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))

    xs = [[0.1 * i, 0.5, -0.2 * i] for i in range(10)]
    loss(xs, [1.0] * 10)
    return loss, model, xs


def test_a_chosen_line_shows_its_scalars(browser: Any, tmp_path: Path) -> None:
    loss, model, xs = made()
    file = tmp_path / "program.html"
    file.write_text(loss.program.html(), "utf-8")
    with opened(browser, file, viewport={"width": 1280, "height": 800}) as page:
        lines = page.locator(".line code").all_inner_texts()
        assert lines == [
            "h1 = tanh(xs @ W0.T + b0)",
            "loss = sum((h1 @ W1[0] + b1[0] - ys) ** 2)",
        ]
        panel = page.locator(".scalars:visible")
        assert "80 numbers, each from 7 scalar operations" in panel.inner_text()
        panel.locator(".cell").nth(2).click()
        sample = panel.locator(".sample:visible code").all_inner_texts()
        assert sample[:2] == [
            "h1[1, 0]",
            "= tanh(b0[0] + W0[0, 0] * xs[1, 0] + W0[0, 1] * xs[1, 1] + W0[0, 2] * xs[1, 2])",
        ]
        assert sample[3] == f"= {number(model.layers[0](xs[1])[0].data)}"
        page.locator(".line").nth(1).focus()
        page.keyboard.press("Enter")
        panel = page.locator(".scalars:visible")
        assert panel.count() == 1
        assert "One number, from 190 scalar operations" in panel.inner_text()
        value = panel.locator(".sample:visible code").last.inner_text()
        assert value == f"= {number(loss(xs, [1.0] * 10).data)}"
        line, beside = page.locator(".line").nth(1).bounding_box(), panel.bounding_box()
        assert beside["x"] > line["x"] + line["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_telephone(browser: Any, tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "program.html"
    file.write_text(made()[0].program.html(), "utf-8")
    size = {"width": 375, "height": 812}
    with opened(browser, file, viewport=size, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        line = page.locator(".line").first.bounding_box()
        panel = page.locator(".scalars:visible").bounding_box()
        assert panel["y"] >= line["y"] + line["height"]
        page.locator(".line").first.click()
        assert page.locator(".scalars:visible").count() == 0


def test_the_numbers_of_a_ragged_program(browser: Any, tmp_path: Path) -> None:
    @gg.jit
    def f(q: Any, k: Any) -> Any:
        return [gg.sum(gg.exp(gg.dot(q[t], k[j])) for j in range(t + 1)) for t in range(9)]

    q, k = ([[Value(0.1 * i + j) for j in range(3)] for i in range(9)] for _ in range(2))
    results = f(q, k)
    file = tmp_path / "program.html"
    file.write_text(f.program.html(), "utf-8")
    with opened(browser, file) as page:
        page.locator(".line").last.click()
        panel = page.locator(".scalars:visible")
        assert panel.locator("rect").count() == 9
        panel.locator(".cell").nth(1).click()
        value = panel.locator(".sample:visible code").last.inner_text()
        assert value == f"= {number(results[1].data)}"


def test_the_numbers_of_many_examples() -> None:
    gg.seed(5)
    model = nn.MLP(3, [8, 1], activation="tanh")

    @gg.jit
    def f(xs: Any) -> Any:
        return gg.sum(gg.vmap(lambda x: model(x) * 2)(xs))

    xs = [[0.1 * i, 0.5, -0.2 * i] for i in range(10)]
    f(xs)
    page = f.program.html()
    hidden = model.layers[0](xs[1])
    assert f"row 1, column 0: {number(hidden[0].data)}" in page
    sample = re.search(r'<b>h1\[1, 0\]</b></code><code>= (.*?)</code>', page)
    assert sample
    assert re.sub("<.*?>", "", sample[1]) == (
        "tanh(b0[0] + W0[0, 0] * xs[1, 0] + W0[0, 1] * xs[1, 1] + W0[0, 2] * xs[1, 2])"
    )


def test_drawn_as_a_picture(tmp_path: Path) -> None:
    loss, _, _ = made()
    picture = gg.draw(loss.program)
    root = ET.fromstring(picture.svg())
    texts = ["".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == str(loss.program).splitlines()
    assert picture.save(tmp_path / "program.png").read_bytes().startswith(b"\x89PNG")
    assert "srcdoc" in loss.program._repr_html_()


def test_a_page_without_tensors_says_why() -> None:
    f = gg.jit(lambda a, b: a * b)
    f(1.0, 2.0)
    assert "No tensors: its operations don&#x27;t repeat" in f.program.html()


def test_names_are_escaped() -> None:
    @gg.jit
    def f(d: Any) -> Any:
        return [x.exp() for x in d["<b>&"]]

    f({"<b>&": [Value(0.1 * i) for i in range(20)]})
    assert not re.search(r"<b>&[^a-z#]", f.program.html())
