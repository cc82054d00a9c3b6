"""What a notebook shows of a Value at the end of a cell."""

from __future__ import annotations

from glassgrad.engine import Value
from glassgrad.graph import has_more_ancestors, without_calls
from glassgrad.show.drawing import draw

#: A larger graph takes seconds to draw: too long for who wanted to see a number.
MOST_SHOWN = 100_000


def bundle(v: Value) -> dict[str, str]:
    """Draw the graph that leads to a value; of a large one, say how it is drawn."""
    opened = v if has_more_ancestors(v, MOST_SHOWN) else without_calls(v)[0]
    if has_more_ancestors(opened, MOST_SHOWN):
        hint = f"more than {MOST_SHOWN:,} values lead to it; gg.draw(v) draws them folded"
        return {"text/plain": f"{v!r}: {hint}"}
    return draw(opened)._repr_mimebundle_() | {"text/plain": repr(v)}
