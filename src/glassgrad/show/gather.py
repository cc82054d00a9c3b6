"""From Values to the nodes of a drawing: everything that leads to the outputs, named."""

from __future__ import annotations

from glassgrad.engine import Value, edges
from glassgrad.errors import DrawingError
from glassgrad.graph import ancestors, card_of, without_calls
from glassgrad.modes import SCOPES
from glassgrad.nn.module import parameter_paths
from glassgrad.opcodes import CONSTANT, COPY, FLOAT_POWER, INT_POWER
from glassgrad.show.names import Names, short
from glassgrad.show.numbers import number
from glassgrad.show.scene import Kind, Node

#: A larger graph is not drawn, not even folded.
MOST_VALUES = 2_000_000

_RAISED = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def gather(*roots: Value) -> tuple[list[Node], tuple[int, ...]]:
    """List everything that leads to the roots in order of creation, and where the roots are.

    A parameter without a label has the path by which its outermost module knows it as its name.
    """
    for root in roots:
        if not isinstance(root, Value):
            raise DrawingError(
                f"what is drawn is a Value, or several, not {root!r}; "
                "of a function call it first: draw(f(Value(2.0)))"
            )
    if not roots:
        raise DrawingError("there is nothing to draw: give the Value that was computed last")
    roots = tuple(without_calls(*roots))
    values = ancestors(*roots)
    if len(values) > MOST_VALUES:
        raise DrawingError(
            f"this graph has {len(values):,} values, and at most {MOST_VALUES:,} are drawn: "
            "draw the result for fewer examples, or one of the values on the way"
        )
    index = {v._number: i for i, v in enumerate(values)}
    outputs = tuple(dict.fromkeys(index[root._number] for root in roots))
    paths = parameter_paths()
    names = Names({v.label for v in values})
    symbols: dict[int, str] = {}
    nodes = []
    for i, v in enumerate(values):
        partners = edges(v)
        if partners:
            kind, name = Kind.INNER, names.of(v)
        else:
            kind, name = _leaf(v, names, paths)
        nodes.append(
            Node(
                i, v, name, kind, _symbol(v, symbols) if partners else "", v._data,
                v._grad if v._mark else None, tuple([index[o._number] for o, _ in partners]),
                tuple([partial for _, partial in partners]), SCOPES[v._scope],
            )
        )  # fmt: skip
    for i in outputs:
        nodes[i].kind = Kind.OUTPUT
    return nodes, outputs


def _leaf(v: Value, names: Names, paths: dict[Value, str]) -> tuple[Kind, str]:
    if v in paths:
        return Kind.PARAMETER, names.of(v) if v.label else short(paths[v])
    if v._opcode == CONSTANT:
        return Kind.CONSTANT, names.of(v) if v.label else number(v._data)
    return Kind.INPUT, names.of(v)


def _symbol(v: Value, known: dict[int, str]) -> str:
    """Find the sign of the operation that made a value; a constant exponent belongs to it."""
    opcode = v._opcode
    if opcode in (INT_POWER, FLOAT_POWER):
        exponent = number(v._db)
        return f"x{exponent.translate(_RAISED)}" if opcode == INT_POWER else f"x^{exponent}"
    if opcode not in known:
        card = card_of(opcode)
        known[opcode] = "copy" if opcode == COPY else card.symbol if card else v._op
    return known[opcode]
