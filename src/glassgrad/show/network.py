"""What `draw` gives for a network: the classical picture, still or living."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Literal

from glassgrad.show.columns import read_network
from glassgrad.show.document import as_json, document, resource
from glassgrad.show.network_plan import Plan
from glassgrad.show.network_svg import largest_weight, network_svg, widest


class NetworkPicture:
    """Inputs, neurons and outputs as circles in columns, the weights as lines between them.

    The numbers are those that the model had when the picture was made.
    """

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def svg(self, theme: Literal["light", "dark", "auto"] = "light") -> str:
        """Write the picture as SVG; "auto" follows the system that shows it."""
        if theme not in ("light", "dark", "auto"):
            raise ValueError(f'the theme is "light", "dark" or "auto", not {theme!r}')
        return network_svg(self.plan, theme)

    def html(self) -> str:
        """Write a page in which a neuron that is pointed at says what it computes."""
        network = self.plan.network
        body = (
            '<main>\n<button class="theme">light / dark</button>\n'
            f"<h1>{escape(network.title)}</h1>\n"
            f'<p class="faint">{len(network.numbers):,} parameters</p>\n'
            f'{network_section(self.plan)}</main>\n<script type="application/json" class="data">'
            f"{as_json(network_data(self.plan) | {'numbers': drawn_numbers(self.plan)})}"
            "</script>\n"
        )
        script = (
            'const data = JSON.parse(document.querySelector(".data").textContent);\n'
            'const living = livingNetwork(document.querySelector(".network"), data);\n'
            "living.show((place) => Number(data.numbers[place]));\n"
        )
        return document(
            network.title, body, style=network_style(), script=network_script() + script
        )


def network_picture(
    model: Any, *, inputs: Sequence[str] | None = None, outputs: Sequence[str] | None = None
) -> NetworkPicture:
    """Draw a network of neurons with its weights.

    Parameters
    ----------
    model : MLP, Layer, Neuron, Linear, or Sequential of these
        What is drawn. Functions and normalisation between columns are named where they act.
    inputs, outputs : sequence of str, optional
        What goes in and what comes out is called.

    Returns
    -------
    NetworkPicture
        With `svg` and `html`.

    Raises
    ------
    TypeError
        If the model is not made of neurons in columns.
    ValueError
        If the names are not as many as the inputs or outputs.

    Examples
    --------
    >>> from glassgrad import nn
    >>> picture = network_picture(nn.MLP(2, [3, 1]), inputs=["width", "height"])
    >>> picture.svg().count("data-from")
    9
    """
    return NetworkPicture(Plan(read_network(model), inputs, outputs))


def network_section(plan: Plan, largest: float | None = None) -> str:
    """Write the picture with a place beside it for words; `network.js` brings it to life."""
    return (
        '<section class="network" aria-label="The network">\n'
        f'<div class="picture">{network_svg(plan, "page", largest)}</div>\n'
        '<div class="words" aria-live="polite"><p>Point at a neuron, or walk from neuron to neuron '
        "with the arrow keys, to see what it computes.</p></div>\n</section>\n"
    )


def network_data(plan: Plan, largest: float | None = None) -> dict[str, Any]:
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


def network_style() -> str:
    """Read the styles of a page with a network."""
    return "".join(resource("glassgrad.show", name) for name in ("document.css", "network.css"))


def network_script() -> str:
    """Read the script of a page with a network."""
    names = ("document.js", "numbers.js", "network.js")
    return "".join(resource("glassgrad.show", name) for name in names)
