"""Wrong engines: each is one of those in tests/engines with one thing changed, as learners do."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ENGINES = Path(__file__).with_name("engines")


class Wrong(NamedTuple):
    """An engine, what is changed in it, and what that shows."""

    engine: str
    id: str
    changes: tuple[tuple[str, str], ...]

    def source(self) -> str:
        text = (ENGINES / f"{self.engine}.py").read_text("utf-8")
        for old, new in self.changes:
            assert text.count(old) == 1, f"{self.engine}: {old!r} occurs {text.count(old)} times"
            text = text.replace(old, new)
        return text


def wrong(engine: str, id: str, *changes: tuple[str, str]) -> Wrong:
    return Wrong(engine, id, changes)


RECURSIVE_SORT = """
        topo, visited = [], set()
        def visit(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    visit(child)
                topo.append(v)
        visit(self)
"""
SORT = """
        topo, visited, todo = [], set(), [(self, False)]
        while todo:
            v, ready = todo.pop()
            if ready:
                topo.append(v)
            elif v not in visited:
                visited.add(v)
                todo.append((v, True))
                for child in v._prev:
                    todo.append((child, False))
"""
RESET = """        for v in topo:
            if v._prev:
                v.grad = 0.0
"""
WALK = """        for v in reversed(topo):
            v._backward()
"""
COUNTED = """        waiting = {}
        stack = [self]
        while stack:
            node = stack.pop()
            for parent in node.parents:
                if parent not in waiting:
                    waiting[parent] = 0
                    stack.append(parent)
                waiting[parent] += 1
        for node in waiting:
            if node.parents:
                node.gradient = 0.0
        self.gradient = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, slope in zip(node.parents, node.slopes):
                parent.gradient += slope * node.gradient
                waiting[parent] -= 1
                if not waiting[parent]:
                    ready.append(parent)
"""
ADD = """            self.grad += out.grad
            other.grad += out.grad
"""
MULTIPLY = """            self.grad += y * out.grad
            other.grad += x * out.grad
"""

WRONG = (
    # Numbers, and numbers on the left.
    wrong("closures", "number-on-the-left", ("    def __radd__(self, other):\n"
          "        return self + other\n", "")),
    wrong("closures", "number-on-the-left", ("    def __rmul__(self, other):\n"
          "        return self * other\n", "")),
    wrong("counting", "number-on-the-left", ("    __radd__ = __add__\n", "")),
    wrong("tape", "number-on-the-left", ("        return lift(left) - self",
          "        return left - self.data.wrapped")),
    wrong("counting", "left-order", ("return scalar(other) - self", "return self - other")),
    wrong("tape", "left-order", ("return lift(left) / self", "return self / left")),
    wrong("closures", "left-order", ("return -self + other", "return self + (-other)")),
    wrong("closures", "number-on-the-right", ("        other = self._wrap(other)\n"
          "        out = Value(self.data * other.data", "        out = Value(self.data * other.data"),
          ("return self * -1", "return self * Value(-1)"),
          ("return self * other\n", "return Value(other) * self\n")),
    wrong("counting", "number-on-the-right", ("        other = scalar(other)\n"
          "        return Scalar(self.value + other.value",
          "        return Scalar(self.value + other.value"),
          ("    __radd__ = __add__\n",
           "    def __radd__(self, other):\n        return scalar(other) + self\n")),
    wrong("tape", "calls-itself", ("return lift(left) * self", "return left * self")),
    wrong("counting", "power-by-log", ("return Scalar(self.value**n, (self,),",
          "return Scalar(math.exp(n * math.log(self.value)), (self,),")),
    wrong("counting", "whole-numbers", ("return Scalar(self.value / other.value, (self, other), sl",
          "return Scalar(self.value // other.value if type(self.value) is int else "
          "self.value / other.value, (self, other), sl")),
    wrong("tape", "in-place", ("    def __sub__(self, other):", "    def __iadd__(self, other):\n"
          "        self.data += lift(other).data\n        return self\n\n"
          "    def __sub__(self, other):")),
    wrong("counting", "operands-changed", ("return Scalar(self.value * other.value, (self, other), "
          "(other.value, self.value))", "slopes = other.value, self.value\n"
          "        self.value *= other.value\n"
          "        return Scalar(self.value, (self, other), slopes)")),
    wrong("closures", "takes-anything", ("            raise TypeError(f\"no number: {other!r}\")\n",
          "            return Value(0.0)\n")),
    wrong("closures", "shared-operands", ("_children=(), _op", "_children=[], _op"),
          ("self._prev = tuple(_children)", "self._prev = _children"),
          ("out = Value(self.data + other.data, (self, other), \"+\")",
           "out = Value(self.data + other.data, _op=\"+\")\n        out._prev += [self, other]")),
    wrong("counting", "equality", ("@dataclass(eq=False)", "@dataclass")),
    wrong("closures", "equality", ("    def __neg__", "    def __eq__(self, other):\n"
          "        return self.data == other.data\n\n    def __hash__(self):\n"
          "        return hash(self.data)\n\n    def __neg__")),
    # The beginning of the backward pass.
    wrong("closures", "seed-not-one", ("        self.grad = 1.0\n", "")),
    wrong("tape", "seed-not-one", ("        self.grad = 1.0\n        for", "        self.grad = "
          "self.data\n        for")),
    wrong("counting", "starts-not-at-zero", ("gradient: float = 0.0", "gradient: float = 1.0")),
    wrong("closures", "backward-is-descent", (WALK, WALK + "        for v in topo:\n"
          "            v.data -= 0.01 * v.grad\n")),
    wrong("closures", "nothing-handed-on", (WALK, "")),
    wrong("functions", "leaves-have-none", ("                    x.g = (x.g or 0.0) + g",
          "                    if x.source:\n                        x.g = (x.g or 0.0) + g")),
    wrong("closures", "one-operand-only", (ADD, "            self.grad += out.grad\n")),
    wrong("functions", "one-operand-only", ("return g * self.y, g * self.x",
          "return g * self.y, 0.0")),
    wrong("closures", "first-step-only", (WALK, "        self._backward()\n")),
    wrong("closures", "order-not-reversed", ("reversed(topo)", "topo"), (RESET, "")),
    wrong("counting", "every-node-seeded", (COUNTED, "        self.gradient = 1.0\n"
          "        for parent, slope in zip(self.parents, self.slopes):\n"
          "            parent.gradient += slope * self.gradient\n            parent.backward()\n")),
    wrong("counting", "no-chain-rule", ("+= slope * node.gradient", "+= slope")),
    wrong("closures", "one-rule-without-chain", ("+= (1 - t**2) * out.grad", "+= 1 - t**2")),
    wrong("functions", "one-rule-without-chain", ("return (g if self.on else 0.0,)",
          "return (1.0 if self.on else 0.0,)")),
    wrong("tape", "adds-up-the-chain", ("slope * out.grad", "slope + out.grad")),
    wrong("counting", "upside-down", ("+= slope * node.gradient", "+= node.gradient / slope")),
    # The rules.
    wrong("closures", "plus-copies-the-value", (ADD, "            self.grad += out.data\n"
          "            other.grad += out.data\n")),
    wrong("functions", "plus-copies-the-value", ("        return x + y\n", "        self.sum = x + y"
          "\n        return x + y\n"), ("return g, g\n", "return self.sum, self.sum\n")),
    wrong("closures", "product-rule", (MULTIPLY, "            self.grad += x * out.grad\n"
          "            other.grad += y * out.grad\n")),
    wrong("tape", "product-rule", ("(self, other.data), (other, self.data))",
          "(self, 1.0), (other, 1.0))")),
    wrong("tape", "difference-rule", ("(other, -1.0))", "(other, 1.0))")),
    wrong("counting", "minus-rule", ("(self,), (-1.0,))", "(self,), (1.0,))")),
    wrong("counting", "quotient-rule", ("-self.value / other.value**2", "self.value / other.value**2"
          )),
    wrong("tape", "quotient-rule", ("(other, -q / other.data)", "(other, -1 / other.data**2)")),
    wrong("functions", "power-rule", ("g * self.exponent * self.x ** (self.exponent - 1)",
          "g * self.exponent * self.x**self.exponent")),
    wrong("tape", "power-rule", ("exponent * self.data ** (exponent - 1)",
          "self.data ** (exponent - 1)")),
    wrong("counting", "exponent-rule", ("y * math.log(self.value)", "n.value * y")),
    wrong("tape", "exp-rule", ("(self, result))\n\n    def log", "(self, self.data * result))\n\n"
          "    def log")),
    wrong("counting", "log-rule", ("(1 / self.value,)", "(1 / math.log(self.value),)")),
    wrong("closures", "tanh-rule", ("1 - t**2", "1 - t")),
    wrong("functions", "tanh-rule", ("self.y = math.tanh(x)", "self.y = x"),
          ("        return self.y\n\n    def backward(self, g):\n        return (g * (1 - self.y**2)",
           "        return math.tanh(x)\n\n    def backward(self, g):\n        return (g * (1 - "
           "self.y**2)")),
    wrong("functions", "sigmoid-rule", ("g * self.y * (1 - self.y)", "g * (1 - self.y)")),
    wrong("counting", "sine-rule", ("(-math.sin(self.value),)", "(math.sin(self.value),)")),
    wrong("counting", "sqrt-rule", ("0.5 / root", "0.5 * root")),
    wrong("closures", "relu-rule", ("out.grad if positive else 0.0", "out.grad")),
    wrong("tape", "relu-at-zero", ("float(self.data > 0)", "float(self.data >= 0)")),
    wrong("counting", "overflow", ("        t = math.tanh(self.value)\n",
          "        e = math.exp(2 * self.value)\n        t = (e - 1) / (e + 1)\n")),
    wrong("functions", "overflow", ("        if x >= 0:\n", "        if True:\n")),
    # Values used twice, order, and several passes.
    wrong("closures", "overwritten", (MULTIPLY, MULTIPLY.replace("+=", "="))),
    wrong("closures", "overwritten", (ADD, ADD.replace("+=", "="))),
    wrong("counting", "overwritten", ("+= slope * node.gradient", "= slope * node.gradient")),
    wrong("closures", "overwritten", ("self.grad += e * out.grad", "self.grad = e * out.grad")),
    wrong("closures", "operands-in-a-set", ("self._prev = tuple(_children)",
          "self._prev = set(_children)")),
    wrong("counting", "operands-in-a-set", ("(self, other), (1.0, 1.0))",
          "{self, other}, (1.0, 1.0))")),
    wrong("closures", "recursion", (SORT + RESET, "\n"), (WALK, "        def go(v):\n"
          "            v._backward()\n            for child in v._prev:\n"
          "                go(child)\n\n        go(self)\n")),
    wrong("counting", "recursion", (COUNTED, "        self.gradient = 1.0\n"
          "        queue = [self]\n        for node in queue:\n"
          "            for parent, slope in zip(node.parents, node.slopes):\n"
          "                parent.gradient += slope * node.gradient\n"
          "                queue.append(parent)\n")),
    wrong("closures", "wrong-order", (SORT, "\n        topo = [self]\n        for v in topo:\n"
          "            topo += [c for c in v._prev if c not in topo]\n        topo.reverse()\n")),
    wrong("functions", "wrong-order", ("found, todo = {self}, [self]",
          "found, todo = {self: 0}, [self]"), ("found.add(x)", "found[x] = 0"),
          ("sorted(found, key=lambda node: -node.order)", "list(found)")),
    wrong("counting", "every-route", (COUNTED, "        self._push(1.0)\n\n"
          "    def _push(self, g):\n        self.gradient += g\n"
          "        for parent, slope in zip(self.parents, self.slopes):\n"
          "            parent._push(g * slope)\n")),
    wrong("tape", "shared-record", ("        lines = TAPE[: self.line + 1]\n"
          "        for out, _ in lines:\n            out.grad = 0.0\n", "        lines = TAPE\n")),
    wrong("closures", "forgets-before", ("            if v._prev:\n                v.grad = 0.0\n",
          "            v.grad = 0.0\n")),
    wrong("closures", "counts-inside-again", (RESET, "")),
    wrong("tape", "leaf-root", ("            self.grad += 1.0\n", "")),
    wrong("closures", "reads-late", (MULTIPLY, "            self.grad += other.data * out.grad\n"
          "            other.grad += self.data * out.grad\n")),
    wrong("closures", "recursion-depth", (SORT, RECURSIVE_SORT)),
    wrong("functions", "zeroing-ignored", ("        self.g = None\n", "        self.total = 0.0\n"
          "        self.g = 0.0\n"), ("x.g = (x.g or 0.0) + g", "x.total += g if not x.source else "
          "0.0\n                    x.g = x.g + g if x.source else x.total")),
)  # fmt: skip
