"""Very many nodes, deep or wide: no recursion anywhere, on a thread with a small stack."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

import glassgrad as gg
from builds import COMPILED, amount
from glassgrad import Value, machine

#: How many nodes are copied, and how many are built, differentiated and freed. The stack is full
#: after some thousand calls.
N = amount(1_000_000, 100_000)
MANY = amount(10_000_000, 1_000_000)
STACK = 512 * 1024


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    gc.collect()
    yield
    gc.collect()


def on_a_small_stack(work: Callable[[], Any]) -> Any:
    """Run on a thread with a stack of 512 KiB and an ordinary limit on recursion."""
    assert sys.getrecursionlimit() <= 3000
    outcome: list[Any] = []

    def guarded() -> None:
        try:
            outcome.append((True, work()))
        except BaseException as error:
            outcome.append((False, error))

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=guarded)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    [(fine, result)] = outcome
    if not fine:
        raise result
    return result


def chain(x: Value, n: int) -> Value:
    one = Value(1.0)
    v = x
    for _ in range(n):
        v = v + one
    return v


def ladder(x: Value, n: int) -> Value:
    v = x
    for _ in range(n // 2):
        v = v * v + v
    return v


def fan(x: Value, n: int) -> Value:
    """Add n//3 products of the same leaf pairwise, like the rounds of a tournament."""
    layer = [x * 1.0 for _ in range(n // 3)]
    while len(layer) > 1:
        layer = [a + b for a, b in zip(layer[::2], layer[1::2], strict=False)] + (
            [layer[-1]] if len(layer) % 2 else []
        )
    return layer[0]


#: Each with a number to begin with, and the slope; v*v + v stays where it is at v = 0, and there
#: its slope is 1.
SHAPES = [
    pytest.param(chain, 0.5, lambda n: 1.0, id="chain"),
    pytest.param(ladder, 0.0, lambda n: 1.0, id="ladder"),
    pytest.param(fan, 0.5, lambda n: float(n // 3), id="fan"),
]


@pytest.mark.parametrize(("shape", "start", "slope"), SHAPES)
def test_build_differentiate_and_free(
    shape: Callable[[Value, int], Value], start: float, slope: Callable[[int], float]
) -> None:
    def work() -> float:
        x = Value(start)
        y = shape(x, MANY)
        y.backward()
        y.backward()  # leaves accumulate, inner nodes do not
        del y
        return x.grad

    assert on_a_small_stack(work) == 2 * slope(MANY)


def test_third_operands_are_freed_without_recursion_too() -> None:
    mix = gg.custom_op("mix", lambda a, b, c: a + b + c, lambda y, a, b, c: (1.0, 1.0, 1.0))

    def work() -> float:
        x = Value(0.0)
        v = x
        for _ in range(N // 10):
            v = mix(x, x, v)
        v.backward()
        del v
        w = x
        for _ in range(N):
            w = Value(0.0, (x, x, w), "by hand")
        del w
        return x.grad

    assert on_a_small_stack(work) == 2 * (N // 10) + 1


def test_backward_searches_for_nodes_made_by_hand_while_there_are_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched: list[Any] = []
    monkeypatch.setattr("glassgrad.graph.refuse_opaque", searched.append)
    x = Value(1.0)
    (x * 2.0).backward()
    assert not searched
    by_hand = Value(1.0, (x, x, x), "by hand")
    by_hand.label = "labelled"
    (x * 2.0).backward()
    assert len(searched) == 1
    del by_hand
    (x * 2.0).backward()
    assert len(searched) == 1


def test_what_is_much_older_than_the_root_still_has_its_turn() -> None:
    """Between an operand and its result there may be more numbers than the waiting list spans."""
    a, b = Value(2.0), Value(3.0)
    old = a * b
    older_result = old * old
    if COMPILED:
        ones = [Value(1.0)] * 1_000_000
        for _ in range(36):
            gg.dot(ones, ones)
    else:
        machine.next_number = count(machine.next_number() + 2**26 + 5).__next__  # type: ignore[misc]
    middle = older_result + old
    assert middle._number - old._number > 2**26
    y = middle * old
    y.backward()  # (old² + old) · old
    assert (old.grad, a.grad, b.grad) == (3 * 36.0 + 2 * 6.0, 120 * 3.0, 120 * 2.0)


@pytest.mark.parametrize(("shape", "start", "slope"), SHAPES)
def test_deepcopy_and_pickle(
    shape: Callable[[Value, int], Value], start: float, slope: Callable[[int], float]
) -> None:
    def work() -> None:
        x = Value(start)
        y = shape(x, N)
        for copied in (copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))):
            other, result = copied((x, y))
            assert other is not x
            result.backward()
            assert other.grad == slope(N)
            assert x.grad == 0.0
            assert result.data == y.data

    on_a_small_stack(work)
