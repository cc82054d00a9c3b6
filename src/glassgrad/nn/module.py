"""The base of all networks: it finds parameters, names them, and notes who makes which node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, Self, TypeAlias
from weakref import WeakValueDictionary

from glassgrad import engine
from glassgrad.convert import a_kind, as_float
from glassgrad.engine import Value, refuse_in_trace
from glassgrad.errors import StateError
from glassgrad.machine import show_source
from glassgrad.modes import SCOPES, Scope
from glassgrad.nn import members

__all__ = ["Module"]

#: A number, or lists of numbers: what a (nested list of) parameters holds.
State: TypeAlias = "float | list[State]"


class Module:
    """A part of a network: it holds parameters and other modules, and computes.

    Subclass it, make leaf Values, modules, or lists and dicts of them attributes, and define
    ``forward`` or ``__call__``. Parameters are found in the order of the attributes. While a
    module computes, the nodes that it makes carry its path, ``layers.1.neurons.3``.

    Examples
    --------
    >>> from glassgrad import Value, nn
    >>> class Line(nn.Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(-1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0), [name for name, _ in line.named_parameters()]
    (Value(data=5.0, grad=0.0), ['slope', 'offset'])
    """

    __slots__ = ("__dict__", "__weakref__", "_name", "_numbers")

    training: bool = True

    #: What its owner calls it, and the numbers of its scope within others: not among its parts.
    _name: str
    _numbers: dict[int, int]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Note that there is one more module: a drawing asks it what its parameters are called."""
        module = super().__new__(cls)
        _call_it("", module)
        _alive[id(module)] = module
        return module

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for method in ("__call__", "forward"):
            if method in cls.__dict__:
                setattr(cls, method, _within_scope(cls.__dict__[method]))

    def __setattr__(self, name: str, part: Any) -> None:
        object.__setattr__(self, name, part)
        if not name.startswith("_"):
            for path, module in _walk(part, name, Module):
                _call_it(path, module)

    def __getstate__(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Give copies what they take along; the numbers of scopes are those of this process."""
        return vars(self), {"_name": self._name}

    def forward(self, *inputs: Any) -> Any:
        """Compute the output; to be defined by a subclass that does not define ``__call__``."""
        raise TypeError(f"{type(self).__name__} computes nothing yet: define forward or __call__")

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        """Compute the output."""
        return self.forward(*inputs, **named)

    # ------------------------------------------------------------------------- its parts

    def parameters(self) -> list[Value]:
        """List the parameters: all leaf Values, in the order of the attributes."""
        found: list[Value] = []
        members.visit(self, Module, found)
        return list(dict.fromkeys(found))

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Yield each parameter with its path, such as ``layers.0.neurons.2.w.1``."""
        waiting = dict.fromkeys(self.parameters())
        for path, p in _parts(self, Value):
            if p in waiting:  # a tied weight goes by its first name
                del waiting[p]
                yield path, p

    def modules(self) -> Iterator[tuple[str, Module]]:
        """Yield this module and those within, each with its path; its own is empty."""
        yield "", self
        for path, module in _parts(self, Module):
            for below, inner in module.modules():
                yield (f"{path}.{below}" if below else path), inner

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to 0: do so before each backward pass."""
        refuse_in_trace("set grad")
        if getattr(self.parameters, "__func__", None) is Module.parameters:
            members.visit(self, Module, None)
        else:  # a subclass that finds them in a way of its own
            for p in self.parameters():
                p.grad = 0.0

    def train(self, mode: bool = True) -> Module:
        """Switch to training (dropout on); returns the module itself."""
        for _, module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Switch to predicting (dropout off); returns the module itself."""
        return self.train(False)

    # ------------------------------------------------------------------------- its state

    def state_dict(self) -> dict[str, State]:
        """Collect the numbers of all parameters by name; lists of parameters give lists.

        Examples
        --------
        >>> from glassgrad import nn
        >>> list(nn.MLP(2, [1]).state_dict())
        ['layers.0.neurons.0.w', 'layers.0.neurons.0.b']
        """
        return {path: _numbers_of(part) for path, part in self._tensors()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Give all parameters the numbers of a `state_dict`; arrays will do for lists.

        Raises
        ------
        StateError
            If names are missing or unexpected, or a shape differs. Nothing has changed then.
        """
        if not isinstance(state, dict):
            raise StateError(f"a state is a dict from names to numbers, not {a_kind(state)}")
        tensors = dict(self._tensors())
        missing = [name for name in tensors if name not in state]
        unexpected = [name for name in state if name not in tensors]
        if missing or unexpected:
            raise StateError(
                f"the state does not fit {type(self).__name__}: "
                + "; ".join(
                    f"{what} {_some_of(names)}"
                    for what, names in (("it lacks", missing), ("it has in excess", unexpected))
                    if names
                )
            )
        pairs: list[tuple[Value, float]] = []
        for name, part in tensors.items():
            given = state[name].tolist() if hasattr(state[name], "tolist") else state[name]
            if _shape(part) != _shape(given):
                raise StateError(
                    f"{name} has the shape {_shape(part)}, but the state gives "
                    f"{_shape(given) or 'a number, or rows of different lengths'}"
                )
            numbers = (as_float(x, f"the state of {name}") for _, x in _walk(given, "", None))
            pairs.extend(zip((p for _, p in _walk(part, "", Value)), numbers, strict=True))
        for p, number in pairs:
            p.data = number

    def _tensors(self) -> Iterator[tuple[str, Any]]:
        """Yield the parameters, and lists of parameters in rows of one length, with their names."""
        for path, module in self.modules():
            for name, part in vars(module).items():
                if not name.startswith("_"):
                    yield from _tensors_in(part, f"{path}.{name}" if path else name)

    # ------------------------------------------------------------------- how it is shown

    def _describe(self) -> str:
        """Say in one line what this module is, for its row in the table."""
        return type(self).__name__

    def __repr__(self) -> str:
        rows = []
        for path, module in self.modules():
            if path and not _worth_a_row(module):
                continue
            indent = "  " * (path.count(".") // 2 + bool(path))
            rows.append((indent + (path or "model"), module._describe(), len(module.parameters())))
        width = [max(len(str(row[i])) for row in rows) for i in range(3)]
        return "\n".join(
            f"{name:<{width[0]}}    {what:<{width[1]}}    {count:>{width[2]},} parameters"
            for name, what, count in rows
        )

    def _scope_below(self, outer: int, caller: Any) -> int:
        """Find the number of this module's scope within another's."""
        name = self._name
        if not name and caller is not None:  # appended to a list after that was assigned
            name = next((path for path, m in _parts(caller, Module) if m is self), "")
        path = f"{SCOPES[outer]}.{name}" if outer and name else name
        number = Scope(path).number if name else outer
        self._numbers[outer] = number
        return number


def _call_it(name: str, module: Module) -> None:
    """Name a module; a subclass may have a say in how other attributes are set."""
    object.__setattr__(module, "_name", name)
    object.__setattr__(module, "_numbers", {})


#: All modules there are, by identity: a subclass may say for itself what is equal.
_alive: Final[WeakValueDictionary[int, Module]] = WeakValueDictionary()


def parameter_paths() -> dict[Value, str]:
    """Name the parameters of all modules there are, each as its outermost module does."""
    alive = [module for ref in _alive.valuerefs() if (module := ref()) is not None]
    within = {id(inner) for module in alive for _, inner in _parts(module, Module)}
    outermost = [module for module in alive if id(module) not in within]
    found: dict[Value, str] = {}
    seen: set[int] = set()
    for module in [*outermost, *alive]:  # of those that hold each other, none is the outermost
        if id(module) not in seen:
            for path, p in _parameters_below(module, seen):
                found.setdefault(p, path)
    return found


def unchanged(held: list[tuple[Any, tuple[Any, ...]]]) -> bool:
    """Tell whether dicts and lists hold the same objects as before, which are in tuples."""
    for now, before in held:  # noqa: SIM110 (compiled, a loop is faster)
        if not members.same(now, before):
            return False
    return True


def _parameters_below(module: Module, seen: set[int]) -> Iterator[tuple[str, Value]]:
    """Yield parameters with their paths as `named_parameters` does; a cycle is no trouble here."""
    stack: list[tuple[str, Iterator[tuple[str, Any]]]] = [("", _own(module))]
    seen.add(id(module))
    while stack:
        prefix, parts = stack[-1]
        path, part = next(parts, ("", None))
        if part is None:
            stack.pop()
        elif isinstance(part, Value):
            if part._a is None:
                yield prefix + path, part
        elif id(part) not in seen:
            seen.add(id(part))
            stack.append((f"{prefix}{path}.", _own(part)))


def _own(module: Module) -> Iterator[tuple[str, Any]]:
    """Yield the Values and modules that a module itself holds, with their paths."""
    for name, part in vars(module).items():
        if not name.startswith("_"):
            yield from _walk(part, name, (Value, Module))


def _within_scope(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let a method's nodes carry the module's path."""

    @wraps(method)
    def computing(self: Module, *inputs: Any, **named: Any) -> Any:
        outer, caller = engine.scope_here(), engine.module_here()
        if caller is not self:  # otherwise it is __call__ that calls forward, or a super's
            number = self._numbers.get(outer)
            engine.go_to(self._scope_below(outer, caller) if number is None else number, self)
        try:
            if len(inputs) == 1 and not named:  # the same, and faster
                return method(self, inputs[0])
            return method(self, *inputs, **named)
        finally:
            engine.go_to(outer, caller)

    return computing


def _parts(module: Module, kind: type) -> Iterator[tuple[str, Any]]:
    """Yield what of a kind a module holds; Values also from the modules within, in order."""
    for name, part in vars(module).items():
        if name.startswith("_"):
            continue
        for path, found in _walk(part, name, (kind, Module)):
            if isinstance(found, kind):
                yield path, found
            elif isinstance(found, Module):
                yield from ((f"{path}.{below}", p) for below, p in _parts(found, kind))


def _walk(part: Any, path: str, kind: Any) -> Iterator[tuple[str, Any]]:
    """Yield what of a kind is in lists, tuples and dicts, with its path; None takes any leaf."""
    if isinstance(part, (list, tuple)):
        for i, item in enumerate(part):
            yield from _walk(item, f"{path}.{i}", kind)
    elif isinstance(part, dict):
        for key, item in part.items():
            yield from _walk(item, f"{path}.{key}", kind)
    elif kind is None or isinstance(part, kind):
        yield path, part


def _tensors_in(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Value):
        if part._a is None:  # a result that was kept is no parameter
            yield path, part
    elif isinstance(part, (list, tuple)) and _all_parameters(part) and _shape(part):
        yield path, part
    elif isinstance(part, (list, tuple, dict)):
        items = part.items() if isinstance(part, dict) else enumerate(part)
        for key, item in items:
            yield from _tensors_in(item, f"{path}.{key}")


def _all_parameters(part: Any) -> bool:
    if isinstance(part, (list, tuple)):
        return bool(part) and all(map(_all_parameters, part))
    return isinstance(part, Value) and part._a is None


def _numbers_of(part: Any) -> State:
    return list(map(_numbers_of, part)) if isinstance(part, (list, tuple)) else part.data


def _shape(part: Any) -> tuple[int, ...]:
    """Tell the lengths of nested lists: () for a number, and where rows differ in length."""
    if not isinstance(part, (list, tuple)):
        return ()
    below = {_shape(item) for item in part}
    nested = {isinstance(item, (list, tuple)) for item in part}
    if len(below) > 1 or len(nested) > 1 or (nested == {True} and below == {()}):
        return ()
    return (len(part), *next(iter(below), ()))


def _some_of(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def _worth_a_row(module: Module) -> bool:
    return type(module).__name__ != "Neuron"


show_source(__spec__)
