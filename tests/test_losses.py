"""Losses against PyTorch and mpmath: values, gradients, extreme scores, and bad input."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import glassgrad as gg
from glassgrad import Value, losses

#: Predictions and targets with ties, bends, and numbers of every size.
PREDICTIONS = [0.3, -1.7, 2.0, 2.0, 0.0, -0.5, 1e3, -1e3, 1e-8, 40.0, 1e200]
TARGETS = [1.3, -1.7, 0.0, 0.5, 0.0, -2.0, -1e3, -1e3, 0.0, 37.0, -1e200]
SCORES = [0.0, 1.0, -1.0, 0.3, -2.5, 30.0, -30.0, 40.0, -40.0, 710.0, -800.0, 1000.0, -1000.0]
LOGITS = [
    [0.5, -1.0, 2.0, 0.1], [1000.0, -1000.0, 999.0, 0.0], [-1000.0, -1000.0, -1000.5, -1e4],
    [3.0, 3.0, 3.0, 3.0], [0.0, 700.0, -700.0, 1e-9], [1e200, 0.0, -1e200, 1.0],
]  # fmt: skip


def close(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-14)


def agree(
    ours: Callable[..., Any], theirs: Callable[..., Any], prediction: Any, torch: Any
) -> None:
    """Compare the loss of a nest of numbers, and the gradient of each, with PyTorch's."""
    tensor = torch.tensor(prediction, dtype=torch.float64, requires_grad=True)
    expected = theirs(tensor)
    expected.backward()
    array = np.array(prediction)
    values = [Value(x) for x in array.flat]
    loss = ours(np.array(values, dtype=object).reshape(array.shape).tolist())
    loss.backward()
    assert close(loss.data, expected.item()), (loss, expected)
    for v, grad in zip(values, tensor.grad.flatten().tolist(), strict=True):
        assert close(v.grad, grad), (v, grad)
    assert close(ours(prediction), loss.data)
    assert type(ours(prediction)) is float


@pytest.mark.parametrize("name", ["mse", "l1", "huber"])
@pytest.mark.parametrize("form", ["single", "flat", "nested"])
def test_of_numbers(name: str, form: str, torch: Any) -> None:
    functional = torch.nn.functional
    theirs = {"mse": functional.mse_loss, "l1": functional.l1_loss, "huber": functional.huber_loss}
    cases: list[tuple[Any, Any]] = {
        "single": list(zip(PREDICTIONS, TARGETS, strict=True)),
        "flat": [(PREDICTIONS[:10], TARGETS[:10])],
        "nested": [([[1.0, 2.0, 5.0], [-3.0, 0.5, 0.0]], [[1.5, 2.0, 2.0], [4.0, 0.5, -1.0]])],
    }[form]
    ours = getattr(losses, name)
    for prediction, target in cases:
        wanted = torch.tensor(target, dtype=torch.float64)
        agree(lambda p, y=target: ours(p, y), lambda t, y=wanted: theirs[name](t, y), prediction,
              torch)  # fmt: skip


@pytest.mark.parametrize("delta", [0.25, 1.0, 3.0])
def test_huber_at_its_bend(delta: float, torch: Any) -> None:
    near = [math.nextafter(delta, 0.0), delta, math.nextafter(delta, 9.0), delta / 2, 10 * delta]
    for error in [*near, *(-x for x in near), math.inf, -math.inf, math.nan]:
        agree(
            lambda p: losses.huber(p, 0.0, delta=delta),
            lambda t: torch.nn.functional.huber_loss(t, torch.zeros_like(t), delta=delta),
            error, torch,
        )  # fmt: skip


@pytest.mark.parametrize("label", [-1, 1])
def test_hinge(label: int, torch: Any) -> None:
    agree(
        lambda p: losses.hinge(p, [label] * len(SCORES)),
        lambda t: (1 - label * t).relu().mean(), SCORES, torch,
    )  # fmt: skip


def test_hinge_is_the_loss_of_the_micrograd_demo() -> None:
    scores, labels = [0.25, -0.75, 1.5, 1.0], [1, 1, -1, 1]
    ours, theirs = [Value(s) for s in scores], [Value(s) for s in scores]
    terms = [(1 + -yi * score).relu() for yi, score in zip(labels, theirs, strict=True)]
    demo = sum(terms) * (1.0 / len(terms))
    demo.backward()
    loss = losses.hinge(ours, labels)
    loss.backward()
    assert loss.data == demo.data == (0.75 + 1.75 + 2.5 + 0.0) / 4
    assert [v.grad for v in ours] == [v.grad for v in theirs] == [-0.25, -0.25, 0.25, 0.0]


