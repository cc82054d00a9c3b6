"""Engines graded: right ones, public ones, and wrong ones, each with one misconception."""

from __future__ import annotations

import importlib
import inspect
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import glassgrad as gg
from engines import HERE, RIGHT, SMALL, Wrong, wrong_engines
from glassgrad.learn import tiny
from glassgrad.learn.grading.checks import Check
from glassgrad.learn.grading.diagnosis import _ERRORS, expected
from glassgrad.learn.grading.misconceptions import BY_ID, MISCONCEPTIONS
from glassgrad.learn.grading.table import CHECKS

WRONG = wrong_engines()


def graded(tmp_path: Path, source: str, **how: Any) -> gg.Grade:
    file = tmp_path / "mine.py"
    file.write_text(source, "utf-8")
    return gg.grade(file, **how)


# ------------------------------------------------------------------------------ the table


class Peer:
    """PyTorch's tensors, under the names of a Value."""

    def __init__(self, data: Any, torch: Any) -> None:
        self.torch = torch
        is_new = not isinstance(data, torch.Tensor)
        self.t = torch.tensor(float(data), dtype=torch.float64) if is_new else data
        if is_new:
            self.t.requires_grad_()
        self.t.retain_grad()

    def _tensor(self, other: Any) -> Any:
        return other.t if isinstance(other, Peer) else other

    @property
    def data(self) -> float:
        return float(self.t.detach())

    @property
    def grad(self) -> float:
        return 0.0 if self.t.grad is None else float(self.t.grad)

    @grad.setter
    def grad(self, number: float) -> None:
        self.t.grad = self.torch.tensor(number, dtype=self.torch.float64)

    def backward(self) -> None:
        self.t.backward(retain_graph=True)

    def __neg__(self) -> Peer:
        return Peer(-self.t, self.torch)

    def __getattr__(self, name: str) -> Any:
        return lambda: Peer(getattr(self.t, name)(), self.torch)


for _name in ("add", "sub", "mul", "truediv", "pow"):
    for _side in ("", "r"):
        setattr(Peer, f"__{_side}{_name}__", lambda self, other, _method=f"__{_side}{_name}__":
                Peer(getattr(self.t, _method)(self._tensor(other)), self.torch))  # fmt: skip

#: What PyTorch has other words for: operands, data that change, and values that are text.
OURS = [check for check in CHECKS
        if check.features & {"prev", "assigned", "text"}]  # fmt: skip


@pytest.mark.parametrize("check", [c for c in CHECKS if c not in OURS], ids=lambda c: c.name)
def test_what_is_expected_is_what_pytorch_gives(check: Check, torch: Any) -> None:
    space: dict[str, Any] = {"Value": lambda data: Peer(data, torch)}
    exec(check.program, space)
    theirs = [float(eval(text, space)) for text in check.reads]
    assert theirs == pytest.approx(expected()[CHECKS.index(check)], rel=1e-12)


def test_the_other_expectations_are_those_of_the_conventions() -> None:
    right = {check.name: expected()[CHECKS.index(check)] for check in OURS}
    assert right == {
        "a leaf has no operands": (0.0,), "both operands are remembered": (2.0,),
        "a number that changes after the forward pass": (2.0,), "a value plus text": (1.0,),
        "a value times text": (1.0,), "a power with text": (1.0,),
    }  # fmt: skip


def test_the_table_is_whole() -> None:
    assert len(CHECKS) >= 40
    assert max(Counter(check.name for check in CHECKS).values()) == 1
    shown = {"raises", *_ERRORS.values()}
    for i, check in enumerate(CHECKS):
        shown |= {check.id, *check.otherwise.values()}
        for key in check.otherwise:
            if all(part.lstrip("-").replace(".", "").isdigit() for part in key.split()):
                numbers = [float(part) for part in key.split()]
                assert len(numbers) == len(check.reads), check.name
                assert numbers != pytest.approx(list(expected()[i]), rel=1e-6), check.name
    assert shown == set(BY_ID)
    assert sum(map(len, MISCONCEPTIONS.values())) == len(BY_ID)
    for about in BY_ID.values():
        assert 1 <= about.lesson <= 20
        assert about.says.endswith(".")
        assert about.hint.endswith(("?", "."))


def test_no_two_numbers_are_equal_until_it_was_asked_whether_they_are_told_apart() -> None:
    for check in CHECKS:
        if check.id == "equality":
            break
        if not check.reads or "both" in check.features or check.name.startswith("relu"):
            continue
        space: dict[str, Any] = {"Value": gg.Value}
        exec(check.program, space)
        found = [x for value in space.values()
                 for x in (value if isinstance(value, list) else [value])]  # fmt: skip
        values = {id(v): v.data for v in found if isinstance(v, gg.Value)}
        if "relu" not in check.features:  # which hands on its operand
            assert len(set(values.values())) == len(values), check.name


