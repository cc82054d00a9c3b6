"""Optimizers, schedules and clipping against PyTorch, step by step."""

from __future__ import annotations

import copy
import itertools
import json
import math
import pickle
import random
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from glassgrad import Value, optim
from glassgrad.optim import moments, updates

STEPS = 50
XS = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
YS = [1.0, -1.0, -1.0, 1.0]
#: Three weights, a bias, and a parameter that no gradient reaches.
START = [0.4, -0.3, 0.2, 0.1, 0.7]

METHODS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "sgd": ("SGD", "SGD", {"lr": 0.05}),
    "sgd decay": ("SGD", "SGD", {"lr": 0.05, "weight_decay": 0.1}),
    "momentum": ("SGD", "SGD", {"lr": 0.05, "momentum": 0.9}),
    "momentum decay": ("SGD", "SGD", {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.1}),
    "nesterov": ("SGD", "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "nesterov decay": (
        "SGD", "SGD", {"lr": 0.02, "momentum": 0.7, "nesterov": True, "weight_decay": 0.3},
    ),
    "adam": ("Adam", "Adam", {}),
    "adam fast": ("Adam", "Adam", {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3}),
    "adam short": ("Adam", "Adam", {"lr": 0.01, "betas": (0.3, 0.5)}),
    "adam without": ("Adam", "Adam", {"lr": 0.01, "betas": (0.0, 0.0)}),
    "adam decay": ("Adam", "Adam", {"lr": 0.05, "weight_decay": 0.1}),
    "adamw": ("AdamW", "AdamW", {"lr": 0.05}),
    "adamw decay": ("AdamW", "AdamW", {"lr": 0.05, "weight_decay": 0.3}),
    "rmsprop": ("RMSProp", "RMSprop", {}),
    "rmsprop fast": ("RMSProp", "RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-3}),
    "rmsprop momentum": ("RMSProp", "RMSprop", {"lr": 0.005, "momentum": 0.9}),
}  # fmt: skip


def our_loss(w: list[Value]) -> Any:
    return sum(
        ((w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3]).tanh() - y) ** 2
        for x, y in zip(XS, YS, strict=True)
    )


def their_loss(w: Any, torch: Any) -> Any:
    xs, ys = (torch.tensor(data, dtype=torch.float64) for data in (XS, YS))
    return (((xs @ w[:3] + w[3]).tanh() - ys) ** 2).sum()


def their_start(torch: Any) -> Any:
    return torch.tensor(START, dtype=torch.float64, requires_grad=True)


def descend(opt: optim.Optimizer, steps: int, rate: Callable[[int], float] | None = None) -> None:
    for _ in range(steps):
        opt.zero_grad()
        our_loss(opt.params).backward()
        if rate is not None:
            opt.lr = rate(opt.steps)
        opt.step()


def numbers(opt: optim.Optimizer) -> list[float]:
    return [p.data for p in opt.params]


def agree(ours: list[float], theirs: list[float]) -> None:
    assert ours == pytest.approx(theirs, rel=0.0, abs=1e-10)


@pytest.mark.parametrize("name", METHODS)
def test_follows_pytorch(name: str, torch: Any) -> None:
    our_name, their_name, settings = METHODS[name]
    w = their_start(torch)
    ours = getattr(optim, our_name)([Value(x) for x in START], **settings)
    theirs = getattr(torch.optim, their_name)([w], **settings)
    for _ in range(STEPS):
        descend(ours, 1)
        theirs.zero_grad()
        their_loss(w, torch).backward()
        theirs.step()
        agree(numbers(ours), w.tolist())
    assert ours.steps == STEPS
    moved = [abs(a - b) for a, b in zip(numbers(ours), START, strict=True)]
    assert min(moved[:4]) > 1e-3
    assert (moved[4] > 1e-3) == (settings.get("weight_decay", our_name == "AdamW") != 0.0)


@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop"])
def test_what_is_not_finite_passes_as_in_pytorch(name: str, torch: Any) -> None:
    """And a division by 0 too: where eps is 0 and no gradient came yet."""
    our_name, their_name, settings = METHODS[name]
    grads = [math.inf, -math.inf, math.nan, 0.0, 1e200]
    w = their_start(torch)
    more = {} if name == "sgd" else {"eps": 0.0}
    ours = getattr(optim, our_name)([Value(x) for x in START], **settings, **more)
    theirs = getattr(torch.optim, their_name)([w], **settings, **more)
    for _ in range(2):
        w.grad = torch.tensor(grads, dtype=torch.float64)
        for p, grad in zip(ours.params, grads, strict=True):
            p.grad = grad
        ours.step()
        theirs.step()
        assert numbers(ours) == pytest.approx(w.tolist(), rel=1e-12, abs=0.0, nan_ok=True)


