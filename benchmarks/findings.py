"""What one run has found out, and the figures that the tables are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.cases import Case
from benchmarks.fitted import Digits
from benchmarks.imports import Imports
from benchmarks.layout import Drawn
from benchmarks.phases import Phase
from benchmarks.replay import Replay

Results = dict[Case, list[dict[str, Any]]]


@dataclass
class Findings:
    """Everything one run has found out; `absent` are the cases of systems not installed."""

    machine: dict[str, str]
    absent: list[Case] = field(default_factory=list)
    timings: Results = field(default_factory=dict)
    digits: dict[Digits, list[dict[str, float]]] = field(default_factory=dict)
    irregular: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    phases: dict[Phase, list[dict[str, float]]] = field(default_factory=dict)
    replays: dict[Replay, list[dict[str, Any]]] = field(default_factory=dict)
    switches: list[dict[str, list[float]]] = field(default_factory=list)
    footprints: dict[str, dict[str, Any]] = field(default_factory=dict)
    imports: Imports | None = None
    layouts: list[Drawn] = field(default_factory=list)

    def seconds(self, task: str, system: str, collector: str, size: int = 0) -> float | None:
        """Look up the median seconds of a pass, if this was measured."""
        for case, results in self.timings.items():
            if (case.task, case.system, case.collector, case.size) == (
                task, system, collector, size
            ):  # fmt: skip
                return typical(results)
        return None

    def ours(self, case: Case) -> float:
        """Find glassgrad's time for the same work in the same state of the collector."""
        seconds = self.seconds(case.task, "glassgrad", case.collector, case.size)
        assert seconds is not None, f"glassgrad was not measured in {case}"
        return seconds

    def training(self, system: str, part: str) -> list[float]:
        """List the seconds, or the accuracy, of a training on the digits for each seed."""
        return [
            result[part]
            for row, results in self.digits.items()
            for result in results
            if row.system == system
        ]

    def phase(self, phase: Phase, part: str) -> float:
        """Find the median over the rounds of one part of a training step."""
        return median(result[part] for result in self.phases[phase])

    def our_layout(self, graph: str) -> Drawn:
        """Find what glassgrad made of a graph."""
        return next(d for d in self.layouts if (d.graph, d.system) == (graph, "glassgrad"))


def typical(results: list[dict[str, Any]]) -> float:
    """Take the median over the rounds; each round's figure is a median over its samples."""
    return float(median(result["seconds"] for result in results))
