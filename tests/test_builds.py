"""The compiled build and the pure one: the same numbers, the same words, the same help."""

from __future__ import annotations

import gc
import inspect
import os
import pickle
import random
import struct
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

import battery
import glassgrad as gg
from builds import COMPILED, PACKAGE, TESTS, run_in
from glassgrad import Value, ieee, kernels


def test_the_build_that_was_asked_for_runs() -> None:
    says = gg.backend()
    if os.environ.get("GLASSGRAD_PURE", "0") not in ("", "0"):
        assert says == "pure Python: GLASSGRAD_PURE is set"
        assert all(str(m.__file__).endswith(".py") for m in _modules())
    elif os.environ.get("GLASSGRAD_REQUIRE_ALL") == "1":
        assert says.startswith("compiled: engine.")
    if COMPILED:
        compiled = {m.__name__ for m in _modules() if not str(m.__file__).endswith(".py")}
        wanted = {"engine", "optim.descent", "optim.updates", "nn.module", "nn.mlp"}
        rooms = (
            "algebra", "axes", "calls", "chains", "forms", "instructions", "lifting.boxes",
            "lifting.colours", "lifting.finding", "lifting.grouping", "lifting.ordering",
            "lifting.tables", "lowering", "machine", "passes", "program", "recording",
            "reversing", "slots", "statics", "surroundings",
        )  # fmt: skip
        wanted |= {f"jitting.{room}" for room in rooms}
        assert compiled == {f"glassgrad.{name}" for name in wanted}


def _modules() -> list[Any]:
    assert gg.nn.MLP
    assert gg.optim.SGD
    assert gg.jit
    assert gg.fit
    return [m for name, m in sys.modules.items()
            if name.startswith("glassgrad") and getattr(m, "__file__", None)]  # fmt: skip


# ------------------------------------------------------------------------------ the same numbers


@pytest.mark.both_builds
def test_both_builds_compute_the_same_bits() -> None:
    program = TESTS / "battery.py"
    assert run_in("pure", program) == run_in("compiled", program)


def test_the_digest_sees_a_single_bit() -> None:
    one = next(battery.programs(5, 1, 60))
    other = next(battery.programs(5, 1, 60))
    assert [battery.bits(v.grad) for v in one] == [battery.bits(v.grad) for v in other]
    assert battery.bits(1.0) != battery.bits(1.0000000000000002) != battery.bits(-0.0)
    assert battery.bits(0.0) != battery.bits(-0.0)
    assert len({v._op for values in battery.programs(7, 40, 60) for v in values}) > 35


@pytest.mark.parametrize("name", sorted(set(ieee.__all__) - {"div", "pow", "atan2"}))
def test_cs_functions_are_those_of_pythons_math(name: str) -> None:
    """What the methods call, in the compiled build C's library, against Python's `math`."""
    draw = random.Random(name)
    points = battery.EDGES + [
        struct.unpack("<d", draw.randbytes(8))[0] if i % 4 == 0 else draw.uniform(-30.0, 30.0)
        for i in range(8000)
    ]
    points += [draw.uniform(-1.0, 1.0) for _ in range(4000)]
    for x in points:
        found, expected = getattr(Value(x), name)().data, getattr(kernels, name)(x)
        assert battery.bits(found) == battery.bits(expected), (name, x, found, expected)


@pytest.mark.parametrize("name", ["__truediv__", "__pow__", "atan2"])
def test_cs_functions_of_two_numbers_are_those_of_pythons_math(name: str) -> None:
    draw = random.Random(name)
    python = {"__truediv__": kernels.div, "__pow__": kernels.pow, "atan2": kernels.atan2}[name]
    pairs = [(a, b) for a in battery.EDGES for b in battery.EDGES]
    pairs += [(draw.uniform(-30.0, 30.0), draw.uniform(-9.0, 9.0)) for _ in range(8000)]
    pairs += [(abs(a), b) for a, b in pairs] + [(a, float(round(b))) for a, b in pairs[400:]]
    for a, b in pairs:
        found, expected = getattr(Value(a), name)(Value(b)).data, python(a, b)
        assert battery.bits(found) == battery.bits(expected), (name, a, b, found, expected)