@pytest.mark.parametrize("label", [0, 1])
def test_bce_with_logits(label: int, torch: Any) -> None:
    theirs = torch.nn.functional.binary_cross_entropy_with_logits
    for score in SCORES:
        agree(
            lambda p: losses.bce_with_logits(p, label),
            lambda t: theirs(t, torch.full_like(t, label)), score, torch,
        )  # fmt: skip
    labels = [i % 2 for i in range(len(SCORES))]
    wanted = torch.tensor(labels, dtype=torch.float64)
    agree(lambda p: losses.bce_with_logits(p, labels), lambda t: theirs(t, wanted), SCORES, torch)


def test_bce_with_logits_keeps_its_digits() -> None:
    """Where the model is sure and right, loss and gradient are tiny, and still exact."""
    with mpmath.workdps(60):
        for x in SCORES[:9]:
            for label in (0, 1):
                sign = 1 - 2 * label
                v = Value(x)
                loss = losses.bce_with_logits(v, label)
                loss.backward()
                exact = mpmath.log(1 + mpmath.exp(sign * mpmath.mpf(x)))
                slope = sign / (1 + mpmath.exp(-sign * mpmath.mpf(x)))
                assert loss.data == pytest.approx(float(exact), rel=1e-14, abs=0.0)
                assert v.grad == pytest.approx(float(slope), rel=1e-14, abs=0.0)


def test_cross_entropy(torch: Any) -> None:
    theirs = torch.nn.functional.cross_entropy
    for row in LOGITS:
        for index in range(4):
            agree(
                lambda p, c=index: losses.cross_entropy(p, c),
                lambda t, c=index: theirs(t, torch.tensor(c)), row, torch,
            )  # fmt: skip
    classes = [2, 0, 3, 1, 1, 0]
    agree(
        lambda p: losses.cross_entropy(p, classes), lambda t: theirs(t, torch.tensor(classes)),
        LOGITS, torch,
    )  # fmt: skip


def test_cross_entropy_keeps_its_digits() -> None:
    with mpmath.workdps(40):
        for row in ([1000.0, 999.0], [1e6, 1e6 + 0.5], [-500.0, -500.25]):
            exact = mpmath.log(mpmath.exp(row[0]) + mpmath.exp(row[1])) - row[0]
            assert losses.cross_entropy(row, 0) == pytest.approx(float(exact), rel=1e-15, abs=0.0)


@pytest.mark.parametrize("name", ["l1_penalty", "l2_penalty"])
def test_penalties(name: str, torch: Any) -> None:
    def theirs(t: Any) -> Any:
        return t.abs().sum() if name == "l1_penalty" else (t * t).sum()

    ours = getattr(losses, name)
    agree(ours, theirs, [3.0, -4.0, 0.0, 1e-5, -1e3], torch)
    values = [Value(3.0), Value(-4.0)]
    expected = 7.0 if name == "l1_penalty" else 25.0
    for params in (tuple(values), iter(values), dict.fromkeys(values).keys(), np.array(values)):
        assert ours(params).data == expected


def test_forms() -> None:
    """One meaning for lists, tuples, arrays, iterators, ints, and lists of single outputs."""
    flat, labels = [Value(0.5), Value(-2.0)], [1, -1]
    expected = losses.mse([0.5, -2.0], [1.0, -1.0])
    assert expected == 0.625
    forms = [flat, tuple(flat), np.array(flat), iter(flat), [[v] for v in flat],
             np.array(flat).reshape(2, 1)]  # fmt: skip
    for form in forms:
        loss = losses.mse(form, labels)
        assert type(loss) is Value
        assert loss.data == expected
    for target in (np.array(labels), np.array(labels, dtype=np.float32), (1.0, -1.0),
                   range(1, -3, -2), [np.int8(1), np.float64(-1)], [Value(1.0), -1]):  # fmt: skip
        assert losses.mse(flat, target).data == expected
    assert losses.mse(np.array([0.5, -2.0]), np.array([1.0, -1.0])) == expected
    assert losses.mse([[1], [2]], [[1], [4]]) == 2.0
    assert losses.mse(np.float64(3), np.array(1)) == 4.0
    assert losses.hinge(np.array([[1.0], [3.0]]), np.array([True, False]) * 2 - 1) == 2.0
    rows = np.array([[Value(0.0), Value(0.0)]])
    assert losses.cross_entropy(rows, np.array([1])).data == math.log(2)
    assert losses.cross_entropy([[3.0], [4.0]], [0, 0]) == 0.0
    assert losses.cross_entropy([[0.0, 0.0]], [True]) == math.log(2)


def test_within_a_transform() -> None:
    """Where data and labels are Values too, the gradient is the same."""
    for name, labels in [("hinge", [1.0, -1.0]), ("bce_with_logits", [1.0, 0.0])]:
        loss = getattr(losses, name)
        alone = gg.grad(lambda w, loss=loss, labels=labels: loss([w * 0.5, w * 2.0], labels))(0.3)
        assert alone != 0.0
        both = gg.grad(lambda w, y, loss=loss: loss([w * 0.5, w * 2.0], y), argnums=(0, 1))
        assert both(0.3, labels)[0] == alone
    slope = gg.grad(gg.grad(lambda x: losses.huber(x, 0.0)))
    assert (slope(0.5), slope(2.0)) == (1.0, 0.0)


