"""A second thread changes no bit, and is there only where it is wanted: see parts.py."""

from __future__ import annotations

import os
import sys

import pytest

import parts
from builds import TESTS, run_in

pytestmark = pytest.mark.compiled


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Compute with one thread: digests for double and single, and how many threads were made."""
    return run("1", "", monkeypatch)


def run(threads: str, after: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("GLASSGRAD_THREADS", threads)
    path = [str(parts.SOURCE), str(TESTS)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    return run_in("compiled", TESTS / "parts.py", after).split()


@pytest.mark.parametrize("after", ["", "threads", "idle"])
def test_two_threads_have_the_same_bits(
    alone: list[str], after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    *digests, more = run("2", after, monkeypatch)
    assert digests == alone[:2]
    assert alone[2] == "0"
    assert more == ("1" if parts.TASKS else "0")


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_child_makes_its_own(alone: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("2", "fork", monkeypatch)[:2] == alone[:2]