@pytest.mark.parametrize("settings", [{}, {"betas": (0.3, 0.5)}, {"weight_decay": 0.1}])
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_many_parameters_step_like_each_alone(name: str, settings: dict[str, Any]) -> None:
    """Several are computed at once, in blocks, of which the last is not full: the same bits."""
    draw = random.Random(5).uniform
    starts = [math.ldexp(draw(-1.0, 1.0), k % 40 - 20) for k in range(337)]
    method = getattr(optim, name)
    together = method([Value(x) for x in starts], lr=0.1, **settings)
    alone = [method([Value(x)], lr=0.1, **settings) for x in starts]
    for _ in range(3):
        for p, single in zip(together.params, alone, strict=True):
            p.grad = single.params[0].grad = draw(-1.0, 1.0) * p.data
            single.step()
        together.step()
    assert numbers(together) == [single.params[0].data for single in alone]
    assert list(together.average) == [single.average[0] for single in alone]
    assert list(together.average_square) == [single.average_square[0] for single in alone]


@pytest.mark.parametrize("decoupled", [False, True])
def test_adam_computes_the_bits_of_python(decoupled: bool) -> None:
    """With averages that are given, zero, tiny, and not finite."""
    special = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1e200, -1.5, 0.3]
    rows = list(itertools.product(special, special, [0.0, 5e-324, 0.7, math.inf, math.nan]))
    decay, shrink = (0.0, 0.9) if decoupled else (0.1, 1.0)
    for beta1, beta2, eps in [(0.9, 0.999, 1e-8), (0.2, 0.3, 0.0)]:
        found = []
        for compiled in (True, False):
            grads = array("d", [grad for grad, _, _ in rows])
            state = [array("d", [x for _, x, _ in rows]), array("d", [x / 3 for _, x, _ in rows]),
                     array("d", [square for _, _, square in rows])]  # fmt: skip
            settings = (0.01, 0.3, beta1, beta2, eps, decay, shrink)
            if compiled:
                updates.adam(state[0], grads, *state[1:], *settings)
            else:
                moments.step(state[0], grads, *state[1:], len(rows), *settings)
            found.append([x for numbers in state for x in numbers])
        assert list(map(repr, found[0])) == list(map(repr, found[1]))


def test_averages_that_are_too_few() -> None:
    opt = optim.Adam([Value(1.0), Value(2.0)])
    opt.params.append(Value(3.0))
    with pytest.raises(IndexError):
        opt.step()


def test_zero_grad() -> None:
    w = [Value(x) for x in START]
    opt = optim.SGD(w, lr=0.1)
    our_loss(w).backward()
    assert all(p.grad != 0.0 for p in w[:4])
    opt.zero_grad()
    assert [p.grad for p in w] == [0.0] * 5
    assert [p._mark for p in w] == [0] * 5
    assert numbers(opt) == START


# ---------------------------------------------------------------------------- saved states


@pytest.mark.parametrize("name", METHODS)
def test_goes_on_from_a_saved_state(name: str) -> None:
    our_name, _, settings = METHODS[name]
    method = getattr(optim, our_name)
    whole = method([Value(x) for x in START], **settings)
    descend(whole, 20)
    saved = json.loads(json.dumps(whole.state_dict()))
    later = method([Value(x) for x in numbers(whole)], lr=0.5)
    later.load_state_dict(saved)
    assert later.state_dict() == whole.state_dict()
    assert repr(later) == repr(whole)
    descend(whole, 10)
    descend(later, 10)
    assert numbers(later) == numbers(whole)
    assert later.state_dict() == whole.state_dict() != saved


def test_a_state_is_a_copy() -> None:
    opt = optim.SGD([Value(1.0)], lr=0.1, momentum=0.9)
    state = opt.state_dict()
    opt.params[0].grad = 1.0
    opt.step()
    assert state["velocity"] == [0.0]
    opt.load_state_dict(state)
    state["velocity"][0] = 5.0
    assert list(opt.velocity) == [0.0]


