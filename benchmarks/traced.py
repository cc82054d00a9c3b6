"""The parts of RESULTS.md about programs that are traced or compiled once, and called often."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.cases import FIT, JIT
from benchmarks.findings import Findings
from benchmarks.fitted import TRAININGS
from benchmarks.replay import OPERATIONS
from benchmarks.systems import LABELS, SINGLE
from benchmarks.tables import figure, table

#: The comparisons by which programs that are traced once are judged.
JUDGED = (
    ("moons step", "moons", "torch", JIT),
    ("moons step", "moons", "jax", JIT),
    ("moons step", "moons", "numpy", JIT),
    ("moons step", "moons", "cpp", JIT),
    ("moons step", "moons", "cpp", FIT),
    ("moons step", "moons", "cpp-vectors", FIT),
    ("gpt step", "gpt", "torch", JIT),
    ("gpt step", "gpt", "jax", JIT),
    ("gpt step", "gpt", "cpp-vectors", JIT),
    ("mlp step", "mlp", "numpy", JIT),
    ("mlp step", "mlp", "numpy", FIT),
    ("mlp step", "mlp", "torch", JIT),
    ("mlp step", "mlp", "torch", FIT),
    ("mlp step", "mlp", "numpy-f32", JIT + SINGLE),
    ("mlp step", "mlp", "torch-f32", JIT + SINGLE),
    ("expression of micrograd's README", "expression", "casadi", JIT),
    ("expression of micrograd's README", "expression", "jax", JIT),
    ("the expression for 10,000 pairs", "lanes", "jax", JIT),
)

#: What some systems do once, in the checked passes.
PREPARE = {
    "glassgrad-jit": "gg.jit traces and lowers",
    "glassgrad-jit-f32": "in float32",
    "glassgrad-fit": "gg.fit traces, lowers, and compares a few steps with the model",
    "jax": "JAX compiles",
    "jax-f32": "in float32",
    "casadi": "CasADi builds its formulas",
}



def short(found: Findings) -> list[list[str]]:
    """Put the figures of `gg.jit` and `gg.fit` side by side."""
    rows = [
        [f"{words}: {LABELS[peer]} ÷ {LABELS[our]}", "on", f"{figure(theirs / ours)}×"]
        for words, task, peer, our in JUDGED
        if (ours := found.seconds(task, our, "on"))
        if (theirs := found.seconds(task, peer, "on"))
    ]
    seconds, theirs = (median(found.training(system, "seconds")) for system in TRAININGS)
    label = f"digits: {LABELS['sklearn']} ÷ {LABELS[FIT]}"
    return [*rows, [label, "on", f"{figure(theirs / seconds)}×"]]


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


def digits(found: Findings) -> str:
    """Tell what a training takes from nothing, and how good it is."""
    head = ["system", "collector", "median s", "seeds", "accuracy in the test, by seed"]
    rows = []
    for system in TRAININGS:
        each = found.training(system, "seconds")
        good = ", ".join(f"{accuracy:.1%}" for accuracy in found.training(system, "accuracy"))
        spread = f"{figure(min(each))} – {figure(max(each))}"
        rows.append([LABELS[system], "on", figure(median(each)), spread, good])
    return table(head, rows)


def irregular(found: Findings) -> str:
    """Tell what lifting gains in each of the programs."""
    head = [
        "program", "instructions", "when lifted", "as it is, µs", "scalar instructions, µs",
        "lifted, µs", "scalar ÷ lifted", "rounds",
    ]  # fmt: skip
    rows = []
    for name, results in found.irregular.items():
        times = (median(r[way] for r in results) * 1e6 for way in ("eager", "plain", "lifted"))
        ratios = [result["ratio"] for result in results]
        rows.append([
            name, *(f"{results[0][f'{way} instructions']:,}" for way in ("plain", "lifted")),
            *map(figure, times),
            f"{figure(median(ratios))}×", f"{figure(min(ratios))} – {figure(max(ratios))}",
        ])  # fmt: skip
    return table(head, rows)