# ------------------------------------------------------------------------------- the same words

DESCRIBE = """
import inspect, glassgrad as gg
from glassgrad import Value, nn, optim
from glassgrad.nn import module
from glassgrad import engine
def shape(part):  # what is compiled has no annotations
    try:
        found = inspect.signature(part).parameters.values()
    except (TypeError, ValueError):
        return "-"
    return [(p.name, p.default) if p.default is not p.empty else p.name for p in found]
for kind in (Value, nn.Module, nn.Neuron, nn.Layer, nn.MLP):
    for name in sorted(vars(kind) if kind is not Value else dir(Value)):
        part = inspect.getattr_static(kind, name)
        if name.startswith("_") and not name.startswith("__"):
            continue
        doc = (inspect.getdoc(part) or "").split(chr(10))[0]
        signature = shape(getattr(kind, name))
        if name.startswith("__"):
            signature = doc = ""  # Python has words of its own for its protocols
            if name in {"__dict__", "__weakref__", "__slots__", "__annotations__", "__pyx_vtable__",
                        "__module__", "__static_attributes__", "__firstlineno__",
                        "__init_subclass__", "__getstate__"}:
                continue
        print(kind.__name__, name, signature, doc, sep=" | ")
for name in engine.__all__[:-1]:
    part = getattr(gg, name)
    if callable(part) and not isinstance(part, type):
        print(name, shape(part), inspect.getdoc(part))
print(shape(Value), inspect.getdoc(Value))
"""


@pytest.mark.both_builds
def test_both_builds_have_the_same_help() -> None:
    pure = run_in("pure", "-c", DESCRIBE).splitlines()
    compiled = run_in("compiled", "-c", DESCRIBE).splitlines()
    assert pure == compiled
    assert any(line.startswith("Value | tanh | ['self'] | Squash") for line in compiled)


def test_the_constructor_has_a_signature_and_everything_has_words() -> None:
    assert str(inspect.signature(Value)).startswith("(data")
    for name in ("tanh", "backward", "data", "grad", "label", "detach", "clamp"):
        assert (inspect.getdoc(getattr(Value, name)) or "").strip(), name


def test_a_traceback_shows_the_line_of_the_source() -> None:
    with pytest.raises(TypeError) as caught:
        Value(1.0).clamp("low", 1.0)  # type: ignore[arg-type]
    shown = "".join(traceback.format_exception(caught.value))
    assert "engine.py" in shown
    assert 'low = _bound(low, "clamp")' in shown


PICKLED = """
import pickle, sys, glassgrad as gg
a, b = gg.Value(2.0, label="a"), gg.Value(3.0)
cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
y = (a * b).clamp(0, 10) ** 2 + cube(a).tanh() + gg.where(True, a, b)
y.backward()
if sys.argv[1] == "write":
    pickle.dump((a, y), open(sys.argv[2], "wb"))
else:
    a2, y2 = pickle.load(open(sys.argv[2], "rb"))
    assert (y2.data, y2.grad, a2.grad, a2.label) == (y.data, y.grad, a.grad, "a")
    a2.grad = 0.0
    y2.backward()
    assert a2.grad == a.grad, (a2.grad, a.grad)
    print("read")
"""


@pytest.mark.both_builds
@pytest.mark.parametrize("writer", ["pure", "compiled"])
def test_a_build_reads_what_the_other_pickled(writer: str, tmp_path: Path) -> None:
    program, file = tmp_path / "p.py", tmp_path / "graph.pickle"
    program.write_text(PICKLED)
    run_in(writer, program, "write", file)
    reader = {"pure": "compiled", "compiled": "pure"}[writer]
    assert run_in(reader, program, "read", file) == "read\n"


# ---------------------------------------------------------------------------- the compiled node


@pytest.mark.compiled
def test_a_compiled_node_is_small_and_nothing_for_the_collector() -> None:
    v = Value(1.0, label="v") * 2
    assert sys.getsizeof(v) <= 100
    assert not gc.is_tracked(v)
    assert not gc.is_tracked(v._prev[0]._extra)


