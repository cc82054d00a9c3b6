"""Every operation is written on a tape, which is read backwards; values know their line."""

import math

TAPE = []


class Value:
    __slots__ = ("data", "grad", "line")

    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self.line = None

    @staticmethod
    def _record(result, *pairs):
        out = Value(result)
        out.line = len(TAPE)
        TAPE.append((out, pairs))
        return out

    def __add__(self, other):
        other = lift(other)
        return Value._record(self.data + other.data, (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        other = lift(other)
        return Value._record(self.data - other.data, (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        other = lift(other)
        return Value._record(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other):
        other = lift(other)
        q = self.data / other.data
        return Value._record(q, (self, 1 / other.data), (other, -q / other.data))

    def __pow__(self, exponent):
        slope = exponent * self.data ** (exponent - 1)
        return Value._record(self.data**exponent, (self, slope))

    def __neg__(self):
        return Value._record(-self.data, (self, -1.0))

    def __radd__(self, left):
        return lift(left) + self

    def __rsub__(self, left):
        return lift(left) - self

    def __rmul__(self, left):
        return lift(left) * self

    def __rtruediv__(self, left):
        return lift(left) / self

    def exp(self):
        result = math.exp(self.data)
        return Value._record(result, (self, result))

    def log(self):
        return Value._record(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        result = math.tanh(self.data)
        return Value._record(result, (self, 1 - result * result))

    def relu(self):
        return Value._record(max(0.0, self.data), (self, float(self.data > 0)))

    def backward(self):
        if self.line is None:
            self.grad += 1.0
            return
        lines = TAPE[: self.line + 1]
        for out, _ in lines:
            out.grad = 0.0
        self.grad = 1.0
        for out, pairs in reversed(lines):
            for operand, slope in pairs:
                operand.grad += slope * out.grad


def lift(x):
    if isinstance(x, Value):
        return x
    if isinstance(x, (int, float)):
        return Value(x)
    raise TypeError(type(x))