def test_features_say_what_a_program_makes_use_of() -> None:
    def features(program: str, *reads: str) -> set[str]:
        return set(Check("", program, reads, "other").features)

    assert features("c = a + b * 2", "c.data") == {"__add__", "__mul__", "number-right"}
    assert features("c = 1 - a; c.backward()", "a.grad") == {
        "__sub__", "number-left", "backward", "grad"}  # fmt: skip
    assert features("c = -a ** 2; d = c.tanh()") == {"__neg__", "__pow__", "tanh"}
    assert features("c = a + a") == {"__add__", "both", "reuse"}
    assert features("c = a * b; d = c + b") == {"__add__", "__mul__", "reuse"}
    assert features("b += c; c = sum([a, b])") == {"__add__", "augmented", "number-left"}
    assert features("a.data = 1.0; c.backward(); d.backward()", "len(a._prev)") == {
        "assigned", "backward", "again", "prev"}  # fmt: skip


# ------------------------------------------------------------------------------ right engines


@pytest.mark.posix
def test_our_value_is_right_in_everything() -> None:
    grade = gg.grade(gg.Value)
    assert grade
    assert grade.counts == {"right": len(CHECKS), "wrong": 0, "allowed": 0, "not yet": 0}
    assert repr(grade) == f"Value   {len(CHECKS)} right, 0 wrong"


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_right_engines_of_many_kinds_are_right(name: str, tmp_path: Path) -> None:
    grade = graded(tmp_path, RIGHT[name])
    assert grade.findings == []
    assert grade.counts["right"] >= 80
    assert grade.counts["right"] + grade.counts["not yet"] == len(CHECKS)


def test_the_page_sized_engine_is_right() -> None:
    grade = gg.grade(Path(tiny.__file__))
    assert grade.misconceptions == []
    assert grade.counts["right"] == 95


def test_the_engine_of_the_lecture_has_its_limits() -> None:
    assert gg.grade(HERE.parent / "examples" / "lecture_engine.py").misconceptions == [
        "number-on-the-left", "overflow", "counts-inside-again", "recursion-depth",
        "takes-anything", "reads-late",
    ]  # fmt: skip


def test_what_is_wrong_with_micrograd_is_named() -> None:
    """A second pass counts twice, a + a has one edge, numbers are read late, and it recurses."""
    engine = importlib.import_module("micrograd.engine").Value
    a = engine(2.0)
    assert len((a + a)._prev) == 1
    b = a * engine(3.0)
    c = b * engine(5.0)
    c.backward()
    c.backward()
    assert a.grad == 45  # and not 30
    assert (engine(2) * "text").data == "texttext"
    assert gg.grade(inspect.getfile(engine)).misconceptions == [
        "counts-inside-again", "operands-in-a-set", "recursion-depth", "takes-anything",
        "reads-late",
    ]  # fmt: skip


# ------------------------------------------------------------------------------ wrong engines


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{w.engine} {w.id}" for w in WRONG])
def test_the_misconception_of_a_wrong_engine_is_named_first(wrong: Wrong, tmp_path: Path) -> None:
    """And no other, where nothing else was wrong with the engine."""
    grade = graded(tmp_path, wrong.source)
    named = grade.misconceptions if wrong.engine in RIGHT else grade.misconceptions[:1]
    assert named == [wrong.id], grade.text()
    assert grade.exit_code == 1
    first = grade.results[grade.findings[0].checks[0]]
    assert first.status == "wrong"
    assert first.misconception == wrong.id
    assert first.readings


def test_wrong_engines_are_many_and_of_many_kinds() -> None:
    assert len(WRONG) >= 130
    assert {wrong.engine for wrong in WRONG} == set(RIGHT | SMALL)
    hostile = {"other", "does-not-end", "ends-the-program", "memory"}
    assert {wrong.id for wrong in WRONG} == set(BY_ID) - hostile


def test_two_misconceptions_are_named_one_after_the_other(tmp_path: Path) -> None:
    source = RIGHT["closures"].replace("(1 - t**2)", "(1 - t)").replace(
        "    def __radd__(self, other):\n        return self + other\n", "")  # fmt: skip
    assert graded(tmp_path, source).misconceptions == ["number-on-the-left", "tanh-rule"]


def test_what_is_shown_is_what_the_engine_does(tmp_path: Path) -> None:
    """The program and the numbers of a finding, run again here, are what was reported."""
    source = RIGHT["functions"].replace("x.g = (x.g or 0.0) + g", "x.g = g")
    grade = graded(tmp_path, source)
    space: dict[str, Any] = {}
    exec(source, space)
    first = grade.results[grade.findings[0].checks[0]]
    exec(first.program, space)
    for read, wanted, got in first.readings:
        assert math.isclose(eval(read, space), float(got), rel_tol=1e-6)
        assert not math.isclose(float(wanted), float(got))
    assert ".g" in first.readings[0][0]
    assert "Number(" in first.program
