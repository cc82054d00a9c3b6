"""The form of what goes into a traced function and of what comes out: nests taken apart.

A `Form` says what a nest looks like without its numbers. A call whose arguments have the form of
an earlier call runs the program of that call: `fill` checks the form and writes the numbers into
the program's slots in one walk. `build` makes the results. Compiled with the engine.
"""

from __future__ import annotations

from glassgrad.convert import as_float, is_array
from glassgrad.engine import Value, constant
from glassgrad.jitting import kinds, machine
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
        Of a dict.
    shape : tuple
        Of an array.
    value : object
        Of a static object: itself.
    size : int
        How many parts or numbers there are.
    place, slot : int
        Of a number among the results: which of them it is, and where in the machine.
    """

    __slots__ = ("keys", "kind", "parts", "place", "shape", "size", "slot", "type", "value")

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
        self.place = place
        self.slot = 0

    def key(self) -> Any:
        """Make something hashable that is equal for equal forms."""
        if self.kind == kinds.STATIC:
            return kinds.STATIC, self.type, Same(self.value)
        parts = tuple([part.key() for part in self.parts])
        return self.kind, self.type, tuple(self.keys), self.shape, parts


class Same:
    """Compares an object by value if that can be hashed, otherwise by identity."""

    __slots__ = ("code", "thing")

    def __init__(self, thing: Any) -> None:
        self.thing = thing
        try:
            self.code = hash(thing)
        except TypeError:
            self.code = id(thing)

    def __hash__(self) -> int:
        return self.code

    def __eq__(self, other: object) -> bool:
        return type(other) is Same and same_thing(self.thing, other.thing)


def same_thing(one: Any, other: Any) -> bool:
    """Tell whether two static objects count as the same: 1, 1.0 and True do not."""
    if one is other:
        return True
    if type(one) is not type(other) or type(one).__hash__ is None:
        return False
    try:
        return bool(one == other)
    except Exception:  # whatever a foreign class does when compared
        return False


def is_number(x: Any) -> bool:
    """Tell whether something is a number, and no truth value."""
    if type(x) is float or type(x) is int:
        return True
    if isinstance(x, bool) or type(x).__name__ in ("bool", "bool_"):
        return False
    return isinstance(x, (int, float)) or (hasattr(x, "dtype") and hasattr(x, "item"))


def describe(x: Any, leaves: list[Any]) -> Form:
    """Describe a nest; its numbers and Values are appended to `leaves`, in order."""
    if type(x) is Value:
        leaves.append(x)
        return Form(kinds.VALUE)
    if is_array(x):
        return _describe_array(x, leaves)
    if is_number(x):
        leaves.append(as_float(x, _WHERE))
        return Form(kinds.NUMBER)
    if isinstance(x, dict):
        return Form(kinds.DICT, type(x), [describe(part, leaves) for part in x.values()], x.keys())
    if isinstance(x, (list, tuple)):
        return Form(_kind(x), type(x), [describe(part, leaves) for part in x])
    return static(x)


def _kind(x: Any) -> int:
    if hasattr(x, "_fields"):
        return kinds.NAMED
    return kinds.LIST if isinstance(x, list) else kinds.TUPLE


def static(x: Any) -> Form:
    """Describe what is a key and no number: a program holds for this very thing."""
    return Form(kinds.STATIC, type(x), value=x)


def _describe_array(x: Any, leaves: list[Any]) -> Form:
    if x.dtype == object:
        return Form(kinds.OBJECTS, None, [describe(part, leaves) for part in x.flat], shape=x.shape)
    if x.dtype.kind not in "iuf":
        return Form(kinds.STATIC, (x.dtype.str, x.shape), value=x.tobytes())
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
    return made if form.type is dict else form.type(made)


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
            return -1
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


def _is_static(form: Form, x: Any) -> bool:
    if is_array(x):
        return form.type == (x.dtype.str, x.shape) and bool(form.value == x.tobytes())
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


def describe_results(x: Any, outputs: list[Any]) -> Form:
    """Describe what a traced function returned; Values and numbers are appended to `outputs`."""
    if type(x).__name__ == "Truth":
        outputs.append(x.node)
        return Form(kinds.TRUTH, place=len(outputs) - 1)
    if is_array(x) and x.dtype.kind in "iufO":
        parts = [describe_results(part, outputs) for part in x.flat]
        return Form(kinds.OBJECTS, None, parts, shape=x.shape)
    if type(x) is Value or is_number(x):
        outputs.append(x if type(x) is Value else constant(as_float(x, _WHERE)))
        return Form(kinds.VALUE, place=len(outputs) - 1)
    if isinstance(x, dict):
        parts = [describe_results(part, outputs) for part in x.values()]
        return Form(kinds.DICT, type(x), parts, x.keys())
    if isinstance(x, (list, tuple)):
        return Form(_kind(x), type(x), [describe_results(part, outputs) for part in x])
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
