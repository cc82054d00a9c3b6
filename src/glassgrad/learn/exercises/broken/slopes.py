"""A slope found by nudging."""

from __future__ import annotations

from glassgrad.learn.exercises.broken.lines import Broken, Line, Wrong, broken
from glassgrad.learn.exercises.dice import Dice

ABOUT = "finds a slope by nudging to both sides"


def draw(dice: Dice) -> Broken:
    """Draw a function of two variables and a nudge, and make one line wrong."""
    f, slope = dice.one_of("fgpq"), dice.one_of(("slope", "rise", "found"))
    a, b = tuple(dice.one_of(("xy", "ab", "uv", "wb", "st")))
    up, down = dice.one_of((("up", "down"), ("above", "below"), ("right", "left")))
    k, m, n = (int(dice.signed((2, 3, 4, 5, 6, 7))) for _ in range(3))
    by_first = dice.chance(0.5)
    wrt = a if by_first else b

    def call(sign: str, both: bool = False) -> str:
        first = f"{a} {sign} h" if by_first or both else a
        second = b if by_first and not both else f"{b} {sign} h"
        return f"{f}({first}, {second})"

    h = dice.one_of(("0.001", "0.0001", "1e-5"))
    return broken(dice, ABOUT, [
        Line(f"def {f}({a}, {b}):"),
        Line(f"    return {k} * {a}**2 + {m} * {a} * {b} + {n} * {b}**2".replace("+ -", "- ")),
        Line(""),
        Line(f"{a} = {int(dice.signed(range(1, 6)))}; {b} = {int(dice.signed(range(1, 6)))}"),
        Line(f"h = {h}", (
            Wrong("h = 1e-17", f"So small a nudge is lost: {wrt} + h is {wrt}, to the last digit "
                  "that a float has."),
        ), "A nudge that is small, but not lost among the digits of a float."),
        Line(f"{up} = {call('+')}", (
            Wrong(f"{up} = {call('+', both=True)}", f"Only {wrt} may move: the other stays."),
            Wrong(f"{up} = {call('-')}", f"Here {wrt} should be nudged up."),
        ), f"Here {wrt} alone is nudged up."),
        Line(f"{down} = {call('-')}", (
            Wrong(f"{down} = {call('-', both=True)}", f"Only {wrt} may move: the other stays."),
            Wrong(f"{down} = {call('+')}", f"Here {wrt} should be nudged down."),
        ), f"Here {wrt} alone is nudged down."),
        Line(f"{slope} = ({up} - {down}) / (2 * h)", (
            Wrong(f"{slope} = ({up} - {down}) / h", f"From one side to the other {wrt} moves by "
                  "2 * h, not by h."),
            Wrong(f"{slope} = ({down} - {up}) / (2 * h)", "The change is what comes after, minus "
                  "what was before: the sign is wrong."),
            Wrong(f"{slope} = ({up} + {down}) / (2 * h)", "A slope is made of the change: "
                  "subtract, don't add."),
        ), "The change, divided by how far it is from one side to the other: 2 * h."),
        Line(f"print(round({slope}, 2))"),
    ])  # fmt: skip
