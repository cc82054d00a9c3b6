"""The picture of a network: every circle, line, sign and name against the model itself."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from browser import opened
from glassgrad import Value, nn
from glassgrad.show.look import NOTE_SIZE, width_of
from glassgrad.show.network import network_picture
from glassgrad.show.network.page import script
from glassgrad.show.network.svg import brief
from glassgrad.show.numbers import number
from glassgrad.show.theme import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ['</script><b>&"', "a\nb\x00", "😀'x'", "${1}`"]


def parsed(model: Any, **names: Any) -> ET.Element:
    return ET.fromstring(network_picture(model, **names).svg())


def weights_of(root: ET.Element) -> list[ET.Element]:
    return [line for line in root.iter(f"{SVG}line") if line.get("data-n")]


def neurons_of(root: ET.Element) -> dict[tuple[int, int], ET.Element]:
    found = [group for group in root.iter(f"{SVG}g") if group.get("data-at")]
    return {spot(group.get("data-at")): group for group in found}


def spot(at: str | None) -> tuple[int, int]:
    assert at
    column, index = at.split(".")
    return int(column), int(index)


def texts(element: ET.Element, kind: str) -> list[str]:
    return [text.text or "" for text in element.iter(f"{SVG}text") if text.get("class") == kind]


def title(element: ET.Element) -> str:
    found = element.find(f"{SVG}title")
    assert found is not None
    return found.text or ""


def weight_between(model: nn.MLP, line: ET.Element) -> float:
    (before, j), (after, i) = spot(line.get("data-from")), spot(line.get("data-to"))
    assert after == before + 1
    return model.layers[before].neurons[i].w[j].data


# ---------------------------------------------------------------------------------- what is drawn


@pytest.mark.parametrize("sizes", [[2, 16, 16, 1], [1, 1], [3, 1, 2], [5, 4, 3, 2, 1]])
def test_every_weight_is_a_line_with_its_sign_and_size(sizes: list[int]) -> None:
    gg.seed(1)
    model = nn.MLP(sizes[0], sizes[1:])
    root = parsed(model)
    assert set(neurons_of(root)) == {(c, i) for c, n in enumerate(sizes) for i in range(n)}
    lines = weights_of(root)
    assert len(lines) == sum(a * b for a, b in pairwise(sizes))
    assert len({(line.get("data-from"), line.get("data-to")) for line in lines}) == len(lines)
    drawn = []
    for line in lines:
        weight = weight_between(model, line)
        assert line.get("class") == f"weight {'positive' if weight > 0 else 'negative'}"
        drawn.append((abs(weight), float(line.get("stroke-width", ""))))
        assert f" = {number(weight)}, from " in title(line)
    widths = [width for _, width in sorted(drawn)]
    assert widths == sorted(widths)
    if len(lines) > 1:
        assert widths[0] < widths[-1]


def test_lines_end_at_the_circles_they_join() -> None:
    root = parsed(nn.MLP(2, [3, 1]))
    places = {
        at: [float(x) for x in re.findall(r"[\d.]+", group.get("transform", ""))]
        for at, group in neurons_of(root).items()
    }
    radius = 17
    for line in weights_of(root):
        x1, y1, x2, y2 = (float(line.get(k, "")) for k in ("x1", "y1", "x2", "y2"))
        a, b = places[spot(line.get("data-from"))], places[spot(line.get("data-to"))]
        assert (x1, y1, x2, y2) == pytest.approx((a[0] + radius, a[1], b[0] - radius, b[1]))


def test_signs_differ_by_more_than_colour() -> None:
    style = parsed(nn.MLP(2, [2])).find(f"{SVG}style")
    assert style is not None
    dashes = [
        re.search(rf"\.{sort}{{[^}}]*?stroke-dasharray:([\d ]+)", style.text or "")
        for sort in ("positive", "negative", "zero", "nonfinite")
    ]
    assert dashes[0] is None
    assert len({found[1] for found in dashes[1:] if found}) == 3


def test_numbers_that_are_not_finite_or_zero_are_told_apart() -> None:
    model = nn.MLP(2, [2, 1])
    first, second = model.layers[0].neurons
    first.w[0].data, first.w[1].data, second.w[0].data = math.nan, -math.inf, 0.0
    first.b.data, second.b.data = math.nan, math.inf
    model.layers[1].neurons[0].w[0].data = 0.5
    root = parsed(model)
    sorts = {
        (line.get("data-from"), line.get("data-to")): line.get("class") for line in weights_of(root)
    }
    assert sorts["0.0", "1.0"] == sorts["0.1", "1.0"] == "weight nonfinite"
    assert sorts["0.0", "1.1"] == "weight zero"
    text = "".join(root.itertext())
    assert "not finite" in text
    assert "nan" in text
    assert "∞" in text
    assert not re.search(r'(width|opacity|[xy][12])="(nan|inf)', network_picture(model).svg())


def test_all_weights_zero() -> None:
    model = nn.MLP(2, [2], init=lambda nin, nout: 0.0)
    assert {line.get("class") for line in weights_of(parsed(model))} == {"weight zero"}


def test_biases_stand_in_their_circles() -> None:
    gg.seed(3)
    model = nn.MLP(2, [4, 2])
    for layer in model.layers:
        for neuron in layer.neurons:
            neuron.b.data = random.uniform(-2, 2)
    for (column, i), group in neurons_of(parsed(model)).items():
        inside = texts(group, "inside")
        if column == 0:
            assert inside == []
        else:
            bias = model.layers[column - 1].neurons[i].b.data
            assert float(inside[0].replace("−", "-")) == pytest.approx(bias, rel=0.05)


def test_a_brief_number_is_near_and_fits() -> None:
    for k in range(-300, 300):
        for digits in (1.0, -1.0, 9.96, -0.999):
            text = brief(digits * 10.0**k)
            assert float(text.replace("−", "-")) == pytest.approx(digits * 10.0**k, rel=0.5)
            assert len(text) <= 6 + 2 * (abs(k) >= 10)
    assert [brief(x) for x in (0.0, -0.057, 12.3, math.nan)] == ["0", "−.057", "12", "nan"]


def test_a_linear_map_without_bias_has_empty_circles() -> None:
    root = parsed(nn.Linear(2, 3, bias=False))
    assert texts(root, "inside") == []
    assert "bias" not in "".join(text.text or "" for text in root.iter(f"{SVG}text"))


def test_a_neurons_title_is_what_it_computes() -> None:
    neuron = nn.Neuron(2, activation="tanh")
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = -3.0, 1.0, 6.75
    root = parsed(neuron, inputs=["x1", "x2"])
    assert title(neurons_of(root)[1, 0]) == "neuron = tanh(6.75 − 3·x1 + 1·x2)"


def test_activations_are_named_under_their_columns() -> None:
    model = nn.Sequential(
        nn.Dropout(0.25), nn.Linear(2, 3), gg.tanh, nn.LayerNorm(3), nn.Layer(3, 2), lambda x: x
    )
    root = parsed(model)
    feet: dict[str, list[str]] = {}
    for text in root.iter(f"{SVG}text"):
        if text.get("class") == "foot":
            feet.setdefault(text.get("x", ""), []).append(text.text or "")
    in_order = [lines for _, lines in sorted(feet.items(), key=lambda item: float(item[0]))]
    assert in_order == [
        ["Dropout(0.25)"], ["linear", "tanh", "LayerNorm (6 parameters)"], ["relu", "a function"],
    ]  # fmt: skip


def test_neurons_of_one_layer_may_differ() -> None:
    layer = nn.Layer(2, 2)
    layer.neurons[1].activation = "tanh"
    root = parsed(layer)
    assert "mixed" in "".join(root.itertext())
    assert [neurons_of(root)[1, i].get("data-squash") for i in (0, 1)] == ["relu", "tanh"]


@pytest.mark.parametrize(
    "model", [nn.Neuron(3), nn.Layer(2, 2), nn.Sequential(nn.MLP(2, [3]), nn.Linear(3, 1))]
)
def test_each_line_names_a_parameter_by_its_path(model: nn.Module) -> None:
    named = {path: p.data for path, p in model.named_parameters()}
    titles = [title(line).split(" = ") for line in weights_of(parsed(model))]
    assert titles
    for path, rest in titles:
        assert rest.startswith(f"{number(named.pop(path))}, from ")
    assert len(named) == sum(path.split(".")[-1] == "b" or ".bias." in path for path in named)


# ---------------------------------------------------------------------------------------- its size


@pytest.mark.parametrize("sizes", [[784, 100, 10], [2, 17, 1], [30] * 12, [3, 10_000, 1]])
def test_wide_layers_are_elided_and_the_rest_is_counted(sizes: list[int]) -> None:
    root = parsed(nn.MLP(sizes[0], sizes[1:]))
    shown = Counter(column for column, _ in neurons_of(root))
    gaps = [text for text in root.iter(f"{SVG}text") if text.get("class") == "gap"]
    hidden = [int((text[0].tail or "").split()[1].replace(",", "")) for text in gaps]
    left_out = [size - shown[c] for c, size in enumerate(sizes) if size > shown[c]]
    assert hidden == left_out
    assert all(text[0].tail == f"⋯ {n:,} more" for text, n in zip(gaps, hidden, strict=True))
    assert len(weights_of(root)) == sum(shown[c] * shown[c + 1] for c in range(len(sizes) - 1))
    assert len(weights_of(root)) <= 4000
    assert {spot(line.get("data-from"))[1] for line in weights_of(root)} <= set(range(max(sizes)))


def test_nothing_overlaps_or_leaves_the_picture() -> None:
    names = ["sepal length (cm)", "a", "W" * 60, "語語"]
    root = parsed(nn.MLP(4, [3, 2]), inputs=names, outputs=["yes", "no" * 9])
    _, _, width, height = (float(x) for x in root.get("viewBox", "").split())
    middles = []
    for (column, _), group in neurons_of(root).items():
        x, y = (float(k) for k in re.findall(r"[\d.]+", group.get("transform", "")))
        middles.append((x, y))
        name = texts(group, "name")
        reach = 17 + 8 + width_of(name[0], 13) if name else 17
        assert 0 <= x - (reach if column == 0 else 17)
        assert x + (reach if column else 17) <= width
        assert 17 <= y <= height - 17
    for i, a in enumerate(middles):
        assert all(math.dist(a, b) >= 2 * 17 for b in middles[:i])
    for text in root.iter(f"{SVG}text"):
        if text.get("class") == "note" and text.get("text-anchor") is None:
            assert float(text.get("x", "")) + width_of(text.text or "", NOTE_SIZE) <= width
            assert float(text.get("y", "")) < height


# ------------------------------------------------------------------------------ themes and names


def test_themes_have_concrete_colours() -> None:
    picture = network_picture(nn.MLP(2, [2]))
    light, dark, auto = (picture.svg(theme) for theme in ("light", "dark", "auto"))
    assert LIGHT["positive"] in light
    assert DARK["positive"] not in light
    assert DARK["positive"] in dark
    assert "@media(prefers-color-scheme:dark)" in auto
    assert LIGHT["positive"] in auto.split("@media")[0]
    assert DARK["positive"] in auto.split("@media")[1]
    assert "var(" not in light + dark + auto
    with pytest.raises(ValueError, match="not 'sepia'"):
        picture.svg("sepia")  # type: ignore[arg-type]


def test_names_are_escaped() -> None:
    picture = network_picture(nn.MLP(4, [1]), inputs=HOSTILE)
    root = ET.fromstring(picture.svg())
    assert texts(root, "name") == ['</script><b>&"', "a b ", "😀'x'", "${1}`"]
    assert picture.html().count("</script>") == 2


def test_it_is_as_the_model_was_and_always_the_same() -> None:
    model = nn.MLP(2, [2, 1])
    picture = network_picture(model)
    before = picture.svg(), picture.html()
    assert before == (network_picture(model).svg(), network_picture(model).html())
    model.parameters()[0].data += 1.0
    assert before == (picture.svg(), picture.html())
    assert before[0] != network_picture(model).svg()


class Skipping(nn.MLP):
    def __call__(self, x: Any) -> Any:
        return super().__call__(x) + x[0]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (3, "int is not a network: what can be drawn as a network is an nn.MLP"),
        (Value(1.0), "Value is not a network"),
        (nn.Embedding(3, 2), r"Embedding is not drawn as neurons.*gg\.draw\(model\(x\)\)"),
        (Skipping(2, [2, 1]), "Skipping is not drawn as neurons"),
        (nn.Sequential(lambda x: x), "Sequential has no neurons"),
        (nn.Sequential(nn.Linear(2, 3), lambda x: x[:1], nn.Linear(1, 1)),
         "a column of 3 neurons is followed by one that takes 1"),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused(model: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        network_picture(model)


def test_a_weight_that_is_a_result_is_refused() -> None:
    neuron = nn.Neuron(2)
    neuron.w[1] = neuron.w[0] * 2
    with pytest.raises(TypeError, match="a weight of this network is no parameter"):
        network_picture(neuron)


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"], "ab"])
def test_names_are_as_many_as_inputs(names: Any) -> None:
    with pytest.raises(ValueError, match="inputs: the network has 2, so give 2 names"):
        network_picture(nn.Neuron(2), inputs=names)


# ------------------------------------------------------------------------------------- in the page


def test_a_neuron_says_what_it_computes(browser: Any, tmp_path: Path) -> None:
    gg.seed(2)
    model = nn.MLP(2, [20, 3], activation="tanh")
    file = tmp_path / "network.html"
    file.write_text(network_picture(model, inputs=HOSTILE[:2]).html(), "utf-8")
    with opened(browser, file) as page:
        page.locator('[data-at="2.1"]').hover()
        cells = page.locator(".words td:first-child").all_inner_texts()
        neuron = model.layers[1].neurons[1]
        shown = [*range(8), *range(12, 20)]
        wanted = [number(neuron.w[i].data) for i in shown]
        assert cells == [*wanted, "and 4 weights that are not drawn", number(neuron.b.data)]
        assert page.locator(".weight.on").count() == 16
        page.locator('[data-at="0.0"]').focus()
        assert page.locator(".words h2").inner_text() == '</script><b>&"'
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        focused = page.evaluate("document.activeElement.dataset.at")
        assert focused.startswith("1.")
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label.startswith(f"layers.0.neurons.{focused[2:]}: tanh, bias 0")
        page.keyboard.press("Escape")
        assert page.locator(".weight.on").count() == 0


def test_the_page_fits_a_telephone(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "network.html"
    file.write_text(network_picture(nn.MLP(2, [16, 16, 1])).html(), "utf-8")
    with opened(browser, file, viewport={"width": 375, "height": 812}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_the_page_draws_as_python_does(browser: Any, tmp_path: Path) -> None:
    gg.seed(4)
    model = nn.MLP(3, [4, 2])
    model.layers[0].neurons[0].w[0].data = math.nan
    model.layers[0].neurons[0].w[1].data = 0.0
    model.layers[0].neurons[1].b.data = -math.inf
    root = parsed(model)
    file = tmp_path / "network.html"
    file.write_text(network_picture(model).html(), "utf-8")
    names = ("class", "stroke-width", "stroke-opacity")
    with opened(browser, file) as page:
        for line in weights_of(root):
            at = f'[data-from="{line.get("data-from")}"][data-to="{line.get("data-to")}"]'
            drawn = page.locator(f"line{at}")
            assert [drawn.get_attribute(name) for name in names] == [line.get(k) for k in names]
            assert drawn.locator("title").text_content() == title(line)
        inside = page.locator(".inside").all_text_contents()
    assert inside == texts(root, "inside")


def test_numbers_are_written_as_in_python(browser: Any, tmp_path: Path) -> None:
    draw = random.Random(0)
    numbers = [draw.uniform(-1, 1) * 10.0 ** draw.randint(-12, 12) for _ in range(400)]
    numbers += [k / 2**j for j in range(14) for k in (1, 3, 2001, 17, 1999, 81)]  # ties
    numbers += [0.0, -0.0, 9999.5, 999.95, 0.99995, 99.5, 99.49, 0.001, 1e-5, 5e-324, 1.7e308]
    file = tmp_path / "empty.html"
    file.write_text("<!doctype html>", "utf-8")
    with opened(browser, file) as page:
        both = f"{script()}; return xs.map((x) => [number(x), brief(x)])"
        found = page.evaluate(f"(xs) => {{ {both} }}", numbers)
    assert found == [[number(x), brief(x)] for x in numbers]


@pytest.mark.parametrize(
    "activation", ["relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", gg.softplus]
)
def test_inputs_flow_as_in_python(browser: Any, tmp_path: Path, activation: Any) -> None:
    gg.seed(5)
    model = nn.MLP(3, [20, 4, 2], activation=activation, output="linear")
    for p in model.parameters():
        p.data = random.uniform(-2, 2)
    inputs = {0: -2.25, 1: 0.5, 2: 3.0}
    file = tmp_path / "network.html"
    file.write_text(network_picture(model).html(), "utf-8")
    with opened(browser, file) as page:
        for i, x in inputs.items():
            page.locator(f"#input-{i}").evaluate(
                "(slider, x) => { slider.value = x; slider.dispatchEvent(new Event('input')); }", x
            )
        x: Any = list(inputs.values())
        for column, layer in enumerate(model.layers, 1):
            x = layer(x)
            for i in [*range(8), *range(12, 20)] if column == 1 else range(len(x)):
                neuron = page.locator(f'[data-at="{column}.{i}"]')
                found = float(neuron.get_attribute("data-output"))
                assert found == pytest.approx(x[i].data, rel=1e-12, abs=1e-12)
                assert neuron.locator(".inside").text_content() == brief(x[i].data)
        page.locator('[data-at="3.1"]').focus()
        wanted = f"the sum is {number(x[1].data)}, and that is the output"
        assert wanted in page.locator(".words").inner_text()
        page.locator(".flowing").click()
        bias = model.layers[2].neurons[1].b.data
        assert page.locator('[data-at="3.1"] .inside').text_content() == brief(bias)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda: nn.Sequential(nn.Linear(2, 2), gg.softmax, nn.Linear(2, 1)),
            "can't compute softmax",
        ),
        (lambda: nn.Neuron(2, activation=lambda v: v.tanh()), "can't compute a function"),
        # It lives no longer than this test: a drawing looks at all parameters that there are.
        (lambda: nn.MLP(200, [100, 1]), "it has more than 20,000 parameters"),
    ],
)
def test_a_page_says_why_inputs_can_not_be_set(make: Callable[[], Any], reason: str) -> None:
    page = network_picture(make()).html().replace("&#x27;", "'")
    assert reason in page
    assert 'type="range"' not in page


def test_inputs_that_are_not_drawn_are_said_to_be_0(browser: Any, tmp_path: Path) -> None:
    model = nn.MLP(30, [2])
    file = tmp_path / "network.html"
    file.write_text(network_picture(model).html(), "utf-8")
    with opened(browser, file) as page:
        assert "The other 14 inputs are 0." in page.locator(".inputs").inner_text()
        x = [1.0] * 8 + [0.0] * 14 + [1.0] * 8
        found = float(page.locator('[data-at="1.0"]').get_attribute("data-output"))
        assert found == pytest.approx(model(x)[0].data, rel=1e-12)
