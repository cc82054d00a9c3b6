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
``_opcode``    which operation made it, see `glassgrad.ops.SPECIAL` and `glassgrad.ops.TABLE`
``_scope``     which module made it, see `glassgrad.modes.SCOPES`; 0 outside
``_number``    the how-manyeth node it is: operands always have smaller numbers
``_mark``      which backward pass reached it last; 0 before that, and once zeroed
``_extra``     None, or the rare rest, such as a label: see `Extra`
=============  ==============================================================================

A node refers only to nodes made before it, so there are no cycles: memory is freed at once.

This file runs as it stands, and it is also compiled to machine code, with the types that
``make cards`` writes into ``engine.pxd``. Hence a few habits: an annotation is a promise to the
compiler (`Node`, `Whole`, `Text` and `Truth` are not; they are for people), what a function needs
is passed to it rather than closed over, and C's functions are reached through their module.
"""

from __future__ import annotations

from math import isfinite
from operator import add as plus

from glassgrad import kernels, machine
from glassgrad.convert import (
    a_kind, as_float, is_array, is_boxed, is_foreign, is_whole, only_item, refusal,
)  # fmt: skip
from glassgrad.errors import NoRuleError
from glassgrad.machine import show_source

# <card imports>
from glassgrad.opcodes import (
    ABS, ACOS, ADD, ASIN, ATAN, ATAN2, CALLED, CHOICES, CLAMP, CONSTANT, COPY, COS, COSH, DETACHED,
    DIV, ERF, EXP, EXPM1, FLOAT_POWER, INT_POWER, LEAF, LOG, LOG1P, MAXIMUM, MINIMUM, MUL, NEG,
    OPAQUE, OP_NAMES, POW, RECIPROCAL, RELU, RESULT, SIGMOID, SIN, SINH, SOFTPLUS, SQRT, SQUARE,
    SUB, TAN, TANH, WHERE,
)  # fmt: skip
# </card imports>

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Final, NoReturn, TypeAlias

    from glassgrad.convert import Number
    from glassgrad.machine import Line

    Operand: TypeAlias = "Value | Number"
    Operands: TypeAlias = "tuple[Value, ...]"
    Numbers: TypeAlias = tuple[float, ...]
    Edges: TypeAlias = "tuple[tuple[Value, float], ...]"
    Node: TypeAlias = "Value"
    Whole: TypeAlias = int
    Text: TypeAlias = str
    Truth: TypeAlias = bool

__all__ = ["Value", "dot", "mean", "sum"]

#: How many nodes there are whose derivative nobody knows.
_unknown: Whole = 0

#: How many calls of traced functions have become nodes.
_calls: Whole = 0

#: How many backward passes there were, and one more: 1 is the mark of a gradient set by hand.
_passes: Whole = 1


class Extra:
    """What few nodes need: a label, a third operand and more, constants, a foreign operation.

    It is never changed, because copies share it.
    """

    __slots__ = ("constants", "label", "name", "operands", "partials")

    operands: Operands
    partials: Numbers
    constants: Numbers
    name: str
    label: str

    def __init__(
        self,
        operands: Operands = (),
        partials: Numbers = (),
        constants: Numbers = (),
        name: str = "",
        label: str = "",
    ) -> None:
        if getattr(self, "operands", None) is not None:
            raise TypeError("an Extra is made once, because copies of a node share it")
        self.operands = operands
        self.partials = partials
        self.constants = constants
        self.name = name
        self.label = label

    def labelled(self, label: str) -> Extra:
        """Make the same with another label."""
        return Extra(self.operands, self.partials, self.constants, self.name, label)


class Unknown(Extra):
    """Of a node made by hand: while there is one anywhere, `backward` looks out for it."""

    __slots__ = ()

    def __init__(
        self, operands: Operands, partials: Numbers, name: str, label: str = ""
    ) -> None:
        global _unknown
        Extra.__init__(self, operands, partials, (), name, label)
        _unknown += 1

    def __del__(self) -> None:
        global _unknown
        if getattr(self, "operands", None) is not None:  # it was made, and so counted
            _unknown -= 1

    def labelled(self, label: str) -> Extra:
        """Make the same with another label."""
        return Unknown(self.operands, self.partials, self.name, label)


_NOTHING: Final = Extra()


class Here:
    """What the calling thread is doing while Values are made: each thread sees its own.

    Attributes
    ----------
    recording, anomaly : bool
        Whether operations are remembered, and whether each is checked.
    transforms : int
        How many transforms are at work, one inside the other.
    tracing : int
        Whether a function is being traced: then a Value stands for the numbers of all calls.
    """

    __slots__ = ()

    @property
    def recording(self) -> bool:
        return not machine.here.paused

    @recording.setter
    def recording(self, on: Truth) -> None:
        machine.here.paused = not on
        machine.here.watched = machine.here.paused or machine.here.anomaly

    @property
    def anomaly(self) -> bool:
        return bool(machine.here.anomaly)

    @anomaly.setter
    def anomaly(self, on: Truth) -> None:
        machine.here.anomaly = on
        machine.here.watched = machine.here.paused or machine.here.anomaly

    @property
    def transforms(self) -> int:
        return machine.here.transforms

    @transforms.setter
    def transforms(self, number: Whole) -> None:
        machine.here.transforms = number

    @property
    def tracing(self) -> int:
        return machine.here.tracing

    @tracing.setter
    def tracing(self, on: Whole) -> None:
        machine.here.tracing = on


here: Final = Here()


def nodes_wanted() -> Truth:
    """Tell whether the nodes themselves matter: in a trace or transform, or if each is checked."""
    return bool(machine.here.tracing or machine.here.transforms or machine.here.anomaly)


def remembering() -> Truth:
    """Tell whether operations are remembered, as `Here.recording` does."""
    return not machine.here.paused


def scope_here() -> Whole:
    """Tell the number of the scope that new nodes belong to, see `glassgrad.modes.SCOPES`."""
    return machine.here.scope


def module_here() -> Any:
    """Tell which module computes in the calling thread."""
    return machine.module_here()


def go_to(scope: Whole, module: Any) -> None:
    """Let a module compute: new nodes belong to its scope."""
    machine.here.scope = scope
    machine.set_module_here(module)


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
        "_a", "_b", "_da", "_data", "_db", "_extra", "_grad", "_mark", "_number", "_opcode",
        "_scope",
    )  # fmt: skip

    # In this order in memory: of a parameter only what comes first is needed at each step.
    _data: float
    _grad: float
    _mark: int
    _a: Value | None
    _b: Value | None
    _da: float
    _db: float
    _extra: Extra | None
    _number: int
    _opcode: int
    _scope: int

    def __init__(
        self, data: Operand, _children: Iterable[Value] = (), _op: Text = "", label: Text = ""
    ) -> None:
        name = label if type(label) is str else _checked_label(label)
        original: Value | None = None
        children: tuple[Value, ...] = ()
        if isinstance(data, float):
            number: float = float(data)
        else:
            original = _original(data)
            number = _float_of(data, "Value") if original is None else original._data
        if _children or _op:
            children = _checked_children(_children, _op)
            if original is not None:
                raise refusal(data, "Value(data, _children, _op)")
        if original is not None or children:
            _refuse_to_remake(self)
        self._data = number
        self._grad = self._da = self._db = 0.0
        self._a = self._b = self._extra = None
        self._scope = machine.here.scope
        self._mark = self._opcode = LEAF
        if not machine.here.paused:
            if original is not None:
                self._a = original
                self._da = 1.0
                self._opcode = COPY
            elif children or _op:
                self._a = children[0] if children else None
                self._opcode = OPAQUE
                self._extra = Unknown(children[1:], (0.0,) * len(children[1:]), str(_op))
        elif machine.here.tracing and original is not None:
            self._a = original
            self._opcode = DETACHED
        if name:
            self._extra = (_NOTHING if self._extra is None else self._extra).labelled(name)
        self._number = machine.next_number()

    # ------------------------------------------------------------------ what a value shows

    @property
    def data(self) -> float:
        """The number itself. Assigning changes the next forward pass, not the recorded one."""
        if machine.here.tracing:
            _refuse("data")
        return self._data

    @data.setter
    def data(self, number: Number) -> None:
        if machine.here.tracing:
            _refuse("set data")
        self._data = _float_of(number, "Value.data")

    @property
    def grad(self) -> float:
        """The derivative of the last root with respect to this value; 0.0 before any pass."""
        if machine.here.tracing:
            _refuse("grad")
        return self._grad

    @grad.setter
    def grad(self, number: Number) -> None:
        if machine.here.tracing:
            _refuse("set grad")
        self._grad = _float_of(number, "Value.grad")
        self._mark = 0 if self._grad == 0.0 else 1

    @property
    def label(self) -> str:
        """The name under which the value is drawn and printed."""
        return "" if self._extra is None else self._extra.label

    @label.setter
    def label(self, name: Text) -> None:
        label = name if type(name) is str else _checked_label(name)
        if label != self.label:
            self._extra = (_NOTHING if self._extra is None else self._extra).labelled(label)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The operands, in order, as often as they occur: of ``a + a`` it is ``(a, a)``."""
        return tuple([operand for operand, _ in edges(self)])

    @property
    def _op(self) -> str:
        """The operation as in the lecture: ``'+'``, ``'tanh'``, ``'**2'``; '' for a leaf."""
        opcode = self._opcode
        if opcode == INT_POWER:
            return f"**{int(self._db)}"
        if opcode == FLOAT_POWER:
            return f"**{self._db!r}"
        if opcode == OPAQUE:
            return "" if self._extra is None else self._extra.name
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
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __format__(self, spec: Text) -> str:
        return format(self._data, spec) if spec else repr(self)

    def tree(self) -> None:
        """Print the expression with data and gradients: see `glassgrad.show.text.tree.tree`."""
        _late("glassgrad.show.text.tree", "tree")(self)

    def draw(self, **options: Any) -> Any:
        """Draw everything that leads to this value: see `glassgrad.show.drawing.draw`."""
        return _late("glassgrad.show.drawing", "draw")(self, **options)

    def explain(self, wrt: Value, *, proof: bool = False) -> Any:
        """Derive the gradient step by step: see `glassgrad.explaining.derivation.explain`."""
        return _late("glassgrad.explaining.derivation", "explain")(self, wrt, proof=proof)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the graph where a value ends the cell of a notebook; a large one when asked."""
        bundle: dict[str, str] = _late("glassgrad.show.notebook", "bundle")(self)
        return bundle

    # ---------------------------------------------------------------- Python's protocols

    def __bool__(self) -> bool:
        if machine.here.tracing:
            return bool(_late("glassgrad.truths", "is_not_zero")(self))
        return self._data != 0.0

    def __index__(self) -> int:
        if machine.here.tracing:
            _refuse("index")
        raise TypeError(
            "a Value is a float, which neither counts nor is an index: write int(v.data), or for "
            "rows[v] gg.take(rows, v)"
        )

    def __float__(self) -> float:
        if machine.here.tracing:
            _refuse("float")
        if self._a is not None or machine.here.transforms:
            _late("glassgrad.graph", "gradient_ends")("float(v)")
        return self._data

    def __eq__(self, other: object) -> bool:
        if machine.here.tracing:
            same: Truth = _late("glassgrad.truths", "same")(self, other)
            return same
        return NotImplemented  # so that Python asks whether it is the same node

    def __ne__(self, other: object) -> bool:
        if machine.here.tracing:
            differs: Truth = _late("glassgrad.truths", "differs")(self, other)
            return differs
        return NotImplemented

    def __hash__(self) -> int:
        if machine.here.tracing and _late("glassgrad.truths", "is_plain")(self):
            _refuse("hash")
        return id(self) >> 4  # as Python itself does: the last four bits are 0

    def __lt__(self, other: Operand) -> bool:
        if machine.here.tracing:
            found: Truth = _late("glassgrad.truths", "compared")("<", self, other)
            return found
        right = _comparable(other, "<")
        return NotImplemented if right is None else self._data < right

    def __le__(self, other: Operand) -> bool:
        if machine.here.tracing:
            found: Truth = _late("glassgrad.truths", "compared")("<=", self, other)
            return found
        right = _comparable(other, "<=")
        return NotImplemented if right is None else self._data <= right

    def __gt__(self, other: Operand) -> bool:
        if machine.here.tracing:
            found: Truth = _late("glassgrad.truths", "compared")(">", self, other)
            return found
        right = _comparable(other, ">")
        return NotImplemented if right is None else self._data > right

    def __ge__(self, other: Operand) -> bool:
        if machine.here.tracing:
            found: Truth = _late("glassgrad.truths", "compared")(">=", self, other)
            return found
        right = _comparable(other, ">=")
        return NotImplemented if right is None else self._data >= right

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return _late("glassgrad.interop", "array_ufunc")(ufunc, method, inputs, kwargs)

    def __card__(self, card: Any, operands: tuple[Any, ...]) -> Value:
        """Apply a card: see `glassgrad.ops.Card.__call__`."""
        applied: Node = _late("glassgrad.custom", "apply_card")(card, operands)
        return applied

    def __copy__(self) -> Value:
        if machine.here.tracing:
            _refuse("copy")
        twin: Node = _late("glassgrad.copying", "twin")(self)
        return twin

    def __reduce__(self) -> Any:
        if machine.here.tracing:
            _refuse("copy")
        return _late("glassgrad.copying", "reduce_value")(self)

    # ------------------------------------------------------------------ what a value does

    def detach(self) -> Value:
        """Take the number without its history: no gradient passes to what it was made of."""
        v = _leaf(self._data, LEAF)
        if machine.here.tracing:
            v._a = self
            v._opcode = DETACHED
        return v

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
        global _passes
        if machine.here.tracing:
            _refuse("backward")
        if _unknown > 0:
            _late("glassgrad.graph", "refuse_opaque")(self)
        if machine.here.anomaly:
            _late("glassgrad.anomaly", "check_gradients")(self)
        collecting = machine.begin_pass()
        try:
            _passes += 1
            _sweep(self, _passes)
        finally:
            machine.end_pass(collecting)

    # ----------------------------------------- functions composed of others: gg.silu and so on

    def silu(self) -> Value:
        """Weigh x by how positive it is: see `glassgrad.functions.silu`."""
        return _function("silu", self)

    def gelu(self, approximate: Text = "none") -> Value:
        """Weigh x by how much of a bell curve lies below it: `glassgrad.functions.gelu`."""
        return _function("gelu", self, approximate)

    def elu(self, alpha: Number = 1.0) -> Value:
        """Bend a negative x towards -alpha: see `glassgrad.functions.elu`."""
        return _function("elu", self, alpha)

    def leaky_relu(self, slope: Number = 0.01) -> Value:
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
    def where(self, condition: Truth | Any, other: Operand) -> Value:
        """Take this value where the condition holds and the other where it does not."""
        right: Value = other if type(other) is Value else as_value(other, "where")
        if machine.here.tracing and condition is not True and condition is not False:
            chosen: Value = _late("glassgrad.truths", "choose")(condition, self, right)
            return chosen
        condition = truth(condition)
        a = self._data
        b = right._data
        y = a if condition else b
        da = 1.0 if condition else 0.0
        db = 0.0 if condition else 1.0
        return _node(y, self, right, da, db, WHERE, None)

    def relu(self) -> Value:
        """Keep a positive number and turn a negative one into 0."""
        x = self._data
        y = 0.0 if x <= 0.0 else x
        dx = 0.0 if y <= 0.0 else 1.0
        return _node(y, self, None, dx, 0.0, RELU, None)

    def maximum(self, other: Operand) -> Value:
        """Take the larger of two numbers; at a tie each receives half the gradient."""
        right: Value = other if type(other) is Value else as_value(other, "maximum")
        a = self._data
        b = right._data
        y = a if a > b else b if a <= b else a + b
        t1 = 0.5 if a == b else 1.0
        da = 0.0 if a < b else t1
        db = 0.0 if a > b else t1
        return _node(y, self, right, da, db, MAXIMUM, None)

    def minimum(self, other: Operand) -> Value:
        """Take the smaller of two numbers; at a tie each receives half the gradient."""
        right: Value = other if type(other) is Value else as_value(other, "minimum")
        a = self._data
        b = right._data
        y = a if a < b else b if a >= b else a + b
        t1 = 0.5 if a == b else 1.0
        da = 0.0 if a > b else t1
        db = 0.0 if a < b else t1
        return _node(y, self, right, da, db, MINIMUM, None)

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
        y = kernels.exp(x)
        return _node(y, self, None, y, 0.0, EXP, None)

    def expm1(self) -> Value:
        """Compute exp(x) - 1 without losing digits near 0."""
        x = self._data
        y = kernels.expm1(x)
        return _node(y, self, None, kernels.exp(x), 0.0, EXPM1, None)

    def log(self) -> Value:
        """Take the natural logarithm: the power to which e must be raised to give x."""
        x = self._data
        y = kernels.log(x)
        return _node(y, self, None, kernels.div(1.0, x), 0.0, LOG, None)

    def log1p(self) -> Value:
        """Compute log(1 + x) without losing digits near 0."""
        x = self._data
        y = kernels.log1p(x)
        return _node(y, self, None, kernels.div(1.0, 1.0 + x), 0.0, LOG1P, None)

    def __neg__(self) -> Value:
        """Turn the sign around."""
        x = self._data
        y = -x
        return _node(y, self, None, -1.0, 0.0, NEG, None)

    def __add__(self, other: Operand) -> Value:
        """Add two numbers; the gradient of the sum is copied to both (the sum rule)."""
        right: Value | None = other if type(other) is Value else _operand(other, "+")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = a + b
        return _node(y, self, right, 1.0, 1.0, ADD, None)

    def __radd__(self, other: Operand) -> Value:
        left: Value | None = _operand(other, "+")
        if left is None:
            return NotImplemented
        a = left._data
        b = self._data
        y = a + b
        return _node(y, left, self, 1.0, 1.0, ADD, None)

    def __sub__(self, other: Operand) -> Value:
        """Subtract b from a."""
        right: Value | None = other if type(other) is Value else _operand(other, "-")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = a - b
        return _node(y, self, right, 1.0, -1.0, SUB, None)

    def __rsub__(self, other: Operand) -> Value:
        left: Value | None = _operand(other, "-")
        if left is None:
            return NotImplemented
        a = left._data
        b = self._data
        y = a - b
        return _node(y, left, self, 1.0, -1.0, SUB, None)

    def __mul__(self, other: Operand) -> Value:
        """Multiply two numbers; each receives the gradient times the other (the product rule)."""
        right: Value | None = other if type(other) is Value else _operand(other, "*")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = a * b
        return _node(y, self, right, b, a, MUL, None)

    def __rmul__(self, other: Operand) -> Value:
        left: Value | None = _operand(other, "*")
        if left is None:
            return NotImplemented
        a = left._data
        b = self._data
        y = a * b
        return _node(y, left, self, b, a, MUL, None)

    def __truediv__(self, other: Operand) -> Value:
        """Divide a by b; x/0 is infinite, 0/0 is not a number."""
        right: Value | None = other if type(other) is Value else _operand(other, "/")
        if right is None:
            return NotImplemented
        a = self._data
        b = right._data
        y = kernels.div(a, b)
        return _node(y, self, right, kernels.div(1.0, b), kernels.div(-y, b), DIV, None)

    def __rtruediv__(self, other: Operand) -> Value:
        left: Value | None = _operand(other, "/")
        if left is None:
            return NotImplemented
        a = left._data
        b = self._data
        y = kernels.div(a, b)
        return _node(y, left, self, kernels.div(1.0, b), kernels.div(-y, b), DIV, None)

    def __pow__(self, other: Operand) -> Value:
        """Raise a to the power b; a negative number to a fraction is not a number."""
        a = self._data
        if type(other) is Value:
            right: Value = other
            b: float = right._data
            y = kernels.pow(a, b)
            da = 0.0 if b == 0.0 else b * kernels.pow(a, b - 1.0)
            db = 0.0 if a == 0.0 and b >= 0.0 else y * kernels.log(a)
            return _node(y, self, right, da, db, POW, None)
        number = _number(other, "**")
        if number is None:
            return NotImplemented
        b = number
        y = kernels.pow(a, b)
        da = 0.0 if b == 0.0 else b * kernels.pow(a, b - 1.0)
        opcode = INT_POWER if type(other) is int or is_whole(other) else FLOAT_POWER
        return _node(y, self, None, da, b, opcode, None)

    def __rpow__(self, other: Operand) -> Value:
        left: Value | None = _operand(other, "**")
        if left is None:
            return NotImplemented
        a = left._data
        b = self._data
        y = kernels.pow(a, b)
        da = 0.0 if b == 0.0 else b * kernels.pow(a, b - 1.0)
        db = 0.0 if a == 0.0 and b >= 0.0 else y * kernels.log(a)
        return _node(y, left, self, da, db, POW, None)

    def square(self) -> Value:
        """Multiply a number by itself."""
        x = self._data
        y = x * x
        return _node(y, self, None, 2.0 * x, 0.0, SQUARE, None)

    def sqrt(self) -> Value:
        """Find the number whose square is x; not a number below 0."""
        x = self._data
        y = kernels.sqrt(x)
        return _node(y, self, None, kernels.div(0.5, y), 0.0, SQRT, None)

    def abs(self) -> Value:
        """Drop the sign."""
        x = self._data
        y = kernels.abs(x)
        dx = 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0
        return _node(y, self, None, dx, 0.0, ABS, None)

    def __abs__(self) -> Value:
        return self.abs()

    def absolute(self) -> Value:
        """NumPy's name for `abs`."""
        return self.abs()

    def reciprocal(self) -> Value:
        """Divide 1 by x."""
        x = self._data
        y = kernels.div(1.0, x)
        return _node(y, self, None, -y * y, 0.0, RECIPROCAL, None)

    def sinh(self) -> Value:
        """Take the hyperbolic sine, (exp(x) - exp(-x)) / 2."""
        x = self._data
        y = kernels.sinh(x)
        return _node(y, self, None, kernels.cosh(x), 0.0, SINH, None)

    def cosh(self) -> Value:
        """Take the hyperbolic cosine, (exp(x) + exp(-x)) / 2."""
        x = self._data
        y = kernels.cosh(x)
        return _node(y, self, None, kernels.sinh(x), 0.0, COSH, None)

    def tanh(self) -> Value:
        """Squash any real number into (-1, 1)."""
        x = self._data
        y = kernels.tanh(x)
        dx = 4.0 * kernels.sigmoid(2.0 * x) * kernels.sigmoid(-2.0 * x)
        return _node(y, self, None, dx, 0.0, TANH, None)

    def sigmoid(self) -> Value:
        """Squash any real number into (0, 1)."""
        x = self._data
        t1 = kernels.exp(-kernels.abs(x))
        y = kernels.div(1.0 if x >= 0.0 else t1, 1.0 + t1)
        return _node(y, self, None, y * kernels.sigmoid(-x), 0.0, SIGMOID, None)

    def softplus(self) -> Value:
        """Bend smoothly from 0 on the left to x on the right."""
        x = self._data
        y = kernels.maximum(x, 0.0) + kernels.log1p(kernels.exp(-kernels.abs(x)))
        return _node(y, self, None, kernels.sigmoid(x), 0.0, SOFTPLUS, None)

    def erf(self) -> Value:
        """Take the error function: how much of a bell curve lies within x, from -1 to 1."""
        x = self._data
        y = kernels.erf(x)
        dx = 1.1283791670955126 * kernels.exp(-kernels.square(x))
        return _node(y, self, None, dx, 0.0, ERF, None)

    def sin(self) -> Value:
        """Take the sine of an angle in radians."""
        x = self._data
        y = kernels.sin(x)
        return _node(y, self, None, kernels.cos(x), 0.0, SIN, None)

    def cos(self) -> Value:
        """Take the cosine of an angle in radians."""
        x = self._data
        y = kernels.cos(x)
        return _node(y, self, None, -kernels.sin(x), 0.0, COS, None)

    def tan(self) -> Value:
        """Take the tangent of an angle in radians."""
        x = self._data
        y = kernels.tan(x)
        return _node(y, self, None, 1.0 + y * y, 0.0, TAN, None)

    def asin(self) -> Value:
        """Find the angle between -π/2 and π/2 whose sine is x."""
        x = self._data
        y = kernels.asin(x)
        dx = kernels.div(1.0, kernels.sqrt((1.0 - x) * (1.0 + x)))
        return _node(y, self, None, dx, 0.0, ASIN, None)

    def arcsin(self) -> Value:
        """NumPy's name for `asin`."""
        return self.asin()

    def acos(self) -> Value:
        """Find the angle between 0 and π whose cosine is x."""
        x = self._data
        y = kernels.acos(x)
        dx = kernels.div(-1.0, kernels.sqrt((1.0 - x) * (1.0 + x)))
        return _node(y, self, None, dx, 0.0, ACOS, None)

    def arccos(self) -> Value:
        """NumPy's name for `acos`."""
        return self.acos()

    def atan(self) -> Value:
        """Find the angle between -π/2 and π/2 whose tangent is x."""
        x = self._data
        y = kernels.atan(x)
        return _node(y, self, None, kernels.div(1.0, 1.0 + x * x), 0.0, ATAN, None)

    def arctan(self) -> Value:
        """NumPy's name for `atan`."""
        return self.atan()

    def atan2(self, other: Operand) -> Value:
        """Find the angle, from -π to π, of the point with height a and distance b to the right."""
        right: Value = other if type(other) is Value else as_value(other, "atan2")
        a = self._data
        b = right._data
        y = kernels.atan2(a, b)
        t1 = a * a + b * b
        t2 = t1 == 0.0
        da = 0.0 if t2 else kernels.div(b, t1)
        db = 0.0 if t2 else kernels.div(-a, t1)
        return _node(y, self, right, da, db, ATAN2, None)

    def arctan2(self, other: Operand) -> Value:
        """NumPy's name for `atan2`."""
        return self.atan2(other)
    # </cards>


