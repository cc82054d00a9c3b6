"""The operations of the table as functions of floats, Values and arrays.

Written by `make cards` from the table in glassgrad/ops: edit a card there, not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from glassgrad import kernels
from glassgrad.dispatch import elsewhere
from glassgrad.engine import Value

if TYPE_CHECKING:
    from glassgrad.dispatch import Scalar
    from glassgrad.engine import Operand

__all__ = [
    "abs", "acos", "asin", "atan", "atan2", "clamp", "cos", "cosh", "erf", "exp", "expm1", "log",
    "log1p", "maximum", "minimum", "reciprocal", "relu", "sigmoid", "sin", "sinh", "softplus",
    "sqrt", "square", "tan", "tanh", "where",
]


@overload
def where(condition: bool, a: Value, b: Operand) -> Value: ...
@overload
def where(condition: bool, a: Operand, b: Value) -> Value: ...
@overload
def where(condition: bool, a: float, b: float) -> float: ...
@overload
def where(condition: Any, a: Any, b: Any) -> Any: ...
def where(condition: Any, a: Any, b: Any) -> Any:
    """Take a where the condition holds and b where it does not.

    In formulas, with y for the result::

        y = where(condition, a, b)
        dy/da = where(condition, 1, 0)
        dy/db = where(condition, 0, 1)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a = gg.Value(0.5); b = gg.Value(2.0)
    >>> y = gg.where(True, a, b)
    >>> y.backward()
    >>> round(y.data, 6), round(a.grad, 6), round(b.grad, 6)
    (0.5, 1.0, 0.0)
    """
    return elsewhere("where", condition, a, b)


def relu(x: Scalar) -> Scalar:
    """Keep a positive number and turn a negative one into 0.

    In formulas, with y for the result::

        y = where(x <= 0, 0, x)
        dy/dx = where(x <= 0, 0, 1)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.relu(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.5, 1.0)

    References
    ----------
    Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010
    """
    if type(x) is Value:
        return x.relu()
    if type(x) is float:
        return kernels.relu(x)
    return elsewhere("relu", x)


@overload
def maximum(a: Value, b: Operand) -> Value: ...
@overload
def maximum(a: Operand, b: Value) -> Value: ...
@overload
def maximum(a: float, b: float) -> float: ...
@overload
def maximum(a: Any, b: Any) -> Any: ...
def maximum(a: Any, b: Any) -> Any:
    """Take the larger of two numbers; at a tie each receives half the gradient.

    In formulas, with y for the result::

        y = where(a > b, a, where(a <= b, b, a + b))
        dy/da = where(a < b, 0, where(a == b, 0.5, 1))
        dy/db = where(a > b, 0, where(a == b, 0.5, 1))

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a = gg.Value(0.5); b = gg.Value(2.0)
    >>> y = gg.maximum(a, b)
    >>> y.backward()
    >>> round(y.data, 6), round(a.grad, 6), round(b.grad, 6)
    (2.0, 0.0, 1.0)
    """
    return elsewhere("maximum", a, b)


@overload
def minimum(a: Value, b: Operand) -> Value: ...
@overload
def minimum(a: Operand, b: Value) -> Value: ...
@overload
def minimum(a: float, b: float) -> float: ...
@overload
def minimum(a: Any, b: Any) -> Any: ...
def minimum(a: Any, b: Any) -> Any:
    """Take the smaller of two numbers; at a tie each receives half the gradient.

    In formulas, with y for the result::

        y = where(a < b, a, where(a >= b, b, a + b))
        dy/da = where(a > b, 0, where(a == b, 0.5, 1))
        dy/db = where(a < b, 0, where(a == b, 0.5, 1))

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a = gg.Value(0.5); b = gg.Value(2.0)
    >>> y = gg.minimum(a, b)
    >>> y.backward()
    >>> round(y.data, 6), round(a.grad, 6), round(b.grad, 6)
    (0.5, 1.0, 0.0)
    """
    return elsewhere("minimum", a, b)


@overload
def clamp(x: Value, low: float, high: float) -> Value: ...
@overload
def clamp(x: float, low: float, high: float) -> float: ...
@overload
def clamp(x: Any, low: Any, high: Any) -> Any: ...
def clamp(x: Any, low: Any, high: Any) -> Any:
    """Keep x between two bounds; beyond a bound the result no longer moves.

    In formulas, with y for the result::

        y = minimum(maximum(x, low), high)
        dy/dx = where(x >= low and x <= high, 1, 0)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.clamp(x, -1.0, 1.0)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.5, 1.0)
    """
    return elsewhere("clamp", x, low, high)


def exp(x: Scalar) -> Scalar:
    """Raise e = 2.718... to the power x; the exponential is its own derivative.

    In formulas, with y for the result::

        y = exp(x)
        dy/dx = y

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.exp(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (1.648721, 1.648721)
    """
    if type(x) is Value:
        return x.exp()
    if type(x) is float:
        return kernels.exp(x)
    return elsewhere("exp", x)


def expm1(x: Scalar) -> Scalar:
    """Compute exp(x) - 1 without losing digits near 0.

    In formulas, with y for the result::

        y = expm1(x)
        dy/dx = y + 1

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.expm1(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.648721, 1.648721)
    """
    if type(x) is Value:
        return x.expm1()
    if type(x) is float:
        return kernels.expm1(x)
    return elsewhere("expm1", x)


def log(x: Scalar) -> Scalar:
    """Take the natural logarithm: the power to which e must be raised to give x.

    In formulas, with y for the result::

        y = log(x)
        dy/dx = 1 / x

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.log(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (-0.693147, 2.0)

    References
    ----------
    https://en.wikipedia.org/wiki/Natural_logarithm
    """
    if type(x) is Value:
        return x.log()
    if type(x) is float:
        return kernels.log(x)
    return elsewhere("log", x)


def log1p(x: Scalar) -> Scalar:
    """Compute log(1 + x) without losing digits near 0.

    In formulas, with y for the result::

        y = log1p(x)
        dy/dx = 1 / (1 + x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.log1p(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.405465, 0.666667)
    """
    if type(x) is Value:
        return x.log1p()
    if type(x) is float:
        return kernels.log1p(x)
    return elsewhere("log1p", x)


def square(x: Scalar) -> Scalar:
    """Multiply a number by itself.

    In formulas, with y for the result::

        y = x * x
        dy/dx = 2 * x

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.square(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.25, 1.0)
    """
    if type(x) is Value:
        return x.square()
    if type(x) is float:
        return kernels.square(x)
    return elsewhere("square", x)


def sqrt(x: Scalar) -> Scalar:
    """Find the number whose square is x; not a number below 0.

    In formulas, with y for the result::

        y = sqrt(x)
        dy/dx = 0.5 / y

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.sqrt(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.707107, 0.707107)
    """
    if type(x) is Value:
        return x.sqrt()
    if type(x) is float:
        return kernels.sqrt(x)
    return elsewhere("sqrt", x)


def abs(x: Scalar) -> Scalar:
    """Drop the sign.

    In formulas, with y for the result::

        y = abs(x)
        dy/dx = where(x > 0, 1, where(x < 0, -1, 0))

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.abs(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.5, 1.0)
    """
    if type(x) is Value:
        return x.abs()
    if type(x) is float:
        return kernels.abs(x)
    return elsewhere("abs", x)


def reciprocal(x: Scalar) -> Scalar:
    """Divide 1 by x.

    In formulas, with y for the result::

        y = 1 / x
        dy/dx = -y * y

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.reciprocal(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (2.0, -4.0)
    """
    if type(x) is Value:
        return x.reciprocal()
    if type(x) is float:
        return kernels.reciprocal(x)
    return elsewhere("reciprocal", x)


def sinh(x: Scalar) -> Scalar:
    """Take the hyperbolic sine, (exp(x) - exp(-x)) / 2.

    In formulas, with y for the result::

        y = sinh(x)
        dy/dx = cosh(x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.sinh(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.521095, 1.127626)
    """
    if type(x) is Value:
        return x.sinh()
    if type(x) is float:
        return kernels.sinh(x)
    return elsewhere("sinh", x)


def cosh(x: Scalar) -> Scalar:
    """Take the hyperbolic cosine, (exp(x) + exp(-x)) / 2.

    In formulas, with y for the result::

        y = cosh(x)
        dy/dx = sinh(x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.cosh(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (1.127626, 0.521095)
    """
    if type(x) is Value:
        return x.cosh()
    if type(x) is float:
        return kernels.cosh(x)
    return elsewhere("cosh", x)


def tanh(x: Scalar) -> Scalar:
    """Squash any real number into (-1, 1).

    In formulas, with y for the result::

        y = tanh(x)
        dy/dx = 1 - y * y

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.tanh(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.462117, 0.786448)
    """
    if type(x) is Value:
        return x.tanh()
    if type(x) is float:
        return kernels.tanh(x)
    return elsewhere("tanh", x)


def sigmoid(x: Scalar) -> Scalar:
    """Squash any real number into (0, 1).

    In formulas, with y for the result::

        y = 1 / (1 + exp(-x))
        dy/dx = y * (1 - y)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.sigmoid(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.622459, 0.235004)

    References
    ----------
    Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature
    323 (1986), doi:10.1038/323533a0
    """
    if type(x) is Value:
        return x.sigmoid()
    if type(x) is float:
        return kernels.sigmoid(x)
    return elsewhere("sigmoid", x)


def softplus(x: Scalar) -> Scalar:
    """Bend smoothly from 0 on the left to x on the right.

    In formulas, with y for the result::

        y = log1p(exp(x))
        dy/dx = sigmoid(x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.softplus(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.974077, 0.622459)

    References
    ----------
    Dugas et al., Incorporating second-order functional knowledge for better option pricing,
    NIPS 2000
    """
    if type(x) is Value:
        return x.softplus()
    if type(x) is float:
        return kernels.softplus(x)
    return elsewhere("softplus", x)


def erf(x: Scalar) -> Scalar:
    """Take the error function: how much of a bell curve lies within x, from -1 to 1.

    In formulas, with y for the result::

        y = erf(x)
        dy/dx = 2 / sqrt(pi) * exp(-square(x))

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.erf(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.5205, 0.878783)
    """
    if type(x) is Value:
        return x.erf()
    if type(x) is float:
        return kernels.erf(x)
    return elsewhere("erf", x)


def sin(x: Scalar) -> Scalar:
    """Take the sine of an angle in radians.

    In formulas, with y for the result::

        y = sin(x)
        dy/dx = cos(x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.sin(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.479426, 0.877583)
    """
    if type(x) is Value:
        return x.sin()
    if type(x) is float:
        return kernels.sin(x)
    return elsewhere("sin", x)


def cos(x: Scalar) -> Scalar:
    """Take the cosine of an angle in radians.

    In formulas, with y for the result::

        y = cos(x)
        dy/dx = -sin(x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.cos(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.877583, -0.479426)
    """
    if type(x) is Value:
        return x.cos()
    if type(x) is float:
        return kernels.cos(x)
    return elsewhere("cos", x)


def tan(x: Scalar) -> Scalar:
    """Take the tangent of an angle in radians.

    In formulas, with y for the result::

        y = tan(x)
        dy/dx = 1 + y * y

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.tan(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.546302, 1.298446)
    """
    if type(x) is Value:
        return x.tan()
    if type(x) is float:
        return kernels.tan(x)
    return elsewhere("tan", x)


def asin(x: Scalar) -> Scalar:
    """Find the angle between -π/2 and π/2 whose sine is x.

    In formulas, with y for the result::

        y = asin(x)
        dy/dx = 1 / sqrt(1 - x * x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.asin(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.523599, 1.154701)
    """
    if type(x) is Value:
        return x.asin()
    if type(x) is float:
        return kernels.asin(x)
    return elsewhere("asin", x)


def acos(x: Scalar) -> Scalar:
    """Find the angle between 0 and π whose cosine is x.

    In formulas, with y for the result::

        y = acos(x)
        dy/dx = -1 / sqrt(1 - x * x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.acos(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (1.047198, -1.154701)
    """
    if type(x) is Value:
        return x.acos()
    if type(x) is float:
        return kernels.acos(x)
    return elsewhere("acos", x)


def atan(x: Scalar) -> Scalar:
    """Find the angle between -π/2 and π/2 whose tangent is x.

    In formulas, with y for the result::

        y = atan(x)
        dy/dx = 1 / (1 + x * x)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> x = gg.Value(0.5)
    >>> y = gg.atan(x)
    >>> y.backward()
    >>> round(y.data, 6), round(x.grad, 6)
    (0.463648, 0.8)
    """
    if type(x) is Value:
        return x.atan()
    if type(x) is float:
        return kernels.atan(x)
    return elsewhere("atan", x)


@overload
def atan2(a: Value, b: Operand) -> Value: ...
@overload
def atan2(a: Operand, b: Value) -> Value: ...
@overload
def atan2(a: float, b: float) -> float: ...
@overload
def atan2(a: Any, b: Any) -> Any: ...
def atan2(a: Any, b: Any) -> Any:
    """Find the angle, from -π to π, of the point with height a and distance b to the right.

    In formulas, with y for the result::

        y = atan2(a, b)
        dy/da = b / (a * a + b * b)
        dy/db = -a / (a * a + b * b)

    Floats give a float, Values a Value, arrays an array, element by element.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a = gg.Value(0.5); b = gg.Value(2.0)
    >>> y = gg.atan2(a, b)
    >>> y.backward()
    >>> round(y.data, 6), round(a.grad, 6), round(b.grad, 6)
    (0.244979, 0.470588, -0.117647)
    """
    return elsewhere("atan2", a, b)
