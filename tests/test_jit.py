"""gg.jit against the same functions run as they are, bit for bit."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import random
import struct
import threading
import warnings
import weakref
from typing import Any, NamedTuple

import numpy as np
import pytest

import battery
import glassgrad as gg
from glassgrad import Value, losses, nn, optim


def bits(x: float) -> bytes:
    """Tell two numbers apart by their bits; all nans are one."""
    return b"nan" if math.isnan(x) else struct.pack("<d", x)


def readme(a: Any, b: Any) -> Any:
    """The expression of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def both(f: Any, numbers: list[float], **options: Any) -> tuple[list[bytes], list[bytes]]:
    """Run f eagerly and traced (twice: to trace, and with other numbers before), with gradients."""
    found = []
    traced = gg.jit(f, **options)
    traced(*[Value(0.5 * x + 0.1) for x in numbers])
    for function in (f, traced):
        inputs = [Value(x) for x in numbers]
        outputs = function(*inputs)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        gg.sum(outputs).backward()
        found.append([bits(v.data) for v in (*outputs, *inputs)] + [bits(v.grad) for v in inputs])
    return found[0], found[1]


def test_the_readme_of_micrograd() -> None:
    a, b = Value(-4.0), Value(2.0)
    g = gg.jit(readme)(a, b)
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


@pytest.mark.parametrize("exact", [True, False])
def test_numbers_in_numbers_out_of_a_transform(exact: bool) -> None:
    f = gg.jit(gg.value_and_grad(readme, argnums=(0, 1)), exact=exact)
    for a, b in [(-4.0, 2.0), (3, 1.5), (0.1, -7)]:
        assert f(a, b) == gg.value_and_grad(readme, argnums=(0, 1))(a, b)
    assert f.stats.programs == 1
    assert all(type(x) is float for x in (f(1.0, 2.0)[0], *f(1.0, 2.0)[1]))


def test_a_network_with_the_loop_over_examples() -> None:
    random.seed(4)
    model = nn.MLP(3, [4, 4, 1])
    xs = [[random.gauss(0, 1) for _ in range(3)] for _ in range(10)]
    ys = [random.choice([-1.0, 1.0]) for _ in xs]

    def loss(xs: Any, ys: Any) -> Value:
        scores = [model(x) for x in xs]
        pairs = zip(ys, scores, strict=True)
        hinge = gg.sum((1 + -y * s).relu() for y, s in pairs) * (1 / len(scores))
        return hinge + 1e-4 * gg.sum(p * p for p in model.parameters())

    traced = gg.jit(loss, exact=True)
    opt = optim.SGD(model.parameters(), lr=0.05)
    for _ in range(5):
        eager = loss(xs, ys)
        model.zero_grad()
        eager.backward()
        expected = [bits(p.grad) for p in model.parameters()]
        found = traced(xs, ys)
        model.zero_grad()
        found.backward()
        assert bits(found.data) == bits(eager.data)
        assert [bits(p.grad) for p in model.parameters()] == expected
        opt.step()
    assert traced.stats.programs == 1


def test_the_default_differs_by_rounding_at_most() -> None:
    random.seed(5)
    model = nn.MLP(3, [8, 8, 2], activation="tanh")
    xs = [[random.gauss(0, 1) for _ in range(3)] for _ in range(20)]

    def loss(xs: Any) -> Value:
        return gg.mean([losses.mse(model(x), [0.5, -0.5]) for x in xs])

    eager = loss(xs)
    eager.backward()
    expected = [p.grad for p in model.parameters()]
    model.zero_grad()
    traced = gg.jit(loss)(xs)
    traced.backward()
    scale = max(map(abs, expected))
    assert traced.data == pytest.approx(eager.data, rel=1e-12)
    assert [p.grad for p in model.parameters()] == pytest.approx(expected, abs=1e-12 * scale)


class Point(NamedTuple):
    x: Any
    y: Any


