"""The operations of a tape as functions: of Python's floats, or of NumPy's arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import pi
from typing import Any, Final

from glassgrad import ieee, kernels
from glassgrad.expr import COMPARISONS, NUMBER, PI, Expr, operands_first
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.ops import TABLE
from glassgrad.ops.card import OUTPUT
from glassgrad.printing import python

Function = Callable[..., Any]


class Arithmetic:
    """What numbers are, for the interpreter.

    Attributes
    ----------
    compute : dict of int to function
        The operations by opcode: of the operands, in the order of a row.
    partials : dict of int to tuple of functions
        Their local derivatives: of the result and the operands.
    """

    def __init__(self, function: Callable[[tuple[Expr, ...], Expr], Function]) -> None:
        self.compute = {op: function(m.operands, m.compute) for op, m in MEANINGS.items()}
        self.partials = {
            op: tuple(function((OUTPUT, *m.operands), e) for e in m.partials)
            for op, m in MEANINGS.items()
        }

    def holds(self, truth: Any, outcome: bool) -> bool:
        """Tell whether a truth is as it was while tracing."""
        return bool(truth != 0.0) == outcome

    def chosen(self, share: Any, partial: Any) -> Any:
        """Take 0 for the share of what was not chosen, where it would be nan."""
        return 0.0 if share != share and partial == 0.0 else share

    def place(self, index: Any, count: int) -> Any:
        """Turn an index into a whole number that counts `count` rows from 0."""
        number = float(index)
        if not number.is_integer():
            raise TypeError(f"gg.take counts rows by a whole number, not by {number!r}")
        if not 0 <= number < count:
            raise IndexError(f"gg.take was given the index {number:.0f}, but has {count} rows")
        return int(number)

    def take(self, place: Any, rows: Sequence[Any]) -> Any:
        """Take one of several numbers."""
        return rows[place]

    def if_taken(self, place: Any, row: int, grad: Any) -> Any:
        """Hand the gradient to the row that was taken; -0.0, which changes nothing, to others."""
        return grad if place == row else -0.0

    def call(self, function: Function, operands: Sequence[Any]) -> Any:
        """Call a function of floats."""
        return function(*operands)


class Arrays(Arithmetic):
    """Arrays: the operations of many numbers, of float64 or float32."""

    def holds(self, truth: Any, outcome: bool) -> bool:
        """Tell whether a truth is as it was while tracing, in all lanes."""
        import numpy as np

        return bool(np.all((truth != 0.0) == outcome))

    def chosen(self, share: Any, partial: Any) -> Any:
        """Take 0 for the share of what was not chosen, where it would be nan."""
        import numpy as np

        return np.where((share != share) & (partial == 0.0), share.dtype.type(0), share)

    def place(self, index: Any, count: int) -> Any:
        """Turn the index of each lane into a whole number."""
        import numpy as np

        places = [super(Arrays, self).place(x, count) for x in np.ravel(index)]
        return np.array(places, dtype=np.intp).reshape(np.shape(index))

    def take(self, place: Any, rows: Sequence[Any]) -> Any:
        """Take one of several numbers in each lane."""
        import numpy as np

        where, *numbers = np.broadcast_arrays(place, *rows)
        return np.take_along_axis(np.stack(numbers), where[None], 0)[0]

    def if_taken(self, place: Any, row: int, grad: Any) -> Any:
        """Hand the gradient to the row that was taken in each lane."""
        import numpy as np

        return np.where(place == row, grad, grad.dtype.type(-0.0))

    def call(self, function: Function, operands: Sequence[Any]) -> Any:
        """Call a function of floats for each lane."""
        import numpy as np

        kind = np.result_type(*operands)
        found = np.frompyfunc(function, len(operands), 1)(*operands)
        found = found.tolist() if isinstance(found, np.ndarray) else found
        return np.array(found, dtype=kind).T  # of partials, an array for each operand


def _on_floats(operands: tuple[Expr, ...], expr: Expr) -> Function:
    """Write the function down as Python text, as kernels are, so that it has their bits."""
    names = ["y" if e is OUTPUT else str(e.value) for e in operands]
    *before, (_, result) = [line.split(" = ", 1) for line in python([("result", expr)])]
    body = "".join(f"    {variable} = {text}\n" for variable, text in before)
    text = f"def function({', '.join(names)}):\n{body}    return {result}\n"
    space: dict[str, Any] = {**{n: getattr(kernels, n) for n in kernels.__all__}}
    exec(text, space)
    made: Function = space["function"]
    return made


def _on_arrays(operands: tuple[Expr, ...], expr: Expr) -> Function:
    """Compute the expression with NumPy, in the operands' precision: with the bits of floats."""
    import numpy as np

    given, fixed = set(operands), dict[Expr, float]()
    steps: list[tuple[Expr, Function]] = []
    for e in operands_first(expr):
        if e.op == NUMBER:
            fixed[e] = e.number
        elif e.op == PI:
            fixed[e] = pi
        elif e not in given:
            steps.append((e, _of_arrays(e.op)))
            if all(arg in fixed for arg in e.args):
                fixed[e] = float(steps.pop()[1](*(fixed[arg] for arg in e.args)))

    def function(*numbers: Any) -> Any:
        kind = np.result_type(*numbers).type
        known = dict(zip(operands, numbers, strict=True))
        known.update((e, kind(x)) for e, x in fixed.items())
        for e, rule in steps:
            known[e] = rule(*[known[arg] for arg in e.args])
        return known[expr]

    return function


#: The operations that NumPy rounds as IEEE 754 prescribes.
_ROUNDED: Final = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "neg": "negative",
    "sqrt": "sqrt", "abs": "absolute", "where": "where",
}  # fmt: skip


@cache
def _of_arrays(name: str) -> Function:
    """Find an operation of the table as a function of arrays."""
    import numpy as np

    if name in COMPARISONS:
        return COMPARISONS[name]
    if name in _ROUNDED:
        found: Function = getattr(np, _ROUNDED[name])
        return found
    card = TABLE[name]
    if card.formula is not None:
        return _on_arrays(card.symbols, card.compute_expr)
    # NumPy's own exp and tanh, say, round otherwise than C's library.
    whole = np.frompyfunc(getattr(ieee, name), len(card.symbols), 1)
    return lambda *operands: np.asarray(whole(*operands), dtype=np.result_type(*operands))


@cache
def floats() -> Arithmetic:
    """Python's floats: the bits of the eager engine."""
    return Arithmetic(_on_floats)


@cache
def arrays() -> Arithmetic:
    """NumPy's arrays: of float64 the same bits, of float32 within 2 units in the last place."""
    return Arrays(_on_arrays)
