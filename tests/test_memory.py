"""Memory: nothing leaks, nothing is freed too early, and long graphs need no deep stack.

A node is counted by what it holds: while it lives, its operands have a reference more.
"""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from builds import TESTS
from glassgrad import Value, nn, optim
from glassgrad.modes import Scope

ROOT = TESTS.parent


@pytest.fixture(autouse=True)
def without_the_collector() -> Iterator[None]:
    """A cycle would stay for good, and show."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def labelled(x: Value) -> Any:
    y = x * 2.0
    y.label = "y"
    x.label = "x"
    return y


def custom(x: Value) -> Any:
    kept: list[Any] = []
    both = gg.custom_op("both", lambda a, b: a * b + len(kept), lambda y, a, b: (b, a))
    y = both(x, x)
    kept.append(y)  # the operation's closure refers to its own result
    result = y * 1.0
    kept.clear()
    return result


def three_operands(x: Value) -> Any:
    mix = gg.custom_op("mix", lambda a, b, c: a + b + c, lambda y, a, b, c: (1.0, 1.0, 1.0))
    return mix(x, x * 2.0, mix(x, x, x))


def scoped(x: Value) -> Any:
    with Scope("a.b"):
        return x * x


def modular(x: Value) -> Any:
    class Own(nn.Module):
        def __init__(self) -> None:
            self.inner = nn.Neuron(2)
            self.last: Any = None

        def __call__(self, x: Any) -> Any:
            self.last = self.inner([x, x * 2.0])
            return self.last

    own = Own()
    y = own(x)
    own.last = None
    return y


def failing(x: Value) -> Any:
    y = x * 3.0
    with pytest.raises(TypeError):
        y + "text"  # type: ignore[operator]
    with pytest.raises(ValueError, match="pairs each"):
        gg.dot([y, y], [1.0])
    with pytest.raises(TypeError):
        Value(y, (x,), "wrong")
    return y


def opaque(x: Value) -> Any:
    return Value(1.0, (x, x, x * 2.0, x), "by hand")


def transformed(x: Value) -> Any:
    moved = gg.jvp(gg.tanh, (x,), (1.0,))
    return gg.grad(lambda v: v * v * x)(x), gg.derivative(x**3, wrt=x), moved


def watched(x: Value) -> Any:
    with gg.detect_anomaly():
        y = (x * 2.0).exp()
        y.backward()
    with gg.no_grad():
        z = x * x
    return y, z


def copied(x: Value) -> Any:
    import copy
    import pickle

    y = (x * x).clamp(0, 100)
    return copy.copy(y), copy.deepcopy((x, y)), pickle.loads(pickle.dumps(y))


def by_numpy(x: Value) -> Any:
    import numpy as np

    return np.array([x, x * 2.0]) @ np.array([x, x]) + np.float64(2.0) * x


def trained(x: Value) -> Any:
    model = nn.MLP(1, [3, 1])
    optimizer = optim.Adam(model.parameters())
    for _ in range(3):
        loss = (model([x]) - 1.0) ** 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss


WAYS = [labelled, custom, three_operands, scoped, modular, failing, opaque, transformed, watched,
        copied, by_numpy, trained]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_keeps_a_node_alive(way: Callable[[Value], Any]) -> None:
    x = Value(1.5)
    way(x)  # whatever is set up once
    before = sys.getrefcount(x)
    result = way(x)
    del result
    gc.enable()
    gc.collect()  # of classes and closures, which are Python's own cycles
    assert sys.getrefcount(x) == before


def test_the_counting_sees_a_node_that_is_kept() -> None:
    x = Value(1.5)
    before = sys.getrefcount(x)
    kept = x * 2.0
    assert sys.getrefcount(x) == before + 1
    del kept
    assert sys.getrefcount(x) == before


def test_a_label_goes_with_its_node() -> None:
    name = "".join(["la", "bel"])
    before = sys.getrefcount(name)
    v = Value(1.0, label=name)
    w = v * 2.0
    w.label = name
    assert sys.getrefcount(name) == before + 2
    w.label = ""
    del v, w
    assert sys.getrefcount(name) == before


def test_nodes_that_come_and_go_in_any_order_stay_themselves() -> None:
    """Random lifetimes, with slabs of nodes that fill and empty."""
    draw = random.Random(3)
    alive: dict[int, Value] = {}
    for i in range(60_000):
        if draw.random() < 0.55:
            alive[i] = Value(float(i))
        elif alive:
            number = draw.choice(list(alive)) if i % 50 == 0 else next(iter(alive))
            assert alive.pop(number).data == number
        if i % 20_000 == 19_999:
            for number in [n for n in alive if n % 3]:
                assert alive.pop(number).data == number
    assert all(v.data == number and v._prev == () for number, v in alive.items())


@pytest.mark.compiled
def test_a_node_costs_at_most_100_bytes_and_its_memory_is_used_again() -> None:
    program = (
        "from glassgrad import Value\n"
        "def resident():\n"  # without what the system may take whenever it likes
        "    with open('/proc/self/smaps_rollup') as file:\n"
        "        found = dict(line.split(':') for line in file if line.endswith('kB\\n'))\n"
        "    return (int(found['Rss'][:-3]) - int(found['LazyFree'][:-3])) * 1024\n"
        "def chain(n):\n"
        "    v = Value(0.0)\n"
        "    for _ in range(n):\n"
        "        v = v + 1.0\n"
        "    return v\n"
        "before = resident()\n"
        "v = chain(1_000_000)\n"
        "grown = resident() - before\n"
        "assert grown <= 2_000_000 * 100, grown\n"  # of each addition and of its constant
        "for _ in range(3):\n"
        "    del v\n"
        "    v = chain(1_000_000)\n"
        "assert resident() - before <= 1.15 * grown\n"
        "del v\n"
        "assert resident() - before <= 80 * 2**20, resident() - before\n"
    )
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("this system does not tell how much memory a process has")
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_graph_may_be_freed_by_another_thread_than_made_it() -> None:
    made: list[Value] = []
    x = Value(0.5)
    before = sys.getrefcount(x)

    def make() -> None:
        v = x * 1.0
        for _ in range(3000):
            v = v + x * 2.0
        made.append(v)

    def free() -> None:
        while True:
            try:
                v = made.pop()
            except IndexError:  # asking first whether there is one would be too late
                return
            v.backward()

    for work in (make, free) * 2:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        del threads
    assert x.grad == 8 * 6001.0
    del thread
    assert sys.getrefcount(x) == before
