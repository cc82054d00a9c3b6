"""What a thread can switch: recording, watching for anomalies, scopes, the seed."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Iterator

import pytest

import glassgrad as gg
from glassgrad import Value, modes
from glassgrad.modes import SCOPES, Scope


def test_no_grad_makes_leaves() -> None:
    a = Value(3.0)
    with gg.no_grad():
        y = a * a + Value(a) + gg.tanh(a)
        with gg.no_grad():
            pass
        assert (a * 2)._prev == ()
    assert (y._prev, y._op) == ((), "")
    assert (a * 2)._prev[0] is a
    y.backward()
    assert a.grad == 0.0


def test_no_grad_as_a_decorator() -> None:
    @gg.no_grad()
    def count_down(v: Value, n: int) -> Value:
        """Documented."""
        return v if n == 0 else count_down(v * 2, n - 1)

    assert count_down(Value(1.0), 3)._prev == ()
    assert count_down.__doc__ == "Documented."
    assert (Value(1.0) * 2)._prev


def test_no_grad_ends_with_an_error() -> None:
    with pytest.raises(RuntimeError), gg.no_grad():
        raise RuntimeError
    assert (Value(1.0) * 2)._prev


def test_modes_may_end_in_another_order_than_they_began() -> None:
    one, other = gg.no_grad(), gg.detect_anomaly()
    one.__enter__()
    other.__enter__()
    one.__exit__()
    assert (modes.here.recording, modes.here.anomaly) == (True, True)
    other.__exit__()
    assert (modes.here.recording, modes.here.anomaly) == (True, False)


def test_a_generator_can_not_be_decorated() -> None:
    with pytest.raises(TypeError, match="with-block"):

        @gg.no_grad()
        def numbers() -> Iterator[int]:
            yield 1


def test_no_grad_is_the_threads_own() -> None:
    entered, done = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with gg.no_grad():
            entered.set()
            done.wait(10)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    entered.wait(10)
    recorded = (Value(1.0) * 2)._prev
    done.set()
    thread.join()
    assert recorded


def test_detach() -> None:
    a = Value(3.0, label="a")
    y = a * a.detach()
    y.backward()
    assert a.grad == 3.0
    assert a.detach()._prev == ()


def test_seed_is_that_of_random() -> None:
    gg.seed(1337)
    first = random.random()
    random.seed(1337)
    assert random.random() == first


def test_scope_is_noted_and_nested() -> None:
    with Scope("layers.0"):
        a = Value(1.0)
        with Scope("layers.0.neurons.2"):
            b = a * 2
        c = a * 3
    outside = c * 1
    assert [SCOPES[v._scope] for v in (a, b, c, outside)] == [
        "layers.0", "layers.0.neurons.2", "layers.0", "",
    ]  # fmt: skip
    with Scope("layers.0") as _:
        assert Value(1.0)._scope == a._scope


# ------------------------------------------------------------------------------ anomalies


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p.log(), r"log gave -inf: log\(p = 0.0\)\. Keep its operand above 0"),
        (lambda p: 1 / p, r"div gave inf: div\(1.0, p = 0.0\)\. Keep the denominator"),
        (lambda p: p / p, r"div gave nan: div\(p = 0.0, p = 0.0\)"),
        (lambda p: (p - 1).sqrt(), r"sqrt gave nan: sqrt\(-1.0\)\. Keep its operand above 0"),
        (lambda p: p**-1, r"pow gave inf: pow\(p = 0.0, -1\)\. Keep the base"),
        (lambda p: (p + 1e200) * 1e200, r"mul gave inf: mul\(1e\+200, 1e\+200\)\. The numbers"),
        (lambda p: gg.exp(p + 1000), r"exp gave inf: exp\(1000.0\)\. .*softmax"),
        (lambda p: p * Value(math.inf, label="q"), "Its operand q = inf was not finite before"),
    ],
)
def test_the_first_value_that_is_not_finite_is_named(make, says: str) -> None:
    p = Value(0.0, label="p")
    make(p)  # silent as long as nobody watches
    with gg.detect_anomaly(), pytest.raises(gg.NonFiniteError, match=says):
        make(p)
    make(p)


def test_the_first_gradient_that_is_not_finite_is_named() -> None:
    p, q = Value(0.0, label="p"), Value(2.0, label="q")
    q.grad = 7.0
    y = p.sqrt() * q
    says = r"gradient of p = 0.0 became inf at sqrt\(p = 0.0\).* 2.0 of the result.*derivative inf"
    with gg.detect_anomaly(), pytest.raises(gg.NonFiniteError, match=says):
        y.backward()
    assert (p.grad, q.grad, y.grad) == (0.0, 7.0, 0.0)
    y.backward()
    assert p.grad == math.inf


def test_a_gradient_that_overflows_as_a_sum_is_named() -> None:
    p = Value(1e-10, label="p")
    y = p * 1.7e308 + p * 1.7e308
    with gg.detect_anomaly(), pytest.raises(gg.NonFiniteError, match="p = 1e-10 became inf"):
        y.backward()
    assert p.grad == 0.0


def test_a_healthy_run_is_not_disturbed() -> None:
    a = Value(0.5)
    with gg.detect_anomaly():
        y = gg.logsumexp([a, Value(1000.0)]) + a.tanh()
        y.backward()
        assert gg.grad(gg.grad(lambda x: x**2))(0.0) == 2.0
    assert a.grad == pytest.approx(1 - math.tanh(0.5) ** 2)
