"""The live page, opened in a browser: it steps, computes again, opens groups, and is reachable."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from browser import opened
from glassgrad import Value
from glassgrad.errors import DrawingError
from glassgrad.graph import ancestors
from glassgrad.show.live import packing
from glassgrad.show.live.operations import Operations
from glassgrad.show.live.packing import pack
from glassgrad.show.live.page import SCRIPTS, _file, fragment, page
from glassgrad.show.numbers import number
from glassgrad.show.scene import Kind, Scene
from glassgrad.show.stages import stages
from scenes import flat, grouped, worked_example

WIDE = {"viewport": {"width": 1200, "height": 700}}


@contextmanager
def shown(browser: Any, folder: Path, text: str, **context: Any) -> Iterator[Any]:
    """Open a page; at the end see that it complained of nothing and asked for nothing."""
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    with opened(browser, path, **(context or WIDE)) as live:
        yield live


def texts(live: Any, field: str) -> dict[str, str]:
    """Read a field of all nodes in sight, by the name that is written on them."""
    script = """(field) => [...document.querySelectorAll(".box.node")].map((box) =>
      [box.querySelector(".name").textContent, box.querySelector(`.${field}`).textContent])"""
    return dict(live.evaluate(script, f"number.{field}"))


def caption(live: Any) -> str:
    return str(live.inner_text(".caption"))


def do(live: Any, name: str) -> None:
    live.click(f'[data-do="{name}"]')


# ------------------------------------------------------------------------------ stepping through


def test_the_worked_example_step_by_step(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(worked_example()))) as live:
        assert texts(live, "data") == {
            "a": "2", "b": "−3", "c": "10", "f": "−2", "e": "−6", "d": "4", "L": "−8"
        }  # fmt: skip
        assert set(texts(live, "grad").values()) == {"–"}
        assert caption(live) == "values only; no gradient yet"
        told = []
        while live.is_enabled('[data-do="next"]'):
            do(live, "next")
            told.append(caption(live))
        assert told == [
            "dL/dL = 1",
            "×: d.grad += f · L.grad = −2 · 1 = −2",
            "×: f.grad += d · L.grad = 4 · 1 = 4",
            "+: e.grad += d.grad = −2",
            "+: c.grad += d.grad = −2",
            "×: a.grad += b · e.grad = −3 · −2 = 6",
            "×: b.grad += a · e.grad = 2 · −2 = −4",
        ]
        assert live.inner_text(".progress") == "7 / 7"
        assert texts(live, "grad") == {
            "a": "6", "b": "−4", "c": "−2", "f": "4", "e": "−2", "d": "−2", "L": "1"
        }  # fmt: skip
        do(live, "back")
        assert texts(live, "grad")["b"] == "–"
        assert live.locator(".lit path").count() == 1  # the arrow along which a share went
        do(live, "first")
        assert caption(live) == "values only; no gradient yet"
        do(live, "last")
        assert live.inner_text(".progress") == "7 / 7"


def test_after_a_backward_pass_it_begins_at_the_end(browser: Any, tmp_path: Path) -> None:
    L = worked_example()
    L.backward()
    with shown(browser, tmp_path, page(flat(L))) as live:
        assert texts(live, "grad")["a"] == "6"


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_it_begins_after_so_many_operations(after: int, browser: Any, tmp_path: Path) -> None:
    scene = flat(worked_example())
    known = stages(scene.nodes[-1].value, scene.nodes).after(after).grads
    wanted = {node.name: number(grad) for node, grad in zip(scene.nodes, known, strict=True)}
    with shown(browser, tmp_path, page(scene, after=after)) as live:
        assert texts(live, "grad") == wanted


# ------------------------------------------------------------------------- computing again


#: A card that nobody keeps is forgotten.
CUBE: Any = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))


def program(leaves: list[float], seed: int) -> Value:
    """Run a random program over all operations; which ones depends on the seed only."""
    draw = random.Random(seed)
    values = [Value(x, label=f"x{i}") for i, x in enumerate(leaves)]
    unary = [
        "exp", "expm1", "relu", "square", "abs", "sinh", "cosh", "tanh", "sigmoid", "softplus",
        "erf", "sin", "cos", "atan", "__neg__", "__pos__",
    ]  # fmt: skip
    binary = ["__add__", "__sub__", "__mul__", "__truediv__", "maximum", "minimum", "atan2"]
    for _ in range(40):
        a, b = draw.choice(values), draw.choice(values)
        # Squashed before, so that the numbers stay such that a comparison says something.
        made = getattr(a.tanh(), draw.choice(unary))() + getattr(a, draw.choice(binary))(b).sin()
        choice = draw.randrange(6)
        if choice == 0:
            made = made ** draw.choice([2, 3, -1, 0, 0.5, 1.5])
        elif choice == 1:
            made = (1 + a * a) ** b.tanh() + (2 + b.sin()).log() + (3 + b.cos()).sqrt()
        elif choice == 2:
            made = a.clamp(-0.5, 0.75) + a.where(draw.random() < 0.5, b) + b.tanh().asin()
        elif choice == 3:
            made = CUBE(b.tanh()) + b.tanh().acos() + (1.5 + a.sin()).reciprocal().log1p() + b.tan()
        values.append(made)
    return gg.sum(values)


REPLAY = "\n".join(_file(f"{name}.js") for name in SCRIPTS[:2])


def in_the_page(live: Any, scene: Scene, body: str, given: Any = None) -> Any:
    """Run some code on the graph of a scene, with the scripts of the page."""
    operations = Operations(scene.nodes)
    packed = json.dumps(pack(scene, operations, ()))
    script = (
        f"(given) => {{ {operations.script()} {REPLAY} const graph = new Graph({packed}); {body} }}"
    )
    return live.evaluate(script, given)


@pytest.fixture(scope="module")
def blank(browser: Any) -> Iterator[Any]:
    live = browser.new_page()
    yield live
    live.close()


@pytest.mark.parametrize("seed", range(12))
def test_a_graph_with_other_leaves_is_that_of_python(seed: int, blank: Any) -> None:
    draw = random.Random(100 + seed)
    before, after = ([draw.gauss(0, 1) for _ in range(4)] for _ in range(2))
    wanted = program(after, seed)
    wanted.backward()
    body = """given.forEach((x, i) => graph.change(i, x));
      const words = (x) => x === null || Number.isFinite(x) ? x : String(x);
      return [graph.data.map(words), graph.gradients(graph.steps).map(words)]"""
    scene = flat(program(before, seed))
    assert not pack(scene, Operations(scene.nodes), ())["fixed"]
    data, grads = in_the_page(blank, scene, body, after)
    for v, x, grad in zip(ancestors(wanted), data, grads, strict=True):
        for found, right in ((x, v.data), (grad, v.grad)):
            number_found = float(str(found).replace("Infinity", "inf"))
            both_nan = number_found != number_found and right != right
            assert both_nan or math.isclose(number_found, right, rel_tol=1e-12, abs_tol=1e-12), v


@pytest.mark.parametrize("seed", range(6))
def test_what_it_says_is_what_python_says(seed: int, blank: Any) -> None:
    """The page's script and `glassgrad.show.captions` were written apart; they agree."""
    draw = random.Random(seed)
    root = program([draw.gauss(0, 1) for _ in range(4)], seed)
    scene = flat(root)
    wanted = [stage.caption for stage in stages(root, scene.nodes) if stage.edge]
    told = in_the_page(
        blank, scene, "return graph.edges.map((_, step) => graph.caption(step + 2));"
    )
    assert told == wanted


