"""Arrays: the names in a lifted program, and the parts of them that its steps use."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from glassgrad.jitting.lifting.steps import Access


class Array:
    """Numbers in a grid, which have a name.

    Attributes
    ----------
    name : str
        Empty until it is given one.
    base : int
        The slot of the first number.
    dims, strides : tuple of int
        The lengths of the axes, and the distances of slots along them.
    path : str
        Of what is given, where the model or the arguments hold it: ``layers.0.neurons[·].w[·]``.
    whole : Array or None
        Of what is given, all the numbers it is a part of, one after another: an argument, or all
        parameters.
    """

    __slots__ = ("base", "dims", "name", "path", "strides", "whole")

    def __init__(
        self, name: str, base: int, dims: Sequence[int], strides: Sequence[int] | None = None,
        path: str = "", whole: Array | None = None,
    ) -> None:  # fmt: skip
        self.name, self.base, self.path, self.whole = name, base, path, whole
        self.dims = tuple(dims)
        self.strides = side_by_side(dims) if strides is None else tuple(strides)

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return prod(self.dims)

    @property
    def is_dense(self) -> bool:
        """Whether its numbers lie side by side, or lie so in an array of their own."""
        return self.whole is None or self.strides == side_by_side(self.dims)

    def slots(self) -> list[int]:
        """List the slots, row by row."""
        return slots_of(self.base, self.strides, self.dims)


    def place_of(self, slot: int) -> tuple[int, ...]:
        """Tell at which row, column and so on the number of a slot stands."""
        found, offset = [0] * len(self.dims), slot - self.base
        for axis in sorted(range(len(self.dims)), key=lambda axis: -self.strides[axis]):
            if self.dims[axis] > 1:
                found[axis], offset = divmod(offset, self.strides[axis])
        return tuple(found)


class View:
    """The part of an array that an operand of a step is.

    Attributes
    ----------
    array : Array
    shape : tuple of int
        The array's own, but for axes that are taken apart.
    index : tuple of int or slice
        One for each axis.
    letters : tuple of int
        Which dim of the step each axis stands for that is left, and each axis of the windows.
    windows : dict of int to int
        Of axes along which a window slides, how long it is.
    """

    __slots__ = ("array", "index", "letters", "shape", "windows")

    def __init__(
        self, array: Array, shape: Sequence[int], index: Sequence[int | slice],
        letters: Sequence[int], windows: dict[int, int],
    ) -> None:  # fmt: skip
        self.array, self.shape = array, tuple(shape)
        self.index, self.letters, self.windows = tuple(index), tuple(letters), windows

    @property
    def is_all(self) -> bool:
        """Whether it is the whole array."""
        full = [x == slice(0, n, 1) for x, n in zip(self.index, self.shape, strict=True)]
        return all(full) and self.shape == self.array.dims and not self.windows


def side_by_side(dims: Sequence[int]) -> tuple[int, ...]:
    """Tell the distances along the axes of numbers that lie row after row.

    >>> side_by_side((2, 3, 4))
    (12, 4, 1)
    """
    return tuple(prod(dims[i + 1 :]) for i in range(len(dims)))


def slots_of(base: int, strides: Sequence[int], dims: Sequence[int]) -> list[int]:
    """List the slots of a grid, row by row."""
    found = [base]
    for stride, n in zip(strides, dims, strict=True):
        found = [slot + k * stride for slot in found for k in range(n)]
    return found


def view_of(array: Array, access: Access, dims: Sequence[int]) -> View | None:
    """Find which part of an array an access is; None if it is no plain part.

    Axes are taken apart where two dims walk along one of them, as those of heads do, and put
    together where one dim walks along two.
    """
    shape, strides = list(array.dims), list(array.strides)
    moving = [i for i in range(len(dims)) if access.strides[i]]
    steps = [(abs(access.strides[i]), dims[i]) for i in moving]
    for i in sorted(moving, key=lambda i: abs(access.strides[i])):
        _take_apart(shape, strides, abs(access.strides[i]), steps)
        _put_together(shape, strides, access.strides[i], dims[i])
    offset = access.base - array.base
    first = [0] * len(shape)
    for axis in sorted(range(len(shape)), key=lambda axis: -strides[axis]):
        if shape[axis] == 1:
            continue
        first[axis], offset = divmod(offset, strides[axis])
        if not 0 <= first[axis] < shape[axis]:
            return None
    if offset:
        return None
    index: list[int | slice] = list(first)
    letters: dict[int, int] = {}
    windows: dict[int, int] = {}  # by axis: the dim that goes through the window
    for i in moving:
        stride = access.strides[i]
        for axis in sorted(
            range(len(shape)),
            key=lambda axis: (axis in letters, strides[axis] != stride, -strides[axis]),
        ):
            step, rest = divmod(stride, strides[axis])
            last = first[axis] + (dims[i] - 1) * step
            walked = index[axis]
            if rest or not 0 <= last < shape[axis]:
                continue
            if axis not in letters:
                stop: int | None = last + (1 if step > 0 else -1)
                index[axis] = slice(first[axis], None if stop == -1 else stop, step)
                letters[axis] = i
                break
            if (
                dims[i] > 1 and axis not in windows and step == 1 and isinstance(walked, slice)
                and walked.step > 0 and walked.stop + dims[i] - 1 <= shape[axis]
            ):  # fmt: skip
                windows[axis] = i
                break
        else:
            if dims[i] > 1:
                return None
    order = [letters[axis] for axis in sorted(letters)]
    order += [windows[axis] for axis in sorted(windows)]
    return View(array, shape, index, order, {axis: dims[i] for axis, i in windows.items()})


def _take_apart(
    shape: list[int], strides: list[int], step: int, steps: Sequence[tuple[int, int]]
) -> None:
    """Split an axis along which one dim walks in steps of several numbers, another within them."""
    for axis, (n, stride) in enumerate(zip(shape, strides, strict=True)):
        inner, rest = divmod(step, stride)
        if rest == 0 and 1 < inner < n and n % inner == 0 and any(
            stride <= other and other * (length - 1) < step and other < step
            for other, length in steps
        ):
            shape[axis : axis + 1] = [n // inner, inner]
            strides[axis : axis + 1] = [step, stride]
            return


def _put_together(shape: list[int], strides: list[int], step: int, length: int) -> None:
    """Make one axis of several along which a dim walks without a gap."""
    while step in strides:
        axis = len(strides) - 1 - strides[::-1].index(step)
        fits = any(s == step and n >= length for n, s in zip(shape, strides, strict=True))
        if (
            fits or axis == 0 or length % shape[axis]
            or strides[axis - 1] != shape[axis] * step
        ):  # fmt: skip
            return
        shape[axis - 1 : axis + 1] = [shape[axis - 1] * shape[axis]]
        strides[axis - 1 : axis + 1] = [step]
