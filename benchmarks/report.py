"""RESULTS.md: the measurements of one run as a page, losses included."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks import texts
from benchmarks.cases import LONGEST_FOR_PEERS, Case
from benchmarks.chain import NODES_PER_ADDITION
from benchmarks.footprint import ADDITIONS
from benchmarks.imports import Imports
from benchmarks.systems import LABELS, SCALAR, made_of
from benchmarks.tables import against, figure, table

Results = dict[Case, list[dict[str, Any]]]


@dataclass(frozen=True)
class Findings:
    """Everything one run has found out; `absent` are the cases of systems not installed."""

    machine: dict[str, str]
    timings: Results
    footprints: dict[str, dict[str, Any]]
    imports: Imports
    absent: list[Case]


def markdown(found: Findings) -> str:
    """Write the whole page."""
    parts = [
        texts.HEAD,
        table(["", ""], [[k, v] for k, v in found.machine.items()]),
        texts.LOSSES,
        _losses(found),
        texts.MOONS,
        _steps(found, "moons"),
        _compiling(found.timings),
        texts.EXPRESSION,
        _steps(found, "expression"),
        texts.CHAIN,
        _chain(found),
        texts.FOOTPRINT.format(additions=ADDITIONS),
        _footprints(found.footprints),
        texts.IMPORTS.format(bare=figure(found.imports.bare * 1e3)),
        _imports(found.imports),
    ]
    return "\n".join(part for part in parts if part)


def name(system: str) -> str:
    return f"glassgrad ({made_of()})" if system == "glassgrad" else LABELS[system]


def typical(results: list[dict[str, Any]]) -> float:
    """Take the median over the rounds; each round's figure is a median over its samples."""
    return float(median(result["seconds"] for result in results))


def _ours(case: Case, timings: Results) -> float:
    """Find glassgrad's time for the same work in the same state of the collector."""
    (mine,) = (
        ours
        for ours in timings
        if ours.system == "glassgrad"
        and (ours.task, ours.size, ours.collector) == (case.task, case.size, case.collector)
    )
    return typical(timings[mine])


def _row(case: Case, timings: Results, unit: float) -> list[str]:
    rounds = [result["seconds"] / unit for result in timings[case]]
    seconds = typical(timings[case])
    return [
        name(case.system), case.collector, figure(seconds / unit),
        f"{figure(min(rounds))} – {figure(max(rounds))}", against(seconds, _ours(case, timings)),
    ]  # fmt: skip


def _steps(found: Findings, task: str) -> str:
    """Tell what a step costs on every system."""
    unit, label = (1e-3, "ms") if task == "moons" else (1e-6, "µs")
    head = ["system", "collector", f"median {label} per step", "rounds", "against glassgrad"]
    rows = [_row(case, found.timings, unit) for case in found.timings if case.task == task]
    rows += [[name(c.system), "–", "not installed"] for c in found.absent if c.task == task]
    return table(head, rows)


def _chain(found: Findings) -> str:
    head = [
        "additions", "system", "collector", "median ms per pass", "rounds", "against glassgrad",
        "ns per addition", "ns per node",
    ]  # fmt: skip
    rows = []
    for case, results in found.timings.items():
        if case.task == "chain":
            each = typical(results) / case.size * 1e9
            node = figure(each / NODES_PER_ADDITION) if case.system in SCALAR else "–"
            row = _row(case, found.timings, 1e-3)
            rows.append([f"{case.size:,}", *row, figure(each), node])
    rows += [
        [f"{c.size:,}", name(c.system), "–", "not installed"]
        for c in found.absent
        if c.task == "chain"
    ]
    longer = f"over {LONGEST_FOR_PEERS:,}"
    rows.append([longer, name("micrograd"), "–", "not run: recursion too deep"])
    rows.append([longer, name("torch"), "–", "not run, to save time"])
    return table(head, rows)


def _losses(found: Findings) -> str:
    """List every row in which somebody beats glassgrad."""
    lines = []
    for case, results in found.timings.items():
        theirs, ours = typical(results), _ours(case, found.timings)
        if theirs < ours:
            size = f" of {case.size:,}" if case.size else ""
            lines.append(
                f"- {case.task}{size}, collector {case.collector}: {name(case.system)} is "
                f"{against(theirs, ours)}.\n"
            )
    lines += [
        f"- importing, collector on: `{i.module}` is {against(i.seconds, found.imports.ours)}.\n"
        for i in found.imports.modules
        if i.seconds is not None and i.seconds < found.imports.ours
    ]
    return "".join(lines) or "Nowhere in this run.\n"


def _compiling(timings: Results) -> str:
    """Tell what the figures of JAX leave out."""
    for case, results in timings.items():
        if (case.task, case.system) == ("moons", "jax"):
            seconds = median(result["first"] for result in results)
            return (
                "JAX compiles in its first step, which is not in the figure: it took "
                f"{figure(seconds)} s of CPU time (collector on).\n"
            )
    return ""


def _footprints(footprints: dict[str, dict[str, Any]]) -> str:
    head = [
        "system", "collector", "bytes per node", "bytes left after the last reference is gone",
        "backward through 1,000 additions",
    ]  # fmt: skip
    rows = [
        [
            name(system), "off", figure(found["held"]), figure(found["left"]),
            "works" if found["deep"] else "RecursionError",
        ]
        for system, found in footprints.items()
    ]  # fmt: skip
    return table(head, rows)


def _imports(imports: Imports) -> str:
    rows = [
        [f"`import {i.module}`", "–", "not installed"]
        if i.seconds is None
        else [
            f"`import {i.module}`", "on", figure(i.seconds * 1e3), str(i.runs),
            against(i.seconds, imports.ours),
        ]
        for i in imports.modules
    ]  # fmt: skip
    return table(["statement", "collector", "median ms", "runs", "against glassgrad"], rows)
