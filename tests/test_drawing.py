"""`gg.draw`, `gg.frames`, and the files they write."""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import glassgrad as gg
from glassgrad import Value, graph, nn
from glassgrad.engine import edges
from glassgrad.show import notebook
from glassgrad.show.drawing import Drawing

SVG = "{http://www.w3.org/2000/svg}"
#: The gradients of the lecture's worked example.
KNOWN = {"a": 6.0, "b": -4.0, "c": -2.0, "e": -2.0, "d": -2.0, "f": 4.0, "L": 1.0}


def worked_example() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def parsed(drawing: Any, theme: str = "light") -> ET.Element:
    return ET.fromstring(drawing.svg(theme))


def classed(root: ET.Element, name: str) -> list[ET.Element]:
    return [e for e in root.iter() if name in (e.get("class") or "").split()]


def words(element: ET.Element) -> str:
    return "".join(t.text or "" for t in element.iter() if t.tag in (f"{SVG}text", f"{SVG}tspan"))


def records(drawing: Any) -> dict[str, tuple[str, str]]:
    """Read data and gradient off the drawing itself, by label."""
    found = {}
    for node in classed(parsed(drawing), "node"):
        [label] = classed(node, "label")
        [data], [grad] = classed(node, "data"), classed(node, "grad")
        found[label.text or ""] = (data.text or "", grad.text or "")
    return found


def test_the_worked_example_has_a_record_for_each_value_and_an_arrow_for_each_operand() -> None:
    L = worked_example()
    L.backward()
    root = parsed(gg.draw(L))
    assert len(classed(root, "node")) == 7
    assert len(classed(root, "way")) == 6
    assert sorted(e.text or "" for e in classed(root, "symbol")) == ["+", "×", "×"]
    assert records(gg.draw(L))["a"] == ("2", "6")
    assert {k: float(v[1].replace("−", "-")) for k, v in records(gg.draw(L)).items()} == KNOWN


def test_before_backward_gradients_are_dashes() -> None:
    assert {grad for _, grad in records(gg.draw(worked_example())).values()} == {"–"}


@pytest.mark.parametrize(("k", "known"), [(0, ""), (1, "Ldf"), (2, "Ldfec"), (3, "Ldfecab")])
def test_after_k_operations_those_gradients_are_known(k: int, known: str) -> None:
    L = worked_example()
    for name, grad in gg.draw(L, after=k).grads.items():
        assert grad == (KNOWN[name] if name in known else None)
    assert all(v.grad == 0.0 for v in (L, *L._prev))  # the Values are left alone


@pytest.mark.parametrize("wrong", [-1, 4, 1.5, "1"])
def test_a_stage_that_there_is_not_is_refused(wrong: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="after"):
        gg.draw(worked_example(), after=wrong)


def test_frames_say_every_step_in_words_and_numbers() -> None:
    frames = gg.frames(worked_example())
    captions = [frame.caption for frame in frames]
    assert "×: a.grad += b · e.grad = −3 · −2 = 6" in captions
    assert captions[0].startswith("values only")
    assert any("copies the incoming gradient to both operands" in c for c in captions)
    assert frames[-1].grads == KNOWN


def test_frames_keep_every_box_in_its_place() -> None:
    def places(drawing: Drawing) -> list[str | None]:
        return [node.get("transform") for node in classed(parsed(drawing), "node")]

    x = Value(0.1, label="x")
    frames = gg.frames((x * 123.456).exp().tanh() * x)
    assert len({tuple(places(frame)) for frame in frames}) == 1
    assert len({parsed(frame).get("viewBox") for frame in frames}) == 1


def test_what_has_just_happened_is_in_focus() -> None:
    frames = gg.frames(worked_example())
    [frame] = [f for f in frames if f.caption.startswith("×: a.grad")]
    root = parsed(frame)
    assert {words(n)[0] for n in classed(root, "node") if n in classed(root, "now")} == {"a", "×"}
    assert len([w for w in classed(root, "way") if w in classed(root, "now")]) == 1


