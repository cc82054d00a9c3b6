"""All checks, from simple to compound: the first that fails names what to mend first.

The order is the diagnosis. A check uses only what the checks above it have shown to be right, so
that it can fail for one reason: values are used twice only after every rule has been seen to work,
and the numbers in a program differ until it has been asked whether equal ones are told apart. To
add a check, put it below those that it builds on and above those that build on it.
"""

from __future__ import annotations

from collections.abc import Mapping

from glassgrad.learn.grading.checks import Check

__all__ = ["CHECKS"]


def _check(
    name: str, program: str, reads: str, id: str, otherwise: Mapping[str, str] | None = None,
    optional: bool = False,
) -> Check:  # fmt: skip
    """Make a check; the values that a program begins with stand on one line of it."""
    lines: list[str] = []
    for statement in filter(None, map(str.strip, program.split(";"))):
        together = "= Value(" in statement and lines and lines[-1].endswith(")")
        if together and "= Value(" in lines[-1]:
            lines[-1] += f"; {statement}"
        else:
            lines.append(statement)
    read = tuple(filter(None, map(str.strip, reads.split(";"))))
    return Check(name, "\n".join(lines), read, id, otherwise or {}, optional)


_AB = "a = Value(2.0); b = Value(-3.0)"
_LEFT = {"raised": "number-on-the-left"}
_RIGHT = {"raised": "number-on-the-right"}
_SET = {"raised": "operands-in-a-set"}

_NUMBERS = (
    _check("a value holds its number", "a = Value(2.0)", "a.data", "wrong-result"),
    _check("a new value has no gradient yet", "a = Value(2.0)", "a.grad",
           "starts-not-at-zero"),
    _check("a sum", f"{_AB}; c = a + b", "c.data", "wrong-result"),
    _check("a product", f"{_AB}; c = a * b", "c.data", "wrong-result"),
    _check("a sum leaves its operands as they are", f"{_AB}; c = a + b", "a.data; b.data",
           "operands-changed"),
    _check("a product leaves its operands as they are", f"{_AB}; c = a * b", "a.data; b.data",
           "operands-changed"),
    _check("minus a value", "a = Value(2.0); c = -a", "c.data", "wrong-result"),
    _check("a difference", f"{_AB}; c = a - b", "c.data", "wrong-result"),
    _check("a quotient", "a = Value(2.0); b = Value(4.0); c = a / b", "c.data", "wrong-result",
           {"0": "whole-numbers"}),
    _check("a power", "a = Value(2.0); c = a ** 3", "c.data", "wrong-result"),
    _check("a power of a negative number", "a = Value(-3.0); c = a ** 2", "c.data", "wrong-result",
           {"ValueError": "power-by-log", "nan": "power-by-log"}),
    _check("whole numbers", "a = Value(2); b = Value(4); c = a / b", "c.data", "whole-numbers"),
    _check("a sum by +=", "a = Value(2.0); c = Value(3.0); b = a; b += c", "a.data; b.data",
           "in-place"),
    _check("a product by *=", "a = Value(2.0); c = Value(3.0); b = a; b *= c", "a.data; b.data",
           "in-place"),
    _check("a leaf has no operands", f"{_AB}; c = a + b", "len(a._prev or ())", "shared-operands"),
)  # fmt: skip