def test_a_slider_moves_everything_at_once(browser: Any, tmp_path: Path) -> None:
    L = worked_example()
    L.backward()
    with shown(browser, tmp_path, page(flat(L))) as live:
        slider = live.get_by_role("slider", name="a, slider")
        slider.focus()
        for _ in range(4):
            live.keyboard.press("ArrowRight")
        a = float(live.get_by_role("spinbutton", name="a, number").input_value())
        assert a > 2
        e = a * -3
        wanted = {"a": a, "b": -3, "c": 10, "f": -2, "e": e, "d": e + 10, "L": -2 * (e + 10)}
        assert texts(live, "data") == {name: number(x) for name, x in wanted.items()}
        assert texts(live, "grad")["f"] == number(e + 10)
        assert texts(live, "grad")["b"] == number(-2 * a)
        live.get_by_role("spinbutton", name="f, number").fill("0.5")
        assert texts(live, "grad")["a"] == "−1.5"
        do(live, "reset")
        assert texts(live, "data")["L"] == "−8"
        assert live.get_by_role("spinbutton", name="f, number").input_value() == "-2"


def test_a_slider_is_dragged(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(worked_example()))) as live:
        box = live.get_by_role("slider", name="c, slider").bounding_box()
        y = box["y"] + box["height"] / 2
        live.mouse.move(box["x"] + box["width"] / 2, y)
        live.mouse.down()
        live.mouse.move(box["x"] + box["width"] - 1, y, steps=5)
        live.mouse.up()
        c = float(live.get_by_role("spinbutton", name="c, number").input_value())
        assert c > 20
        assert texts(live, "data")["L"] == number(-2 * (-6 + c))


