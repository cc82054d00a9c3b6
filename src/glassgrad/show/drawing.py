"""`gg.draw` and `gg.frames`: a picture of everything that leads to a value."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

from glassgrad.engine import Value
from glassgrad.errors import DrawingError
from glassgrad.nn import Module
from glassgrad.show.dot import dot
from glassgrad.show.folding import scene
from glassgrad.show.live import fragment, page
from glassgrad.show.mermaid import mermaid
from glassgrad.show.network import NetworkPicture, network_picture
from glassgrad.show.picture import Picture
from glassgrad.show.placing import Placed, placed
from glassgrad.show.raster import animation
from glassgrad.show.scene import Group, Node, Scene
from glassgrad.show.stages import Stage, Stages, stages
from glassgrad.show.svg import Emphasis, caption_lines, svg
from glassgrad.show.text.textual import textual
from glassgrad.show.theme import Theme, check_theme

if TYPE_CHECKING:
    from glassgrad.show.tensors.picture import ProgramPicture

__all__ = ["Drawing", "Frames", "draw", "frames"]

#: Up to so many values each is drawn by itself, unless something else is asked for.
MOST_BOXES = 60
#: Up to so many values everything can be opened.
MOST_OPENED = 10_000
#: A moving picture has at most so many frames, each shown for so long.
MOST_FRAMES = 400
MILLISECONDS = 900
FILM_SCALE = 1.5


class Drawing(Picture):
    """A picture of the graph that leads to a value; `draw` and `frames` make it.

    It shows the numbers as they were when it was made.
    """

    def __init__(
        self, scene: Scene, opened: Collection[str] = (), emphasis: Emphasis | None = None,
        stages: Stages | None = None, shown: Stage | None = None,
    ) -> None:  # fmt: skip
        self._scene = scene
        self._opened = opened
        self._emphasis = emphasis
        self._stages = stages
        self._stage = shown or Stage(0, [node.grad for node in scene.nodes], "", (), None)
        self._after = shown.k if shown else None
        self._lines = 0 if stages is None else 2  # of a caption: so many have room at least

    @property
    def caption(self) -> str:
        """What has just happened, in words and numbers; empty unless a stage is shown."""
        return self._stage.caption

    @property
    def grads(self) -> dict[str, float | None]:
        """The gradients that are shown, by name; None where there is none yet.

        Of several values with one name the last counts.
        """
        return {node.name: self._stage.grads[node.index] for node in self._scene.nodes}

    @cached_property
    def _placed(self) -> Placed:
        if self._stages is None:
            return placed(self._scene.top, self._opened)
        # All stages have their boxes in the same places, with room for the numbers to come.
        nodes, kept = self._scene.nodes, [node.grad for node in self._scene.nodes]
        try:
            _set_gradients(nodes, self._stages[-1].grads)
            return placed(self._scene.top, self._opened)
        finally:
            _set_gradients(nodes, kept)

    def svg(self, theme: Theme = "auto") -> str:
        """Write the drawing as SVG; "auto" follows the system that shows it."""
        check_theme(theme)
        return svg(self._scene, self._placed, self._stage, theme, self._emphasis, self._lines)

    def inline(self) -> str:
        """Write the drawing as SVG that takes its colours from the page around it."""
        return svg(self._scene, self._placed, self._stage, "page", self._emphasis, self._lines)

    def html(self, theme: Theme = "auto") -> str:
        """Write the live page: one file that asks no network for anything."""
        check_theme(theme)
        return page(self._scene, opened=self._opened, after=self._after, theme=theme)

    def fragment(self) -> str:
        """Write the live page as one element, to stand inside of a notebook."""
        return fragment(self._scene, opened=self._opened, after=self._after)

    def dot(self) -> str:
        """Write the graph in Graphviz's language."""
        return dot(self._scene, self._stage.grads)

    def mermaid(self) -> str:
        """Write the graph as a Mermaid flowchart, which GitHub draws in a Markdown file."""
        return mermaid(self._scene, self._stage.grads)

    def text(self) -> str:
        """Draw the graph with letters, as boxes or as a tree."""
        return textual(self._scene, self._stage.grads)

    def forms(self) -> Mapping[str, Callable[[Theme], str | bytes]]:
        """List the kinds of file there are, by suffix: each from a theme to what is written."""
        return {
            **super().forms(),
            ".dot": lambda _: self.dot(),
            ".mmd": lambda _: self.mermaid(),
            ".gif": lambda theme: self._all_frames().film("GIF", theme),
            ".webp": lambda theme: self._all_frames().film("WEBP", theme),
        }

    def _all_frames(self) -> Frames:
        return Frames(self._scene, self._opened, self._emphasis)


