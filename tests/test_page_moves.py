"""Moving about in the live page of a larger graph: all that is in sight is there, once, in time."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from browser import opened
from glassgrad import Value
from glassgrad.show import look
from glassgrad.show.live.page import page
from scenes import flat

WIDE = {"viewport": {"width": 1000, "height": 600}}

#: What the script says of its pace (`drawing.js`): boxes in full that are drawn ahead at a time.
AHEAD = 12


@pytest.fixture(scope="module")
def text() -> str:
    """Write the page of sixty chains side by side, and their sum: 721 values."""
    row = [Value(1 + i / 60, label=f"x{i}") for i in range(60)]
    for _ in range(11):
        row = [v.tanh() for v in row]
    return page(flat(gg.sum(row)))


@contextmanager
def shown(browser: Any, folder: Path, text: str) -> Iterator[Any]:
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    with opened(browser, path, **WIDE) as live:
        live.click('[data-do="panel"]')  # away with it: the picture is as wide as the page
        live.wait_for_timeout(150)
        yield live


def scale(live: Any) -> float:
    return float(re.findall(r"[\d.]+", live.get_attribute(".world > g", "transform"))[0])


def zoom(live: Any, least: float, x: float = 500, y: float = 300) -> None:
    """Turn the wheel until the scale is at least this."""
    live.mouse.move(x, y)
    while scale(live) < least:
        live.mouse.wheel(0, -120)
        live.wait_for_timeout(150)


def go_near(live: Any) -> None:
    """Go into the middle of the graph, so near that text can be read."""
    live.fill("input[type=search]", "v400")
    live.wait_for_timeout(150)
    assert scale(live) == pytest.approx(0.55)


def frame(live: Any) -> None:
    live.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def drag(live: Any, dx: float, dy: float, steps: int) -> None:
    """Pan by so much in each of so many frames."""
    x, y = 500 - dx * steps / 2, 300 - dy * steps / 2
    live.mouse.move(x, y)
    live.mouse.down()
    for step in range(1, steps + 1):
        live.mouse.move(x + dx * step, y + dy * step)
        frame(live)
    live.mouse.up()


Rectangle = tuple[float, float, float, float]


def wanted(live: Any) -> dict[str, Rectangle]:
    """Compute where on the screen each box is to be, from the numbers of Python's layout."""
    packed = json.loads(live.locator("script.data").text_content())
    level, size = packed["levels"][0], scale(live)
    # The sheet is moved by whole pixels.
    left, top = live.evaluate("""() => {
      const { e, f } = new DOMMatrix(document.querySelector(".sheet").style.transform);
      const { x, y } = document.querySelector(".stage").getBoundingClientRect();
      return [x + e, y + f];
    }""")
    found = {}
    for place, (node, x, y) in enumerate(zip(level["boxes"], level["x"], level["y"], strict=True)):
        sign = 2 * look.RADIUS + look.LINK if packed["operands"][node] else 0
        width, height = packed["widths"][node] + sign, look.RECORD_HEIGHT
        found[f"0:{place}"] = (left + x * size, top + y * size, width * size, height * size)
    return found


def drawn(live: Any) -> list[tuple[str, Rectangle]]:
    # Found and measured in one turn: in between the page may drop a box that is far off.
    script = """() => [...document.querySelectorAll(".box")].map((box) => {
      const { x, y } = box.getBoundingClientRect();
      const outline = box.querySelector(".outline").getBoundingClientRect();
      return [box.dataset.id, [x, y, outline.right - x, outline.height]];
    })"""
    return [(key, tuple(box)) for key, box in live.evaluate(script)]


def meets(box: Rectangle, stage: Rectangle) -> bool:
    return all(
        a < b + length and b < a + size
        for a, size, b, length in zip(box[:2], box[2:], stage[:2], stage[2:], strict=True)
    )