def test_copies_train_their_own_parameters() -> None:
    opt = optim.Adam([Value(x) for x in START])
    descend(opt, 3)
    for twin in (copy.deepcopy(opt), pickle.loads(pickle.dumps(opt))):
        assert numbers(twin) == numbers(opt)
        before = numbers(opt)
        descend(twin, 1)
        assert numbers(opt) == before != numbers(twin)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"optimizer": "SGD"}, "the state of 'SGD', and not the state of 'Adam'"),
        ({"average": [0.0] * 4}, "'average' holds 4 numbers, but this Adam has 5 parameters"),
        ({"average_square": None}, "'average_square' holds no numbers"),
        ({"average": [0.0, "x", 0.0, 0.0, 0.0]}, "'average' takes a number, not a str"),
        ({"lr": -1.0}, r"Adam's lr is a finite number from 0 up, not -1\.0"),
        ({"betas": [0.9]}, r"betas are a pair of numbers, not \[0\.9\]"),
        ({"steps": -1}, "is a number of steps, not -1"),
        ({"steps": 1.5}, r"is a number of steps, not 1\.5"),
        ({"velocity": [0.0]}, "has an unknown 'velocity'"),
    ],
)
def test_a_state_that_does_not_fit(change: dict[str, Any], message: str) -> None:
    opt = optim.Adam([Value(x) for x in START])
    descend(opt, 2)
    before = opt.state_dict()
    other = optim.Adam([Value(x) for x in START], lr=0.5).state_dict()
    with pytest.raises((ValueError, TypeError), match=message):
        opt.load_state_dict(other | change)
    assert opt.state_dict() == before
    del other["average"]
    with pytest.raises(ValueError, match="lacks its 'average'"):
        opt.load_state_dict(other)
    with pytest.raises(ValueError, match=r"this is a list, .* give what Adam\.state_dict"):
        opt.load_state_dict([])  # type: ignore[arg-type]
    assert opt.state_dict() == before


# ------------------------------------------------------------------------------- schedules


def their_schedules(torch: Any) -> dict[str, Callable[[Any], Any]]:
    rates = torch.optim.lr_scheduler
    return {
        "linear": lambda o: rates.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=40),
        "cosine": lambda o: rates.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.01),
        "step": lambda o: rates.StepLR(o, step_size=7, gamma=0.5),
        "warm_up": lambda o: rates.LinearLR(o, start_factor=0.25, end_factor=1.0, total_iters=10),
        "warm_up cosine": lambda o: rates.SequentialLR(
            o, milestones=[10], schedulers=[
                rates.LinearLR(o, start_factor=0.25, end_factor=1.0, total_iters=10),
                rates.CosineAnnealingLR(o, T_max=STEPS - 10),
            ],
        ),
    }  # fmt: skip


OUR_SCHEDULES = {
    "linear": optim.linear(0.2, 0.02, steps=40),
    "cosine": optim.cosine(0.2, 0.01, steps=STEPS),
    "step": optim.step(0.2, every=7, factor=0.5),
    "warm_up": optim.warm_up(0.05, 10, then=0.2),
    "warm_up cosine": optim.warm_up(0.05, 10, then=optim.cosine(0.2, 0.0, steps=STEPS - 10)),
}


@pytest.mark.parametrize("name", OUR_SCHEDULES)
@pytest.mark.filterwarnings("ignore:The epoch parameter in `scheduler.step")  # of SequentialLR
def test_a_schedule_follows_pytorch(name: str, torch: Any) -> None:
    schedule = OUR_SCHEDULES[name]
    w = their_start(torch)
    ours = optim.SGD([Value(x) for x in START], lr=0.2, momentum=0.5)
    theirs = torch.optim.SGD([w], lr=0.2, momentum=0.5)
    scheduler = their_schedules(torch)[name](theirs)
    rates = []
    for k in range(STEPS):
        rates.append(theirs.param_groups[0]["lr"])
        assert schedule(k) == pytest.approx(rates[-1], rel=0.0, abs=1e-10)
        descend(ours, 1, schedule)
        theirs.zero_grad()
        their_loss(w, torch).backward()
        theirs.step()
        scheduler.step()
        agree(numbers(ours), w.tolist())
    assert len(set(rates)) > 5