class Frames(Sequence[Drawing]):
    """The backward pass as a sequence of drawings; each is made when it is asked for."""

    def __init__(
        self, scene: Scene, opened: Collection[str] = (), emphasis: Emphasis | None = None
    ) -> None:
        self._stages = stages(scene.nodes[scene.outputs[0]].value, scene.nodes)
        self._first = Drawing(scene, opened, emphasis, self._stages, self._stages[0])

    def __len__(self) -> int:
        return len(self._stages)

    @overload
    def __getitem__(self, index: int) -> Drawing: ...
    @overload
    def __getitem__(self, index: slice) -> list[Drawing]: ...
    def __getitem__(self, index: int | slice) -> Drawing | list[Drawing]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        return self._shows(self._stages[index])

    def after(self, k: int) -> Drawing:
        """Find the drawing in which k operations have handed their gradient on."""
        return self._shows(self._stages.after(k))

    def film(self, kind: str, theme: Theme = "light") -> bytes:
        """Show one frame after the other, as ``GIF`` or ``WEBP``.

        Raises
        ------
        DrawingError
            If there are too many.
        """
        check_theme(theme)
        if len(self) > MOST_FRAMES:
            raise DrawingError(
                f"this backward pass has {len(self):,} stages, and a moving picture holds at most "
                f"{MOST_FRAMES}: draw a value on the way, or save the live page (.html)"
            )
        drawings = list(self)
        lines = max(caption_lines(drawing.caption, drawing._placed) for drawing in drawings)
        for drawing in drawings:  # pictures of a film have one size
            drawing._lines = max(drawing._lines, lines)
        pictures = (drawing.png(theme, FILM_SCALE) for drawing in drawings)
        return animation(pictures, kind, MILLISECONDS)

    def _shows(self, stage: Stage) -> Drawing:
        first = self._first
        found = Drawing(first._scene, first._opened, first._emphasis, self._stages, stage)
        found._placed = first._placed
        return found


def draw(
    what: Any, *, after: int | None = None, open: Collection[str] | Literal["all"] = (),
    fold: bool = True, emphasis: Emphasis | None = None,
) -> Drawing | NetworkPicture | ProgramPicture:  # fmt: skip
    """Draw everything that leads to a value; or a network, as neurons and weights.

    Every value is a record "label | data over grad" behind the round node of its operation;
    before a backward pass gradients show as "–". Nothing has to be installed for it. In a notebook
    the drawing shows itself as a live page; elsewhere, print it or save it.

    Parameters
    ----------
    what : Value, list of Values, nn.Module, what `gg.jit` made, or its ``program``
        The result (or results) of a computation, a network, or a traced function: its program,
        with the arguments for which it was traced, and parameters as they are now. Of
        ``f.program`` it is the tensors that are drawn.
    after : int, optional
        Show the backward pass after so many operations have handed their gradient on: for
        L = d·f, d = e + c, e = a·b after 0 values only, after 1 also L, d and f, after 2 c and e,
        after 3 a and b. Of several results it is the first that is differentiated. The Values
        keep their own gradients.
    open : collection of str, or "all"
        Which of the folded groups are drawn opened, by their keys.
    fold : bool
        Whether a large graph is folded into boxes by module and by repetition.
    emphasis : "tint" or "thickness", optional
        Show gradients by the colour of records, or by how thick arrows are, as well.

    Returns
    -------
    Drawing, NetworkPicture or ProgramPicture
        With ``save("graph.svg")``; also .png, .html, .txt, .dot, .mmd, .gif, .webp.

    Raises
    ------
    DrawingError
        If there is nothing to draw, or too much.
    TypeError
        If `open` is neither a key nor a collection of keys.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a, b = gg.Value(2.0, label="a"), gg.Value(-3.0, label="b")
    >>> e = a * b
    >>> gg.draw(e, after=1).grads
    {'a': -3.0, 'b': 2.0, 'v1': 1.0}
    """
    if emphasis not in (None, "tint", "thickness"):
        raise ValueError(f'emphasis is "tint", "thickness" or None, not {emphasis!r}')
    if isinstance(what, Module):
        if after is not None:
            raise DrawingError(
                "a network has no backward pass of its own: draw its loss, draw(loss, after=...)"
            )
        return network_picture(what)
    if type(what).__module__ == "glassgrad.jitting.tensors.presenting":  # which need not be loaded
        from glassgrad.show.tensors.picture import program_picture

        return program_picture(what)
    found = _scene_of(what, open, fold)
    opened = _opened(found, open)
    if after is None:
        return Drawing(found, opened, emphasis)
    return Frames(found, opened, emphasis).after(after)


