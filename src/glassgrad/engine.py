"""The engine: a number that remembers how it was made, and hands its gradient back.

A `Value` is a node of a graph. The forward pass makes the nodes, and each stores at once its
*local derivatives*: how much its result moves per unit of each operand. The backward pass then
is one loop with no knowledge of any operation: it walks the nodes from the newest to the oldest
and hands to each operand the node's gradient times the local derivative (the chain rule).

The arithmetic between the two marked lines below is written by ``make cards`` from the table in
`glassgrad.ops`; all else is written by hand. The layout of a node:

=============  ==============================================================================
``_data``      the number
``_grad``      the derivative of the last root with respect to this node
``_a, _b``     the operands (None where there is none)
``_da, _db``   the local derivatives; of ``v ** 2`` the constant exponent sits in ``_db``
``_label``     a name for people
``_opcode``    which operation made it, see `glassgrad.ops.SPECIAL` and `glassgrad.ops.TABLE`
``_scope``     which module made it, see `glassgrad.modes.SCOPES`
``_number``    the how-manyeth node it is: operands always have smaller numbers
``_mark``      1 once a backward pass has reached the node, until its gradient is zeroed
``_extra``     None, or the rare rest: see `Extra`
=============  ==============================================================================

A node refers only to nodes made before it, so there are no cycles: memory is freed at once.
"""

from __future__ import annotations

import os
from heapq import heappop, heappush
from itertools import count
from math import isfinite
from threading import Lock

from glassgrad import modes
from glassgrad.convert import (
    a_kind, as_float, is_array, is_boxed, is_foreign, is_whole, only_item, refusal,
)  # fmt: skip
from glassgrad.errors import NoRuleError
from glassgrad.modes import here

# <card imports>
from glassgrad.kernels import (
    abs, acos, asin, atan, atan2, cos, cosh, div, erf, exp, expm1, log, log1p, maximum, pow,
    sigmoid, sin, sinh, sqrt, square, tan, tanh,
)  # fmt: skip
from glassgrad.opcodes import (
    ABS, ACOS, ADD, ASIN, ATAN, ATAN2, CHOICES, CLAMP, CONSTANT, COPY, COS, COSH, DIV, ERF, EXP,
    EXPM1, FLOAT_POWER, INT_POWER, LOG, LOG1P, MAXIMUM, MINIMUM, MUL, NEG, OPAQUE, OP_NAMES, POW,
    RECIPROCAL, RELU, SIGMOID, SIN, SINH, SOFTPLUS, SQRT, SQUARE, SUB, TAN, TANH, WHERE,
)  # fmt: skip
# </card imports>

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final, NoReturn, TypeAlias

    from glassgrad.convert import Number

    Operand: TypeAlias = "Value | Number"
    _Page: TypeAlias = "list[Value | None]"

__all__ = ["Value", "dot", "mean", "sum"]

#: Takes the next number of a node; atomic, so that threads never share one.
next_number: Final = count(1).__next__

_new: Final = object.__new__
_backward_lock = Lock()
_opaque_exists = False


def _unlock_child() -> None:
    """Give a forked process a lock of its own: the thread that held the old one is not there."""
    global _backward_lock
    _backward_lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_child)


class Extra:
    """What few nodes need: further operands, constants of the operation, or a foreign name."""

    __slots__ = ("constants", "name", "operands", "partials")

    def __init__(
        self,
        operands: tuple[Value, ...] = (),
        partials: tuple[float, ...] = (),
        constants: tuple[float, ...] = (),
        name: str = "",
    ) -> None:
        self.operands = operands
        self.partials = partials
        self.constants = constants
        self.name = name


