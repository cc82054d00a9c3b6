"""Nudging: a slope as what comes out when an input is moved a little."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.judging import Mistake, Number
from glassgrad.learn.exercises.programs import Program, plain, term
from glassgrad.learn.exercises.task import Part, Task, equations

SAYS = "a slope: how much the output moves when an input is moved a little"

NAMES = ("abcL", "xyzL", "uvwy", "pqrL", "kmnz", "xwby")
STEPS = (0.1, 0.01, 0.001)
SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 1.5, 2.5)


def draw(dice: Dice) -> Task | None:
    """Draw a task: of a function, of a program, of two runs, or the other way round."""
    return dice.one_of((_of_function, _of_program, _of_two_runs, _predicted))(dice)


def _of_function(dice: Dice) -> Task:
    a, b, c = (int(dice.signed((1, 2, 3, 4, 5))), int(dice.signed(range(1, 8))),
               int(dice.signed(range(1, 10))))  # fmt: skip
    f, x = dice.one_of(("f", "g", "h", "p")), dice.one_of("xtuz")
    at, h = int(dice.signed((1, 2, 3, 4))), dice.one_of((0.5, 0.1, 0.01))

    def value(t: float) -> float:
        return a * t * t + b * t + c

    rise = round(value(at + h) - value(at), 9)
    name = "the slope"
    formula = f"{_first(a)}{x}**2{_next(b)}*{x}{_next(c)}".replace(" 1*", " ")
    moved = plain(at + h)
    exactly = str(2 * a * at + b).replace("-", "−")
    slope = Number(name, rise / h, (
        Mistake(2 * a * at + b, "That is the derivative itself, the limit for ever smaller "
                f"nudges; nudged by {h} it comes out a little different."),
        Mistake(rise, f"That is how much {f} changes: divide it by the nudge."),
        Mistake(rise * h, "Divide by the nudge; do not multiply by it."),
        Mistake(round((value(at) - value(at - h)) / h, 9), f"You nudged {x} down, not up."),
        Mistake(value(at + h) / h, f"First subtract {f}({at}): it is the change that counts."),
        Mistake(value(at + h), f"That is {f}({moved}): a slope compares it with {f}({at})."),
    ))  # fmt: skip
    return Task(
        f"Find the slope of {f} at {x} = {at} by nudging {x} up by {h}.",
        f"def {f}({x}):\n    return {formula}", (slope,),
        (
            "A slope is a change divided by a change.",
            f"Compute {f} at {at}, and after the nudge. By how much did it change?",
            f"Divide the change of {f} by {h}.",
        ),
        lambda: [
            equations(
                f"{f}({at}) = {plain(value(at))}",
                f"{f}({moved}) = {plain(value(at + h))}",
                f"({plain(value(at + h))} − {term(value(at))}) / {h} = {slope.shown}",
            ),
            f"The smaller the nudge, the nearer to the derivative itself, {exactly}.",
        ],
    )  # fmt: skip


def _of_program(dice: Dice) -> Task | None:
    """Ask by how much an output moves; every input acts on it along a straight line."""
    names = dice.one_of(NAMES)
    a, b, c, output = tuple(names)
    leaves = [a, b, c]
    forms = ("{a} * {b} + {c}", "{a} * {b} - {c}", "({a} + {b}) * {c}", "({a} - {b}) * {c}",
             "{a} * {b} * {c}", "{a} - {b} * {c}")  # fmt: skip
    what = dice.one_of(forms).format(a=a, b=b, c=c)
    numbers = {name: dice.signed(SIZES) for name in leaves}
    if len({abs(x) for x in numbers.values()}) < 3:
        return None
    wrt, h, up = dice.one_of(leaves), dice.one_of(STEPS), dice.chance(2 / 3)
    program = Program(numbers, ((output, what),))
    named = program.run()
    gradient, moved = named[wrt].grad, h if up else -h
    change = gradient * moved
    name = f"the change of {output}"
    answer = Number(name, change, (
        Mistake(gradient, f"That is the slope: {wrt} moves by {plain(moved)} only, not by 1."),
        Mistake(moved * numbers[wrt], f"That is {wrt} itself times the nudge: it is the slope "
                f"d{output}/d{wrt} that counts."),
        Mistake(named[output].data + change, f"That is {output} afterwards; the change is asked."),
        Mistake(gradient / moved, "Multiply the slope by the nudge; do not divide by it."),
        *([] if up else [Mistake(-change, f"{wrt} is lowered: the change has the other sign.")]),
    ))  # fmt: skip
    verb = "raised" if up else "lowered"
    number = plain(h)

    def parts() -> Sequence[Part]:
        found = program.explained(wrt)
        return ["The slope times the nudge:", equations(
            f"d{output}/d{wrt} · {term(moved)} = {plain(gradient)} · {term(moved)} = {answer.shown}"
        ), *found]  # fmt: skip

    return Task(
        f"By how much does {output} change if {wrt} is {verb} by {number}? (With the right sign.)",
        program.text, (answer,),
        (
            f"Only {wrt} moves: all other numbers stay.",
            f"By how much would {output} change per unit of {wrt}?",
            f"Compute {output} before and after, or multiply the slope by the nudge.",
        ),
        parts,
    )  # fmt: skip


def _of_two_runs(dice: Dice) -> Task | None:
    names = dice.one_of(NAMES)
    output = names[3]
    x, at, h = names[dice.below(3)], dice.signed(SIZES), dice.one_of(STEPS)
    slope, before = dice.signed((2, 3, 4, 5, 6, 7, 8, 12, 1.5, 2.5, 0.4)), dice.signed(range(2, 30))
    change = slope * h
    name = f"d{output}/d{x}"
    after = plain(before + change)
    answer = Number(name, slope, (
        Mistake(change, f"That is the change of {output}: divide it by the change of {x}."),
        Mistake(1 / slope, f"That is d{x}/d{output}, the other way round."),
        Mistake(-slope, "Its size is right, its sign is not: subtract what was before from what "
                "comes after."),
        Mistake((before + change) / (at + h), "Divide the changes, not the numbers themselves."),
    ))  # fmt: skip
    return Task(
        f"A program was run twice. With {x} = {plain(at)} it gave {output} = {plain(before)}; with "
        f"{x} = {plain(at + h)}, and all else as before, {output} = {after}. What is {name}, as "
        "far as these runs show?",
        "", (answer,),
        (
            "A slope is a change divided by a change.",
            f"By how much did {output} change, and by how much {x}?",
        ),
        lambda: [f"The change of {output}, divided by that of {x}:", equations(
            f"{after} − {term(before)} = {plain(change)}",
            f"{plain(at + h)} − {term(at)} = {plain(h)}",
            f"{name} = {plain(change)} / {plain(h)} = {answer.shown}",
        )],
    )  # fmt: skip


def _predicted(dice: Dice) -> Task | None:
    """Ask what two small changes do together."""
    names = dice.one_of(NAMES)
    output = names[3]
    a, b = sorted(dice.some_of(names[:3], 2))
    slopes = [dice.signed((2, 3, 4, 5, 6, 8, 10, 1.5, 2.5)) for _ in range(2)]
    nudges = [dice.signed((0.01, 0.02, 0.03, 0.05)) for _ in range(2)]
    if abs(slopes[0]) == abs(slopes[1]) or abs(nudges[0]) == abs(nudges[1]):
        return None
    shares = [s * h for s, h in zip(slopes, nudges, strict=True)]
    sizes = [s * abs(h) for s, h in zip(slopes, nudges, strict=True)]
    mistakes = [
        Mistake(sum(slopes), "That is the sum of the gradients: multiply each by its nudge."),
        Mistake(shares[0], f"{b} moves too: add what that does."),
        Mistake(shares[1], f"{a} moves too: add what that does."),
        Mistake(shares[0] - shares[1], "What both do is added."),
        Mistake(slopes[0] * nudges[1] + slopes[1] * nudges[0],
                "Each gradient belongs to its own nudge."),
    ]  # fmt: skip
    if min(nudges) < 0:
        mistakes.append(Mistake(sum(sizes), "What is lowered has a negative nudge."))
    answer = Number(f"the change of {output}", sum(shares), tuple(mistakes))
    words = [f"{'raised' if h > 0 else 'lowered'} by {plain(abs(h))}" for h in nudges]
    terms = " + ".join(f"{plain(s)} · {term(h)}" for s, h in zip(slopes, nudges, strict=True))
    return Task(
        f"After a backward pass {a}.grad is {plain(slopes[0])} and {b}.grad is "
        f"{plain(slopes[1])}. Now {a} is {words[0]} and {b} is {words[1]}. By how much does "
        f"{output} change, as far as the gradients tell?",
        "", (answer,),
        (
            f"A gradient says how much {output} changes per unit of change.",
            "Find what each of the two does by itself.",
            "Multiply each gradient by its nudge, with signs, and add.",
        ),
        lambda: ["Each gradient times its nudge, added up:",
                 equations(f"{terms} = {' + '.join(map(term, shares))} = {answer.shown}")],
    )  # fmt: skip


def _first(a: int) -> str:
    return {1: "", -1: "-"}.get(a, f"{a}*")


def _next(b: int) -> str:
    return f" {'+' if b > 0 else '-'} {abs(b)}"
