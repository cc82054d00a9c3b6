"""What a traced function cost to make, and how large its program is."""

from __future__ import annotations

from typing import Any

from glassgrad.jitting.program import Program


class Stats:
    """The figures of the program that ran last; print it.

    Attributes
    ----------
    nodes : int
        How many operations the function performed while it was traced, as far as they matter.
    instructions, bytes : int
        Of the tape, with the numbers of one run.
    callbacks, products : int
        How many instructions call Python: operations of one's own. How many are products of
        matrices that are left to NumPy's BLAS, if it has them; ``f.tape`` says which.
    trace_seconds, lower_seconds : float
        How long it took to run and record the function, and to make the tape.
    variants, programs : int
        How many programs there are for arguments of this form, and altogether.
    """

    __slots__ = (
        "bytes", "callbacks", "instructions", "lower_seconds", "nodes", "products", "programs",
        "trace_seconds", "variants",
    )  # fmt: skip

    def __init__(self, program: Program, families: list[Any]) -> None:
        tape = program.tape
        self.nodes = program.nodes
        self.instructions = tape.n_instructions
        self.bytes = tape.nbytes
        self.callbacks = tape.n_calls
        self.products = tape.n_products
        self.trace_seconds = program.tracing
        self.lower_seconds = program.lowering
        self.variants = max(len(f.variants) for f in families if program in f.variants)
        self.programs = sum(len(f.variants) for f in families)

    def __repr__(self) -> str:
        blas = f", {self.products} products of matrices by BLAS" if self.products else ""
        size = f"{self.nodes:,} nodes, {self.instructions:,} instructions, {self.bytes:,} bytes"
        size += blas
        times = f"traced in {1e3 * self.trace_seconds:.3g} ms"
        times += f", lowered in {1e3 * self.lower_seconds:.3g} ms"
        calls = f"{self.callbacks} calls of Python a run, {self.variants} variants for these "
        calls += f"arguments, {self.programs} programs altogether"
        return f"{size}\n{times}\n{calls}"
