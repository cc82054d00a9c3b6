"""What is around a jitted function, the way back through its calls, and what they keep alive."""

from __future__ import annotations

import gc
import itertools
import math
import random
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from builds import amount
from glassgrad import Value, nn
from glassgrad.engine import here
from test_jit_more import agree

# --------------------------------------------------------------- what is around the function

RATE = 2.0


POINTS = np.array([1.0, 2.0, 3.0])


def test_an_array_around_the_function_is_known_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    f = gg.jit(lambda w: gg.sum(w * x for x in POINTS))
    assert f(2.0).data == 12.0
    monkeypatch.setitem(globals(), "POINTS", np.array([1.0, 2.0, 4.0]))
    assert f(2.0).data == 14.0


class Scaled(nn.Module):
    def forward(self, x: Any) -> Any:
        return x * RATE


def test_what_a_model_reads_around_it_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    f = gg.jit(Scaled())
    assert f(3.0).data == 6.0
    monkeypatch.setitem(globals(), "RATE", 4.0)
    assert f(3.0).data == 12.0


def scaled(x: Any) -> Any:
    return x * RATE


def offset(x: Any) -> Any:
    return scaled(x) + defined_below(x)


def test_numbers_around_functions_that_are_called() -> None:
    global RATE
    share = 1.0

    def shared(x: Any) -> Any:
        return offset(x) * share

    traced = gg.jit(lambda x: shared(x))
    for RATE, share in itertools.product((2.0, 3.0), (1.0, 5.0)):
        assert traced(2.0).data == (2.0 * RATE + RATE + 1.0) * share


def defined_below(x: Any) -> Any:
    return RATE + 1.0


def test_a_function_that_keeps_its_values_is_warned_of() -> None:
    kept: list[Any] = []

    class Recurrent:
        def __init__(self) -> None:
            self.w, self.h = Value(0.5), Value(0.0)

        def __call__(self, x: Any) -> Any:
            self.h = (self.w * x + self.h).tanh()
            return self.h

    for f in (lambda x: kept.append(x * 2) or x, Recurrent()):
        with pytest.warns(gg.TraceWarning, match="return it instead"):
            gg.jit(f)(1.0)

    def cyclic(x: Any) -> Any:
        def go(n: int) -> Any:
            return x * go(n - 1) if n else x

        return go(3)

    agree(cyclic, (2.0,), (3.0,))  # warnings are errors


# ------------------------------------------------------------------------- the way back


def test_a_long_chain_of_calls() -> None:
    w, h = Value(0.999), Value(0.5)
    f = gg.jit(lambda h: h * w)
    first = h
    for _ in range(20_000):
        h = f(h)
    h.backward()
    assert first.grad == pytest.approx(0.999**20_000)
    assert w.grad == pytest.approx(20_000 * 0.5 * 0.999**19_999)


def test_gradients_add_to_what_is_there_in_the_same_bits() -> None:
    w = Value(2.0)

    def f(a: Any) -> Any:
        return (a * w).tanh()

    found = []
    for g in (f, gg.jit(f, exact=True)):
        x = Value(0.3)
        w.grad, x.grad = 0.1, 0.7
        inner = x.exp()
        inner.grad = 5.0
        y = g(inner) * inner + g(x)
        y.backward()
        y.backward()
        found.append((y.data, y.grad, inner.grad, x.grad, w.grad))
    assert found[0] == found[1]


def test_results_that_are_what_went_in() -> None:
    w = Value(2.0)
    forms: list[Callable[[Any], Any]] = [
        lambda x: x, lambda x: w, lambda x: 3.0, lambda x: (x, x, w), lambda x: [x, [w, 1.5]],
    ]  # fmt: skip
    for f in forms:
        found = []
        for g in (f, gg.jit(f)):
            x = Value(5.0)
            w.grad = 0.0
            parts = np.ravel(np.array(gg.jit(lambda x, g=g: g(x))(x), dtype=object)).tolist()
            flat = [v for part in parts for v in (part if isinstance(part, list) else [part])]
            gg.sum([3.0 * v for v in flat]).backward()
            found.append(([v.data for v in flat], x.grad, w.grad))
        assert found[0] == found[1]
    assert gg.jit(lambda: w)().data == 2.0
    assert gg.jit(lambda x: None)(1.0) is None


