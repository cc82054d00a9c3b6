"""Local rules: what one operation hands back to its operands."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.formulas import formula
from glassgrad.learn.exercises.judging import EXACT, ROUNDED, Mistake, Number
from glassgrad.learn.exercises.programs import Program, plain, routes, term
from glassgrad.learn.exercises.slips import WRONG
from glassgrad.learn.exercises.task import Part, Task, equations

SAYS = "one operation, and what it hands back to its operands"

NAMES = ("abc", "xyz", "uvw", "pqr", "mno", "abd", "xwy", "khz", "stu")
SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 1.5, 2.5)
INCOMING = (2, 3, 4, 5, 6, 7, 8, 10, 0.5, 1.5, 2.5)
#: What goes into functions, chosen so that nothing is saturated.
ARGUMENTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 1.5)


def draw(dice: Dice) -> Task | None:
    """Draw a task: with numbers, or one about formulas."""
    if dice.chance(0.25):
        return formula(dice, NAMES)
    a, b, y = tuple(dice.one_of(NAMES))
    operation = dice.one_of(("*", "-", "/", "+", "**2", "**3", "tanh", "exp", "sigmoid", "log"))
    x1, x2 = dice.signed(SIZES), dice.signed(SIZES)
    if operation == "/":
        x2 = dice.signed((2, 4, 5, 8, 2.5))
    if operation.isalpha():
        x1 = dice.signed(ARGUMENTS) if operation != "log" else dice.one_of((2, 4, 5, 8, 0.5, 2.5))
        program = Program({a: x1}, ((y, f"{operation}({a})"),))
    elif operation[:2] == "**":
        program = Program({a: dice.signed((2, 3, 4, 5, 1.5))}, ((y, f"{a}{operation}"),))
    elif abs(x1) == abs(x2):
        return None
    else:
        program = Program({a: x1, b: x2}, ((y, f"{a} {operation} {b}"),))
    # Of a sum both operands receive the same: one is enough to ask for.
    wanted = list(program.leaves) if operation != "+" else [dice.one_of((a, b))]
    return _numbers(program, operation, wanted, dice.signed(INCOMING))


def _numbers(
    program: Program, operation: str, wanted: Sequence[str], incoming: float
) -> Task:
    named = program.run()
    y = named[program.output]
    rounded = operation in ("tanh", "exp", "sigmoid")
    known = f" Here {program.lines[0][1]} ≈ {y.data:.4f}." if rounded else ""
    if operation == "log":
        known = " log is the natural logarithm."
    answers = []
    for name in wanted:
        [[step]] = routes(y, named[name])
        mistakes = [
            Mistake(incoming * taken(step), why)
            for positions, taken, why in WRONG.get(y._op, ())
            if str(step.position) in positions
        ]
        if step.partial not in (1.0, -1.0):
            mistakes.append(Mistake(step.partial, (
                "That is the local derivative alone: multiply it by the gradient that comes in."
            )))  # fmt: skip
            mistakes.append(Mistake(incoming, (
                f"That is the gradient of {y.label} as it comes in: multiply it by the local "
                "derivative."
            )))  # fmt: skip
            mistakes.append(Mistake(incoming + step.partial, (
                "The local derivative and what comes in are multiplied, not added."
            )))  # fmt: skip
        if operation == "+":
            mistakes.append(Mistake(y.data, "A sum hands on the gradient, not its own number."))
            mistakes.append(Mistake(incoming * named[name].data, (
                "A sum hands the gradient on as it is: its local derivatives are 1."
            )))  # fmt: skip
        gradient = incoming * step.partial
        tolerance = ROUNDED if rounded else EXACT
        answers.append(Number(f"{name}.grad", gradient, tuple(mistakes), tolerance))
    asked = " and ".join(answer.name for answer in answers)
    number = plain(incoming)

    def parts() -> Sequence[Part]:
        sign = "≈" if rounded else "="
        sums = (
            f"{name}.grad = {plain(round(named[name].grad, 6))} · {term(incoming)} {sign} "
            f"{answer.shown}"
            for name, answer in zip(wanted, answers, strict=True)
        )
        said = f"Each local derivative times the gradient that comes in, {y.label}.grad:"
        return [*program.explained(*wanted)[:-2], said, equations(*sums)]

    return Task(
        f"The backward pass has reached {y.label}: {y.label}.grad is {number}.{known} "
        f"What {'are' if len(wanted) > 1 else 'is'} {asked}?",
        program.text, tuple(answers),
        (
            "A local derivative says by how much the result moves when one operand moves.",
            "What an operand receives is the local derivative times the gradient of the result.",
            _rule(operation, y.label),
        ),
        parts,
    )  # fmt: skip


def _rule(operation: str, y: str) -> str:
    return {
        "+": "A sum hands the gradient on to both, as it is.",
        "-": "A difference hands the gradient on, to what is subtracted with the other sign.",
        "*": "A product hands to each operand the gradient times the other operand.",
        "/": "Of a/b the local derivatives are 1/b for a and −a/b² for b.",
        "**2": "Bring the power down in front, and lower it by one.",
        "**3": "Bring the power down in front, and lower it by one.",
        "tanh": f"The local derivative of tanh is 1 − {y}², with its result {y}.",
        "sigmoid": f"The local derivative of sigmoid is {y} · (1 − {y}), with its result {y}.",
        "exp": f"The local derivative of exp is exp itself, so its result {y}.",
        "log": "The local derivative of the logarithm is 1 divided by what goes in.",
    }[operation]
