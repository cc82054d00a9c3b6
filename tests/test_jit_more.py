"""What a jitted function must not get wrong in silence: each call is held against f itself."""

from __future__ import annotations

import enum
import functools
import math
from array import array
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value, nn, optim
from glassgrad.engine import here


def number(x: Any) -> Any:
    return x.data if type(x) is Value else x


def agree(f: Any, *calls: Any, **options: Any) -> Any:
    """See that calls of f, traced in the course of them, give what f itself gives."""
    traced = gg.jit(f, **options)
    for args in calls:
        assert number(traced(*args)) == number(f(*args)), args
    return traced


# ------------------------------------------------------------------- equality of plain numbers

EQUALITIES = {
    "number": lambda x: x * 5 if x == 1 else x,
    "reflected": lambda x: x * 5 if 1.0 == x else x,
    "made of numbers": lambda x: x * 5 if gg.exp(x - 1) * +x == 1 else x,
    "not": lambda x: x * 5 if x != 1 else x,
    "among": lambda x: x * 5 if x in (1, 2) else x,
    "place": lambda x: x * [0, 1, 2, 3].index(x),
    "lists": lambda x: x * 5 if [x, 1.0] == [1.0, 1.0] else x,
    "itself": lambda x: x * 5 if x == x + 0 else x,
    "where": lambda x: gg.where(x == 1, x * 5, x),
    "array": lambda x: gg.sum((np.array([0.0, 1.0, 2.0]) != x) * 2.0),
    "bool": lambda x: x * 5 if x == True else x,  # noqa: E712
    "no number": lambda x: x * 5 if x in (None, "1", 10**400) else x,
    "a Value of its own": lambda x: x * 5 if Value(3.0) == x else x,
    "slope": lambda x: x * 5 if gg.grad(lambda y: y * y)(x) == 2 else x,
}


@pytest.mark.parametrize("name", EQUALITIES)
def test_numbers_that_were_passed_in_are_equal_as_numbers(name: str) -> None:
    agree(EQUALITIES[name], (1.0,), (2.0,), (1,), (3.0,), (1.0,))


def test_equality_is_a_truth_and_needs_no_guard_in_where() -> None:
    traced = agree(lambda x, y: gg.where(x == y, x, -y), (1.0, 2.0), (2.0, 2.0), (0.0, -0.0))
    assert traced.stats.variants == 1


def test_values_are_equal_only_to_themselves_as_ever() -> None:
    w = Value(1.0)
    same: list[Any] = [
        lambda a, b: a * 2 if a == b else a, lambda a, b: a * 2 if a == 1.0 else a,
        lambda a, b: a * 2 if a * b == 1.0 else a, lambda a, b: a * 2 if w == 1.0 else a,
        lambda a, b: a * 2 if a in {w, a} else a, lambda a, b: a * 2 if a != a else a,
        lambda a, b: a * 2 if 1.0 * w == 1.0 else a,
    ]  # fmt: skip
    for f in same:
        agree(f, (Value(1.0), Value(1.0)), (Value(1.0), 1.0))
    slope = gg.grad(lambda x: x * 3 if x == 0 else x * 5)  # for which x is a Value
    assert gg.jit(slope)(0.0) == slope(0.0) == 5.0


def test_looking_up_a_number_is_refused_and_a_value_is_a_key() -> None:
    w = Value(2.0)
    for f in (lambda x: x in {1, 2}, lambda x: {1: 5.0}.get(x, 7.0)):
        with pytest.raises(gg.TraceError, match=r"test_jit_more.py.*list.*static_argnums"):
            gg.jit(f)(1.0)
    assert gg.jit(lambda x: {w: 5.0}[w] * x)(2.0).data == 10.0


# ---------------------------------------------------------------- what is refused in a trace


def test_steps_and_zeroing_are_refused_and_change_nothing() -> None:
    model = nn.Linear(1, 1)
    weights = model.parameters()
    kinds = (optim.SGD, optim.Adam, optim.AdamW, optim.RMSProp)
    does: list[Any] = [kind(weights, lr=0.1).step for kind in kinds]
    does += [optim.SGD(weights, lr=0.1).zero_grad, model.zero_grad, weights[0].detach().backward]
    does += [lambda: optim.clip_norm(weights, 1e9), lambda: optim.clip_value(weights, 1e9)]
    for p in weights:
        p.grad = 1.0
    before = [p.data for p in weights]
    for do in does:
        with pytest.raises(gg.TraceError, match=r"test_jit_more.py, line .*outside"):
            gg.jit(lambda x, do=do: [do(), model([x])])(1.0)
        if hasattr(do, "__self__") and isinstance(do.__self__, optim.Optimizer):
            assert do.__self__.steps == 0
    assert ([p.data for p in weights], [p.grad for p in weights]) == (before, [1.0, 1.0])


