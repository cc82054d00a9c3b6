"""Probes put to a class of values, and what came of each."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from glassgrad.learn.grading.probes import TYPE_ERROR, Probe

#: What came of a probe: numbers, an error, or methods that are not there yet.
NUMBERS, RAISED, MISSING = "numbers", "raised", "missing"

#: What attributes may be called, the usual name first.
_DATA = ("data", "value", "val")
_GRAD = ("grad", "gradient", "_grad")


@dataclass(frozen=True)
class Names:
    """What things are called in a learner's engine."""

    data: str = "data"
    grad: str = "grad"
    backward: str = "backward"

    def of(self, engine: Any, given: Mapping[str, str]) -> Names:
        """Find out the names from a value, except those that are given."""
        found = {}
        try:
            v = engine(2.0)
        except Exception:  # a probe will say so
            return replace(self, **given)
        for field, usual in (("data", _DATA), ("grad", _GRAD)):
            for name in usual:
                if hasattr(v, name):
                    found[field] = name
                    break
        return replace(self, **{**found, **given})

    def adapted(self, text: str, class_name: str = "Value") -> str:
        """Write a program with these names."""
        for usual, name in (("data", self.data), ("grad", self.grad), ("backward", self.backward)):
            text = re.sub(rf"\.{usual}\b", f".{name}", text)
        return re.sub(r"\bValue\b", class_name, text)


@dataclass(frozen=True)
class Outcome:
    """What came of a probe.

    Attributes
    ----------
    kind : str
        `NUMBERS`, `RAISED` or `MISSING`.
    numbers : tuple of float
        What was read.
    words : str
        The error, or the methods that are missing.
    """

    kind: str
    numbers: tuple[float, ...] = ()
    words: str = ""

    def agrees(self, other: Outcome) -> bool:
        """Tell whether something else came to the same."""
        if self.kind != other.kind:
            return False
        if self.kind == RAISED:
            return self.words.partition(":")[0] == other.words.partition(":")[0]
        return len(self.numbers) == len(other.numbers) and all(
            math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-9) or (x != x and y != y)
            for x, y in zip(self.numbers, other.numbers, strict=True)
        )


def ask(engine: Any, probe: Probe, names: Names) -> Outcome:
    """Run a probe's program with a class, and read what it asks for."""
    missing = [
        name for name in probe.needs
        if not hasattr(engine, names.backward if name == "backward" else name)
    ]  # fmt: skip
    if missing:
        return Outcome(MISSING, words=", ".join(missing))
    space: dict[str, Any] = {"Value": engine}
    try:
        exec(names.adapted(probe.program), space)
        if probe.reads == (TYPE_ERROR,):
            return Outcome(NUMBERS)
        read = [eval(names.adapted(text), space) for text in probe.reads]
        return Outcome(NUMBERS, tuple(float(x) for x in read))
    except MemoryError:
        raise
    except Exception as error:  # whatever a learner's engine raises
        text = str(error).partition("\n")[0]
        kind = type(error).__name__
        return Outcome(RAISED, words=f"{kind}: {text}" if text else kind)
