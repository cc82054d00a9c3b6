"""One traced variant of a function, ready to run, and the numbers of one of its runs.

A `Program` never changes and knows nothing of the function, so results may refer to it without
keeping alive what the function refers to. A run computes in a `Room`, the numbers of one call; a
result that can be differentiated keeps its room (`Lease`), and gives it back when it is freed, so
that two live results never share one. Compiled with the engine.
"""

from __future__ import annotations

from array import array
from typing import Any

from glassgrad.engine import Call, call_node, result_node
from glassgrad.jitting import machine
from glassgrad.jitting.forms import Form, place_in
from glassgrad.machine import show_source

TYPE_CHECKING = False  # type checkers take it for True
if TYPE_CHECKING:
    from typing import TypeAlias

    Whole: TypeAlias = int

#: How many rooms a program keeps for later calls.
_MOST_ROOMS = 8


class Program:
    """A tape with what it takes to call it.

    Attributes
    ----------
    tape : Tape
    graph : Graph
    lifted : Lifted
        The tensors in it.
    form : Form
        Of the results.
    externals : tuple of Value
        The Values from outside that the function reads.
    wanting : list of int
        Which inputs are Values.
    exact, numbers_out, single : bool
        Whether shares of gradients are added in the order of the eager engine, whether the results
        are plain numbers, and whether it computes in float32.
    """

    __slots__ = (
        "exact", "externals", "first_external", "form", "graph", "lifted", "lowering", "nodes",
        "numbers_out", "outputs", "partials", "places", "rooms", "single", "tape", "tracing",
    )  # fmt: skip

    def __init__(
        self, tape: Any, graph: Any, lifted: Any, form: Form, externals: tuple[Any, ...],
        wants: list[bool], numbers_out: bool, single: bool, nodes: int, tracing: float,
        lowering: float,
    ) -> None:  # fmt: skip
        self.tape = tape
        self.graph = graph
        self.lifted = lifted
        self.form = form
        self.exact: bool = tape.exact
        self.externals = externals
        self.numbers_out = numbers_out
        self.single = single
        self.nodes = nodes
        self.tracing = tracing
        self.lowering = lowering
        self.outputs = list(tape.outputs)
        place_in(form, self.outputs)
        self.first_external = len(wants)
        self.rooms: list[Room] = []
        #: Which operand of a call each of the first slots stands for: -1 for that of a number.
        self.places = array("i", [-1]) * (len(wants) + len(externals))
        count = 0
        for slot, wanted in enumerate([*wants, *[True] * len(externals)]):
            if wanted:
                self.places[slot] = count
                count += 1
        #: Of the node of a call, whose gradients go another way.
        self.partials = (0.0,) * count

    def room(self) -> Room:
        """Take a room: one that is free, or a new one."""
        try:
            found: Room = self.rooms.pop()
        except IndexError:
            found = Room(self.tape, self.single)
        return found

    def leave(self, room: Room) -> None:
        """Keep a room for a later call."""
        if len(self.rooms) < _MOST_ROOMS:
            self.rooms.append(room)


class Room:
    """The numbers of one run."""

    __slots__ = ("buffer", "tape")

    def __init__(self, tape: Any, single: bool) -> None:
        self.tape = tape  # whose words the buffer points at
        self.buffer = machine.new_buffer(tape, single)

    def __del__(self) -> None:
        machine.free_buffer(self.buffer)


def run(program: Program, room: Room) -> bool:
    """Read the Values from outside and run; False if the function would take another branch."""
    machine.put_all(room.buffer, program.first_external, program.externals)
    return machine.forward(room.buffer) < 0


class Lease(Call):
    """What the result of a call refers to: the numbers of the run, until it is freed."""

    __slots__ = ("number", "program", "room", "seeds")

    def __init__(self, operands: tuple[Any, ...], program: Program, room: Room) -> None:
        Call.__init__(self, operands, program.partials)
        self.program = program
        self.room = room
        self.number = 0
        self.seeds: dict[int, float] = {}

    def __del__(self) -> None:
        self.program.leave(self.room)

    def seed(self, which: Whole, grad: float, number: Whole) -> None:
        """Take the gradient of one of the results in the pass of that number."""
        if self.number != number:
            self.number = number
            self.seeds = {}
        self.seeds[which] = grad + self.seeds.get(which, -0.0)  # a copied result hands on, too

    def hand_back(self, number: Whole) -> None:
        """Hand the gradients that arrived at the results on to the operands."""
        program = self.program
        buffer = self.room.buffer
        places, operands = program.places, self.operands
        code, reached = program.tape.reverse(tuple(sorted(self.seeds)))
        if program.exact:  # each share is added to what came before, as outside of a trace
            machine.put_gradients(buffer, reached, places, operands, number)
        for which, grad in self.seeds.items():
            machine.add_gradient(buffer, program.outputs[which], grad)
        machine.reverse(buffer, code)
        machine.take_gradients(buffer, reached, places, operands, number, not program.exact)

    def inputs(self) -> list[float]:
        """List what the inputs and the Values from outside were when the program ran."""
        count = self.program.first_external + len(self.program.externals)
        return [machine.get(self.room.buffer, slot) for slot in range(count)]

    def arrived(self) -> dict[int, float]:
        """Tell the gradients of the results in the last backward pass, by their places."""
        return dict(self.seeds)


def called(program: Program, room: Room, values: list[Any]) -> list[Any]:
    """Make the nodes of a call's results; their gradients pass through the call."""
    operands = (*values, *program.externals) if values else program.externals
    call = call_node(Lease(operands, program, room))
    return [
        result_node(machine.get(room.buffer, slot), call, which)
        for which, slot in enumerate(program.outputs)
    ]


show_source(__spec__)