def test_nests_of_all_kinds() -> None:
    def f(point: Any, more: Any, array: Any, *, scale: Any) -> Any:
        total = point.x * point.y + more["a"] * more["b"][0] - more["b"][1]
        rows = [gg.sum(row) for row in array]
        return {"total": total * scale, "rows": rows, "same": (array, 3.0)}

    table = np.arange(6.0).reshape(2, 3)
    args = (Point(1.5, 2), {"a": np.float64(0.5), "b": (3, Value(4.0))}, table)
    traced = gg.jit(f)
    for _ in range(2):
        found = traced(*args, scale=2)
        assert found["total"].data == 2 * (1.5 * 2 + 0.5 * 3 - 4.0)
        assert [v.data for v in found["rows"]] == [3.0, 12.0]
        assert found["same"][0].shape == (2, 3)
        assert found["same"][1].data == 3.0
        assert type(found["same"][1]) is Value
    assert traced.stats.programs == 1
    found = traced(*args, scale=3)
    assert found["total"].data == 3 * 0.5


def test_what_is_static_makes_a_program_of_its_own() -> None:
    def f(x: Any, how: str, negative: bool = False, extra: Any = None) -> Any:
        y = x.tanh() if how == "tanh" else x.relu()
        return -y if negative else y

    traced = gg.jit(f)
    assert traced(0.5, "tanh").data == math.tanh(0.5)
    assert traced(0.5, "relu").data == 0.5
    assert traced(0.5, "relu", True).data == -0.5
    assert traced(0.5, "relu", negative=False).data == 0.5
    assert traced(0.25, "tanh").data == math.tanh(0.25)
    assert traced.stats.programs == 4


def test_static_argnums() -> None:
    power = gg.jit(lambda x, n: gg.sum([x] * n), static_argnums=1)
    assert power(2.0, 3).data == 6.0
    assert power(2.0, 4).data == 8.0
    assert power(5.0, 3).data == 15.0
    assert power.stats.programs == 2
    with pytest.raises(gg.TraceError, match=r"test_jit.py.*static_argnums"):
        gg.jit(lambda x, n: [x * i for i in range(n)])(2.0, 3)


def test_numbers_are_inputs_and_not_baked_in() -> None:
    f = gg.jit(lambda a, b: a * 2 + b)
    found = [f(a, b).data for a, b in [(1, 2), (2.5, 1), (np.float32(0.5), 3)]]
    assert found == [4.0, 6.0, 4.0]
    assert f.stats.programs == 1


def test_parameters_are_read_anew_at_every_call() -> None:
    w = Value(2.0)
    f = gg.jit(lambda x: w * x)
    assert f(3.0).data == 6.0
    w.data = 5.0
    y = f(3.0)
    w.data = 100.0  # the recorded numbers are those of the call
    y.backward()
    assert y.data == 15.0
    assert w.grad == 3.0


def test_an_inner_node_from_outside_hands_its_gradient_on() -> None:
    a = Value(2.0)
    inner = a.tanh()
    f = gg.jit(lambda x: inner * x)
    y = f(3.0) * 2
    y.backward()
    assert a.grad == pytest.approx(6.0 * (1 - math.tanh(2.0) ** 2))


def test_live_results_have_numbers_of_their_own() -> None:
    w = Value(1.5)
    f = gg.jit(lambda x: (w * x).tanh(), exact=True)
    results = []
    for function in (f, lambda x: (w * x).tanh()):
        w.grad = 0.0
        total = function(1.0) + function(2.0)
        total += function(3.0) * function(0.1)
        total.backward()
        results.append((total.data, w.grad))
    assert results[0] == results[1]


def test_backward_twice_accumulates_in_leaves_as_ever() -> None:
    w = Value(1.5)
    y = gg.jit(lambda x: w * w * x)(2.0)
    y.backward()
    y.backward()
    assert w.grad == 2 * 2 * 1.5 * 2.0


def test_several_results_and_only_some_of_them_differentiated() -> None:
    def f(x: Any) -> Any:
        h = x.log()
        return h, x * h, 1 / (x - 1.0)

    traced = gg.jit(f, exact=True)
    for start in (2.0, 1.0):  # at 1 the last has an infinite slope, which must not get through
        x, x2 = Value(start), Value(start)
        (f(x)[0] * 3 + f(x)[1]).backward()
        h = traced(x2)[0]
        (h * 3 + traced(x2)[1]).backward()
        assert x.grad == x2.grad


def test_one_value_twice_among_the_arguments() -> None:
    def f(a: Any, b: Any) -> Any:
        return a * b + a.tanh()

    for exact in (True, False):
        w = Value(0.7)
        traced = gg.jit(f, exact=exact)
        traced(Value(1.0), Value(2.0)).backward()
        traced(w, w).backward()
        assert w.grad == pytest.approx(2 * 0.7 + 1 - math.tanh(0.7) ** 2)


