"""Operations are classes, with a forward and a backward of their own, as in a framework."""

import math


class Operation:
    def __init__(self, *inputs):
        self.inputs = inputs

    @classmethod
    def of(cls, *inputs):
        inputs = [x if isinstance(x, Number) else Number(check(x)) for x in inputs]
        operation = cls(*inputs)
        out = Number(operation.forward(*[x.val for x in inputs]))
        out.source = operation
        out.operands = inputs
        out.order = 1 + max(x.order for x in inputs)
        return out


class Add(Operation):
    def forward(self, x, y):
        return x + y

    def backward(self, g):
        return g, g


class Multiply(Operation):
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, g):
        return g * self.y, g * self.x


class Power(Operation):
    def __init__(self, base, exponent):
        super().__init__(base)
        self.exponent = exponent

    def forward(self, x):
        self.x = x
        return x**self.exponent

    def backward(self, g):
        return (g * self.exponent * self.x ** (self.exponent - 1),)


class Exp(Operation):
    def forward(self, x):
        self.y = math.exp(x)
        return self.y

    def backward(self, g):
        return (g * self.y,)


class Log(Operation):
    def forward(self, x):
        self.x = x
        return math.log(x)

    def backward(self, g):
        return (g / self.x,)


class Tanh(Operation):
    def forward(self, x):
        self.y = math.tanh(x)
        return self.y

    def backward(self, g):
        return (g * (1 - self.y**2),)


class Sigmoid(Operation):
    def forward(self, x):
        if x >= 0:
            self.y = 1 / (1 + math.exp(-x))
        else:
            self.y = math.exp(x) / (1 + math.exp(x))
        return self.y

    def backward(self, g):
        return (g * self.y * (1 - self.y),)


class Relu(Operation):
    def forward(self, x):
        self.on = x > 0
        return x if self.on else 0.0

    def backward(self, g):
        return (g if self.on else 0.0,)


class Number:
    def __init__(self, val):
        self.val = val
        self.g = None
        self.source = None
        self.operands = []
        self.order = 0

    def __add__(self, other):
        return Add.of(self, other)

    def __radd__(self, other):
        return Add.of(other, self)

    def __mul__(self, other):
        return Multiply.of(self, other)

    def __rmul__(self, other):
        return Multiply.of(other, self)

    def __neg__(self):
        return Multiply.of(self, -1.0)

    def __sub__(self, other):
        return self + Multiply.of(other, -1.0)

    def __rsub__(self, other):
        return Add.of(other, -self)

    def __pow__(self, exponent):
        operation = Power(self, check(exponent))
        out = Number(operation.forward(self.val))
        out.source, out.operands, out.order = operation, [self], self.order + 1
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Number) else Number(check(other))
        return self * other**-1

    def __rtruediv__(self, other):
        return Number(other) / self

    def exp(self):
        return Exp.of(self)

    def log(self):
        return Log.of(self)

    def tanh(self):
        return Tanh.of(self)

    def sigmoid(self):
        return Sigmoid.of(self)

    def relu(self):
        return Relu.of(self)

    def backprop(self):
        found, todo = {self}, [self]
        while todo:
            for x in todo.pop().operands:
                if x not in found:
                    found.add(x)
                    todo.append(x)
        for node in found:
            if node.source:
                node.g = 0.0
        self.g = 1.0 if self.source else (self.g or 0.0) + 1.0
        for node in sorted(found, key=lambda node: -node.order):
            if node.source:
                for x, g in zip(node.operands, node.source.backward(node.g)):
                    x.g = (x.g or 0.0) + g


def check(x):
    if not isinstance(x, (int, float)):
        raise TypeError("not a number")
    return x
