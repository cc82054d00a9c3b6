"""RESULTS.md: the measurements of one run as a page, losses included."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks import fitted, sections, texts, traced
from benchmarks.findings import Findings
from benchmarks.footprint import RESIDENT, RESIDENT_OF_SLOW, TRACED
from benchmarks.gpt import DOCUMENTS
from benchmarks.lanes import ROWS
from benchmarks.replay import OPERATIONS
from benchmarks.switches import BASE, POINTS, ROUNDS
from benchmarks.tables import figure, table


def markdown(found: Findings) -> str:
    """Write the whole page."""
    parts = [
        texts.HEAD,
        machine(found),
        texts.SHORT,
        sections.short(found),
        texts.LOSSES,
        sections.losses(found),
        *(section(found) for section in SECTIONS.values()),
    ]
    return "\n".join(parts)


def machine(found: Findings) -> str:
    return table(["", ""], [[k, v] for k, v in found.machine.items()])


def _moons(found: Findings) -> str:
    return _join(texts.MOONS, sections.steps(found, "moons"), traced.first_steps(found, "moons"))


def _gpt(found: Findings) -> str:
    lengths = len(set(map(len, DOCUMENTS)))
    words = texts.GPT.format(names=len(DOCUMENTS), lengths=lengths)
    return _join(words, sections.steps(found, "gpt"), traced.first_steps(found, "gpt"))


def _mlp(found: Findings) -> str:
    return _join(texts.MLP, sections.steps(found, "mlp"), traced.first_steps(found, "mlp"))


def _digits(found: Findings) -> str:
    words = texts.DIGITS.format(
        tests=fitted.TESTS, epochs=fitted.EPOCHS, batch=fitted.BATCH, rate=fitted.RATE,
        least=fitted.LEAST,
    )  # fmt: skip
    return _join(words, traced.digits(found))


def _irregular(found: Findings) -> str:
    return _join(texts.IRREGULAR, traced.irregular(found))


def _expression(found: Findings) -> str:
    table = sections.steps(found, "expression")
    return _join(texts.EXPRESSION, table, traced.first_steps(found, "expression"))


def _lanes(found: Findings) -> str:
    table = sections.steps(found, "lanes")
    return _join(texts.LANES.format(rows=ROWS), table, traced.first_steps(found, "lanes"))


def _replay(found: Findings) -> str:
    return _join(texts.REPLAY.format(operations=OPERATIONS), traced.replays(found))


def _chain(found: Findings) -> str:
    return _join(texts.CHAIN, sections.chain(found))


def _phases(found: Findings) -> str:
    return _join(texts.PHASES, sections.phases(found))


def _switches(found: Findings) -> str:
    turns = sum(len(process[BASE]) for process in found.switches)
    words = texts.SWITCHES.format(points=POINTS, rounds=ROUNDS, turns=turns)
    return _join(words, sections.switches(found))


def _memory(found: Findings) -> str:
    words = texts.MEMORY.format(traced=TRACED, resident=RESIDENT, slow=RESIDENT_OF_SLOW)
    return _join(words, sections.memory(found))


def _import(found: Findings) -> str:
    if found.imports is None:
        return ""
    bare = figure(found.imports.bare * 1e3)
    return _join(texts.IMPORTS.format(bare=bare), sections.imports(found.imports))


def _layout(found: Findings) -> str:
    return _join(texts.LAYOUT, sections.layouts(found))


def _join(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


#: The tasks, as the command line names them, with their part of the page.
SECTIONS: dict[str, Callable[[Findings], str]] = {
    "moons": _moons,
    "gpt": _gpt,
    "mlp": _mlp,
    "digits": _digits,
    "expression": _expression,
    "lanes": _lanes,
    "irregular": _irregular,
    "chain": _chain,
    "replay": _replay,
    "phases": _phases,
    "switches": _switches,
    "memory": _memory,
    "import": _import,
    "layout": _layout,
}
