"""The class of values that programs in a single file bring along: short, and recursive.

Each operation is one line, which stores the local derivatives beside the operands; the backward
pass sorts the graph and multiplies along its edges. Nothing here is tuned and nothing wasted: it
is what a person writes who needs a gradient and has an afternoon. That includes a trap: the inner
function of the backward pass refers to itself, and so keeps the graph, until the collector comes.
"""

from __future__ import annotations

from math import exp, log


class Value:
    """A number, the numbers it was made of, and how much it moves with each of them."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(
        self, data: float, children: tuple[Value, ...] = (), local_grads: tuple[float, ...] = ()
    ) -> None:
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = local_grads

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n: float) -> Value:
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def exp(self) -> Value:
        return Value(exp(self.data), (self,), (exp(self.data),))

    def log(self) -> Value:
        return Value(log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Value:
        return Value(self.data, (self,), (1.0,)) if self.data > 0.0 else Value(0.0, (self,), (0.0,))

    def __neg__(self) -> Value:
        return self * -1.0

    def __radd__(self, other: float) -> Value:
        return self + other

    def __sub__(self, other: Value | float) -> Value:
        return self + -other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __truediv__(self, other: Value | float) -> Value:
        return self * other**-1

    def backward(self) -> None:
        """Hand gradients on from the result to all that it was made of."""
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(v: Value) -> None:
            if v not in seen:
                seen.add(v)
                for child in v._children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for child, local_grad in zip(v._children, v._local_grads):
                child.grad += local_grad * v.grad
