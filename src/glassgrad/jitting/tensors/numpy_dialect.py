"""Formulas as NumPy runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from glassgrad.expr import NUMBER, PI, SYMBOL, Expr, as_expr, evaluate, operands_first
from glassgrad.jitting.meanings import MEANINGS
from glassgrad.jitting.tensors.dialects import Dialect
from glassgrad.jitting.tensors.terms import POWER, TIMES, Term, aligned
from glassgrad.ops import TABLE
from glassgrad.ops.card import apply
from glassgrad.printing import ATOM, INFIX, NEGATIVE

#: What is written otherwise than as NumPy's function of that name, with how tightly it binds.
_WRITTEN = {
    "abs": ("np.abs({0})", ATOM), "copy": ("{0}", ATOM), "detached": ("{0}", ATOM),
    "share": ("{0} * {1}", TIMES),
    "relu": ("np.maximum({0}, 0)", ATOM), "sigmoid": ("1 / (1 + np.exp(-{0}))", TIMES),
    "softplus": ("np.logaddexp(0, {0})", ATOM), "reciprocal": ("1 / {0}", TIMES),
    "square": ("{0} ** 2", POWER), "neg": ("-{0}", NEGATIVE), "erf": ("erf({0})", ATOM),
    "clamp": ("np.clip({0}, {1}, {2})", ATOM), "where": ("np.where({2}, {0}, {1})", ATOM),
    "both": ("np.logical_and({0}, {1})", ATOM), "either": ("np.logical_or({0}, {1})", ATOM),
}  # fmt: skip
_COMPARED = INFIX["lt"][1]
_LONG_NAMES = {"sliding_window_view": "np.lib.stride_tricks.sliding_window_view"}


@dataclass
class NumPy(Dialect):
    """As NumPy runs them."""

    def call(self, name: str, args: Sequence[str]) -> str:
        """Call a function of arrays."""
        return f"{_LONG_NAMES.get(name, f'np.{name}')}({', '.join(args)})"

    def reduced(self, name: str, term: Term, gone: Sequence[int]) -> Term:
        """Add up along some axes, or find the largest or smallest numbers."""
        left = tuple(x for x in term.letters if x not in gone)
        axes = [str(term.letters.index(x)) for x in gone]
        several = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
        axis = f"axis={several}" if left else ""
        return Term(f"{term.within(ATOM)}.{name}({axis})", ATOM, left)

    def applied(self, op: int, args: Sequence[Term]) -> Term:
        """Write an operation of the table."""
        return self.named(MEANINGS[op].name, args)

    def named(self, name: str, args: Sequence[Term]) -> Term:
        """Write an operation by its name; of ``where`` the condition is last."""
        letters = tuple(sorted({x for arg in args for x in arg.letters}))
        if name in ("copy", "detached"):
            return args[0]
        if name in ("and", "or"):
            sides = [arg.within(ATOM) for arg in args]
            return Term(f" {'&' if name == 'and' else '|'} ".join(sides), _COMPARED, letters)
        if name != "where":
            args = [_as_number(arg) for arg in args]
        if name in _WRITTEN:
            form, binds = _WRITTEN[name]
            inside = ATOM if binds < ATOM else 0
            return Term(form.format(*[arg.within(inside) for arg in args]), binds, letters)
        if name in INFIX:
            sign, level = INFIX[name][0].strip(), INFIX[name][1]
            first, second = (level + 1, level) if name == "pow" else (level, level + 1)
            exact = name == "pow" and args[1].is_number
            right = args[1].text if exact else args[1].within(second)
            return Term(f"{args[0].within(first)} {sign} {right}", level, letters)
        card = TABLE.get(name)
        return Term(
            self.call((card and card.numpy) or name, [arg.text for arg in args]), ATOM, letters
        )

    def number(self, x: float) -> str:
        """Write a constant."""
        return super().number(x) if isfinite(x) else repr(x).replace("inf", "np.inf").replace(
            "nan", "np.nan"
        )

    def index(self, term: Term) -> str:
        """Write an array of places."""
        return f"{term.within(ATOM)}.astype(int)"

    def gathered(self, slots: Sequence[str], dims: Sequence[int]) -> str:
        """Write an array of numbers from here and there."""
        text = f"np.array([{', '.join(slots)}])"
        return text if len(dims) == 1 else f"{text}.reshape({', '.join(map(str, dims))})"

    def expression(self, root: Expr, terms: Mapping[Expr, Term]) -> Term:
        """Write an expression of a card, such as a local derivative."""
        root = _at_hand(root, {e: float(t.text) for e, t in terms.items() if t.is_number})
        done = dict(terms)
        for e in operands_first(root):
            if e in done:
                continue
            args = [done[arg] for arg in e.args]
            if e.op == NUMBER:
                text = self.number(e.number)
                done[e] = Term(text, NEGATIVE if text.startswith("-") else ATOM, ())
            elif e.op == PI:
                done[e] = Term("np.pi", ATOM, ())
            else:
                done[e] = self.named(e.op, [*args[1:], args[0]] if e.op == "where" else args)
        return done[root]

    def share(self, grad: Term, partial: Expr, terms: Mapping[Expr, Term]) -> Term:
        """Write the share of a gradient that an operand receives: times its local derivative."""
        numbers = {e: float(term.text) for e, term in terms.items() if term.is_number}
        partial = _at_hand(partial, numbers)
        if partial.op == "where" and all(e.op == NUMBER for e in partial.args[1:]):
            condition, then, otherwise = partial.args
            holds = self.expression(condition, terms)
            if (then.value, otherwise.value) == (1, 0):
                return self._times(grad, holds)
            if (then.value, otherwise.value) == (0, 1) and condition.op == "le":
                return self._times(grad, self.named("gt", [terms.get(e) or self.expression(e, terms)
                                                           for e in condition.args]))  # fmt: skip
        if partial.op == "div" and partial.args[0].op == NUMBER and partial.args[0].value == 1:
            return self.named("div", [grad, self.expression(partial.args[1], terms)])
        found = self.expression(partial, terms)
        if found.text in ("1", "-1"):
            return grad if found.text == "1" else self.named("neg", [grad])
        return self._times(grad, found)

    def _times(self, grad: Term, other: Term) -> Term:
        other = aligned(other, grad.letters)
        return Term(f"{grad.within(TIMES)} * {other.within(TIMES + 1)}", TIMES, grad.letters)


def partials_of(op: int) -> tuple[Expr, ...]:
    """Choose local derivatives: a textbook's, such as 1 - y², where they take the result alone."""
    meaning = MEANINGS[op]
    card = TABLE.get(meaning.name)
    if card is None:
        return meaning.partials
    textbook = card.read_partials(card.partials)
    from_result = all(not _symbols(e) for e in textbook)
    return textbook if from_result else meaning.partials


def _symbols(root: Expr) -> list[Expr]:
    return [e for e in operands_first(root) if e.op == SYMBOL]


def _at_hand(root: Expr, numbers: Mapping[Expr, float]) -> Expr:
    """Put numbers in, and compute what then depends on nothing else."""
    done: dict[Expr, Expr] = {}
    for e in operands_first(root):
        args = tuple(done[arg] for arg in e.args)
        known = [arg.op == NUMBER for arg in args]
        made = Expr(e.op, args, e.value)
        if e in numbers:
            made = as_expr(numbers[e])
        elif e.op == "where" and known[0]:
            made = args[1] if args[0].value else args[2]
        elif args and all(known):
            made = as_expr(float(evaluate(made, {}, apply)))
        elif e.op == "pow" and known[1] and args[1].value == 1:
            made = args[0]
        done[e] = made
    return done[root]


def _as_number(term: Term) -> Term:
    """Make 1.0 and 0.0 of a truth."""
    if term.binds != _COMPARED:
        return term
    return Term(f"1.0 * ({term.text})", TIMES, term.letters)
