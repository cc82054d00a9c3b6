"""Programs with a bug, run without glassgrad, and what they should print, found another way."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from exercise_oracle import FUNCTIONS, derivative, dual, numbers


class Plain:
    """A learner's engine, as plain as can be, for the programs that import one."""

    def __init__(self, data: float, parents: tuple[tuple[Plain, float], ...] = ()) -> None:
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other: Any) -> Plain:
        other = other if isinstance(other, Plain) else Plain(other)
        return Plain(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: float) -> Plain:
        return Plain(self.data * other, ((self, other),))

    def __sub__(self, other: float) -> Plain:
        return Plain(self.data - other, ((self, 1.0),))

    def __pow__(self, n: int) -> Plain:
        return Plain(self.data**n, ((self, n * self.data ** (n - 1)),))

    __radd__ = __add__

    def backward(self) -> None:
        order: list[Plain] = []
        seen: set[Plain] = set()

        def visit(v: Plain) -> None:
            if v not in seen:
                seen.add(v)
                for parent, _ in v.parents:
                    visit(parent)
                order.append(v)

        visit(self)
        for v in order:
            if v.parents:
                v.grad = 0.0
        self.grad = 1.0
        for v in reversed(order):
            for parent, partial in v.parents:
                parent.grad += partial * v.grad


def outcome(program: str) -> list[float]:
    """Run a program, and take the numbers that it prints."""
    said: list[float] = []
    names = {"Value": Plain, "print": lambda *found: said.extend(map(float, found))}
    exec(program.replace("from glassgrad import Value\n", ""), names)
    return said


def truth(program: str) -> list[float]:
    """Find what a right program prints, from what it is about."""
    if "import Value" in program:
        return _fitted(program)
    if program.startswith("def "):
        return _slope(program)
    if "class " in program:
        program = program[program.index("\n", program.rindex("    ")) :]  # its use of the engine
    return _differentiated(program)


def _fitted(program: str) -> list[float]:
    """Solve for the line through the points: the residuals are 0 there."""
    listed = re.search(r"= \[(.*)\]", program)
    assert listed
    found = numbers(listed[1])
    xs, ys = found[::2], found[1::2]
    if program.count("= Value(") == 1:
        [slope] = {y / x for x, y in zip(xs, ys, strict=True) if x}
        return [float(slope)]
    slope = (ys[-1] - ys[0]) / (xs[-1] - xs[0])
    assert {y - slope * x for x, y in zip(xs, ys, strict=True)} == {ys[0] - slope * xs[0]}
    return [float(slope), float(ys[0] - slope * xs[0])]


def _slope(program: str) -> list[float]:
    wrt = re.search(r"(\w+) \+ h", program)
    body = re.search(r"return (.*)", program)
    at = dict(re.findall(r"(\w) = (-?\d+)", program))
    assert wrt
    assert body
    given = {name: float(x) for name, x in at.items()}
    return [derivative(f"answer = {body[1]}", "answer", wrt[1], **given)]


def _differentiated(program: str) -> list[float]:
    """Differentiate the lines above the backward pass, for each name that is printed."""
    forward, printed = [], re.findall(r"grad_(\w+)|(\w+)\.grad", program.splitlines()[-1])
    for line in program.strip().splitlines():
        if re.match(r"grad_|\w+\.backward\(\)", line):
            break
        plain = re.sub(r"(?<== )[A-Z]\w+\(([-\d.]+)\)", r"\1", line)
        forward.append(re.sub(r"(\w+)\.(\w+)\(\)", r"\2(\1)", plain))
    output = forward[-1].partition(" ")[0]
    text = "\n".join(forward)
    return [derivative(text, output, one or other) for one, other in printed]


FUNCTIONS["square"] = lambda v: dual(v) * dual(v)


def mended(task: Any) -> str:
    """Take out the wrong line, and put in the one that the solution shows, at its number there."""
    lines = task.program.splitlines()
    del lines[int(task.answers[0].shown) - 1]
    shown = task.parts()[-1].text.splitlines()
    [line] = [line for line in shown if line.endswith("  # <-")]
    lines.insert(int(line[:2]) - 1, line[4:].removesuffix("  # <-"))
    for line in shown:  # its neighbours are those of the program
        assert lines[int(line[:2]) - 1] == line[4:].removesuffix("  # <-")
    return "\n".join(lines)


def claimed(task: Any) -> tuple[list[Fraction], list[Fraction]]:
    """Find what the question says that the program prints, and should print."""
    prints, should = re.search(r"prints (.*) and should print (.*)\. Which", task.question).groups()
    return numbers(prints), numbers(should)
