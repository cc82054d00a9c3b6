"""Update step: what gradient descent does with the gradients."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.judging import Choice, Mistake, Number
from glassgrad.learn.exercises.programs import Program, plain, term
from glassgrad.learn.exercises.task import Part, Task, equations

SAYS = "parameters, their gradients and a learning rate: one step downhill"

RATES = (0.1, 0.01, 0.05, 0.2, 0.5)
STARTS = (0.5, 1, 1.5, 2, 3, 4, 5, 0.8)
GRADIENTS = (2, 3, 4, 5, 6, 8, 10, 12, 1.5, 0.6)
RULE = "A step goes against the gradient: new = old − rate · gradient."
HINTS = (
    "The gradient says in which direction the loss rises. A step goes the other way.",
    "The learning rate says how much of the gradient a step takes.",
    "From the old number subtract the rate times the gradient.",
)


def draw(dice: Dice) -> Task | None:
    """Draw a task: a step, a step from a loss, a forgotten zero_grad, or the choice of a rate."""
    return dice.one_of((_step, _from_a_loss, _without_zero_grad, _rate))(dice)


def _new(
    name: str, old: float, gradient: float, rate: float, more: Sequence[Mistake] = ()
) -> Number:
    """Ask for a parameter after a step."""
    step = rate * gradient
    return Number(f"the new {name}", old - step, (
        Mistake(old + step, "That is a step uphill: the loss falls against the gradient."),
        Mistake(old - gradient, "The rate is missing: take only that part of the gradient."),
        Mistake(-step, f"That is the step alone: {name} moves by it from where it was."),
        Mistake(step, f"That is the step alone: {name} moves by it from where it was."),
        Mistake(old - rate * old, "You used the number of the parameter in place of its gradient."),
        Mistake(old - rate, "The gradient is missing: only the rate was subtracted."),
        *more,
    ))  # fmt: skip


def _step(dice: Dice) -> Task | None:
    names = dice.one_of((("w", "b"), ("w1", "w2"), ("m", "c"), ("k0", "k1"), ("u", "v")))
    rate = dice.one_of(RATES)
    olds = [dice.signed(STARTS) for _ in names]
    slopes = [dice.signed(GRADIENTS) for _ in names]
    if any(abs(old) == abs(slope) for old, slope in zip(olds, slopes, strict=True)):
        return None
    lines = [
        f"{name}.data = {plain(old)}; {name}.grad = {plain(slope)}"
        for name, old, slope in zip(names, olds, slopes, strict=True)
    ]
    answers = tuple(
        _new(name, old, slope, rate)
        for name, old, slope in zip(names, olds, slopes, strict=True)
    )
    return Task(
        f"A backward pass has left these gradients. What are the parameters after one step of "
        f"gradient descent with the rate {rate}?",
        "\n".join(lines), answers, HINTS,
        lambda: [RULE, equations(*(
            f"{name} = {plain(old)} − {rate} · {term(slope)} = {answer.shown}"
            for name, old, slope, answer in zip(names, olds, slopes, answers, strict=True)
        ))],
    )  # fmt: skip


def _from_a_loss(dice: Dice) -> Task | None:
    """Take a model of one weight, its loss on one example, and one step."""
    w, x, y = dice.signed(STARTS), dice.signed((2, 3, 4, 5)), dice.signed((1, 2, 3, 4, 5, 6, 7, 8))
    rate = dice.one_of((0.1, 0.01, 0.05))
    program = Program({"w": w, "x": x, "y": y}, (("p", "w * x"), ("e", "p - y"), ("L", "e**2")))
    error = w * x - y
    if abs(error) < 0.5 or abs(error) > 15:
        return None
    gradient = 2 * error * x
    new = _new("w", w, gradient, rate, (
        Mistake(w - rate * error * x, "L = e² has the local derivative 2e: the 2 is missing."),
        Mistake(w - rate * 2 * error, "The last factor of the gradient is missing: dp/dw = x."),
        Mistake(w - rate * 2 * error * w, "dp/dw is x, the other operand, not w itself."),
        Mistake(gradient, "That is the gradient; the step is still to be taken."),
    ))  # fmt: skip

    def parts() -> Sequence[Part]:
        return [*program.explained("w")[:-2], RULE,
                equations(f"w = {plain(w)} − {rate} · {term(gradient)} = {new.shown}")]  # fmt: skip

    return Task(
        f"The model p = w * x, with one example and the squared error as loss. What is w after one "
        f"step of gradient descent with the rate {rate}?",
        program.text, (new,),
        ("First the gradient of w, then the step.", "dL/dw = dL/de · de/dp · dp/dw.", HINTS[2]),
        parts, program.before,
    )  # fmt: skip


def _without_zero_grad(dice: Dice) -> Task | None:
    rate, old = dice.one_of(RATES), dice.signed(STARTS)
    first, second = (dice.signed(GRADIENTS) for _ in range(2))
    if abs(first) == abs(second):
        return None
    total = first + second
    name = dice.one_of(("w", "b", "k", "u", "w1", "w2"))
    after = old - rate * first
    answer = Number(f"{name} after both steps", after - rate * total, (
        Mistake(after - rate * second, "So it would be with zero_grad: without it the second "
                "backward pass adds to what the first has left."),
        Mistake(after - rate * first, "The second backward pass adds its gradient to the first."),
        Mistake(old + rate * (first + total), "Steps go against the gradient."),
        Mistake(after, f"That is {name} after the first step; another one follows."),
    ))  # fmt: skip
    return Task(
        f"Somebody forgot zero_grad: gradients of leaves are added up over backward passes. {name} "
        f"begins at {plain(old)}, the rate is {rate}. For the loss of the first step the "
        f"derivative with respect to {name} is {plain(first)}, for that of the second "
        f"{plain(second)}. What is {name} after both steps?",
        "", (answer,),
        (
            f"What is {name}.grad after the first backward pass, and what after the second?",
            "The first step is right. The second takes the sum of both for the gradient.",
        ),
        lambda: [
            "The first step, then what the second backward pass leaves, then the second step:",
            equations(
                f"{name} = {plain(old)} − {rate} · {term(first)} = {plain(after)}",
                f"{name}.grad = {plain(first)} + {term(second)} = {plain(total)}",
                f"{name} = {plain(after)} − {rate} · {term(total)} = {answer.shown}",
            ),
        ],
    )  # fmt: skip


def _rate(dice: Dice) -> Task | None:
    """Ask what one step does to the loss: it may be too long."""
    k, centre = dice.one_of((1, 2, 3, 4, 5, 10)), dice.signed(range(1, 7))
    w = dice.signed(range(1, 9))
    part = dice.one_of((0.2, 0.5, 0.8, 1.2, 1.6, 1.8, 2, 2, 2.4, 3, 4))  # of the way to the minimum
    rate = round(part / (2 * k), 4)
    if w == centre or abs(part / (2 * k) - rate) > 1e-9:
        return None
    right = "a" if part < 2 else "b" if part > 2 else "c"
    gradient = 2 * k * (w - centre)
    after = w - rate * gradient
    does = {"a": "it falls", "b": "it rises", "c": "it stays as it is"}
    square = f"(w {'-' if centre > 0 else '+'} {plain(abs(centre))})**2"
    formula = square if k == 1 else f"{k} * {square}"
    losses = [k * (v - centre) ** 2 for v in (w, after)]
    whys = {
        "a": "A step against the gradient lowers the loss only when it is small enough.",
        "b": "See how far the step goes: past the minimum, but is it farther from it than before?",
        "c": "Only a step to the same height on the other side would leave the loss as it is.",
    }
    return Task(
        f"w begins at {plain(w)}. One step of gradient descent is taken with the rate "
        f"{plain(rate)}. What does the loss do?",
        f"L = {formula}",
        (Choice("the answer", does, right,
                {label: why for label, why in whys.items() if label != right}),),
        (
            "Take the step, and compute the loss before and after.",
            f"dL/dw = {2 * k} · (w {'−' if centre > 0 else '+'} {plain(abs(centre))}).",
            "The loss depends only on how far w is from the minimum, on either side.",
        ),
        lambda: [
            f"{right}) {does[right]}.",
            equations(
                f"dL/dw = {2 * k} · ({plain(w)} − {term(centre)}) = {plain(gradient)}",
                f"w = {plain(w)} − {plain(rate)} · {term(gradient)} = {plain(after)}",
                f"L was {plain(losses[0])} and is {plain(losses[1])}",
            ),
        ],
    )  # fmt: skip
