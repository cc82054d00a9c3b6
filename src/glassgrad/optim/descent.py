"""Steps downhill that stay in the machine: no Value is touched from one to the next.

`Knobs` holds the parameters as numbers side by side, `Table` those of the examples, and `Descent`
runs a traced program on them, forward and backward. Compiled with the engine.
"""

from __future__ import annotations

from array import array
from math import nan
from time import monotonic

from glassgrad.jitting import forms, kinds, machine
from glassgrad.jitting.program import Program, Room
from glassgrad.machine import show_source
from glassgrad.optim import arrays

TYPE_CHECKING = False  # type checkers take it for True
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from glassgrad.engine import Value
    from glassgrad.jitting.forms import Form
    from glassgrad.optim.optimizer import Optimizer

    Whole: TypeAlias = int


#: For so many seconds epochs are done at a stretch; then the Values get their numbers.
WHILE = 0.05


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
    stepped : array of float
        The numbers of those that are moved, to be stepped on.
    reached : array of int
        Whether the last backward pass has reached them.
    known : bool
        Whether the numbers are what the Values hold, or newer.
    away : bool
        Whether they are newer.
    astray : bool
        Whether the last step led to a number that is not finite.
    """

    __slots__ = (
        "astray", "away", "gradients", "known", "moved", "numbers", "optimizer", "reached",
        "stepped", "values",
    )  # fmt: skip

    def __init__(self, optimizer: Optimizer, others: list[Value]) -> None:
        self.optimizer = optimizer
        self.moved = len(optimizer.params)
        self.values = list(dict.fromkeys([*optimizer.params, *others]))
        self.numbers = array("d", bytes(8 * len(self.values)))
        self.stepped = self.numbers[: self.moved]
        self.gradients = array("d", self.numbers)
        self.reached = array("i", bytes(4 * len(self.values)))
        self.known = self.away = self.astray = False

    def fit(self) -> bool:
        """Tell whether these are still what the optimizer moves."""
        params = self.optimizer.params
        same = len(params) == self.moved
        for i in range(self.moved if same else 0):
            same = same and params[i] is self.values[i]
        return same

    def read(self) -> None:
        """Take over what the Values hold."""
        if not self.known:
            arrays.read_numbers(self.values, self.numbers)
            self.stepped = self.numbers[: self.moved]
            self.known = True

    def come_back(self) -> None:
        """Give the Values what they would hold if the steps had been done with them."""
        if self.away:
            arrays.write_all(self.numbers, self.gradients, self.reached, self.values)
        self.known = self.away = False

    def step(self) -> bool:
        """Let the optimizer take a step; False, and all as before, if it leads astray."""
        x, y = arrays.doubles(self.numbers), arrays.doubles(self.stepped)
        self.away = True
        self.optimizer._step_on(self.stepped, self.gradients)
        self.astray = not arrays.all_finite(self.stepped)
        if not self.astray:
            for i in range(self.moved):
                x[i] = y[i]
        return not self.astray


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
    begun : int
        The last epoch whose learning rate was set here.
    """

    __slots__ = (
        "batch", "begun", "code", "first", "homes", "inputs", "knobs", "loss", "places", "program",
        "reached", "room", "slots", "targets",
    )  # fmt: skip

    def __init__(self, program: Program, knobs: Knobs, inputs: Table, targets: Table) -> None:
        self.program = program
        self.knobs = knobs
        self.inputs, self.targets = inputs, targets
        self.room: Room = program.room()
        self.batch: list[Any] = []
        self.begun = -1
        loss = program.form.parts[0]
        self.loss = loss.slot
        self.first = program.first_external
        #: Which knob each Value from outside is.
        place = {v: i for i, v in enumerate(knobs.values)}
        self.places = array("i", [place[v] for v in program.externals])
        #: The reverse code, and the slots that receive a gradient.
        self.code, self.slots = program.tape.reverse((loss.place,))
        #: Which knob each of these is.
        self.homes = array("i", [self.places[slot - self.first] for slot in self.slots])
        self.reached = array("i", bytes(4 * len(knobs.values)))
        for slot, home in zip(self.slots, self.homes, strict=True):
            self.reached[home] = 1
            machine.put_gradient(self.room.buffer, slot, 0.0)

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
        places = arrays.wholes(self.places)
        slots, homes = arrays.wholes(self.slots), arrays.wholes(self.homes)
        knobs.read()
        if batch is not self.batch:
            self._fill(batch)
        for i in range(len(self.places)):
            machine.put(buffer, first + i, x[places[i]])
        if machine.forward(buffer) >= 0:
            return nan
        loss: float = machine.get(buffer, self.loss)
        if loss - loss != 0.0:
            return nan
        machine.add_gradient(buffer, self.loss, 1.0)
        machine.reverse(buffer, self.code)
        if knobs.reached is not self.reached:  # of others the gradients are 0
            knobs.reached = self.reached
            for i in range(len(knobs.gradients)):
                gradients[i] = 0.0
        for i in range(len(self.slots)):
            gradients[homes[i]] = machine.take_gradient(buffer, slots[i])
            machine.put_gradient(buffer, slots[i], 0.0)  # as `zero_grad` does before the next pass
        return loss

    def descend(
        self, batch: list[Any], epoch: Whole, end: Whole, rows: list[Any],
        schedule: Callable[[int], float] | None, begin: Callable[[int], bool] | None,
    ) -> Whole:  # fmt: skip
        """Do epochs of one step each, for a while, as long as nothing is in the way.

        Parameters
        ----------
        batch : list of int
            All examples.
        epoch, end : int
            The first, and the one at which to stop at the latest.
        rows : list
            A row is added for each.
        schedule : callable (epoch) -> float, optional
            Gives the learning rate of each epoch but the first; it does nothing else.
        begin : callable (epoch) -> bool, optional
            Begins each but the first where there is more to do; False if it can't be done here.

        Returns
        -------
        int
            The epoch that comes next.
        """
        knobs = self.knobs
        optimizer = knobs.optimizer
        count = len(batch)
        until = monotonic() + WHILE
        while epoch < end:
            loss: float = self.run(batch)
            if loss != loss or not knobs.step():
                break
            # The mean over batches of any length, rounded as it is where there are several.
            rows.append({"loss": loss * count / count, "lr": optimizer.lr})
            epoch += 1
            if epoch == end or monotonic() > until:
                break
            if schedule is not None:
                self.begun = epoch
                optimizer.lr = schedule(epoch)
            elif begin is not None and not begin(epoch):
                break
        return epoch

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