def test_anomalies_within_a_call_are_found_on_the_way_back() -> None:
    w = Value(2.0, label="w")
    y = gg.jit(lambda x: (w * x).sqrt())(0.0)
    with gg.detect_anomaly(), pytest.raises(gg.NonFiniteError, match=r"sqrt\(0\.0\)"):
        y.backward()
    assert w.grad == 0.0
    with gg.detect_anomaly():
        gg.jit(lambda x: (w * x).sqrt())(2.0).backward()
        assert type(gg.jit(lambda x: x * 2)(2.0)) is Value
    assert w.grad == 0.5


def test_several_threads_go_back_at_once() -> None:
    w = Value(3.0)
    f = gg.jit(lambda x: gg.sum((w * x).tanh() for _ in range(50)))
    results = [f(0.1) for _ in range(8)]
    threads = [threading.Thread(target=y.backward) for y in results]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert w.grad == pytest.approx(8 * 50 * 0.1 * (1 - math.tanh(0.3) ** 2))


def test_another_thread_may_draw_random_numbers() -> None:
    drawn: list[float] = []

    def draw_meanwhile(x: Any) -> Any:
        if not drawn:
            thread = threading.Thread(target=lambda: drawn.append(random.random()))
            thread.start()
            thread.join()
        return x * 2

    idle = threading.Event()
    threading.Thread(target=idle.wait).start()
    try:
        assert gg.jit(draw_meanwhile)(1.0).data == 2.0
        with pytest.raises(gg.TraceError, match="draws random numbers"):
            gg.jit(lambda x: x * random.random())(1.0)
    finally:
        idle.set()


def test_errors_in_a_branch_are_those_of_the_function() -> None:
    def f(x: Any) -> Any:
        if x < 0:
            raise ValueError("below 0")
        return x * 2

    traced = gg.jit(f)
    for _ in range(10):
        assert traced(1.0).data == 2.0
        with pytest.raises(ValueError, match="below 0"):
            traced(-1.0)
    assert here.tracing == 0


# ------------------------------------------------------------------------------- memory


def test_an_owner_of_its_own_jitted_function_is_freed() -> None:
    class Owner:
        def __init__(self) -> None:
            self.w = Value(2.0)
            self.step = gg.jit(lambda x: self.w * x)
            self.other = gg.jit(lambda owner, x: owner.w * x)

    owner = Owner()
    owner.last = owner.step(1.0), owner.other(owner, 1.0)  # type: ignore[attr-defined]
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


PRESSED = """
import os, signal, sys, threading, time
import numpy as np
import glassgrad as gg

def f(x, n):
    for _ in range(n):
        x = (gg.tanh(x) + x) * 0.5
    return x

def press():
    global pressed
    time.sleep(0.3)
    pressed = time.perf_counter()
    os.kill(os.getpid(), signal.SIGINT)

many = gg.vmap(lambda x: f(x, 100))
many(np.ones(2))
call = gg.jit(lambda x: f(x, 20_000))
x = gg.Value(1.0)
call(x)
try:
    threading.Thread(target=press).start()
    while sys.argv[1] == "calls":
        call(x).backward()
    many(np.ones(int(sys.argv[2])))
except KeyboardInterrupt:
    print(time.perf_counter() - pressed)
x.grad = 0.0
call(x).backward()
print(x.grad == gg.grad(f)(1.0, 20_000))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT ends a process there")
@pytest.mark.parametrize("what", ["calls", "many"])
def test_ctrl_c_stops_a_long_run_soon(what: str) -> None:
    examples = str(amount(10_000_000, 5_000_000))
    done = subprocess.run(
        [sys.executable, "-c", PRESSED, what, examples], capture_output=True, text=True, check=True
    )
    waited, same = done.stdout.split()
    assert float(waited) < 0.5  # usually some hundredths; other tests may run beside this one
    assert same == "True"
