"""A dataclass with local derivatives beside the operands; who waits for whom is counted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real


@dataclass(eq=False)
class Scalar:
    value: float
    parents: tuple = ()
    slopes: tuple = ()
    gradient: float = 0.0

    def __add__(self, other):
        other = scalar(other)
        return Scalar(self.value + other.value, (self, other), (1.0, 1.0))

    __radd__ = __add__

    def __mul__(self, other):
        other = scalar(other)
        return Scalar(self.value * other.value, (self, other), (other.value, self.value))

    __rmul__ = __mul__

    def __neg__(self):
        return Scalar(-self.value, (self,), (-1.0,))

    def __sub__(self, other):
        other = scalar(other)
        return Scalar(self.value - other.value, (self, other), (1.0, -1.0))

    def __rsub__(self, other):
        return scalar(other) - self

    def __truediv__(self, other):
        other = scalar(other)
        slopes = (1 / other.value, -self.value / other.value**2)
        return Scalar(self.value / other.value, (self, other), slopes)

    def __rtruediv__(self, other):
        return scalar(other) / self

    def __pow__(self, n):
        if isinstance(n, Scalar):
            y = self.value**n.value
            slopes = (n.value * self.value ** (n.value - 1), y * math.log(self.value))
            return Scalar(y, (self, n), slopes)
        return Scalar(self.value**n, (self,), (n * self.value ** (n - 1),))

    def exp(self):
        e = math.exp(self.value)
        return Scalar(e, (self,), (e,))

    def log(self):
        return Scalar(math.log(self.value), (self,), (1 / self.value,))

    def sqrt(self):
        root = math.sqrt(self.value)
        return Scalar(root, (self,), (0.5 / root,))

    def sin(self):
        return Scalar(math.sin(self.value), (self,), (math.cos(self.value),))

    def cos(self):
        return Scalar(math.cos(self.value), (self,), (-math.sin(self.value),))

    def tanh(self):
        t = math.tanh(self.value)
        return Scalar(t, (self,), (1 - t * t,))

    def sigmoid(self):
        s = 0.5 * (1 + math.tanh(self.value / 2))
        return Scalar(s, (self,), (s * (1 - s),))

    def relu(self):
        return Scalar(max(self.value, 0.0), (self,), (1.0 if self.value > 0 else 0.0,))

    def backward(self):
        waiting = {}
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


def scalar(x):
    if isinstance(x, Scalar):
        return x
    if not isinstance(x, Real):
        raise TypeError("a number, please")
    return Scalar(x)
