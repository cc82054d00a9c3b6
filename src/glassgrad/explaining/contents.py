"""The sections of a derivation: expression, paths, check; each from what is explained."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, isclose, isfinite, log10

from glassgrad.check.slopes import measure
from glassgrad.errors import NoRuleError
from glassgrad.explaining.flows import strata
from glassgrad.explaining.local import sign_of
from glassgrad.explaining.paths import Path, count_text
from glassgrad.explaining.sections import (
    Equation,
    Line,
    Section,
    Sentence,
    at,
    derivative,
    digits,
    equation,
    partial,
    product,
    total,
    words,
)
from glassgrad.explaining.subject import LONGEST_PATH, MOST_LINES, SOME_PATHS, Subject, ends
from glassgrad.expr import Expr, as_expr
from glassgrad.show.numbers import number

#: By how much a value is nudged; in a large graph, which takes long to compute, once.
STEPS = (0.1, 0.01, 0.001, 0.0001)
SMALL_STEP = 1e-5


def expression(subject: Subject) -> Section:
    """Write the operations with their numbers."""
    inner = [node for node in subject.nodes if node.operands]
    shown = inner
    lines: list[Line] = []
    if subject.is_large:
        shown = list(dict.fromkeys(node for node, _ in reversed(subject.used)))
        lines.append(Sentence(
            f"{len(subject.nodes):,} values lead to {subject.root.name}; these lie on the largest "
            "path."
        ))  # fmt: skip
    lines += [subject.local(node).computed() for node in shown]
    if not lines:
        lines.append(equation([subject.sign, as_expr(subject.root.data)]))
    if subject.called:
        lines.append(Sentence(f"{subject.wrt.name} is the constant {subject.called}."))
    return Section("The expression", tuple(lines))


def paths(subject: Subject) -> Section:
    """Write the local derivatives along each path, their product, and the sum over the paths."""
    way = f"from {subject.wrt.name} to {subject.root.name}"
    count = subject.paths.count
    whole = derivative(subject.sign, subject.variable)
    if subject.wrt is subject.root:
        line = equation([whole, as_expr(1)], "a value moves with itself")
        return Section(f"The derivative of {subject.root.name}", (line,))
    alone = count == 1
    lines: list[Line] = []
    if alone:
        lines.append(Sentence(_route(subject, subject.shown[0])))
    lines += _rules(subject, alone)
    if alone:
        if len(subject.shown[0].steps) > 1:
            lines.append(_product(subject, subject.shown[0], whole, "chain rule"))
        return Section(f"The path {way}", tuple(lines))
    for place, path in enumerate(subject.shown, 1):
        lines.append(_product(subject, path, None, f"path {place}: {_route(subject, path)}"))
    if count == len(subject.shown):
        parts = [whole, total([path.product for path in subject.shown]), subject.paths.total]
        lines.append(equation(parts, "chain rule: the sum over all paths"))
        return Section(f"The {count} paths {way}", tuple(lines))
    lines += _folded(subject, whole)
    return Section(f"{count_text(count)} paths {way}, the {SOME_PATHS} largest", tuple(lines))


def through_modules(subject: Subject) -> Section | None:
    """Say how much passes through each neuron, layer by layer, if there are such."""
    found = strata(subject.nodes, subject.root.index, subject.wrt.index)
    if not subject.is_large or not found:
        return None
    lines: list[Line] = []
    for layer in found[:MOST_LINES]:
        flows = sorted(layer.flows.items(), key=lambda item: -abs(item[1]))
        lines += _largest(flows, "modules")
        if len(flows) > 1:
            parts = [words(f"{layer.name} in all"), as_expr(sum(layer.flows.values()))]
            lines.append(equation(parts))
    if len(found) > MOST_LINES:
        lines.append(Sentence(f"… and {len(found) - MOST_LINES} more layers"))
    name = f"d{subject.root.name}/d{subject.wrt.name}"
    return Section(f"What of {name} passes through which module", tuple(lines))


def check(subject: Subject) -> Section | None:
    """Nudge the value, compute the graph again, and compare."""
    if subject.wrt is subject.root or not isfinite(subject.wrt.data):
        return None
    y, x = subject.sign, subject.variable
    title = f"The check: nudge {subject.wrt.name}"
    lines: list[Line] = []
    try:
        large = subject.is_huge
        if not large and isfinite(subject.root.data) and subject.moved(0.0) != subject.root.data:
            return Section(title, (Sentence(
                f"Some leaves have other numbers than when {subject.root.name} was computed: "
                "compute it again, and explain that."
            ),))  # fmt: skip
        scale = 10.0 ** max(-3, floor(log10(abs(subject.wrt.data) or 1.0)))
        for step in () if large else STEPS:
            h = as_expr(scale * step)
            slope = (subject.moved(scale * step) - subject.root.data) / (scale * step)
            lines.append(equation([(at(y, x + h) - at(y, x)) / h, as_expr(slope)]))
        step = scale * SMALL_STEP
        above, below = subject.moved(step), subject.moved(-step)
        slope = (above - below) / (2 * step)
        kink = "" if large else _kink(subject, above - subject.root.data, subject.root.data - below)
    except NoRuleError as error:
        return Section(title, (Sentence(f"The graph can't be computed again: {error}"),))
    h = as_expr(step)
    rise = at(y, x + h) - at(y, x - h)
    lines.append(equation([rise / as_expr(2 * step), as_expr(slope)], "from both sides"))
    lines.append(Sentence(kink or _verdict(subject.paths.total, slope)))
    return Section(title, tuple(lines))


def _kink(subject: Subject, rise: float, fall: float) -> str:
    """Say that there is no derivative, if the two sides have slopes of their own."""
    if isclose(rise, fall, rel_tol=1e-4):  # of a curve, a step on either side is about the same
        return ""
    found = measure(lambda x: subject.moved(x - subject.wrt.data), subject.wrt.data)
    if found.kind != "kink":
        return ""
    return (
        f"It is at a kink: the slope is {digits(found.left)} to the left and "
        f"{digits(found.right)} to the right, and there is no derivative. The rules agree upon "
        f"{digits(subject.paths.total)}."
    )


def _verdict(derived: float, nudged: float) -> str:
    if not (isfinite(derived) and isfinite(nudged)):
        return (
            f"The derivative is {digits(derived)}, and nudging gives {digits(nudged)}: what is "
            "not a finite number can't be compared."
        )
    apart = abs(derived - nudged)
    if apart <= 1e-4 * max(1.0, abs(derived)):
        return f"The derivative is {digits(derived)}; the difference is {number(apart, 2)}."
    return (
        f"The derivative is {digits(derived)}, which is not what nudging gives: {digits(nudged)}. "
        "So it jumps here or turns within the step, or numbers are too large or too small, or a "
        "rule of your own is wrong (gg.check_grads tells which)."
    )


def _rules(subject: Subject, alone: bool) -> list[Line]:
    """Write each local derivative on the shown paths once, from the result down."""
    sign = derivative if alone else partial
    lines: list[Line] = []
    for node, position in subject.used:
        operand = subject.nodes[node.operands[position]]
        local = subject.local(node)
        lines.append(local.slope(position, sign(local.sign, sign_of(operand))))
    return lines


def _product(subject: Subject, path: Path, whole: Expr | None, reason: str) -> Equation:
    """Write the product along a path, first in signs and then in numbers."""
    sign = partial if whole is None else derivative
    signs: list[Expr] = []
    numbers: list[Expr] = []
    for step in path.steps:
        node = subject.of(step.node)
        operand = subject.nodes[node.operands[step.position]]
        signs.append(sign(sign_of(node), sign_of(operand)))
        numbers.append(as_expr(step.partial))
    if len(signs) > LONGEST_PATH:
        half = LONGEST_PATH // 2
        middle = 1.0
        for step in path.steps[half:-half]:
            middle *= step.partial
        numbers[half:-half] = [as_expr(middle)]
        reason += f"; {len(signs) - 2 * half:,} factors are one number"
        left = words("the product") if whole is None else whole
    else:
        left = product(signs)
    parts = [left, product(numbers), as_expr(path.product)]
    return equation(parts if whole is None else [whole, *parts], reason)


def _folded(subject: Subject, whole: Expr) -> list[Line]:
    """Sum up paths that are too many to be written, by the operation that uses the value."""
    shares: dict[str, float] = {}
    for share in subject.paths.by_node():
        name = subject.of(share.node).name
        shares[name] = shares.get(name, 0.0) + share.share
    rows = sorted(shares.items(), key=lambda row: -abs(row[1]))
    lines: list[Line] = [Sentence("All paths together, by the value that they pass through first:")]
    lines += _largest(rows, "values")
    lines.append(equation([whole, as_expr(subject.paths.total)], "the sum over all paths"))
    return lines


def _largest(rows: list[tuple[str, float]], what: str) -> Iterable[Line]:
    """Write the largest few numbers with their names, and the sum of the others."""
    for name, share in rows[:SOME_PATHS]:
        yield equation([words(f"through {name}"), as_expr(share)])
    others = rows[SOME_PATHS:]
    if others:
        left = words(f"through {len(others)} other {what}")
        yield equation([left, as_expr(sum(share for _, share in others))])


def _route(subject: Subject, path: Path) -> str:
    """Name the values on a path: a → e → d → L."""
    names = [subject.of(step.node).name for step in ends(path.steps)]
    if len(path.steps) > LONGEST_PATH:
        names.insert(LONGEST_PATH // 2, f"… {len(path.steps) - LONGEST_PATH:,} more …")
    return " → ".join([subject.wrt.name, *reversed(names)])
