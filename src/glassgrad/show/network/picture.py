"""What `draw` gives for a network: the classical picture, still or living."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from glassgrad.show.network import page
from glassgrad.show.network.columns import read_network
from glassgrad.show.network.plan import Plan
from glassgrad.show.network.svg import network_svg
from glassgrad.show.picture import Picture
from glassgrad.show.theme import Theme, check_theme


class NetworkPicture(Picture):
    """Inputs, neurons and outputs as circles in columns, the weights as lines between them.

    The numbers are those that the model had when the picture was made.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def svg(self, theme: Theme = "auto") -> str:
        """Write the picture as SVG; "auto" follows the system that shows it."""
        check_theme(theme)
        return network_svg(self.plan, theme)

    def html(self, theme: Theme = "auto") -> str:
        """Write a page in which a neuron that is pointed at says what it computes."""
        check_theme(theme)
        return page.page(self.plan, theme)

    def fragment(self) -> str:
        """Write the page as one element: a frame, in which its names can't meet another's."""
        inside = escape(self.html())
        return (
            f'<iframe srcdoc="{inside}" title="{escape(self.plan.network.title)}" '
            'style="width:100%;height:640px;border:0"></iframe>'
        )

    def text(self) -> str:
        """Say in one line what the network is made of."""
        return f"{self.plan.network.title}, {len(self.plan.network.numbers):,} parameters"


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