class Call(Extra):
    """Of a node that stands for a call of a traced function; `operands` are all that it read.

    Its results are nodes of their own, whose only operand is the call's node; which of the
    results one is says its ``_db``. The code that knows the way back overrides the two methods.
    """

    __slots__ = ()

    def seed(self, which: Whole, grad: float, number: Whole) -> None:
        """Take the gradient of one of the results in the pass of that number."""
        raise NoRuleError("this call of a traced function has no way back")

    def hand_back(self, number: Whole) -> None:
        """Hand the operands what arrived, with `gradient_so_far` and `set_gradient`."""
        raise NoRuleError("this call of a traced function has no way back")


def _node(
    data: float, a: Value, b: Value | None, da: float, db: float, opcode: Whole,
    extra: Extra | None,
) -> Value:  # fmt: skip
    """Make the node of an operation: the one place where a graph grows."""
    scope = machine.here.scope
    if machine.here.watched:
        if machine.here.anomaly and not isfinite(data):
            _late("glassgrad.anomaly", "refuse_value")(data, a, b, db, opcode, extra)
        if machine.here.paused:
            return _unrecorded(data, a, b, da, db, opcode, extra)
    v: Value = machine.blank(Value)
    v._data = data
    v._grad = 0.0
    v._a = a
    v._b = b
    v._da = da
    v._db = db
    v._opcode = opcode
    v._scope = scope
    v._mark = 0
    v._extra = extra
    v._number = machine.next_number()
    return v


