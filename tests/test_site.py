"""The documentation as pages: complete, without a network, and alive."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

import glassgrad as gg
from browser import TOO_FAINT, served
from conftest import oracle
from glassgrad import ops
from glassgrad.learn import answers, lessons

#: The pages are the same whichever build runs the lessons, and the compiled one is quicker.
pytestmark = pytest.mark.compiled

ROOT = Path(__file__).resolve().parent.parent
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 700}

#: Lists what reaches beyond the page, where it could not be scrolled to.
CUT_OFF = """[...document.querySelectorAll("article *")].filter((e) => {
  const { right, width } = e.getBoundingClientRect();
  if (!width || right <= innerWidth + 1) return false;
  for (let n = e.parentElement; n.tagName !== "ARTICLE"; n = n.parentElement) {
    if (getComputedStyle(n).overflowX !== "visible") return false;
  }
  return getComputedStyle(e).position !== "absolute";
}).map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build all pages, strictly, once."""
    for needed in ("sphinx", "myst_parser", "furo"):
        oracle(needed)
    folder = tmp_path_factory.mktemp("site") / "docs"
    built = subprocess.run(
        [sys.executable, ROOT / "tools" / "website", folder], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (built.returncode, built.stdout + built.stderr) == (0, "")
    return folder


@contextmanager
def visited(browser: Any, site: Path, **context: Any) -> Iterator[Any]:
    """Visit pages; at the end, see that all were quiet, and asked for nothing from elsewhere."""
    complaints: list[str] = []
    failed: list[Any] = []
    inside = browser.new_context(**context)
    page = inside.new_page()

    def asked(request: Any) -> None:
        own = (site.as_uri(), "data:", "about:", "http://127.0.0.1:")
        if not request.url.startswith(own):
            complaints.append(f"asked for {request.url}")

    def said(message: Any) -> None:
        if message.type in ("error", "warning"):  # Furo says that it is dark now
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("request", asked)
    page.on("requestfailed", lambda request: failed.append(request))
    try:
        yield page
        assert complaints == []
        # A request that a next page comes before is not wrong.
        assert [r.url for r in failed if r.failure != "net::ERR_ABORTED"] == []
    finally:
        inside.close()


class Page(HTMLParser):
    """What a page leads to, and the places in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given["id"]} if "id" in given else set()
        if "href" in given:
            (self.links if tag == "a" else self.loads).append(given["href"])
        if "src" in given:
            self.loads.append(given["src"])


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if "_downloads" not in path.parts}


# ------------------------------------------------------------------------------------- complete


def test_every_link_leads_to_a_page_and_a_place_in_it(pages: dict[Path, Page]) -> None:
    checked = 0
    for path, page in pages.items():
        for link in page.links + page.loads:
            address, place = urldefrag(link)
            if urlsplit(link).scheme or link == "#":
                continue
            target = (path.parent / unquote(address.split("?")[0])).resolve() if address else path
            assert target.is_file(), f"{path.name} leads to {link}"
            if place and target in pages and target.name != "genindex.html":
                assert unquote(place) in pages[target].places, f"{path.name} leads to {link}"
            checked += 1
    assert checked > 1000


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert not [load for load in page.loads if urlsplit(load).scheme not in ("", "data")], path
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text("utf-8"))


def test_every_public_name_is_in_the_reference(pages: dict[Path, Page]) -> None:
    there = set().union(*(page.places for page in pages.values()))
    wanted = {f"glassgrad.{name}" for name in dir(gg) if not name.startswith("_")}
    for module in ("nn", "losses", "optim", "data", "plot", "learn"):
        names = getattr(getattr(gg, module), "__all__", ())
        wanted |= {f"glassgrad.{module}.{name}" for name in names}
    wanted |= {f"glassgrad.Value.{name}" for name in ("backward", "detach", "draw", "tree", "tanh")}
    assert {name if name in there else f"module-{name}" for name in wanted} <= there


