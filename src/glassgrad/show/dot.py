"""A drawing as DOT, the language of Graphviz."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glassgrad.show.look import shortened
from glassgrad.show.numbers import number
from glassgrad.show.scene import Group, Kind, Node, Port, Scene
from glassgrad.show.theme import LIGHT

#: A backslash has a meaning in a label, signs between | and } have one in a record, and & begins
#: an entity.
_ESCAPED: Final = str.maketrans({
    **{sign: f"\\{sign}" for sign in '\\"{}|<>'}, "&": "&amp;",
})  # fmt: skip


def dot(scene: Scene, grads: Sequence[float | None] | None = None) -> str:
    """Write a scene as text that Graphviz lays out and draws.

    Values are records, operations circles; groups stay closed. Where it matters which operand is
    first, the arrows are numbered.

    Parameters
    ----------
    scene : Scene
        What is drawn.
    grads : sequence of float or None, optional
        The gradients to be shown, by place in `Scene.nodes`; without them those of the nodes.

    Returns
    -------
    str
        A ``digraph``.

    Examples
    --------
    >>> from glassgrad import Value
    >>> from glassgrad.show.dot import dot
    >>> from glassgrad.show.folding import scene
    >>> text = dot(scene(Value(2.0, label="a") * Value(-3.0, label="b")))
    >>> print(text.splitlines()[6])
      box2 [shape=record, label="{v1 | {data −6 | grad –}}", style="filled", ...];
    """
    known = [node.grad for node in scene.nodes] if grads is None else grads
    lines = [
        "digraph {",
        "  rankdir=LR;",
        '  node [fontname="DejaVu Sans Mono", fontsize=11, style=filled];',
        f'  edge [color="{LIGHT["line"]}", arrowsize=0.7];',
    ]
    for i, box in enumerate(scene.top.boxes):
        if isinstance(box, Node):
            lines += _value(i, box, known[box.index])
        else:
            lines.append(_group(i, box))
    for arrow in scene.top.arrows:
        target = scene.top.boxes[arrow.target]
        end = "op" if isinstance(target, Node) else "box"
        place = scene.top.place_of(arrow)
        words = f'headlabel="{place} "' if place else f'label="{arrow.count}"'
        label = f" [{words}]" if place or arrow.count > 1 else ""
        lines.append(f"  box{arrow.source} -> {end}{arrow.target}{label};")
    return "\n".join([*lines, "}", ""])


def _value(i: int, node: Node, grad: float | None) -> list[str]:
    """Write the record of a value, and the circle of the operation that made it."""
    name, sign = (_escaped(shortened(text)) for text in (node.name, node.symbol))
    style = "filled,dashed" if node.kind is Kind.CONSTANT else "filled"
    label = f"{{{name} | {{data {number(node.data)} | grad {number(grad)}}}}}"
    lines = [f'  box{i} [shape=record, label="{label}", style="{style}", {_colours(node.kind)}];']
    if node.operands:
        colours = f'fillcolor="{LIGHT["operation"]}", fontcolor="{LIGHT["operation-text"]}"'
        circle = "shape=circle, margin=0.02, width=0.36, height=0.36"
        lines.append(f'  op{i} [{circle}, label="{sign}", {colours}];')
        lines.append(f"  op{i} -> box{i} [weight=9];")
    return lines


def _group(i: int, box: Group | Port) -> str:
    title, note = (box.title, box.note) if isinstance(box, Group) else (box.name, "")
    label = "\\n".join(_escaped(shortened(text)) for text in (title, note) if text)
    return f'  box{i} [shape=box, peripheries=2, label="{label}", {_colours("group")}];'


def _colours(kind: str) -> str:
    return f'fillcolor="{LIGHT[kind]}", color="{LIGHT[f"{kind}-line"]}"'


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