def _unrecorded(
    data: float, a: Value, b: Value | None, da: float, db: float, opcode: Whole,
    extra: Extra | None,
) -> Value:  # fmt: skip
    """Make the result of an operation that is not remembered: in a trace its number still is."""
    if not machine.here.tracing:
        return _leaf(data, LEAF)
    v = _leaf(data, opcode)
    v._a = a
    v._b = b
    v._da = da
    v._db = db
    v._extra = extra
    return v.detach()


def _leaf(data: float, opcode: Whole) -> Value:
    """Make a value that is not the result of an operation."""
    v: Value = machine.blank(Value)
    v._data = data
    v._grad = v._da = v._db = 0.0
    v._a = v._b = v._extra = None
    v._opcode = opcode
    v._scope = machine.here.scope
    v._mark = 0
    v._number = machine.next_number()
    return v


def call_node(call: Call) -> Value:
    """Make the node of a call of a traced function, which has a number for each result."""
    global _calls
    _calls += 1
    return _node(0.0, call.operands[0], None, 0.0, 0.0, CALLED, call)


def had_calls() -> Truth:
    """Tell whether a graph may hold a call of a traced function: if not, nobody need look."""
    return _calls > 0


def result_node(data: float, called: Value, which: Whole) -> Value:
    """Make the node of one of the results of a call."""
    return _node(data, called, None, 1.0, float(which), RESULT, None)