def test_every_operation_every_lesson_and_every_page_of_docs_is_there(site: Path) -> None:
    text = (site / "operations.html").read_text("utf-8")
    assert all(f">{name}<" in text for name in ops.TABLE)
    for lesson in lessons.catalogue():
        name = f"{lesson.number:02}-{lesson.slug}"
        assert lesson.title in (site / "lessons" / f"{name}.html").read_text("utf-8")
        assert list(site.glob(f"_downloads/*/{name}.ipynb"))
    assert all((site / f"{path.stem}.html").is_file() for path in (ROOT / "docs").glob("*.md"))


def test_every_word_of_the_glossary_can_be_linked_to(pages: dict[Path, Page], site: Path) -> None:
    words = re.findall(r"\*\*(.+?)\*\*", (ROOT / "docs" / "glossary.md").read_text("utf-8"))
    places = pages[site / "glossary.html"].places
    assert len(words) > 80
    for word in words:
        assert re.sub(r"[\W_]+", "-", word.lower()) in places, word


# ------------------------------------------------------------------------------------ every page


def test_every_page_opens_from_a_file_and_fits_a_phone(
    browser: Any, site: Path, pages: dict[Path, Page]
) -> None:
    with visited(browser, site, viewport=NARROW) as page:
        for path in pages:
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
            assert page.evaluate(CUT_OFF) == [], path
            broken = """[...document.images].filter(i => i.complete && i.currentSrc
              && !i.naturalWidth && getComputedStyle(i).display != "none").map(i => i.src)"""
            assert page.evaluate(broken) == [], path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(browser: Any, site: Path, theme: str) -> None:
    lesson = lesson_with(site, "data-number=")
    with visited(browser, site, viewport=WIDE, color_scheme=theme) as page:
        for path in (lesson, *(site / f"{name}.html" for name in (
            "search", "operations", "glossary", "reference/nn", "benchmarks", "from-jax", "index",
        ))):  # fmt: skip
            page.goto(path.as_uri())
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            assert page.evaluate(TOO_FAINT) == [], path
        page.evaluate("document.querySelector('h1').style.color = '#777777'")
        page.evaluate("document.querySelector('h1').style.fontSize = '16px'")
        assert len(page.evaluate(TOO_FAINT)) == 1


def test_search_finds_a_word_and_a_name(browser: Any, site: Path) -> None:
    with visited(browser, site, viewport=WIDE) as page:
        for word, where in (("accumulation", "glossary.html#accumulation"),
                            ("value_and_grad", "reference/transforms.html"),
                            ("overshoots", "lessons/14-descent.html")):  # fmt: skip
            page.goto((site / "index.html").as_uri())
            page.fill("input.sidebar-search", word)
            page.press("input.sidebar-search", "Enter")
            page.wait_for_selector(f'#search-results a[href*="{where}"]')


def test_from_a_server_it_is_the_same(browser: Any, site: Path) -> None:
    with served(site) as address, visited(browser, site, viewport=WIDE) as page:
        page.goto(f"{address}/index.html")
        page.click(".sidebar-tree a:text-is('JAX')")
        assert page.inner_text("h1").startswith("Coming from JAX")
        page.fill("input.sidebar-search", "product rule")
        page.press("input.sidebar-search", "Enter")
        page.wait_for_selector("#search-results a[href*='glossary.html']")


# ---------------------------------------------------------------------------------------- alive


def frame_of(page: Any, number: int = 0) -> Any:
    handle = page.locator("iframe[srcdoc]").nth(number)
    handle.scroll_into_view_if_needed()
    inside = handle.element_handle().content_frame()
    inside.wait_for_selector(".box.node")
    return inside


def test_a_drawing_steps_through_the_backward_pass(browser: Any, site: Path) -> None:
    with visited(browser, site, viewport=WIDE) as page:
        page.goto((site / "index.html").as_uri())
        inside = frame_of(page)
        grads = inside.locator(".number.grad")
        assert set(grads.all_text_contents()) == {"–"}
        inside.click('[data-do="next"]')
        assert inside.inner_text(".caption") == "dL/dL = 1"
        inside.click('[data-do="last"]')
        assert sorted(grads.all_text_contents()) == ["1", "4", "6", "−2", "−2", "−2", "−4"]


