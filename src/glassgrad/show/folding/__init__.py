"""From a graph to a scene: drawn as it is, or folded where it is large."""

from glassgrad.show.folding.scenes import scene

__all__ = ["scene"]