def custom_node(
    data: float, operands: Operands, partials: Numbers, opcode: Whole
) -> Value:
    """Make the node of an operation that has no method, with any number of operands."""
    several = len(operands) > 1
    return _node(
        data,
        operands[0],
        operands[1] if several else None,
        partials[0],
        partials[1] if several else 0.0,
        opcode,
        Extra(operands[2:], partials[2:]) if len(operands) > 2 else None,
    )


def restored(
    data: float, grad: float, mark: Whole, opcode: Whole, scope: Whole,
    operands: Operands, partials: Numbers, db: float, extra: Extra | None,
) -> Value:  # fmt: skip
    """Make a node as it once was, for copies; further operands are in `extra`."""
    v = _leaf(data, opcode)
    v._grad = grad
    v._mark = mark
    v._scope = scope
    v._db = db
    v._extra = extra
    if operands:
        v._a = operands[0]
        v._da = partials[0]
    if len(operands) > 1:
        v._b = operands[1]
    return v


def edges(v: Value) -> Edges:
    """List the operands of a node with their local derivatives, in order."""
    if v._a is None:
        return ()
    if v._opcode == CALLED:
        return tuple(zip(v._extra.operands, v._extra.partials, strict=True))  # type: ignore[union-attr]
    if v._b is None:
        found: Edges = ((v._a, v._da),)
    else:
        found = ((v._a, v._da), (v._b, v._db))
    if v._extra is not None and v._extra.operands:
        found += tuple(zip(v._extra.operands, v._extra.partials, strict=True))
    return found