@pytest.mark.compiled
@pytest.mark.parametrize(
    "field",
    ["_a", "_b", "_da", "_db", "_extra", "_mark", "_number", "_opcode", "_scope", "_data"],
)
def test_fields_are_read_only(field: str) -> None:
    v = Value(2.0) * Value(3.0)
    before = getattr(v, field)
    with pytest.raises(AttributeError):
        setattr(v, field, v)
    assert getattr(v, field) is before or getattr(v, field) == before


def test_a_value_has_no_weak_references_and_is_made_once() -> None:
    import weakref

    v = Value(2.0)
    w = v * 3.0
    with pytest.raises(TypeError, match="weak reference"):
        weakref.ref(v)
    with pytest.raises(TypeError, match="made already"):
        v.__init__(w)  # type: ignore[misc]
    with pytest.raises(TypeError, match="made already"):
        v.__init__(1.0, (w,), "loop")  # type: ignore[misc]
    assert (v.data, v._prev, w._prev[0]) == (2.0, (), v)


@pytest.mark.parametrize("wrong", [2.0, 3, None, [1.0], "x"])
def test_a_method_is_for_values_only(wrong: Any) -> None:
    for method in (Value.exp, Value.relu, Value.backward, Value.clamp):
        with pytest.raises((TypeError, AttributeError)):
            method(wrong)
    with pytest.raises((TypeError, AttributeError)):
        list(map(Value.tanh, [Value(1.0), wrong]))


@pytest.mark.compiled
def test_there_is_no_value_without_a_number() -> None:
    with pytest.raises(TypeError, match="made of a number"):
        Value.__new__(Value)
    with pytest.raises(TypeError, match="not safe"):
        object.__new__(Value)


def test_an_extra_is_made_once() -> None:
    v = Value(1.0, label="v")
    with pytest.raises(TypeError, match="made once"):
        v._extra.__init__((None,), (1.0,))  # type: ignore
    assert v.label == "v"


def test_lists_of_an_optimizer_that_were_tampered_with() -> None:
    """Whatever error there is, it is one of Python's."""
    for change in (
        lambda opt: opt.velocity.pop(),
        lambda opt: opt.params.append(None),
        lambda opt: opt.params.__setitem__(0, 3.0),
        lambda opt: opt.params.extend([Value(1.0)] * 1000),
        lambda opt: setattr(opt, "velocity", ["x"] * 3),
    ):
        opt = gg.optim.SGD([Value(1.0) for _ in range(3)], lr=0.1, momentum=0.9)
        change(opt)
        with pytest.raises((IndexError, AttributeError, TypeError)):
            opt.step()


def test_a_subclass_that_got_past_the_refusal_is_freed_like_others() -> None:
    """It takes a mixin that swallows the refusal, and in C a __new__ from elsewhere."""
    import weakref

    class Mixin:
        def __init_subclass__(cls) -> None:
            pass

    kind = type("Sub", (Mixin, Value), {"__new__": lambda cls, *_: object.__new__(cls)}
                if not COMPILED else {"__new__": object.__new__})  # fmt: skip
    x = kind(1.0)
    gone = weakref.ref(x)
    y = x.exp()
    y.backward()
    del x, kind
    assert gone() is not None
    del y
    assert gone() is None


def test_a_class_with_a_mixin_is_refused_too() -> None:
    class Mixin:
        pass

    with pytest.raises(TypeError, match=r"gg\.custom_op"):
        type("Sub", (Mixin, Value), {})


def test_generated_pickles_are_not_a_way_in() -> None:
    v = Value(1.0)
    assert not hasattr(v, "__setstate__")
    assert pickle.loads(pickle.dumps(v)).data == 1.0


# ------------------------------------------------------------------------------- how it is built


def test_the_declarations_ship_with_the_source_only() -> None:
    listed = (TESTS.parent / "MANIFEST.in").read_text("utf-8")
    assert "*.pxd" in listed
    assert (PACKAGE / "engine.pxd").exists()
