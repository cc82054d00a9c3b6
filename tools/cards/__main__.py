"""Write the text that is derived from the table of operations, or check that it is fresh.

``make cards`` runs this; ``python tools/cards --check`` only compares, and exits with 1
if anything is stale. When the table has grown so that the old text can't even be imported, the
text is written all the same, because the writer needs none of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from cards import declarations, functions, in_c, kernels, methods, table  # noqa: E402

SOURCE = ROOT / "src" / "glassgrad"


def fresh() -> dict[Path, str]:
    """Compute what each generated file should hold."""
    written = methods.methods()
    engine = (SOURCE / "engine.py").read_text("utf-8")
    engine = _replace(engine, "# <card imports>", methods.opcode_imports())
    engine = _replace(engine, "    # <cards>", written)
    engine = _replace(engine, "# <card functions>", methods.sums())
    return {
        SOURCE / "opcodes.py": kernels.opcodes(),
        SOURCE / "kernels.py": kernels.kernels(),
        SOURCE / "kernels.pxd": declarations.kernels(),
        SOURCE / "jitting" / "words.h": in_c.words(),
        SOURCE / "jitting" / "kernels.h": in_c.kernels(),
        SOURCE / "elementary.py": functions.elementary(),
        SOURCE / "engine.py": engine,
        SOURCE / "engine.pxd": declarations.engine(engine),
        ROOT / "docs" / "operations.md": table.documentation(),
    }


def _replace(text: str, opening: str, body: str) -> str:
    """Put the body between a marker and its closing twin."""
    before, rest = text.split(f"{opening}\n", 1)
    closing = opening.replace("<", "</")
    _, after = rest.split(f"{closing}\n", 1)
    return f"{before}{opening}\n{body}{closing}\n{after}"


def main(arguments: list[str]) -> int:
    """Write all files, or with --check name those that are stale."""
    stale = [
        path for path, text in fresh().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]  # fmt: skip
    for path in stale:
        print(f"{'stale' if '--check' in arguments else 'wrote'}: {path.relative_to(ROOT)}")
        if "--check" not in arguments:
            path.write_text(fresh()[path], "utf-8")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