def test_kinds_are_told_apart_by_shape_and_not_by_colour_alone() -> None:
    neuron = nn.Neuron(1)
    x = Value(1.0, label="x")
    root = parsed(gg.draw(neuron(x) + 1.0))
    outlines = {}
    for node in classed(root, "node"):
        kind = (node.get("class") or "").split()[1]
        path = classed(node, "shape")[0].get("d") or ""
        outlines[kind] = (re.sub(r"[\d.]+", "", path), len(classed(node, "second")))
    assert set(outlines) == {"input", "parameter", "constant", "inner", "output"}
    style = next(root.iter(f"{SVG}style")).text or ""
    assert re.search(r"\.constant \.shape\{[^}]*stroke-dasharray", style)
    told = {kind: o for kind, o in outlines.items() if kind != "constant"}  # it is dashed
    assert len(set(told.values())) == 4


def test_emphasis_shows_sign_and_size_of_gradients() -> None:
    L = worked_example()
    L.backward()
    tints = [e.get("class") for e in classed(parsed(gg.draw(L, emphasis="tint")), "tint")]
    assert sorted(tints) == ["tint negative"] * 4 + ["tint positive"] * 3
    ways = classed(parsed(gg.draw(L, emphasis="thickness")), "way")
    width = {w.get("style"): w.get("data-sign") for w in ways}
    assert set(width.values()) == {"positive", "negative"}
    assert len(width) > 2
    with pytest.raises(ValueError, match="tint"):
        gg.draw(L, emphasis="loud")  # type: ignore[arg-type]


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read_on_every_tint() -> None:
    from glassgrad.show.theme import DARK, LIGHT

    for colours in (LIGHT, DARK):
        for kind in ("input", "parameter", "constant", "inner", "output", "group", "paper"):
            for ink in ("ink", "faint", "positive", "negative", "nonfinite"):
                assert contrast(colours[kind], colours[ink]) >= 4.5, (kind, ink)
        assert contrast(colours["operation"], colours["operation-text"]) >= 4.5


HOSTILE = [
    '<>&"', "two\nlines", "🦙 llama", "</script><script>alert(1)</script>", "]]>", "a" * 9_000,
    "\x00\x1b[31m", "'onload='x", "", "日本語", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE)
def test_labels_are_only_ever_text(label: str, tmp_path: Path) -> None:
    v = Value(1.0, label=label) * 2.0
    drawing = gg.draw(v)
    root = ET.fromstring(drawing.svg("light").encode("utf-8", "replace"))
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        "svg", "style", "rect", "g", "title", "path", "circle", "text", "tspan",
    }  # fmt: skip
    assert all(not name.startswith("on") for e in root.iter() for name in e.attrib)
    for suffix in (".svg", ".png", ".html", ".dot", ".mmd", ".txt"):
        assert drawing.save(tmp_path / f"g{suffix}").stat().st_size > 50
    html = (tmp_path / "g.html").read_text("utf-8")
    assert "alert(1)</script>" not in html


def test_numbers_that_are_not_finite_are_drawn() -> None:
    x = Value(float("inf"), label="x")
    y = x - x
    y.label = "y"
    y.backward()
    assert records(gg.draw(y)) == {"x": ("∞", "0"), "y": ("nan", "1")}
    gg.draw(y, emphasis="tint").png()
    gg.draw(y, emphasis="thickness").png()


@pytest.mark.parametrize("nothing", [[], (), 3.0, None, "L", [Value(1.0), 2.0]])
def test_what_is_not_a_value_is_refused(nothing: Any) -> None:
    with pytest.raises(gg.DrawingError, match="draw"):
        gg.draw(nothing)


def test_an_operation_of_ones_own_is_drawn_without_being_performed_again() -> None:
    asked = []

    def forward(x: float, y: float) -> float:
        asked.append((x, y))
        return (x - y) ** 0.5 if x >= y else 1 / 0

    op = gg.custom_op("gap", forward, lambda o, x, y: (0.5 / o, -0.5 / o))
    result = op(Value(5.0, label="x"), Value(1.0, label="y"))
    asked.clear()
    places = [words(e) or e.text for e in classed(parsed(gg.draw(result)), "place")]
    assert sorted(places, key=str) == ["1", "2"]
    print(gg.draw(result))
    assert asked == []


def test_several_results_are_drawn_together() -> None:
    a = Value(1.0, label="a")
    assert len(classed(parsed(gg.draw([a * 2.0, a * 3.0])), "output")) == 2


def test_of_several_results_the_first_is_differentiated() -> None:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    for pair, expected in (([a * b, a + b], (-3.0, 2.0)), ([a + b, a * b], (1.0, 1.0))):
        grads = gg.draw(pair, after=1).grads
        assert (grads["a"], grads["b"]) == expected


