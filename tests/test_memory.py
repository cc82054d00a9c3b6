"""Memory: nothing leaks, nothing is freed too early, and long graphs need no deep stack.

A node is counted by what it holds: while it lives, its operands have a reference more.
"""

from __future__ import annotations

import gc
import os
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


STRESS = """
import sys, threading
import glassgrad as gg
from glassgrad import Value, nn, optim

def train(steps, seed):
    gg.seed(seed)
    model = nn.MLP(2, [8, 8, 1])
    optimizer = optim.Adam(model.parameters(), 0.01)
    data = gg.data.moons(20)
    for _ in range(steps):
        loss = gg.losses.hinge([model(list(x)) for x in data.X], [2 * y - 1 for y in data.y])
        optimizer.zero_grad(); loss.backward(); optimizer.step()

def shapes(n):
    x = Value(0.5)
    v = x
    for _ in range(n): v = v + x                     # a chain
    v.backward(); v = x
    for _ in range(n // 2): v = v * v + v            # a ladder
    v.backward(); layer = [x * 1.0 for _ in range(n // 2)]
    while len(layer) > 1:                            # a tree
        layer = [a + b for a, b in zip(layer[::2], layer[1::2])]
    layer[0].backward()
    mix = gg.custom_op("mix", lambda a, b, c: a + b + c, lambda y, a, b, c: (1.0, 1.0, 1.0))
    v = x
    for _ in range(n // 10): v = mix(x, x, v)        # a chain through third operands
    v.backward(); v = Value(1.0, (x, x, v), "by hand")
    del v, layer
    str_node = Value(1.0, label="a" * 10) ** 2; str_node.label = "b"; str_node.label = ""

def traced(steps, seed):
    gg.seed(seed)
    model = nn.MLP(2, [8, 8, 1])
    optimizer = optim.Adam(model.parameters(), 0.01)
    twice = gg.custom_op(f"twice{seed}", lambda a: 2 * a, lambda y, a: (2.0,))
    kinds = [gg.jit(exact=True), gg.jit, gg.jit(dtype="float32")]
    def loss(xs, ys):
        scores = [twice(model(x)) for x in xs]
        return gg.mean([s * s if s * y > 0 else (s - y) ** 2 for s, y in zip(scores, ys)]), scores
    losses = [kind(loss) for kind in kinds]
    slope = gg.jit(gg.grad(lambda x: model([x, x * x])))
    many = gg.vmap(gg.value_and_grad(lambda x: model([x, x * x])))
    for step in range(steps):
        for f in losses:
            n = 1 + step % 3
            xs = [[Value(0.1 * step), Value(-1.0)] for _ in range(n)]
            total, scores = f(xs, [1.0] * n)
            optimizer.zero_grad(); (total + gg.sum(scores)).backward(); scores[0].backward()
            optimizer.step()
            slope(0.1 * step); many([0.1 * i for i in range(1 + step * 30)])
    h, nest = Value(0.5), []
    again = gg.jit(lambda h: (h * 0.99).tanh())
    for _ in range(50 * steps): h = again(h)         # a chain of calls
    h.backward()
    nest.append(nest)
    for bad in (nest, "x", {1.0}):
        try: again(bad)
        except (TypeError, AttributeError): pass

import warnings
warnings.simplefilter("ignore")
train(200, 1)
shapes(100_000)
traced(60, 0)
threads = [threading.Thread(target=train, args=(20, i)) for i in range(4)]
threads += [threading.Thread(target=traced, args=(10, i)) for i in range(1, 5)]
for t in threads: t.start()
for t in threads: t.join()
try: Value(2.0).clamp("a", 1)
except TypeError: pass
print("done")
"""


@pytest.mark.compiled
def test_memory_checkers_find_nothing(tmp_path: Path) -> None:
    """Compiled with AddressSanitizer, and under Python's debug allocator."""
    if not sys.platform.startswith("linux"):
        pytest.skip("AddressSanitizer is preloaded as on Linux")
    library = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
    flags = "-fsanitize=address -DGG_PLAIN_MALLOC -O0"
    subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--build-lib", str(tmp_path),
         "--build-temp", str(tmp_path / "temp")],
        cwd=ROOT, check=True, capture_output=True,
        env={**os.environ, "CFLAGS": flags, "GLASSGRAD_REQUIRE_COMPILED": "1"},
    )  # fmt: skip
    package = tmp_path / "glassgrad"
    for source in (ROOT / "src" / "glassgrad").rglob("*"):
        copied = package / source.relative_to(ROOT / "src" / "glassgrad")
        if source.suffix in {".py", ".csv"}:
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(source.read_bytes())
    program = tmp_path / "stress.py"
    program.write_text(STRESS)
    for allocator in ("malloc", "debug"):
        checked = subprocess.run(
            [sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(tmp_path), "LD_PRELOAD": library,
                 "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": allocator},
        )  # fmt: skip
        assert checked.returncode == 0, checked.stderr[-4000:]
        assert checked.stdout == "done\n"
