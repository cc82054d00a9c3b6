"""Labels from the names of variables."""

from __future__ import annotations

from typing import Any

import glassgrad as gg
from glassgrad import Value


def test_variables_of_a_function_lists_and_dicts() -> None:
    a, named = Value(1.0), Value(2.0, label="kept")
    x = [Value(3.0), (Value(4.0), a)]
    w: dict[Any, Value] = {"k": Value(5.0), 0: Value(6.0)}
    again = a
    _private = Value(7.0)
    number, text = 3, "text"
    assert gg.label_locals() == 5
    assert (a.label, named.label, again.label, _private.label) == ("a", "kept", "a", "")
    assert (x[0].label, x[1][0].label) == ("x[0]", "x[1][0]")  # type: ignore[union-attr, index]
    assert (w["k"].label, w[0].label) == ("w['k']", "w[0]")
    assert gg.label_locals() == 0
    assert (number, text) == (3, "text")


def test_only_the_callers_own_variables() -> None:
    outer = Value(1.0)

    def inner() -> int:
        mine = Value(2.0)
        count = gg.label_locals()
        assert mine.label == "mine"
        return count

    assert inner() == 1
    assert outer.label == ""


def test_variables_of_a_closure_count_as_well() -> None:
    seen = Value(1.0)

    def inner() -> int:
        assert seen.data == 1.0
        return gg.label_locals()

    assert inner() == 1
    assert seen.label == "seen"


def test_a_module_and_a_notebook() -> None:
    scope: dict[str, Any] = {"gg": gg, "In": [""], "Out": {1: Value(1.0)}, "_1": Value(2.0)}
    exec("a = gg.Value(3.0)\nb = a + 1\nn = gg.label_locals()", scope)
    assert scope["n"] == 2
    assert (scope["a"].label, scope["b"].label) == ("a", "b")
    assert (scope["Out"][1].label, scope["_1"].label) == ("", "")


def test_a_list_that_holds_itself_and_a_deep_one() -> None:
    loop: list[Any] = [Value(1.0)]
    loop.append(loop)
    deep: Any = Value(2.0)
    for _ in range(3000):
        deep = [deep]
    assert gg.label_locals() == 2
    assert loop[0].label == "loop[0]"