class Value:
    """A number that remembers how it was made.

    Parameters
    ----------
    data : number or Value
        The number, kept as a float64. A Value gives a copy that hands its gradient on.
    label : str, optional
        A name for drawings, printed trees and error messages.
    _children, _op : optional
        The signature of the lecture. Given children, the node is accepted but opaque: no
        gradient can pass through it, because nobody said what its derivative is.

    Raises
    ------
    TypeError
        If `data` is not a real number.
    OverflowError
        If `data` is an int that no float64 holds.

    Notes
    -----
    The gradient of a value x, after ``L.backward()``, is dL/dx: how much L changes per unit of
    change of x, in units of L per unit of x.

    Examples
    --------
    >>> from glassgrad import Value
    >>> a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
    >>> d = a * b + c
    >>> d.backward()
    >>> d.data, a.grad, b.grad, c.grad
    (4.0, -3.0, 2.0, 1.0)

    References
    ----------
    A. Karpathy, "The spelled-out intro to neural networks and backpropagation: building
    micrograd", 2022.
    """

    # No __weakref__: the callback of a weak reference could revive a node that is being freed.
    __slots__ = (
        "_a", "_b", "_da", "_data", "_db", "_extra", "_grad", "_label", "_mark", "_number",
        "_opcode", "_scope",
    )  # fmt: skip

    _data: float
    _grad: float
    _a: Value | None
    _b: Value | None
    _da: float
    _db: float
    _label: str
    _opcode: int
    _scope: int
    _number: int
    _mark: int
    _extra: Extra | None

    def __init__(
        self, data: Operand, _children: Iterable[Value] = (), _op: str = "", label: str = ""
    ) -> None:
        self._a = self._b = self._extra = None
        self._da = self._db = self._grad = 0.0
        self._mark = self._opcode = 0
        self._scope = here.scope
        self._label = label if type(label) is str else _checked_label(label)
        if type(data) is not float and type(data) is not Value:
            data = only_item(data)
        if type(data) is float:
            self._data = data
        elif type(data) is Value:
            if _children or _op:
                raise refusal(data, "Value(data, _children, _op)")
            self._data = data._data
            if here.recording:
                self._a, self._da, self._opcode = data, 1.0, COPY
        else:
            self._data = as_float(data, "Value")
        if _children or _op:
            _make_opaque(self, tuple(_children), _op)
        self._number = next_number()

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError(
            "Value is final and can't be subclassed: to add an operation with a derivative of "
            "its own, write gg.custom_op(name, forward, partials)"
        )

    # ------------------------------------------------------------------ what a value shows

    @property
    def data(self) -> float:
        """The number itself. Assigning changes the next forward pass, not the recorded one."""
        return self._data

    @data.setter
    def data(self, number: Number) -> None:
        self._data = number if type(number) is float else as_float(number, "Value.data")

    @property
    def grad(self) -> float:
        """The derivative of the last root with respect to this value; 0.0 before any pass."""
        return self._grad

    @grad.setter
    def grad(self, number: Number) -> None:
        self._grad = number if type(number) is float else as_float(number, "Value.grad")
        self._mark = 0 if self._grad == 0.0 else 1

    @property
    def label(self) -> str:
        """The name under which the value is drawn and printed."""
        return self._label

    @label.setter
    def label(self, name: str) -> None:
        self._label = name if type(name) is str else _checked_label(name)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The operands, in order, as often as they occur: of ``a + a`` it is ``(a, a)``."""
        return tuple(operand for operand, _ in edges(self))

    @property
    def _op(self) -> str:
        """The operation as in the lecture: ``'+'``, ``'tanh'``, ``'**2'``; '' for a leaf."""
        opcode = self._opcode
        if opcode == INT_POWER:
            return f"**{int(self._db)}"
        if opcode == FLOAT_POWER:
            return f"**{self._db!r}"
        if opcode == OPAQUE:
            return self._extra.name  # type: ignore[union-attr]
        if opcode < len(OP_NAMES):
            return OP_NAMES[opcode]
        from glassgrad.ops import op_of

        return op_of(opcode)

    @property
    def _backward(self) -> NoReturn:
        raise AttributeError("a Value keeps no _backward function: it stores local derivatives")

    @_backward.setter
    def _backward(self, function: object) -> NoReturn:
        raise NoRuleError(
            "a Value keeps no _backward function: give the operation its derivative with "
            "gg.custom_op(name, forward, partials), or use an existing one such as v.tanh()"
        )

    def __repr__(self) -> str:
        label = f", label={self._label!r}" if self._label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def tree(self) -> None:
        """Print the expression with data and gradients: see `glassgrad.show.tree.tree`."""
        _late("glassgrad.show.tree", "tree")(self)

    # ---------------------------------------------------------------- Python's protocols

    def __bool__(self) -> bool:
        return self._data != 0.0

    def __float__(self) -> float:
        if self._a is not None or here.transforms:
            _late("glassgrad.graph", "gradient_ends")("float(v)")
        return self._data

    def __lt__(self, other: Operand) -> bool:
        right = other._data if type(other) is Value else _comparable(other, "<")
        return NotImplemented if right is None else self._data < right

    def __le__(self, other: Operand) -> bool:
        right = other._data if type(other) is Value else _comparable(other, "<=")
        return NotImplemented if right is None else self._data <= right

    def __gt__(self, other: Operand) -> bool:
        right = other._data if type(other) is Value else _comparable(other, ">")
        return NotImplemented if right is None else self._data > right

    def __ge__(self, other: Operand) -> bool:
        right = other._data if type(other) is Value else _comparable(other, ">=")
        return NotImplemented if right is None else self._data >= right

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return _late("glassgrad.interop", "array_ufunc")(ufunc, method, inputs, kwargs)

    def __card__(self, card: Any, operands: tuple[Any, ...]) -> Value:
        """Apply a card: see `glassgrad.ops.Card.__call__`."""
        applied: Value = _late("glassgrad.custom", "apply_card")(card, operands)
        return applied

    def __copy__(self) -> Value:
        twin: Value = _late("glassgrad.copying", "twin")(self)
        return twin

    def __reduce__(self) -> Any:
        return _late("glassgrad.copying", "reduce_value")(self)

    # ------------------------------------------------------------------ what a value does

    def detach(self) -> Value:
        """Take the number without its history: no gradient passes to what it was made of."""
        return Value(self._data)

    def backward(self) -> None:
        """Compute the gradient of this value with respect to everything it was made of.

        The value's own gradient is set to 1 (dL/dL); then every node, from the newest to the
        oldest, hands to each operand its gradient times the local derivative, and an operand
        that is used several times receives the sum. Gradients of leaves accumulate over calls
        until they are zeroed; those of inner nodes belong to the last call.

        Raises
        ------
        NoRuleError
            If the graph has a node made by hand, ``Value(t, (x,), "tanh")``, whose derivative
            is unknown. No gradient has changed then.
        NonFiniteError
            Inside `gg.detect_anomaly`, if a gradient is infinite or not a number.

        Notes
        -----
        Why an order? A node may hand its gradient on only once all of it has arrived. With
        a = 2, b = 3, c = a + b, d = a·b, y = (c + d) + c·d, the gradient is (25, 19). Plain
        recursion from y visits c and d twice each, once with half of their gradient and once
        with all of it, and so hands the first half on twice: it finds (29, 22). The order of
        creation is always right, because operands are made before their results.

        Examples
        --------
        >>> from glassgrad import Value
        >>> a, b = Value(2.0), Value(3.0)
        >>> c, d = a + b, a * b
        >>> y = (c + d) + c * d
        >>> y.backward()
        >>> a.grad, b.grad
        (25.0, 19.0)

        References
        ----------
        S. Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16 (1976).
        """
        with _backward_lock:
            if _opaque_exists:
                _late("glassgrad.graph", "refuse_opaque")(self)
            if here.anomaly:
                _late("glassgrad.anomaly", "check_gradients")(self)
            _sweep(self)

    # ----------------------------------------- functions composed of others: gg.silu and so on

    def silu(self) -> Value:
        """Weigh x by how positive it is: see `glassgrad.functions.silu`."""
        return _function("silu", self)

    def gelu(self, approximate: str = "none") -> Value:
        """Weigh x by how much of a bell curve lies below it: `glassgrad.functions.gelu`."""
        return _function("gelu", self, approximate)

    def elu(self, alpha: float = 1.0) -> Value:
        """Bend a negative x towards -alpha: see `glassgrad.functions.elu`."""
        return _function("elu", self, alpha)

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """Flatten a negative x to slope · x: see `glassgrad.functions.leaky_relu`."""
        return _function("leaky_relu", self, slope)

    def hypot(self, other: Operand) -> Value:
        """Take the length of the hypotenuse: see `glassgrad.functions.hypot`."""
        return _function("hypot", self, other)

    # ------------------------------------------------------------------------- operations

    def __pos__(self) -> Value:
        """Make a copy that hands its gradient on, as ``Value(v)`` does."""
        return Value(self)

    # <cards>
    def where(self, condition: bool, other: Operand) -> Value:
        """Take this value where the condition holds and the other where it does not."""
        right = other if type(other) is Value else as_value(other, "where")
        condition = truth(condition)
        a = self._data
        b = right._data
        y = a if condition else b
        da = 1.0 if condition else 0.0
        db = 0.0 if condition else 1.0
        return _node(y, self, right, da, db, WHERE)

    def relu(self) -> Value:
        """Keep a positive number and turn a negative one into 0."""
        x = self._data
        y = 0.0 if x <= 0.0 else x
        dx = 0.0 if x <= 0.0 else 1.0
        return _node(y, self, None, dx, 0.0, RELU)

    def maximum(self, other: Operand) -> Value:
        """Take the larger of two numbers; at a tie each receives half the gradient."""
        right = other if type(other) is Value else as_value(other, "maximum")
        a = self._data
        b = right._data
        y = a if a > b else b if a <= b else a + b
        t1 = 0.5 if a == b else 1.0
        da = 0.0 if a < b else t1
        db = 0.0 if a > b else t1
        return _node(y, self, right, da, db, MAXIMUM)

    def minimum(self, other: Operand) -> Value:
        """Take the smaller of two numbers; at a tie each receives half the gradient."""
        right = other if type(other) is Value else as_value(other, "minimum")
        a = self._data
        b = right._data
        y = a if a < b else b if a >= b else a + b
        t1 = 0.5 if a == b else 1.0
        da = 0.0 if a > b else t1
        db = 0.0 if a < b else t1
        return _node(y, self, right, da, db, MINIMUM)

    def clamp(self, low: Number, high: Number) -> Value:
        """Keep x between two bounds; beyond a bound the result no longer moves."""
        x = self._data
        low = _bound(low, "clamp")
        high = _bound(high, "clamp")
        t1 = low if x < low else x
        y = high if t1 > high else t1
        dx = 1.0 if x >= low and x <= high else 0.0
        extra = Extra(constants=(low, high))
        return _node(y, self, None, dx, 0.0, CLAMP, extra)

    def clip(self, low: Number, high: Number, out: None = None) -> Value:
        """NumPy's name for `clamp`."""
        return self.clamp(low, high)

    def exp(self) -> Value:
        """Raise e = 2.718... to the power x; the exponential is its own derivative."""
        x = self._data
        y = exp(x)
        return _node(y, self, None, y, 0.0, EXP)

    def expm1(self) -> Value:
        """Compute exp(x) - 1 without losing digits near 0."""
        x = self._data
        y = expm1(x)
        return _node(y, self, None, exp(x), 0.0, EXPM1)

    def log(self) -> Value:
        """Take the natural logarithm: the power to which e must be raised to give x."""
        x = self._data
        y = log(x)
        return _node(y, self, None, div(1.0, x), 0.0, LOG)

    def log1p(self) -> Value:
        """Compute log(1 + x) without losing digits near 0."""
        x = self._data
        y = log1p(x)
        return _node(y, self, None, div(1.0, 1.0 + x), 0.0, LOG1P)

    def __neg__(self) -> Value:
        """Turn the sign around."""
        x = self._data
        y = -x
        return _node(y, self, None, -1.0, 0.0, NEG)

    def __add__(self, other: Operand) -> Value:
        """Add two numbers; the gradient of the sum is copied to both (the sum rule)."""
        right = other if type(other) is Value else _operand(other, "+")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = a + b
        return _node(y, self, right, 1.0, 1.0, ADD)

    def __radd__(self, other: Operand) -> Value:
        left = _operand(other, "+")
        return NotImplemented if left is None else left + self

    def __sub__(self, other: Operand) -> Value:
        """Subtract b from a."""
        right = other if type(other) is Value else _operand(other, "-")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = a - b
        return _node(y, self, right, 1.0, -1.0, SUB)

    def __rsub__(self, other: Operand) -> Value:
        left = _operand(other, "-")
        return NotImplemented if left is None else left - self

    def __mul__(self, other: Operand) -> Value:
        """Multiply two numbers; each receives the gradient times the other (the product rule)."""
        right = other if type(other) is Value else _operand(other, "*")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = a * b
        return _node(y, self, right, b, a, MUL)

    def __rmul__(self, other: Operand) -> Value:
        left = _operand(other, "*")
        return NotImplemented if left is None else left * self

    def __truediv__(self, other: Operand) -> Value:
        """Divide a by b; x/0 is infinite, 0/0 is not a number."""
        right = other if type(other) is Value else _operand(other, "/")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = div(a, b)
        return _node(y, self, right, div(1.0, b), div(-y, b), DIV)

    def __rtruediv__(self, other: Operand) -> Value:
        left = _operand(other, "/")
        return NotImplemented if left is None else left / self

    def __pow__(self, other: Operand) -> Value:
        """Raise a to the power b; a negative number to a fraction is not a number."""
        a = self._data
        if type(other) is not Value:
            exponent = _exponent(other)
            if exponent is None:
                return NotImplemented
            b, opcode = exponent
            y = pow(a, b)
            da = 0.0 if b == 0.0 else b * pow(a, b - 1.0)
            return _node(y, self, None, da, b, opcode)
        b = other._data
        y = pow(a, b)
        da = 0.0 if b == 0.0 else b * pow(a, b - 1.0)
        db = 0.0 if a == 0.0 and b >= 0.0 else y * log(a)
        return _node(y, self, other, da, db, POW)

    def __rpow__(self, other: Operand) -> Value:
        left = _operand(other, "**")
        return NotImplemented if left is None else left ** self

    def square(self) -> Value:
        """Multiply a number by itself."""
        x = self._data
        y = x * x
        return _node(y, self, None, 2.0 * x, 0.0, SQUARE)

    def sqrt(self) -> Value:
        """Find the number whose square is x; not a number below 0."""
        x = self._data
        y = sqrt(x)
        return _node(y, self, None, div(0.5, y), 0.0, SQRT)

    def abs(self) -> Value:
        """Drop the sign."""
        x = self._data
        y = abs(x)
        dx = 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0
        return _node(y, self, None, dx, 0.0, ABS)

    def __abs__(self) -> Value:
        return self.abs()

    def absolute(self) -> Value:
        """NumPy's name for `abs`."""
        return self.abs()

    def reciprocal(self) -> Value:
        """Divide 1 by x."""
        x = self._data
        y = div(1.0, x)
        return _node(y, self, None, -y * y, 0.0, RECIPROCAL)

    def sinh(self) -> Value:
        """Take the hyperbolic sine, (exp(x) - exp(-x)) / 2."""
        x = self._data
        y = sinh(x)
        return _node(y, self, None, cosh(x), 0.0, SINH)

    def cosh(self) -> Value:
        """Take the hyperbolic cosine, (exp(x) + exp(-x)) / 2."""
        x = self._data
        y = cosh(x)
        return _node(y, self, None, sinh(x), 0.0, COSH)

    def tanh(self) -> Value:
        """Squash any real number into (-1, 1)."""
        x = self._data
        y = tanh(x)
        return _node(y, self, None, 4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x), 0.0, TANH)

    def sigmoid(self) -> Value:
        """Squash any real number into (0, 1)."""
        x = self._data
        t1 = exp(-abs(x))
        y = div(1.0 if x >= 0.0 else t1, 1.0 + t1)
        return _node(y, self, None, y * sigmoid(-x), 0.0, SIGMOID)

    def softplus(self) -> Value:
        """Bend smoothly from 0 on the left to x on the right."""
        x = self._data
        y = maximum(x, 0.0) + log1p(exp(-abs(x)))
        return _node(y, self, None, sigmoid(x), 0.0, SOFTPLUS)

    def erf(self) -> Value:
        """Take the error function: how much of a bell curve lies within x, from -1 to 1."""
        x = self._data
        y = erf(x)
        return _node(y, self, None, 1.1283791670955126 * exp(-square(x)), 0.0, ERF)

    def sin(self) -> Value:
        """Take the sine of an angle in radians."""
        x = self._data
        y = sin(x)
        return _node(y, self, None, cos(x), 0.0, SIN)

    def cos(self) -> Value:
        """Take the cosine of an angle in radians."""
        x = self._data
        y = cos(x)
        return _node(y, self, None, -sin(x), 0.0, COS)

    def tan(self) -> Value:
        """Take the tangent of an angle in radians."""
        x = self._data
        y = tan(x)
        return _node(y, self, None, 1.0 + y * y, 0.0, TAN)

    def asin(self) -> Value:
        """Find the angle between -π/2 and π/2 whose sine is x."""
        x = self._data
        y = asin(x)
        return _node(y, self, None, div(1.0, sqrt((1.0 - x) * (1.0 + x))), 0.0, ASIN)

    def arcsin(self) -> Value:
        """NumPy's name for `asin`."""
        return self.asin()

    def acos(self) -> Value:
        """Find the angle between 0 and π whose cosine is x."""
        x = self._data
        y = acos(x)
        return _node(y, self, None, div(-1.0, sqrt((1.0 - x) * (1.0 + x))), 0.0, ACOS)

    def arccos(self) -> Value:
        """NumPy's name for `acos`."""
        return self.acos()

    def atan(self) -> Value:
        """Find the angle between -π/2 and π/2 whose tangent is x."""
        x = self._data
        y = atan(x)
        return _node(y, self, None, div(1.0, 1.0 + x * x), 0.0, ATAN)

    def arctan(self) -> Value:
        """NumPy's name for `atan`."""
        return self.atan()

    def atan2(self, other: Operand) -> Value:
        """Find the angle, from -π to π, of the point with height a and distance b to the right."""
        right = other if type(other) is Value else as_value(other, "atan2")
        a = self._data
        b = right._data
        y = atan2(a, b)
        t1 = a * a + b * b
        t2 = t1 == 0.0
        da = 0.0 if t2 else div(b, t1)
        db = 0.0 if t2 else div(-a, t1)
        return _node(y, self, right, da, db, ATAN2)

    def arctan2(self, other: Operand) -> Value:
        """NumPy's name for `atan2`."""
        return self.atan2(other)
    # </cards>


