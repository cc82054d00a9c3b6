"""The tables of RESULTS.md."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

from benchmarks import traced
from benchmarks.cases import JIT, LONGEST, PASSES, SCALAR, Case
from benchmarks.chain import NODES_PER_ADDITION
from benchmarks.findings import Findings, typical
from benchmarks.fitted import TRAININGS
from benchmarks.footprint import SYSTEMS
from benchmarks.imports import Imports
from benchmarks.layout import Drawn
from benchmarks.phases import PARTS
from benchmarks.switches import COMPARED, WAYS
from benchmarks.systems import LABELS, OURS, SINGLE, made_of
from benchmarks.tables import against, figure, table

#: Of each task, the unit of its table.
UNITS = {
    "moons": (1e-3, "ms"), "gpt": (1e-3, "ms"), "expression": (1e-6, "µs"), "lanes": (1e-3, "ms"),
    "mlp": (1e-3, "ms"),
}  # fmt: skip


def name(system: str) -> str:
    return f"{LABELS[system]} ({made_of()})" if system == "glassgrad" else LABELS[system]


def short(found: Findings) -> str:
    """Put the figures that the project is judged by side by side."""
    rows = [
        [f"{words}: {LABELS[peer]} ÷ glassgrad", state, f"{figure(theirs / ours)}×"]
        for words, task, size, peer, states in (
            ("moons step", "moons", 0, "micrograd", ("on", "off")),
            ("gpt step", "gpt", 0, "plain", ("on", "off")),
            ("expression of micrograd's README", "expression", 0, "micrograd", ("on", "off")),
            ("chain of 1,000,000", "chain", 1_000_000, "micrograd", ("on", "off")),
            ("chain of 1,000,000", "chain", 1_000_000, "torch", ("on",)),
        )
        for state in states
        if (ours := found.seconds(task, "glassgrad", state, size))
        if (theirs := found.seconds(task, peer, state, size))
    ]
    rows += traced.short(found)
    rows += [
        [f"{phase.task} step: backward alone, per node", phase.collector, f"{figure(time)} ns"]
        for phase in found.phases
        if phase.system == "glassgrad"
        for time in [found.phase(phase, "backward") * 1e9]
    ]
    ours_in_memory = found.footprints["glassgrad"]
    if "held" in ours_in_memory:
        rows.append(["memory of a node", "off", f"{figure(ours_in_memory['held'])} bytes"])
    if ours_in_memory["resident"] is not None:
        each = ours_in_memory["resident"] / NODES_PER_ADDITION
        rows.append(["memory of a node, by growth of the process", "off", f"{figure(each)} bytes"])
    if found.imports:
        ours = found.imports.ours * 1e3
        rows.append(["`import glassgrad`, beyond bare Python", "on", f"{figure(ours)} ms"])
    return table(["", "collector", "figure"], rows)


def steps(found: Findings, task: str) -> str:
    """Tell what a step costs on every system."""
    unit, label = UNITS[task]
    head = ["system", "collector", f"median {label} per step", "rounds", "against glassgrad"]
    rows = [_row(found, case, unit) for case in found.timings if case.task == task]
    rows += [[name(c.system), "–", "not installed"] for c in found.absent if c.task == task]
    return table(head, rows)


def chain(found: Findings) -> str:
    head = [
        "additions", "system", "collector", "median ms per pass", "rounds", "against glassgrad",
        "ns per addition", "ns per node", "in the first pass",
    ]  # fmt: skip
    rows = []
    for case, results in found.timings.items():
        if case.task == "chain":
            each = typical(results) / case.size * 1e9
            node = begin = "–"
            if case.system in SCALAR:
                node = figure(each / NODES_PER_ADDITION)
                first = median(result["begin"][0] for result in results)
                begin = figure(first / case.size * 1e9 / NODES_PER_ADDITION)
            rows.append([f"{case.size:,}", *_row(found, case, 1e-3), figure(each), node, begin])
    rows += [
        [f"{c.size:,}", name(c.system), "–", "not installed"]
        for c in found.absent
        if c.task == "chain"
    ]
    for system, longest in LONGEST.items():
        seconds = found.seconds("chain", system, "on", longest)
        if seconds and longest < max(PASSES):
            guess = f"not run: at the pace of {longest:,}, {figure(seconds * 10)} s"
            rows.append([f"{10 * longest:,}", name(system), "on", guess])
    return table(head, rows)


def phases(found: Findings) -> str:
    head = ["task", "system", "collector", "nodes", *PARTS, "together"]
    rows = []
    for phase in found.phases:
        each = [found.phase(phase, part) * 1e9 for part in PARTS]
        count = f"{found.phase(phase, 'nodes'):,.0f}"
        figures = [figure(x) for x in (*each, sum(each))]
        rows.append([phase.task, name(phase.system), phase.collector, count, *figures])
    return table(head, rows)


def switches(found: Findings) -> str:
    head = [
        "way", "collector", "median ms", "ratio: median", "quartiles", "medians of the processes",
    ]  # fmt: skip
    rows = []
    for way in WAYS:
        seconds = [x for process in found.switches for x in process[way]]
        row = [way, "off", figure(median(seconds) * 1e3)]
        if way not in COMPARED:
            rows.append([*row, "1"])
            continue
        ratios = [
            [x / base for x, base in zip(process[way], process[COMPARED[way]], strict=True)]
            for process in found.switches
        ]
        low, middle, high = quantiles([x for process in ratios for x in process], n=4)
        of_processes = [median(process) for process in ratios]
        least, greatest = min(of_processes), max(of_processes)
        spread = [f"{low:.3f} – {high:.3f}", f"{least:.3f} – {greatest:.3f}"]
        rows.append([*row, f"{middle:.3f}", *spread])
    return table(head, rows)


def memory(found: Findings) -> str:
    head = [
        "system", "collector", "bytes per node", "bytes per addition",
        "growth of the process: bytes per addition", "bytes per node left after the last reference",
        "backward through 1,000 additions",
    ]  # fmt: skip
    return table(head, [_memory_row(system, found.footprints.get(system)) for system in SYSTEMS])


def imports(found: Imports) -> str:
    rows = [
        [f"`import {i.module}`", "–", "not installed"]
        if i.seconds is None
        else [
            f"`import {i.module}`", "on", figure(i.seconds * 1e3), str(i.runs),
            against(i.seconds, found.ours),
        ]
        for i in found.modules
    ]  # fmt: skip
    return table(["statement", "collector", "median ms", "runs", "against glassgrad"], rows)


def layouts(found: Findings) -> str:
    head = ["graph", "boxes", "system", "median ms", "rounds", "against glassgrad", "crossings"]
    return table(head, [_layout_row(found, drawn) for drawn in found.layouts])


def losses(found: Findings) -> str:
    """List every row in which somebody beats glassgrad."""
    lines = []
    for case, results in found.timings.items():
        theirs, ours = typical(results), found.ours(case)
        if theirs < ours and case.system not in OURS:
            size = f" of {case.size:,}" if case.size else ""
            jit = JIT + SINGLE * case.system.endswith(SINGLE)
            jitted = found.seconds(case.task, jit, case.collector, case.size)
            beside = f", and with `gg.jit` {against(theirs, jitted)}" if jitted else ""
            lines.append(
                f"- {case.task}{size}, collector {case.collector}: {name(case.system)} is "
                f"{against(theirs, ours)}{beside}.\n"
            )
    ours, theirs = (median(found.training(system, "seconds")) for system in TRAININGS)
    if theirs < ours:
        lines.append(f"- digits, collector on: {LABELS['sklearn']} is {against(theirs, ours)}.\n")
    ours_in_memory = found.footprints["glassgrad"]["resident"]
    lines += [
        f"- memory of a chain: {name(system)} needs {figure(theirs['resident'])} bytes for an "
        f"addition, glassgrad {figure(ours_in_memory)}.\n"
        for system, theirs in found.footprints.items()
        if theirs["resident"] is not None and theirs["resident"] < ours_in_memory
    ]
    lines += [line for drawn in found.layouts if not drawn.why for line in _lost(found, drawn)]
    if found.imports:
        lines += [
            f"- importing, collector on: `{i.module}` is "
            f"{against(i.seconds, found.imports.ours)}.\n"
            for i in found.imports.modules
            if i.seconds is not None and i.seconds < found.imports.ours
        ]
    return "".join(lines) or "Nowhere in this run.\n"


def _row(found: Findings, case: Case, unit: float) -> list[str]:
    rounds = [result["seconds"] / unit for result in found.timings[case]]
    seconds = typical(found.timings[case])
    return [
        name(case.system), case.collector, figure(seconds / unit),
        f"{figure(min(rounds))} – {figure(max(rounds))}", against(seconds, found.ours(case)),
    ]  # fmt: skip


def _lost(found: Findings, drawn: Drawn) -> list[str]:
    ours, who = found.our_layout(drawn.graph), f"- layout, {drawn.graph}: {LABELS[drawn.system]}"
    theirs, seconds = typical(drawn.results), typical(ours.results)
    lines = [f"{who} is {against(theirs, seconds)}.\n"] if theirs < seconds else []
    if drawn.crossings < ours.crossings:
        lines.append(f"{who} has {drawn.crossings:,} crossings, glassgrad {ours.crossings:,}.\n")
    return lines


def _layout_row(found: Findings, drawn: Drawn) -> list[str]:
    ours = found.our_layout(drawn.graph)
    row = [drawn.graph, f"{ours.results[0]['boxes']:,}", LABELS[drawn.system]]
    if drawn.why:
        return [*row, drawn.why]
    each = [result["seconds"] * 1e3 for result in drawn.results]
    seconds = typical(drawn.results)
    return [
        *row, figure(seconds * 1e3), f"{figure(min(each))} – {figure(max(each))}",
        against(seconds, typical(ours.results)), f"{drawn.crossings:,}",
    ]  # fmt: skip


def _memory_row(system: str, found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return [name(system), "–", "not installed"]
    grown = "–" if found["resident"] is None else figure(found["resident"])
    deep = {None: "–", True: "works", False: "RecursionError"}[found.get("deep")]
    if "held" not in found:
        return [name(system), "off", "–", "–", grown, "–", deep]
    held = found["held"]
    each = figure(held * NODES_PER_ADDITION)
    return [name(system), "off", figure(held), each, grown, figure(found["left"]), deep]
