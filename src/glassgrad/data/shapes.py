"""Made-up data sets of two inputs: shapes in the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glassgrad.data.checks import real, shape_arguments, whole
from glassgrad.data.dataset import Dataset
from glassgrad.errors import DataError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["blobs", "circles", "moons", "spirals", "xor"]


def moons(n: int = 100, noise: float | None = None, random_state: Any = None) -> Dataset:
    """Make two half circles that reach into each other.

    The upper moon, class 0, is (cos t, sin t) and the lower, class 1, is
    (1 - cos t, 1/2 - sin t), for t from 0 to π. The same numbers as scikit-learn's make_moons.

    Parameters
    ----------
    n : int
        How many points; of an odd number the lower moon has one more.
    noise : float, optional
        The standard deviation of what is added to every coordinate; None adds nothing.
    random_state : int or RandomState, optional
        An int gives the same points every time; None draws from NumPy's global source, which
        ``np.random.seed`` sets.

    Returns
    -------
    Dataset
        Points in random order, and 0 or 1 for each. Where a loss asks for ±1, as hinge does:
        ``[2 * label - 1 for label in y]``.

    Raises
    ------
    DataError
        If `n` is below 1, or `noise` is negative or not finite.

    Examples
    --------
    >>> from glassgrad import data
    >>> X, y = data.moons(4, random_state=0)
    >>> [[round(x, 9) for x in row] for row in X], y
    ([[0.0, 0.5], [2.0, 0.5], [-1.0, 0.0], [1.0, 0.0]], [1, 1, 0, 0])

    References
    ----------
    Pedregosa et al., "Scikit-learn: machine learning in Python", JMLR 12 (2011).
    """
    import numpy as np

    n, noise, source = shape_arguments("moons", n, noise, random_state)
    # The numbers are drawn, and each sum taken, in scikit-learn's order: that gives its bits.
    upper, lower = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    x1 = np.append(np.cos(upper), 1 - np.cos(lower))
    x2 = np.append(np.sin(upper), 1 - np.sin(lower) - 0.5)
    y = np.repeat([0, 1], [n // 2, n - n // 2])
    return _finished(np.stack([x1, x2], 1), y, noise, source, "moon", ["upper", "lower"])


def circles(
    n: int = 100, noise: float | None = None, factor: float = 0.8, random_state: Any = None
) -> Dataset:
    """Make a circle within a circle.

    The outer, class 0, has the radius 1, the inner, class 1, the radius `factor`: the same
    numbers as scikit-learn's make_circles.

    Parameters
    ----------
    n, noise, random_state
        As for `moons`; of an odd number the inner circle has one point more.
    factor : float
        The inner radius, from 0 up to, and without, 1.

    Raises
    ------
    DataError
        If `factor` is outside [0, 1), or as for `moons`.

    Examples
    --------
    >>> from glassgrad import data
    >>> data.circles(100, noise=0.1, factor=0.5, random_state=0)
    Dataset(100 rows, inputs: x1, x2; circle: outer or inner)
    """
    import numpy as np

    n, noise, source = shape_arguments("circles", n, noise, random_state)
    factor = real(factor, "circles: factor", 0.0)
    if factor >= 1:
        raise DataError(f"circles: factor, the inner radius, is below 1, not {factor:g}")
    outer = np.linspace(0, 2 * np.pi, n // 2, endpoint=False)
    inner = np.linspace(0, 2 * np.pi, n - n // 2, endpoint=False)
    x1 = np.append(np.cos(outer), np.cos(inner) * factor)
    x2 = np.append(np.sin(outer), np.sin(inner) * factor)
    y = np.repeat([0, 1], [n // 2, n - n // 2])
    return _finished(np.stack([x1, x2], 1), y, noise, source, "circle", ["outer", "inner"])


def blobs(n: int = 100, centers: int = 3, std: float = 1.0, random_state: Any = None) -> Dataset:
    """Make round clouds of points, a class each.

    The centres are uniform in the square from -10 to 10, and a cloud is normal around its own:
    the same numbers as scikit-learn's make_blobs.

    Parameters
    ----------
    n, centers : int
        How many points in all, and in how many clouds, which share them as evenly as they go.
    std : float
        The standard deviation of a cloud.
    random_state : int or RandomState, optional
        As for `moons`.

    Raises
    ------
    DataError
        If `n` or `centers` is below 1, or `std` is negative or not finite.

    Examples
    --------
    >>> from glassgrad import data
    >>> data.blobs(30, centers=2, random_state=0)
    Dataset(30 rows, inputs: x1, x2; blob: blob 0 or blob 1)
    """
    import numpy as np

    n, _, source = shape_arguments("blobs", n, None, random_state)
    centers = whole(centers, "blobs: centers, how many clouds,")
    std = real(std, "blobs: std, a standard deviation,", 0.0)
    middles = source.uniform(-10.0, 10.0, size=(centers, 2))
    sizes = _shares(n, centers)
    clouds = [source.normal(m, std, (k, 2)) for m, k in zip(middles, sizes, strict=True)]
    y = np.repeat(np.arange(centers), sizes)
    names = [f"blob {k}" for k in range(centers)]
    return _finished(np.concatenate(clouds), y, None, source, "blob", names)


def spirals(
    n: int = 100,
    arms: int = 2,
    turns: float = 1.0,
    noise: float | None = None,
    random_state: Any = None,
) -> Dataset:
    """Make spiral arms that wind around each other, a class each.

    The arm k of m consists of the points t · (cos a, sin a) with a = 2π (turns · t + k / m),
    for t evenly spaced up to 1 without 0, where all arms would meet.

    Parameters
    ----------
    n, arms : int
        How many points in all, and on how many arms, which share them as evenly as they go.
    turns : float
        How often an arm goes around: the more, the harder to learn. Negative turns clockwise.
    noise, random_state
        As for `moons`.

    Raises
    ------
    DataError
        If `arms` is below 1, `turns` is not finite, or as for `moons`.

    Examples
    --------
    >>> from glassgrad import data
    >>> data.spirals(90, arms=3, noise=0.02, random_state=0)
    Dataset(90 rows, inputs: x1, x2; arm: arm 0, arm 1 or arm 2)

    References
    ----------
    Lang & Witbrock, "Learning to tell two spirals apart", 1988 (there, two arms of three turns).
    """
    import numpy as np

    n, noise, source = shape_arguments("spirals", n, noise, random_state)
    arms, turns = whole(arms, "spirals: arms"), real(turns, "spirals: turns")
    sizes = _shares(n, arms)
    radius = np.concatenate([np.arange(1, size + 1) / size for size in sizes])
    y = np.repeat(np.arange(arms), sizes)
    angle = 2 * np.pi * (turns * radius + y / arms)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    return _finished(points, y, noise, source, "arm", [f"arm {k}" for k in range(arms)])


def xor(n: int = 100, noise: float | None = None, random_state: Any = None) -> Dataset:
    """Make points in four squares, coloured like a chessboard.

    The class is 1 where exactly one coordinate is negative: no straight line tells the classes
    apart. Before the noise, each coordinate is 0.1 to 1 away from 0.

    Parameters
    ----------
    n, noise, random_state
        As for `moons`; the four squares share the points as evenly as they go.

    Raises
    ------
    DataError
        As for `moons`.

    Examples
    --------
    >>> from glassgrad import data
    >>> X, y = data.xor(8, random_state=0)
    >>> y == [int((a < 0) != (b < 0)) for a, b in X]
    True

    References
    ----------
    Minsky & Papert, Perceptrons, 1969
    """
    import numpy as np

    n, noise, source = shape_arguments("xor", n, noise, random_state)
    corners = np.resize([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]], (n, 2))
    points = corners * source.uniform(0.1, 1.0, size=(n, 2))
    y = np.resize([0, 1], n)
    return _finished(points, y, noise, source, "signs", ["equal", "different"])


def _shares(n: int, parts: int) -> list[int]:
    """Share n points out among so many parts, the first ones getting what is left over."""
    return [n // parts + (k < n % parts) for k in range(parts)]


def _finished(
    points: Any, y: Any, noise: float | None, source: np.random.RandomState, target: str,
    classes: list[str],
) -> Dataset:  # fmt: skip
    """Shuffle the points, add the noise, and turn arrays into lists: in scikit-learn's order."""
    import numpy as np

    order = np.arange(len(points))
    source.shuffle(order)
    points = points[order]
    if noise is not None:
        points += source.normal(scale=noise, size=points.shape)
    names = [f"x{k + 1}" for k in range(points.shape[1])]
    return Dataset(points.tolist(), y[order].tolist(), names, target, classes)