def test_catching_the_refusal_does_not_help() -> None:
    def f(x: Any) -> Any:
        try:
            n = int(x)
        except TypeError:
            n = 3
        except gg.TraceError:
            n = 4
        return x * n

    for _ in range(2):
        with pytest.raises(gg.TraceError, match="makes an int"):
            gg.jit(f)(2.0)
    assert gg.jit(lambda x: x * 2)(1.0).data == 2.0
    assert here.tracing == 0


# ---------------------------------------------------------------- what goes in and comes out


class Size(enum.IntEnum):
    SMALL = 0
    LARGE = 1


def test_arguments_that_are_no_numbers_are_what_they_are() -> None:
    agree(lambda x, size: x if size is Size.SMALL else -x, (1.0, Size.SMALL), (1.0, Size.LARGE))
    masks = [np.array([True, False, True]), np.array([False, False, True])]
    agree(lambda xs, mask: gg.sum(xs[mask]), *((np.arange(3.0), m) for m in masks))
    agree(lambda x, words: x * len(words[0]), (2.0, np.array(["abc"])), (2.0, np.array(["b"])))
    ordered = OrderedDict(a=1.0, b=2.0)
    agree(lambda d: d["a"] - d.popitem(last=False)[1] * 3 + d["b"], (ordered.copy(),))
    agree(lambda d: d["a"] + d["none"], (defaultdict(lambda: 5.0, a=1.0),), (Counter(a=2),))
    boxed = np.array(Value(3.0), dtype=object)
    agree(lambda v: v * 2 if np.ndim(v) == 0 else v, (boxed,), (Value(4.0),), (boxed,))


def test_keywords_in_another_order() -> None:
    traced = gg.jit(lambda **k: k["a"] - 2 * k["b"])
    assert (traced(a=1.0, b=2.0).data, traced(b=2.0, a=1.0).data) == (-3.0, -3.0)


def test_static_numbers_are_told_apart_by_type_and_bits() -> None:
    kinds = gg.jit(lambda x, t: x * (2 if t[0] is True else 3), static_argnums=1)
    assert [kinds(1.0, (t,)).data for t in (True, 1, 1.0, True)] == [2.0, 3.0, 3.0, 2.0]
    assert kinds.stats.programs == 3
    inverse = gg.jit(lambda x, n: x / Value(n), static_argnums=1)
    assert [inverse(1.0, n).data for n in (0.0, -0.0, 0.0)] == [math.inf, -math.inf, math.inf]
    for _ in range(3):
        assert math.isnan(inverse(1.0, float("nan")).data)
    assert inverse.stats.programs == 3
    with pytest.raises(gg.TraceError, match="can be hashed"):
        inverse(1.0, [2])


def test_what_cannot_be_followed_is_refused() -> None:
    holds_itself: list[Any] = []
    holds_itself.append(holds_itself)
    deep = functools.reduce(lambda nest, _: [nest], range(100_000), [])
    for nest in (holds_itself, deep):
        with pytest.raises(gg.TraceError, match="100 deep"):
            gg.jit(lambda x: 1.0)(nest)
        with pytest.raises(gg.TraceError, match="100 deep"):
            gg.jit(lambda x, nest=nest: nest)(1.0)
    for holder in ((i * 1.0 for i in range(3)), {1.0}, deque([1.0]), array("d", [1.0])):
        with pytest.raises(gg.TraceError, match=r"whose numbers.*pass a list"):
            gg.jit(gg.sum)(holder)
    for f in (lambda x: (x * i for i in range(3)), lambda x: deque([x])):
        with pytest.raises(gg.TraceError, match="return a list"):
            gg.jit(f)(1.0)

    class Pair:
        def __init__(self, x: Any) -> None:
            self.x = x

    with pytest.raises(gg.TraceError, match="a Pair that holds Values"):
        gg.jit(Pair)(1.0)


def test_functions_that_run_bit_by_bit_are_refused() -> None:
    def generator(x: Any) -> Any:
        yield x

    async def coroutine(x: Any) -> Any:
        return x

    for f in (generator, coroutine):
        with pytest.raises(TypeError, match=f"{f.__name__} runs bit by bit.*return a list"):
            gg.jit(f)


def test_results_that_are_truths_keep_their_kind() -> None:
    found = gg.jit(lambda x: (np.array([x > 1, x > 3]), np.array([True, False]), x == 2))(2.0)
    assert [v.dtype for v in found[:2]] == [bool, bool]
    assert (found[0].tolist(), found[1].tolist(), found[2]) == ([True, False], [True, False], True)
