"""What is explained: a value, what it is differentiated by, and the graph between them."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import count

from glassgrad.convert import a_kind
from glassgrad.engine import Value
from glassgrad.errors import ExplanationError
from glassgrad.explaining.local import Local, sign_of
from glassgrad.explaining.paths import Path, Paths, Step
from glassgrad.expr import Expr
from glassgrad.graph import ancestors, without_calls
from glassgrad.replaying import replay
from glassgrad.show.gather import gather
from glassgrad.show.names import printable
from glassgrad.show.scene import Kind, Node

#: A graph with so many operations is written out whole; of a larger one, what the paths need.
MOST_LINES = 24
#: So many paths are all shown; of more, the largest few.
MOST_PATHS = 8
SOME_PATHS = 5
#: Of a larger graph no formula is written, and it is computed again only twice.
MANY_VALUES = 5_000
#: A longer path is shortened to its two ends.
LONGEST_PATH = 12

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Subject:
    """A derivative that is to be explained.

    Parameters
    ----------
    root, wrt : Value
        What is differentiated, and by what.

    Raises
    ------
    ExplanationError
        If one is not a Value, or `wrt` does not lead to `root`.
    NoRuleError
        If the derivative of a node on the way is not known.
    """

    def __init__(self, root: Value, wrt: Value) -> None:
        for v, what in ((root, "what is explained"), (wrt, "what it is differentiated by")):
            if type(v) is not Value:
                raise ExplanationError(
                    f"{what} is a Value, not {a_kind(v)}: write explain(L, a) with the Values "
                    "that the result was computed with"
                )
        root, wrt = without_calls(root, wrt)
        self.nodes, (place,) = gather(root)
        self.root = self.nodes[place]
        self._places = {node.value._number: node.index for node in self.nodes}
        if wrt._number not in self._places:
            raise ExplanationError(_not_on_the_way(root, wrt, self.nodes))
        self.wrt = self.of(wrt)
        self.called = self._name_constant()
        _tell_apart(self.nodes)
        self.paths = Paths(root, wrt)
        few = self.paths.count <= MOST_PATHS
        self.shown: list[Path] = self.paths.largest(self.paths.count if few else SOME_PATHS)

    @property
    def sign(self) -> Expr:
        """The value that is differentiated, by its name."""
        return sign_of(self.root)

    @property
    def variable(self) -> Expr:
        """What it is differentiated by, by its name; a constant has its number for a name."""
        return sign_of(self.wrt)

    @property
    def used(self) -> list[tuple[Node, int]]:
        """The operations, and which of their operands, on the paths that are written out."""
        wanted: dict[tuple[int, int], tuple[Node, int]] = {}
        for path in self.shown[:1] if self.is_large else self.shown:
            for step in ends(path.steps):
                node = self.of(step.node)
                wanted[-node.index, step.position] = node, step.position
        return [wanted[key] for key in sorted(wanted)]

    @property
    def is_large(self) -> bool:
        """Whether there is more than can be written out."""
        return sum(bool(node.operands) for node in self.nodes) > MOST_LINES

    @property
    def is_huge(self) -> bool:
        """Whether what takes long has to be left out."""
        return len(self.nodes) > MANY_VALUES

    def moved(self, h: float) -> float:
        """Compute the result again, with the variable moved by h."""
        return replay(self.root.value, {self.wrt.value: self.wrt.data + h})

    def of(self, v: Value) -> Node:
        """Find the node of a Value."""
        return self.nodes[self._places[v._number]]

    def _name_constant(self) -> str:
        """Give the variable a name if it is a bare number, and return that number."""
        called = self.wrt.name
        if self.wrt.kind is not Kind.CONSTANT or self.wrt.value.label:
            return ""
        taken = {node.name for node in self.nodes}
        self.wrt.kind = Kind.INPUT
        self.wrt.name = next(name for n in count() if (name := f"k{n or ''}") not in taken)
        return called

    def local(self, node: Node) -> Local:
        """Read what a node computes."""
        return Local(node, self.nodes)


def ends(steps: list[Step]) -> list[Step]:
    """Take the two ends of a long path."""
    half = LONGEST_PATH // 2
    return steps if len(steps) <= LONGEST_PATH else [*steps[:half], *steps[-half:]]


def _not_on_the_way(root: Value, wrt: Value, nodes: list[Node]) -> str:
    """Say that a value does not lead to the result, and which one may be meant."""
    y, x = _called(root, "the result"), _called(wrt, "this value")
    labels = list(dict.fromkeys(node.value.label for node in nodes if node.value.label))
    close = get_close_matches(wrt.label, [label for label in labels if label != y], 1, 0.0)
    if any(v is root for v in ancestors(wrt)):
        hint = f"{x} is made of {y}: did you mean explain({x}, {y})?"
    elif wrt.label in labels:
        hint = f"another value is called {x} there: take the one that {y} was computed with"
    elif close:
        hint = f"did you mean {printable(close[0])}?"
    else:
        hint = f"take a value that {y} was computed with"
    return f"{x} does not lead to {y}: its derivative is 0; {hint}"


def _called(v: Value, otherwise: str) -> str:
    return printable(v.label) if v.label else otherwise


def _tell_apart(nodes: list[Node]) -> None:
    """Tell values of one label apart by numbers, so that an equation means one: h, h₂, h₃."""
    taken = {node.name for node in nodes}
    seen: dict[str, int] = {}
    for node in nodes:
        if node.kind is Kind.CONSTANT and not node.value.label:
            continue
        name = node.name
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1:
            numbered = name + str(seen[name]).translate(_LOWERED)
            if numbered not in taken:
                node.name = numbered
                taken.add(numbered)
                break
            seen[name] += 1
