"""The report of a training run: one page that shows how it was learned, without a network."""

from glassgrad.report.page import report

__all__ = ["report"]
