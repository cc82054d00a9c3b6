"""Which systems are compared, what they are called, and which of them are installed."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec

#: The engines that compute with one number at a time, as glassgrad does.
SCALAR = ("glassgrad", "micrograd")

#: The names of systems are also those of their packages.
LABELS = {
    "glassgrad": "glassgrad",
    "micrograd": "micrograd",
    "torch": "PyTorch",
    "jax": "JAX jit",
    "numpy": "NumPy by hand",
}

#: Without these there is nothing to compare with, and no data.
REQUIRED = {"micrograd": "micrograd", "sklearn": "scikit-learn"}


def require() -> None:
    """Stop with advice if a package is missing without which no comparison is possible."""
    missing = [project for package, project in REQUIRED.items() if find_spec(package) is None]
    if missing:
        raise SystemExit(
            f"the benchmarks need {' and '.join(missing)}: pip install 'glassgrad[bench]'"
        )


def installed(system: str) -> bool:
    return find_spec(system) is not None


def versions() -> str:
    """List the systems with their versions, and say of glassgrad what it is made of."""
    found = [
        f"{system} {version(system)}" if installed(system) else f"{system} not installed"
        for system in LABELS
    ]
    return "; ".join([f"{found[0]} ({made_of()})", *found[1:]])


def made_of() -> str:
    """Tell by its file whether the engine is Python or machine code."""
    engine = find_spec("glassgrad.engine")
    source = engine is not None and str(engine.origin).endswith(".py")
    return "pure Python" if source else "compiled"