def _node(
    data: float, a: Value, b: Value | None, da: float, db: float, opcode: int,
    extra: Extra | None = None,
) -> Value:  # fmt: skip
    """Make the node of an operation: the one place where a graph grows."""
    if modes.watching:
        if here.anomaly and not isfinite(data):
            _late("glassgrad.anomaly", "refuse_value")(data, a, b, db, opcode, extra)
        if not here.recording:
            return Value(data)
    v = _new(Value)
    v._data = data
    v._grad = 0.0
    v._a = a
    v._b = b
    v._da = da
    v._db = db
    v._label = ""
    v._opcode = opcode
    v._scope = here.scope
    v._mark = 0
    v._extra = extra
    v._number = next_number()
    return v


def custom_node(
    data: float, operands: tuple[Value, ...], partials: tuple[float, ...], opcode: int
) -> Value:
    """Make the node of an operation that has no method, with any number of operands."""
    a, *rest = operands
    b = rest[0] if rest else None
    db = partials[1] if rest else 0.0
    extra = Extra(operands[2:], partials[2:]) if len(operands) > 2 else None
    return _node(data, a, b, partials[0], db, opcode, extra)


def edges(v: Value) -> tuple[tuple[Value, float], ...]:
    """List the operands of a node with their local derivatives, in order."""
    if v._a is None:
        return ()
    if v._b is None:
        found: tuple[tuple[Value, float], ...] = ((v._a, v._da),)
    else:
        found = ((v._a, v._da), (v._b, v._db))
    if v._extra is not None:
        found += tuple(zip(v._extra.operands, v._extra.partials, strict=True))
    return found


