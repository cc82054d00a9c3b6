"""The sections of a derivation that rest on formulas: proofs of the rules used."""

from __future__ import annotations

from glassgrad.explaining.proofs import proof
from glassgrad.explaining.sections import Equation, Line, Section, Sentence
from glassgrad.explaining.steps import Proof
from glassgrad.explaining.subject import Subject
from glassgrad.explaining.text import inline
from glassgrad.graph import card_of


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
