"""What the call of a traced function leaves in a graph: a node for it, and one for each result."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.engine import Call, gradient_so_far, restored, set_gradient
from glassgrad.errors import NoRuleError
from glassgrad.opcodes import CALLED, RESULT


class Product(Call):
    """The call of a function that returns (a * b, a + b), as compiled code would write it."""

    def seed(self, which: int, grad: float, number: int) -> None:
        arrived.setdefault(number, [0.0, 0.0])[which] += grad

    def hand_back(self, number: int) -> None:
        a, b = self.operands
        product, total = arrived.pop(number)
        for operand, slope in ((a, b._data), (b, a._data)):
            before = gradient_so_far(operand, number)
            set_gradient(operand, before + (product * slope + total), number)


arrived: dict[int, list[float]] = {}


def product_and_sum(a: Value, b: Value) -> list[Value]:
    called = restored(0.0, 0.0, 0, CALLED, 0, (a,), (0.0,), 0.0, Product((a, b), (0.0, 0.0)))
    return [
        restored(found, 0.0, 0, RESULT, 0, (called,), (0.0,), float(i), None)
        for i, found in enumerate((a._data * b._data, a._data + b._data))
    ]


def with_calls(pair: Callable[[Value, Value], list[Value]]) -> list[float]:
    x, y = Value(3.0), Value(-2.0)
    a, b = x * 2.0, y.tanh()
    p, s = pair(a, b)
    q, _ = pair(p, x)
    loss = q * s + a * p + y
    loss.backward()
    loss.backward()
    return [v.grad for v in (x, y, a, b, p, s)]


def test_gradients_pass_through_a_call() -> None:
    assert with_calls(product_and_sum) == with_calls(lambda a, b: [a * b, a + b])
    assert not arrived


def test_a_call_is_shown_and_copied() -> None:
    x, y = Value(3.0), Value(-2.0)
    p, s = product_and_sum(x, y)
    loss = p * s
    assert [v._op for v in loss._prev] == ["result", "result"]
    assert p._prev[0]._prev == (x, y)
    assert "called" in gg.draw(loss).svg()
    for twin in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
        assert twin.data == loss.data
        assert [v.data for v in twin._prev[0]._prev[0]._prev] == [3.0, -2.0]
        with pytest.raises(NoRuleError, match=r"copy of a call.*call it again"):
            twin.backward()
    with pytest.raises(NoRuleError):
        gg.replay(loss)
    called = restored(0.0, 0.0, 0, CALLED, 0, (x,), (0.0,), 0.0, Call((x,), (0.0,)))
    with pytest.raises(NoRuleError, match="no way back"):
        restored(1.0, 0.0, 0, RESULT, 0, (called,), (0.0,), 0.0, None).backward()
