"""Large products of matrices: which they are, and where NumPy's BLAS is, which multiplies faster.

BLAS adds up the terms of a sum in an order of its own, so it is asked only where that is free. Ours
keeps the order, and is as fast unless the matrices are large.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from math import prod

#: So many products pay. Measured on one core that has AVX-512, in GFLOP/s of double precision, ours
#: forwards and backwards, and those of BLAS: 48x48x48 43, 42 and 38, 51; 64x256x256 46, 47 and 47,
#: 50; 256x256x256 45, 42 and 50, 49; 512x512x512 45, 41 and 49, 49. In single precision 85, 96 and
#: 70, 96 for 64x256x256, and 90, 89 and 93, 101 for 256x256x256.
WORTH = 1 << 23

#: What it calls its products, of double and of single precision, where dims are counted in 64 bits.
_NAMES = ("scipy_cblas_{}gemm64_", "cblas_{}gemm64_")


def is_product(dims: Sequence[int], accesses: Sequence[Sequence[int]]) -> bool:
    """Tell whether a box that adds up products is a large product of two matrices.

    Parameters
    ----------
    dims : sequence of int
    accesses : sequence of sequence of int
        The strides of the sums, and of the first and second factors.

    Examples
    --------
    >>> is_product([256, 256, 256], [[256, 1, 0], [256, 0, 1], [0, 256, 1]])
    True
    >>> is_product([256, 256, 256], [[256, 1, 0], [256, 1, 0], [0, 256, 1]])
    False
    """
    moving = [d for d, n in enumerate(dims) if n > 1]
    if prod(dims) < WORTH or len(moving) != 3:
        return False
    if sorted([bool(s[d]) for s in accesses] for d in moving) != [
        [False, True, True], [True, False, True], [True, True, False],
    ]:  # fmt: skip
        return False
    return all(_lies([(s[d], dims[d]) for d in moving if s[d]]) for s in accesses)


def _lies(dims: list[tuple[int, int]]) -> bool:
    """Tell whether a matrix lies in rows, or in columns, that don't overlap."""
    (inner, n), (outer, _) = sorted(dims)
    return inner == 1 and outer >= n


@cache
def found() -> tuple[int, int]:
    """Find NumPy's BLAS.

    Returns
    -------
    tuple of int
        Where its products of double and of single precision are in memory; 0 and 0 if it has none
        that are known, or more threads than ``GLASSGRAD_THREADS`` allows.
    """
    import ctypes

    from numpy.linalg import _umath_linalg

    library = ctypes.CDLL(_umath_linalg.__file__)  # what it is linked with is looked through, too
    threads = getattr(library, "scipy_openblas_get_num_threads64_", None)
    if os.environ.get("GLASSGRAD_THREADS") == "1" and (threads is None or threads() > 1):
        return 0, 0
    for name in _NAMES:
        double, single = (getattr(library, name.format(kind), None) for kind in "ds")
        if double and single:
            address = ctypes.c_void_p
            return ctypes.cast(double, address).value or 0, ctypes.cast(single, address).value or 0
    return 0, 0