# ---------------------------------------------------------------------- the backward pass

#: Nodes that wait for their turn lie in pages of 64 consecutive numbers, the newest first.
_PAGE_BITS: Final = 6
_PAGE: Final = 1 << _PAGE_BITS
_LAST: Final = _PAGE - 1


def _sweep(root: Value) -> None:
    """Run the backward pass: from the newest node to the oldest, each hands its gradient on.

    Every node waits at the place that its number gives it, so the order needs no sorting; a
    heap holds the numbers of the pages begun.
    """
    root._mark = 1
    if root._a is None:
        root._grad += 1.0
        return
    pages: dict[int, _Page] = {}
    heap: list[int] = []
    _hand(root, 1.0, pages, heap)
    while heap:
        newest = -heap[0]
        for v in pages[newest]:
            if v is None:
                continue
            grad = v._grad
            share = grad * v._da
            if share != share:
                share = share_of(v, grad, v._da)
            _hand(v._a, share, pages, heap)  # type: ignore[arg-type]
            if v._b is not None:
                share = grad * v._db
                if share != share:
                    share = share_of(v, grad, v._db)
                _hand(v._b, share, pages, heap)
            if v._extra is not None:
                for operand, partial in zip(v._extra.operands, v._extra.partials, strict=True):
                    _hand(operand, grad * partial, pages, heap)
        heappop(heap)
        del pages[newest]


