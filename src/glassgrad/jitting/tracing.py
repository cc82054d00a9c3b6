"""A function run once on Values that stand for the numbers of all calls: a trace.

What the function does with them is recorded as nodes. What can't be recorded is refused, with the
line of the program that did it and what to write instead.
"""

from __future__ import annotations

import gc
import linecache
import random
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, NoReturn
from warnings import warn

from glassgrad.engine import Value, constant
from glassgrad.errors import TraceError, TraceWarning
from glassgrad.modes import Mode
from glassgrad.transforming import name_of
from glassgrad.truths import watching

_COMPUTE: Final = (
    "compute with the Value itself. gg.where, gg.maximum and gg.softmax choose among Values, and "
    "v.detach() keeps a number without its gradient"
)
_COUNT: Final = (
    "write gg.take(rows, i) for rows[i], and gg.one_hot(i, n) for n zeros of which one is 1; an "
    "argument that says how often or how many belongs to static_argnums"
)
_OUTSIDE: Final = (
    "call backward() outside, on what the traced function returns, or trace gg.value_and_grad(f)"
)

#: What is refused, by the word with which the engine asks: what happened, and what to do.
_REFUSED: Final = {
    "hash": (
        "looks a number up in a set or a dict",
        "compare it, x == 1, or look it up in a list; static_argnums makes it part of the program",
    ),
    "data": ("reads .data of a Value", _COMPUTE),
    "float": ("makes a float of a Value", f"use gg.exp instead of math.exp, and {_COMPUTE}"),
    "index": ("makes an int of a Value, as int(v), range(v), rows[v] and [x] * v do", _COUNT),
    "copy": ("copies a Value", "copy outside, and +v makes another node of the same number"),
    "set data": ("changes .data of a Value", "change parameters outside, between the calls"),
    "grad": ("reads .grad of a Value", _OUTSIDE),
    "set grad": ("changes .grad of a Value", "set gradients to 0 outside, between the calls"),
    "backward": ("calls backward()", _OUTSIDE),
}

#: How often it is tried whether it was another thread that drew a random number meanwhile.
_ATTEMPTS: Final = 8


class NotAlongError(TraceError):
    """Raised where `gg.vmap` can't trace one example for all: trace anew, each by itself."""


class Trace:
    """What came of running a function once.

    Attributes
    ----------
    begin : int
        Nodes with at least this number were made by the function.
    guards : list of (Value, bool)
        Truths on which the function's ``if`` relied, in order, and how they turned out.
    axes : int
        How many axes `gg.vmap` made, see `glassgrad.jitting.axes`.
    """

    __slots__ = ("axes", "begin", "guards")

    def __init__(self) -> None:
        self.begin = constant(0.0)._number
        self.guards: list[tuple[Value, bool]] = []
        self.axes = 0


def trace(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], again: bool = True,
    exact: bool = False, axes: bool = False, asks: bool = False,
) -> tuple[Any, Trace]:  # fmt: skip
    """Run a function on Values that stand for its arguments.

    Parameters
    ----------
    f : callable
        What is traced.
    args, kwargs
        Its arguments, with fresh Values in place of numbers.
    again : bool
        Whether the result may be differentiated when the trace is over.
    exact : bool
        Whether every bit must be that of the eager engine.
    axes : bool
        Whether `gg.vmap` may trace one example for all.
    asks : bool
        Whether `gg.take` asks for the index, which makes a guard.

    Returns
    -------
    result : anything
        What f returned, made of nodes.
    trace : Trace

    Raises
    ------
    TraceError
        If f does what a trace can't record, even if it catches that, or draws random numbers.
    NotAlongError
        If anything was raised after `gg.vmap` had traced one example for all.
    """
    before = first = _random_states()
    try:
        for _ in range(_ATTEMPTS if threading.active_count() > 1 else 1):
            found = _traced(f, args, kwargs, again, exact, axes, asks)
            before, drawn_from = _random_states(), before
            if before == drawn_from:
                return found
        code = getattr(f, "__code__", None)
        place = f" ({code.co_filename}, line {code.co_firstlineno})" if code else ""
        raise TraceError(
            f"{name_of(f)}{place} draws random numbers, which would be the same at each call of "
            "a traced function: draw them outside and pass them as arguments. Dropout is off "
            "after model.eval()"
        )
    except TraceError:
        _put_back(first)  # the function itself, run as it is, draws these numbers next
        raise


def _traced(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], again: bool, exact: bool,
    axes: bool, asks: bool,
) -> tuple[Any, Trace]:  # fmt: skip
    found = Trace()
    outer = dict(vars(watching))
    watching.guards, watching.refused = found.guards, None
    watching.again, watching.exact, watching.axes = again, exact, 0 if axes else None
    watching.asks = asks
    try:
        with Mode("tracing", 1), Mode("recording", True):
            result = f(*args, **kwargs)
        if watching.refused is not None:
            raise watching.refused
        found.axes = watching.axes or 0
    except Exception as error:
        if watching.axes:
            raise NotAlongError("an example by itself may do something else") from error
        raise
    finally:
        vars(watching).update(outer)
        watching.plain.clear()
    return result, found


def see_that_nothing_stays(f: Callable[..., Any], stand_ins: list[Value]) -> None:
    """Warn if a Value of a trace that is over is still held: f keeps what a program can't renew."""
    for attempt in range(2):
        held = [*stand_ins, constant(0.0)]
        *counts, only_here = [sys.getrefcount(v) for v in held]
        if max(counts, default=0) <= only_here + 1:
            return
        if attempt == 0:
            gc.collect()  # a function within f that calls itself is a cycle
    warn(
        f"{name_of(f)} keeps a Value of its own elsewhere, in a list or an attribute, and its "
        "program will not renew it: return it instead, and keep the result",
        TraceWarning,
        stacklevel=2,
    )


def refuse(what: str) -> NoReturn:
    """Raise for something that can't be done to a Value while a function is traced."""
    happened, cure = _REFUSED[what]
    watching.refused = TraceError(
        f"{_users_line()}: this {happened} inside a function that is being traced, where it "
        f"stands for the numbers of all calls: {cure}"
    )
    raise watching.refused


def _users_line() -> str:
    """Find the line of the program that did it; what is compiled has no frame."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_between(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    file, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, number, frame.f_globals).strip()
    shown = f", `{text}`" if text else ""
    return f"{file}, line {number}, in {frame.f_code.co_name}{shown}"


def _is_between(module: str) -> bool:
    return module.partition(".")[0] in ("glassgrad", "copy", "pickle")


def _random_states() -> list[Any]:
    """Collect the states of the generators that everybody shares: a draw moves them."""
    states: list[Any] = [random.getstate()]
    if "numpy.random" in sys.modules:
        kind, key, *rest = sys.modules["numpy.random"].get_state()
        states.append((kind, key.tolist(), *rest))
    return states


def _put_back(states: list[Any]) -> None:
    """Let the generators draw again what they drew."""
    random.setstate(states[0])
    for state in states[1:]:
        sys.modules["numpy.random"].set_state(state)