def test_linear_is_the_schedule_of_the_micrograd_demo() -> None:
    schedule = optim.linear(1.0, 0.1, steps=100)
    assert [schedule(k) for k in range(100)] == [1.0 - 0.9 * k / 100 for k in range(100)]


def test_a_schedule_stays_where_it_ended() -> None:
    for k in (30, 31, 10_000):
        assert optim.linear(0.7, 0.1, steps=30)(k) == 0.1
        assert optim.cosine(0.7, 0.1, steps=30)(k) == 0.1
        assert optim.warm_up(0.1, 30, then=0.7)(k) == 0.7
        assert optim.warm_up(0.1, 20, then=optim.linear(0.7, 0.2, steps=10))(k) == 0.2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optim.linear(-0.1, 0.0, 5), r"linear's first rate .* from 0 up, not -0\.1"),
        (lambda: optim.linear(0.1, math.nan, 5), "linear's last rate .* not nan"),
        (lambda: optim.linear(0.1, 0.0, 0), "linear's steps .* from 1 up, not 0"),
        (lambda: optim.cosine(0.1, 0.0, 2.5), r"cosine's steps .* an int .* not 2\.5"),  # type: ignore[arg-type]
        (lambda: optim.cosine(math.inf, 0.0, 2), "cosine's first rate .* not inf"),
        (lambda: optim.step(0.1, every=0), "step's every .* not 0"),
        (lambda: optim.step(0.1, 5, factor=1.5), r"factor is between 0 and 1, not 1\.5"),
        (lambda: optim.warm_up(0.0, -3, then=0.1), "warm_up's steps .* not -3"),
        (lambda: optim.warm_up(0.0, 3, then=-0.1), r"warm_up's last rate .* not -0\.1"),
        (lambda: optim.warm_up(0.0, 3, then=0.1)(-1), "counts steps from 0, and -1 is below"),
        (lambda: optim.linear(0.1, 0.0, 5)(-1), "counts steps from 0"),
        (lambda: optim.cosine(0.1, 0.0, 5)(-1), "counts steps from 0"),
        (lambda: optim.step(0.1, 5)(-1), "counts steps from 0"),
    ],
)
def test_a_schedule_that_makes_no_sense(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


# -------------------------------------------------------------------------------- clipping

GRADIENTS = [
    [3.0, -4.0, 0.0], [0.3, -0.4, 0.0], [0.0, 0.0, 0.0], [1e-300, 5.0, -1e100], [5.0, 5.0, 5.0],
    [math.nan, 1.0, 2.0], [math.inf, 1.0, -2.0], [1.0, -1.0, 2.5],
]  # fmt: skip


@pytest.mark.parametrize("grads", GRADIENTS)
@pytest.mark.parametrize("limit", [0.0, 1.0, 2.5, 5.0, math.inf])
def test_clipping_follows_pytorch(grads: list[float], limit: float, torch: Any) -> None:
    for name in ("clip_norm", "clip_value"):
        values = [Value(1.0) for _ in grads]
        tensor = torch.zeros(len(grads), dtype=torch.float64, requires_grad=True)
        tensor.grad = torch.tensor(grads, dtype=torch.float64)
        for v, grad in zip(values, grads, strict=True):
            v.grad = grad
        if name == "clip_norm":
            norm = torch.nn.utils.clip_grad_norm_([tensor], limit).item()
            assert optim.clip_norm(values, limit) == pytest.approx(norm, rel=1e-14, nan_ok=True)
        else:
            torch.nn.utils.clip_grad_value_([tensor], limit)
            optim.clip_value(values, limit)
        found = [v.grad for v in values]
        assert found == pytest.approx(tensor.grad.tolist(), rel=1e-14, abs=0.0, nan_ok=True)


def test_a_norm_does_not_overflow() -> None:
    values = [Value(1.0), Value(1.0)]
    for v, grad in zip(values, (3e200, -4e200), strict=True):
        v.grad = grad
    assert optim.clip_norm(values, 1.0) == pytest.approx(5e200, rel=1e-15)
    assert [v.grad for v in values] == pytest.approx([0.6, -0.8], rel=1e-15)


# ------------------------------------------------------------------------------- bad input


TAKERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda params: optim.SGD(params, lr=0.1),
    "Adam": optim.Adam,
    "AdamW": optim.AdamW,
    "RMSProp": optim.RMSProp,
    "clip_norm": lambda params: optim.clip_norm(params, 1.0),
    "clip_value": lambda params: optim.clip_value(params, 1.0),
}


