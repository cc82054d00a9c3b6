"""A million nodes, deep or wide: no recursion anywhere, on a thread with a small stack."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from glassgrad import Value

N = 1_000_000
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
        v = (v + v) * 0.5
    return v


def fan(x: Value, n: int) -> Value:
    """Add n//3 products of the same leaf pairwise, like the rounds of a tournament."""
    layer = [x * 1.0 for _ in range(n // 3)]
    while len(layer) > 1:
        layer = [a + b for a, b in zip(layer[::2], layer[1::2], strict=False)] + (
            [layer[-1]] if len(layer) % 2 else []
        )
    return layer[0]


SHAPES = [pytest.param(chain, 1.0, id="chain"), pytest.param(ladder, 1.0, id="ladder"),
          pytest.param(fan, N // 3, id="fan")]  # fmt: skip


@pytest.mark.parametrize(("shape", "slope"), SHAPES)
def test_build_differentiate_and_free(shape: Callable[[Value, int], Value], slope: float) -> None:
    def work() -> float:
        x = Value(0.5)
        y = shape(x, N)
        y.backward()
        y.backward()  # leaves accumulate, inner nodes do not
        del y
        return x.grad

    assert on_a_small_stack(work) == 2 * slope


@pytest.mark.parametrize(("shape", "slope"), SHAPES)
def test_deepcopy_and_pickle(shape: Callable[[Value, int], Value], slope: float) -> None:
    def work() -> None:
        x = Value(0.5)
        y = shape(x, N)
        for copied in (copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))):
            other, result = copied((x, y))
            assert other is not x
            result.backward()
            assert other.grad == slope
            assert x.grad == 0.0
            assert result.data == y.data

    on_a_small_stack(work)


def test_nodes_are_freed_at_once_without_the_collector() -> None:
    gc.disable()
    try:
        before = sum(type(o) is Value for o in gc.get_objects())
        x = Value(0.5)
        for _ in range(3):
            y = chain(x, 1000) * ladder(x, 1000)
            y.backward()
        del y, x
        assert sum(type(o) is Value for o in gc.get_objects()) == before
    finally:
        gc.enable()
