"""Which build runs: the engine compiled to machine code, or the same source as it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from glassgrad import engine

__all__ = ["backend"]


def backend() -> str:
    """Tell whether the engine runs compiled or as pure Python, and why.

    Both compute the same bits; the compiled one is about ten times faster. Set
    ``GLASSGRAD_PURE=1`` to run the source uncompiled, for example in a debugger. Set
    ``GLASSGRAD_REQUIRE_COMPILED=1`` while installing to see why the engine does not compile.

    Examples
    --------
    >>> import glassgrad as gg
    >>> gg.backend().split(":")[0] in ("compiled", "pure Python")
    True
    """
    file = Path(str(engine.__file__))
    if file.suffix != ".py":
        return f"compiled: {file.name}"
    if os.environ.get("GLASSGRAD_PURE", "0") not in ("", "0"):
        return "pure Python: GLASSGRAD_PURE is set"
    others = sorted(found.name for found in file.parent.glob("engine.*") if _is_library(found))
    if others:
        return f"pure Python: compiled for another Python than {sys.version_info[:2]}: {others[0]}"
    return (
        "pure Python: it was installed without a compiled engine; to see why, install it with "
        "GLASSGRAD_REQUIRE_COMPILED=1"
    )


def _is_library(file: Path) -> bool:
    return file.suffix in (".so", ".pyd")
