"""What a thread is doing while Values are made: recording or not, watched or not, and where."""

from __future__ import annotations

import threading

from glassgrad.engine import go_to, here, module_here, scope_here

__all__ = ["detect_anomaly", "no_grad", "seed"]

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


class _Entered(threading.local):
    """The modes that are on in a thread, by field, in the order in which they were entered."""

    def __init__(self) -> None:
        self.modes: dict[str, list[Mode]] = {}


_entered: Final = _Entered()
_lock = threading.Lock()


#: The fields that a mode sets, as they are outside of all modes.
_OUTSIDE: Final[dict[str, Any]] = {
    "recording": True, "anomaly": False, "transforms": 0, "tracing": 0,
}  # fmt: skip


class Mode:
    """Set one field of `glassgrad.engine.Here` for a while: a with-block or a decorator."""

    __slots__ = ("_field", "_value")

    def __init__(self, field: str, value: Any) -> None:
        self._field = field
        self._value = value

    def __enter__(self) -> None:
        # The thread lists the modes that are on, each field by itself: a generator may be closed
        # in another order than it was entered, and a decorator's mode is entered many times.
        modes = _entered.modes.setdefault(self._field, [])
        modes.append(self)
        setattr(here, self._field, self._value)

    def __exit__(self, *_: object) -> None:
        modes = _entered.modes.get(self._field, [])
        if self in modes:  # a generator may be closed by a thread that never entered it
            modes.reverse()
            modes.remove(self)
            modes.reverse()
            setattr(here, self._field, modes[-1]._value if modes else _OUTSIDE[self._field])

    def __call__(self, f: F) -> F:
        """Decorate a function: the mode is on while it runs."""
        from functools import wraps
        from inspect import isgeneratorfunction

        if isgeneratorfunction(f):
            raise TypeError(
                f"{f.__name__} is a generator, which runs between other code: use a with-block "
                "inside it instead of the decorator"
            )

        @wraps(f)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self:
                return f(*args, **kwargs)

        return within  # type: ignore[return-value]


def no_grad() -> Mode:
    """Compute without remembering how: results are leaves, and no graph is built.

    Use it as a with-block or as a decorator, for predictions and for updating parameters. It
    holds for the calling thread only.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a = gg.Value(3.0)
    >>> with gg.no_grad():
    ...     b = a * a
    >>> b, b._prev
    (Value(data=9.0, grad=0.0), ())
    """
    return Mode("recording", False)


def detect_anomaly() -> Mode:
    """Stop at the first value or gradient that is infinite or not a number, and say why.

    Use it as a with-block or as a decorator around the forward and the backward pass. The error
    names the operation, the operands with labels and numbers, and a cure; it leaves all
    gradients as they were. Every node is checked, so leave it off in ordinary runs.

    Raises
    ------
    NonFiniteError
        From the operation, or from `backward`, that first left the finite numbers.

    Examples
    --------
    >>> import glassgrad as gg
    >>> p = gg.Value(0.0, label="p")
    >>> with gg.detect_anomaly():
    ...     loss = -p.log()
    Traceback (most recent call last):
    ...
    glassgrad.errors.NonFiniteError: log gave -inf: log(p = 0.0). Keep its operand above 0: ...
    """
    return Mode("anomaly", True)


def seed(n: int) -> None:
    """Make the following random numbers repeatable: the same as ``random.seed(n)``."""
    import random

    random.seed(n)


#: The module paths that nodes were made in; a node holds an index into it, 0 is "outside".
SCOPES: Final[list[str]] = [""]
_scope_numbers: Final[dict[str, int]] = {"": 0}


class Scope:
    """Note in every node made in this with-block which module made it: ``layers.1.neurons.3``."""

    __slots__ = ("_before", "number")

    def __init__(self, path: str) -> None:
        with _lock:
            number = _scope_numbers.setdefault(path, len(SCOPES))
            if number == len(SCOPES):
                SCOPES.append(path)
        self.number = number
        self._before = 0

    def __enter__(self) -> None:
        self._before = scope_here()
        go_to(self.number, module_here())

    def __exit__(self, *_: object) -> None:
        go_to(self._before, module_here())