_ROUTES = (
    _check("the gradient of the result itself", f"{_AB}; c = a + b; c.backward()", "c.grad",
           "seed-not-one"),
    _check("backward leaves the numbers alone", f"{_AB}; c = a + b; c.backward()",
           "a.data; b.data; c.data", "backward-is-descent"),
    _check("a sum of sums", f"{_AB}; e = Value(10.0); f = Value(-4.5); c = a + b; d = e + f;"
           "g = c + d; g.backward()", "c.grad; d.grad", "sum-rule",
           {"0 0": "nothing-handed-on", "1 0": "one-operand-only", "0 1": "one-operand-only",
            "0 2": "one-operand-only", "2 0": "one-operand-only",
            "4.5 4.5": "plus-copies-the-value", "-1 5.5": "plus-copies-the-value",
            "5.5 -1": "plus-copies-the-value", "2 2": "adds-up-the-chain"}),
    _check("the gradients of a sum", f"{_AB}; c = a + b; c.backward()", "a.grad; b.grad",
           "sum-rule",
           {"0 0": "leaves-have-none", "1 0": "one-operand-only", "0 1": "one-operand-only",
            "-1 -1": "plus-copies-the-value", "2 -3": "plus-copies-the-value",
            "-3 2": "plus-copies-the-value"}),
    _check("different programs have different gradients", "a = Value(3.0); b = Value(5.0);"
           "e = Value(7.0); c = a + a; c.backward(); d = b * e; d.backward()", "a.grad != b.grad",
           "every-node-seeded", _SET),
    _check("forty products", "a = [Value(2 + 0.37 * k) for k in range(40)];"
           "b = [Value(-3 - 0.73 * k) for k in range(40)]; c = [x * y for x, y in zip(a, b)];"
           "d = c[0]; for x in c[1:]: d = d + x; d.backward()",
           "len({x.grad == y.data for x, y in zip(a, b)})", "operands-in-a-set"),
    _check("the gradients of a product", f"{_AB}; c = a * b; c.backward()", "a.grad; b.grad",
           "product-rule", {"0 0": "leaves-have-none", "-3 0": "one-operand-only",
                            "0 2": "one-operand-only", "-0.3333333 0.5": "upside-down"}),
    _check("a gradient goes further than one step", f"{_AB}; c = Value(4.0); d = a * b; e = d * c;"
           "e.backward(); e.backward()", "a.grad != 0", "first-step-only"),
    _check("a product of a product", f"{_AB}; c = Value(4.0); d = a * b; e = d * c; e.backward()",
           "d.grad; a.grad", "no-chain-rule",
           {"1 -3": "every-node-seeded", "4 0": "order-not-reversed",
            "4 1": "adds-up-the-chain"}),
)  # fmt: skip

#: Below the first gradients: people meet them later, and leave them for later.
_WITH_NUMBERS = (
    _check("a value plus a number", "a = Value(2.0); c = a + 1", "c.data", "wrong-result", _RIGHT),
    _check("a value times a number", "a = Value(2.0); c = a * 3", "c.data", "wrong-result", _RIGHT),
    _check("a value minus a number", "a = Value(2.0); c = a - 7", "c.data", "wrong-result", _RIGHT),
    _check("a value divided by a number", "a = Value(2.0); c = a / 4", "c.data", "wrong-result",
           _RIGHT),
    _check("a number plus a value", "a = Value(2.0); c = 1 + a", "c.data", "wrong-result", _LEFT),
    _check("a number times a value", "a = Value(2.0); c = 3 * a", "c.data", "wrong-result", _LEFT),
    _check("a number minus a value", "a = Value(2.0); c = 5 - a", "c.data", "wrong-result",
           {"-3": "left-order", **_LEFT}),
    _check("a number divided by a value", "a = Value(2.0); c = 3 / a", "c.data", "wrong-result",
           {"0.66666667": "left-order", **_LEFT}),
    _check("the sum of a list", f"{_AB}; c = sum([a, b])", "c.data", "wrong-result", _LEFT),
    _check("the gradient beside a number", "a = Value(2.0); c = a * 3; d = c + 1; d.backward()",
           "a.grad", "number-gradient"),
    _check("the gradient behind a number",
           "a = Value(2.0); c = 3 * a; d = 1 + c; d.backward()", "a.grad", "number-gradient"),
)  # fmt: skip

#: Operations that others are often made of, and others.
_MAKERS = (("minus", "-a"), ("a power", "a ** 2"))
_OTHERS = (
    ("a difference", "a - b"), ("a quotient", "a / b"), ("exp", "a.exp()"), ("log", "a.log()"),
    ("tanh", "a.tanh()"), ("sigmoid", "a.sigmoid()"), ("relu", "a.relu()"),
)  # fmt: skip


def _through(name: str, formula: str) -> Check:
    """Ask what an operation does with a gradient that is not 1."""
    return _check(
        f"a gradient through {name}", "a = Value(2.0); b = Value(5.0); k = Value(-4.0);"
        f"c = {formula}; d = c * k; d.backward()", "c.grad; a.grad", "one-rule-without-chain"
    )  # fmt: skip


