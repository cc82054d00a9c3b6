"""The form of what goes into a traced function and of what comes out: nests taken apart.

A `Form` says what a nest looks like without its numbers. A call whose arguments have the form of
an earlier call runs the program of that call: `fill` checks the form and writes the numbers into
the program's slots in one walk. `build` makes the results. Compiled with the engine.
"""

from __future__ import annotations

from copy import copy

from glassgrad.convert import a_kind, as_float, is_array, is_boxed, only_item
from glassgrad.engine import Value, constant
from glassgrad.errors import TraceError
from glassgrad.jitting import kinds, machine
from glassgrad.jitting.statics import (
    Same,
    deeper,
    is_number,
    refuse_holder,
    refuse_values_within,
    same_thing,
)  # fmt: skip
from glassgrad.machine import show_source
from glassgrad.nests import as_array

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the imports
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Whole: TypeAlias = int

_WHERE = "a traced function"


class Form:
    """What a nest looks like.

    Attributes
    ----------
    kind : int
        `NUMBER`, `VALUE` and so on.
    type : type
        Of a list, tuple, dict or static object.
    parts : list of Form
        Of what it consists.
    keys : list
        Of a dict; of a static array what it holds.
    shape : tuple
        Of an array.
    value : object
        Of a static object: itself; of a dict of another class one that is empty.
    size : int
        How many parts or numbers there are.
    flat : bool
        Whether it is a list of numbers.
    place, slot : int
        Of a number among the results: which of them it is, and where in the machine.
    """

    __slots__ = ("flat", "keys", "kind", "parts", "place", "shape", "size", "slot", "type", "value")

    def __init__(
        self, kind: int, type: Any = None, parts: Any = (), keys: Any = (), shape: Any = (),
        value: Any = None, size: int = 0, place: int = 0,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.type = type
        self.parts = list(parts)
        self.keys = list(keys)
        self.shape = shape
        self.value = value
        self.size = size or len(self.parts)
        self.flat = type is list and all(part.kind == kinds.NUMBER for part in self.parts)
        self.place = place
        self.slot = 0

    def key(self) -> Any:
        """Make something hashable that is equal for equal forms."""
        if self.kind == kinds.STATIC:
            return kinds.STATIC, self.type, tuple(self.keys) or Same(self.value)
        parts = tuple([part.key() for part in self.parts])
        return self.kind, self.type, tuple(self.keys), self.shape, parts


def describe(x: Any, leaves: list[Any], depth: Whole = 0) -> Form:
    """Describe a nest; its numbers and Values are appended to `leaves`, in order."""
    x = only_item(x)
    if type(x) is Value:
        leaves.append(x)
        return Form(kinds.VALUE)
    if is_array(x):
        return _describe_array(x, leaves, depth)
    if is_number(x):
        leaves.append(as_float(x, _WHERE))
        return Form(kinds.NUMBER)
    depth = deeper(depth)
    if isinstance(x, dict):
        return _of_dict(x, [describe(part, leaves, depth) for part in x.values()])
    if isinstance(x, (list, tuple)):
        return Form(_kind(x), type(x), [describe(part, leaves, depth) for part in x])
    refuse_holder(x, "pass")
    return static(x)


def _of_dict(x: Any, parts: list[Form]) -> Form:
    if type(x) is dict:
        return Form(kinds.DICT, dict, parts, x.keys())
    empty = copy(x)  # which knows what else belongs to its class, such as a default
    empty.clear()
    return Form(kinds.DICT, type(x), parts, x.keys(), value=empty)


def _kind(x: Any) -> int:
    if hasattr(x, "_fields"):
        return kinds.NAMED
    return kinds.LIST if isinstance(x, list) else kinds.TUPLE


def static(x: Any) -> Form:
    """Describe what is a key and no number: a program holds for this very thing."""
    return Form(kinds.STATIC, type(x), value=x)


def hashable(x: Any) -> Form:
    """Describe an argument that `static_argnums` names."""
    try:
        hash(x)
    except TypeError:
        raise TraceError(
            f"static_argnums names an argument that can change, {a_kind(x)}: pass what can be "
            "hashed, such as a number, a str or a tuple of them"
        ) from None
    return static(x)


def _describe_array(x: Any, leaves: list[Any], depth: Whole) -> Form:
    if x.dtype == object:
        depth = deeper(depth)
        parts = [describe(part, leaves, depth) for part in x.flat]
        return Form(kinds.OBJECTS, None, parts, shape=x.shape)
    if x.dtype.kind not in "iuf":
        return Form(kinds.STATIC, (x.dtype.str, x.shape), keys=[x.tobytes()], value=x)
    leaves.extend(x.astype(float).ravel().tolist())
    return Form(kinds.ARRAY, None, shape=x.shape, size=x.size)


def rebuild(form: Form, leaves: Any) -> Any:
    """Put a nest of this form together from other leaves: an iterator."""
    kind = form.kind
    if kind in (kinds.NUMBER, kinds.VALUE):
        return next(leaves)
    if kind == kinds.STATIC:
        return form.value
    if kind == kinds.ARRAY:
        return as_array([next(leaves) for _ in range(form.size)], form.shape)
    return assembled(form, [rebuild(part, leaves) for part in form.parts])


def assembled(form: Form, parts: list[Any]) -> Any:
    """Put a nest together of what its parts became."""
    kind = form.kind
    if kind == kinds.TUPLE:
        return tuple(parts)
    if kind == kinds.LIST:
        return parts
    if kind == kinds.NAMED:
        return form.type(*parts)
    if kind == kinds.OBJECTS:
        return as_array(parts, form.shape)
    made = dict(zip(form.keys, parts, strict=True))
    if form.type is dict:
        return made
    like = copy(form.value)
    like.update(made)
    return like


def fill(  # noqa: PLR0911, PLR0912
    form: Form, x: Any, buffer: Any, slot: Whole, values: list[Any]
) -> Whole:
    """Write the numbers of a nest into slots, and note its Values.

    Returns
    -------
    int
        The slot after the last, or -1 if the nest has another form.
    """
    kind = form.kind
    part: Form
    v: Value
    if form.flat and type(x) is list:
        return _fill_numbers(form, x, buffer, slot, values)
    if kind == kinds.NUMBER:
        if type(x) is float:
            machine.put(buffer, slot, x)
        elif type(x) is int or (type(x) is not Value and not is_array(x) and is_number(x)):
            machine.put(buffer, slot, as_float(x, _WHERE))
        else:
            return -1
        return slot + 1
    if kind == kinds.VALUE:
        if type(x) is not Value:
            if not is_boxed(x) or type(only_item(x)) is not Value:
                return -1
            x = only_item(x)
        v = x
        machine.put(buffer, slot, v._data)
        values.append(v)
        return slot + 1
    if kind == kinds.STATIC:
        return slot if _is_static(form, x) else -1
    if kind in (kinds.ARRAY, kinds.OBJECTS):
        return _fill_array(form, x, buffer, slot, values)
    if type(x) is not form.type or len(x) != form.size:
        return -1
    if kind == kinds.DICT:
        if list(x) != form.keys:
            return -1
        x = list(x.values())
    for i in range(form.size):
        part = form.parts[i]
        slot = fill(part, x[i], buffer, slot, values)
        if slot < 0:
            return -1
    return slot


def _fill_numbers(
    form: Form, items: list[Any], buffer: Any, slot: Whole, values: list[Any]
) -> Whole:
    """Write a list of numbers into slots, as `fill` does."""
    if len(items) != form.size:
        return -1
    for i in range(form.size):
        item = items[i]
        if type(item) is float:
            machine.put(buffer, slot, item)
        elif type(item) is int:
            try:
                machine.put(buffer, slot, float(item))
            except OverflowError:
                as_float(item, _WHERE)  # which says more
        elif fill(form.parts[i], item, buffer, slot, values) < 0:
            return -1
        slot += 1
    return slot


def _is_static(form: Form, x: Any) -> bool:
    if is_array(x):
        return form.type == (x.dtype.str, x.shape) and form.keys == [x.tobytes()]
    return type(x) is form.type and same_thing(x, form.value)


def _fill_array(form: Form, x: Any, buffer: Any, slot: Whole, values: list[Any]) -> Whole:
    if not is_array(x) or x.shape != form.shape:
        return -1
    if (x.dtype == object) != (form.kind == kinds.OBJECTS):
        return -1
    part: Form
    if form.kind == kinds.OBJECTS:
        for i, item in enumerate(x.flat):
            part = form.parts[i]
            slot = fill(part, item, buffer, slot, values)
            if slot < 0:
                return -1
        return slot
    if x.dtype.kind not in "iuf":
        return -1
    for number in x.astype(float).ravel().tolist():
        machine.put(buffer, slot, number)
        slot += 1
    return slot


def describe_results(x: Any, outputs: list[Any], depth: Whole = 0) -> Form:
    """Describe what a traced function returned; Values and numbers are appended to `outputs`."""
    x = only_item(x)
    if type(x).__name__ == "Truth":
        outputs.append(x.node)
        return Form(kinds.TRUTH, place=len(outputs) - 1)
    if is_array(x) and x.dtype.kind in "biufO":
        parts = [describe_results(part, outputs, depth) for part in x.flat]
        return Form(kinds.OBJECTS, None, parts, shape=x.shape)
    if type(x) is Value or is_number(x):
        outputs.append(x if type(x) is Value else constant(as_float(x, _WHERE)))
        return Form(kinds.VALUE, place=len(outputs) - 1)
    depth = deeper(depth)
    if isinstance(x, dict):
        return _of_dict(x, [describe_results(part, outputs, depth) for part in x.values()])
    if isinstance(x, (list, tuple)):
        return Form(_kind(x), type(x), [describe_results(part, outputs, depth) for part in x])
    refuse_holder(x, "return")
    refuse_values_within(x)
    return static(x)


def place_in(form: Form, slots: list[int]) -> None:
    """Note for each number among the results in which slot it is."""
    part: Form
    form.slot = slots[form.place] if slots else 0
    for part in form.parts:
        place_in(part, slots)


def build_numbers(form: Form, buffer: Any) -> Any:
    """Put the results together as plain numbers."""
    kind = form.kind
    if kind == kinds.VALUE:
        return machine.get(buffer, form.slot)
    if kind == kinds.TRUTH:
        return machine.get(buffer, form.slot) != 0.0
    if kind == kinds.STATIC:
        return form.value
    return assembled(form, [build_numbers(part, buffer) for part in form.parts])


def build(form: Form, made: list[Any]) -> Any:
    """Put the results together; `made` holds the numbers or Values by their places."""
    kind = form.kind
    if kind == kinds.VALUE:
        return made[form.place]
    if kind == kinds.TRUTH:
        return bool(made[form.place])
    if kind == kinds.STATIC:
        return form.value
    return assembled(form, [build(part, made) for part in form.parts])


show_source(__spec__)
