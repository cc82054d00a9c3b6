"""The tree in the terminal: expected output stands here, to be looked at."""

from __future__ import annotations

import io
import sys

import pytest

import glassgrad as gg
from glassgrad import Value
from glassgrad.show.text.tree import tree_text


def worked_example() -> Value:
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c, f = Value(10.0, label="c"), Value(-2.0, label="f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    return L


def test_before_backward(capsys: pytest.CaptureFixture[str]) -> None:
    worked_example().tree()
    assert capsys.readouterr().out == """\
L             data -8.0    grad  –   *
├─ d          data  4.0    grad  –   +
│  ├─ e       data -6.0    grad  –   *
│  │  ├─ a    data  2.0    grad  –
│  │  └─ b    data -3.0    grad  –
│  └─ c       data  10.0   grad  –
└─ f          data -2.0    grad  –
"""


def test_after_backward() -> None:
    L = worked_example()
    L.backward()
    assert tree_text(L) == """\
L             data -8.0    grad  1.0   *
├─ d          data  4.0    grad -2.0   +
│  ├─ e       data -6.0    grad -2.0   *
│  │  ├─ a    data  2.0    grad  6.0
│  │  └─ b    data -3.0    grad -4.0
│  └─ c       data  10.0   grad -2.0
└─ f          data -2.0    grad  4.0"""


def test_nodes_used_twice_constants_and_nodes_without_a_name() -> None:
    x = Value(1e-7, label="x")
    y = 2 * x
    z = y * y + y**2
    z.backward()
    assert tree_text(z) == """\
v1                   data  8e-14   grad  1.0       +
├─ v2                data  4e-14   grad  1.0       *
│  ├─ v3             data  2e-07   grad  8e-07     *
│  │  ├─ constant    data  2.0     grad  8e-14
│  │  └─ x           data  1e-07   grad  1.6e-06
│  └─ v3             data  2e-07   grad  8e-07     ↑ above
└─ v4                data  4e-14   grad  1.0       **2
   └─ v3             data  2e-07   grad  8e-07     ↑ above"""


def test_a_large_tree_is_cut_and_says_so() -> None:
    v = Value(1.0)
    for _ in range(100_000):
        v = v + 1
    lines = tree_text(v).splitlines()
    assert len(lines) == 61
    assert lines[-1] == "… and 199941 more values; the tree is cut after 60 lines"


def test_numbers_that_are_not_finite() -> None:
    y = gg.log(Value(0.0, label="p"))
    y.backward()
    assert tree_text(y) == """\
v1      data -inf   grad  1.0   log
└─ p    data  0.0   grad  inf"""


def test_a_terminal_that_knows_only_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    worked_example().tree()
    sys.stdout.flush()
    assert raw.getvalue().decode("ascii").splitlines()[1:3] == [
        "+- d          data  4.0    grad  -   +",
        "|  +- e       data -6.0    grad  -   *",
    ]


def test_a_label_stays_on_its_line() -> None:
    assert tree_text(Value(1.0, label="two\nlines")).count("\n") == 0
