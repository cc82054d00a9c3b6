"""Data to learn from: made-up shapes, Fisher's iris, names, CSV files, and what prepares them.

Every data set unpacks into ``X, y``, plain lists of Python numbers, as a loop over scalar Values
wants them; only `names` is a plain list. Those that scikit-learn has too are equal to its own, bit
for bit.
"""

from __future__ import annotations

from glassgrad.data.dataset import Dataset
from glassgrad.data.examples import iris, lecture, names, polynomial
from glassgrad.data.prepare import Standardiser, split, standardise
from glassgrad.data.shapes import blobs, circles, moons, spirals, xor
from glassgrad.data.tables import read_columns, read_csv

__all__ = [
    "Dataset", "Standardiser", "blobs", "circles", "iris", "lecture", "moons", "names",
    "polynomial", "read_columns", "read_csv", "spirals", "split", "standardise", "xor",
]  # fmt: skip
