"""The language: it computes what Python computes, and lets nothing else through."""

from __future__ import annotations

import builtins
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassgrad as gg
from glassgrad import Value
from glassgrad.language import parse
from glassgrad.language.terms import FUNCTIONS

LECTURE = {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0}

#: Python's own meaning of the functions, for comparison.
MEANING: dict[str, Any] = {
    **{name: getattr(math, name) for name in (
        "sin", "cos", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "atan", "atan2", "erf",
        "hypot", "acos", "asin", "tan", "sinh", "cosh",
    )},
    "reciprocal": lambda x: 1 / x,
    "abs": abs, "maximum": max, "minimum": min, "square": lambda x: x * x,
    "relu": lambda x: max(x, 0.0), "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(-abs(x))) + max(x, 0.0),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "elu": lambda x, alpha=1.0: x if x > 0 else alpha * math.expm1(x),
    "leaky_relu": lambda x, slope=0.01: x if x > 0 else slope * x,
    "clamp": lambda x, low, high: min(max(x, low), high),
    "where": lambda condition, a, b: a if condition else b,
    "pi": math.pi, "e": math.e,
}  # fmt: skip
PLAIN = {"__builtins__": {}} | MEANING
ONE = ["sin", "cos", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "atan", "erf", "abs",
       "square", "relu", "sigmoid", "softplus", "silu", "gelu", "elu", "leaky_relu"]  # fmt: skip
TWO = ["maximum", "minimum", "atan2", "hypot"]

numbers = st.one_of(
    st.integers(0, 99).map(str), st.floats(0, 1e6, allow_subnormal=False).map(repr)
)


def larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(part, st.sampled_from(["+", "-", "*", "/", " - ", "\t*  "]), part).map("".join),
        part.map("({})".format),
        part.map("-{}".format),
        st.tuples(part, st.integers(-3, 4)).map(lambda p: f"({p[0]})**{p[1]}"),
        st.tuples(st.sampled_from(ONE), part).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(st.sampled_from(TWO), part, part).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
        st.tuples(part, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), part, part, part).map(
            lambda p: f"where({p[0]} {p[1]} {p[2]}, {p[3]}, {p[4]})"
        ),
        part.map("clamp({}, -1.5, 2)".format),
    )


texts = st.recursive(st.one_of(numbers, st.sampled_from(["x", "y", "pi", "e"])), larger)


SINGLE = [
    *(f"x {sign} y" for sign in ("+", "-", "*", "/", "**")), "-x", "+x", "x**3", "2**x",
    *(f"where(x {sign} y, 1, 2)" for sign in ("<", "<=", ">", ">=", "==", "!=")),
    *(f"{name}(x)" for name in FUNCTIONS if FUNCTIONS[name].fewest == 1),
    *(f"{name}(x, y)" for name in FUNCTIONS if FUNCTIONS[name].fewest == 2), "elu(x, y)",
    "leaky_relu(x, y)", "clamp(x, 0.2, 0.6)", "where(x < y, x, y)",
]  # fmt: skip


@pytest.mark.parametrize("text", SINGLE)
def test_each_operation(text: str) -> None:
    program = parse(text)
    for x in (0.3, 0.5, 0.8, -0.4):
        for y in (0.3, 0.7):
            try:
                wanted = builtins.eval(text, PLAIN, {"x": x, "y": y})
            except ValueError:  # a logarithm below 0
                wanted = math.nan
            if isinstance(wanted, complex):
                wanted = math.nan
            found = program.run({name: {"x": x, "y": y}[name] for name in program.leaves}).result
            assert found.data == pytest.approx(wanted, rel=1e-14, nan_ok=True)


@settings(max_examples=400)
@given(texts, st.floats(-5, 5), st.floats(-5, 5))
def test_it_computes_what_python_computes(text: str, x: float, y: float) -> None:
    try:
        wanted = builtins.eval(text, PLAIN, {"x": x, "y": y})
        if isinstance(wanted, complex) or not math.isfinite(wanted) or abs(wanted) > 1e300:
            return
    except (ArithmeticError, ValueError):  # where Python gives up, IEEE 754 goes on
        return
    program = parse(text)
    assert set(program.leaves) <= {"x", "y"}
    found = program.run({name: {"x": x, "y": y}[name] for name in program.leaves}).result.data
    # Neighbouring branches of where, and differences of nearly equal numbers, are not compared.
    if found != pytest.approx(wanted, rel=1e-9, abs=1e-9):
        nudged = builtins.eval(text, PLAIN, {"x": x * (1 + 1e-15), "y": y * (1 - 1e-15)})
        assert abs(nudged - wanted) > 0.01 * abs(found - wanted), (text, found, wanted)