# ---------------------------------------------------------------------- the backward pass


def _sweep(root: Value, number: Whole) -> None:
    """Run the backward pass: from the newest node to the oldest, each hands its gradient on.

    The number of a node is its place in the line, so the order needs neither search nor sort.
    """
    line = machine.new_line(root._number)
    outer = machine.here.line
    machine.here.line = line
    try:
        _hand(root, 1.0, line, number)
        v = machine.take(line)
        while v is not None:
            if RESULT >= v._opcode >= CALLED:  # which are neighbours
                _hand_to_call(v, line, number)
            else:
                _hand_on(v, line, number)
            v = machine.take(line)
    finally:
        machine.here.line = outer
        machine.free_line(line)


def _hand_on(v: Value, line: Line, number: Whole) -> None:
    """Hand to each operand of a node its share of the gradient: the chain rule."""
    grad = v._grad
    share = grad * v._da
    if share != share:
        share = share_of(v, grad, v._da)
    _hand(v._a, share, line, number)  # type: ignore[arg-type]
    if v._b is not None:
        share = grad * v._db
        if share != share:
            share = share_of(v, grad, v._db)
        _hand(v._b, share, line, number)
    if v._extra is not None:
        for operand, partial in zip(v._extra.operands, v._extra.partials, strict=True):
            _hand(operand, grad * partial, line, number)


