"""The live page: Python lays out and packs, the scripts beside draw, step and compute anew."""

from glassgrad.show.live.page import fragment, page

__all__ = ["fragment", "page"]
