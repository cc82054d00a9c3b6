"""glassgrad: backpropagation you can see through.

Write ordinary Python with `Value` in place of numbers, call ``backward()`` on the result, and
every value knows its gradient. ``import glassgrad as gg`` loads next to nothing; what is used
for the first time is loaded then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glassgrad.engine import Value

if TYPE_CHECKING:
    from glassgrad.custom import custom_op
    from glassgrad.elementary import (
        abs, acos, asin, atan, atan2, clamp, cos, cosh, erf, exp, expm1, log, log1p, maximum,
        minimum, reciprocal, relu, sigmoid, sin, sinh, softplus, sqrt, square, tan, tanh, where,
    )  # fmt: skip
    from glassgrad.engine import dot, mean, sum
    from glassgrad.errors import (
        CardError, GlassgradError, GradientWarning, NonFiniteError, NoRuleError, TraceError,
    )  # fmt: skip
    from glassgrad.functions import (
        elu, gelu, hypot, leaky_relu, log_softmax, logsumexp, norm, silu, softmax,
    )  # fmt: skip
    from glassgrad.modes import detect_anomaly, no_grad, seed
    from glassgrad.transforms import derivative, grad, jvp, value_and_grad, vjp

__version__ = "0.1.0"

#: Where each public name is found when it is first used.
_HOMES = {
    "custom": ["custom_op"],
    "elementary": [
        "abs", "acos", "asin", "atan", "atan2", "clamp", "cos", "cosh", "erf", "exp", "expm1",
        "log", "log1p", "maximum", "minimum", "reciprocal", "relu", "sigmoid", "sin", "sinh",
        "softplus", "sqrt", "square", "tan", "tanh", "where",
    ],
    "engine": ["Value", "dot", "mean", "sum"],
    "errors": [
        "CardError", "GlassgradError", "GradientWarning", "NonFiniteError", "NoRuleError",
        "TraceError",
    ],
    "functions": [
        "elu", "gelu", "hypot", "leaky_relu", "log_softmax", "logsumexp", "norm", "silu", "softmax",
    ],
    "modes": ["detect_anomaly", "no_grad", "seed"],
    "transforms": ["derivative", "grad", "jvp", "value_and_grad", "vjp"],
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = {"learn", "ops"}

__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605 - the table above is the list


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOME:
        found = getattr(import_module(f"glassgrad.{_HOME[name]}"), name)
    elif name in _MODULES:
        found = import_module(f"glassgrad.{name}")
    else:
        raise AttributeError(f"glassgrad has no {name!r}: dir(glassgrad) lists what it has")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