_RULES = (
    _check("minus leaves its operand as it is", "a = Value(2.0); c = -a", "a.data",
           "operands-changed"),
    _check("a difference leaves its operands as they are", f"{_AB}; c = a - b", "a.data; b.data",
           "operands-changed"),
    _check("a quotient leaves its operands as they are", "a = Value(2.0); b = Value(4.0);"
           "c = a / b", "a.data; b.data", "operands-changed"),
    _check("the gradient of minus", "a = Value(2.0); c = -a; c.backward()", "a.grad", "minus-rule"),
    _check("the gradient of a square", "a = Value(-3.0); c = a ** 2; c.backward()", "a.grad",
           "power-rule"),
    _check("the gradient of a cube", "a = Value(2.0); c = a ** 3; c.backward()", "a.grad",
           "power-rule"),
    _check("the gradient of a root", "a = Value(4.0); c = a ** 0.5; c.backward()",
           "c.data; a.grad", "power-rule"),
    _check("a value to the power of a value", "a = Value(2.0); b = Value(3.0); c = a ** b;"
           "c.backward()", "c.data; a.grad; b.grad", "exponent-rule", optional=True),
    *(_through(name, formula) for name, formula in _MAKERS),
    _check("the gradients of a difference", f"{_AB}; c = a - b; c.backward()", "a.grad; b.grad",
           "difference-rule", {"1 0": "one-operand-only", "0 -1": "one-operand-only"}),
    _check("the gradients of a quotient", "a = Value(2.0); b = Value(4.0); c = a / b; c.backward()",
           "a.grad; b.grad", "quotient-rule",
           {"0.25 0": "one-operand-only", "0 -0.125": "one-operand-only"}),
    _check("the gradient of a number minus a value", "a = Value(2.0); c = 3 - a; c.backward()",
           "a.grad", "difference-rule", {"1": "left-order"}),
    _check("the gradient of a number divided by a value",
           "a = Value(4.0); c = 2 / a; c.backward()", "a.grad", "quotient-rule",
           {"0.5": "left-order"}),
    *(
        _check(f"the gradient of {f}", f"a = Value({x}); c = a.{f}(); c.backward()",
               "c.data; a.grad", f"{rule}-rule")
        for f, x, rule in (("exp", 0.5, "exp"), ("log", 4.0, "log"), ("tanh", 0.8, "tanh"),
                           ("sigmoid", 0.7, "sigmoid"), ("sin", 0.5, "sine"), ("cos", 0.5, "sine"),
                           ("sqrt", 4.0, "sqrt"))
    ),
    _check("the gradient of relu above 0", "a = Value(3.0); c = a.relu(); c.backward()",
           "c.data; a.grad", "relu-rule"),
    _check("the gradient of relu below 0", "a = Value(-3.0); c = a.relu(); c.backward()",
           "c.data; a.grad", "relu-rule"),
)  # fmt: skip

_THROUGH = tuple(_through(name, formula) for name, formula in _OTHERS)
_AGAIN = tuple(
    _check(f"{name}, and its operands once more", "a = Value(2.0); b = Value(7.5);"
           f"c = {formula}; d = c + a; e = d + b; e.backward()", "a.grad; b.grad", "overwritten")
    for name, formula in (("a sum", "a + b"), ("a product", "a * b"), *_MAKERS, *_OTHERS)
)  # fmt: skip

_MANY_ROUTES = (
    _check("the worked example", "a = Value(2.0); b = Value(-3.0); c = Value(10.0);"
           "f = Value(-2.0); e = a * b; d = e + c; L = d * f; L.backward()",
           "L.data; a.grad; b.grad; c.grad; d.grad; e.grad; f.grad", "other"),
    _check("a neuron", "x = Value(2.0); w = Value(-3.0); b = Value(6.8813735870195432);"
           "o = (x * w + b).tanh(); o.backward()", "o.data; x.grad; w.grad; b.grad", "other"),
    _check("two results with the same number", "a = Value(2.0); b = Value(3.0); e = Value(5.0);"
           "f = Value(1.0); c = a * b; d = e + f; g = c * d; g.backward()", "a.grad; e.grad",
           "equality"),
    _check("two results of the same numbers", "a = Value(2.0); b = Value(3.0); x = Value(2.0);"
           "y = Value(3.0); c = a * b; d = x * y; g = c + d; g.backward()", "a.grad; x.grad",
           "equality"),
    _check("operands in either order", "a = Value(2.0); b = Value(7.5); x = Value(2.0);"
           "y = Value(7.5); c = a * b; d = c + a; e = x * y; f = x + e; g = d + f; g.backward()",
           "a.grad != x.grad", "wrong-order"),
    *_AGAIN,
    _check("a value plus itself", "a = Value(3.0); b = a + a; b.backward()", "a.grad",
           "operands-in-a-set", _SET),
    _check("a value times itself", "a = Value(3.0); b = a * a; b.backward()", "a.grad",
           "operands-in-a-set", _SET),
    _check("a result used twice", "a = Value(2.0); k = Value(3.0); p = Value(5.0); q = Value(7.0);"
           "b = a * k; c = b * p; d = b * q; e = c + d; e.backward()", "a.grad", "wrong-order",
           {"51": "recursion", "57": "recursion", "72": "recursion"}),
    _check("a short way and a long one", "a = Value(2.0); k = Value(3.0); q = Value(7.0);"
           "c = a * k; d = c * q; e = c + d; e.backward()", "a.grad", "wrong-order",
           {"27": "recursion", "48": "recursion"}),
    _check("a long way and a short one", "a = Value(2.0); k = Value(3.0); q = Value(7.0);"
           "c = a * k; d = c * q; e = d + c; e.backward()", "a.grad", "wrong-order",
           {"27": "recursion", "48": "recursion"}),
    _check("results used early and late", "a = Value(2.0); b = Value(3.0); c = a + b; d = a * b;"
           "e = c + d; f = c * d; g = e + f; g.backward()", "a.grad; b.grad", "wrong-order"),
)  # fmt: skip

