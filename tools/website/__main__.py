"""Build the documentation: ``make docs`` runs this, and build/docs/index.html is the first page.

``python tools/website FOLDER`` builds it elsewhere. Every warning is an error: a link that leads
nowhere, a page that nothing leads to, a formula that can't be shown.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]

from sphinx.cmd.build import build_main  # noqa: E402

from website.sources import assemble  # noqa: E402


def build(target: Path) -> int:
    """Build all pages in a folder, with their sources beside it; 0 says that nothing was amiss."""
    sources = target.with_name(f"{target.name}-sources")
    assemble(sources)
    return build_main(["-W", "--keep-going", "-q", "-E", "-a", str(sources), str(target)])


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "docs"))
