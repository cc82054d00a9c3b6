"""A drawing as Mermaid text, which GitHub and many notebooks draw by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from glassgrad.show.look import shortened
from glassgrad.show.numbers import number
from glassgrad.show.scene import Group, Kind, Node, Port, Scene
from glassgrad.show.theme import LIGHT

#: Every sign of ASCII that is neither letter nor digit may mean something to Mermaid, to Markdown
#: in its labels, or to HTML.
_ESCAPED: Final = str.maketrans({c: f"#{ord(c)};" for c in map(chr, range(33, 127))
                                 if not c.isalnum()})  # fmt: skip


def mermaid(scene: Scene, grads: Sequence[float | None] | None = None) -> str:
    """Write a scene as a Mermaid flowchart.

    Values are boxes, operations circles; groups stay closed. Where it matters which operand is
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
        A ``flowchart``.

    Examples
    --------
    >>> from glassgrad import Value
    >>> from glassgrad.show.folding import scene
    >>> from glassgrad.show.mermaid import mermaid
    >>> text = mermaid(scene(Value(2.0, label="a") * Value(-3.0, label="b")))
    >>> for line in text.splitlines()[1:5]:
    ...     print(line)
      box0["a<br>data 2<br>grad –"]:::input
      box1["b<br>data −3<br>grad –"]:::input
      box2["v1<br>data −6<br>grad –"]:::output
      op2(("×")):::operation --> box2
    """
    known = [node.grad for node in scene.nodes] if grads is None else grads
    lines = ["flowchart LR"]
    for i, box in enumerate(scene.top.boxes):
        lines += _value(i, box, known[box.index]) if isinstance(box, Node) else [_group(i, box)]
    for arrow in scene.top.arrows:
        target = scene.top.boxes[arrow.target]
        end = "op" if isinstance(target, Node) else "box"
        words = scene.top.place_of(arrow) or (arrow.count if arrow.count > 1 else "")
        label = f"|{words}|" if words else ""
        lines.append(f"  box{arrow.source} -->{label} {end}{arrow.target}")
    return "\n".join([*lines, *_classes(), ""])


def _value(i: int, node: Node, grad: float | None) -> list[str]:
    """Write the box of a value, and the circle of the operation that made it."""
    texts = (_escaped(node.name), f"data {number(node.data)}", f"grad {number(grad)}")
    lines = [f'  box{i}["{"<br>".join(texts)}"]:::{node.kind}']
    if node.operands:
        lines.append(f'  op{i}(("{_escaped(node.symbol)}")):::operation --> box{i}')
    return lines


def _group(i: int, box: Group | Port) -> str:
    title, note = (box.title, box.note) if isinstance(box, Group) else (box.name, "")
    return f'  box{i}[["{"<br>".join(_escaped(text) for text in (title, note) if text)}"]]:::group'


def _classes() -> list[str]:
    """Write the colours of each kind; text is dark, because the tints are light."""
    ink = f"color:{LIGHT['ink']}"
    lines = [
        f"  classDef {kind} fill:{LIGHT[kind]},stroke:{LIGHT[f'{kind}-line']},{ink}"
        + (",stroke-dasharray:4" if kind == Kind.CONSTANT else "")
        for kind in (*Kind, "group")
    ]
    dark, light = LIGHT["operation"], LIGHT["operation-text"]
    return [*lines, f"  classDef operation fill:{dark},stroke:{dark},color:{light}"]


def _escaped(text: str) -> str:
    return shortened(text).translate(_ESCAPED)