def test_an_argument_that_is_also_read_from_outside() -> None:
    w = Value(3.0)
    f = gg.jit(lambda x: w * x)
    f(w).backward()
    assert w.grad == 6.0
    w.grad = 0.0
    x = Value(5.0)
    f(x).backward()
    assert (w.grad, x.grad) == (5.0, 3.0)


def test_branches_are_guarded() -> None:
    def f(x: Any) -> Any:
        if x > 1.0:
            return x * x
        return -x if x < 0 else x.exp()

    traced = gg.jit(f)
    for number in (2.0, -1.0, 0.5, 3.0, -2.0, 0.25, math.nan):
        x, x2 = Value(number), Value(number)
        y, y2 = f(x), traced(x2)
        y.backward()
        y2.backward()
        assert bits(y.data) == bits(y2.data)
        assert bits(x.grad) == bits(x2.grad)
    assert traced.stats.variants == 3


def test_max_sorted_and_truth_make_guards() -> None:
    traced = gg.jit(lambda a, b, c: max(a, b, c) * 2 + sorted([a, b, c])[0] + (1 if a else 5))
    for numbers in [(1.0, 2.0, 3.0), (3.0, 1.0, 2.0), (0.0, -1.0, 4.0)]:
        expected = 2 * max(numbers) + min(numbers) + (1 if numbers[0] else 5)
        assert traced(*numbers).data == expected


def test_after_eight_variants_it_runs_as_it_is() -> None:
    def f(x: Any) -> Any:
        n = 0
        while x > n:
            n += 1
        return x * n

    traced = gg.jit(f)
    for i in range(8):
        assert traced(i - 0.5).data == (i - 0.5) * i
    with pytest.warns(gg.TraceWarning, match=r"gg\.where"):
        assert traced(8.5).data == 8.5 * 9
    assert type(traced(20.5)) is Value


def test_where_chooses_without_a_guard() -> None:
    traced = gg.jit(lambda x, y: gg.where((x > y) & (x < 10), x * 2, y.exp()), exact=True)
    for a, b in [(2.0, 1.0), (1.0, 2.0), (11.0, 1.0)]:
        x, y = Value(a), Value(b)
        traced(x, y).backward()
        taken = b < a < 10
        assert (x.grad, y.grad) == ((2.0, 0.0) if taken else (0.0, math.exp(b)))
    assert traced.stats.variants == 1


FACTOR = 2.0


def test_numbers_around_the_function_are_checked_at_every_call() -> None:
    global FACTOR
    rate = 3.0

    def f(x: Any) -> Any:
        return x * FACTOR + rate

    traced = gg.jit(f)
    FACTOR = 2.0
    assert traced(1.0).data == 5.0
    FACTOR = 4.0
    assert traced(1.0).data == 7.0
    rate = 1.0
    assert traced(1.0).data == 5.0
    FACTOR = 2.0
    assert traced(1.0).data == 3.0


def test_a_number_that_changes_at_every_call_is_named() -> None:
    traced = gg.jit(lambda x: x * FACTOR)

    def at(factor: float) -> float:
        global FACTOR
        FACTOR = factor
        return traced(2.0).data

    assert [at(float(i)) for i in range(32)] == [2.0 * i for i in range(32)]
    with pytest.warns(gg.TraceWarning, match="FACTOR"):
        assert at(32.0) == 64.0
    assert traced.stats.programs <= 32


def test_check_finds_what_changed_elsewhere() -> None:
    settings = {"scale": 2.0}
    f = gg.jit(lambda x: x * settings["scale"], check=True)
    assert f(1.0).data == 2.0
    settings["scale"] = 3.0
    with pytest.raises(gg.TraceError, match="pass that as an argument"):
        f(1.0)


def test_composes_with_every_transform_in_both_orders() -> None:
    def f(a: Any, b: Any) -> Any:
        return (a * b).tanh() + a**3 / b

    inside, at = gg.jit(f), (0.5, -1.25)
    for transform in (
        lambda g: gg.grad(g), lambda g: gg.value_and_grad(g, argnums=(0, 1)),
        lambda g: gg.jacobian(g), lambda g: gg.hessian(g), lambda g: gg.grad(gg.grad(g)),
    ):  # fmt: skip
        expected = transform(f)(*at)
        assert transform(inside)(*at) == expected
        outside = gg.jit(transform(f), exact=True)
        outside(1.0, 2.0)
        assert outside(*at) == expected
    assert gg.jvp(inside, at, (1.0, 2.0)) == gg.jvp(f, at, (1.0, 2.0))
    expected = gg.hvp(lambda x: f(x, 2.0), (0.5,), (1.0,))
    assert gg.hvp(lambda x: inside(x, 2.0), (0.5,), (1.0,)) == expected