def test_a_value_draws_itself() -> None:
    L = worked_example()
    assert L.draw().svg() == gg.draw(L).svg()


# ------------------------------------------------------------------------------ files


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def dark_points(picture: Image.Image) -> int:
    return int((np.asarray(picture.convert("L")) < 100).sum())


def test_png_has_the_colours_of_the_theme_and_text(tmp_path: Path) -> None:
    L = worked_example()
    light = opened(gg.draw(L).save(tmp_path / "l.png").read_bytes())
    dark = opened(gg.draw(L).save(tmp_path / "d.png", theme="dark").read_bytes())
    assert light.getpixel((1, 1)) == (255, 255, 255)
    assert dark.getpixel((1, 1)) == (13, 17, 23)
    # Without its letters the picture would have fewer dark points: text has not vanished.
    bare = re.sub(r"<text.*?</text>", "", gg.draw(L).svg("light"))
    from glassgrad.show.raster import png

    assert dark_points(light) > dark_points(opened(png(bare, 2.0))) + 2000


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_a_film_has_all_stages_and_changes(suffix: str, tmp_path: Path) -> None:
    path = gg.draw(worked_example()).save(tmp_path / f"film{suffix}")
    pictures = set()
    with Image.open(path) as film:
        assert film.n_frames == len(gg.frames(worked_example()))
        for i in range(film.n_frames):
            film.seek(i)
            pictures.add(film.convert("RGB").tobytes())
        assert len(pictures) == film.n_frames


def test_a_film_has_room_for_its_longest_caption(tmp_path: Path) -> None:
    y, x = (Value(x, label=f"a side with a long name, {x}") for x in (1.0, 2.0))
    angle = gg.atan2(y, x)
    angle.label = "the angle between the sides"
    heights = [opened(frame.png("light", 1.5)).height for frame in gg.frames(angle)]
    assert max(heights) > heights[0]  # of a frame by itself
    with Image.open(gg.draw(angle).save(tmp_path / "film.gif")) as film:
        assert film.height == max(heights)


def test_a_film_that_is_too_long_is_refused(tmp_path: Path) -> None:
    v = Value(1.0)
    for _ in range(200):
        v = v + v
    with pytest.raises(gg.DrawingError, match="at most 400"):
        gg.draw(v).save(tmp_path / "film.gif")
    assert not (tmp_path / "film.gif").exists()


@pytest.mark.parametrize("name", ["graph.bmp", "graph", "graph.svgz", ".svg"])
def test_an_unknown_suffix_names_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(gg.DrawingError, match=r"\.svg, \.png, \.html"):
        gg.draw(worked_example()).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_an_oserror_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        gg.draw(worked_example()).save(tmp_path / "nowhere" / "graph.svg")


def test_a_file_is_complete_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = gg.draw(worked_example()).save(tmp_path / "graph.svg")
    before = path.read_bytes()

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        gg.draw(Value(1.0)).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["graph.svg"]


def test_a_text_file_does_not_depend_on_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = gg.draw(worked_example())
    expected = drawing.save(tmp_path / "graph.txt").read_text("utf-8")
    assert "┌" in expected
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert drawing.save(tmp_path / "graph.txt").read_text("utf-8") == expected
    assert str(drawing).isascii()


def test_a_value_made_by_hand_needs_no_name_for_its_operation() -> None:
    made = Value(3.0, (Value(1.0, label="a"), Value(2.0, label="b")))
    assert words(parsed(gg.draw(made))).count("data") == 3
    assert "data 3" in str(gg.draw(made))


def test_an_unknown_theme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='"light", "dark" or "auto"'):
        gg.draw(worked_example()).save(tmp_path / "g.svg", theme="sepia")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_auto_follows_the_system() -> None:
    style = gg.draw(worked_example()).svg("auto")
    assert "@media(prefers-color-scheme:dark)" in style
    assert "@media" not in gg.draw(worked_example()).svg("dark")


