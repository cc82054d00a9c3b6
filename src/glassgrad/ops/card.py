"""The card: everything that glassgrad knows about one operation, written once."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final
from weakref import WeakValueDictionary

from glassgrad import ieee
from glassgrad.errors import CardError
from glassgrad.expr import Expr, as_expr, evaluate, symbol

Rule = Callable[..., Any]
Range = tuple[float, float]

#: Every operation of the table by name, in the order in which the cards are written.
TABLE: Final[dict[str, Card]] = {}

#: What a node without a card is, by its number in the node: see `glassgrad.engine.Value`.
#: The last twelve occur in traces only, see `glassgrad.jitting.graph`; `called` and `result` stand
#: for a call of a traced function, and for one of the numbers it returned.
SPECIAL: Final = (
    "leaf", "constant", "copy", "opaque", "int_power", "float_power", "called", "result",
    "detached", "share", "lt", "le", "eq", "both", "either", "taken", "examples", "part",
)  # fmt: skip

#: Stands for the result in the partials: no operand can be taken for it, whatever its name.
OUTPUT: Final = Expr("output")


class Names:
    """What an operation is called elsewhere, for the tests that compare: dotted paths.

    Parameters
    ----------
    torch, jax, sympy, mpmath : str, optional
        For example ``"torch.sigmoid"``; None where the library has no such function.
    """

    __slots__ = ("jax", "mpmath", "sympy", "torch")

    def __init__(
        self,
        torch: str | None = None,
        jax: str | None = None,
        sympy: str | None = None,
        mpmath: str | None = None,
    ) -> None:
        self.torch, self.jax, self.sympy, self.mpmath = torch, jax, sympy, mpmath


class Card:
    r"""One operation: what it means, how it is computed, and how it is differentiated.

    The functions `formula`, `compute`, `partials` and `compute_partials` are ordinary Python
    over ``+ - * / **``, comparisons and other cards. They are read once, with symbols.

    Parameters
    ----------
    name : str
        A Python identifier; it becomes the method and the free function.
    formula : callable (operands) -> result, optional
        What the operation means. A primitive of `glassgrad.ieee` has none.
    compute : callable, optional
        The same number computed so that it neither overflows nor loses digits.
    expansion : callable (operands) -> result, optional
        The operation taken apart into exp, log, sin, cos and arithmetic, as `glassgrad.expand`
        shows it, where that is not the formula. It need not be good for computing.
    partials : callable (y, operands) -> tuple
        The local derivatives, one per operand, as a textbook writes them; y is the result.
    compute_partials : callable, optional
        The same numbers computed so that they neither overflow nor lose digits.
    symbol, op : str, optional
        The sign in a drawing, and what `Value._op` says; both default to the name.
    latex : str
        A template such as ``r"\sigma({x})"``.
    doc : str
        One sentence in plain words.
    sample : (low, high) or a sequence of them, one per operand
        Where the inherited tests take their points.
    kinks : sequence of tuples
        Points inside the sample at which the derivative jumps; differences avoid them.
    chooses : bool
        Whether a local derivative of 0 means "not chosen": then nothing is handed on, not even 0
        times an infinite gradient, which would be nan.
    cure : str
        What to do when the result is not finite: one sentence for `gg.detect_anomaly`.
    parameters : int
        How many of the last operands are plain numbers without a derivative (the bounds of
        `clamp`); `conditions` likewise counts the first operands that are true or false.
    elsewhere : Names
        The peers' names.
    numpy : str, optional
        NumPy's name, where it differs (``arcsin``).
    references : tuple of str
        Where to read more.
    operands : tuple of str, optional
        Their names; otherwise they are those that `partials` gives them.
    in_table : bool
        Set by `define`; a card made at run time has no method and no kernel.

    Raises
    ------
    CardError
        If the name is not an identifier or the functions don't fit together.
    """

    __slots__ = (
        "__weakref__", "_compute", "_partials", "chooses", "compute", "compute_partials",
        "conditions", "cure", "doc", "elsewhere", "expansion", "formula", "in_table", "kinks",
        "latex", "name", "numpy", "op", "opcode", "operands", "parameters", "partials",
        "references", "sample", "symbol",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        *,
        partials: Rule,
        formula: Rule | None = None,
        compute: Rule | None = None,
        compute_partials: Rule | None = None,
        expansion: Rule | None = None,
        symbol: str | None = None,
        op: str | None = None,
        latex: str = "",
        doc: str = "",
        sample: Range | Sequence[Range] = (-3.0, 3.0),
        kinks: Sequence[tuple[float, ...]] = (),
        cure: str = "",
        chooses: bool = False,
        conditions: int = 0,
        parameters: int = 0,
        elsewhere: Names | None = None,
        numpy: str | None = None,
        references: tuple[str, ...] = (),
        operands: tuple[str, ...] | None = None,
        in_table: bool = False,
    ) -> None:
        if not isinstance(name, str) or not name.isidentifier():
            raise CardError(f"an operation's name is a Python identifier, not {name!r}")
        self.name = name
        self.formula, self.compute = formula, compute
        self.partials, self.compute_partials = partials, compute_partials
        self.expansion = expansion
        self.symbol, self.op = symbol or name, op or name
        self.operands = operands or _operand_names(name, partials)[1:]
        self.latex, self.doc, self.cure, self.references = latex, doc, cure, references
        self.conditions, self.parameters, self.kinks = conditions, parameters, tuple(kinks)
        self.chooses = chooses
        pairs = [sample] * len(self.operands) if isinstance(sample[0], (int, float)) else sample
        self.sample: tuple[Range, ...] = tuple(pairs)  # type: ignore[arg-type]
        self.elsewhere = elsewhere or Names()
        self.numpy = numpy
        self.in_table = in_table
        self._compute: Expr | None = None
        self._partials: tuple[Expr, ...] | None = None
        self.opcode = _register(self)

    def __copy__(self) -> Card:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Card:
        return self  # nodes know their card by its number, so a copy would be another operation

    def __repr__(self) -> str:
        return f"<card {self.name}({', '.join(self.operands)})>"

    @property
    def symbols(self) -> tuple[Expr, ...]:
        """The operands as symbols."""
        return tuple(symbol(name) for name in self.operands)

    @property
    def differentiable(self) -> slice:
        """Which of the operands have a partial: neither conditions nor parameters."""
        return slice(self.conditions, len(self.operands) - self.parameters)

    @property
    def compute_expr(self) -> Expr:
        """The way the result is computed, as an expression of the operands."""
        if self._compute is None:
            rule = self.compute or self.formula
            found = rule(*self.symbols) if rule else Expr(self.name, self.symbols)
            self._compute = as_expr(found)
        return self._compute

    @property
    def partial_exprs(self) -> tuple[Expr, ...]:
        """The way the local derivatives are computed, as expressions of y and the operands."""
        if self._partials is None:
            self._partials = self.read_partials(self.compute_partials or self.partials)
        return self._partials

    def read(self) -> None:
        """Feed symbols to the functions now, so that what is wrong with them shows at once."""
        _ = self.compute_expr, self.partial_exprs

    def read_partials(self, rule: Rule) -> tuple[Expr, ...]:
        """Feed symbols to a rule for the partials, and check how many come back."""
        found = rule(OUTPUT, *self.symbols)
        wanted = self.operands[self.differentiable]
        if not isinstance(found, tuple) or len(found) != len(wanted):
            raise CardError(
                f"{self.name}: partials must return a tuple of {len(wanted)}, one local "
                f"derivative for each of {', '.join(wanted)}; it returned {found!r}"
            )
        return tuple(map(as_expr, found))

    def __call__(self, *operands: Any) -> Any:
        """Apply the operation to floats, symbols, Values or whatever knows `__card__`."""
        if len(operands) != len(self.operands):
            raise TypeError(
                f"{self.name}({', '.join(self.operands)}) was given {len(operands)} operands"
            )
        for operand in operands:
            rule = getattr(operand, "__card__", None)
            if rule is not None:
                return rule(self, operands)
        return self.on_floats(*operands)

    def on_floats(self, *operands: float) -> float:
        """Compute the result on floats (IEEE 754: nothing raises)."""
        primitive = PRIMITIVES.get(self.name)
        if primitive is not None and self.in_table:
            result: float = primitive(*operands)
        else:
            bindings = dict(zip(self.symbols, operands, strict=True))
            result = evaluate(self.compute_expr, bindings, apply)
        return float(result)

    def partials_on_floats(self, y: float, *operands: float) -> tuple[float, ...]:
        """Compute the local derivatives on floats (IEEE 754: nothing raises)."""
        bindings = {OUTPUT: y, **dict(zip(self.symbols, operands, strict=True))}
        return tuple(float(evaluate(e, bindings, apply)) for e in self.partial_exprs)


#: The operations that are not made of others, on floats.
PRIMITIVES: Final[dict[str, Callable[..., float]]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda x: -x,
    "where": lambda condition, a, b: a if condition else b,
    **{name: getattr(ieee, name) for name in ieee.__all__},
}

#: What each opcode is called, and for an operation made at run time a word that no other has, in
#: no other process either.
_NAMES: list[tuple[str, str]] = [(name, "") for name in SPECIAL]
_CARDS: WeakValueDictionary[int, Card] = WeakValueDictionary()
_OPCODES: dict[str, int] = {}


def define(name: str, **fields: Any) -> Card:
    """Write a card into the table; the fields are those of `Card`.

    Raises
    ------
    CardError
        If the table has an operation of that name.
    """
    if name in TABLE:
        raise CardError(f"the table has an operation called {name} already")
    TABLE[name] = card = Card(name, in_table=True, **fields)
    return card


def apply(name: str, operands: tuple[Any, ...]) -> Any:
    """Perform an operation of the table by its name."""
    return TABLE[name](*operands)


def by_opcode(opcode: int) -> Card | None:
    """Find the card of a node; None for a leaf, a copy, or a card that was thrown away."""
    return _CARDS.get(opcode)


def op_of(opcode: int) -> str:
    """Tell what `Value._op` says of an operation made at run time."""
    return _NAMES[opcode][0]


def token_of(opcode: int) -> str:
    """Tell the word by which another process knows an operation made at run time."""
    return _NAMES[opcode][1]


def opcode_of(op: str, token: str) -> int:
    """Find the number of an operation made at run time, or make one if it is another process's."""
    if token not in _OPCODES:
        _OPCODES[token] = len(_NAMES)
        _NAMES.append((op, token))
    return _OPCODES[token]


def _register(card: Card) -> int:
    # The name outlives the card, the card only lives as long as somebody can call it: a graph
    # must not keep a user's functions alive.
    opcode = opcode_of(card.op, card.name if card.in_table else os.urandom(8).hex())
    _CARDS[opcode] = card
    return opcode


def _operand_names(name: str, rule: Rule) -> tuple[str, ...]:
    code = getattr(rule, "__code__", None)
    if code is None or code.co_flags & 0x0C:
        raise CardError(f"{name}: write formula and partials as functions with named operands")
    return tuple(code.co_varnames[: code.co_argcount])
