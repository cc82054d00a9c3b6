"""What it costs to keep a long program: making it, its memory, and running it again.

Two chains of a million operations are functions of a few numbers, made once and called with
other numbers each time, for their value and all their gradients: by `gg.jit` with `backward`, and
by CasADi, whose function gives both. JAX is left out: it gives up on chains like these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from benchmarks.footprint import resident

#: The operations of a chain, and how often it is run to be timed.
OPERATIONS = 1_000_000
PASSES = 5
ROUNDS = 2

#: How closely two systems must agree; the longest sums go through a million roundings.
TOLERANCE = 1e-9

Run = Callable[[float, float], list[float]]


def additions(start: Any, _: Any) -> Any:
    v = start
    for _ in range(OPERATIONS):
        v = v + 1
    return v


def products(start: Any, x: Any) -> Any:
    v = start
    for _ in range(OPERATIONS // 2):
        v = v * x + 1.0
    return v


CHAINS = {"v = v + 1": additions, "v = v * x + 1": products}


def expected(chain: str, start: float, x: float) -> list[float]:
    """Compute the value and the gradients for `start` and x, with floats."""
    if chain == "v = v + 1":
        return [additions(start, x), 1.0, 0.0]
    v, of_start, of_x = start, 1.0, 0.0
    for _ in range(OPERATIONS // 2):
        v, of_start, of_x = v * x + 1.0, of_start * x, of_x * x + v
    return [v, of_start, of_x]


def glassgrad(chain: str) -> tuple[Run, Callable[[], int]]:
    import glassgrad as gg

    f = gg.jit(CHAINS[chain])

    def run(start: float, x: float) -> list[float]:
        a, b = gg.Value(start), gg.Value(x)
        total = f(a, b)
        total.backward()
        return [total.data, a.grad, b.grad]

    return run, lambda: f.stats.bytes


def casadi(chain: str) -> tuple[Run, Callable[[], None]]:
    import casadi as ca

    start, x = ca.SX.sym("start"), ca.SX.sym("x")
    v = CHAINS[chain](start, x)
    f = ca.Function("chain", [start, x], [v, ca.gradient(v, start), ca.gradient(v, x)])
    return lambda *numbers: [float(number) for number in f(*numbers)], lambda: None


SYSTEMS = {"glassgrad-jit": glassgrad, "casadi": casadi}


@dataclass(frozen=True)
class Replay:
    """One row of the table."""

    system: str
    chain: str

    def arguments(self) -> list[str]:
        """Write the row as the command line of `benchmarks/worker.py`."""
        return ["replay", self.system, "--chain", self.chain, "--gc", "off"]


REPLAYS = [Replay(system, chain) for chain in CHAINS for system in SYSTEMS]


def replay(system: str, chain: str) -> dict[str, Any]:
    """Measure a chain on a system: seconds to make it, seconds of a pass, bytes that it keeps.

    The process grows by what was needed for a while, too, until the system has got it back. So
    the bytes of the program itself and of the numbers of a run are given where they are known.
    """
    before, began = resident(), process_time()
    run, size = SYSTEMS[system](chain)
    found = [run(0.5, 0.999)]
    first = process_time() - began
    grown = resident() - before
    seconds = []
    for k in range(PASSES):
        began = process_time()
        found.append(run(0.25 * k, 0.998 - k / 1000))
        seconds.append(process_time() - began)
    _check(system, chain, found)
    return {"first": first, "seconds": median(seconds), "grown": grown, "held": size()}


def _check(system: str, chain: str, found: list[list[float]]) -> None:
    starts = [(0.5, 0.999), *((0.25 * k, 0.998 - k / 1000) for k in range(PASSES))]
    for numbers, got in zip(starts, found, strict=True):
        for x, y in zip(got, expected(chain, *numbers), strict=True):
            if abs(x - y) > TOLERANCE * max(1.0, abs(y)):
                raise SystemExit(f"{system} computes {x} in {chain}, but {y} is expected")