# ------------------------------------------------------------------- what can't be computed


def test_a_larger_graph_shows_its_numbers_and_says_so(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MOST_REPLAYED", 6)
    L = worked_example()
    L.backward()
    with shown(browser, tmp_path, page(flat(L))) as live:
        assert texts(live, "grad")["a"] == "6"
        assert live.is_disabled('[data-do="back"]')
        assert "7 values are too many" in caption(live)
        assert "Up to 6 can be changed" in live.inner_text(".more")
        assert live.locator(".list input").count() == 0


def test_a_value_made_by_hand_stops_the_gradient(browser: Any, tmp_path: Path) -> None:
    x = Value(1.0, label="x")
    y = Value(2.0, (x,), "</script><b>", label="y")
    with shown(browser, tmp_path, page(flat(y * 2))) as live:
        assert "y was made by hand" in caption(live)
        assert live.is_disabled('[data-do="next"]')
        assert live.locator("b").count() == 0


def test_an_operation_known_to_python_only_still_steps(browser: Any, tmp_path: Path) -> None:
    op = gg.custom_op("secret", lambda x: math.floor(x) + 1.0, lambda y, x: (2.0,))
    x = Value(1.5, label="x")
    y = op(x) * 3
    y.label = "y"
    with shown(browser, tmp_path, page(flat(y))) as live:
        assert "What secret computes is known to Python only" in live.inner_text(".more")
        do(live, "last")
        assert texts(live, "grad")["x"] == "6"
        assert "∂v" in caption(live)


def test_a_number_that_is_none_is_named_in_its_field(browser: Any, tmp_path: Path) -> None:
    a, b = Value(math.nan, label="a"), Value(-math.inf, label="b")
    with shown(browser, tmp_path, page(flat(a * b))) as live:
        field = live.get_by_role("spinbutton", name="a, number")
        assert (field.input_value(), field.get_attribute("placeholder")) == ("", "nan")
        infinite = live.get_by_role("spinbutton", name="b, number")
        assert infinite.get_attribute("placeholder") == "−∞"
        field.fill("2")
        assert texts(live, "data")["a"] == "2"
        do(live, "reset")
        assert (field.input_value(), field.get_attribute("placeholder")) == ("", "nan")


# ------------------------------------------------------------------------- beside the arrows


def marks(live: Any, into: str = "") -> list[str]:
    """Read what is written left of a box, from top to bottom; by default beside all arrows."""
    script = """(into) => {
      const box = into && document.querySelector(`.box[aria-label^="${into}"]`);
      const place = (one) => { const r = one.getBoundingClientRect(); return [r.x, r.y, r]; };
      const [left, top, whole] = box ? place(box) : [0, 0, {}];
      const near = ([x, y]) => !box
        || (x < left && x > left - 40 && y > top - 20 && y < whole.bottom + 20);
      return [...document.querySelectorAll("text.mark")].filter((one) => near(place(one)))
        .sort((a, b) => place(a)[1] - place(b)[1]).map((one) => one.textContent);
    }"""
    found: list[str] = live.evaluate(script, into)
    return found


def ordered() -> Value:
    a, b, c = (Value(x, label=name) for x, name in ((5.0, "a"), (3.0, "b"), (2.0, "c")))
    d, e = a - b, c**2
    q = d / e
    d.label, e.label, q.label = "d", "e", "q"
    return q


def test_operands_are_numbered_where_the_order_matters(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(ordered()))) as live:
        assert sorted(marks(live)) == ["1", "1", "2", "2"]
        assert sorted(marks(live, "d,")) == sorted(marks(live, "q,")) == ["1", "2"]
        assert marks(live, "e,") == []  # one operand: the exponent is part of the operation
    with shown(browser, tmp_path, page(flat(worked_example()))) as live:
        assert marks(live) == []  # sums and products
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    with shown(browser, tmp_path, page(flat(a**b))) as live:
        assert sorted(marks(live)) == ["1", "2"]


