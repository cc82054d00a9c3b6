"""All of backpropagation on one page: a number that remembers how it was made.

This is the engine of the lecture, small enough to be read in one sitting; the big one gives the
same numbers. It needs nothing but `math`.
"""

import math


class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0  # how much the output changes per unit of change of this value
        self.label = label
        self._prev = _children  # the operands
        self._op = _op
        self._backward = lambda: None  # hands this value's gradient on to its operands

    def __repr__(self):
        return f"Value(data={self.data})"

    def _make(self, data, partials, children, op):
        """Make the result of an operation, given its derivative with respect to each operand."""
        out = Value(data, children, op)

        def backward():
            for child, partial in zip(children, partials):
                child.grad += out.grad * partial  # += because a value may be used twice

        out._backward = backward
        return out

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self._make(self.data + other.data, (1.0, 1.0), (self, other), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self._make(self.data * other.data, (other.data, self.data), (self, other), "*")

    def __pow__(self, n):
        return self._make(self.data**n, (n * self.data ** (n - 1),), (self,), f"**{n}")

    def exp(self):
        y = math.exp(self.data)
        return self._make(y, (y,), (self,), "exp")

    def log(self):
        return self._make(math.log(self.data), (1 / self.data,), (self,), "log")

    def tanh(self):
        y = math.tanh(self.data)
        return self._make(y, (1 - y * y,), (self,), "tanh")

    def relu(self):
        return self._make(max(0.0, self.data), (float(self.data > 0),), (self,), "ReLU")

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:  # operands before results; reversed, results come before their operands
            v, all_operands_are_there = stack.pop()
            if all_operands_are_there:
                order.append(v)
            elif v not in seen:
                seen.add(v)
                stack += [(v, True), *((child, False) for child in v._prev)]

        for v in order:
            v.grad = 0.0 if v._prev else v.grad  # leaves collect from pass to pass
        self.grad = 1.0
        for v in reversed(order):
            v._backward()

    __neg__ = lambda self: self * -1
    __sub__ = lambda self, other: self + -other
    __truediv__ = lambda self, other: self * other**-1
    __radd__ = lambda self, other: self + other
    __rmul__ = lambda self, other: self * other
    __rsub__ = lambda self, other: -self + other
    __rtruediv__ = lambda self, other: self**-1 * other
