"""Let Python load glassgrad's source although compiled modules lie beside it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path


class SourceFinder:
    """Finds each module of glassgrad in its .py file; packages are left to others."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: object = None
    ) -> ModuleSpec | None:
        """Find a module, as Python asks each finder on `sys.meta_path` to do."""
        if path is None or not name.startswith("glassgrad."):
            return None
        file = Path(path[0], name.rpartition(".")[2] + ".py")
        return spec_from_file_location(name, file) if file.exists() else None


def use_source() -> None:
    """Prefer source to compiled modules from now on."""
    sys.meta_path.insert(0, SourceFinder)
