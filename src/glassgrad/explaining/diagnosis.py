"""What `gg.why` found, in words with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, isclose, isfinite, isnan, log

from glassgrad.engine import Value
from glassgrad.explaining.causes import CAUSES, HUGE, TINY, Cause
from glassgrad.explaining.passing import Pass
from glassgrad.graph import card_of
from glassgrad.show.captions import name_of, words
from glassgrad.show.numbers import number
from glassgrad.show.scene import Kind, Node


@dataclass(frozen=True, eq=False, slots=True)
class Finding:
    """One reason for a gradient.

    Parameters
    ----------
    cause : str
        What it is: ``"dead relu"``, ``"saturated"``, ``"not connected"``, ...
    text : str
        Where it happens, in words with numbers.
    advice : str
        What to try.
    values : tuple of Value
        All the nodes responsible, the most important first; the text tells of the first.
    """

    cause: str
    text: str
    advice: str
    values: tuple[Value, ...]

    def __str__(self) -> str:
        more = len(self.values) - 1
        others = f" (and {more:,} more like it)" if more else ""
        return f"{self.cause}: {self.text}{others}.\n   What to try: {self.advice.rstrip('.')}."


@dataclass(frozen=True, eq=False, slots=True)
class Diagnosis:
    """What `why` found; printed, it tells all.

    Parameters
    ----------
    summary : str
        The gradient that was asked about, in one line.
    findings : list of Finding
        One for each cause, the most important first; none if nothing is wrong.
    """

    summary: str
    findings: list[Finding]

    def __str__(self) -> str:
        lines = [f"{i}. {finding}" for i, finding in enumerate(self.findings, 1)]
        return "\n".join([self.summary, *lines])

    __repr__ = __str__


class Report:
    """Puts causes into words.

    Parameters
    ----------
    run : Pass
        The gradients.
    nodes : list of Node
        The names, as a drawing gives them.
    """

    def __init__(self, run: Pass, nodes: list[Node]) -> None:
        self._run = run
        self._nodes = nodes
        self._node = {node.value._number: node for node in nodes}
        self._root = self._name(run.root)

    def summary(self, asked: Sequence[Value]) -> str:
        """Tell the gradient, or how many there are of each kind."""
        gradients = [self._run.gradient(v) for v in asked]
        if len(asked) == 1:
            kind = _kind(gradients[0])
            says = f"the gradient is {kind}" if kind else "nothing is wrong with this gradient"
            return f"d{self._root}/d{self._name(asked[0])} = {number(gradients[0])}: {says}."
        kinds = [_kind(gradient) for gradient in gradients]
        counts = ", ".join(f"{kinds.count(kind):,} {kind}" for kind in dict.fromkeys(kinds) if kind)
        return f"{len(asked):,} leaves lead to {self._root}; gradients: {counts or 'all sound'}."

    def findings(self, causes: Sequence[Cause], asked: Sequence[Value]) -> list[Finding]:
        """Make one finding of all causes of a kind, and add what the backward pass left."""
        kinds: dict[str, list[Cause]] = {}
        for cause in causes:
            kinds.setdefault(cause.kind, []).append(cause)
        for several in kinds.values():
            several.sort(key=lambda cause: -cause.weight)
        weight = {kind: sum(cause.weight for cause in some) for kind, some in kinds.items()}
        found = [
            self._finding(kinds[kind]) for kind in sorted(kinds, key=lambda kind: -weight[kind])
        ]
        unreached = [v for v in asked if v._mark == 0]
        if unreached:
            found.append(self._unreached(unreached))
        elif len(asked) == 1 and not self._holds(asked[0]):
            found.append(self._other_pass(asked[0]))
        return found

    def _finding(self, causes: list[Cause]) -> Finding:
        first = causes[0]
        text, advice = CAUSES[first.kind]
        facts = self._facts(first)
        values = tuple(dict.fromkeys(cause.value for cause in causes))
        return Finding(first.kind, text.format(**facts), advice.format(**facts), values)

    def _facts(self, cause: Cause) -> dict[str, object]:
        node, h = self._node[cause.value._number], cause.handing
        more = " + …" if len(cause.numbers) > 4 else ""
        facts: dict[str, object] = {
            "root": self._root,
            "at": words(node, self._nodes)[0],
            "operands": ", ".join(self._shown(x) for x in cause.value._prev),
            "x": self._shown(h.operand if h else cause.value),
            "shares": " + ".join(map(_bracketed, cause.numbers[:4])) + more,
            "count": len(cause.numbers),
            "mean": number(_geometric_mean(cause.numbers)),
            "cure": _cure(cause.value),
        }
        if h is not None:
            facts |= {"gradient": number(h.gradient), "partial": number(h.partial)}
            facts["share"] = number(h.share)
        return facts

    def _unreached(self, values: list[Value]) -> Finding:
        text = (
            f"{self._name(values[0])}.grad is {number(values[0]._grad)} because no backward pass "
            "has reached it, or because it was set to 0 since"
        )
        advice = f"{self._root}.backward() before .grad is read"
        return Finding("no backward pass yet", text, advice, tuple(values))

    def _holds(self, v: Value) -> bool:
        """Tell whether ``.grad`` is this derivative."""
        now = self._run.gradient(v)
        both_nan = isnan(now) and isnan(v._grad)
        return both_nan or isclose(v._grad, now, rel_tol=1e-9, abs_tol=1e-300)

    def _other_pass(self, v: Value) -> Finding:
        name, now = self._name(v), number(self._run.gradient(v))
        text = (
            f"{name}.grad holds {number(v._grad)}, while d{self._root}/d{name} is {now}: it has "
            "gathered several passes, or belongs to another output"
        )
        return Finding("another pass", text, "zero_grad before each backward pass", (v,))

    def _name(self, v: Value) -> str:
        return name_of(self._node[v._number])

    def _shown(self, v: Value) -> str:
        node = self._node[v._number]
        bare = node.kind is Kind.CONSTANT and not v.label
        return number(v._data) if bare else f"{name_of(node)} = {number(v._data)}"


def alone(v: Value) -> Diagnosis:
    """Say that a leaf by itself does not know what was computed with it."""
    name = v.label or "this value"
    finding = Finding(
        "no output given",
        "a leaf does not know what was computed with it",
        "give the output that is differentiated: gg.why(a, L)",
        (v,),
    )
    return Diagnosis(f"{name} = {number(v._data)} has no history.", [finding])


def unconnected(v: Value, run: Pass) -> Diagnosis:
    """Say that a value does not lead to the root, and what may have cut the connection."""
    name, root = v.label or "this value", run.root.label or "the output"
    text = f"{name} does not lead to {root}: nothing in its graph was computed from it"
    advice = "use the Value itself, and compute the output again"
    values: tuple[Value, ...] = (v,)
    twins = [x for x in run.nodes if not x._prev and x._data == v._data]
    if not run.root._prev:
        text = f"{root} has no history: it is a leaf, was detached, or was made under no_grad"
    elif twins:
        text += (
            f"; a leaf with the same number {number(v._data)} does: detach(), .data, float() and "
            "no_grad leave such a copy"
        )
        values = tuple(twins)
    summary = f"The gradient of {name} is 0."
    return Diagnosis(summary, [Finding("not connected", text, advice, values)])


def _kind(gradient: float) -> str:
    if isnan(gradient):
        return "not a number"
    if not isfinite(gradient):
        return "infinite"
    size = abs(gradient)
    return "zero" if size == 0.0 else "tiny" if size <= TINY else "huge" if size >= HUGE else ""


def _geometric_mean(factors: Sequence[float]) -> float:
    return exp(fsum(log(abs(x)) for x in factors) / len(factors)) if factors else 1.0


def _bracketed(x: float) -> str:
    return number(x) if x >= 0 else f"({number(x)})"


def _cure(v: Value) -> str:
    """Say what the card of an operation advises."""
    card = card_of(v._opcode)
    advice = f"{card.cure[:1].lower()}{card.cure[1:]}" if card else ""
    return advice or "scale the inputs down or lower the learning rate: the numbers are too large"
