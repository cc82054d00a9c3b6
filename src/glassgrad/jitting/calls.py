"""`gg.jit`: a function whose scalar program is traced once and run at every call.

Compiled with the engine.
"""

from __future__ import annotations

import threading
import warnings
from types import MethodType
from typing import Any

from glassgrad import engine
from glassgrad.engine import Value, constant
from glassgrad.errors import TraceError, TraceWarning
from glassgrad.jitting import forms, kinds, machine
from glassgrad.jitting import program as programs
from glassgrad.jitting.forms import Form, build, describe, hashable, rebuild
from glassgrad.jitting.program import Program, Room
from glassgrad.jitting.statics import Same, same_thing
from glassgrad.jitting.surroundings import Surroundings
from glassgrad.jitting.tracing import see_that_nothing_stays
from glassgrad.machine import show_source

#: How many programs a function keeps, and how many of them may differ only by the branches taken.
MOST_PROGRAMS = 32
MOST_VARIANTS = 8

#: Stands for the Values among arguments that hold none.
_NONE: list[Any] = []


class Family:
    """The programs for arguments of one form: they differ by the branches that the function took.

    Attributes
    ----------
    form, keywords : Form
        Of the positional arguments and of those with a name.
    around : list
        What the names around the function stood for.
    variants : list of Program
        The one that ran last comes first.
    has_values : bool
        Whether there are Values among the arguments.
    eager : bool
        Whether it was given up: then the function itself is called.
    """

    __slots__ = ("around", "eager", "form", "has_values", "keywords", "variants")

    def __init__(
        self, form: Form, keywords: Form, around: list[Any], has_values: bool
    ) -> None:
        self.form = form
        self.keywords = keywords
        self.around = around
        self.variants: list[Any] = []
        self.eager = False
        self.has_values = has_values


