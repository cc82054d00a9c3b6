"""What an engine is asked: small programs, and the numbers that are read when they have run.

A program is written for a class `Value` with ``.data``, ``.grad`` and ``.backward()``; for an
engine with other names the text is changed accordingly, so that its author sees their own. What is
expected is what `glassgrad.Value` gives for the same text.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What `expects` may be apart from numbers: that the program raises a TypeError.
TYPE_ERROR = "TypeError"


@dataclass(frozen=True)
class Probe:
    """One question.

    Attributes
    ----------
    name : str
        What is asked, in plain words.
    program : str
        Python, in which `Value` is the class.
    reads : tuple of str
        Expressions that are numbers afterwards; or ``(TYPE_ERROR,)``.
    needs : tuple of str
        Methods without which the question is not put: the engine has not got so far yet.
    """

    name: str
    program: str
    reads: tuple[str, ...]
    needs: tuple[str, ...] = ()


def _probe(name: str, program: str, reads: str, needs: str = "") -> Probe:
    lines = "\n".join(line.strip() for line in program.split(";"))
    return Probe(name, lines, tuple(reads.split()), tuple(needs.split()))


_TWO = "a = Value(2.0); b = Value(-3.0)"
_BACK = "__add__ __mul__ backward"

#: In the order of the lessons: what an engine fails first is what to look at first.
PROBES: tuple[Probe, ...] = (
    # A value, and what is made of it.
    _probe("a value holds its number", "a = Value(2.0)", "a.data"),
    _probe("a new value has the gradient 0", "a = Value(2.0)", "a.grad"),
    _probe("a sum", f"{_TWO}; c = a + b", "c.data", "__add__"),
    _probe("a product", f"{_TWO}; c = a * b", "c.data", "__mul__"),
    _probe("a difference", f"{_TWO}; c = a - b", "c.data", "__sub__"),
    _probe("a quotient", f"{_TWO}; c = a / b", "c.data", "__truediv__"),
    _probe("minus a value", "a = Value(2.0); c = -a", "c.data", "__neg__"),
    _probe("a value and a number", "a = Value(2.0); c = a + 1; d = a * 3", "c.data d.data",
           "__add__ __mul__"),
    _probe("a whole number as a value", "a = Value(2); b = Value(4); c = a / b", "c.data",
           "__truediv__"),
    _probe("a power", "a = Value(-3.0); c = a ** 2", "c.data", "__pow__"),
    _probe("what a value is made of stays as it is", f"{_TWO}; c = a + b; d = a * b",
           "a.data b.data", "__add__ __mul__"),
    _probe("a sum by +=", "a = Value(2.0); b = a; b += 1.0", "a.data b.data", "__add__"),
    _probe("a product by *=", "a = Value(2.0); b = a; b *= 3.0", "a.data b.data", "__mul__"),
    # A number on the left.
    _probe("a number plus a value", "a = Value(2.0); c = 1 + a", "c.data", "__add__"),
    _probe("a number times a value", "a = Value(2.0); c = 3 * a", "c.data", "__mul__"),
    _probe("a number minus a value", "a = Value(2.0); c = 1 - a", "c.data", "__sub__"),
    _probe("a number divided by a value", "a = Value(2.0); c = 1 / a", "c.data", "__truediv__"),
    _probe("the sum of a list", f"{_TWO}; c = sum([a, b, a])", "c.data", "__add__"),
    # The rule of each operation.
    _probe("the root's own gradient", f"{_TWO}; c = a + b; c.backward()", "c.grad",
           "__add__ backward"),
    _probe("backward of a leaf", "a = Value(2.0); a.backward()", "a.grad", "backward"),
    _probe("the gradients of a sum", f"{_TWO}; c = a + b; c.backward()", "a.grad b.grad",
           "__add__ backward"),
    _probe("the gradients of a product", f"{_TWO}; c = a * b; c.backward()", "a.grad b.grad",
           "__mul__ backward"),
    _probe("the gradients of a difference", f"{_TWO}; c = a - b; c.backward()", "a.grad b.grad",
           "__sub__ backward"),
    _probe("the gradient of minus", "a = Value(2.0); c = -a; c.backward()", "a.grad",
           "__neg__ backward"),
    _probe("the gradients of a quotient", "a = Value(2.0); b = Value(4.0); c = a / b; c.backward()",
           "a.grad b.grad", "__truediv__ backward"),
    _probe("the gradient of a number divided by a value",
           "a = Value(4.0); c = 2.0 / a; c.backward()", "a.grad", "__truediv__ backward"),
    _probe("the gradient of a square", "a = Value(-3.0); c = a ** 2; c.backward()", "a.grad",
           "__pow__ backward"),
    _probe("the gradient of a cube", "a = Value(2.0); c = a ** 3; c.backward()", "a.grad",
           "__pow__ backward"),
    _probe("the gradient of a root", "a = Value(4.0); c = a ** 0.5; c.backward()", "c.data a.grad",
           "__pow__ backward"),
    _probe("the gradient of exp", "a = Value(0.5); c = a.exp(); c.backward()", "c.data a.grad",
           "exp backward"),
    _probe("the gradient of log", "a = Value(4.0); c = a.log(); c.backward()", "c.data a.grad",
           "log backward"),
    _probe("the gradient of tanh", "a = Value(0.8); c = a.tanh(); c.backward()", "c.data a.grad",
           "tanh backward"),
    _probe("the gradient of relu above 0", "a = Value(3.0); c = a.relu(); c.backward()",
           "c.data a.grad", "relu backward"),
    _probe("the gradient of relu below 0", "a = Value(-3.0); c = a.relu(); c.backward()",
           "c.data a.grad", "relu backward"),
    # The chain rule.
    _probe("a product of a sum", f"{_TWO}; c = Value(10.0); d = (a * b + c) * b; d.backward()",
           "a.grad c.grad", _BACK),
    _probe("the worked example", "a = Value(2.0); b = Value(-3.0); c = Value(10.0);"
           "f = Value(-2.0); e = a * b; d = e + c; L = d * f; L.backward()",
           "L.data a.grad b.grad c.grad d.grad e.grad f.grad", _BACK),
    _probe("a square of a product", f"{_TWO}; c = (a * b) ** 2; c.backward()", "a.grad b.grad",
           f"{_BACK} __pow__"),
    _probe("exp of a product", "a = Value(0.5); c = (a * 3.0).exp(); c.backward()", "a.grad",
           "__mul__ exp backward"),
    _probe("tanh of a product", "a = Value(0.5); c = (a * 2.0).tanh() * 3.0; c.backward()",
           "a.grad", "__mul__ tanh backward"),
    _probe("a neuron", "x = Value(2.0); w = Value(-3.0); b = Value(6.8813735870195432);"
           "o = (x * w + b).tanh(); o.backward()", "o.data x.grad w.grad b.grad", f"{_BACK} tanh"),
    _probe("backward from the middle", f"{_TWO}; c = a * b; d = c * a; c.backward()",
           "a.grad b.grad d.grad", _BACK),
    _probe("backward leaves the numbers alone", f"{_TWO}; c = a * b; c.backward()",
           "a.data b.data c.data", _BACK),
    # A value used twice, and the order.
    _probe("a value plus itself", "a = Value(3.0); b = a + a; b.backward()", "a.grad", _BACK),
    _probe("a value times itself", "a = Value(3.0); b = a * a; b.backward()", "a.grad", _BACK),
    _probe("a value on two routes", f"{_TWO}; d = a * b; e = a + b; f = d * e; f.backward()",
           "a.grad b.grad", _BACK),
    _probe("a result used twice", "a = Value(2.0); b = a * 3.0; c = b + b; d = c * b; d.backward()",
           "a.grad b.grad", _BACK),
    _probe("a result used early and late", "a = Value(2.0); b = Value(3.0); c = a + b; d = a * b;"
           "y = (c + d) + c * d; y.backward()", "a.grad b.grad", _BACK),
    _probe("a short and a long way", "a = Value(2.0); b = a * a; c = b * b; d = c + b; e = d * b;"
           "e.backward()", "a.grad", _BACK),
    # Backward more than once.
    _probe("two results of one leaf", "a = Value(2.0); b = a * 3.0; c = a * 5.0; b.backward();"
           "c.backward()", "a.grad", _BACK),
    _probe("backward a second time", "a = Value(2.0); b = a * 3.0; c = b * b; c.backward();"
           "c.backward()", "a.grad", _BACK),
    _probe("a gradient set to 0, and used again", "a = Value(2.0); b = a * 3.0; b.backward();"
           "a.grad = 0.0; c = a * 5.0; c.backward()", "a.grad", _BACK),
    # Large numbers, long programs, wrong operands.
    _probe("tanh of large numbers", "a = Value(1000.0); b = Value(-1000.0); c = a.tanh();"
           "d = b.tanh(); e = c + d; e.backward()", "c.data d.data a.grad b.grad",
           "__add__ tanh backward"),
    _probe("a chain of 10,000 additions", "a = Value(1.0); v = a; \nfor _ in range(10_000): v = v + a"
           "\nv.backward()", "v.data a.grad", _BACK),
    _probe("a value plus text", 'a = Value(2.0); a + "text"', TYPE_ERROR, "__add__"),
    _probe("a power with text", 'a = Value(2.0); a ** "2"', TYPE_ERROR, "__pow__"),
    # Everything together.
    _probe("micrograd's own example", """a = Value(-4.0); b = Value(2.0); c = a + b
        d = a * b + b**3; c += c + 1; c += 1 + c + (-a); d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu(); e = c - d; f = e**2; g = f / 2.0; g += 10.0 / f
        g.backward()""".replace("\n", ";"), "g.data a.grad b.grad",
           f"{_BACK} __pow__ __sub__ __truediv__ relu"),
)  # fmt: skip
