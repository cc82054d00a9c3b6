"""What a comparison of Values gives while a function is traced: a truth that is a node.

A traced function runs once, on Values that stand for the numbers of all calls, so ``a < b`` can't
be True or False for good. `gg.where` takes the truth as it is. Where Python itself asks, as ``if``,
``and``, ``not`` and ``max`` do, the answer for the traced numbers is given, and it is noted that
the trace holds only where the answer is the same: a *guard*.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from threading import local
from typing import Any, Final

from glassgrad.convert import is_array
from glassgrad.engine import Value, as_value, constant, custom_node, edges, here, truth
from glassgrad.errors import TraceError
from glassgrad.opcodes import BOTH, CONSTANT, COPY, DETACHED, EITHER, EQ, LE, LT, WHERE

#: What these say has no gradient, and neither has what was detached.
NO_GRADIENT: Final = frozenset((DETACHED, LT, LE, EQ, BOTH, EITHER))


class _Watching(local):
    """What is noted of the trace that is being made in a thread."""

    def __init__(self) -> None:
        self.guards: list[tuple[Value, bool]] = []
        #: Whether the result may be differentiated when the trace is over.
        self.again = True
        #: Whether every bit must be that of the eager engine.
        self.exact = False
        #: How many axes `gg.vmap` made; None where it has to call f for each example.
        self.axes: int | None = None
        #: Whether `gg.take` asks for the index of a row.
        self.asks = False
        #: What was refused: the function may have caught the error, but can't be traced.
        self.refused: TraceError | None = None
        #: Of nodes, by their numbers: the answers of `is_plain`.
        self.plain: dict[tuple[int, bool], bool] = {}


watching = _Watching()


class Truth:
    """A truth value that may be another at each call: 1.0 or 0.0 in a node without a gradient.

    It takes part in arithmetic as True and False do. ``~t`` is "not t", as of NumPy's.
    """

    __slots__ = ("node",)

    def __init__(self, node: Value) -> None:
        self.node = node

    def __bool__(self) -> bool:
        outcome = self.node._data != 0.0
        if not here.tracing:
            raise TraceError(
                "this truth belongs to the trace of a function, which is over: return what you "
                "need from the function instead of keeping it elsewhere"
            )
        watching.guards.append((self.node, outcome))
        return outcome

    def __index__(self) -> int:
        return int(bool(self))

    def __float__(self) -> float:
        return float(bool(self))

    def __hash__(self) -> int:
        return hash(bool(self))

    def __repr__(self) -> str:
        return f"Truth({self.node._data != 0.0})"

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, (Truth, bool, int, float)):
            return NotImplemented
        return equal(self.node, as_value(other, "a truth == ..."))

    def __ne__(self, other: object) -> Any:
        same = self.__eq__(other)
        return same if same is NotImplemented else ~same

    def __invert__(self) -> Truth:
        return equal(self.node, constant(0.0))

    def __and__(self, other: Any) -> Any:
        return self._with(other, BOTH, min)

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return self._with(other, EITHER, max)

    __ror__ = __or__

    def _with(self, other: Any, opcode: int, function: Callable[[float, float], float]) -> Any:
        if type(other) is not Truth:
            return NotImplemented if is_array(other) else self._with(known(other), opcode, function)
        a, b = self.node, other.node
        return Truth(custom_node(function(a._data, b._data), (a, b), (0.0, 0.0), opcode))

    def __card__(self, card: Any, operands: tuple[Any, ...]) -> Any:
        """Apply a card: see `glassgrad.ops.Card.__call__`."""
        if card.name == "where" and type(operands[0]) is Truth:
            condition, a, b = operands
            return choose(condition, as_value(a, "where"), as_value(b, "where"))
        return card(*map(number_of, operands))


def _on_numbers(function: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Make the method for an operator, and the one for the truth on its right side."""

    def method(*operands: Any) -> Any:
        return function(*map(number_of, operands))

    def reflected(self: Truth, other: Any) -> Any:
        return function(number_of(other), self.node)

    return method, reflected


for _sign in ("add", "sub", "mul", "truediv", "pow", "neg", "pos", "abs", "lt", "le", "gt", "ge"):
    _method, _reflected = _on_numbers(getattr(operator, _sign))
    setattr(Truth, f"__{_sign}__", _method)
    if _sign in ("add", "sub", "mul", "truediv", "pow"):
        setattr(Truth, f"__r{_sign}__", _reflected)


def number_of(x: Any) -> Any:
    """Take a truth as its number, 1.0 or 0.0, and leave anything else."""
    return x.node if type(x) is Truth else x


def known(condition: Any) -> Truth:
    """Take True or False as a truth that is the same at each call."""
    return Truth(constant(float(truth(condition))))


def compared(sign: str, left: Value, other: Any) -> Any:
    """Compare two numbers: ``left < other`` and so on."""
    if is_array(other):
        return NotImplemented
    right = as_value(other, f"Value {sign} ...")
    a, b = (left, right) if sign[0] == "<" else (right, left)
    holds, opcode = (a._data < b._data, LT) if len(sign) == 1 else (a._data <= b._data, LE)
    return Truth(custom_node(float(holds), (a, b), (0.0, 0.0), opcode))


def equal(a: Value, b: Value) -> Truth:
    """Tell whether two numbers are equal; ``==`` tells whether two nodes are the same."""
    return Truth(custom_node(float(a._data == b._data), (a, b), (0.0, 0.0), EQ))


def same(v: Value, other: Any) -> Any:
    """Answer ``v == other``: a truth for plain numbers; for a Value, whether it is the same."""
    right = number_of(other)
    if type(right) is not Value:
        try:
            right = as_value(right, "Value == ...")
        except (TypeError, OverflowError):  # no number, or one that no float equals
            return NotImplemented
    return equal(v, right) if is_plain(v) and is_plain(right) else NotImplemented


def differs(v: Value, other: Any) -> Any:
    """Answer ``v != other``."""
    found = same(v, other)
    return found if found is NotImplemented else ~found


def is_plain(v: Value) -> bool:
    """Tell whether the function that is traced would see a plain number in place of a node.

    It would if the node is a constant, as what stands for a number that was passed in, or is made
    of such. Within a transform the inputs, which are copies, are Values for the function.
    """
    answers, copied = watching.plain, bool(here.transforms)
    stack = [v]
    while stack:
        node = stack[-1]
        operands = [(operand._number, copied) for operand, _ in edges(node)]
        waiting = [x for (x, _), key in zip(edges(node), operands, strict=True)
                   if key not in answers]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        made = bool(operands) and not (copied and node._opcode == COPY)
        answers[node._number, copied] = node._opcode == CONSTANT or (
            made and all(answers[key] for key in operands)
        )
    return answers[v._number, copied]


def is_not_zero(v: Value) -> bool:
    """Ask for the truth of a number: ``if v``."""
    return not equal(v, constant(0.0))


def choose(condition: Any, a: Value, b: Value) -> Value:
    """Take a where the condition holds and b where it does not."""
    if type(condition) is not Truth:
        return a.where(truth(condition), b)
    node = condition.node
    da, db = (1.0, 0.0) if node._data != 0.0 else (0.0, 1.0)
    return custom_node(a._data if da else b._data, (a, b, node), (da, db, 0.0), WHERE)