def _hand_to_call(v: Value, line: Line, number: Whole) -> None:
    """Let the call of a traced function collect the gradients of its results, or hand them on."""
    called: Value = v if v._opcode == CALLED else v._a  # type: ignore[assignment]
    call: Call = called._extra  # type: ignore[assignment]
    if called is v:
        call.hand_back(number)
    else:
        call.seed(int(v._db), v._grad, number)
        _hand(called, 0.0, line, number)


def gradient_so_far(operand: Value, number: Whole) -> float:
    """Tell what a node has received in the pass of that number, and a leaf in all of them."""
    return operand._grad if operand._a is None or operand._mark == number else -0.0


def set_gradient(operand: Value, grad: float, number: Whole) -> None:
    """Set what a node has received; unless it is a leaf, it waits for its turn."""
    if operand._a is not None and operand._mark != number:
        machine.put(machine.here.line, operand)  # type: ignore[arg-type]
    operand._grad = grad
    operand._mark = number


def _hand(operand: Value, share: float, line: Line, number: Whole) -> None:
    """Hand an operand its share of a gradient; if it is new, it waits for its turn."""
    if operand._a is None:
        operand._grad += share
        operand._mark = number
    elif operand._mark == number:
        operand._grad += share
    else:
        operand._grad = share
        operand._mark = number
        machine.put(line, operand)


