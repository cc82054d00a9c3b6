"""Short programs that compute a value: as text, as Values, and the routes through them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from glassgrad.engine import Value, edges
from glassgrad.explaining.derivation import explain
from glassgrad.language import parse
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.task import Code, Part, Worked

#: Names and what they are: ``(("e", "a * b"), ("L", "e + c"))``.
Lines: TypeAlias = tuple[tuple[str, str], ...]


class Step(NamedTuple):
    """One edge of a route: from a result to the operand at that position."""

    node: Value
    position: int
    partial: float


class Program(NamedTuple):
    """Leaves with their numbers, and lines that compute something of them."""

    leaves: dict[str, float]
    lines: Lines

    @property
    def given(self) -> str:
        """The first line: all leaves."""
        return "; ".join(f"{name} = {plain(x)}" for name, x in self.leaves.items())

    @property
    def text(self) -> str:
        """The program as a learner reads it."""
        return "\n".join([self.given, *(f"{name} = {what}" for name, what in self.lines)])

    @property
    def computed(self) -> str:
        """All other lines, in one."""
        return "; ".join(f"{name} = {what}" for name, what in self.lines)

    @property
    def output(self) -> str:
        """The name of what it computes."""
        return self.lines[-1][0]

    def run(self) -> dict[str, Value]:
        """Compute it; what it computes has handed its gradient back."""
        run = parse(self.computed, self.leaves).run(self.leaves)
        run.result.backward()
        return run.named

    def before(self) -> Value:
        """Compute it, for a drawing without gradients."""
        return parse(self.computed, self.leaves).run(self.leaves).result

    def explained(self, *names: str) -> list[Part]:
        """Derive the gradients of some of its values, and say how to see more."""
        named = self.run()
        found = [explain(named[self.output], named[name]) for name in names]
        parts: list[Part] = [  # the expression, which they share, once; then the routes
            Worked(derivation.title, derivation.sections[1 if i else 0 : 2])
            for i, derivation in enumerate(found)
        ]
        leaves = " ".join(f"{name}={plain(x)}" for name, x in self.leaves.items())
        command = f'glassgrad explain "{self.computed}" {leaves} --wrt {names[0]}'
        return [*parts, "With the check by nudging, and as a formula:", Code(command)]


def plain(x: float) -> str:
    """Write a number as in a program: 2, -0.5."""
    return f"{x:.10g}"


def term(x: float) -> str:
    """Write a number to stand behind a sign: 2, (-0.5)."""
    return f"({plain(x)})" if x < 0 else plain(x)


def routes(root: Value, wrt: Value) -> list[tuple[Step, ...]]:
    """List all routes from the root to a value, each from the root down.

    Examples
    --------
    >>> a = Value(3.0)
    >>> [[step.partial for step in route] for route in routes(a * a + a, a)]
    [[1.0, 3.0], [1.0, 3.0], [1.0]]
    """
    if root is wrt:
        return [()]
    return [
        (Step(root, i, partial), *rest)
        for i, (operand, partial) in enumerate(edges(root))
        for rest in routes(operand, wrt)
    ]


def route_text(route: Sequence[Step], wrt: str) -> str:
    """Write a route as one goes it, from the value to the output: a → e → L."""
    return " → ".join([wrt, *(step.node.label for step in reversed(route))])


def grown(
    dice: Dice, leaves: Sequence[str], results: Sequence[str], operations: Sequence[str]
) -> Lines:
    """Write lines that use each of the names in `leaves` once, and each result but the last.

    A name that stands there twice is used twice. Each line uses one or two of what is left over,
    until one thing is left: a random tree.
    """
    waiting = list(leaves)
    choices = list(operations)
    lines: list[tuple[str, str]] = []
    names = iter(results)
    while len(waiting) > 1 or not lines:
        operation = dice.one_of(choices)
        a = waiting.pop(dice.below(len(waiting)))
        if operation == "**" or not waiting:
            what = f"{a}**2"
            choices = [other for other in operations if other != "**"]  # once is enough
        else:
            b = waiting.pop(dice.below(len(waiting)))
            what = f"{a} {operation} {b}"
        name = next(names) if waiting else results[-1]
        lines.append((name, what))
        waiting.append(name)
    return tuple(lines)