class Jitted:
    """A function that `gg.jit` made: call it like the function it was made of."""

    __slots__ = (
        "__dict__", "__weakref__", "_around", "_families", "_last", "_lock", "_maker", "_retraced",
        "_statics", "check", "dtype", "exact", "f",
    )  # fmt: skip

    def __init__(
        self, f: Any, exact: bool, dtype: str, statics: tuple[int, ...], check: bool, maker: Any
    ) -> None:
        self.f = f
        self.exact = exact
        self.dtype = dtype
        self.check = check
        self._statics = statics
        #: Traces and lowers: `glassgrad.jitting.making.make`.
        self._maker = maker
        #: Looked up at the first call, when all functions that f calls are defined.
        self._around: Surroundings | None = None
        self._families: dict[Any, Any] = {}
        self._last: Family | None = None
        self._retraced = 0
        self._lock = threading.RLock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program for these arguments; trace it first if there is none."""
        if engine.nodes_wanted():
            within = engine.here.tracing or engine.here.transforms
            return self.f(*args, **kwargs) if within else self._run_eagerly(args, kwargs)
        family: Family = self._last or self._find(args, kwargs)
        if not self._is_around(family):
            family = self._find(args, kwargs)
        values: list[Any] = [] if family.has_values else _NONE
        program: Program
        while not family.eager:
            variants = family.variants
            for i in range(len(variants)):
                program = variants[i]
                room: Room = program.room()
                end = forms.fill(family.form, args, room.buffer, 0, values)
                if end >= 0 and (kwargs or family.keywords.size):
                    end = forms.fill(family.keywords, kwargs, room.buffer, end, values)
                if end < 0:
                    program.leave(room)
                    break
                if family.has_values and _entangled(values, program):
                    program.leave(room)
                    return self._call_untangled(args, kwargs)
                if programs.run(program, room):
                    if i:
                        family.variants = [program, *[p for p in variants if p is not program]]
                    self._last = family
                    found = finish(program, room, values)
                    return self._checked(found, args, kwargs) if self.check else found
                program.leave(room)
                values.clear()
            else:
                self._trace(family, args, kwargs)
                continue
            family = self._find(args, kwargs)
            values = [] if family.has_values else _NONE
        return self._run_eagerly(args, kwargs)

    def program_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Find or make a program for arguments like these; None if it was given up."""
        family: Family = self._last or self._find(args, kwargs)
        if not (self._is_around(family) and _fits(family, args, kwargs)):
            family = self._find(args, kwargs)
        if not family.variants and not family.eager:
            self._trace(family, args, kwargs)
        self._last = family
        return None if family.eager else family.variants[0]

    def _is_around(self, family: Family) -> bool:
        around: Surroundings = self._around  # type: ignore[assignment]
        return around.are(family.around)

    def _find(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Family:
        """Find the programs for arguments of this form, or begin to have some."""
        leaves: list[Any] = []
        form, keywords = self._describe(args, kwargs, leaves)
        if self._around is None:
            self._around = Surroundings(self.f)
        around = self._around.now()
        key = (form.key(), keywords.key(), tuple([Same(x) for x in around]))
        with self._lock:
            family = self._families.pop(key, None)
            if family is None:
                family = Family(form, keywords, around, any(type(x) is Value for x in leaves))
                self._note_retracing()
            self._families[key] = family  # the last of the dict is the one used last
            self._forget()
        found: Family = family
        return found

    def _describe(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], leaves: list[Any]
    ) -> tuple[Form, Form]:
        statics = [i % len(args) for i in self._statics if -len(args) <= i < len(args)]
        parts = [
            hashable(x) if i in statics else describe(x, leaves) for i, x in enumerate(args)
        ]
        names = [describe(x, leaves) for x in kwargs.values()]
        return Form(kinds.TUPLE, tuple, parts), Form(kinds.DICT, dict, names, kwargs.keys())

    def _note_retracing(self) -> None:
        self._retraced += 1
        if self._retraced == MOST_PROGRAMS + 1:
            warnings.warn(
                f"{self._name()} was traced {MOST_PROGRAMS + 1} times, for arguments of different "
                f"forms or because {self._restless()} changes from call to call: pass what changes "
                "as an argument; lists of different lengths make different programs",
                TraceWarning,
                stacklevel=3,
            )

    def _restless(self) -> str:
        newest_first = list(reversed(self._families.values()))
        if len(newest_first) > 1:
            newest, before = newest_first[:2]
            for i, (one, other) in enumerate(zip(newest.around, before.around, strict=True)):
                if not same_thing(one, other):
                    return self._around.called(i)  # type: ignore[union-attr]
        return "something"

    def _trace(self, family: Family, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Add the program for the branches that the function takes with these arguments."""
        with self._lock:
            if len(family.variants) >= MOST_VARIANTS:
                family.eager = True
                warnings.warn(
                    f"{self._name()} took another branch of an `if`, `and` or `max`, or of a rule "
                    f"that is differentiated again, for the {MOST_VARIANTS + 1}th time, so from "
                    "now on it runs as it is, slower: choose with gg.where or gg.maximum instead, "
                    "and keep the base of a ** b above 0",
                    TraceWarning,
                    stacklevel=3,
                )
                return
            leaves: list[Any] = []
            form, keywords = self._describe(args, kwargs, leaves)
            if form.key() != family.form.key() or keywords.key() != family.keywords.key():
                raise TraceError("the arguments changed while they were read")
            stand_ins = [Value(x._data) if type(x) is Value else constant(x) for x in leaves]
            remaining = iter(stand_ins)
            program = self._maker(
                self, rebuild(form, remaining), rebuild(keywords, remaining), stand_ins,
                [type(x) is Value for x in leaves],
            )  # fmt: skip
            see_that_nothing_stays(self.f, stand_ins)
            family.variants = [program, *family.variants]
            self._forget()

    def _forget(self) -> None:
        """Keep the programs that were used last."""
        families = self._families
        while sum([len(f.variants) or 1 for f in families.values()]) > MOST_PROGRAMS:
            del families[next(iter(families))]

    def _call_untangled(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call with a Value that is there twice: the order of its shares is that of the nodes."""
        if self.exact:
            return self._run_eagerly(args, kwargs)
        leaves: list[Any] = []
        form, keywords = self._describe(args, kwargs, leaves)
        copies = iter([Value(x) if type(x) is Value else x for x in leaves])
        return self(*rebuild(form, copies), **rebuild(keywords, copies))

    def _run_eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        from glassgrad.jitting.making import eagerly

        return eagerly(self.f, args, kwargs)

    def _checked(self, found: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        from glassgrad.jitting.making import compare

        compare(self, found, self._run_eagerly(args, kwargs))
        return found

    def _name(self) -> str:
        return str(getattr(self.f, "__name__", type(self.f).__name__))

    def _program(self) -> Program:
        if self._last is None:
            raise TraceError(f"{self._name()} has not been called yet: its program is not known")
        found: Program = self._last.variants[0]
        return found

    @property
    def family(self) -> Any:
        """The programs for arguments of the form that came last; None if none came."""
        return self._last

    @property
    def program(self) -> Any:
        """The tensors in the program that ran last; print it."""
        from glassgrad.jitting.tensors.presenting import TensorProgram

        return TensorProgram(self.f, self._program())

    @property
    def graph(self) -> Any:
        """The operations of the program that ran last, one a row; print it."""
        return self._program().graph

    @property
    def tape(self) -> Any:
        """What the machine runs; print it."""
        return self._program().tape

    @property
    def stats(self) -> Any:
        """How large the program that ran last is, and how long it took to make; print it."""
        from glassgrad.jitting.stats import Stats

        return Stats(self._program(), list(self._families.values()))

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<gg.jit({self._name()})>"

    def __reduce__(self) -> Any:
        from glassgrad.jitting.making import reduced

        return reduced(self)


def _fits(family: Family, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Tell whether arguments have the form of a family."""
    if not family.variants:
        return True
    program: Program = family.variants[0]
    room: Room = program.room()
    end = forms.fill(family.form, args, room.buffer, 0, [])
    if end >= 0:
        end = forms.fill(family.keywords, kwargs, room.buffer, end, [])
    program.leave(room)
    return end >= 0


def _entangled(values: list[Any], program: Program) -> bool:
    """Tell whether a Value occurs twice among the arguments and what is read from outside."""
    seen = set(values)
    return len(seen) < len(values) or not seen.isdisjoint(program.externals)


def finish(program: Program, room: Room, values: list[Any]) -> Any:
    """Make the results of a run."""
    if program.numbers_out:
        found = forms.build_numbers(program.form, room.buffer)
    elif engine.remembering() and (values or program.externals):
        return build(program.form, programs.called(program, room, values))
    else:
        found = build(
            program.form, [Value(machine.get(room.buffer, slot)) for slot in program.outputs]
        )
    program.leave(room)
    return found


show_source(__spec__)