@pytest.mark.parametrize("who", TAKERS)
def test_parameters_that_are_refused(who: str) -> None:
    take = TAKERS[who]
    w = Value(1.0, label="w")
    with pytest.raises(ValueError, match=f"{who} got no parameters: was an iterator used up"):
        take(iter([]))
    with pytest.raises(TypeError, match=f"{who} takes several parameters, not a Value: put one"):
        take(w)
    with pytest.raises(TypeError, match=rf"{who} takes several .* take model\.parameters\(\)"):
        take(object())
    with pytest.raises(TypeError, match=r"parameter 1 is a float \(2\.0\): wrap a number"):
        take([w, 2.0])
    with pytest.raises(TypeError, match=r"parameter 0 is a dict .* make several optimizers"):
        take([{"params": [w], "lr": 0.1}])
    with pytest.raises(ValueError, match=r"parameter 1 \(Value.*is the result of '\*'"):
        take([w, w * 2])
    with pytest.raises(ValueError, match=f"parameters 0 and 2 of {who} are the same .*label='w'"):
        take([w, Value(1.0), w])
    assert w.data == 1.0


@pytest.mark.parametrize(
    ("method", "settings", "message"),
    [
        ("SGD", {"lr": -0.1}, r"SGD's lr is a finite number from 0 up, not -0\.1: 0\.01 is usual"),
        ("SGD", {"lr": math.nan}, "SGD's lr .* not nan"),
        ("SGD", {"lr": math.inf}, "SGD's lr .* not inf"),
        ("SGD", {"lr": 0.1, "momentum": 1.0}, r"momentum is at least 0 and below 1\.0, not 1\.0"),
        ("SGD", {"lr": 0.1, "momentum": -0.1}, r"momentum .* not -0\.1"),
        ("SGD", {"lr": 0.1, "weight_decay": -1}, "weight_decay .* not -1"),
        ("SGD", {"lr": 0.1, "nesterov": True}, "nesterov=True needs a momentum above 0"),
        ("Adam", {"lr": -1}, "Adam's lr .* not -1"),
        ("Adam", {"betas": (1.0, 0.9)}, r"Adam's betas\[0\] .* not 1\.0"),
        ("Adam", {"betas": (0.9, -0.5)}, r"Adam's betas\[1\] .* not -0\.5"),
        ("Adam", {"betas": 0.9}, r"pair of numbers, not 0\.9"),
        ("Adam", {"eps": -1e-8}, "eps .* not -1e-08"),
        ("Adam", {"weight_decay": math.nan}, "weight_decay .* not nan"),
        ("AdamW", {"weight_decay": -0.1}, r"AdamW's weight_decay .* not -0\.1"),
        ("RMSProp", {"lr": -1}, "RMSProp's lr .* not -1"),
        ("RMSProp", {"alpha": 1.0}, r"alpha .* not 1\.0"),
        ("RMSProp", {"eps": -1}, "eps .* not -1"),
        ("RMSProp", {"momentum": 2}, "momentum .* not 2"),
    ],
)
def test_settings_out_of_range(method: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(optim, method)([Value(1.0)], **settings)


def test_a_rate_set_later_is_checked_too() -> None:
    opt = optim.SGD([Value(1.0)], lr=0.1)
    opt.lr = 0
    assert opt.lr == 0.0
    with pytest.raises(ValueError, match=r"SGD's lr .* not -0\.5"):
        opt.lr = -0.5
    with pytest.raises(TypeError, match="SGD's lr takes a number, not a str"):
        opt.lr = "fast"  # type: ignore[assignment]
    assert opt.lr == 0.0


def test_limits_out_of_range() -> None:
    for clip in (optim.clip_norm, optim.clip_value):
        for bad in (-1.0, math.nan):
            with pytest.raises(ValueError, match=f"is a number from 0 up, not {bad}"):
                clip([Value(1.0)], bad)


def test_an_optimizer_without_a_step() -> None:
    with pytest.raises(NotImplementedError, match=r"needs a method step\(self\)"):
        optim.Optimizer([Value(1.0)], lr=0.1).step()
