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


def chromium() -> str:
    """Find Chromium, or skip; with GLASSGRAD_REQUIRE_ALL=1 its absence is a failure."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("GLASSGRAD_CHROMIUM") or next(filter(None, map(shutil.which, names)), "")
    if not found:
        if os.environ.get("GLASSGRAD_REQUIRE_ALL") == "1":
            pytest.fail("chromium is required here and not installed: apt-get install chromium")
        pytest.skip("chromium is not installed")
    return found


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
