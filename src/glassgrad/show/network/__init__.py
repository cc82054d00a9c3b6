"""The classical picture of a network: neurons as circles, weights as lines between them."""

from glassgrad.show.network.picture import NetworkPicture, network_picture

__all__ = ["NetworkPicture", "network_picture"]
