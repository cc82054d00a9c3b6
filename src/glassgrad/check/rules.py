"""Which operation of a graph has a wrong rule: the local derivatives, nudged one by one."""

from __future__ import annotations

from glassgrad.check.slopes import measure
from glassgrad.engine import Value, edges
from glassgrad.graph import ancestors, without_calls
from glassgrad.replaying import computed
from glassgrad.show.numbers import number


def wrong_rules(root: Value) -> list[str]:
    """Say of each operation in the graph whose local derivative is wrong what it should be."""
    found: dict[str, str] = {}
    for v in ancestors(*without_calls(root)):
        operands = [operand.data for operand, _ in edges(v)]
        for i, (_, partial) in enumerate(edges(v)):

            def moved(x: float, v: Value = v, i: int = i, at: list[float] = operands) -> float:
                return computed(v, [*at[:i], x, *at[i + 1 :]])

            slope = measure(moved, operands[i])
            if slope.kind == "smooth" and not agrees(partial, slope.value, slope.error):
                at = ", ".join(map(number, operands))
                which = f" for operand {i + 1}" if len(operands) > 1 else ""
                found.setdefault(
                    v._op,
                    f"the rule of {v._op} is wrong{which}: at {v._op}({at}) its local derivative "
                    f"is {number(partial, 6)}, and nudging gives {number(slope.value, 6)}",
                )
    return list(found.values())


def agrees(analytic: float, numeric: float, error: float) -> bool:
    """Compare a derivative with a slope that was measured, which may be off by so much."""
    return abs(analytic - numeric) <= 1e-6 * max(abs(analytic), abs(numeric)) + 10.0 * error