def test_a_mark_lies_on_its_arrow(browser: Any, tmp_path: Path) -> None:
    script = """() => {
      const paths = [...document.querySelectorAll(".arrows path")];
      return [...document.querySelectorAll(".marks .halo")].map((halo) => {
        const [x, y] = [halo.cx.baseVal.value, halo.cy.baseVal.value];
        const far = paths.flatMap((path) => Array.from(
          { length: 1 + Math.floor(path.getTotalLength()) }, (_, i) => {
            const p = path.getPointAtLength(i);
            return Math.hypot(p.x - x, p.y - y);
          }));
        return Math.min(...far);
      });
    }"""
    with shown(browser, tmp_path, page(flat(ordered()))) as live:
        distances = live.evaluate(script)
        assert len(distances) == 4
        assert max(distances) < 0.8  # the browser's own measure, in steps of 1


@pytest.mark.parametrize(("hidden", "closed"), [("d", []), ("e", ["1", "2"])])
def test_numbers_follow_when_a_group_is_opened(
    hidden: str, closed: list[str], browser: Any, tmp_path: Path
) -> None:
    with shown(browser, tmp_path, page(grouped(ordered(), hidden, "q"))) as live:
        assert sorted(marks(live)) == closed
        live.click(".group")
        do(live, "fit")
        live.wait_for_timeout(150)
        assert sorted(marks(live, "q,")) == sorted(marks(live, "d,")) == ["1", "2"]
        live.locator(".frame .bar").click()
        do(live, "fit")
        live.wait_for_timeout(150)
        assert sorted(marks(live)) == closed
    with shown(browser, tmp_path, page(grouped(ordered(), hidden))) as live:
        assert sorted(marks(live, "q,")) == ["1", "2"]  # one of them comes out of the group


def test_merged_arrows_say_how_many_they_are(browser: Any, tmp_path: Path) -> None:
    scene = grouped(worked_example(), "e", "d", "c")
    scene.top.arrows[-1].count = 1200
    with shown(browser, tmp_path, page(scene)) as live:
        assert marks(live) == ["×1,200"]
    leaves = [Value(1.0, label=f"x{i}") for i in range(5)]
    for count, told in ((4, ["×2"]), (5, [])):  # where many arrive, they would hide each other
        total = gg.sum([leaf * leaf for leaf in leaves[:count]])
        inner = ancestors(total)[count:]
        for i, v in enumerate(inner):
            v.label = f"v{i}"
        scene = grouped(total, *(v.label for v in inner))
        scene.top.arrows[0].count = 2
        with shown(browser, tmp_path, page(scene)) as live:
            assert marks(live) == told


def test_the_marks_are_those_of_the_picture(browser: Any, tmp_path: Path) -> None:
    """The page and `glassgrad.show.svg` were written apart; they agree on a folded graph."""
    random.seed(1)
    model = gg.nn.MLP(2, [3, 1])
    inputs = [[Value(random.random()) for _ in range(2)] for _ in range(3)]
    total = gg.sum([(model(x) - 1.0) ** 2 / Value(2.0) for x in inputs])
    drawing = gg.draw(total)
    wanted = re.findall(r'class="place"[^>]*>([^<]*)<', drawing.svg())
    assert {"1", "2", "×3"} <= set(wanted)
    with shown(browser, tmp_path, drawing.html(), viewport={"width": 2000, "height": 900}) as live:
        do(live, "fit")
        live.wait_for_timeout(150)
        assert sorted(marks(live)) == sorted(wanted)


# -------------------------------------------------------------------------------------- groups


def rectangles(live: Any, selector: str) -> list[dict[str, float]]:
    script = """(all) => all.map((box) => {
      const { x, y, width, height } = box.querySelector(".outline").getBoundingClientRect();
      return { x, y, width, height };
    })"""
    found: list[dict[str, float]] = live.locator(selector).evaluate_all(script)
    return found


def apart(a: dict[str, float], b: dict[str, float]) -> bool:
    return (
        a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
        or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
    )  # fmt: skip