def share_of(v: Value, grad: float, partial: float) -> float:
    """Compute the share of a node's gradient that an operand receives.

    What was not chosen receives nothing, even of an infinite gradient: 0 times infinity is nan.
    """
    share = grad * partial
    return 0.0 if share != share and partial == 0.0 and v._opcode in CHOICES else share


def _hand(operand: Value, share: float, pages: dict[int, _Page], heap: list[int]) -> None:
    """Hand an operand its share of a gradient; if it is new, it waits for its turn."""
    if operand._a is None:
        operand._grad += share
        operand._mark = 1
        return
    number = operand._number
    page = pages.get(number >> _PAGE_BITS)
    if page is None:
        page = pages[number >> _PAGE_BITS] = [None] * _PAGE
        heappush(heap, -(number >> _PAGE_BITS))
    if page[~number & _LAST] is None:
        page[~number & _LAST] = operand
        operand._grad = share
        operand._mark = 1
    else:
        operand._grad += share


# ------------------------------------------------------------------- sums, in a single call


def sum(values: Iterable[Any], start: Any = 0) -> Any:
    """Add values up from left to right: the same nodes as the loop, in one call.

    Parameters
    ----------
    values : iterable of Value or numbers
        What to add.
    start : Value or number
        What the sum begins with. Like Python's own `sum`, it is an operand of the first "+".

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.sum([gg.Value(1.0), gg.Value(2.0), 3.0])
    Value(data=6.0, grad=0.0)
    """
    total = start
    for value in values:
        total = total + value
    return total


