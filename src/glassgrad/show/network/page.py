"""A page with a network: its picture, the place for words, and what brings both to life."""

from __future__ import annotations

from typing import Any

from glassgrad.show.document import resource
from glassgrad.show.network.plan import Plan
from glassgrad.show.network.svg import largest_weight, network_svg, widest


def section(plan: Plan, largest: float | None = None) -> str:
    """Write the picture with a place beside it for words; `network.js` brings it to life."""
    return (
        '<section class="network" aria-label="The network">\n'
        f'<div class="picture">{network_svg(plan, "page", largest)}</div>\n'
        '<div class="words" aria-live="polite"><p>Point at a neuron, or walk from neuron to neuron '
        "with the arrow keys, to see what it computes.</p></div>\n</section>\n"
    )


def data(plan: Plan, largest: float | None = None) -> dict[str, Any]:
    """Collect what the script needs to draw the weights anew, beside the numbers."""
    return {
        "names": {place: plan.network.names[place] for _, _, place in plan.weights()},
        "largest": largest or largest_weight(plan),
        "widest": widest(plan),
    }


def drawn_numbers(plan: Plan) -> dict[int, float]:
    """Collect the weights and biases that are drawn, by their places."""
    weights = [place for _, _, place in plan.weights()]
    biases = [plan.bias(spot) for column in plan.spots for spot in column]
    places = {*weights, *(place for place in biases if place is not None)}
    return {place: plan.network.numbers[place] for place in sorted(places)}


def style() -> str:
    """Read the styles of a page with a network."""
    return resource("glassgrad.show.network", "network.css")


def script() -> str:
    """Read the script of a page with a network."""
    return "".join(
        resource("glassgrad.show.network", name) for name in ("numbers.js", "network.js")
    )
