"""What all optimizers share: their parameters, their learning rate, and saving their state."""

from __future__ import annotations

from array import array
from math import inf

from glassgrad.convert import a_kind, as_float, is_whole
from glassgrad.engine import Value, refuse_in_trace
from glassgrad.optim import updates

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from glassgrad.optim.updates import Floats

__all__ = ["Optimizer", "checked_params", "in_range", "zeros"]


class Optimizer:
    """What changes parameters so that a loss gets smaller: the base of all optimizers.

    A new method is a subclass that has `step`, which changes the data of each of ``params``.

    Parameters
    ----------
    params : iterable of Value
        The leaves to change, such as ``model.parameters()``.
    lr : float
        The learning rate: how far a step goes.

    Attributes
    ----------
    params : list of Value
        The parameters, in order.
    lr : float
        Settable at any time; see `glassgrad.optim.schedules`.
    steps : int
        How many steps were taken.

    Raises
    ------
    TypeError
        If `params` is not an iterable of Values.
    ValueError
        If there is none, or one is listed twice or is the result of an operation, or if `lr` is
        negative or not finite.

    Examples
    --------
    >>> from glassgrad import Value, optim
    >>> class SignSGD(optim.Optimizer):
    ...     def step(self):
    ...         for p in self.params:
    ...             p.data -= self.lr * (1 if p.grad > 0 else -1)
    >>> w = Value(1.0)
    >>> opt = SignSGD([w], lr=0.25)
    >>> w.grad = 40.0
    >>> opt.step()
    >>> w.data
    0.75
    """

    #: What `state_dict` saves: the names of the arguments besides params, and those of the
    #: arrays that hold a float for each parameter.
    _arguments: tuple[str, ...] = ("lr",)
    _lists: tuple[str, ...] = ()

    def __init__(self, params: Iterable[Value], lr: float) -> None:
        self.params: list[Value] = checked_params(params, type(self).__name__)
        self.steps = 0
        self.lr = lr

    @property
    def lr(self) -> float:
        """The learning rate: how far a step goes."""
        return self._lr

    @lr.setter
    def lr(self, rate: float) -> None:
        if type(rate) is not float or not 0.0 <= rate < inf:  # it is set in every epoch
            rate = in_range(rate, f"{type(self).__name__}'s lr", inf, 0.01)
        self._lr = rate

    def step(self) -> None:
        """Change the parameters once, by their gradients.

        A parameter that no backward pass has reached counts as one whose gradient is 0.
        """
        numbers, gradients = updates.gather(self.params)
        self._step_on(numbers, gradients)
        updates.scatter(numbers, self.params)

    def _step_on(self, numbers: Floats, gradients: Floats) -> None:
        """Step on arrays that hold what the parameters hold, and are to be changed."""
        # While a function is traced a step would be taken once and no more.
        refuse_in_trace("set data")
        self.steps += 1
        self._change(numbers, gradients)

    def _change(self, numbers: Floats, gradients: Floats) -> None:
        """Compute the method's formula, of which `glassgrad.optim.updates` has several."""
        raise NotImplementedError(f"{type(self).__name__} needs a method step(self)")

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to 0, before the next backward pass adds to them."""
        refuse_in_trace("set grad")
        updates.zero(self.params)

    def state_dict(self) -> dict[str, Any]:
        """Collect what is needed to go on later: plain numbers and lists, fit for JSON.

        The parameters themselves are not in it; they belong to the model.
        """
        state: dict[str, Any] = {"optimizer": type(self).__name__, "steps": self.steps}
        for name in self._arguments:
            state[name] = getattr(self, name)
        for name in self._lists:
            state[name] = list(getattr(self, name))
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave.

        Raises
        ------
        TypeError, ValueError
            If it is of another optimizer or of another number of parameters, or damaged;
            nothing has changed then.

        Examples
        --------
        >>> from glassgrad import Value, optim
        >>> a, b = (optim.SGD([Value(1.0)], lr=rate, momentum=0.9) for rate in (0.1, 0.2))
        >>> a.load_state_dict(b.state_dict())
        >>> a.lr
        0.2
        """
        kind = type(self).__name__
        saved = state.get("optimizer") if isinstance(state, dict) else None
        if saved != kind:
            raise ValueError(
                f"this is {f'the state of {saved!r}' if saved else a_kind(state)}, and not the "
                f"state of {kind!r}: give what {kind}.state_dict() returned"
            )
        for name in state.keys() ^ {"optimizer", "steps", *self._arguments, *self._lists}:
            found = "has an unknown" if name in state else "lacks its"
            raise ValueError(f"the state of this {kind} {found} {name!r}: it is damaged")
        if not is_whole(state["steps"]) or state["steps"] < 0:
            raise ValueError(f"the state's 'steps' is a number of steps, not {state['steps']!r}")
        # Made first and taken over at the end: the constructor checks the arguments, and an
        # error on the way leaves this optimizer as it was.
        loaded = type(self)(self.params, **{name: state[name] for name in self._arguments})
        for name in self._lists:
            if not isinstance(state[name], list) or len(state[name]) != len(self.params):
                count = len(state[name]) if isinstance(state[name], list) else "no"
                raise ValueError(
                    f"the state's {name!r} holds {count} numbers, but this {kind} has "
                    f"{len(self.params)} parameters: make the model that was saved"
                )
            numbers = [as_float(x, f"the state's {name!r}") for x in state[name]]
            setattr(loaded, name, array("d", numbers))
        for name in (*self._arguments, *self._lists):
            setattr(self, name, getattr(loaded, name))
        self.steps = int(state["steps"])

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._arguments)
        return f"{type(self).__name__}({len(self.params)} parameters, {arguments})"


def checked_params(params: Iterable[Value], who: str) -> list[Value]:
    """List parameters, each of which must be a leaf and must be there once."""
    if not hasattr(params, "__iter__"):
        raise TypeError(
            f"{who} takes several parameters, not {a_kind(params)}: put one into a list, and of "
            "a model take model.parameters()"
        )
    found = list(params)
    if not found:
        raise ValueError(f"{who} got no parameters: was an iterator used up before?")
    places: dict[Value, int] = {}
    for i, p in enumerate(found):
        if type(p) is not Value:
            raise TypeError(
                f"{who} takes Values, but parameter {i} is {a_kind(p)} ({p!r}): wrap a number, "
                "Value(...); for groups with a rate each, make several optimizers"
            )
        if p._a is not None:
            raise ValueError(
                f"{who} takes leaves, but parameter {i} ({p!r}) is the result of {p._op!r}, which "
                "the next forward pass computes anew: pass what it is made of, or p.detach()"
            )
        if p in places:
            raise ValueError(
                f"parameters {places[p]} and {i} of {who} are the same Value ({p!r}), which a "
                "step would change twice: list it once"
            )
        places[p] = i
    return found


def zeros(params: list[Value]) -> array[float]:
    """Make a 0 for each parameter."""
    return array("d", [0.0]) * len(params)


def in_range(number: float, name: str, end: float, usual: float) -> float:
    """Check a setting: a number from 0 up, and below the end of its range."""
    found = as_float(number, name)
    if not 0.0 <= found < end:
        bounds = "is a finite number from 0 up" if end == inf else f"is at least 0 and below {end}"
        raise ValueError(f"{name} {bounds}, not {number!r}: {usual} is usual")
    return found
