"""Copies and pickles: complete, independent, and with shared nodes shared."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.modes import SCOPES, Scope

Copier = Callable[[Any], Any]
COPIERS: list[Any] = [
    pytest.param(copy.deepcopy, id="deepcopy"),
    *(
        pytest.param(lambda x, p=p: pickle.loads(pickle.dumps(x, protocol=p)), id=f"pickle {p}")
        for p in range(2, pickle.HIGHEST_PROTOCOL + 1)
    ),
]
every_copier = pytest.mark.parametrize("copied", COPIERS)


@every_copier
def test_every_field_survives(copied: Copier) -> None:
    with Scope("layers.1.neurons.3"):
        a, b = Value(2.0, label="a"), Value(-3.0, label="b")
        y = ((a * b).clamp(-10, 10) ** 3 + gg.where(True, a, b) ** 0.5) * 2
    y.label = "y"
    y.backward()
    twin = copied(y)
    assert twin is not y

    def describe(v: Value) -> Any:
        constants = v._extra.constants if v._extra else ()
        reached = v._mark > 0
        return (v.data, v.grad, v.label, v._op, SCOPES[v._scope], reached, v._da, v._db, constants,
                tuple(map(describe, v._prev)))  # fmt: skip

    assert describe(twin) == describe(y)
    (gg.derivative(twin, wrt=twin._prev[0]) * 1.0).backward()


@every_copier
def test_shared_leaves_stay_shared(copied: Copier) -> None:
    w = Value(2.0, label="w")
    loss = w * w
    for group in ({"model": [w], "loss": loss}, {"loss": loss, "model": [w]}):
        twins = copied(group)
        twins["loss"].backward()
        assert twins["model"][0].grad == 4.0
        assert w.grad == 0.0


@every_copier
def test_shared_inner_nodes_stay_shared(copied: Copier) -> None:
    x = Value(3.0)
    hidden = x * x
    one, two = hidden + 1, hidden * 2
    for group in ([one, two, hidden], [hidden, one, two], [two, hidden, one]):
        twins = dict(zip(map(id, group), copied(group), strict=True))
        assert twins[id(one)]._prev[0] is twins[id(hidden)]
        assert twins[id(two)]._prev[0] is twins[id(hidden)]


def test_a_pickle_shows_the_values_of_its_moment() -> None:
    x = Value(3.0)
    y = x * x
    first = pickle.dumps(y)
    y.backward()
    assert pickle.loads(first)._prev[0].grad == 0.0
    assert pickle.loads(pickle.dumps(y))._prev[0].grad == 6.0


def test_a_shallow_copy_is_another_node_with_the_same_operands() -> None:
    a = Value(2.0)
    y = a * 3
    twin = copy.copy(y)
    assert twin is not y
    assert twin._prev == y._prev
    twin.backward()
    assert (a.grad, y.grad) == (3.0, 0.0)
    leaf = copy.copy(a)
    leaf.data = 7.0
    assert a.data == 2.0


@every_copier
def test_an_operation_of_ones_own(copied: Copier) -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    mix = gg.custom_op("mix", lambda a, b, c: a * b * c, lambda y, a, b, c: (b * c, a * c, a * b))
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    twins = copied([a, b, c, cube(a) + mix(a, b, c)])
    twins[3].backward()
    assert [v.grad for v in twins[:3]] == [27.0, 10.0, 6.0]
    assert twins[3]._prev[0]._op == "cube"
    assert gg.derivative(twins[3], wrt=twins[0]).data == 27.0


def test_an_operation_of_ones_own_in_another_process() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    a = Value(2.0)
    written = pickle.dumps([a, cube(a)])
    program = (
        "other = gg.custom_op('other', lambda x: x, lambda y, x: (1,))\n"
        "a, y = pickle.load(sys.stdin.buffer)\n"
        "y.backward()\n"
        "print(y._op, a.grad)\n"
        "try: gg.derivative(y, wrt=a)\n"
        "except gg.NoRuleError as error: print('custom_op' in str(error))\n"
    )
    assert in_another_process(program, written) == ["cube", "12.0", "True"]


def test_a_copy_keeps_the_operation_of_an_object_that_is_gone() -> None:
    class Model:
        def __init__(self) -> None:
            self.act = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
            self.w = Value(3.0)

    model = Model()
    twin = copy.deepcopy(model)
    del model
    assert gg.derivative(twin.act(twin.w), wrt=twin.w).data == 27.0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child() -> None:
    """Its operations are its own, and a lock that another thread holds does not stop it."""
    program = """
import os, threading, time
leaf = gg.Value(1.0)
busy = leaf
for _ in range(300_000): busy = busy + leaf
thread = threading.Thread(target=busy.backward)
thread.start()
time.sleep(0.05)
reader, writer = os.pipe()
if os.fork() == 0:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    y = cube(gg.Value(3.0))
    y.backward()
    os.write(writer, pickle.dumps(y))
    os._exit(0)
double = gg.custom_op("double", lambda x: 2 * x, lambda y, x: (2,))
y = pickle.loads(os.read(reader, 100_000))
print(y._op, y._prev[0].grad)
try: gg.derivative(y, wrt=y._prev[0])
except gg.NoRuleError: print("refused")
thread.join()
"""
    assert in_another_process(program, b"") == ["cube", "27.0", "refused"]


def test_threads_copy_at_the_same_time() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        x = Value(1.0)
        try:
            for _ in range(100):
                nodes = [x * float(i) for i in range(20)]
                assert [v.data for v in copy.deepcopy(nodes)] == [v.data for v in nodes]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def in_another_process(program: str, data: bytes) -> list[str]:
    """Run a program that finds `data` unpickled as `it`, and return the words it prints."""
    code = f"import pickle, sys, glassgrad as gg\n{program}"
    ran = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    return ran.stdout.decode().split()


def test_an_opaque_node_stays_opaque_in_another_process() -> None:
    program = (
        "y = pickle.load(sys.stdin.buffer)\n"
        "try: y.backward()\n"
        "except gg.NoRuleError: print('refused')\n"
    )
    y = Value(0.4, (Value(0.5),), "tanh") * 2
    assert in_another_process(program, pickle.dumps(y)) == ["refused"]


def test_an_opaque_node_stays_opaque() -> None:
    x = Value(0.5)
    t = pickle.loads(pickle.dumps(Value(0.4, (x,), "tanh") * 2))
    with pytest.raises(gg.NoRuleError):
        t.backward()
    assert pickle.loads(pickle.dumps(Value(0.4, (), "input")))._op == "input"


def test_a_node_made_by_hand_keeps_its_operands() -> None:
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    v = Value(6.0, (a, b, c), "mine")
    assert copy.copy(v)._prev == (a, b, c)
    for twin in (copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        assert [operand.data for operand in twin._prev] == [1.0, 2.0, 3.0]
