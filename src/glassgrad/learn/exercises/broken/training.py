"""A training loop: a line fitted to points by gradient descent."""

from __future__ import annotations

from glassgrad.learn.exercises.broken.lines import Broken, Line, Wrong, broken
from glassgrad.learn.exercises.dice import Dice
from glassgrad.learn.exercises.programs import plain

ABOUT = "fits a model to points by gradient descent"
XS = ((-1, 1), (-2, 2), (-1, 0, 1), (-2, 0, 2), (-2, -1, 1, 2))


def draw(dice: Dice) -> Broken | None:
    """Draw points on a line, a model and a rate with which it is found; make one line wrong."""
    xs = dice.one_of(XS)
    slope, offset = int(dice.signed(range(2, 8))), int(dice.signed(range(1, 6)))
    w, b = dice.one_of((("w", "b"), ("m", "c"), ("a", "k"), ("k1", "k0"), ("p", "q")))
    points, step = dice.one_of(("points", "data", "examples")), dice.one_of(("step", "i", "epoch"))
    rate, both = dice.one_of((0.02, 0.03, 0.04, 0.05, 0.1)), dice.chance(0.5)
    # The points lie to both sides of 0 alike, so that the two parameters do not disturb each other:
    # a step leaves these parts of what is missing.
    left = [1 - 2 * rate * sum(x * x for x in xs), 1 - 2 * rate * len(xs)]
    if not all(0.1 <= part <= 0.6 for part in left[: 1 + both]):
        return None
    start, steps = dice.one_of((0, 0.5, 1, -1)), dice.one_of((15, 20))
    names = [w, b] if both else [w]
    model = f"{w} * x + {b}" if both else f"{w} * x"
    pairs = ", ".join(f"({x}, {slope * x + (offset if both else 0)})" for x in xs)
    error = f"{model} - y"
    zero = " = ".join(f"{name}.grad" for name in names) + " = 0.0"
    return broken(dice, ABOUT, [
        Line("from glassgrad import Value"),
        Line(""),
        Line(f"{points} = [{pairs}]"),
        *(Line(f"{name} = Value({plain(start)})") for name in names),
        Line(f"for {step} in range({steps}):"),
        Line(f"    loss = sum(({error})**2 for x, y in {points})", (
            Wrong(f"    loss = sum({error} for x, y in {points})", "Differences are to be squared: "
                  "as they are, they cancel, and there is no lowest loss."),
        ), "The loss is the sum of the squared differences."),
        Line(f"    {zero}", (
            Wrong(zero, "This stands above the loop and is done only once: from then on gradients "
                  "pile up, for each backward pass adds to what the last one left.", -2),
            Wrong(f"    {zero}".replace("grad", "data"), "It is the gradient that begins anew in "
                  "each step, not the number."),
        ), "In each step the gradients begin at 0, before the backward pass adds to them."),
        Line("    loss.backward()"),
        *(_update(name, rate) for name in names),
        Line(f"print({', '.join(f'round({name}.data, 2)' for name in names)})"),
    ])  # fmt: skip


def _update(name: str, rate: float) -> Line:
    return Line(f"    {name}.data -= {rate} * {name}.grad", (
        Wrong(f"    {name}.data += {rate} * {name}.grad",
              "That is a step uphill: the loss falls against the gradient, so subtract."),
        Wrong(f"    {name}.data -= {rate} * {name}.data",
              "The step is made of the gradient, not of the number itself."),
        Wrong(f"    {name}.grad -= {rate} * {name}.grad",
              "It is the number that moves, not its gradient."),
        Wrong(f"    {name}.data = -{rate} * {name}.grad",
              "A step goes on from where the number was: this forgets it."),
    ), "A step against the gradient, as long as the rate says.")  # fmt: skip
