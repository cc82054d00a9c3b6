"""What runs tapes: in Python the interpreter, in C the machine of ``machine.pyx`` and ``run.h``.

A *buffer* has a number and a gradient for each slot of a tape. Where nothing runs, all gradients
are -0.0. Compiled code that imports this module gets functions of C, see ``machine.pxd``; a tape
must live as long as its buffers.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from glassgrad.engine import Value, gradient_so_far, set_gradient
from glassgrad.jitting import interpreter
from glassgrad.jitting.arithmetic import Arithmetic, arrays, floats
from glassgrad.jitting.tape import Tape

#: How many lanes run together.
_LANES: Final = 512

__all__ = ["run", "run_back", "run_lanes"]


class Buffer:
    """The numbers of one run."""

    __slots__ = ("arithmetic", "gradients", "single", "tape", "values")

    def __init__(self, tape: Tape, single: bool) -> None:
        self.tape, self.single = tape, single
        self.arithmetic: Arithmetic = arrays() if single else floats()
        self.values = array("f" if single else "d", [0.0]) * tape.n_slots
        self.gradients = array(self.values.typecode, [-0.0]) * tape.n_slots


def _numbers(held: array[float]) -> Any:
    """Let the interpreter read doubles as Python's floats, and float32 as NumPy's."""
    if held.typecode == "d":
        return held
    import numpy as np

    return np.asarray(held)


def _without_warnings(buffer: Buffer) -> AbstractContextManager[object]:
    """Keep NumPy from warning of infinities and nans."""
    if not buffer.single:
        return nullcontext()
    import numpy as np

    return np.errstate(all="ignore")


def new_buffer(tape: Tape, single: bool = False) -> Buffer:
    """Make a buffer that holds the constants of the tape, in float32 if `single`."""
    buffer = Buffer(tape, single)
    for slot, x in enumerate(tape.constants, tape.n_inputs + tape.n_externals):
        put(buffer, slot, x)
    return buffer


def free_buffer(buffer: Buffer) -> None:
    """Forget a buffer."""


def put(buffer: Buffer, slot: int, x: float) -> None:
    """Set the number in a slot."""
    buffer.values[slot] = x


def get(buffer: Buffer, slot: int) -> float:
    """Read the number in a slot."""
    return buffer.values[slot]


def put_gradient(buffer: Buffer, slot: int, x: float) -> None:
    """Set the gradient of a slot."""
    buffer.gradients[slot] = x


def put_all(buffer: Buffer, slot: int, values: tuple[Value, ...]) -> None:
    """Set the numbers from a slot on to those of some Values."""
    numbers = buffer.values
    for i, v in enumerate(values, slot):
        numbers[i] = v._data


def put_gradients(
    buffer: Buffer, slots: array[int], places: array[int], operands: tuple[Value, ...], number: int
) -> None:
    """Set gradients to what operands have received so far in the pass of that number.

    Parameters
    ----------
    buffer : Buffer
    slots : array of int
        Which gradients.
    places : array of int
        For each of the first slots, which of the operands it stands for.
    operands : tuple of Value
    number : int
    """
    for slot in slots:
        put_gradient(buffer, slot, gradient_so_far(operands[places[slot]], number))


def take_gradients(
    buffer: Buffer, slots: array[int], places: array[int], operands: tuple[Value, ...], number: int
) -> None:
    """Give operands the gradients of `put_gradients` after the pass, and set these back to -0.0."""
    for slot in slots:
        set_gradient(operands[places[slot]], take_gradient(buffer, slot), number)


def add_gradient(buffer: Buffer, slot: int, x: float) -> None:
    """Add to the gradient of a slot."""
    if buffer.single:
        (x,) = array("f", [x])
    buffer.gradients[slot] += x


def take_gradient(buffer: Buffer, slot: int) -> float:
    """Read the gradient of a slot, and set it back to -0.0."""
    x = buffer.gradients[slot]
    buffer.gradients[slot] = -0.0
    return x


def forward(buffer: Buffer) -> int:
    """Run the tape: -1, or the offset of the guard that does not hold."""
    with _without_warnings(buffer):
        return interpreter.forward(buffer.tape, _numbers(buffer.values), 0, buffer.arithmetic)


def reverse(buffer: Buffer, code: array[int]) -> None:
    """Run a reverse code of the tape, after `forward`."""
    values, gradients = _numbers(buffer.values), _numbers(buffer.gradients)
    try:
        with _without_warnings(buffer):
            interpreter.reverse(buffer.tape, code, values, gradients, buffer.arithmetic)
    except BaseException:
        # For the next pass.
        buffer.gradients = array(buffer.gradients.typecode, [-0.0]) * buffer.tape.n_slots
        raise


def run(tape: Tape, inputs: Sequence[float], single: bool = False) -> tuple[int, list[float]]:
    """Run a tape once.

    Parameters
    ----------
    tape : Tape
    inputs : sequence of float
        A number for each input and each Value from outside.
    single : bool
        Compute in float32.

    Returns
    -------
    at : int
        -1, or the offset of the guard that does not hold.
    values : list of float
        What each slot holds then.
    """
    buffer = new_buffer(tape, single)
    for slot, x in enumerate(inputs):
        put(buffer, slot, x)
    at = forward(buffer)
    return at, [get(buffer, slot) for slot in range(tape.n_slots)]


def run_back(
    tape: Tape, inputs: Sequence[float], code: array[int], gradients: dict[int, float],
    single: bool = False,
) -> list[float]:  # fmt: skip
    """Run a tape once, and a reverse code of it.

    Parameters
    ----------
    tape, inputs, single
        As in `run`.
    code : array of int
        The reverse code.
    gradients : dict of int to float
        By slot, the gradients that are there before.

    Returns
    -------
    list of float
        The gradient that each slot has then.
    """
    buffer = new_buffer(tape, single)
    for slot, x in enumerate(inputs):
        put(buffer, slot, x)
    forward(buffer)
    for slot, x in gradients.items():
        put_gradient(buffer, slot, x)
    reverse(buffer, code)
    return [take_gradient(buffer, slot) for slot in range(tape.n_slots)]


def run_lanes(
    tape: Tape, inputs: Sequence[Any], n: int, single: bool = False
) -> tuple[int, list[Any]]:
    """Run a tape for many examples at once, forward only.

    Parameters
    ----------
    tape : Tape
    inputs : list of float or of ndarray of float64
        For each input and each Value from outside a number for each of the n examples, or one
        number for all.
    n : int
        The number of examples.
    single : bool
        Compute in float32.

    Returns
    -------
    at : int
        -1, or the offset of a guard that does not hold in all examples: then there are no outputs.
    outputs : list of ndarray of float64
        For each output a number for each example.
    """
    import numpy as np

    given = [*inputs, *tape.constants]
    outputs = np.empty((len(tape.outputs), n))
    kind = np.float32 if single else np.float64
    with np.errstate(all="ignore"):
        for begin in range(0, n, _LANES):
            some = slice(begin, min(begin + _LANES, n))
            values = np.empty((tape.n_slots, some.stop - begin), dtype=kind)
            for slot, x in enumerate(given):
                values[slot] = x[some] if isinstance(x, np.ndarray) else x
            at = interpreter.forward(tape, values, 0, arrays())
            if at != -1:
                return at, list(outputs)
            outputs[:, some] = values[tape.outputs]
    return -1, list(outputs)
