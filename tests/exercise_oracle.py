"""Exercises worked out without glassgrad: from the text that a learner reads, and nothing else.

Gradients are found by dual numbers, steps and slopes with exact fractions.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple


class Dual(NamedTuple):
    """A number, and how fast it moves with the one that is asked about."""

    x: float
    dx: float = 0.0

    def __add__(self, other: Any) -> Dual:  # type: ignore[override]
        o = dual(other)
        return Dual(self.x + o.x, self.dx + o.dx)

    def __sub__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.x - o.x, self.dx - o.dx)

    def __mul__(self, other: Any) -> Dual:  # type: ignore[override]
        o = dual(other)
        return Dual(self.x * o.x, self.x * o.dx + self.dx * o.x)

    def __truediv__(self, other: Any) -> Dual:
        o = dual(other)
        return Dual(self.x / o.x, (self.dx * o.x - self.x * o.dx) / o.x**2)

    def __pow__(self, n: int) -> Dual:
        return Dual(self.x**n, n * self.x ** (n - 1) * self.dx)

    def __neg__(self) -> Dual:
        return self * -1

    def __radd__(self, other: Any) -> Dual:
        return dual(other) + self

    def __rsub__(self, other: Any) -> Dual:
        return dual(other) - self

    def __rmul__(self, other: Any) -> Dual:  # type: ignore[override]
        return dual(other) * self

    def __rtruediv__(self, other: Any) -> Dual:
        return dual(other) / self


def dual(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x)


def through(f: Callable[[float], float], slope: Callable[[float], float]) -> Callable[[Any], Dual]:
    return lambda v: Dual(f(dual(v).x), slope(dual(v).x) * dual(v).dx)


FUNCTIONS = {
    "tanh": through(math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "exp": through(math.exp, math.exp),
    "log": through(math.log, lambda x: 1 / x),
    "sigmoid": through(lambda x: 1 / (1 + math.exp(-x)),
                       lambda x: 1 / (2 + math.exp(x) + math.exp(-x))),
    "relu": through(lambda x: max(0.0, x), lambda x: float(x > 0)),
}  # fmt: skip


def derivative(program: str, output: str, wrt: str, **given: float) -> float:
    """Run a program, and let one of its values move."""
    names: dict[str, Any] = {**FUNCTIONS, **given, "moving": Dual(0.0, 1.0)}
    if wrt in given:
        names[wrt] = Dual(given[wrt], 1.0)
    program = f"\n{program}".replace("; ", "\n")
    exec(re.sub(rf"\n({wrt} = .*)", rf"\n\1; {wrt} = {wrt} + moving", program), names)
    return dual(names[output]).dx


def recomputed(task: Any) -> list[Any]:
    """Work a task out: numbers, or the label of the right choice."""
    return _KINDS[task.kind](task)


def _gradients(task: Any) -> list[Any]:
    names = [re.fullmatch(r"d(\w+)/d(\w+)", answer.name) for answer in task.answers]
    return [derivative(task.program, found[1], found[2]) for found in names if found]


def _local(task: Any) -> list[Any]:
    [choice] = task.answers if len(task.answers) == 1 else [None]
    if hasattr(choice, "options"):
        return [_right_formula(task, choice)]
    output, incoming = re.search(r"(\w+)\.grad is (-?[\d.]+\d|-?\d+)\.", task.question).groups()
    names = [answer.name.removesuffix(".grad") for answer in task.answers]
    return [float(incoming) * derivative(task.program, output, name) for name in names]


def _right_formula(task: Any, choice: Any) -> str:
    """Find the one formula that agrees with the derivative at several points."""
    output, wrt = re.fullmatch(r"d(\w+)/d(\w+)", choice.name).groups()
    leaves = sorted(set(re.findall(r"\b[a-z]\b", task.program)) - {output})
    agree = set(choice.options)
    for point in ((0.7, 1.9), (1.3, 0.6), (2.1, 3.2)):
        given = dict(zip(leaves, point, strict=False))
        there = {**given, output: dual(eval(task.program[4:], {**FUNCTIONS, **given})).x}
        slope = derivative(task.program, output, wrt, **given)
        agree &= {
            label for label, formula in choice.options.items()
            if math.isclose(eval(formula, dict(there)), slope, rel_tol=1e-9)
        }  # fmt: skip
    [label] = agree
    return label


def numbers(text: str) -> list[Fraction]:
    """Find the numbers in a text, exactly."""
    return [Fraction(found) for found in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)]


def _nudged(task: Any) -> list[Any]:
    if task.program.startswith("def "):
        names: dict[str, Any] = {}
        exec(task.program, names)
        f = names[re.match(r"def (\w+)", task.program)[1]]
        x, h = numbers(task.question)
        return [(f(x + h) - f(x)) / h]
    if task.program:
        output, wrt, how, size = re.search(
            r"does (\w+) change if (\w+) is (\w+) by ([\d.]+)\?", task.question
        ).groups()
        sign = 1 if how == "raised" else -1
        return [derivative(task.program, output, wrt) * float(size) * sign]
    if "run twice" in task.question:
        x, before, moved, after = numbers(task.question)
        return [(after - before) / (moved - x)]
    slopes = numbers(re.search(r"After.*?\. Now", task.question)[0])
    moves = re.findall(r"(raised|lowered) by ([\d.]+\d)", task.question)
    signed = [Fraction(size) * (1 if how == "raised" else -1) for how, size in moves]
    return [sum(s * h for s, h in zip(slopes, signed, strict=True))]


def _stepped(task: Any) -> list[Any]:
    rate = Fraction(re.search(r"rate (?:is )?(\d+(?:\.\d+)?)", task.question)[1])
    if ".grad" in task.program:
        pairs = [numbers(line) for line in task.program.splitlines()]
        return [old - rate * slope for old, slope in pairs]
    if "zero_grad" in task.question:
        start = Fraction(re.search(r"begins at (-?[\d.]+)", task.question)[1])
        slopes = re.findall(r"(?:to \w+ is|of the second) (-?\d+(?:\.\d+)?)", task.question)
        first, second = map(Fraction, slopes)
        return [start - rate * first - rate * (first + second)]
    if task.program.startswith("w = "):
        w = numbers(task.program)[0]
        return [float(w - rate * Fraction(derivative(task.program, "L", "w")))]
    start = Fraction(re.search(r"begins at (-?[\d.]+)", task.question)[1])
    moved = start - rate * Fraction(derivative(task.program, "L", "w", w=float(start)))
    before, after = (eval(task.program[4:], {"w": w}) for w in (start, moved))
    wanted = "it falls" if after < before else "it rises" if after > before else "it stays as it is"
    return [next(label for label, what in task.answers[0].options.items() if what == wanted)]


_KINDS: dict[str, Callable[[Any], list[Any]]] = {
    "nudging": _nudged, "local-rules": _local, "chain-rule": _gradients, "reuse": _gradients,
    "neuron": _gradients, "update-step": _stepped,
}  # fmt: skip
