"""Gradients compared with slopes by nudging, input by input."""

from __future__ import annotations

from collections.abc import Callable
from math import cos
from typing import Any, NamedTuple

from glassgrad.check.complex_step import complex_slope
from glassgrad.check.function import Flat
from glassgrad.check.rules import agrees, wrong_rules
from glassgrad.check.slopes import Slope, measure
from glassgrad.errors import GlassgradError
from glassgrad.jacobians import hvp
from glassgrad.show.numbers import number
from glassgrad.show.text.columns import aligned
from glassgrad.transforming import Run
from glassgrad.transforms import grad
from glassgrad.walks import backwards, forwards

__all__ = ["GradientCheck", "check_grads"]


_CUT = (
    "the rules of all operations are right: does the function take a number out of the graph, "
    "with .data, detach(), no_grad or a comparison?"
)


class Compared(NamedTuple):
    """A derivative beside the slope that nudging gives."""

    name: str
    at: float | None
    analytic: float
    numeric: float
    verdict: str
    """"agrees", "kink", "no slope" or "wrong"."""
    note: str
    exact: float | None = None
    """The slope by a complex step, which has no rounding; None where there is none."""

    @property
    def ok(self) -> bool:
        """Whether the derivative is right; at a kink, any slope between those of the sides is."""
        return self.verdict in ("agrees", "kink")

    @property
    def difference(self) -> float:
        """How far the derivative is from the slope."""
        return self.analytic - self.numeric


class GradientCheck:
    """The verdict on a gradient; it prints as a table, and is true if all is well.

    Attributes
    ----------
    inputs : list
        For each input its name, place, derivative (``analytic``), slope by nudging
        (``numeric``), their ``difference``, the ``verdict``, a ``note``.
    directions : list
        The same for forward mode and for the second derivatives, each along one direction.
    remarks : list of str
        What else there is to say: which operation is to blame, what could not be checked.
    """

    def __init__(
        self, value: float, inputs: list[Compared], directions: list[Compared], remarks: list[str]
    ) -> None:
        self.value = value
        self.inputs, self.directions, self.remarks = inputs, directions, remarks

    @property
    def ok(self) -> bool:
        """Whether every derivative is right."""
        return all(compared.ok for compared in [*self.inputs, *self.directions])

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        complexes = any(compared.exact is not None for compared in self.inputs)
        head = ["", "", "at", "gradient", "by nudging", "difference"]
        rows = [head + ["complex step"] * complexes]
        for c in [*self.inputs, *self.directions]:
            line = [c.name, c.verdict, number(c.at, 6), number(c.analytic, 8)]
            line += [number(c.numeric, 8), number(c.difference, 2)]
            rows.append(line + [number(c.exact, 8)] * complexes)
        notes = [f"{c.name}: {c.note}" for c in self.inputs if c.note]
        notes = notes or [f"{c.name}: {c.note}" for c in self.directions if c.note]
        wrong = [c.name for c in [*self.inputs, *self.directions] if not c.ok]
        right = "no gradient is wrong" if notes else "all gradients are right"
        verdict = f"not confirmed: {', '.join(wrong)}" if wrong else right
        return "\n".join([aligned(rows, words=2), *notes, *self.remarks, verdict])