def within(a: dict[str, float], b: dict[str, float]) -> bool:
    return (
        b["x"] <= a["x"] and a["x"] + a["width"] <= b["x"] + b["width"]
        and b["y"] <= a["y"] and a["y"] + a["height"] <= b["y"] + b["height"]
    )  # fmt: skip


def test_a_group_opens_in_place_and_nothing_overlaps(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(grouped(worked_example(), "e", "d", "c"))) as live:
        assert set(texts(live, "data")) == {"a", "b", "f", "L"}
        live.click(".group")
        assert live.locator(".box.frame").count() == 1
        do(live, "fit")
        live.wait_for_timeout(150)
        assert set(texts(live, "data")) == {"a", "b", "f", "L", "e", "d", "c"}
        (frame,) = rectangles(live, ".box.frame")
        nodes = rectangles(live, ".box.node")
        assert sum(within(node, frame) for node in nodes) == 3
        assert sum(apart(node, frame) for node in nodes) == 4
        assert all(apart(a, b) for i, a in enumerate(nodes) for b in nodes[:i])
        for _ in range(6):  # a.grad: from inside over the frame to the outside, two arrows
            do(live, "next")
        assert caption(live).startswith("×: a.grad")
        assert live.locator(".lit path").count() == 2
        live.locator(".frame .bar").click()
        assert set(texts(live, "data")) == {"a", "b", "f", "L"}


def test_a_click_opens_what_is_half_out_of_sight(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(grouped(worked_example(), "e", "d", "c"))) as live:
        box = live.locator(".group").bounding_box()
        live.mouse.move(800, 600)
        live.mouse.down()
        live.mouse.move(800 - box["x"] - box["width"] + 40, 600, steps=4)
        live.mouse.up()
        box = live.locator(".group").bounding_box()
        assert box["x"] < -40
        live.mouse.click(box["x"] + box["width"] - 20, box["y"] + box["height"] / 2)
        assert live.locator(".box.frame").count() == 1


def test_a_group_can_be_open_at_first(browser: Any, tmp_path: Path) -> None:
    scene = grouped(worked_example(), "e", "d", "c", key="layers.0")
    with shown(browser, tmp_path, page(scene, opened=["layers.0"])) as live:
        assert "e" in texts(live, "data")
    with pytest.raises(DrawingError, match=r"no group 'layers\.1'.*'layers\.0'"):
        page(scene, opened=["layers.1"])


def test_a_group_is_closed_from_afar_over_what_was_chosen_in_it(
    browser: Any, tmp_path: Path
) -> None:
    x = total = Value(1.0, label="x")
    for i in range(250):  # so many boxes are drawn as outlines from afar
        total = total + x
        total.label = f"s{i}"
    scene = grouped(total, "s5", "s6", "s7")
    with shown(browser, tmp_path, page(scene)) as live:
        live.fill("input[type=search]", "s6")
        do(live, "fit")
        live.wait_for_timeout(150)
        assert live.locator(".outline.frame").count() == 1
        live.focus('.box[tabindex="0"]')
        live.keyboard.press("Escape")
        assert live.locator(".box.frame, .outline.frame").count() == 0
        assert live.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"


def test_a_search_opens_the_group_that_hides_a_value(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(grouped(worked_example(), "e", "d", "c"))) as live:
        live.fill("input[type=search]", "e")
        assert live.inner_text(".matches") == "1 of 1"
        assert "e = a · b = −6" in live.inner_text(".words")
        live.fill("input[type=search]", "nothing")
        assert live.inner_text(".matches") == "none"


# ------------------------------------------------------------------------- getting about


def test_words_appear_under_the_pointer(browser: Any, tmp_path: Path) -> None:
    L = worked_example()
    L.backward()
    with shown(browser, tmp_path, page(flat(L))) as live:
        live.hover('.box[aria-label^="e,"]')
        said = live.inner_text(".words").splitlines()
        assert [line for line in said if line] == [
            "e = a · b = −6", "∂e/∂a = b = −3", "∂e/∂b = a = 2", "dL/de = −2",
            "Raise e a little, and L goes down, 2 times as much.",
        ]  # fmt: skip


