"""Compile the engine from the same source that runs uncompiled: see docs/architecture.md.

``GLASSGRAD_PURE=1`` compiles nothing. Without a C compiler nothing is compiled either, unless
``GLASSGRAD_REQUIRE_COMPILED=1`` makes that an error.
"""

from __future__ import annotations

import os
import sys
from contextlib import chdir

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

#: What is compiled, and how. All of it or nothing, because compiled parts write to fields of each
#: other's that Python may only read. Where annotations are types of C ("annotation_typing"),
#: these are checked. A method of `Value` must check what it is called on; Cython's own kind of
#: method, which "binding" makes, does not.
MODULES: dict[str, dict[str, bool]] = {
    "engine": {"annotation_typing": True, "binding": False},
    "optim.updates": {"annotation_typing": True, "nonecheck": True, "boundscheck": False},
    "nn.module": {"annotation_typing": False},
    "nn.mlp": {"annotation_typing": False},
    "jitting.machine": {},
    "jitting.recording": {"annotation_typing": True},
    "jitting.statics": {"annotation_typing": True, "no_gc": False},
    "jitting.forms": {"annotation_typing": True, "no_gc": False},
    "jitting.surroundings": {"annotation_typing": True, "no_gc": False},
    "jitting.program": {"annotation_typing": True},
    "jitting.calls": {"annotation_typing": True, "no_gc": False},
    "optim.descent": {"annotation_typing": True, "boundscheck": False, "no_gc": False},
    **{
        f"jitting.{room}": {"annotation_typing": False, "boundscheck": False}
        for room in (
            "algebra", "axes", "chains", "instructions", "lowering", "passes", "reversing", "slots",
            "lifting.boxes", "lifting.colours", "lifting.finding", "lifting.grouping",
            "lifting.ordering", "lifting.tables",
        )
    },
}

#: The numbers must be those of Python: no fused multiply-add, no reordering. C's functions need not
#: report what they can't compute in `errno`: it is in the result. How much the compiler optimizes
#: says CFLAGS, if it says it.
FLAGS = (
    ["/O2", "/fp:precise"]
    if sys.platform == "win32"
    else ["-g0", "-ffp-contract=off", "-fno-math-errno"]
    + ([] if "-O" in os.environ.get("CFLAGS", "") else ["-O2"])
)

DIRECTIVES = {
    "auto_pickle": False,
    "embedsignature": True,
    "embedsignature.format": "clinic",
    "cdivision": True,
    "cpow": True,
    "infer_types": True,
    "language_level": 3,
    "wraparound": False,
}


def wanted(variable: str) -> bool:
    """Tell whether an environment variable is set, to something other than 0."""
    return os.environ.get(variable, "0") not in ("", "0")


def extensions() -> list[Extension]:
    """Translate to C what is to be compiled; to be described, nothing need be."""
    if wanted("GLASSGRAD_PURE") or {"dist_info", "egg_info"} & set(sys.argv):
        return []
    try:
        from Cython.Build import cythonize
        from Cython.Compiler.Options import get_directive_defaults
    except ImportError:
        if wanted("GLASSGRAD_REQUIRE_COMPILED"):
            raise
        return []

    # A Value can't be part of a cycle. In a .pxd this directive would be ignored.
    get_directive_defaults()["no_gc"] = True
    found: list[Extension] = []
    for module, more in MODULES.items():
        with chdir("src"):  # so that tracebacks name files as they lie where it is installed
            extension = Extension(
                f"glassgrad.{module}",
                [_source(module)],
                extra_compile_args=FLAGS,
                include_dirs=["src/glassgrad"],
            )
            found += cythonize(
                [extension],
                build_dir="../build/cython",
                compiler_directives={**DIRECTIVES, **more},
                force=True,  # it would not notice that the declarations of another module changed
            )
    for extension in found:
        extension.sources = [os.path.normpath(f"src/{file}") for file in extension.sources]
    return found


def _source(module: str) -> str:
    """Find the file; what is one thing in Python and another in C has two."""
    file = f"glassgrad/{module.replace('.', '/')}"
    return f"{file}.pyx" if os.path.exists(f"{file}.pyx") else f"{file}.py"


class BuildAllOrNothing(build_ext):
    """Compile modules side by side; go on without compiled parts where they can't be had."""

    def finalize_options(self) -> None:
        """Use all cores, unless told otherwise."""
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def run(self) -> None:
        """Compile; what goes wrong is said, and is an error if that was asked for."""
        try:
            super().run()
        except Exception as error:
            if wanted("GLASSGRAD_REQUIRE_COMPILED"):
                raise
            print(f"glassgrad runs uncompiled, and slower: {error}", file=sys.stderr)
            for extension in self.extensions:
                built = os.path.join(self.build_lib, self.get_ext_filename(extension.name))
                for library in {built, self.get_ext_fullpath(extension.name)}:
                    if os.path.exists(library):
                        os.remove(library)
            self.extensions.clear()


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildAllOrNothing})