def check_grads(f: Callable[..., Any], *xs: Any) -> GradientCheck:
    """Compare the gradient of a function with slopes by nudging, input by input.

    Forward mode is compared too, along one direction, and so are the second derivatives if all is
    well. Of several outputs a weighted sum is looked at.

    Parameters
    ----------
    f : callable
        Computes a number, or an array or nest of them.
    *xs : numbers, arrays, Values or nests of them
        Where.

    Returns
    -------
    GradientCheck
        Prints as a table with a verdict; ``.ok`` says whether all is well. A wrong gradient
        raises nothing.

    Raises
    ------
    TypeError
        If an argument holds something else than numbers, or f returns something else.
    GlassgradError
        If there is no argument, or f gives another number each time, as with dropout.

    Notes
    -----
    Nudges of several sizes are tried, with the error of order h² taken out, until two agree. A
    kink is recognised by the slopes of its two sides, which stay apart however small the nudge;
    there a gradient is accepted that lies between them.

    Examples
    --------
    >>> import glassgrad as gg
    >>> check = gg.check_grads(lambda a, b: gg.tanh(a * b), 0.5, -2.0)
    >>> check.ok, [round(c.analytic, 6) for c in check.inputs]
    (True, [-0.839949, 0.209987])
    >>> gg.check_grads(abs, 0.0).inputs[0].note
    'a kink: the slope is −1 to the left and 1 to the right'

    References
    ----------
    Squire & Trapp, "Using complex variables to estimate derivatives of real functions", SIAM
    Review 40 (1998).
    """
    flat = Flat(f, xs)
    if not flat.numbers:
        raise GlassgradError("there is no number to nudge: give check_grads(f, x) an argument")
    value = flat(flat.numbers)
    if repr(flat(flat.numbers)) != repr(value):
        raise GlassgradError(
            "the function gives another number each time, so that nudging says nothing: switch "
            "dropout off, model.eval(), or set the seed within the function"
        )
    run = Run(flat.on, (flat.numbers,), {}, (0,))
    gradient = backwards([run.result], [1.0], run.inputs, differentiable=False)
    inputs = [
        _compared(
            name, leaf.data, slope, measure(flat.along(i), leaf.data),
            complex_slope(run.result, leaf),
        )
        for i, (name, leaf, slope) in enumerate(
            zip(flat.names, run.inputs, gradient, strict=True)
        )
    ]  # fmt: skip
    directions = [_forward(flat, run)]
    remarks = []
    if all(c.verdict == "agrees" for c in inputs):
        try:
            directions.append(_second(flat))
        except GlassgradError as error:
            remarks.append(f"second order: not checked: {error}")
    if any(c.verdict == "wrong" for c in inputs):
        remarks += wrong_rules(run.result) or [_CUT]
    return GradientCheck(value, inputs, directions, remarks)


def _direction(flat: Flat) -> list[float]:
    """Choose a direction that favours no input and hides none."""
    return [cos(1.0 + i) for i in range(len(flat.numbers))]


def _moved(flat: Flat, t: float) -> list[float]:
    return [x + t * d for x, d in zip(flat.numbers, _direction(flat), strict=True)]


def _forward(flat: Flat, run: Run) -> Compared:
    [slope] = forwards([run.result], _direction(flat), run.inputs, differentiable=False)
    return _compared("forward mode", None, slope, measure(lambda t: flat(_moved(flat, t)), 0.0))


def _second(flat: Flat) -> Compared:
    """Compare the Hessian times the direction, weighed with it, with the gradient nudged."""
    direction = _direction(flat)

    def slope(t: float) -> float:
        return _dot(grad(flat.on)(_moved(flat, t)), direction)

    bend = _dot(hvp(flat.on, (flat.numbers,), (direction,)), direction)
    return _compared("second order", None, bend, measure(slope, 0.0))


def _dot(xs: list[float], ys: list[float]) -> float:
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def _compared(
    name: str, at: float | None, analytic: float, slope: Slope, exact: float | None = None
) -> Compared:
    verdict, note = _verdict(analytic, slope, exact)
    return Compared(
        name, at, analytic, slope.value, verdict, note, exact if slope.kind == "smooth" else None
    )


def _verdict(analytic: float, slope: Slope, exact: float | None) -> tuple[str, str]:
    low, high = sorted((slope.left, slope.right))
    if slope.kind == "kink":
        note = (
            f"a kink: the slope is {number(slope.left)} to the left and {number(slope.right)} to "
            "the right"
        )
        room = 1e-3 * (high - low)
        return ("kink" if low - room <= analytic <= high + room else "wrong"), note
    if slope.kind == "none":
        return "no slope", (
            "nudges of different sizes find no common slope: a jump, a pole, or the edge of where "
            "the function is defined"
        )
    if not agrees(analytic, slope.value, slope.error):
        return "wrong", ""
    if exact is not None and not _agrees_closely(analytic, exact, slope):
        return "wrong", "the complex step finds another slope, in digits that nudging can't see"
    return "agrees", ""


def _agrees_closely(analytic: float, exact: float, slope: Slope) -> bool:
    """Compare with a complex step, where the two measurements themselves agree."""
    if not agrees(exact, slope.value, slope.error):
        return True
    return abs(analytic - exact) <= 1e-9 * max(abs(analytic), abs(exact)) + 1e-12