def dot(xs: Iterable[Any], ys: Iterable[Any], start: Any = 0) -> Any:
    """Add up the products x·y, pair by pair: the same nodes as the loop, in one call.

    Parameters
    ----------
    xs, ys : iterables of Value or numbers, equally long
        The factors: ``start + x0*y0 + x1*y1 + ...``.
    start : Value or number
        What the sum begins with, such as a neuron's bias.

    Raises
    ------
    ValueError
        If one is longer than the other.

    Examples
    --------
    >>> import glassgrad as gg
    >>> w = [gg.Value(-3.0), gg.Value(1.0)]
    >>> gg.dot(w, [2.0, 0.0], start=6.5)
    Value(data=0.5, grad=0.0)
    """
    xs, ys = list(xs), list(ys)
    if len(xs) != len(ys):
        raise ValueError(
            f"dot pairs each factor with one other, but got {len(xs)} and {len(ys)} of them"
        )
    total = start
    for x, y in zip(xs, ys, strict=True):
        total = total + x * y
    return total


def mean(values: Iterable[Any]) -> Any:
    """Average values: their sum from left to right, divided by how many there are.

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.mean([gg.Value(1.0), gg.Value(2.0)])
    Value(data=1.5, grad=0.0)
    """
    values = list(values)
    if not values:
        raise ValueError("the mean of no values is not defined: give at least one")
    return sum(values) / len(values)


