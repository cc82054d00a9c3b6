"""A page with a network: its picture, the place for words, and what brings both to life."""

from __future__ import annotations

from html import escape
from typing import Any

from glassgrad.show.document import as_json, document, resource
from glassgrad.show.look import shortened
from glassgrad.show.network.flow import Flow, flow_of
from glassgrad.show.network.plan import Plan
from glassgrad.show.network.svg import largest_weight, network_svg, widest
from glassgrad.show.theme import Theme


def page(plan: Plan, theme: Theme = "auto") -> str:
    """Write a page in which neurons answer, and inputs flow through them where that can be."""
    network, flow = plan.network, flow_of(plan.network)
    all_numbers = dict(enumerate(network.numbers))
    found = data(plan) | {
        "numbers": drawn_numbers(plan) if flow.reason else all_numbers, "columns": flow.columns,
    }  # fmt: skip
    body = (
        f"<main>\n<h1>{escape(network.title)}</h1>\n"
        f'<p class="faint">{len(network.numbers):,} parameters</p>\n'
        f"{section(plan)}{_inputs(plan, flow)}</main>\n"
        f'<script type="application/json" class="data">{as_json(found)}</script>\n'
    )
    start = (
        'const data = JSON.parse(document.querySelector(".data").textContent);\n'
        'const root = document.querySelector(".network");\n'
        "const living = livingNetwork(root, data);\n"
        "living.show((place) => decoded(data.numbers[place]));\n"
    )
    if not flow.reason:
        start += resource("glassgrad.show.network", "flow.js") + flow.script
        start += 'flowing(root, document.querySelector(".inputs"), data, squashes, living);\n'
    return document(network.title, body, style=style(), script=script() + start, theme=theme)


def _inputs(plan: Plan, flow: Flow) -> str:
    """Write a slider for each input that is drawn, or why there is none."""
    if flow.reason:
        return f'<p class="faint">No inputs can be set here: {escape(flow.reason)}.</p>\n'
    sliders = "".join(
        f'<label for="input-{spot.index}">{escape(shortened(spot.name))}</label>'
        f'<input type="range" class="value" id="input-{spot.index}" data-index="{spot.index}" '
        'min="-3" max="3" step="0.01" value="1">'
        f'<output for="input-{spot.index}">1</output>\n'
        for spot in plan.spots[0]
    )
    hidden = sum(gap.hidden for gap in plan.gaps if gap.column == 0)
    note = f'<p class="faint">The other {hidden:,} inputs are 0.</p>' if hidden else ""
    return (
        '<form class="inputs" aria-label="Inputs">\n<h2>Inputs</h2>\n'
        '<p><label><input type="checkbox" class="flowing"> show each neuron\'s output, for these '
        f"inputs</label></p>\n{sliders}{note}</form>\n"
    )


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
    numbers = resource("glassgrad.show", "live/numbers.js")
    return numbers + resource("glassgrad.show.network", "network.js")