def frames(
    root: Value, *, open: Collection[str] | Literal["all"] = (), fold: bool = True,
    emphasis: Emphasis | None = None,
) -> Frames:  # fmt: skip
    """Draw the backward pass stage by stage: node by node, and edge by edge.

    Nothing of the graph changes. The first frame shows values only, the second the derivative of
    the result with respect to itself. Each frame has a ``caption`` in words and numbers.

    Parameters
    ----------
    root : Value
        What is differentiated.
    open, fold, emphasis
        As for `draw`.

    Returns
    -------
    Frames
        A sequence of drawings. ``draw(root).save("backward.gif")`` shows them as a film.

    Raises
    ------
    NoRuleError
        If a node has no derivative.

    Examples
    --------
    >>> import glassgrad as gg
    >>> a, b = gg.Value(2.0, label="a"), gg.Value(-3.0, label="b")
    >>> e = a * b
    >>> e.label = "e"
    >>> for frame in gg.frames(e):
    ...     print(frame.caption)
    values only; no gradient yet
    de/de = 1
    ×: a.grad += b · e.grad = −3 · 1 = −3
    ×: b.grad += a · e.grad = 2 · 1 = 2
    e = a · b: × gives each operand the incoming gradient times the other
    """
    found = _scene_of(root, open, fold)
    return Frames(found, _opened(found, open), emphasis)


def _scene_of(what: Any, open: Collection[str] | Literal["all"], fold: bool) -> Scene:
    if not isinstance(open, Collection) or not all(isinstance(key, str) for key in open):
        raise TypeError(
            f'open={open!r}: write "all", or the keys of the groups, open=["layers.0"]; the error '
            "for a key that does not exist lists those that do"
        )
    if callable(what):  # who draws no traced function need not load what traces
        from glassgrad.jitting.calls import Jitted
        from glassgrad.jitting.unfolding import shown

        what = shown(what) if isinstance(what, Jitted) else what
    roots = what if isinstance(what, (list, tuple)) else [what]
    return scene(*roots, open=open, most=MOST_BOXES if fold else sys.maxsize)


def _opened(found: Scene, open: Collection[str] | Literal["all"]) -> Collection[str]:
    """List the keys of the groups that are opened."""
    if open != "all":
        return [open] if isinstance(open, str) else open
    if len(found.nodes) > MOST_OPENED:
        raise DrawingError(
            f"this graph has {len(found.nodes):,} values, and with everything open at most "
            f"{MOST_OPENED:,} are drawn: name what is to be opened, open=[...]"
        )
    keys, waiting = [], [found.top]
    for level in waiting:
        inside = [box for box in level.boxes if isinstance(box, Group)]
        keys += [group.key for group in inside]
        waiting += [group.level for group in inside]
    return keys


def _set_gradients(nodes: Sequence[Node], grads: Sequence[float | None]) -> None:
    for node, grad in zip(nodes, grads, strict=True):
        node.grad = grad
