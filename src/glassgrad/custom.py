"""A learner's own operation: forward and local derivatives in, a function of Values out."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from glassgrad.convert import a_kind, as_float, is_array
from glassgrad.dispatch import elementwise, elsewhere
from glassgrad.engine import as_value, custom_node
from glassgrad.errors import CardError, GlassgradError
from glassgrad.expr import operands_first
from glassgrad.ops import Card

__all__ = ["custom_op"]

_FAILED: Any = object()


class CustomOp(Card):
    """A card made at run time: call it like a function.

    The functions given for it are called on floats for every node. They are also read once, with
    symbols: if that works, the operation can be differentiated again.
    """

    __slots__ = ("__name__", "_opaque")

    def __init__(
        self, name: str, forward: Callable[..., Any], partials: Callable[..., Any]
    ) -> None:
        operands = _checked_operands(name, forward, partials)
        super().__init__(name, formula=forward, partials=partials, operands=operands)
        self.__name__ = name
        self._opaque = not self._readable()

    def _readable(self) -> bool:
        try:
            self.read()
        except CardError:
            raise
        except Exception:  # whatever a function does that can't take a symbol
            return False
        # What forgets its operands has not understood them: a constant, a caught error.
        parts = set(operands_first(self.compute_expr))
        return any(symbol in parts for symbol in self.symbols)

    @property
    def opaque(self) -> bool:
        """Whether the functions could not be read with symbols."""
        return self._opaque

    def __call__(self, *operands: Any) -> Any:
        """Apply the operation to Values, numbers or arrays, element by element."""
        if any(map(is_array, operands)):
            return elementwise(self.__call__, operands)
        return super().__call__(*operands)

    def on_floats(self, *operands: float) -> float:
        """Compute the result on floats."""
        assert self.formula is not None
        numbers = tuple(as_float(x, self.name) for x in operands)
        found = self._run(self.formula, numbers)
        if found is _FAILED:
            return super().on_floats(*numbers)
        return as_float(found, f"{self.name}'s forward")

    def partials_on_floats(self, y: float, *operands: float) -> tuple[float, ...]:
        """Compute the local derivatives on floats."""
        found = self._run(self.partials, (y, *operands))
        if found is _FAILED:
            return super().partials_on_floats(y, *operands)
        if not isinstance(found, (tuple, list)) or len(found) != len(self.operands):
            raise CardError(
                f"{self.name}: partials must return a tuple of {len(self.operands)}, one local "
                f"derivative per operand; it returned {found!r}"
            )
        return tuple(as_float(d, f"{self.name}'s partials") for d in found)

    def _run(self, function: Callable[..., Any], numbers: tuple[float, ...]) -> Any:
        """Call a function; _FAILED where Python's floats fail and IEEE 754 has an answer."""
        try:
            found = function(*numbers)
        except (ArithmeticError, ValueError) as error:
            if not self._opaque:
                return _FAILED
            raise GlassgradError(
                f"{self.name}: the function given for it raised {type(error).__name__} at "
                f"{numbers}: {error}. Write it with gg.exp, gg.log and so on, which answer with "
                "inf or nan, as floating-point arithmetic does elsewhere"
            ) from error
        parts = found if isinstance(found, (tuple, list)) else (found,)
        if any(isinstance(x, complex) for x in parts) and not self._opaque:
            return _FAILED
        return found


def custom_op(
    name: str, forward: Callable[..., Any], partials: Callable[..., Any]
) -> Callable[..., Any]:
    """Define an operation of your own by its value and its local derivatives.

    Parameters
    ----------
    name : str
        A Python identifier, shown as `Value._op`, in drawings and in errors.
    forward : callable (operands) -> number
        What the operation computes, on floats.
    partials : callable (y, operands) -> tuple of numbers
        The local derivatives, one per operand; y is the result of `forward`. Written with
        operators and gg functions it can be differentiated again; for that both functions are
        read once, with symbols, when the operation is defined.

    Returns
    -------
    callable
        The operation, for Values, numbers and arrays.

    Raises
    ------
    CardError
        If the name is no identifier, or the number of partials is not that of the operands.

    Examples
    --------
    >>> import glassgrad as gg
    >>> cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    >>> x = gg.Value(3.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, y._op
    (27.0, 27.0, 'cube')
    """
    return CustomOp(name, forward, partials)


_SIGNS: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
}


def apply_card(card: Card, operands: tuple[Any, ...]) -> Any:
    """Apply a card to operands of which at least one is a Value."""
    if card.in_table:
        return _SIGNS.get(card.name, partial(elsewhere, card.name))(*operands)
    values = tuple(as_value(x, card.name) for x in operands)
    numbers = tuple(v._data for v in values)
    y = card.on_floats(*numbers)
    return custom_node(y, values, card.partials_on_floats(y, *numbers), card.opcode)


def _checked_operands(
    name: str, forward: Callable[..., Any], partials: Callable[..., Any]
) -> tuple[str, ...]:
    """Name the operands as `forward` does, and see that `partials` takes the result and them."""
    for which, function in (("forward", forward), ("partials", partials)):
        if not callable(function):
            raise CardError(f"{name}: {which} must be a function, not {a_kind(function)}")
    try:
        operands = inspect.signature(forward).parameters
        taken = inspect.signature(partials)
    except ValueError:
        raise CardError(
            f"{name}: Python can't tell which operands a built-in function takes: wrap it, as in "
            "lambda x: f(x)"
        ) from None
    kinds = {parameter.kind for parameter in operands.values()}
    if not operands or not kinds <= {0, 1}:
        raise CardError(f"{name}: forward must name its operands, as in lambda x: x * x")
    try:
        taken.bind(None, *operands)
    except TypeError as error:
        raise CardError(
            f"{name}: partials takes the result and then the operands of forward, as in "
            f"lambda y, x: (2 * x,); {error}"
        ) from None
    return tuple(operands)