def share_of(v: Value, grad: float, partial: float) -> float:
    """Compute the share of a node's gradient that an operand receives.

    What was not chosen receives nothing, even of an infinite gradient: 0 times infinity is nan.
    """
    share = grad * partial
    return 0.0 if share != share and partial == 0.0 and v._opcode in CHOICES else share


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
        total = _plus(total, value)
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
    left: list[Any] = list(xs)
    right: list[Any] = list(ys)
    if len(left) != len(right):
        raise ValueError(
            f"dot pairs each factor with one other, but got {len(left)} and {len(right)} of them"
        )
    total = start
    for i in range(len(left)):
        total = _plus(total, _times(left[i], right[i]))
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
    several: list[Any] = list(values)
    if not several:
        raise ValueError("the mean of no values is not defined: give at least one")
    return sum(several) / len(several)


def _plus(a: Any, b: Any) -> Any:
    """Add as ``a + b`` does, but without looking up what that means for two Values.

    Compiled, ``a + b`` of the int 0 and the float -0.0 would be -0.0, not 0.0 as in Python.
    """
    return _add(a, b) if type(a) is Value and type(b) is Value else plus(a, b)


def _times(a: Any, b: Any) -> Any:
    """Multiply as ``a * b`` does, but without looking up what that means for two Values."""
    return _mul(a, b) if type(a) is Value and type(b) is Value else a * b


# <card functions>
def _add(left: Value, right: Value) -> Value:
    """Add two numbers; the gradient of the sum is copied to both (the sum rule)."""
    a = left._data
    b = right._data
    y = a + b
    return _node(y, left, right, 1.0, 1.0, ADD, None)


def _mul(left: Value, right: Value) -> Value:
    """Multiply two numbers; each receives the gradient times the other (the product rule)."""
    a = left._data
    b = right._data
    y = a * b
    return _node(y, left, right, b, a, MUL, None)