def test_wherever_one_goes_all_that_is_in_sight_is_drawn_once(
    text: str, browser: Any, tmp_path: Path
) -> None:
    with shown(browser, tmp_path, text) as live:
        go_near(live)
        stage = tuple(live.locator(".stage").bounding_box().values())
        around = (-1000.0, -600.0, 3000.0, 1800.0)
        seen = set()
        for dx, dy in [(-90, 0), (-90, -40), (0, 45), (90, 45), (90, -45), (-90, 0)]:
            drag(live, dx, dy, 10)
            places, there = wanted(live), drawn(live)
            in_sight = {key for key, box in places.items() if meets(box, stage)}
            assert in_sight <= {key for key, _ in there}
            assert set(Counter(key for key, _ in there).values()) == {1}
            for key, box in there:
                assert box == pytest.approx(places[key], abs=2.5), key  # the width of its lines
            kept = [key for key, _ in there if meets(places[key], around)]
            assert len(there) - len(kept) <= 1  # the one that was chosen
            seen |= in_sight
        assert len(seen) > 100


def test_a_slow_move_draws_ahead_a_few_boxes_at_a_time(
    text: str, browser: Any, tmp_path: Path
) -> None:
    watch = """() => {
      const { right, bottom } = document.querySelector(".stage").getBoundingClientRect();
      const meets = (r) => r.left < right && r.right > 0 && r.top < bottom && r.bottom > 0;
      let now = [];
      window.frames_ = [];
      new MutationObserver((all) => all.forEach(({ addedNodes }) => addedNodes.forEach((one) => {
        if (one.classList?.contains("box")) now.push(meets(one.getBoundingClientRect()));
      }))).observe(document.querySelector(".world"), { childList: true, subtree: true });
      const turn = () => { frames_.push(now); now = []; requestAnimationFrame(turn); };
      turn();
    }"""
    with shown(browser, tmp_path, text) as live:
        go_near(live)
        live.wait_for_timeout(1500)  # what is around the screen comes first
        live.evaluate(watch)
        drag(live, -12, 0, 40)
        drag(live, -9, -6, 40)
        frames = live.evaluate("frames_")
        assert sum(map(len, frames)) > 30
        assert max(map(len, frames)) <= AHEAD
        assert not any(map(any, frames))  # nothing appears before the eyes of the reader


def test_from_afar_a_move_draws_nothing_and_everything_is_there(
    text: str, browser: Any, tmp_path: Path
) -> None:
    with shown(browser, tmp_path, text) as live:
        packed = json.loads(live.locator("script.data").text_content())
        zoom(live, 0.2)
        assert scale(live) < 0.45
        paths = "(all) => all.map((one) => one.getAttribute('d')).join('')"
        level = packed["levels"][0]
        outlines = live.locator(".outlines path").evaluate_all(paths)
        assert outlines.count("Z") == outlines.count("M") == len(level["boxes"]) > 700
        ways = live.locator(".arrows path").evaluate_all(paths)
        assert ways.count("l6,3.5l-6,3.5") == len(level["arrows"]) / 4
        live.evaluate("""() => {
          const attributeFilter = ["class", "d", "style", "transform", "viewBox"];
          window.changes = 0;
          new MutationObserver((all) => { changes += all.length; }).observe(
            document.querySelector(".world"), { attributeFilter, childList: true, subtree: true });
        }""")
        before = live.get_attribute(".sheet", "style")
        drag(live, -40, -20, 20)
        assert live.get_attribute(".sheet", "style") != before
        assert live.evaluate("changes") == 0


def test_from_afar_the_picture_is_whole_and_its_lines_thin_at_every_scale(
    text: str, browser: Any, tmp_path: Path
) -> None:
    with shown(browser, tmp_path, text) as live:
        width, height = json.loads(live.locator("script.data").text_content())["levels"][0]["size"]
        found = []
        for least in (0.0, 0.1, 0.2, 0.3):
            zoom(live, least)
            size = scale(live)
            box = live.locator(".world").bounding_box()
            assert box["width"] >= width * size
            assert box["height"] >= height * size
            style = "(one) => parseFloat(getComputedStyle(one).strokeWidth)"
            found.append(live.locator(".outlines path").first.evaluate(style) * size)
        assert scale(live) < 0.45
        assert found == pytest.approx([1.2] * 4, rel=1e-4)