def test_the_lecture_in_one_line_and_in_many() -> None:
    result, named = parse("e = a*b; d = e + c; L = d * f").run(LECTURE)
    result.backward()
    assert (result.data, result.label) == (-8.0, "L")
    assert {name: v.grad for name, v in named.items()} == {
        "a": 6.0, "b": -4.0, "c": -2.0, "f": 4.0, "e": -2.0, "d": -2.0, "L": 1.0,
    }  # fmt: skip
    assert all(v.label == name for name, v in named.items())
    lines = parse("\n  # the lecture\n  e = a*b\n\n\td = (e +\n  c)\r\n L = d * f\n")
    assert lines.run(LECTURE).result.data == -8.0
    assert lines.leaves == ("a", "b", "c", "f")
    assert lines.assigned == ("e", "d", "L")
    assert parse("L = (a*b + c) * f").run(LECTURE).result.data == -8.0


def test_the_graph_is_that_of_the_same_python_code() -> None:
    a, b = Value(0.7, label="a"), Value(1.3, label="b")
    written = (a * b + 2).tanh() / b**2 - 1 / a
    result = parse("tanh(a*b + 2) / b**2 - 1 / a").run({"a": 0.7, "b": 1.3}).result
    assert shape(result) == shape(written)


def shape(v: Value) -> tuple[Any, ...]:
    return (v._op, v.data, v.label, *map(shape, v._prev))


def test_names() -> None:
    result, named = parse("k = 3; d = a; L = d * k").run({"a": 2.0})
    assert (named["k"].data, named["k"]._prev) == (3.0, ())  # an input, not a constant
    assert (named["a"].label, named["d"].label) == ("a", "d")
    result.backward()
    assert (named["a"].grad, named["k"].grad) == (3.0, 2.0)
    assert parse("2*pi + e").run({}).result.data == 2 * math.pi + math.e
    assert parse("e = 3; e + pi").run({}).result.data == 3 + math.pi
    assert parse("e + 1", ["e"]).run({"e": 5}).result.data == 6.0
    assert parse("größe * ﬁ").run({"größe": 2, "ﬁ": 3}).result.data == 6.0  # a ligature
    assert parse("a + b").run({"a": 1, "b": 2}).result.label == ""


def test_as_a_function() -> None:
    f = parse("3*x**2 - 4*x + 5").function()
    assert [f(x) for x in (0, 3, -3.5)] == [5.0, 20.0, 55.75]
    assert (gg.grad(f)(3.0), gg.grad(gg.grad(f))(3.0)) == (14.0, 6.0)
    assert type(f(2.0)) is float
    assert parse("u = t**2; u + 1").function()(3.0) == 10.0
    assert parse("7").function()(3.0) == 7.0
    assert [parse("1/x").function()(0.0), parse("x**-1").function()(0.0)] == [math.inf, math.inf]


def refused(text: str, leaves: dict[str, float] | None = None) -> str:
    with pytest.raises(gg.ExpressionError) as caught:
        parse(text).run(leaves or {})
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("x^2 + 1", 2, r"write \*\*"),
        ("(a + b)  ^ 2", 10, r"write \*\*"),
        ("größe + 日本 ^ 2", 12, r"write \*\*"),
        ("  a + tang(x)", 7, "did you mean tan"),
        ("ln(x)", 1, "did you mean log"),
        ("max(a, b)", 1, "did you mean maximum"),
        ("arcsin(x)", 1, "did you mean asin"),
        ("1 + frobnicate(x)", 5, "there are abs, acos, .* where"),
        ("b + a(b + 1)", 5, r"for a product write a\*"),
        ("2(x)", 1, "for a product"),
        ("3 + 2x", 5, "for a product"),
        ("3 × x", 3, r"write \*$"),
        ("x²", 2, r"write \*\*2"),
        ("a.__class__", 1, "a name has no parts"),
        ("x.tanh()", 1, r"write tanh\(x\)"),
        ("1 + 'text'", 5, "without quotes"),
        ("1 + f'{x}'", 5, "without quotes"),
        ("1 + b'text'", 5, "without quotes"),
        ("lambda: 1", 1, "write the expression itself"),
        ("a + (y := 2)", 6, "write the assignment first"),
        ("[x for x in y]", 1, "an expression has"),
        ("elu(x, alpha=2)", 8, "operands have no names"),
        ("elu(*x)", 5, "an expression has"),
        ("atan2(x)", 1, "takes 2 operands, and was given 1"),
        ("tanh(x, y)", 1, "takes 1 operand, and was given 2"),
        ("elu(x, 1, 2)", 1, "takes 1 or 2 operands, and was given 3"),
        ("1 + tanh * 2", 5, r"write tanh\(x\)"),
        ("tanh = 2", 1, "choose another name"),
        ("d = k + c; k = 3", 5, "used before it is assigned"),
        ("d = e + c; e = 3", 5, "used before it is assigned"),
        ("x = x + 1", 5, "used before it is assigned"),
        ("a = 1; a = 2", 8, "has a value already"),
        ("a, b = 1, 2", 1, "assign to one name"),
        ("a = b = 1", 1, "assign to one name"),
        ("a += 1", 1, "with a new name"),
        ("a*b; 2", 1, "give this a name"),
        ("import os", 1, "an expression has"),
        ("where(x, 1, 2)", 7, "begins with a comparison"),
        ("where(0 < x < 1, 1, 2)", 7, "two sides"),
        ("where(x is 1, 1, 2)", 7, "two sides"),
        ("x > 1", 1, "belongs into where"),
        ("a if b else c", 1, r"write where\(condition"),
        ("a and b", 1, "can't be joined"),
        ("a % b", 3, "an expression has"),
        ("not a", 1, "an expression has"),
        ("True", 1, "True is not a real number"),
        ("2j", 1, "2j is not a real number"),
        ("...", 1, "not a real number"),
        ("1e999", 1, "too large for a float64"),
        ("1" + "0" * 400, 1, "too large for a float64"),
        ("1" * 5000, 1, "too many digits"),
        ("clamp(x, a, 2)", 10, "a plain number"),
        ("x**1001", 4, "at most 1000"),
        ("10**10**10", 5, "at most 1000"),
        ("x**-(10*200)", 4, "at most 1000"),
        ("x**(1/0)", 5, "at most 1000"),
        ("2 + (a*b", 5, "never closed"),
        ("a b", 3, "can't be read"),
        ("1,5", 1, "with a point"),
        ("x[0]", 1, "a name of its own"),
    ],
)
def test_what_is_refused_is_pointed_at(text: str, column: int, says: str) -> None:
    message, line, caret = refused(text).split("\n")
    assert message.startswith(f"column {column}: ")
    assert re.search(says, message)
    shown = text.strip()
    if len(shown) < 70:
        assert line == f"    {shown}"
    wide = sum(c in "日本" for c in text[: column - 1])
    assert caret.index("^") == 4 + column - 1 - (len(text) - len(text.lstrip())) + wide


