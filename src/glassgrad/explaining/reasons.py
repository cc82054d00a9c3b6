"""The sections of a derivation that are about formulas: proofs of the rules, and the result."""

from __future__ import annotations

from math import isclose, nan

from glassgrad.errors import GlassgradError
from glassgrad.explaining.proofs import proof
from glassgrad.explaining.sections import Equation, Line, Section, Sentence, derivative, equation
from glassgrad.explaining.steps import Proof
from glassgrad.explaining.subject import Subject
from glassgrad.explaining.symbolic import gradient_formula
from glassgrad.explaining.text import inline
from glassgrad.expr import as_expr, evaluate
from glassgrad.graph import card_of
from glassgrad.ops.card import apply


def proofs(subject: Subject) -> Section:
    """Prove each local rule on the shown paths once, from the definition."""
    lines: list[Line] = []
    proved: set[tuple[str, int, str]] = set()
    for node, position in subject.used:
        local = subject.local(node)
        card = card_of(node.value._opcode)
        if card is None or not card.in_table:
            lines.append(Sentence(f"{node.name}: the rule was given, and is not proved here."))
            continue
        # A power is proved for its exponent; whatever else is proved holds for all numbers.
        exponent = inline(local.meaning.args[1]) if card.name == "pow" else ""
        if (card.name, position, exponent) not in proved:
            proved.add((card.name, position, exponent))
            lines += _written(proof(card.name, position, local.proof_names()))
            if local.is_repeated(position):
                x = inline(local.operands[position])
                lines.append(Sentence(
                    f"{x}′ is {x} as the second operand: while one operand moves, the other is "
                    "held still."
                ))  # fmt: skip
    return Section("Why the rules hold", tuple(lines))


def _written(found: Proof) -> list[Line]:
    """Write a proof: what follows from the line before goes on below it."""
    by_cases = any(step.given is not None for step in found.steps)
    lines: list[Line] = []
    if by_cases or not found.steps:
        lines.append(Equation(found.claim.args, "the claim"))
    ended = None
    for step in found.steps:
        given = f", for {inline(step.given)}" if step.given is not None else ""
        parts = (step.left, step.right)
        lines.append(Equation(parts, step.reason + given, step.left is ended))
        ended = step.right
    lines += [Sentence(said) for said in (found.reference, found.note) if said]
    return lines


def formula(subject: Subject) -> Section | None:
    """Write the derivative as one formula of the leaves."""
    if subject.wrt is subject.root:
        return None
    title = "The derivative as a formula"
    if subject.is_huge:
        return Section(title, (Sentence("The graph is too large to write one formula of it."),))
    total = subject.paths.total
    try:
        found = gradient_formula(subject.root.value, subject.wrt.value, subject.nodes)
    except GlassgradError as error:
        return Section(title, (Sentence(f"{str(error)[:1].upper()}{str(error)[1:]}."),))
    parts = [derivative(subject.sign, subject.variable), found.expr]
    lines: list[Line] = []
    try:
        number = float(evaluate(found.expr, found.numbers, apply))
    except KeyError:  # an operation of one's own has a sign only
        number = nan
    if isclose(number, total, rel_tol=1e-6, abs_tol=1e-12):
        parts.append(as_expr(total))
    lines.append(equation(parts))
    holds = "so it is here; where it is not, the formula is another"
    lines += [Equation((condition,), holds) for condition in found.conditions]
    return Section(title, tuple(lines))