def test_a_result_of_jit_of_a_transform_of_values_can_be_differentiated() -> None:
    slope = gg.jit(gg.grad(lambda x: x**4))
    x = Value(2.0)
    found = slope(x)
    found.backward()
    assert (found.data, x.grad) == (32.0, 48.0)


def test_no_grad_and_anomaly() -> None:
    w = Value(-1.0, label="w")
    f = gg.jit(lambda x: (w * x).log())
    with gg.no_grad():
        assert f(-2.0)._prev == ()
    assert f(-2.0)._prev != ()
    with gg.detect_anomaly(), pytest.raises(gg.NonFiniteError, match="log"):
        f(2.0)
    assert math.isnan(f(2.0).data)


def test_jit_within_jit_is_inlined() -> None:
    inner = gg.jit(lambda x: x.exp())
    outer = gg.jit(lambda x: inner(x) * inner(2 * x))
    assert outer(0.5).data == math.exp(0.5) * math.exp(1.0)
    assert outer.stats.callbacks == 0


def test_operations_of_ones_own() -> None:
    cube = gg.custom_op("cube", lambda x: x**3, lambda y, x: (3 * x**2,))
    opaque = gg.custom_op("halve", lambda x: float(repr(x)) / 2, lambda y, x: (0.5,))
    for op in (cube, opaque):
        expected, found = both(lambda a, b, op=op: op(a * b) + op(a), [1.5, -0.5], exact=True)
        assert found == expected
        callbacks = gg.jit(lambda a, op=op: op(a))
        callbacks(Value(2.0))
        assert callbacks.stats.callbacks == 1
    inlined = gg.jit(gg.value_and_grad(lambda a: cube(a) * 2))
    assert inlined(3.0) == (54.0, 54.0)
    assert inlined.stats.callbacks == 0


def test_float32_on_request() -> None:
    f = gg.jit(lambda a, b: a * b + a.exp(), dtype="float32")
    a = Value(0.1)
    y = f(a, 0.3)
    y.backward()
    x, z = np.float32(0.1), np.float32(0.3)
    assert y.data == pytest.approx(float(x * z + np.exp(x)), rel=2e-7)
    assert y.data != 0.1 * 0.3 + math.exp(0.1)
    assert a.grad == pytest.approx(float(z + np.exp(x)), rel=2e-7)


def test_methods_modules_and_decorators() -> None:
    class Model:
        def __init__(self) -> None:
            self.w = Value(2.0)

        @gg.jit
        def loss(self, x: Any) -> Any:
            """Compute it."""
            return self.w * x

        @gg.jit(exact=True)
        def other(self, x: Any) -> Any:
            return self.w + x

    one, two = Model(), Model()
    two.w.data = 10.0
    assert (one.loss(3.0).data, two.loss(3.0).data, one.other(1.0).data) == (6.0, 30.0, 3.0)
    assert Model.loss.__doc__ == "Compute it."
    neuron = nn.Neuron(2)
    assert gg.jit(neuron)([1.0, 2.0]).data == neuron([1.0, 2.0]).data


@gg.jit
def of_the_module(x: Any) -> Any:
    return x * 3


def plain_of_the_module(x: Any) -> Any:
    return x * 5


def test_pickle_and_deepcopy() -> None:
    of_the_module(1.0)
    assert pickle.loads(pickle.dumps(of_the_module)) is of_the_module
    made = gg.jit(plain_of_the_module, exact=True)
    made(1.0)
    again = pickle.loads(pickle.dumps(made))
    assert again(2.0).data == 10.0
    assert again.exact
    model = nn.MLP(2, [3, 1])
    traced = gg.jit(model)
    traced([1.0, 2.0])
    twin = copy.deepcopy(traced)
    twin.f.parameters()[0].data += 1.0
    assert twin([1.0, 2.0]).data == twin.f([1.0, 2.0]).data
    assert traced([1.0, 2.0]).data == model([1.0, 2.0]).data


