"""Run the examples in the documentation: every code block and every docstring."""

from __future__ import annotations

import io
import os
import re
import shlex
from contextlib import redirect_stdout
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sybil import Example, Sybil
from sybil.document import PythonDocStringDocument
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

from glassgrad.cli import _parser, main

ROOT = Path(__file__).resolve().parent
FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE


def known_command(example: Example) -> None:
    """Check that a command shown to the reader is one that there is."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    extras = set(re.findall(r"^(\w+) = \[", (ROOT / "pyproject.toml").read_text("utf-8"), re.M))
    for line in str(example.parsed).splitlines():
        command = shlex.split(line, comments=True)
        match command:
            case []:
                pass
            case ["make", target]:
                assert target in targets, f"there is no `make {target}`"
            case ["pip", "install", *packages]:
                named = re.findall(r"\[(\w+)\]", " ".join(packages))
                assert set(named) <= extras, f"pyproject.toml lacks an extra of {named}"
            case ["git", "clone", *_] | ["cd", _]:
                pass
            case ["glassgrad", *arguments]:
                _parser().parse_args(arguments)  # it exits where there is no such option
                example.namespace["arguments"] = arguments
            case _:
                raise AssertionError(f"nothing checks this command: {line}")


def what_it_prints(example: Example) -> None:
    """Check that a block of text is what the command before it prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert main(example.namespace["arguments"]) == 0
    assert printed.getvalue().strip() == str(example.parsed).strip()


def lacks(peer: str) -> bool:
    """Say whether what is said about a peer must be skipped; where all is required, nothing is."""
    return find_spec(peer) is None and os.environ.get("GLASSGRAD_REQUIRE_ALL") != "1"


def names_for_pages(namespace: dict[str, Any]) -> None:
    """Give the pages what their comments, which no reader sees, ask for."""
    namespace["lacks"] = lacks


in_markdown = Sybil(
    parsers=[
        SkipParser(),
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        CodeBlockParser(language="sh", evaluator=known_command),
        CodeBlockParser(language="text", evaluator=what_it_prints),
    ],
    patterns=["*.md"],
    setup=names_for_pages,
    excludes=["benchmarks/*", "texts/*"],  # the lessons are run by their own tests
)
in_docstrings = Sybil(
    parsers=[DocTestParser(FLAGS)],
    path=str(ROOT / "src"),
    patterns=["*.py"],
    document_types={".py": PythonDocStringDocument},
)
pytest_collect_file = (in_markdown + in_docstrings).pytest()
