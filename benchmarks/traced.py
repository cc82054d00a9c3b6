"""The parts of RESULTS.md about programs that are traced or compiled once, and called often."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.cases import JIT
from benchmarks.findings import Findings
from benchmarks.replay import OPERATIONS
from benchmarks.systems import LABELS
from benchmarks.tables import figure, table

#: The comparisons by which `gg.jit` is judged.
JUDGED = (
    ("moons step", "moons", "torch"),
    ("moons step", "moons", "jax"),
    ("gpt step", "gpt", "torch"),
    ("gpt step", "gpt", "jax"),
    ("expression of micrograd's README", "expression", "casadi"),
    ("expression of micrograd's README", "expression", "jax"),
    ("the expression for 10,000 pairs", "lanes", "jax"),
)

#: What some systems do once, in the checked passes.
PREPARE = {
    "glassgrad-jit": "gg.jit traces and lowers",
    "jax": "JAX compiles",
    "casadi": "CasADi builds its formulas",
}



def short(found: Findings) -> list[list[str]]:
    """Put the figures of `gg.jit` side by side."""
    return [
        [f"{words}: {LABELS[peer]} ÷ glassgrad with `gg.jit`", "on", f"{figure(theirs / ours)}×"]
        for words, task, peer in JUDGED
        if (ours := found.seconds(task, JIT, "on"))
        if (theirs := found.seconds(task, peer, "on"))
    ]


def first_steps(found: Findings, task: str) -> str:
    """Tell what the figures leave out: what the checked passes took beyond the usual."""
    spent = [
        f"{does} in {figure(median(map(_beyond, results)))} s"
        for system, does in PREPARE.items()
        for case, results in found.timings.items()
        if (case.task, case.system) == (task, system)
    ]
    if not spent:
        return ""
    return f"Not in the figures (CPU time, collector on): {'; '.join(spent)}.\n"


def _beyond(result: dict[str, Any]) -> float:
    return float(sum(result["begin"]) - len(result["begin"]) * result["seconds"])


def replays(found: Findings) -> str:
    """Tell what it costs to keep a long program."""
    head = [
        "chain", "system", "collector", "first pass, s", "later passes, ms", "ns per operation",
        "bytes per operation", "growth of the process: bytes per operation",
    ]  # fmt: skip
    rows = []
    for kept, results in found.replays.items():
        first, seconds, grown = (
            median(result[part] for result in results) for part in ("first", "seconds", "grown")
        )
        held = results[0]["held"]
        rows.append([
            f"`{kept.chain}`", LABELS[kept.system], "off", figure(first), figure(seconds * 1e3),
            figure(seconds / OPERATIONS * 1e9), figure(held / OPERATIONS) if held else "–",
            figure(grown / OPERATIONS),
        ])  # fmt: skip
    return table(head, rows)
