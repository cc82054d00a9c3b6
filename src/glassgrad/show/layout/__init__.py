"""Places for boxes and ways for arrows; nothing here knows what the boxes are."""

from glassgrad.show.layout.layered import Layout, place

__all__ = ["Layout", "place"]
