"""Engines with one fault each: what a misconception looks like when it runs.

`engine` makes a class that is right, or wrong in the ways that it is told. What a learner's engine
gives is compared with what these give: the one that fails alike shows what was misunderstood.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

#: A rule gives the derivatives with respect to the operands, from their numbers and the result.
Rule = Callable[..., tuple[float, ...]]

_RULES: dict[str, Rule] = {
    "add": lambda a, b, y: (1.0, 1.0),
    "sub": lambda a, b, y: (1.0, -1.0),
    "mul": lambda a, b, y: (b, a),
    "div": lambda a, b, y: (1 / b, -a / (b * b)),
    "neg": lambda a, y: (-1.0,),
    "pow": lambda a, n, y: (n * a ** (n - 1),),
    "exp": lambda a, y: (y,),
    "log": lambda a, y: (1 / a,),
    "tanh": lambda a, y: (1 - y * y,),
    "relu": lambda a, y: (float(a > 0),),
}

#: Faults that are a wrong rule.
_WRONG: dict[str, tuple[str, Rule]] = {
    "mul-own-factor": ("mul", lambda a, b, y: (a, b)),
    "mul-ones": ("mul", lambda a, b, y: (1.0, 1.0)),
    "mul-result": ("mul", lambda a, b, y: (y, y)),
    "sub-both-plus": ("sub", lambda a, b, y: (1.0, 1.0)),
    "neg-plus": ("neg", lambda a, y: (1.0,)),
    "div-sign": ("div", lambda a, b, y: (1 / b, a / (b * b))),
    "div-not-squared": ("div", lambda a, b, y: (1 / b, -a / b)),
    "div-like-product": ("div", lambda a, b, y: (b, a)),
    "power-without-factor": ("pow", lambda a, n, y: (a ** (n - 1),)),
    "power-not-lowered": ("pow", lambda a, n, y: (n * y,)),
    "power-always-two": ("pow", lambda a, n, y: (2 * a,)),
    "exp-like-a-power": ("exp", lambda a, y: (a * math.exp(a - 1),)),
    "exp-of-itself": ("exp", lambda a, y: (a,)),
    "log-itself": ("log", lambda a, y: (y,)),
    "log-of-the-result": ("log", lambda a, y: (1 / y,)),
    "tanh-not-squared": ("tanh", lambda a, y: (1 - y,)),
    "tanh-of-the-operand": ("tanh", lambda a, y: (1 - a * a,)),
    "tanh-like-sigmoid": ("tanh", lambda a, y: (y * (1 - y),)),
    "relu-always-one": ("relu", lambda a, y: (1.0,)),
    "relu-passes-the-number": ("relu", lambda a, y: (y,)),
}

#: Faults of the walk, of the operators and of values.
_OTHERS = {
    "overwrites", "first-route-only", "one-route-each", "recursion", "as-made", "root-first-row",
    "operands-in-a-set", "no-chain-rule", "adds-the-value", "seed-0", "seed-data", "no-own-seed",
    "forgets-before", "counts-inside-again", "steps-downhill", "inside-only", "upside-down",
    "no-left-numbers", "no-left-difference", "no-left-quotient", "no-right-numbers", "in-place",
    "tanh-by-exp", "recursive-sort", "takes-anything", "relu-leaks", "whole-numbers",
    "starts-at-1",
}  # fmt: skip

FAULTS: frozenset[str] = frozenset({*_WRONG, *_OTHERS})


def engine(*faults: str) -> type[Any]:  # noqa: PLR0915 (a class in a function)
    """Make a class of values that is right but for these faults."""
    wrong = set(faults)
    if unknown := wrong - FAULTS:
        raise ValueError(f"there is no fault {sorted(unknown)}")
    rules = dict(_RULES, **{op: rule for name, (op, rule) in _WRONG.items() if name in wrong})

    class Value:
        def __init__(self, data: Any, operands: Iterable[Any] = (), op: str = "") -> None:
            self.data = data if wrong & {"whole-numbers", "takes-anything"} else data + 0.0
            self.grad = 1.0 if "starts-at-1" in wrong else 0.0
            operands = tuple(operands)
            self.numbers = tuple(v.data for v in operands)
            self._prev = tuple(dict.fromkeys(operands)) if _in_a_set(wrong) else operands
            self._op = op
            self._rule: Any = None

        def _shares(self) -> list[tuple[Any, float]]:
            if self._rule is None:
                return []
            slopes = self._rule()
            if "no-chain-rule" in wrong:
                shares = slopes
            elif "adds-the-value" in wrong and self._op == "add":
                shares = tuple(self.data for _ in slopes)
            elif "upside-down" in wrong:
                shares = tuple(self.grad / s if s else 0.0 for s in slopes)
            else:
                shares = tuple(self.grad * s for s in slopes)
            pairs = list(zip(self._prev, shares, strict=False))
            if "first-route-only" in wrong:
                return pairs[:1]
            return pairs

        def _hand_on(self) -> None:
            for v, share in self._shares():
                if "inside-only" in wrong and not v._prev:
                    continue
                v.grad = share if "overwrites" in wrong else v.grad + share

        def backward(self) -> None:
            order = _order(self, wrong)
            if "forgets-before" in wrong:
                for v in order:
                    v.grad = 0.0
            elif "counts-inside-again" not in wrong:
                for v in order:
                    if v._prev:
                        v.grad = 0.0
            if "seed-0" in wrong:
                self.grad = 0.0
            elif "seed-data" in wrong:
                self.grad = self.data
            elif "no-own-seed" not in wrong or self._prev:
                self.grad = 1.0 if self._prev else self.grad + 1.0
            if "recursion" in wrong:
                _recursively(self)
            else:
                for v in order[:1] if "root-first-row" in wrong else order:
                    v._hand_on()
            if "steps-downhill" in wrong:
                for v in order:
                    if not v._prev:
                        v.data -= 0.1 * v.grad

        def __add__(self, other: Any) -> Any:
            return _made("add", lambda a, b: a + b, self, other)

        def __mul__(self, other: Any) -> Any:
            return _made("mul", lambda a, b: a * b, self, other)

        def __sub__(self, other: Any) -> Any:
            return _made("sub", lambda a, b: a - b, self, other)

        def __truediv__(self, other: Any) -> Any:
            if "whole-numbers" in wrong:
                return _made("div", lambda a, b: a // b if _whole(a, b) else a / b, self, other)
            return _made("div", lambda a, b: a / b, self, other)

        def __neg__(self) -> Any:
            return _made("neg", lambda a: -a, self)

        def __pow__(self, n: Any) -> Any:
            if "takes-anything" in wrong and not isinstance(n, (int, float)):
                return self
            result = Value(self.data**n, (self,), "pow")
            result._rule = lambda: rules["pow"](result.numbers[0], n, result.data)
            return result

        def exp(self) -> Any:
            return _made("exp", math.exp, self)

        def log(self) -> Any:
            return _made("log", math.log, self)

        def tanh(self) -> Any:
            return _made("tanh", _tanh_by_exp if "tanh-by-exp" in wrong else math.tanh, self)

        def relu(self) -> Any:
            low = 0.01 if "relu-leaks" in wrong else 0.0
            result = _made("relu", lambda a: a if a > 0 else low * a, self)
            if low:
                result._rule = lambda: (1.0 if self.data > 0 else low,)
            return result

    def _made(op: str, compute: Callable[..., float], *operands: Any) -> Any:
        if "no-right-numbers" not in wrong:
            operands = tuple(x if isinstance(x, Value) else _lifted(x) for x in operands)
        result = Value(compute(*(v.data for v in operands)), operands, op)
        result._rule = lambda: rules[op](*result.numbers, result.data)
        return result

    def _lifted(x: Any) -> Any:
        return Value(0.0 if "takes-anything" in wrong and isinstance(x, str) else x)

    found: Any = Value
    if "no-left-numbers" not in wrong:
        found.__radd__ = lambda self, other: self + other
        found.__rmul__ = lambda self, other: self * other
        if "no-left-difference" not in wrong:
            found.__rsub__ = lambda self, other: _made("sub", lambda a, b: a - b, other, self)
        if "no-left-quotient" not in wrong:
            found.__rtruediv__ = lambda self, other: _made("div", lambda a, b: a / b, other, self)
    if "in-place" in wrong:
        found.__iadd__ = lambda self, other: _changed(self, self.data + _number(other))
        found.__imul__ = lambda self, other: _changed(self, self.data * _number(other))
    return Value


def _in_a_set(wrong: set[str]) -> bool:
    return "operands-in-a-set" in wrong


def _number(x: Any) -> Any:
    return getattr(x, "data", x)


def _changed(v: Any, data: float) -> Any:
    v.data = data
    return v


def _whole(a: Any, b: Any) -> bool:
    return isinstance(a, int) and isinstance(b, int)


def _tanh_by_exp(x: float) -> float:
    return (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)


def _recursively(v: Any) -> None:
    v._hand_on()
    for operand in v._prev:
        _recursively(operand)


def _order(root: Any, wrong: set[str]) -> list[Any]:
    """List the nodes, results before their operands; or as the fault has it."""
    if "as-made" in wrong:  # breadth first: by the distance from the root
        order, waiting = [], [root]
        while waiting:
            v = waiting.pop(0)
            if v not in order:
                order.append(v)
                waiting += v._prev
        return order
    order, seen = [], set()

    def visit(v: Any) -> None:
        if id(v) not in seen:
            seen.add(id(v))
            for operand in v._prev:
                visit(operand)
            order.append(v)

    if "recursive-sort" in wrong:
        visit(root)
        return order[::-1]
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order.append(v)
        elif id(v) not in seen:
            seen.add(id(v))
            stack.append((v, True))
            stack += [(operand, False) for operand in reversed(v._prev)]
    return order[::-1]