# ------------------------------------------------------------------------ what is handed in


def constant(number: float) -> Value:
    """Make the leaf that stands for a number in an expression, such as the 2 in ``2 * v``."""
    v = Value(number)
    v._opcode = CONSTANT
    return v


def as_value(x: Operand, where: str) -> Value:
    """Take a Value as it is and make a constant of a number; refuse anything else."""
    x = only_item(x)
    return x if type(x) is Value else constant(as_float(x, where))


def _operand(other: Any, sign: str) -> Value | None:
    """Make a constant of the other operand; None leaves it to the other's own operator."""
    if is_boxed(other):
        return as_value(other, f"Value {sign} ...")
    number = _number(other, sign)
    return None if number is None else constant(number)


def _number(other: Any, sign: str) -> float | None:
    """Convert the other operand of a sign; None means that it is not a number."""
    if type(other) is float:
        return other
    if type(other) is int and other.bit_length() < 1024:
        return float(other)
    if is_foreign(other):
        raise refusal(other, f"Value {sign} ...")
    if is_array(other):
        return None
    try:
        return as_float(other, f"Value {sign} ...")
    except TypeError:
        return None


def _exponent(other: Any) -> tuple[float, int] | None:
    """Convert an exponent that is a number; ints are remembered as such, for `_op`."""
    number = _number(other, "**")
    if number is None:
        return None
    return number, INT_POWER if is_whole(other) else FLOAT_POWER