def test_drawings_are_the_same_in_every_process() -> None:
    program = (
        "import glassgrad as gg, random\n"
        "random.seed(1)\n"
        "v = gg.nn.MLP(2, [3, 1])([1.0, 2.0])\n"
        "v.backward()\n"
        "print(gg.draw(v).svg())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(found) == 1


# ------------------------------------------------------------------- large graphs, networks


def network(*widths: int) -> nn.MLP:
    random.seed(1)
    return nn.MLP(2, [*widths, 1])


def loss(model: nn.MLP, examples: int) -> Value:
    X, y = gg.data.moons(examples, noise=0.1)
    scores = [model(x) for x in X]
    hinge = [(1 - (2 * t - 1) * s).relu() for t, s in zip(y, scores, strict=True)]
    return gg.mean(hinge) + 1e-4 * gg.sum([p * p for p in model.parameters()])


def test_a_large_graph_folds_and_a_box_opens_to_its_scalars() -> None:
    model = network(16, 16)
    total = loss(model, 100)
    closed = parsed(gg.draw(total))
    boxes = len(classed(closed, "group")) + len(classed(closed, "node"))
    assert 30 <= boxes <= 45
    opened = parsed(gg.draw(total, open=["layers.0.neurons.5"]))
    [frame] = classed(opened, "frame")
    assert frame is not None
    assert len(classed(opened, "parameter")) == 3  # w0, w1 and b
    assert len(classed(opened, "node")) > len(classed(closed, "node"))
    with pytest.raises(gg.DrawingError, match="layers"):
        gg.draw(total, open=["layers.9"])


def test_without_folding_every_value_has_a_record() -> None:
    from glassgrad.graph import ancestors

    total = loss(network(4, 4), 4)
    assert len(classed(parsed(gg.draw(total, fold=False)), "node")) == len(ancestors(total))


def test_a_model_is_drawn_as_a_network() -> None:
    root = parsed(gg.draw(nn.MLP(2, [3, 1])))
    assert len(classed(root, "weight")) == 2 * 3 + 3 * 1
    with pytest.raises(gg.DrawingError, match="draw its loss"):
        gg.draw(nn.MLP(2, [3, 1]), after=1)


def test_a_notebook_shows_page_picture_and_text() -> None:
    L = worked_example()
    bundle = L._repr_mimebundle_()
    assert bundle["text/plain"] == repr(L)
    assert ET.fromstring(bundle["image/svg+xml"]).tag == f"{SVG}svg"
    assert "<script" in bundle["text/html"]
    for drawing in (gg.draw(L), gg.draw(nn.MLP(2, [2, 1])), gg.frames(L)[3]):
        assert set(drawing._repr_mimebundle_()) == {"text/html", "image/svg+xml", "text/plain"}
    large = loss(network(16, 16), 100)
    assert len(large._repr_mimebundle_()["text/html"]) < 5_000_000


def test_a_notebook_draws_a_large_graph_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    x = total = Value(1.0, label="x")
    for _ in range(99_999):
        total = total + x
    shown: list[Any] = []
    monkeypatch.setattr(notebook, "draw", lambda v: shown.append(v) or gg.draw(x))
    assert set(total._repr_mimebundle_()) == {"text/html", "image/svg+xml", "text/plain"}
    assert shown == [total]
    total = total + x
    assert total._repr_mimebundle_() == {
        "text/plain": "Value(data=100001.0, grad=0.0): more than 100,000 values lead to it; "
        "gg.draw(v) draws them folded"
    }
    assert len(shown) == 1


def test_a_large_graph_is_counted_only_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    x = total = Value(1.0)
    for _ in range(100):
        total = total + x
    asked = []

    def counted(v: Value) -> Any:
        asked.append(v)
        return edges(v)

    monkeypatch.setattr(graph, "edges", counted)
    assert graph.has_more_ancestors(total, 10)
    assert len(asked) <= 11
    assert graph.has_more_ancestors(total, 100)
    assert not graph.has_more_ancestors(total, 101)  # as many as there are


@pytest.mark.parametrize("wrong", [3, None, [3], 1.5])
def test_what_is_opened_is_named(wrong: Any) -> None:
    for draws in (gg.draw, gg.frames):
        with pytest.raises(TypeError, match=r'open=.*write "all", or the keys of the groups'):
            draws(worked_example(), open=wrong)


def test_no_system_program_is_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(os, "system", refuse)
    for suffix in (".svg", ".png", ".html", ".dot", ".mmd", ".gif"):
        gg.draw(worked_example()).save(tmp_path / f"g{suffix}")
