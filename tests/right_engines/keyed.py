"""Values are numbered; what is known about them stands in dictionaries, gradients too."""

import math
from itertools import count

NUMBERS = count()
GRADIENTS = {}


class Var:
    def __init__(self, value, made_of=()):
        if not isinstance(value, (int, float)):
            raise TypeError(f"{value!r} is no number")
        self.value = value
        self.made_of = list(made_of)  # pairs of an operand and a slope
        self.number = next(NUMBERS)

    @property
    def gradient(self):
        return GRADIENTS.get(self.number, 0.0)

    @gradient.setter
    def gradient(self, value):
        GRADIENTS[self.number] = value

    @property
    def children(self):
        return [operand for operand, _ in self.made_of]

    def __add__(self, other):
        other = var(other)
        return Var(self.value + other.value, [(self, 1), (other, 1)])

    def __radd__(self, other):
        return var(other) + self

    def __mul__(self, other):
        other = var(other)
        return Var(self.value * other.value, [(self, other.value), (other, self.value)])

    def __rmul__(self, other):
        return var(other) * self

    def __neg__(self):
        return Var(-self.value, [(self, -1)])

    def __sub__(self, other):
        return self + -var(other)

    def __rsub__(self, other):
        return var(other) - self

    def reciprocal(self):
        return Var(1 / self.value, [(self, -1 / self.value**2)])

    def __truediv__(self, other):
        return self * var(other).reciprocal()

    def __rtruediv__(self, other):
        return var(other) / self

    def __pow__(self, n):
        if not isinstance(n, (int, float)):
            raise TypeError("the exponent is a number")
        return Var(self.value**n, [(self, n * self.value ** (n - 1))])

    def __rpow__(self, base):
        y = base**self.value
        return Var(y, [(self, y * math.log(base))])

    def exp(self):
        return math.e**self

    def log(self):
        return Var(math.log(self.value), [(self, 1 / self.value)])

    def tanh(self):
        e = math.exp(-2 * abs(self.value))
        t = math.copysign((1 - e) / (1 + e), self.value)
        return Var(t, [(self, 1 - t * t)])

    def relu(self):
        return Var(max(0, self.value), [(self, 1 if self.value > 0 else 0)])

    def back_propagate(self):
        arriving = {self.number: 1.0}
        seen = {self.number: self}
        todo = [self]
        while todo:
            for child in todo.pop().children:
                if child.number not in seen:
                    seen[child.number] = child
                    todo.append(child)
        for number in sorted(seen, reverse=True):
            v = seen[number]
            g = arriving.get(number, 0.0)
            if v.made_of:
                v.gradient = g
            else:
                v.gradient += g
            for operand, slope in v.made_of:
                arriving[operand.number] = arriving.get(operand.number, 0.0) + g * slope


def var(x):
    return x if isinstance(x, Var) else Var(x)