def test_the_line_is_named_and_a_long_one_is_cut() -> None:
    message, line, caret = refused("a = 1\n  b = 2 ^ a\nc = 3").split("\n")
    assert message.startswith("line 2, column 9: ")
    assert (line, caret) == ("    b = 2 ^ a", "          ^")
    text = "+".join(["x"] * 40) + "^y" + "+z" * 40
    _, line, caret = refused(text).split("\n")
    assert len(line) < 90
    assert line[caret.index("^")] == "^"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('ls')", "().__class__.__bases__[0]", "exec('1')", "print(1)",
        "open", "getattr(x, y)", "(lambda: 1)()", "{x}", "{}", "x if 1 else 2", "await x",
        "yield x", "assert x", "del x", "def f(): pass", "class A: pass", "while 1: pass",
        "global x", "from os import path", "@f\ndef g(): pass", "x: int = 3", "try: 1\nfinally: 1",
        "match x:\n case 1: 2", "`x`", "x; import os", "a\0b", "\ud800", "x\\",
    ],
)  # fmt: skip
def test_attacks(text: str) -> None:
    leaves = {"open": 1.0} if text == "open" else {"x": 1.0}
    if text == "open":  # a name like any other: it stands for the number that it was given
        assert parse(text).run(leaves).result.data == 1.0
    else:
        refused(text, leaves)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 4990 + "x" + ")" * 4990, "(" * 9999, "[" * 9999, "-" * 9999 + "x", "x**" * 3000 + "x",
        "x+" * 4999 + "x", "abs(" * 1900 + "x" + ")" * 1900, "lambda:" * 1400 + "x",
        "not " * 2400 + "x", "x if x else " * 800 + "x", "-" * 101 + "x",
    ],
)  # fmt: skip
def test_what_is_nested_too_deeply(text: str) -> None:
    assert re.search("nested|brackets|never closed|expression|where", refused(text, {"x": 1.0}))


def test_limits() -> None:
    assert "10,001 characters: 10,000 are the most" in refused("x" * 10_001)
    assert parse(" " * 9_999 + "x").leaves == ("x",)
    assert parse("-" * 99 + "x").run({"x": 1.0}).result.data == -1.0
    statements = [f"a{i}=x+1+1" for i in range(501)]
    assert len(parse("; ".join(statements[:500])).assigned) == 500
    assert "more than 1000 operations" in refused("; ".join(statements))
    assert parse("x**1000").function()(1.0) == 1.0
    with pytest.raises(TypeError, match="an expression is a str"):
        parse(3)  # type: ignore[arg-type]
    for nothing in ("", "  \n\t", "# a comment"):
        assert "there is no expression" in refused(nothing)


def test_values_that_are_missing_or_too_many() -> None:
    message = refused("a * bias", {"a": 1.0})
    assert message.startswith("column 5: bias has no value: give it one, bias=2\n    a * bias\n")
    assert "did you mean bais?" in refused("bias * 2", {"bais": 1.0})
    assert "no leaf 'z'; its leaves: a" in refused("a + 1", {"a": 1.0, "z": 2.0})
    assert "b is assigned in the expression" in refused("b = a", {"a": 1.0, "b": 2.0})
    assert "no leaf 'pi'" in refused("pi", {"pi": 3.0})
    with pytest.raises(gg.ExpressionError, match="column 5: y is a second variable beside x"):
        parse("x * y").function()
    with pytest.raises(TypeError, match="the value of a takes a number"):
        parse("a").run({"a": "2"})