_PASSES = (
    _check("two results of one leaf", "a = Value(2.0); k = Value(3.0); q = Value(5.0); b = a * k;"
           "c = a * q; b.backward(); c.backward()", "a.grad", "shared-record",
           {"5": "forgets-before"}),
    _check("backward from the middle", f"{_AB}; e = Value(4.0); c = a * b; d = c * e;"
           "c.backward()", "a.grad; d.grad; e.grad", "shared-record"),
    _check("a gradient that was set to 0", "a = Value(2.0); k = Value(3.0); q = Value(5.0);"
           "b = a * k; b.backward(); a.grad = 0.0; c = a * q; c.backward()", "a.grad",
           "zeroing-ignored"),
    _check("backward of a leaf", "a = Value(2.0); a.backward()", "a.grad", "leaf-root"),
    _check("tanh of large numbers", "a = Value(1000.0); b = Value(-1000.0); c = a.tanh();"
           "d = b.tanh(); e = c + d; e.backward()", "c.data; d.data; a.grad; b.grad", "overflow",
           {"raised": "overflow"}),
    _check("sigmoid of large numbers", "a = Value(1000.0); b = Value(-1000.0); c = a.sigmoid();"
           "d = b.sigmoid(); e = c + d; e.backward()", "c.data; d.data; a.grad; b.grad", "overflow",
           {"raised": "overflow"}),
    _check("relu at 0", "a = Value(0.0); c = a.relu(); c.backward()", "c.data; a.grad",
           "relu-at-zero"),
    _check("a value plus text", 'a = Value(2); a + "text"', "", "takes-anything"),
    _check("a value times text", 'a = Value(2); a * "text"', "", "takes-anything"),
    _check("a power with text", 'a = Value(2); a ** "2"', "", "takes-anything"),
    _check("a number that changes after the forward pass", f"{_AB}; c = a * b; a.data = 100.0;"
           "c.backward()", "b.grad", "reads-late", optional=True),
    _check("backward a second time", "a = Value(2.0); k = Value(3.0); q = Value(5.0); b = a * k;"
           "c = b * q; c.backward(); c.backward()", "a.grad", "counts-inside-again", optional=True),
    _check("both operands are remembered", "a = Value(2.0); c = a + a", "len(c._prev)",
           "operands-in-a-set"),
    _check("forty doublings", "a = Value(1.0); v = a; for _ in range(40): v = v + v;"
           "v.backward()", "v.data; a.grad", "other",
           {"stopped": "every-route"}),
    _check("a chain of 2,000 sums", "a = Value(1.0); v = Value(0.0);"
           "for _ in range(2_000): v = v + a; v.backward()", "v.data; a.grad", "other",
           {"raised": "recursion-depth", "RecursionError": "recursion-depth",
            "stopped": "recursion-depth"}),
    _check("micrograd's own example", "a = Value(-4.0); b = Value(2.0); c = a + b;"
           "d = a * b + b**3; c += c + 1; c += 1 + c + (-a); d += d * 2 + (b + a).relu();"
           "d += 3 * d + (b - a).relu(); e = c - d; f = e**2; g = f / 2.0; g += 10.0 / f;"
           "g.backward()", "g.data; a.grad; b.grad", "other"),
)  # fmt: skip

CHECKS: tuple[Check, ...] = (
    *_NUMBERS, *_ROUTES, *_WITH_NUMBERS, *_RULES, *_THROUGH, *_MANY_ROUTES, *_PASSES
)
