"""The statements of a backward pass: where gradients begin, and where shares arrive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from math import prod

from glassgrad.jitting.tensors.arrays import Array
from glassgrad.jitting.tensors.backward import Backward, Share
from glassgrad.jitting.tensors.formulas import Formulas
from glassgrad.jitting.tensors.numpy_dialect import NumPy
from glassgrad.jitting.tensors.pieces import Piece, Pieces
from glassgrad.jitting.tensors.repeating import looped, repeated
from glassgrad.jitting.tensors.uses import Key

#: What may be a view of another array.
_VIEW = re.compile(r"d\w+(\[[^]]*\]|\.T|\.reshape\([^)]*\)|\.transpose\([^)]*\))*|np\.broad.*")


class Gradients:
    """Writes the statements.

    Parameters
    ----------
    pieces : Pieces
    within : mapping of Key to Piece
        What is written within the line that uses it.
    carrying : sequence of int
        1 for each slot that carries a gradient.
    """

    def __init__(
        self, pieces: Pieces, within: Mapping[Key, Piece], carrying: Sequence[int]
    ) -> None:
        self.pieces, self.within, self.carrying = pieces, within, carrying
        self.plans = self._plans()
        self.added = [share for _, plan in self.plans for shares in plan for share in shares]
        self.counts = Counter(root(share.array) for share in self.added)

    def statements(self, given: Sequence[Array], outputs: Sequence[int]) -> list[str]:
        """Write all but where the gradients of what is given begin.

        Parameters
        ----------
        given : sequence of Array
        outputs : sequence of int
            The slots of the results.
        """
        partly = {root(s.array) for s in self.added if not s.all or s.array.whole}
        made = {root(array) for array in given}
        found = self._seeded(outputs, made)
        for family, columns in self.plans:
            if root(family[0].out) in made:
                for shares in columns:
                    found += self._stated(family, shares, made, partly)
        return found

    def _plans(self) -> list[tuple[list[Piece], list[list[Share]]]]:
        """List the shares, the last family first: for each operand those of the members."""
        found = []
        for family in reversed(self.pieces.families):
            if not self.carrying[family[0].out.base]:
                continue
            best: list[list[Share]] = []
            fewest = None
            for explicit in (0, 1, 9) if len(family) > 1 else (0,):
                formulas = Formulas(self.pieces, NumPy(explicit), self.within)
                backward = Backward(formulas, self.carrying, len(family) == 1)
                members = [backward.of(piece) for piece in family]
                columns = [
                    [share for share in column if share]
                    for column in zip_longest(*members)
                ]
                runs = sum(len(repeated([" ; ".join(s.lines) for s in c], "t")) for c in columns)
                if fewest is None or runs < fewest:
                    best, fewest = columns, runs
            found.append((family, best))
        return found

    def _seeded(self, outputs: Sequence[int], made: set[str]) -> list[str]:
        """Write where the backward pass begins."""
        found = []
        if len(outputs) > 1:
            found.append(f"seeds = np.broadcast_to(seeds, {len(outputs)})")
        k = 0
        while k < len(outputs):
            owner = self.pieces.owner_of(outputs[k])
            seed = f"seeds[{k}]" if len(outputs) > 1 else "seeds"
            if owner is None or not self.carrying[outputs[k]]:
                k += 1
                continue
            name, n = root(owner), owner.count
            if owner.slots() == list(outputs[k : k + n]) and name == owner.name and (
                name not in made
            ):
                if n > 1:
                    seed = f"seeds[{k}:{k + n}].reshape{tuple_text(owner.dims)}.copy()"
                seed = seed if n > 1 else f"np.array({seed}, float)"
                found.append(f"d{owner.name} = {seed}")
                made.add(name)
                k += n
                continue
            if name not in made:
                found += self._zeros(owner)
                made.add(name)
            target = Formulas(self.pieces, NumPy(), {}).slot_text(outputs[k])
            target += "[...]" if "[" not in target else ""
            found.append(f"d{target} += {seed}")
            k += 1
        return found

    def _stated(
        self, family: Sequence[Piece], shares: Sequence[Share], made: set[str], partly: set[str]
    ) -> list[str]:
        """Write the statements that hand a gradient on to one of the operands."""
        found: list[str] = []
        roots = list(dict.fromkeys(root(share.array) for share in shares))
        name, first = roots[0], shares[0].array
        if len(roots) == 1 and name not in made | partly and len(shares) == len(family):
            texts = [self._fresh(share.all, name, len(shares)) for share in shares]
            runs = repeated(texts, "t")
            once = f"{runs[0][2]} for t in range({len(shares)})"
            made.add(name)
            if first.name == name and shares[0].row is None and len(runs) == len(shares):
                more = [line for share in shares[1:] for line in share.lines]
                return [f"d{name} = {self._fresh(shares[0].all, name, 1)}", *more]
            names = [share.array.name for share in shares if share.row is None]
            members = [f"{name}[{k}]" for k in range(self._members(name))]
            if len(runs) == 1 and names == members:
                return [f"d{name} = [{once}]"]
            rows = list(range(len(shares)))
            if len(runs) == 1 < len(shares) == first.count // prod(first.dims[1:]) and rows == [
                share.row for share in shares
            ]:
                return [f"d{name} = np.array([{once}])"]
            made.discard(name)
        for share in shares:
            if root(share.array) not in made:
                found += self._zeros(share.array)
                made.add(root(share.array))
        lines = list(zip_longest(*[share.lines for share in shares], fillvalue="pass"))
        return found + looped([repeated(list(column), "t") for column in lines])
    def _fresh(self, text: str, name: str, at_once: int) -> str:
        """Copy what is a view of something else, if it will be added to."""
        return f"{text}.copy()" if self.counts[name] > at_once and _VIEW.fullmatch(text) else text

    def _members(self, name: str) -> int:
        return sum(root(array) == name for array in self.pieces.arrays)

    def _zeros(self, array: Array) -> list[str]:
        name = root(array)
        if name == array.name:
            return [f"d{name} = np.zeros({tuple_text(array.dims)})"]
        members = [a for a in self.pieces.arrays if root(a) == name]
        texts = [f"np.zeros({tuple_text(a.dims)})" for a in members]
        runs = repeated(texts, "t")
        if len(runs) == 1:
            return [f"d{name} = [{runs[0][2]} for t in range({len(members)})]"]
        return [f"d{name} = [{', '.join(texts)}]"]


def root(array: Array) -> str:
    """Tell what an array is called, or the family it belongs to."""
    return array.name.partition("[")[0]


def tuple_text(dims: Sequence[int]) -> str:
    """Write a shape as Python does."""
    return f"({', '.join(map(str, dims))}{',' if len(dims) == 1 else ''})"