def test_results_hold_numbers_and_not_the_function() -> None:
    class Noted:
        pass

    def make() -> tuple[Value, Any]:
        noted, w = Noted(), Value(2.0)
        return gg.jit(lambda x: w * x if noted else x)(3.0), weakref.ref(noted)

    result, gone = make()
    gc.collect()
    assert gone() is None
    result.backward()
    assert result.data == 6.0


def test_no_memory_is_lost() -> None:
    import sys

    w = Value(2.0)
    f = gg.jit(lambda x: (w * x).tanh() + w)
    f(1.0).backward()
    gc.collect()
    before = sys.getrefcount(w)
    for _ in range(50):
        y = f(1.0) + f(2.0)
        y.backward()
    del y
    assert sys.getrefcount(w) == before


def test_threads_may_call_at_once() -> None:
    w = Value(3.0)
    f = gg.jit(lambda x: gg.sum((w * x).tanh() for _ in range(50)))
    expected = {x: f(x).data for x in (0.1, 0.2, 0.3, 0.4)}
    wrong: list[Any] = []

    def work(x: float) -> None:
        for _ in range(200):
            y = f(x)
            if y.data != expected[x]:
                wrong.append((x, y.data))
            y.backward()

    threads = [threading.Thread(target=work, args=(x,)) for x in expected]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
    share = sum(200 * 50 * x * (1 - math.tanh(3 * x) ** 2) for x in expected)
    assert w.grad == pytest.approx(share, rel=1e-9)


def test_the_caches_are_bounded() -> None:
    f = gg.jit(lambda xs: gg.sum(xs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gg.TraceWarning)
        for n in range(1, 50):
            assert f([1.0] * n).data == n
        assert f.stats.programs == 32
        steps = gg.jit(lambda x, n: x if x > n else x - 1 if x > n - 1 else x - 2, static_argnums=1)
        for n in range(20):
            assert [steps(n + d, n).data for d in (0.5, -0.5, -1.5)] == [n + 0.5, n - 1.5, n - 3.5]
    assert steps.stats.variants == 3
    assert 30 <= steps.stats.programs <= 32


def test_an_error_of_the_function_is_its_own() -> None:
    def f(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        gg.jit(f)(1.0)
    assert Value(1.0).data == 1.0  # no trace is left behind
    for wrong, words in [(3, "function"), (None, None)]:
        if words:
            with pytest.raises(TypeError, match=words):
                gg.jit(wrong)
    with pytest.raises(ValueError, match="float64"):
        gg.jit(f, dtype="half")
    with pytest.raises(TypeError, match="static_argnums"):
        gg.jit(f, static_argnums="x")
    with pytest.raises(gg.TraceError, match="not been called"):
        _ = gg.jit(f).tape


def program(seed: int, length: int) -> Any:
    """Make a function that performs a random program, the same at every call."""

    def f(*inputs: Any) -> Any:
        draw = random.Random(seed)
        values = list(inputs)
        for _ in range(length):
            if draw.random() < 0.05:
                a, b, c, d = (draw.choice(values) for _ in range(4))
                values.append(gg.where(a < b, c, d) if draw.random() < 0.5 else c)
                if draw.random() < 0.5 and a <= b:
                    values.append(-values[-1])
            else:
                values.append(battery.node(draw, values))
        return values[-1], gg.sum(values[-4:])

    return f


@pytest.mark.parametrize("block", range(20))
def test_random_programs_have_the_bits_of_the_eager_engine(block: int) -> None:
    for seed in range(100 * block, 100 * block + 100):
        draw = random.Random(-seed - 1)
        numbers = [battery.number(draw) for _ in range(4)]
        expected, found = both(program(seed, 24), numbers, exact=True)
        assert found == expected, seed


def test_random_programs_of_transforms() -> None:
    for seed in range(100):
        draw = random.Random(-seed - 1)
        numbers = [battery.number(draw) for _ in range(4)]
        random_one = program(seed, 12)
        f = gg.value_and_grad(lambda *xs, g=random_one: g(*xs)[1], argnums=(0, 1, 2, 3))
        traced = gg.jit(f, exact=True)
        traced(*[0.5 * x + 0.1 for x in numbers])
        (y, slopes), (y2, slopes2) = f(*numbers), traced(*numbers)
        assert [bits(x) for x in (y, *slopes)] == [bits(x) for x in (y2, *slopes2)], seed
