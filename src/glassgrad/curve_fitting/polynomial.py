"""A polynomial as a model with a knob for each degree."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import TYPE_CHECKING, Any

from glassgrad.engine import Value, dot
from glassgrad.errors import DataError
from glassgrad.nn.module import Module

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, Any]


class Polynomial(Module):
    """A polynomial made of polynomials that are orthogonal on given places.

    The knobs are the weights of these. The coefficients k0, k1, ... of the plain polynomial
    would pull at each other: x³ and x⁵ look alike, so that going downhill takes a million steps.
    The orthogonal polynomials have nothing in common at the places, and each has the mean square
    1 there, so each knob finds its own way, and all are equally fast.

    Parameters
    ----------
    xs : sequence of float
        The places.
    degree : int
        There is one knob more.

    Raises
    ------
    DataError
        If there are too few different places, or they are too close to each other.

    References
    ----------
    G. E. Forsythe, "Generation and use of orthogonal polynomials for data-fitting with a digital
    computer", J. SIAM 5 (1957).
    """

    def __init__(self, xs: Sequence[float], degree: int) -> None:
        import numpy as np

        different = len(set(xs))
        if different <= degree:
            raise DataError(
                f"a curve of degree {degree} needs points at {degree + 1} different x at least, "
                f"and there {'is' if different == 1 else 'are'} {different}: lower the degree, or "
                "add points"
            )
        self._domain = (min(xs), max(xs))
        # The coefficients are multiplied by this power of the half width, or divided by it.
        if degree * abs(log10(max(xs) / 2.0 - min(xs) / 2.0 or 5e-324)) > 150.0:
            raise DataError(
                f"from {min(xs)} to {max(xs)} powers of x up to {degree} go beyond what floats "
                "hold: choose other units"
            )
        self._degree = degree
        # Chebyshev's polynomials on [-1, 1] are almost orthogonal already; QR does the rest.
        _, triangle = np.linalg.qr(self._chebyshev(xs))
        diagonal = np.diag(triangle)
        sizes = np.abs(diagonal)
        if not sizes.min() > 1e-9 * sizes.max():
            raise DataError(
                f"some x are so close together that they don't determine a curve of degree "
                f"{degree}: lower the degree"
            )
        self._weights = np.linalg.inv(triangle) * np.sign(diagonal) * np.sqrt(len(xs))
        self.knobs = [Value(0.0, label=f"c{i}") for i in range(degree + 1)]

    def __call__(self, x: float) -> Any:
        """Compute the curve at a place."""
        return dot(self.knobs, self.basis([x])[0])

    def basis(self, xs: Sequence[float]) -> list[list[float]]:
        """Compute the orthogonal polynomials, a row for each place."""
        rows: list[list[float]] = (self._chebyshev(xs) @ self._weights).tolist()
        return rows

    def coefficients(self) -> list[float]:
        """Multiply it out: the coefficients k0, k1, ... of 1, x, x² and so on."""
        import numpy as np

        knobs = np.array([knob.data for knob in self.knobs])
        series = np.polynomial.Chebyshev(self._weights @ knobs, domain=self._domain)
        return padded(series.convert(kind=np.polynomial.Polynomial).coef, self._degree)

    def _chebyshev(self, xs: Sequence[float]) -> Numbers:
        import numpy as np

        low, high = self._domain
        middle, half = low + (high - low) / 2.0, (high - low) / 2.0 or 1.0
        found: Numbers = np.polynomial.chebyshev.chebvander(
            (np.asarray(xs, dtype=np.float64) - middle) / half, self._degree
        )
        return found


def padded(coefficients: Any, degree: int) -> list[float]:
    """List as many coefficients as the degree asks for; NumPy leaves out zeros at the end."""
    found = [float(k) for k in coefficients]
    return found + [0.0] * (degree + 1 - len(found))