def test_the_words_of_what_has_the_focus_are_spoken(browser: Any, tmp_path: Path) -> None:
    described = "document.activeElement.getAttribute('aria-description')"
    with shown(browser, tmp_path, page(grouped(worked_example(), "e", "d", "c"))) as live:
        live.focus('.box[tabindex="0"]')
        assert live.evaluate(described) == "L = d · f = −8; ∂L/∂d = f = −2; ∂L/∂f = d = 4"
        live.keyboard.press("Space")
        assert live.evaluate(described).endswith("; dL/dL = 1")
        live.keyboard.press("ArrowLeft")
        assert live.evaluate(described) == "f = −2"
        assert live.locator("[aria-description]").count() == 1
        live.keyboard.press("ArrowDown")
        assert live.evaluate(described) == "a part; 3 values; A click or Enter opens it."


def test_everything_by_keys_alone(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(grouped(worked_example(), "e", "d", "c"))) as live:

        def focused() -> str:
            return str(live.evaluate("document.activeElement.getAttribute('aria-label')"))

        for _ in range(12):
            live.keyboard.press("Tab")
            if focused().startswith("L,"):
                break
        assert focused() == "L, output, ×, data −8, no gradient yet"
        live.keyboard.press("Space")
        assert focused() == "L, output, ×, data −8, gradient 1"
        live.keyboard.press("Shift+Space")
        assert caption(live) == "values only; no gradient yet"
        live.keyboard.press("ArrowLeft")
        assert focused().startswith("f,")
        live.keyboard.press("ArrowRight")
        assert focused().startswith("L,")
        live.keyboard.press("ArrowLeft")
        live.keyboard.press("ArrowDown")
        assert focused() == "a part: 3 values"
        live.keyboard.press("ArrowUp")
        assert focused().startswith("f,")
        live.focus(".group")
        live.keyboard.press("Enter")
        assert live.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
        assert "e" in texts(live, "data")
        live.focus('.box[aria-label^="e,"]')
        live.keyboard.press("ArrowRight")
        assert focused().startswith("d,")
        live.keyboard.press("Escape")
        assert "e" not in texts(live, "data")
        assert focused().startswith("a part")
        scale = live.get_attribute(".world > g", "transform")
        live.keyboard.press("+")
        live.wait_for_timeout(150)
        assert live.get_attribute(".world > g", "transform") != scale


def test_zoom_and_pan(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(worked_example()))) as live:

        def where(name: str) -> dict[str, float]:
            return dict(live.locator(f'.box[aria-label^="{name},"]').bounding_box())

        before = where("a"), where("L")
        live.mouse.move(450, 500)
        live.mouse.down()
        live.mouse.move(480, 540, steps=4)
        live.mouse.up()
        after = where("a"), where("L")
        for old, new in zip(before, after, strict=True):
            assert (new["x"] - old["x"], new["y"] - old["y"]) == pytest.approx((30, 40), abs=1)
        live.mouse.wheel(0, -240)
        live.wait_for_timeout(150)
        assert where("L")["width"] > after[1]["width"] * 1.2
        do(live, "fit")
        assert where("a") == pytest.approx(before[0], abs=1)


def test_who_steps_by_a_button_keeps_it_at_the_end(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(worked_example()))) as live:
        live.focus('[data-do="next"]')
        for _ in range(9):
            live.keyboard.press("Enter")
        assert live.inner_text(".progress") == "7 / 7"
        assert live.is_disabled('[data-do="next"]')
        assert live.evaluate("document.activeElement.dataset.do") == "next"


def test_words_are_put_away(browser: Any, tmp_path: Path) -> None:
    small = {"viewport": {"width": 375, "height": 667}, "has_touch": True}
    with shown(browser, tmp_path, page(flat(worked_example())), **small) as live:
        live.tap('.box[aria-label^="L,"]')
        assert "L = d · f = −8" in live.inner_text(".words")
        live.touchscreen.tap(200, 120)
        assert not live.is_visible(".words")
        live.tap('.box[aria-label^="L,"]')
        live.keyboard.press("Escape")
        assert not live.is_visible(".words")


