"""Cut and reshape steps: the same operations in other boxes."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.jitting.lifting.steps import Access, Step


def part_of(step: Step, i: int, begin: int, stop: int) -> Step:
    """Take a part of a box along one of its dims."""
    dims = (*step.dims[:i], stop - begin, *step.dims[i + 1 :])
    accesses = [Access(a.base + begin * a.strides[i], a.strides) for a in step.accesses]
    made = Step(step.kind, step.op, dims, step.free, accesses, step.group, slots=step.slots)
    return without(made, i) if stop - begin == 1 else made


def without(step: Step, i: int) -> Step:
    """Leave out a dim of length 1."""
    accesses = [Access(a.base, a.strides[:i] + a.strides[i + 1 :]) for a in step.accesses]
    dims = step.dims[:i] + step.dims[i + 1 :]
    free = step.free - (i < step.free)
    return Step(step.kind, step.op, dims, free, accesses, step.group, slots=step.slots)


def split(step: Step, i: int, n: int) -> Step:
    """Split a dim in two, of which the inner one has the length n."""
    dims = (*step.dims[:i], step.dims[i] // n, n, *step.dims[i + 1 :])
    accesses = [
        Access(a.base, (*a.strides[:i], n * a.strides[i], *a.strides[i:])) for a in step.accesses
    ]
    free = step.free + (i < step.free)
    return Step(step.kind, step.op, dims, free, accesses, step.group, slots=step.slots)


def of_one_rank(steps: Sequence[Step]) -> list[Step]:
    """Give steps the dims of length 1 that they lack beside the next one."""
    found = list(steps)
    for k in range(len(found) - 2, -1, -1):
        one, following = found[k], found[k + 1]
        if one.kind == following.kind and len(one.dims) + 1 == len(following.dims):
            for i in range(len(following.dims)):
                longer = without(following, i)
                if alike(one, longer) and one.dims[:i] == longer.dims[:i]:
                    accesses = [
                        Access(a.base, (*a.strides[:i], b.strides[i], *a.strides[i:]))
                        for a, b in zip(one.accesses, following.accesses, strict=True)
                    ]
                    dims = (*one.dims[:i], 1, *one.dims[i:])
                    found[k] = Step(
                        one.kind, one.op, dims, following.free, accesses, one.group, slots=one.slots
                    )
                    break
    return found


def alike(one: Step, other: Step) -> bool:
    """Tell whether two steps differ in lengths and places only."""
    return (one.kind, one.op, one.free, len(one.dims)) == (
        other.kind, other.op, other.free, len(other.dims),
    ) and one.kind != 0 and all(
        [s != 0 for s in a.strides] == [s != 0 for s in b.strides]
        for a, b in zip(one.accesses, other.accesses, strict=True)
    )  # fmt: skip
