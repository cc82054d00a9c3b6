"""Peers to compare with: where one is not installed its tests are counted, in one line."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from browser import FLAGS, chromium
from builds import BOTH, COMPILED, PACKAGE

#: What the tests compare with if it is installed; CI installs both.
OPTIONAL = {
    "torch": "pip install torch", "jax": "pip install jax", "pygraphviz": "pip install pygraphviz",
    "playwright.sync_api": "pip install playwright", "chromium": "apt-get install chromium",
    "KaTeX": "apt-get install libjs-katex",
}  # fmt: skip


def oracle(name: str) -> ModuleType:
    """Load a peer, or skip the test; with GLASSGRAD_REQUIRE_ALL=1 its absence is a failure."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        if os.environ.get("GLASSGRAD_REQUIRE_ALL") == "1":
            pytest.fail(f"{name} is required here and not installed: {OPTIONAL[name]}")
        pytest.skip(f"{name} is not installed")
    if name == "jax":
        module.config.update("jax_enable_x64", True)  # its default is float32
    return module


@pytest.fixture
def lifted_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run lifted tapes, even where plain ones are taken to be faster: the programs are small."""
    lifting = importlib.import_module("glassgrad.jitting.lifting.lifting")
    monkeypatch.setattr(lifting, "_PAYS", -1e9)


@pytest.fixture(scope="session")
def torch() -> Any:
    return oracle("torch")


@pytest.fixture(scope="session")
def jax() -> Any:
    return oracle("jax")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    executable = chromium()
    driver = oracle("playwright.sync_api").sync_playwright().start()
    try:
        started = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield started
        started.close()
    finally:
        driver.stop()


def pytest_configure() -> None:
    """Stop if a compiled module is older than what it was compiled from."""
    for library in (p for p in PACKAGE.rglob("*") if p.suffix in {".so", ".pyd"}):
        source = library.with_name(library.name.split(".")[0] + ".py")
        compiled_from = [source, source.with_suffix(".pxd"), PACKAGE / "engine.pxd",
                         PACKAGE / "machine.pxd", PACKAGE / "kernels.pxd", PACKAGE / "slab.h",
                         PACKAGE / "line.h"]
        in_c = source.with_suffix(".pyx")
        if in_c.exists():
            compiled_from = [in_c, source.with_suffix(".pxd"), *library.parent.glob("*.h")]
        for file in compiled_from:
            if COMPILED and file.exists() and file.stat().st_mtime > library.stat().st_mtime:
                pytest.exit(f"{file.name} is newer than {library.name}: pip install -e . again", 3)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what concerns a build, or a system, that is not this one."""
    there = {"compiled": COMPILED, "both_builds": BOTH, "posix": os.name == "posix",
             "linux": sys.platform == "linux"}  # fmt: skip
    out = [item for item in items
           if any(item.get_closest_marker(name) and not there[name] for name in there)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say in one line for each peer how many comparisons were not made."""
    skipped = terminalreporter.stats.get("skipped", [])
    for name, remedy in OPTIONAL.items():
        count = sum(f"{name} is not installed" in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.write_line(
                f"{count} comparisons with {name} were not made: it is not installed ({remedy}); "
                "GLASSGRAD_REQUIRE_ALL=1 makes that a failure"
            )
