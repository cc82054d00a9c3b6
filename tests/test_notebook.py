"""A notebook that shows Values: run, exported to HTML, and opened in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import oracle

CELLS = [
    "import glassgrad as gg\na, b, c, f = map(gg.Value, (2.0, -3.0, 10.0, -2.0))",
    "e = a * b\nd = e + c\nL = d * f\ngg.label_locals()",
    "L",
    "gg.draw(L, after=2)",
    "gg.draw(gg.nn.MLP(2, [3, 1]))",
]
#: The kernel of notebooks warns of its own future.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    nbformat = oracle("nbformat")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS]
    )
    oracle("nbclient").NotebookClient(notebook, timeout=120).execute()
    html, _ = oracle("nbconvert").HTMLExporter(embed_images=True).from_notebook_node(notebook)
    path = tmp_path_factory.mktemp("notebook") / "exported.html"
    path.write_text(html, "utf-8")
    for cell in notebook.cells[2:]:
        assert {"text/html", "image/svg+xml", "text/plain"} <= set(cell.outputs[-1].data)
    return path


def test_an_exported_notebook_still_shows_and_moves(exported: Path, browser: Any) -> None:
    inside = browser.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    page = inside.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(exported.as_uri())
    value, stage = page.locator(".glassgrad").all()
    assert value.locator(".caption").inner_text() != stage.locator(".caption").inner_text()
    stage.get_by_role("button", name="Step forward").click()
    assert stage.locator(".caption").inner_text() == "×: a.grad += b · e.grad = −3 · −2 = 6"
    frame = page.frame_locator("iframe[srcdoc]")
    assert frame.locator("svg.gg-network circle").count() >= 6
    assert errors == []
    inside.close()