ALL = ["mse", "l1", "huber", "hinge", "bce_with_logits", "cross_entropy"]


@pytest.mark.parametrize("name", ALL)
def test_sizes_that_differ(name: str) -> None:
    loss = getattr(losses, name)
    many = [[0.1, 0.2]] * 3
    with pytest.raises(ValueError, match=r"prediction holds 3 and target 2$"):
        loss(many, [1, 1])
    for empty in ([], np.array([])):
        with pytest.raises(ValueError, match=f"{name} of no examples is not defined: give at le"):
            loss(empty, empty)
    with pytest.raises(ValueError, match=r"prediction holds 0 and target 1$"):
        loss([], [1])
    with pytest.raises(ValueError, match="single number where target holds 2: give both"):
        loss(Value(0.5), [1, 1])
    with pytest.raises(TypeError, match=f"{name}'s prediction.* takes a number, not a str"):
        loss(["a", "b"] if name == "cross_entropy" else "a", 1)
    with pytest.raises(TypeError, match=f"{name}'s prediction takes a number, not a dict"):
        loss({"a": 1.0}, [1])


@pytest.mark.parametrize("name", ALL[:-1])
def test_forms_that_differ(name: str) -> None:
    loss = getattr(losses, name)
    with pytest.raises(ValueError, match=r"prediction\[1\] holds 2 numbers where target\[1\] is"):
        loss([[0.1], [0.2, 0.3]], [1, 1])
    with pytest.raises(ValueError, match=r"prediction\[0\] is a single number where target\[0\]"):
        loss([0.1, 0.2], [[1], [1]])
    with pytest.raises(ValueError, match=r"prediction\[1\] holds 1 and target\[1\] 2$"):
        loss([[0.1, 0.2], [0.3]], [[1, 1], [1, 1]])
    with pytest.raises(ValueError, match="of no examples"):
        loss([[], []], [[], []])
    with pytest.raises(TypeError, match=rf"{name}'s target\[1\] takes a number, not a NoneType"):
        loss([0.1, 0.2], [1, None])
    with pytest.raises(TypeError, match=rf"{name}'s prediction\[0\] takes a number, not a list"):
        loss([[[0.1]]], [1])


@pytest.mark.parametrize("bad", [0, 2, 0.5, math.nan, Value(0.0)])
def test_labels_of_hinge(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"-1 and 1, but target\[1\] is .*: turn 0 and 1 .* 2\*y"):
        losses.hinge([0.1, 0.2], [1, bad])


@pytest.mark.parametrize("bad", [-1, 2, 0.5, math.nan, Value(-1.0)])
def test_labels_of_bce(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"0 and 1, but target\[1\]\[0\] is .*: turn -1 and 1 "):
        losses.bce_with_logits([[0.1], [0.2]], [[1], [bad]])


def test_classes_of_cross_entropy() -> None:
    rows = [[0.1, 0.2], [0.3, 0.4]]
    for bad in (2, -1):
        with pytest.raises(ValueError, match=rf"target\[1\] is class {bad}, but .* from 0 to 1$"):
            losses.cross_entropy(rows, [0, bad])
    for wrong in (1.0, "1", None, Value(1.0), np.float64(1)):
        with pytest.raises(TypeError, match=r"an int, but target\[1\] is .*: number the classes"):
            losses.cross_entropy(rows, [0, wrong])
    with pytest.raises(ValueError, match=r"but prediction\[0\] is a float \(0\.1\)"):
        losses.cross_entropy([0.1, 0.2], [0, 1])
    with pytest.raises(TypeError, match=r"prediction\[0\] takes a number, not a list"):
        losses.cross_entropy([[[0.1], [0.2]]], [0])
    with pytest.raises(ValueError, match=r"a list of logits .* but prediction is a list \(\[\]\)"):
        losses.cross_entropy([], 0)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.inf, math.nan])
def test_delta_of_huber(bad: float) -> None:
    with pytest.raises(ValueError, match=f"delta is a finite number above 0, not {bad}"):
        losses.huber(1.0, 2.0, delta=bad)


def test_parameters_of_penalties() -> None:
    for penalty in (losses.l1_penalty, losses.l2_penalty):
        with pytest.raises(ValueError, match="of no parameters is not defined"):
            penalty([])
        with pytest.raises(TypeError, match=r"not a Value: put one into a list, .*parameters\(\)"):
            penalty(Value(1.0))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="parameter 1 takes a number, not a str"):
            penalty([1.0, "x"])