def _comparable(other: Any, sign: str) -> float | None:
    return None if is_array(other) else as_float(other, f"Value {sign} ...")


def _bound(number: Any, name: str) -> float:
    if type(number) is Value:
        raise TypeError(
            f"{name}'s bounds are numbers without a gradient: for a bound that is a Value use "
            "gg.maximum and gg.minimum"
        )
    return as_float(number, name)


def truth(condition: Any) -> bool:
    """Check that the condition of a `where` is true or false."""
    if condition is True or condition is False:
        return condition
    if type(condition).__name__ in ("bool", "bool_"):  # NumPy's
        return bool(condition)
    raise TypeError(
        f"where's condition is True or False, not {a_kind(condition)} ({condition!r}): "
        "write a comparison such as v > 0"
    )


def _checked_label(label: Any) -> str:
    if not isinstance(label, str):
        raise TypeError(
            f"a label is a str, not {a_kind(label)} ({label!r}): use label=str(...)"
        )
    return str(label)


def _make_opaque(v: Value, children: tuple[Any, ...], op: Any) -> None:
    """Accept a node made by hand; `backward` will refuse to pass through it."""
    if not isinstance(op, str):
        raise TypeError(f"_op is a str, not {a_kind(op)} ({op!r})")
    for child in children:
        if type(child) is not Value:
            raise TypeError(
                f"_children holds the operands, Values, not {a_kind(child)} ({child!r}): wrap a "
                "number, Value(...)"
            )
    if here.recording:
        v._a = children[0] if children else None
        v._opcode = OPAQUE
        v._extra = Extra(children[1:], (0.0,) * len(children[1:]), name=op)
        expect_opaque()


def expect_opaque() -> None:
    """Let `backward` look for opaque nodes from now on; until there is one it need not."""
    global _opaque_exists
    _opaque_exists = True


def _function(name: str, *operands: Any) -> Value:
    result: Value = _late("glassgrad.functions", name)(*operands)
    return result


def _late(module: str, name: str) -> Any:
    """Find a function of a higher layer by name: the only way in which the engine looks up."""
    from importlib import import_module

    return getattr(import_module(module), name)
