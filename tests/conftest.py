"""Peers to compare with: where one is not installed its tests are counted, in one line."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from types import ModuleType
from typing import Any

import pytest

#: What the tests compare with if it is installed; CI installs both.
OPTIONAL = {"torch": "pip install torch", "jax": "pip install jax"}

_missed: Counter[str] = Counter()


def oracle(name: str) -> ModuleType:
    """Load a peer, or skip the test; with GLASSGRAD_REQUIRE_ALL=1 its absence is a failure."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        if os.environ.get("GLASSGRAD_REQUIRE_ALL") == "1":
            pytest.fail(f"{name} is required here and not installed: {OPTIONAL[name]}")
        _missed[name] += 1
        pytest.skip(f"{name} is not installed")
    if name == "jax":
        module.config.update("jax_enable_x64", True)  # its default is float32
    return module


@pytest.fixture(scope="session")
def torch() -> Any:
    return oracle("torch")


@pytest.fixture(scope="session")
def jax() -> Any:
    return oracle("jax")


@pytest.fixture(autouse=True)
def count_skips(request: pytest.FixtureRequest) -> None:
    """Count tests that a session-wide skip leaves out."""


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for name, count in _missed.items():
        terminalreporter.write_line(
            f"{count} comparisons with {name} were not made: it is not installed "
            f"({OPTIONAL[name]}); GLASSGRAD_REQUIRE_ALL=1 makes that a failure"
        )
