"""What a text says, ready to be computed: with Values, or as a function of one variable."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple
from unicodedata import normalize

from glassgrad.convert import as_float
from glassgrad.engine import Value
from glassgrad.errors import ExpressionError
from glassgrad.language.reader import Reader
from glassgrad.language.source import Source
from glassgrad.language.terms import Name, evaluate

__all__ = ["Program", "Run", "parse"]


class Run(NamedTuple):
    """What running a program gives."""

    result: Value
    """What the last statement computes."""
    named: dict[str, Value]
    """The leaves and what was assigned, by name."""


def parse(text: str, leaves: Collection[str] = ()) -> Program:
    """Read an expression, or assignments separated by ";" or by lines, without running it.

    Numbers, names, ``+ - * / **``, comparisons within ``where(x > 0, a, b)``, and the functions
    of one or a few numbers that glassgrad has. ``pi`` and ``e`` are what they are in mathematics,
    unless they are assigned. Operations on numbers alone are performed at once.

    Parameters
    ----------
    text : str
        Such as ``"e = a*b; d = e + c; L = d * f"``.
    leaves : collection of str
        Names that will be given a value: only "pi" and "e" need to be announced.

    Returns
    -------
    Program
        To be run with values for its leaves.

    Raises
    ------
    ExpressionError
        If the text holds anything else, or more than is reasonable: 10,000 characters, 1,000
        operations, 100 levels, a constant exponent above 1,000.

    Examples
    --------
    >>> from glassgrad.language import parse
    >>> program = parse("L = (a*b + c) * f")
    >>> program.leaves
    ('a', 'b', 'c', 'f')
    >>> result, named = program.run({"a": 2, "b": -3, "c": 10, "f": -2})
    >>> result.backward()
    >>> result, named["a"].grad
    (Value(data=-8.0, grad=1.0, label='L'), 6.0)
    >>> parse("L = a^2")
    Traceback (most recent call last):
        ...
    glassgrad.errors.ExpressionError: column 6: ^ is not a power: write **
        L = a^2
             ^
    """
    source = Source(text)
    reader = Reader(source, [normalize("NFKC", name) for name in leaves])
    reader.read()
    return Program(source, reader)


class Program:
    """A text that was read by `parse`; it can be run as often as you like.

    Attributes
    ----------
    leaves : tuple of str
        The names that need a value, in the order in which they are used.
    assigned : tuple of str
        The names that the text gives a value to.
    """

    def __init__(self, source: Source, reader: Reader) -> None:
        self.leaves = tuple(reader.leaves)
        self.assigned = tuple(name for name, _ in reader.statements if name)
        self._source = source
        self._statements = reader.statements
        self._places = reader.leaves

    def run(self, leaves: Mapping[str, Any]) -> Run:
        """Compute it with Values, which carry their names as labels.

        Parameters
        ----------
        leaves : mapping
            A number for each name in `leaves`.

        Raises
        ------
        ExpressionError
            If one has no number, or there is no such name.

        Examples
        --------
        >>> from glassgrad.language import parse
        >>> parse("d = a*b; L = d + 1").run({"a": 2.0, "b": 3.0}).named["d"]
        Value(data=6.0, grad=0.0, label='d')
        """
        given = {normalize("NFKC", name): number for name, number in leaves.items()}
        self._check(given)
        named = {
            name: Value(as_float(given[name], f"the value of {name}"), label=name)
            for name in self.leaves
        }
        result: Any = None
        for name, term in self._statements:
            result = evaluate(term, named)
            # A copy, where there is no operation of its own that could carry the name.
            if isinstance(term, Name) or type(result) is not Value:
                result = Value(result)
            if name:
                result.label = name
                named[name] = result
        return Run(result, named)

    def function(self) -> Callable[[Any], Any]:
        """Take it as a function of its only leaf, on numbers and on Values.

        Raises
        ------
        ExpressionError
            If there is more than one.

        Examples
        --------
        >>> import glassgrad as gg
        >>> from glassgrad.language import parse
        >>> f = parse("3*x**2 - 4*x + 5").function()
        >>> f(3.0), gg.grad(f)(3.0)
        (20.0, 14.0)
        """
        if len(self.leaves) > 1:
            first, second = self.leaves[:2]
            raise self._source.error(
                self._places[second],
                f"{second} is a second variable beside {first}: write a number in its place",
            )

        return lambda x: self.compute(dict.fromkeys(self.leaves, x))

    def compute(self, leaves: Mapping[str, Any]) -> Any:
        """Compute it with what the leaves are given, numbers or Values of a graph.

        Raises
        ------
        ExpressionError
            If one is given nothing, or there is no such name.

        Examples
        --------
        >>> from glassgrad.language import parse
        >>> parse("a*b + 1").compute({"a": 2.0, "b": 3})
        7.0
        """
        self._check(leaves)
        named = {name: x if type(x) is Value else as_float(x, name) for name, x in leaves.items()}
        result: Any = None
        for name, term in self._statements:
            result = named[name] = evaluate(term, named)
        return result

    def _check(self, given: Collection[str]) -> None:
        """See that there is a value for each leaf, and none for anything else."""
        missing = [name for name in self.leaves if name not in given]
        unknown = [name for name in given if name not in self.leaves]
        if missing:
            name = missing[0]
            close = get_close_matches(name, unknown, 1)
            hint = f"; or did you mean {close[0]}?" if close else ""
            raise self._source.error(
                self._places[name], f"{name} has no value: give it one, {name}=2{hint}"
            )
        if unknown:
            name = unknown[0]
            if name in self.assigned:
                raise ExpressionError(f"{name} is assigned in the expression: give it no value")
            leaves = ", ".join(self.leaves) or "it has none"
            raise ExpressionError(f"the expression has no leaf {name!r}; its leaves: {leaves}")
