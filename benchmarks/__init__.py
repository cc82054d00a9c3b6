"""Benchmarks: glassgrad and its peers, side by side in one run (``python benchmarks``)."""
