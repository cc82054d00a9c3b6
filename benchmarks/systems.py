"""Which systems are compared, what they are called, and which of them are installed."""

from __future__ import annotations

import shutil
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from benchmarks import native

#: The engines that compute with one number at a time, and where their classes of values are.
SCALAR = {
    "glassgrad": "glassgrad.engine",
    "micrograd": "micrograd.engine",
    "plain": "benchmarks.plain",
}

#: Where those that have networks have them.
NETWORKS = {"glassgrad": "glassgrad.nn", "micrograd": "micrograd.nn"}

#: The other systems' names are those of their packages.
LABELS = {
    "glassgrad": "glassgrad",
    "glassgrad-dot": "glassgrad, with gg.dot",
    "glassgrad-jit": "glassgrad, with gg.jit",
    "glassgrad-jit-f32": "glassgrad, with gg.jit in float32",
    "glassgrad-fit": "glassgrad, with gg.fit",
    "micrograd": "micrograd",
    "plain": "one-file Value class",
    "torch": "PyTorch",
    "jax": "JAX jit",
    "autograd": "HIPS autograd",
    "casadi": "CasADi",
    "numpy": "NumPy by hand",
    "cpp": "C++ by hand",
    "cpp-vectors": "C++ by hand, in vectors",
    "torch-f32": "PyTorch, float32",
    "jax-f32": "JAX jit, float32",
    "numpy-f32": "NumPy by hand, float32",
    "sklearn": "scikit-learn",
    "pygraphviz": "Graphviz dot",
}

#: glassgrad itself, used in other ways.
OURS = ("glassgrad-dot", "glassgrad-jit", "glassgrad-jit-f32", "glassgrad-fit")

#: How the names of systems end that compute in float32.
SINGLE = "-f32"

#: These are not packages: they come with the benchmarks.
INCLUDED = (*OURS, "plain")

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
    if system in native.SYSTEMS:
        return shutil.which(native.COMPILER) is not None
    return system in INCLUDED or find_spec(system.removesuffix(SINGLE)) is not None


def value_class(system: str) -> Any:
    """Import the class of values of a scalar engine."""
    return import_module(SCALAR[system]).Value


def versions() -> str:
    """List the systems with their versions, and say of glassgrad what it is made of."""
    found = [
        _version(system) if installed(system) else f"{system} not installed"
        for system in LABELS
        if system not in (*INCLUDED, "cpp-vectors") and not system.endswith(SINGLE)
    ]
    return "; ".join([f"{found[0]} ({made_of()})", *found[1:]])


def _version(system: str) -> str:
    if system in native.SYSTEMS:
        return native.compiler()
    project = REQUIRED.get(system, system)
    return f"{project} {version(project)}"


def made_of() -> str:
    """Tell by its file whether the engine is Python or machine code."""
    engine = find_spec("glassgrad.engine")
    source = engine is not None and str(engine.origin).endswith(".py")
    return "pure Python" if source else "compiled"