def test_drawings_of_lessons_step(browser: Any, site: Path) -> None:
    stepped = 0
    with visited(browser, site, viewport=WIDE) as page:
        for path in sorted((site / "lessons").glob("*.html")):
            page.goto(path.as_uri())
            page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
            frames = page.locator("iframe[srcdoc]")
            for number in range(frames.count()):
                frames.nth(number).scroll_into_view_if_needed()
                inside = frames.nth(number).element_handle().content_frame()
                inside.wait_for_selector("svg")
                if not inside.locator('[data-do="first"]').count():
                    continue  # a network, or a program of tensors
                inside.click('[data-do="first"]', force=True)
                if not inside.is_enabled('[data-do="next"]'):
                    continue  # a value by itself
                assert set(inside.locator(".number.grad").all_text_contents()) <= {"–"}, path
                inside.click('[data-do="next"]')
                assert inside.inner_text(".caption").startswith("d"), path
                inside.click('[data-do="last"]')
                stepped += set(inside.locator(".number.grad").all_text_contents()) != {"–"}
    assert stepped > 10


def test_pictures_and_drawings_follow_the_toggle(browser: Any, site: Path) -> None:
    # The system says dark and the reader light, and the other way round.
    with visited(browser, site, viewport=WIDE, color_scheme="dark") as page:
        page.goto((site / "index.html").as_uri())
        ground = "getComputedStyle(document.querySelector('.glassgrad')).backgroundColor"
        seen = {}
        for theme in ("light", "dark"):
            while page.get_attribute("body", "data-theme") != theme:
                page.click(".content-icon-container .theme-toggle")
            light, dark = page.locator("img.only-light").first, page.locator("img.only-dark").first
            assert (light.is_visible(), dark.is_visible()) == (theme == "light", theme == "dark")
            seen[theme] = frame_of(page).evaluate(ground)
        assert seen == {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}


def lesson_with(site: Path, what: str) -> Path:
    return next(path for path in sorted((site / "lessons").glob("[0-9]*.html"))
                if what in path.read_text("utf-8"))  # fmt: skip


def test_a_result_is_hidden_until_the_reader_asks(browser: Any, site: Path) -> None:
    path = lesson_with(site, 'class="admonition-title">Predict')
    for scripts in (True, False):  # folding needs none
        with visited(browser, site, viewport=WIDE, java_script_enabled=scripts) as page:
            page.goto(path.as_uri())
            folded = page.locator("details:has(summary:text('Run it'))").first
            result = folded.locator("p, pre, img").last
            assert not result.is_visible()
            folded.locator("summary").click()
            assert result.is_visible()


def test_answers_are_judged_as_in_the_terminal(browser: Any, site: Path) -> None:
    with visited(browser, site, viewport=WIDE) as page:
        page.goto(lesson_with(site, "data-number=").as_uri())
        form = page.locator("form[data-number]").first
        answer = float(form.get_attribute("data-number"))

        def judged(given: str) -> str:
            form.locator("input").fill(given)
            form.locator("button").click()
            return str(form.locator("output").inner_text())

        for factor in (1.0, 1.009, 0.991, 1.02, 0.98, -1.0, 2.0):
            given = f"{answer * factor:.9g}"
            expected = answers.agrees(answers.number(given), answer)
            assert judged(given).startswith("Right") == expected, given
            assert judged(given.replace(".", ",").replace("-", "−")).startswith("Right") == expected
            assert judged(f" {float(given) * 4!r}/4").startswith("Right") == expected
        assert judged("") == "First an answer."
        for nonsense in ("six", "1/0", "1/2/3", "/", "--1"):
            with pytest.raises(gg.GlassgradError):
                answers.number(nonsense)
            assert judged(nonsense).startswith("Write a number"), nonsense