def test_a_long_name_hides_nothing(browser: Any, tmp_path: Path) -> None:
    x = Value(2.0, label="very long name " * 700)
    with shown(browser, tmp_path, page(flat(x * 3))) as live:
        live.fill("input[type=search]", "very")
        words, stage = live.locator(".words").bounding_box(), live.locator(".stage").bounding_box()
        assert words["height"] < stage["height"] / 2
        name = live.locator(".list span").first
        assert name.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_on_paper_it_is_light_and_only_what_can_be_read(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(worked_example()), theme="dark")) as live:
        live.emulate_media(media="print")
        ink = "getComputedStyle(document.querySelector('.caption')).color"
        assert live.evaluate(ink) == "rgb(27, 31, 36)"
        for part in ("header button", "footer button", ".panel"):
            assert not live.locator(part).first.is_visible()
        assert live.is_visible(".caption")


@pytest.mark.parametrize(
    "around", ['data-jp-theme-light="false"', 'data-vscode-theme-kind="vscode-dark"']
)
def test_in_a_dark_notebook_it_is_dark(around: str, browser: Any, tmp_path: Path) -> None:
    paper = "getComputedStyle(document.querySelector('.glassgrad')).backgroundColor"
    text = f"<!doctype html><body {around}>{fragment(flat(worked_example()))}"
    with shown(browser, tmp_path, text, color_scheme="light") as live:
        assert live.evaluate(paper) == "rgb(13, 17, 23)"
        do(live, "theme")
        assert live.evaluate(paper) == "rgb(255, 255, 255)"


#: Rules of notebooks and of blogs for all that stands in them.
AROUND = """<style>
  .text svg { max-width: 100%; height: auto; }
  .text ul:not(.inline) { padding-left: 2em; margin: 1em 0; list-style: disc; }
  .text p { margin: 0 0 1em; } .text h2 { font-size: 2em; margin: 1em 0; }
</style>"""


def test_the_rules_of_the_page_around_it_change_nothing(browser: Any, tmp_path: Path) -> None:
    drawn = fragment(flat(worked_example()))
    script = """(all) => all.map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [x, y, width, height];
    })"""
    found = []
    for rules in ("", AROUND):
        text = f"<!doctype html>{rules}<body><div class='text'>{drawn}</div>"
        with shown(browser, tmp_path, text) as live:
            parts = live.locator(".world, .box, .legend ul, .legend svg, h2, .caption")
            found.append(parts.evaluate_all(script))
    assert found[0] == found[1]


def test_a_notebook_scrolls_past_a_drawing(browser: Any, tmp_path: Path) -> None:
    drawn = fragment(flat(worked_example()))
    text = f"<!doctype html><body>{drawn}<p style='height:3000px'></p>"
    with shown(browser, tmp_path, text) as live:
        scale = live.get_attribute(".world > g", "transform")
        live.mouse.move(400, 300)
        live.mouse.wheel(0, 120)
        live.wait_for_function("scrollY > 100")
        assert live.get_attribute(".world > g", "transform") == scale
        live.keyboard.down("Control")
        live.mouse.wheel(0, -60)
        live.keyboard.up("Control")
        live.wait_for_timeout(150)
        assert live.get_attribute(".world > g", "transform") != scale


def test_the_keys_of_a_notebook_are_not_pressed(browser: Any, tmp_path: Path) -> None:
    """JupyterLab leaves keys alone inside of this attribute (`@lumino/commands`)."""
    text = f"<!doctype html><body>{fragment(flat(worked_example()))}"
    with shown(browser, tmp_path, text) as live:
        within_it = '[data-lm-suppress-shortcuts="true"] .box[tabindex="0"]'
        assert live.locator(within_it).count() == 1


def test_every_control_has_a_name(browser: Any, tmp_path: Path) -> None:
    with shown(browser, tmp_path, page(flat(worked_example()))) as live:
        for control in live.locator("button, input").all():
            named = control.evaluate(
                "(one) => one.getAttribute('aria-label') || one.textContent.trim()"
                " || one.closest('label')?.textContent.trim()"
            )
            assert named
        assert live.get_attribute(".caption", "aria-live") == "polite"
        assert live.get_attribute(".glassgrad", "aria-label") == "How L was computed"
        assert live.locator('.box[tabindex="0"]').count() == 1
        assert live.get_attribute(".step", "aria-valuetext") == caption(live)


