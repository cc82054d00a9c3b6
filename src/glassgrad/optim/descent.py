"""Steps downhill that stay in the machine: no Value is touched from one to the next.

`Knobs` holds the parameters as numbers side by side, `Table` those of the examples, and `Descent`
runs a traced program on them, forward and backward. Compiled with the engine.
"""

from __future__ import annotations

from array import array
from math import nan

from glassgrad.jitting import forms, kinds, machine
from glassgrad.jitting.program import Program, Room
from glassgrad.machine import show_source
from glassgrad.optim import arrays

TYPE_CHECKING = False  # type checkers take it for True
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    from glassgrad.engine import Value
    from glassgrad.jitting.forms import Form
    from glassgrad.optim.optimizer import Optimizer

    Whole: TypeAlias = int


class Knobs:
    """Parameters as numbers side by side, while they are trained.

    Attributes
    ----------
    optimizer : Optimizer
    values : list of Value
        Those that it moves, and then the others.
    moved : int
        How many it moves.
    numbers, gradients : array of float
        What they hold.
    reached : array of int
        Whether the last backward pass has reached them.
    """

    __slots__ = ("gradients", "moved", "numbers", "optimizer", "reached", "values")

    def __init__(self, optimizer: Optimizer, others: list[Value]) -> None:
        self.optimizer = optimizer
        self.moved = len(optimizer.params)
        self.values = list(dict.fromkeys([*optimizer.params, *others]))
        self.numbers = array("d", bytes(8 * len(self.values)))
        self.gradients = array("d", self.numbers)
        self.reached = array("i", bytes(4 * len(self.values)))

    def read(self) -> bool:
        """Take over what the Values hold; False if the optimizer moves others by now."""
        params = self.optimizer.params
        if len(params) != self.moved:
            return False
        for i in range(self.moved):
            if params[i] is not self.values[i]:
                return False
        arrays.read(self.values, self.numbers, self.gradients)
        return True

    def write(self) -> None:
        """Give the Values what they would hold if the steps had been done with them."""
        arrays.write(self.numbers, self.values)
        arrays.write_gradients(self.gradients, self.reached, self.values)

    def step(self) -> bool:
        """Let the optimizer take a step; if a number is not finite then, all are as before."""
        before = self.numbers[:]
        if self.moved == len(self.values):
            self.optimizer._step_on(self.numbers, self.gradients)
        else:
            moved = self.numbers[: self.moved]
            self.optimizer._step_on(moved, self.gradients[: self.moved])
            self.numbers[: self.moved] = moved
        x = arrays.doubles(self.numbers)
        astray = 0
        for i in range(self.moved):
            astray |= x[i] - x[i] != 0.0  # it is infinite or not a number
        if astray:
            self.numbers[:] = before
        return not astray


class Table:
    """The numbers of examples that all have one form, a row for each.

    Attributes
    ----------
    numbers : array of float
    width : int
        How many an example has.
    """

    __slots__ = ("numbers", "width")

    def __init__(self, numbers: array[float], width: int) -> None:
        self.numbers = numbers
        self.width = width


def table_of(examples: Sequence[Any], form: Form, program: Program) -> Table | None:
    """Read the numbers of examples; None if one is of another form."""
    found = array("d")
    room: Room = program.room()
    try:
        for x in examples:
            end = forms.fill(form, x, room.buffer, 0, [])
            if end < 0:
                return None
            found.extend([machine.get(room.buffer, slot) for slot in range(end)])
    finally:
        program.leave(room)
    return Table(found, len(found) // len(examples))


class Descent:
    """A program that computes the loss of a batch, in a room of its own.

    Attributes
    ----------
    program : Program
        It takes a list of inputs and a list of targets, and gives the loss and the outputs.
    knobs : Knobs
    inputs, targets : Table
    """

    __slots__ = (
        "batch", "code", "first", "inputs", "knobs", "loss", "places", "program", "reached", "room",
        "slots", "targets",
    )  # fmt: skip

    def __init__(self, program: Program, knobs: Knobs, inputs: Table, targets: Table) -> None:
        self.program = program
        self.knobs = knobs
        self.inputs, self.targets = inputs, targets
        self.room: Room = program.room()
        self.batch: list[Any] = []
        loss = program.form.parts[0]
        self.loss = loss.slot
        self.first = program.first_external
        #: Which knob each Value from outside is.
        place = {v: i for i, v in enumerate(knobs.values)}
        self.places = array("i", [place[v] for v in program.externals])
        #: The reverse code, and the slots that receive a gradient.
        self.code, self.slots = program.tape.reverse((loss.place,))
        self.reached = array("i", bytes(4 * len(knobs.values)))
        for slot in self.slots:
            self.reached[self.places[slot - self.first]] = 1

    def run(self, batch: list[Any]) -> float:
        """Compute the loss of these examples, and its gradients.

        Returns
        -------
        float
            Nan if it is not finite or the function would take another branch: then nothing has
            happened.
        """
        knobs = self.knobs
        buffer = self.room.buffer
        first = self.first
        x, gradients = arrays.doubles(knobs.numbers), arrays.doubles(knobs.gradients)
        places, slots = arrays.wholes(self.places), arrays.wholes(self.slots)
        if batch is not self.batch:
            self._fill(batch)
        for i in range(len(self.places)):
            machine.put(buffer, first + i, x[places[i]])
        if machine.forward(buffer) >= 0:
            return nan
        loss: float = machine.get(buffer, self.loss)
        if loss - loss != 0.0:
            return nan
        for i in range(len(self.slots)):
            machine.put_gradient(buffer, slots[i], 0.0)
        machine.add_gradient(buffer, self.loss, 1.0)
        machine.reverse(buffer, self.code)
        for i in range(len(knobs.gradients)):
            gradients[i] = 0.0
        for i in range(len(self.slots)):
            gradients[places[slots[i] - first]] = machine.take_gradient(buffer, slots[i])
        knobs.reached = self.reached
        return loss

    def _fill(self, batch: list[Any]) -> None:
        """Copy the numbers of these examples to where the program reads them."""
        buffer = self.room.buffer
        slot = 0
        for table in (self.inputs, self.targets):
            width, x = table.width, arrays.doubles(table.numbers)
            for number in batch:
                begin = number * width
                for i in range(width):
                    machine.put(buffer, slot + i, x[begin + i])
                slot += width
        self.batch = batch

    def outputs(self) -> Any:
        """Give the numbers of what the model said in the last run."""
        return self._numbers(self.program.form.parts[1])

    def _numbers(self, form: Form) -> Any:
        if form.kind == kinds.VALUE:
            return machine.get(self.room.buffer, form.slot)
        return [self._numbers(part) for part in form.parts]


show_source(__spec__)
