"""A browser to open pages in: the Chromium of this machine, started once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

#: Lists texts that stand out too little from their ground (WCAG 2 AA), each with its contrast.
TOO_FAINT = """() => {
  const parse = (text) => { const c = text.match(/[\\d.]+/g).map(Number); return [...c.slice(0, 3), c[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3]));
  const linear = (v) => v <= 10 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const ground = (e) => {
    if (!e) return [255, 255, 255];
    const own = parse(getComputedStyle(e).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(e.parentElement));
  };
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    const said = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!said || !e.checkVisibility() || e.closest("script, style, noscript")) continue;
    const style = getComputedStyle(e), behind = ground(e);
    const both = [light(over(parse(style.color), behind)), light(behind)].sort((a, b) => b - a);
    const contrast = (both[0] + 0.05) / (both[1] + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (contrast < (large ? 3 : 4.5)) faint.push(`${e.tagName}.${e.className} ${contrast.toFixed(2)}: ${e.textContent.trim().slice(0, 30)}`);
  }
  return faint;
}"""  # noqa: E501


def chromium() -> str:
    """Find Chromium, or skip; with GLASSGRAD_REQUIRE_ALL=1 its absence is a failure."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("GLASSGRAD_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")
    if not found:
        if os.environ.get("GLASSGRAD_REQUIRE_ALL") == "1":
            pytest.fail("chromium is required here and not installed: apt-get install chromium")
        pytest.skip("chromium is not installed")
    return found


def katex() -> Path:
    """Find KaTeX, or skip; with GLASSGRAD_REQUIRE_ALL=1 its absence is a failure."""
    place = os.environ.get("GLASSGRAD_KATEX", "/usr/share/javascript/katex/katex.min.js")
    if not Path(place).exists():
        if os.environ.get("GLASSGRAD_REQUIRE_ALL") == "1":
            pytest.fail("KaTeX is required here: apt-get install libjs-katex")
        pytest.skip("KaTeX is not installed: apt-get install libjs-katex")
    return Path(place)


@contextmanager
def opened(browser: Any, path: Path, **context: Any) -> Iterator[Any]:
    """Open a page from a file; at the end, see that it was quiet and asked for nothing else."""
    complaints: list[str] = []
    asked: list[str] = []
    inside = browser.new_context(**context)
    page = inside.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    try:
        yield page
        assert complaints == []
        assert asked == [path.as_uri()]
    finally:
        inside.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder from this machine, as a plain web server would."""
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