def test_light_and_dark(browser: Any, tmp_path: Path) -> None:
    paper = "getComputedStyle(document.querySelector('.glassgrad')).backgroundColor"
    text = page(flat(worked_example()))
    with shown(browser, tmp_path, text, color_scheme="dark") as live:
        assert live.evaluate(paper) == "rgb(13, 17, 23)"
        do(live, "theme")
        assert live.evaluate(paper) == "rgb(255, 255, 255)"
    with shown(browser, tmp_path, page(flat(worked_example()), theme="dark")) as live:
        assert live.evaluate(paper) == "rgb(13, 17, 23)"


def test_a_telephone(browser: Any, tmp_path: Path) -> None:
    small = {"viewport": {"width": 375, "height": 667}, "has_touch": True}
    with shown(browser, tmp_path, page(flat(worked_example())), **small) as live:
        assert live.evaluate("document.documentElement.scrollWidth") == 375
        assert not live.is_visible(".panel")
        do(live, "panel")
        assert live.is_visible(".list input >> nth=0")
        do(live, "panel")
        for control in live.locator("header button, footer button").all():
            box = control.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 375


# ---------------------------------------------------------------------- what stands in the file


HOSTILE = '</script><b id="x">&amp;"\'<!--<script>'


def test_labels_are_text_and_nothing_else(browser: Any, tmp_path: Path) -> None:
    a = Value(math.nan, label=HOSTILE)
    b = Value(math.inf, label="two\nlines \u2028 😀 \ud800")
    out = a * a + b
    out.label = HOSTILE
    out.backward()
    with shown(browser, tmp_path, page(flat(out))) as live:
        assert live.title() == HOSTILE
        assert live.locator("b").count() == 0
        assert live.inner_text(".title") == HOSTILE
        assert texts(live, "data")[HOSTILE[:27] + "…"] == "nan"
        live.hover('.box[aria-label*="two lines"]')
        assert "∞" in live.inner_text(".words")


def test_two_pages_in_one_document(browser: Any, tmp_path: Path) -> None:
    other = Value(3.0, label="p").tanh()
    other.label = "q"
    both = f"<!doctype html><body>{fragment(flat(worked_example()))}{fragment(flat(other))}"
    with shown(browser, tmp_path, both) as live:
        first, second = live.locator(".glassgrad").all()
        second.locator('[data-do="next"]').click()
        assert second.locator(".caption").inner_text() == "dq/dq = 1"
        assert first.locator(".caption").inner_text() == "values only; no gradient yet"
        assert live.locator("[id]").count() == 0
        assert live.evaluate("typeof Graph") == "undefined"


def test_it_is_small_and_deterministic() -> None:
    draw = random.Random(1)
    values = [Value(draw.gauss(0, 1)) for _ in range(1000)]
    for _ in range(4000):
        a, b = draw.choice(values[-40:]), draw.choice(values[-40:])
        values.append(a * b + draw.gauss(0, 1) if draw.random() < 0.1 else a + b)
    root = gg.sum(values[-900:])
    root.backward()
    scene = flat(root)
    text = page(scene)
    assert len(scene.nodes) > 4000
    assert len(text.encode()) <= 300_000 + 200 * len(scene.nodes)
    assert text == page(scene)
    assert not re.search(
        r"""(src|href)\s*=|https?://(?!www\.w3\.org/2000/svg)|@import|url\(""", text
    )


def test_kinds_differ_in_shape(browser: Any, tmp_path: Path) -> None:
    scene = flat(worked_example() + 1)
    scene.nodes[1].kind = Kind.PARAMETER
    with shown(browser, tmp_path, page(scene)) as live:
        script = """(all) => all.map((one) => one.querySelector(".outline").getAttribute("d")
          .replace(/[\\d.]+/g, "") + getComputedStyle(one.querySelector(".outline")).strokeDasharray
          + one.querySelectorAll("path").length)"""
        shapes = live.locator(".legend svg").evaluate_all(script)
        assert len(shapes) == len(set(shapes)) == 5


def test_it_says_so_if_passes_have_added_up(browser: Any, tmp_path: Path) -> None:
    L = worked_example()
    L.backward()
    with shown(browser, tmp_path, page(flat(L))) as live:
        assert "several passes" not in live.inner_text(".more")
    L.backward()  # leaves accumulate: a.grad is 12 now
    with shown(browser, tmp_path, page(flat(L))) as live:
        assert "a.grad = 12: several passes have added up" in live.inner_text(".more")
        assert texts(live, "grad")["a"] == "6"