# </card functions>


# ------------------------------------------------------------------------ what is handed in


def constant(number: float) -> Value:
    """Make the leaf that stands for a number in an expression, such as the 2 in ``2 * v``."""
    return _leaf(number, CONSTANT)


def as_value(x: Operand, where: Text) -> Value:
    """Take a Value as it is and make a constant of a number; refuse anything else."""
    original = _original(x)
    return _leaf(_float_of(x, where), CONSTANT) if original is None else original


def _original(x: Any) -> Value | None:
    """Find the Value in what was given: itself, or in a 0-d array; None if there is none."""
    if type(x) is Value:
        return x
    if type(x) is int or isinstance(x, float):
        return None
    item = only_item(x)
    if machine.here.tracing:
        item = _late("glassgrad.truths", "number_of")(item)
    return item if type(item) is Value else None


def _float_of(x: Any, where: Text) -> float:
    """Convert a number of any kind to a float, the usual kinds at once."""
    if type(x) is float:
        return x
    if type(x) is int:
        try:
            return float(x)
        except OverflowError:
            return as_float(x, where)  # which says what number it was
    return as_float(x, where)


def _operand(other: Any, sign: Text) -> Value | None:
    """Make a constant of the other operand; None leaves it to the other's own operator."""
    if type(other) is float:
        return _leaf(other, CONSTANT)
    number = _number(other, sign)
    if number is not None:
        return _leaf(number, CONSTANT)
    return as_value(other, f"Value {sign} ...") if is_boxed(other) else None


def _number(other: Any, sign: Text) -> Any:
    """Convert the other operand of a sign to a float; None means that it is not a number."""
    if type(other) is float:
        return other
    if type(other) is int:
        try:
            return float(other)
        except OverflowError:
            return as_float(other, f"Value {sign} ...")
    if machine.here.tracing and sign == "*" and isinstance(other, (list, tuple)):
        _refuse("index")
    if is_foreign(other):
        raise refusal(other, f"Value {sign} ...")
    if is_array(other):
        return None
    try:
        return as_float(other, f"Value {sign} ...")
    except TypeError:
        return None


def _comparable(other: Any, sign: Text) -> Any:
    """Find the number to compare with; None leaves it to the other's own operator."""
    if type(other) is Value:
        value: Value = other
        return value._data
    return None if is_array(other) else as_float(other, f"Value {sign} ...")


def _bound(number: Any, name: Text) -> float:
    if type(number) is Value:
        raise TypeError(
            f"{name}'s bounds are numbers without a gradient: for a bound that is a Value use "
            "gg.maximum and gg.minimum"
        )
    return as_float(number, name)


def truth(condition: Any) -> Truth:
    """Check that the condition of a `where` is true or false."""
    if condition is True or condition is False:
        return condition
    if type(condition).__name__ in ("bool", "bool_"):  # NumPy's
        return bool(condition)
    raise TypeError(
        f"where's condition is True or False, not {a_kind(condition)} ({condition!r}): "
        "write a comparison such as v > 0"
    )


def _checked_label(label: Any) -> Text:
    if not isinstance(label, str):
        raise TypeError(
            f"a label is a str, not {a_kind(label)} ({label!r}): use label=str(...)"
        )
    return str(label)


def _refuse_to_remake(v: Value) -> None:
    """See that a Value is new: one that is made again could become an operand of itself."""
    if getattr(v, "_number", 0) != 0:
        raise TypeError("this Value is made already: assign to .data, or make another")


def _checked_children(children: Any, op: Any) -> Operands:
    """List the operands of a node made by hand; `backward` will refuse to pass through it."""
    found = tuple(children)
    if not isinstance(op, str):
        raise TypeError(f"_op is a str, not {a_kind(op)} ({op!r})")
    for child in found:
        if type(child) is not Value:
            raise TypeError(
                f"_children holds the operands, Values, not {a_kind(child)} ({child!r}): wrap a "
                "number, Value(...)"
            )
    return found


def _function(name: str, *operands: Any) -> Value:
    result: Node = _late("glassgrad.functions", name)(*operands)
    return result


def _refuse(what: Text) -> None:
    """Refuse what can't be done to a Value while a function is traced."""
    _late("glassgrad.jitting.tracing", "refuse")(what)


def refuse_in_trace(what: Text) -> None:
    """Refuse what changes Values behind the back of a function that is being traced."""
    if machine.here.tracing:
        _refuse(what)


def _late(module: str, name: str) -> Any:
    """Find a function of a higher layer by name: the only way in which the engine looks up."""
    from importlib import import_module

    return getattr(import_module(module), name)


def _refuse_subclass(cls: Any) -> NoReturn:
    raise TypeError(
        "Value is final and can't be subclassed: to add an operation with a derivative of its "
        "own, write gg.custom_op(name, forward, partials)"
    )


def _refuse_blank(*_: Any) -> NoReturn:
    raise TypeError("a Value is made of a number: Value(0.0)")


machine.seal(Value, _refuse_subclass, _refuse_blank, "(data, _children=(), _op='', label='')")
show_source(__spec__)
