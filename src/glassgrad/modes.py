"""What a thread is doing while Values are made: recording or not, watched or not, and where."""

from __future__ import annotations

import threading

__all__ = ["detect_anomaly", "no_grad", "seed"]

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


class Here(threading.local):
    """The state of the calling thread; the class holds what every thread starts with."""

    scope: int = 0
    recording: bool = True
    anomaly: bool = False
    transforms: int = 0
    inputs: frozenset[int] = frozenset()
    module: object = None


here: Final = Here()

#: How many modes are on, in all threads together. While it is 0 a new node asks nothing further.
watching: int = 0

_lock = threading.Lock()


class Mode:
    """Set one field of `here` for a while, as a with-block or as a decorator."""

    __slots__ = ("_field", "_value")

    def __init__(self, field: str, value: Any) -> None:
        self._field = field
        self._value = value

    def __enter__(self) -> None:
        # The thread lists the modes that are on, each field by itself: a generator may be closed
        # in another order than it was entered, and a decorator's mode is entered many times.
        self._entered().append(self)
        setattr(here, self._field, self._value)
        _watch(+1)

    def __exit__(self, *_: object) -> None:
        entered = self._entered()
        if self in entered:  # a generator may be closed by a thread that never entered it
            entered.reverse()
            entered.remove(self)
            entered.reverse()
            value = entered[-1]._value if entered else getattr(Here, self._field)
            setattr(here, self._field, value)
        _watch(-1)

    def _entered(self) -> list[Mode]:
        """List the modes of this field that are on in this thread."""
        entered: list[Mode] = here.__dict__.setdefault(f"{self._field} modes", [])
        return entered

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


def _watch(change: int) -> None:
    global watching
    with _lock:
        watching += change


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
        self._before = here.scope
        here.scope = self.number

    def __exit__(self, *_: object) -> None:
        here.scope = self._before
